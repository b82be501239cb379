//! The road of a dispute: its money is set aside at once, the merchant answers, whoever raised it decides.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, Paise,
    dispute::{
        Claim, Kind, News, Notice, Outcome, RaiseRefusal, Reason, Reply, ReplyRefusal, Status, Verdict,
    },
    id::kind::{Dispute, Payment},
    refund::RefundRefusal,
};
use rokad_flows::{
    dispute::{
        news::hear,
        raise::{Raise, raise},
        reply::{ReplyRequest, reply},
        resolve::{Resolve, resolve},
        status::by_id,
        tell::{take_due, tell},
    },
    payout::request::{PayoutRequest, request},
};
use rokad_store::dispute::NewEvidence;
use support::{
    Till,
    acquirer::{PAYS, REFUND_PAID},
    order,
    world::{TAG, add_merchant, jitter},
};

const DAY_MS: i64 = 24 * 3_600_000;

/// A till with payment 1 of ₹1,000.00 captured: ₹993.51 of it are the merchant's, who has ₹10,000.00 otherwise.
async fn paid(db: support::Database) -> (Till, Id<Payment>) {
    let till = Till::new(db).await;
    let payment = till.open("T1", 1_000).await;
    till.pay(payment, 1, PAYS).await.unwrap();
    (till, payment)
}

fn claim(till: &Till, paise: i64) -> Claim {
    Claim {
        kind: Kind::Chargeback,
        reason: Reason::NotReceived,
        amount: Paise::new(paise).unwrap(),
        deadline: till.world.db.clock().now().at().plus_ms(7 * DAY_MS),
        title: "Nothing came".to_owned(),
        comment: "I waited for a week".to_owned(),
    }
}

async fn try_raise(
    till: &Till,
    payment: Id<Payment>,
    paise: i64,
    reference: &str,
) -> Result<Id<Dispute>, RaiseRefusal> {
    let ask = Raise {
        payment,
        claim: claim(till, paise),
        source: "acquirer:test".to_owned(),
        reference: reference.to_owned(),
        said_by: "acquirer:test".to_owned(),
    };
    let raised = raise(&till.world.house, ask).await.unwrap();
    raised.map(|raised| raised.dispute)
}

async fn decide(till: &Till, dispute: Id<Dispute>, outcome: Outcome) -> Verdict {
    let said_by = "meera".to_owned();
    let ask = Resolve {
        dispute,
        outcome,
        said_by,
    };
    resolve(&till.world.house, ask).await.unwrap().unwrap()
}

async fn answer(till: &Till, dispute: Id<Dispute>, how: Reply) -> Result<Status, ReplyRefusal> {
    let slip = NewEvidence {
        name: "slip.png".to_owned(),
        media_type: "image/png",
        content: b"\x89PNG a signed slip".to_vec(),
    };
    let ask = ReplyRequest {
        merchant: till.world.merchant,
        dispute,
        reply: how,
        evidence: if how == Reply::Contest {
            vec![slip]
        } else {
            Vec::new()
        },
        said_by: "SHOP1".to_owned(),
    };
    reply(&till.world.house, ask).await.unwrap()
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

/// The merchant spends all that it may use but so many rupees.
async fn leave(till: &Till, rupees_left: i64) {
    let available = till
        .world
        .db
        .number("SELECT balance_paise FROM accounts WHERE name = 'merchant:1:available'");
    // A payout's price is ₹3 and 0.25 %, and 18 % tax: found by trying.
    let mut amount = available / 100 - rupees_left;
    loop {
        let ask = PayoutRequest {
            endpoint: None,
            ..till.world.ask_for(order(amount, amount, "pays"))
        };
        amount -= 1;
        let (fee, left) = (300 + (amount + 1) / 4, available - (amount + 1) * 100);
        if left - fee - fee * 18 / 100 < rupees_left * 100 {
            continue;
        }
        request(&till.world.house, ask).await.unwrap().unwrap();
        return;
    }
}

on_every_database! {
    fn a_disputes_money_is_set_aside_at_once_and_leaves_when_it_is_lost(db) {
        let (till, payment) = paid(db).await;
        let dispute = try_raise(&till, payment, 100_000, "D1").await.unwrap();
        assert_eq!(till.status(payment).await, "Under Dispute");
        has(&till, &["merchant:1:disputed ₹1,000.00", "merchant:1:available ₹9,993.51", "acquirer:1 ₹1,000.00"]).await;
        assert_eq!(decide(&till, dispute, Outcome::Lost).await, Verdict::Pay);
        assert_eq!(till.status(payment).await, "Refunded");
        let statement = till.world.statement().await;
        assert!(!statement.iter().any(|line| line.contains("disputed") || line.contains("acquirer")), "{statement:#?}");
        assert_eq!(decide(&till, dispute, Outcome::Lost).await, Verdict::Known);
        assert_eq!(decide(&till, dispute, Outcome::Won).await, Verdict::Contradiction);
        assert_eq!(till.world.verify().await.discrepancies, 1);
    }

    fn a_dispute_that_is_won_or_withdrawn_gives_everything_back(db) {
        let (till, payment) = paid(db).await;
        let before = till.world.statement().await;
        for (reference, outcome) in [("D1", Outcome::Won), ("D2", Outcome::Withdrawn)] {
            let dispute = try_raise(&till, payment, 100_000, reference).await.unwrap();
            assert!(matches!(decide(&till, dispute, outcome).await, Verdict::Release(_)));
            assert_eq!(till.world.statement().await, before);
        }
        assert_eq!(till.status(payment).await, "Money with Payumoney");
        till.world.db.forward(4 * DAY_MS);
        assert_eq!(till.settle().await.paise, 99_351);
    }

    fn what_a_merchant_does_not_have_it_owes_and_the_next_settlement_pays_it(db) {
        let (till, payment) = paid(db).await;
        till.world.db.forward(4 * DAY_MS);
        till.settle().await;
        leave(&till, 100).await;
        let left = till.world.db.number("SELECT balance_paise FROM accounts WHERE name = 'merchant:1:available'");
        let dispute = try_raise(&till, payment, 100_000, "D1").await.unwrap();
        let owing = Paise::new(100_000 - left).unwrap();
        has(&till, &["merchant:1:disputed ₹1,000.00", &format!("merchant:1:owing {owing}")]).await;
        decide(&till, dispute, Outcome::Lost).await;
        has(&till, &[&format!("merchant:1:owing {owing}")]).await;
        let next = till.open("T2", 2_000).await;
        till.pay(next, 1, PAYS).await.unwrap();
        till.world.db.forward(4 * DAY_MS);
        let settled = till.settle().await;
        let rest = Paise::new(settled.paise - owing.get()).unwrap();
        let statement = till.world.statement().await;
        assert!(statement.contains(&format!("merchant:1:available {rest}")), "{statement:#?}");
        assert!(!statement.iter().any(|line| line.contains("owing")), "{statement:#?}");
    }

    fn what_was_owed_for_a_dispute_is_paid_first_when_it_is_won(db) {
        let (till, payment) = paid(db).await;
        till.world.db.forward(4 * DAY_MS);
        till.settle().await;
        leave(&till, 100).await;
        let before = till.world.statement().await;
        let dispute = try_raise(&till, payment, 100_000, "D1").await.unwrap();
        decide(&till, dispute, Outcome::Won).await;
        assert_eq!(till.world.statement().await, before);
    }

    fn what_was_repaid_meanwhile_may_be_used_when_the_dispute_is_won(db) {
        let (till, payment) = paid(db).await;
        till.world.db.forward(4 * DAY_MS);
        till.settle().await;
        leave(&till, 100).await;
        let dispute = try_raise(&till, payment, 100_000, "D1").await.unwrap();
        let next = till.open("T2", 2_000).await;
        till.pay(next, 1, PAYS).await.unwrap();
        till.world.db.forward(4 * DAY_MS);
        let settled = till.settle().await.paise;
        let owed = till.world.db.number("SELECT owed_paise FROM disputes");
        let had = till.world.db.number("SELECT balance_paise FROM accounts WHERE name = 'merchant:1:available'");
        assert_eq!(had, settled - owed);
        decide(&till, dispute, Outcome::Won).await;
        has(&till, &[&format!("merchant:1:available {}", Paise::new(had + 100_000).unwrap())]).await;
    }

    fn refunds_and_disputes_together_never_pay_back_more_than_was_paid(db) {
        let (till, payment) = paid(db).await;
        till.refund(payment, 40_000 + REFUND_PAID).await;
        till.run_errands().await;
        let dispute = try_raise(&till, payment, 100_000, "D1").await.unwrap();
        has(&till, &["merchant:1:disputed ₹599.99"]).await;
        assert_eq!(till.world.verify().await.discrepancies, 1, "a person sees that more was claimed");
        assert_eq!(till.try_refund(payment, 1, None).await, Err(RefundRefusal::AboveLeft(Paise::ZERO)));
        assert_eq!(try_raise(&till, payment, 100, "D2").await, Err(RaiseRefusal::NothingLeft));
        decide(&till, dispute, Outcome::Lost).await;
        assert_eq!(till.try_refund(payment, 1, None).await, Err(RefundRefusal::AboveLeft(Paise::ZERO)));
        assert_eq!(till.status(payment).await, "Refunded");
        assert_eq!(till.world.db.number("SELECT balance_paise FROM accounts WHERE name = 'acquirer:1'"), 0);
        till.world.statement().await;
    }

    fn a_part_may_be_disputed_and_the_rest_refunded(db) {
        let (till, payment) = paid(db).await;
        let dispute = try_raise(&till, payment, 30_000, "D1").await.unwrap();
        till.refund(payment, 70_000 - 100 + REFUND_PAID).await;
        assert_eq!(till.status(payment).await, "Under Dispute");
        till.run_errands().await;
        decide(&till, dispute, Outcome::Won).await;
        assert_eq!(till.status(payment).await, "Partially Refunded");
        till.world.statement().await;
    }

    fn the_same_dispute_raised_again_is_the_same_and_what_was_not_paid_has_none(db) {
        let (till, payment) = paid(db).await;
        let open = till.open("T2", 500).await;
        let first = try_raise(&till, payment, 30_000, "D1").await.unwrap();
        assert_eq!(try_raise(&till, payment, 30_000, "D1").await, Ok(first));
        assert_eq!(try_raise(&till, open, 30_000, "D2").await, Err(RaiseRefusal::NotPaid));
        assert_eq!(try_raise(&till, Id::new(99), 30_000, "D3").await, Err(RaiseRefusal::NoPayment));
        assert_eq!(till.world.db.number("SELECT COUNT(*) FROM disputes"), 1);
    }

    fn a_merchant_answers_with_evidence_that_is_kept_until_the_deadline(db) {
        let (till, payment) = paid(db).await;
        let dispute = try_raise(&till, payment, 30_000, "D1").await.unwrap();
        assert_eq!(answer(&till, dispute, Reply::Contest).await, Ok(Status::Contested));
        assert_eq!(answer(&till, dispute, Reply::Contest).await, Err(ReplyRefusal::NotOpen(Status::Contested)));
        let report = by_id(&till.world.house, Some(till.world.merchant), dispute).await.unwrap().unwrap();
        assert_eq!((report.evidence.len(), report.evidence[0].name.as_str(), report.evidence[0].bytes), (1, "slip.png", 18));
        let other = add_merchant(&till.world.house, &till.world.keys, "OTHER").await;
        assert!(by_id(&till.world.house, Some(other), dispute).await.unwrap().is_none());
        assert_eq!(till.status(payment).await, "Under Dispute");
        decide(&till, dispute, Outcome::Won).await;
        assert_eq!(answer(&till, dispute, Reply::Accept).await, Err(ReplyRefusal::NotOpen(Status::Won)));
        let late = try_raise(&till, payment, 30_000, "D2").await.unwrap();
        till.world.db.forward(8 * DAY_MS);
        assert_eq!(answer(&till, late, Reply::Contest).await, Err(ReplyRefusal::TooLate));
        assert_eq!(answer(&till, late, Reply::Accept).await, Ok(Status::Accepted));
        till.world.statement().await;
        till.world.db.tamper("UPDATE evidence_files SET content = evidence_files.content || evidence_files.content");
        let faults = till.world.verify().await.faults;
        assert_eq!(faults, [format!("dispute {dispute}: its evidence is not what was kept")]);
    }

    fn an_acquirer_raises_hears_the_answer_until_it_has_and_decides(db) {
        let (till, payment) = paid(db).await;
        let charge = till.reference(payment).await;
        let notice = |news| Notice { reference: "D1".to_owned(), charge: charge.clone(), news };
        till.acquirer.tell_of_dispute(notice(News::Raised(claim(&till, 100_000))));
        let news = || hear(&till.world.house, None, "test", &till.acquirer, TAG);
        assert_eq!(news().await.unwrap(), 1);
        assert_eq!(news().await.unwrap(), 0, "heard once");
        let dispute = Id::new(1);
        assert_eq!(answer(&till, dispute, Reply::Contest).await, Ok(Status::Contested));
        till.acquirer.be_deaf(true);
        let due = take_due(&till.world.house, 9).await.unwrap();
        assert!(!tell(&till.world.house, &till.acquirer, &due[0], jitter()).await.unwrap());
        assert!(take_due(&till.world.house, 9).await.unwrap().is_empty(), "not due yet");
        till.acquirer.be_deaf(false);
        till.world.db.forward(3_000);
        let due = take_due(&till.world.house, 9).await.unwrap();
        assert!(tell(&till.world.house, &till.acquirer, &due[0], jitter()).await.unwrap());
        let heard = till.acquirer.answers();
        assert_eq!((heard.len(), heard[0].reference.as_str(), heard[0].evidence[0].name.as_str()), (1, "D1", "slip.png"));
        till.world.db.forward(DAY_MS);
        assert!(take_due(&till.world.house, 9).await.unwrap().is_empty(), "it was heard");
        till.acquirer.tell_of_dispute(notice(News::Resolved(Outcome::Won)));
        assert_eq!(news().await.unwrap(), 1);
        assert_eq!(till.status(payment).await, "Money with Payumoney");
        till.world.statement().await;
    }

    fn news_of_what_is_not_ours_or_cannot_be_moves_nothing_and_holds_nothing_up(db) {
        let (till, payment) = paid(db).await;
        let ours = till.reference(payment).await;
        let raised = |reference: &str, charge: &str, paise| Notice {
            reference: reference.to_owned(),
            charge: charge.to_owned(),
            news: News::Raised(claim(&till, paise)),
        };
        till.acquirer.tell_of_dispute(raised("D1", "RCFFFFFF00000000000001", 100));
        till.acquirer.tell_of_dispute(raised("D2", &format!("RC{TAG}00000000000099"), 100));
        let decided = Notice { reference: "D3".to_owned(), charge: ours.clone(), news: News::Resolved(Outcome::Lost) };
        till.acquirer.tell_of_dispute(decided);
        till.acquirer.tell_of_dispute(raised("D4", &ours, 30_000));
        assert_eq!(hear(&till.world.house, None, "test", &till.acquirer, TAG).await.unwrap(), 4);
        has(&till, &["merchant:1:disputed ₹300.00"]).await;
        assert_eq!(till.world.verify().await.discrepancies, 1);
    }

    fn the_database_itself_refuses_a_dispute_of_more_than_is_left(db) {
        let (till, payment) = paid(db).await;
        till.refund(payment, 60_000).await;
        let more = till.world.db.attempt("UPDATE payments SET disputed_paise = 50000 WHERE id = 1");
        assert!(more.is_err());
    }
}
