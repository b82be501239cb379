//! The road of a refund: its money is set aside, given to the acquirer once, and with the customer or the merchant in the end.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, Paise,
    acquirer::BankRef,
    id::kind::Payment,
    refund::{Answer, Fault, REFUNDS_MAX, RefundRefusal, Verdict},
};
use rokad_flows::{
    House,
    refund::{
        by_hand::{self, HandRefusal, Said},
        errand::{take_errands, take_over},
        hear::{Heard, hear_refunds},
        request::request_refunds,
    },
};
use support::{
    Till,
    acquirer::{PAYS, REFUND_LOST, REFUND_PAID, REFUND_REFUSED, REFUND_UNHEARD, REFUSES},
    all_at_once,
    world::{add_merchant, jitter},
};

const DAY_MS: i64 = 24 * 3_600_000;

/// A till with payment 1 of ₹1,000.00 captured: ₹993.51 of it are the merchant's, who has ₹10,000.00 otherwise.
async fn paid(db: support::Database) -> (Till, Id<Payment>) {
    let till = Till::new(db).await;
    let payment = till.open("T1", 1_000).await;
    till.pay(payment, 1, PAYS).await.unwrap();
    (till, payment)
}

async fn has(till: &Till, lines: &[&str]) {
    let statement = till.world.statement().await;
    for line in lines {
        assert!(
            statement.contains(&(*line).to_owned()),
            "{line} in {statement:#?}"
        );
    }
}

on_every_database! {
    fn a_refund_leaves_the_payments_own_money_first_and_then_the_balance(db) {
        let (till, payment) = paid(db).await;
        till.refund(payment, 100_000).await;
        has(&till, &["merchant:1:held ₹1,000.00", "merchant:1:available ₹9,993.51", "acquirer:1 ₹1,000.00"]).await;
        assert_eq!(till.status(payment).await, "Refund in progress");
        assert_eq!(till.refunds(payment).await, ["₹1,000.00 refundinitiated"]);
        assert_eq!(till.run_errands().await, 1);
        assert_eq!(till.refunds(payment).await, ["₹1,000.00 refundinprogress"]);
        till.acquirer.finish_refund(&till.refund_reference(Id::new(1)), true);
        till.world.db.forward(3_000);
        assert_eq!(till.run_errands().await, 1);
        assert_eq!(till.refunds(payment).await, ["₹1,000.00 refundcompleted"]);
        assert_eq!(till.status(payment).await, "Refunded");
        let statement = till.world.statement().await;
        assert!(!statement.iter().any(|line| line.contains("held") || line.contains("acquirer")), "{statement:#?}");
        assert_eq!(till.acquirer.refunded(), 100_000);
        assert!(till.acquirer.refunds().values().all(|refund| refund.told == 1));
        // Nothing is left to settle but nothing; it is settled all the same.
        till.world.db.forward(4 * DAY_MS);
        let settled = till.settle().await;
        assert_eq!((settled.payments, settled.paise), (1, 0));
        till.world.statement().await;
    }

    fn part_after_part_goes_back_and_never_more_than_is_left(db) {
        let (till, payment) = paid(db).await;
        till.refund(payment, 30_000 + REFUND_PAID).await;
        till.run_errands().await;
        assert_eq!(till.status(payment).await, "Partially Refunded");
        let left = Paise::new(69_999).unwrap();
        assert_eq!(till.try_refund(payment, 70_000, None).await, Err(RefundRefusal::AboveLeft(left)));
        till.refund(payment, 69_999).await;
        assert_eq!(till.status(payment).await, "Refund in progress");
        let nothing = till.try_refund(payment, 1, None).await;
        assert_eq!(nothing, Err(RefundRefusal::AboveLeft(Paise::ZERO)));
        assert_eq!(till.refunds(payment).await, ["₹300.01 refundcompleted", "₹699.99 refundinitiated"]);
        till.world.statement().await;
    }

    fn fifty_refunds_at_once_never_give_back_more_than_was_paid(db) {
        let (till, payment) = paid(db).await;
        let asked = all_at_once((0..50).map(|_| till.try_refund(payment, 3_000, None))).await;
        assert_eq!(asked.iter().filter(|answer| answer.is_ok()).count(), 33, "{asked:?}");
        let left = Paise::new(1_000).unwrap();
        assert!(asked.contains(&Err(RefundRefusal::AboveLeft(left))));
        assert_eq!(till.refunds(payment).await.len(), 33);
        till.world.statement().await;
    }

    fn two_nodes_at_once_never_give_back_more_than_was_paid(db) {
        let (till, payment) = paid(db).await;
        let other = House::new(till.world.db.open());
        let ask = |number: usize| {
            let house = if number.is_multiple_of(2) { &till.world.house } else { &other };
            house.store.run(request_refunds, till.refund_request(payment, 3_000, None))
        };
        let asked = all_at_once((0..50).map(ask)).await;
        let made = asked.into_iter().filter(|answer| answer.as_ref().unwrap().is_ok());
        assert_eq!(made.count(), 33);
        other.store.close();
        till.world.statement().await;
    }

    fn a_balance_that_does_not_carry_it_refuses_a_refund(db) {
        let till = Till::new(db).await;
        let poor = add_merchant(&till.world.house, &till.world.keys, "POOR").await;
        let mut order = till.ask_for(support::till::order("T1", 1_000));
        order.merchant = poor;
        let payment = rokad_flows::payment::open::open(&till.world.house, order).await.unwrap().unwrap().payment;
        till.pay(payment, 1, PAYS).await.unwrap();
        let ask = |paise| {
            let mut ask = till.refund_request(payment, paise, None);
            ask.merchant = poor;
            till.world.house.store.run(request_refunds, ask)
        };
        assert_eq!(ask(99_352).await.unwrap(), Err(RefundRefusal::BalanceTooLow), "the price is not there");
        assert!(ask(99_351).await.unwrap().is_ok());
        has(&till, &["merchant:2:held ₹993.51"]).await;
        assert_eq!(ask(1).await.unwrap(), Err(RefundRefusal::BalanceTooLow));
        till.world.statement().await;
    }

    fn what_was_not_paid_or_is_another_merchants_is_not_refunded(db) {
        let (till, payment) = paid(db).await;
        let failed = till.open("T2", 500).await;
        till.pay(failed, 1, REFUSES).await.unwrap();
        assert_eq!(till.try_refund(failed, 100, None).await, Err(RefundRefusal::NotPaid));
        assert_eq!(till.try_refund(Id::new(99), 100, None).await, Err(RefundRefusal::NoPayment));
        let mut theirs = till.refund_request(payment, 100, None);
        theirs.merchant = add_merchant(&till.world.house, &till.world.keys, "OTHER").await;
        let refused = till.world.house.store.run(request_refunds, theirs).await.unwrap();
        assert_eq!(refused, Err(RefundRefusal::NoPayment));
        assert_eq!(till.world.db.number("SELECT COUNT(*) FROM refunds"), 0);
    }

    fn the_same_key_is_the_same_refund_and_another_one_is_refused(db) {
        let (till, payment) = paid(db).await;
        let twenty = all_at_once((0..20).map(|_| till.try_refund(payment, 3_000, Some("K1")))).await;
        assert!(twenty.iter().all(|answer| answer.unwrap().refund == Id::new(1)), "{twenty:?}");
        assert_eq!(till.try_refund(payment, 3_001, Some("K1")).await, Err(RefundRefusal::KeyReused));
        till.run_errands().await;
        assert_eq!(till.try_refund(payment, 3_000, Some("K1")).await.unwrap().status.word(), "refundinprogress");
        assert_eq!(till.try_refund(payment, 3_000, Some("K2")).await.unwrap().refund, Id::new(2));
        assert_eq!(till.try_refund(payment, 3_000, None).await.unwrap().refund, Id::new(3));
        // The key is the merchant's own.
        let mut theirs = till.refund_request(payment, 3_000, Some("K1"));
        theirs.merchant = add_merchant(&till.world.house, &till.world.keys, "OTHER").await;
        let refused = till.world.house.store.run(request_refunds, theirs).await.unwrap();
        assert_eq!(refused, Err(RefundRefusal::NoPayment));
        till.world.statement().await;
    }

    fn a_refused_refund_gives_the_money_back_to_where_it_was(db) {
        let (till, payment) = paid(db).await;
        let before = till.world.statement().await;
        till.refund(payment, 100_000 - 100 + REFUND_REFUSED).await;
        till.run_errands().await;
        assert_eq!(till.refunds(payment).await, ["₹999.02 refundfailed"]);
        assert_eq!(till.world.statement().await, before);
        assert_eq!(till.status(payment).await, "Money with Payumoney");
        till.world.db.forward(4 * DAY_MS);
        assert_eq!(till.settle().await.paise, 99_351, "and is settled as if nothing had been");
    }

    fn what_fails_after_the_settlement_may_be_used_at_once(db) {
        let (till, payment) = paid(db).await;
        till.refund(payment, 50_000).await;
        till.run_errands().await;
        till.world.db.forward(4 * DAY_MS);
        assert_eq!(till.settle().await.paise, 49_351);
        assert_eq!(till.status(payment).await, "Refund in progress");
        till.acquirer.finish_refund(&till.refund_reference(Id::new(1)), false);
        till.run_errands().await;
        assert_eq!(till.status(payment).await, "Money Settled");
        has(&till, &["merchant:1:available ₹10,993.51"]).await;
    }

    fn of_a_settled_payment_the_balance_pays(db) {
        let (till, payment) = paid(db).await;
        till.world.db.forward(4 * DAY_MS);
        till.settle().await;
        till.refund(payment, 50_000).await;
        has(&till, &["merchant:1:available ₹10,493.51", "merchant:1:held ₹500.00"]).await;
    }

    fn silence_about_a_refund_is_asked_about_and_never_told_again(db) {
        let (till, payment) = paid(db).await;
        till.refund(payment, 30_000 + REFUND_UNHEARD).await;
        assert_eq!(till.run_errands().await, 1);
        assert_eq!(till.refunds(payment).await, ["₹300.04 refundinprogress"]);
        assert_eq!(till.run_errands().await, 0, "not due yet");
        till.world.db.forward(3_000);
        assert_eq!(till.run_errands().await, 1);
        assert_eq!(till.refunds(payment).await, ["₹300.04 refundcompleted"]);
        assert_eq!(till.acquirer.refunds().values().next().unwrap().told, 1);
        till.world.statement().await;
    }

    fn a_refund_that_was_lost_fails_only_once_the_acquirer_would_not_take_it_any_more(db) {
        let (till, payment) = paid(db).await;
        till.refund(payment, 30_000 + REFUND_LOST).await;
        till.run_errands().await;
        for _ in 0..6 {
            till.world.db.forward(3_000);
            till.run_errands().await;
        }
        assert_eq!(till.refunds(payment).await, ["₹300.06 refundinprogress"]);
        till.world.db.forward(20_000);
        till.run_errands().await;
        assert_eq!(till.refunds(payment).await, ["₹300.06 refundfailed"]);
        assert_eq!(till.acquirer.refunds().len(), 0);
        till.world.statement().await;
    }

    fn whoever_dies_between_the_intent_and_the_call_tells_nobody(db) {
        let (till, payment) = paid(db).await;
        till.refund(payment, 30_000 + REFUND_PAID).await;
        assert_eq!(till.world.house.store.run(take_errands, 9).await.unwrap().len(), 1);
        assert_eq!(take_over(&till.world.house).await.unwrap(), 1);
        assert_eq!(till.run_errands().await, 1, "asked, and not told");
        assert_eq!(till.acquirer.refunds().len(), 0);
        till.world.db.forward(60_000);
        till.run_errands().await;
        assert_eq!(till.refunds(payment).await, ["₹300.01 refundfailed"]);
    }

    fn an_answer_heard_twice_moves_a_refund_once_and_a_contradiction_nothing(db) {
        let (till, payment) = paid(db).await;
        let refund = till.refund(payment, 30_000).await;
        till.run_errands().await;
        let said = |answer| Heard { refund, answer, turn: 0, jitter: jitter() };
        let arn = |text: &str| BankRef::parse(text).unwrap();
        let heard = [Answer::Paid(arn("A1")), Answer::Paid(arn("A1")), Answer::Paid(arn("A2")), Answer::Refused(Fault::Other)];
        let house = &till.world.house;
        let verdicts = all_at_once(heard.map(|answer| house.store.run(hear_refunds, said(answer)))).await;
        let verdicts: Vec<Verdict> = verdicts.into_iter().map(|heard| heard.unwrap().1).collect();
        assert_eq!(verdicts, [Verdict::Complete(arn("A1")), Verdict::Known, Verdict::Contradiction, Verdict::Contradiction]);
        assert_eq!(till.world.verify().await.discrepancies, 2);
        has(&till, &["acquirer:1 ₹700.00"]).await;
    }

    fn whoever_lost_its_turn_plans_no_question_about_a_refund(db) {
        let (till, payment) = paid(db).await;
        let refund = till.refund(payment, 30_000).await;
        till.run_errands().await;
        till.world.db.forward(20_000);
        assert_eq!(till.world.house.store.run(take_errands, 9).await.unwrap().len(), 1);
        let due = "SELECT ask_at_ms FROM refunds_under_way";
        let planned = till.world.db.number(due);
        let late = Heard { refund, answer: Answer::UnderWay, turn: 0, jitter: jitter() };
        till.world.house.store.run(hear_refunds, late).await.unwrap();
        assert_eq!(till.world.db.number(due), planned);
    }

    fn a_payment_has_so_many_refunds_and_no_more(db) {
        let (till, payment) = paid(db).await;
        let asks = (0..=REFUNDS_MAX).map(|_| till.try_refund(payment, 100, None));
        let asked = all_at_once(asks).await;
        assert_eq!(asked.iter().filter(|answer| **answer == Err(RefundRefusal::TooMany)).count(), 1);
        assert_eq!(till.refunds(payment).await.len(), usize::try_from(REFUNDS_MAX).unwrap());
    }

    fn what_came_straight_into_a_bank_account_is_paid_back_by_a_person(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 500).await;
        till.receive_qr(&till.show_qr(payment, 1).await).await;
        let (one, two) = (till.refund(payment, 10_000).await, till.refund(payment, 5_000).await);
        let utr = BankRef::parse("UTR9").unwrap();
        let end = |refund, said| by_hand::end(&till.world.house, refund, said, "meera".to_owned());
        assert!(matches!(end(one, Said::NotPaid).await, Err(HandRefusal::NotWaiting)), "not taken up yet");
        assert_eq!(till.run_errands().await, 0, "no acquirer has an errand");
        end(one, Said::Paid(utr.clone())).await.unwrap();
        end(two, Said::NotPaid).await.unwrap();
        assert!(matches!(end(two, Said::Paid(utr)).await, Err(HandRefusal::NotWaiting)));
        assert_eq!(till.refunds(payment).await, ["₹100.00 refundcompleted", "₹50.00 refundfailed"]);
        has(&till, &["bank:1 ₹11,400.00"]).await;
        till.world.db.forward(DAY_MS);
        assert_eq!(till.run_errands().await, 0);
    }

    fn nobody_ends_by_hand_what_an_acquirer_pays(db) {
        let (till, payment) = paid(db).await;
        let refund = till.refund(payment, 10_000).await;
        till.run_errands().await;
        let ended = by_hand::end(&till.world.house, refund, Said::NotPaid, "meera".to_owned()).await;
        assert!(matches!(ended, Err(HandRefusal::NotByHand)));
        assert_eq!(till.refunds(payment).await, ["₹100.00 refundinprogress"]);
    }
}
