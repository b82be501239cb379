//! The road of a payment: opened, attempted, captured or ended, settled. Never twice, never lost, never guessed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, UnixMs,
    acquirer::{Answer, BankRef, Fault},
    id::kind::Payment,
    payment::{AttemptRefusal, CHECKOUT_MS, EndRefusal, Status, Verdict, Wish},
};
use rokad_flows::payment::{
    ask::{take_over, take_questions},
    end::overdue,
    hear::{Heard, hear_answers},
    open::OpenRefusal,
};
use std::collections::HashMap;
use support::{
    Till,
    acquirer::{LOST, PAGE, PAYS, PAYS_UNHEARD, REFUSES, SILENT, WAITS},
    all_at_once,
    till::order,
    world::{jitter, rupees},
};

const DAY_MS: i64 = 24 * 3_600_000;

on_every_database! {
    fn a_payment_is_captured_and_settled_to_the_paisa(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 1_000).await;
        assert_eq!(till.status(payment).await, "Not Started");
        assert!(matches!(till.pay(payment, 1, PAYS).await, Ok(Verdict::Capture(_))));
        assert_eq!(till.status(payment).await, "Money with Payumoney");
        // ₹1,000 less ₹3 and 0.25 % (₹2.50), and 18 % of ₹5.50 (₹0.99).
        let statement = till.world.statement().await;
        for line in ["acquirer:1 ₹1,000.00", "merchant:1:collected ₹993.51", "income:fee ₹5.50", "tax:gst ₹0.99"] {
            assert!(statement.contains(&line.to_owned()), "{line} in {statement:#?}");
        }
        assert_eq!(till.settle().await.payments, 0, "not due");
        // The clock of the tests begins on a Thursday: two business days later it is Monday.
        till.world.db.forward(4 * DAY_MS);
        assert_eq!(till.status(payment).await, "Settlement in process");
        let settled = till.settle().await;
        assert_eq!((settled.payments, settled.merchants, settled.paise), (1, 1, 99_351));
        assert_eq!(till.status(payment).await, "Money Settled");
        let statement = till.world.statement().await;
        assert!(statement.contains(&"merchant:1:available ₹10,993.51".to_owned()), "{statement:#?}");
        assert!(!statement.iter().any(|line| line.contains("collected")), "{statement:#?}");
        assert_eq!(till.settle().await.payments, 0, "settled once");
    }

    fn the_same_order_resumes_its_checkout_and_another_is_refused(db) {
        let till = Till::new(db).await;
        let first = till.try_open(order("T1", 100)).await.unwrap();
        let again = till.try_open(order("T1", 100)).await.unwrap();
        assert_eq!((again.payment, first.resumed, again.resumed), (first.payment, false, true));
        assert_eq!(till.try_open(order("T1", 101)).await, Err(OpenRefusal::AnotherOrder));
        till.pay(first.payment, 1, PAYS).await.unwrap();
        let ended = till.try_open(order("T1", 100)).await;
        assert_eq!(ended, Err(OpenRefusal::Ended(first.payment, Status::Captured)));
    }

    fn twenty_at_once_of_the_same_order_open_one_payment(db) {
        let till = Till::new(db).await;
        let opened = all_at_once((0..20).map(|_| till.try_open(order("T1", 100)))).await;
        assert!(opened.iter().all(|answer| answer.unwrap().payment == Id::new(1)), "{opened:?}");
        assert_eq!(opened.iter().filter(|answer| !answer.unwrap().resumed).count(), 1);
        assert_eq!(till.world.db.number("SELECT COUNT(*) FROM payments"), 1);
    }

    fn an_amount_that_does_not_carry_its_price_is_refused(db) {
        let till = Till::new(db).await;
        assert_eq!(till.try_open(order("T1", 3)).await, Err(OpenRefusal::BelowPrice));
        assert_eq!(till.world.db.number("SELECT COUNT(*) FROM payments"), 0);
    }

    fn a_form_sent_twice_and_two_tabs_charge_once(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        let twice = all_at_once([1, 1].map(|number| till.pay(payment, number, WAITS))).await;
        assert_eq!(twice.iter().filter(|answer| answer.is_ok()).count(), 1, "{twice:?}");
        assert!(twice.contains(&Err(AttemptRefusal::SentBefore)), "{twice:?}");
        assert_eq!(till.pay(payment, 2, PAYS).await, Err(AttemptRefusal::UnderWay));
        till.acquirer.decide(&till.reference(payment).await, true);
        till.world.db.forward(3_000);
        till.ask().await;
        assert_eq!(till.pay(payment, 2, PAYS).await, Err(AttemptRefusal::Ended));
        assert_eq!(till.acquirer.captured(), 10_000);
        assert!(till.acquirer.told().values().all(|charge| charge.told == 1));
        till.world.statement().await;
    }

    fn the_intent_is_kept_before_the_acquirer_is_called(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        let begun = till.show_qr(payment, 1).await;
        assert_eq!(till.acquirer.told().len(), 0);
        assert_eq!(till.status(payment).await, "Initiated");
        assert_eq!(begun.attempt.reference, till.reference(payment).await);
    }

    fn after_a_failure_the_customer_tries_another_way(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        assert_eq!(till.pay(payment, 1, REFUSES).await, Ok(Verdict::Fail(Fault::Declined)));
        assert_eq!(till.status(payment).await, "Initiated");
        assert!(matches!(till.pay(payment, 2, PAYS).await, Ok(Verdict::Capture(_))));
        assert_eq!(till.status(payment).await, "Money with Payumoney");
        till.world.statement().await;
    }

    fn silence_is_asked_about_and_a_customer_who_paid_sees_success(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        assert_eq!(till.pay(payment, 1, PAYS_UNHEARD).await, Ok(Verdict::AskAgain));
        assert_eq!(till.status(payment).await, "Initiated");
        assert_eq!(till.ask().await, 0, "not due yet");
        till.world.db.forward(3_000);
        assert_eq!(till.ask().await, 1);
        assert_eq!(till.status(payment).await, "Money with Payumoney");
        assert_eq!(till.acquirer.told().values().next().unwrap().told, 1, "asked, not charged again");
        till.world.statement().await;
    }

    fn gaps_between_questions_grow_and_begin_anew_after_a_restart(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        till.pay(payment, 1, SILENT).await.unwrap();
        let mut questions = 0;
        for _ in 0..30 {
            till.world.db.forward(1_000);
            questions += till.ask().await;
        }
        assert_eq!(questions, 5, "after 2, 4, 7, 12 and 22 seconds");
        assert_eq!(take_over(&till.world.house).await.unwrap(), 1);
        assert_eq!(till.ask().await, 1);
        till.world.db.forward(2_000);
        assert_eq!(till.ask().await, 1);
        assert_eq!(till.status(payment).await, "Initiated", "silence moves nothing");
    }

    fn each_question_is_about_its_own_payment_and_has_its_own_turn(db) {
        let till = Till::new(db).await;
        let mut payments = Vec::new();
        for number in 0..5 {
            payments.push(till.open(&format!("T{number}"), 100 + number).await);
        }
        // Opened, begun, written to and due in four different orders.
        let mut amounts = HashMap::new();
        for at in [3, 0, 4, 1, 2] {
            assert_eq!(till.pay(payments[at], 1, SILENT).await, Ok(Verdict::AskAgain));
            amounts.insert(till.reference(payments[at]).await, rupees(100 + i64::try_from(at).unwrap()));
            till.world.db.forward(1_000);
        }
        let taken = |limit| till.world.house.store.run(take_questions, limit);
        till.world.db.forward(60_000);
        let first: Vec<_> = taken(2).await.unwrap().iter().map(|one| one.attempt).collect();
        till.world.db.forward(60_000);
        let all = taken(1_000).await.unwrap();
        assert_eq!((first.len(), all.len()), (2, 5));
        for one in all {
            assert_eq!(one.question.amount, amounts[&one.question.reference]);
            let turn = if first.contains(&one.attempt) { 2 } else { 1 };
            assert_eq!(one.turn, Some(turn));
        }
    }

    fn an_order_that_never_arrived_fails_once_the_acquirer_would_refuse_it(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        assert_eq!(till.pay(payment, 1, LOST).await, Ok(Verdict::AskAgain));
        till.world.db.forward(CHECKOUT_MS - 1_000);
        till.ask().await;
        assert_eq!(till.end(payment, Wish::Expire).await, Err(EndRefusal::UnderWay));
        till.world.db.forward(20 * 60_000);
        till.ask().await;
        assert_eq!(till.report(payment).await.attempt.unwrap().fault, Some(Fault::NotReceived));
        assert_eq!(till.end(payment, Wish::Expire).await, Ok(Status::Dropped));
        assert_eq!(till.status(payment).await, "Dropped");
        till.world.statement().await;
    }

    fn a_customer_at_the_banks_page_is_shown_the_page_and_may_turn_back(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        assert_eq!(till.pay(payment, 1, WAITS).await, Ok(Verdict::Wait(Some(PAGE.to_owned()))));
        assert_eq!(till.report(payment).await.attempt.unwrap().page.as_deref(), Some(PAGE));
        assert_eq!(till.end(payment, Wish::Cancel).await, Err(EndRefusal::UnderWay));
        assert_eq!(till.call_off(payment).await, Verdict::Fail(Fault::CalledOff));
        assert!(matches!(till.pay(payment, 2, PAYS).await, Ok(Verdict::Capture(_))));
        till.acquirer.decide(&till.reference(payment).await, true);
        assert_eq!(till.acquirer.captured(), 10_000, "the first attempt is off for good");
        till.world.statement().await;
    }

    fn whoever_turns_back_too_late_has_paid(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        till.pay(payment, 1, WAITS).await.unwrap();
        till.acquirer.decide(&till.reference(payment).await, true);
        assert!(matches!(till.call_off(payment).await, Verdict::Capture(_)));
        assert_eq!(till.status(payment).await, "Money with Payumoney");
    }

    fn each_way_of_ending_has_its_word(db) {
        let till = Till::new(db).await;
        let [cancelled, failed, bounced, dropped] = [
            till.open("T1", 100).await,
            till.open("T2", 100).await,
            till.open("T3", 100).await,
            till.open("T4", 100).await,
        ];
        assert_eq!(till.end(cancelled, Wish::Cancel).await, Ok(Status::Cancelled));
        assert_eq!(till.end(failed, Wish::GiveUp).await, Err(EndRefusal::NothingFailed));
        till.pay(failed, 1, REFUSES).await.unwrap();
        assert_eq!(till.end(failed, Wish::GiveUp).await, Ok(Status::Failed));
        till.pay(bounced, 1, WAITS).await.unwrap();
        assert_eq!(till.end(dropped, Wish::Expire).await, Err(EndRefusal::NotYet));
        till.world.db.forward(CHECKOUT_MS + 1_000);
        till.ask().await;
        for (payment, status) in [(bounced, Status::Bounced), (dropped, Status::Dropped)] {
            assert_eq!(till.end(payment, Wish::Expire).await, Ok(status));
            assert_eq!(till.end(payment, Wish::Expire).await, Err(EndRefusal::Ended(status)));
            assert_eq!(till.pay(payment, 9, PAYS).await, Err(AttemptRefusal::Ended));
        }
        for (payment, word) in [(cancelled, "CancelledByUser"), (failed, "Failed"), (bounced, "Bounced"), (dropped, "Dropped")] {
            assert_eq!(till.status(payment).await, word);
        }
        assert_eq!(till.acquirer.captured(), 0);
        till.world.statement().await;
    }

    fn what_is_over_is_found_page_by_page_and_what_is_under_way_passed_over(db) {
        let till = Till::new(db).await;
        for number in 1..=4 {
            till.open(&format!("T{number}"), 100).await;
        }
        till.show_qr(Id::new(2), 1).await;
        let house = &till.world.house;
        let start = (UnixMs(0), Id::new(0));
        assert_eq!(overdue(house, start, 9).await.unwrap(), []);
        till.world.db.forward(CHECKOUT_MS);
        let ids = |over: Vec<(UnixMs, Id<Payment>)>| over.iter().map(|(_, id)| id.get()).collect::<Vec<_>>();
        let first = overdue(house, start, 2).await.unwrap();
        let last = *first.last().unwrap();
        assert_eq!(ids(first), [1, 3]);
        assert_eq!(ids(overdue(house, last, 2).await.unwrap()), [4]);
        till.end(Id::new(1), Wish::Expire).await.unwrap();
        assert_eq!(ids(overdue(house, start, 9).await.unwrap()), [3, 4]);
    }

    fn no_attempt_begins_after_the_time_or_after_too_many(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        for number in 1..=10 {
            till.pay(payment, number, REFUSES).await.unwrap();
        }
        assert_eq!(till.pay(payment, 11, PAYS).await, Err(AttemptRefusal::TooMany));
        let late = till.open("T2", 100).await;
        till.world.db.forward(CHECKOUT_MS);
        assert_eq!(till.pay(late, 1, PAYS).await, Err(AttemptRefusal::Expired));
        assert_eq!(till.acquirer.captured(), 0);
    }

    fn a_capture_heard_twice_in_one_batch_moves_money_once(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        till.pay(payment, 1, SILENT).await.unwrap();
        let attempt = till.report(payment).await.attempt.unwrap().id;
        let rrn = BankRef::parse("RRN1").unwrap();
        let hear = |answer: Answer| till.world.house.store.run(hear_answers, Heard { attempt, answer, turn: Some(0), jitter: jitter() });
        let heard = all_at_once([hear(Answer::Captured(rrn.clone())), hear(Answer::Captured(rrn.clone()))]).await;
        let verdicts: Vec<Verdict> = heard.into_iter().map(|heard| heard.unwrap().1).collect();
        assert_eq!(verdicts, [Verdict::Capture(rrn), Verdict::Known]);
        till.world.statement().await;
    }

    fn an_acquirer_that_contradicts_the_book_moves_nothing_and_is_written_down(db) {
        let till = Till::new(db).await;
        let payment = till.open("T1", 100).await;
        till.pay(payment, 1, REFUSES).await.unwrap();
        let attempt = till.report(payment).await.attempt.unwrap().id;
        let before = till.world.statement().await;
        for _ in 0..2 {
            let answer = Answer::Captured(BankRef::parse("RRN9").unwrap());
            let heard = till.world.house.store.run(hear_answers, Heard { attempt, answer, turn: Some(0), jitter: jitter() }).await;
            assert_eq!(heard.unwrap().1, Verdict::Contradiction);
        }
        assert_eq!(till.world.statement().await, before);
        assert_eq!(till.world.verify().await.discrepancies, 1);
    }

    fn holidays_put_a_settlement_off(db) {
        let till = Till::new(db).await;
        let monday = till.world.db.clock().now().at().day_in_kolkata() + 4;
        till.world.db.tamper(&format!("INSERT INTO holidays VALUES ({monday}, 'A festival')"));
        let payment = till.open("T1", 100).await;
        till.pay(payment, 1, PAYS).await.unwrap();
        assert_eq!(till.report(payment).await.payment.settle_day, Some(monday + 1));
    }
}
