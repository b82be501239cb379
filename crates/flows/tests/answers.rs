//! What a bank answers: paid, refused, nothing, the same again, or what cannot be.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id,
    id::kind::Payout,
    payout::Verdict,
    rail::{Answer, Reason, Utr},
};
use rokad_flows::payout::{
    ask::Inquiry,
    confirm::{Heard, confirm_payouts},
    dispatch::{FIRST_QUESTION_MS, VALID_MS},
    reference,
};
use support::{
    World, all_at_once,
    bank::{LOST, PAYS, PAYS_UNHEARD, REFUSES, SILENT},
    order,
    world::{TAG, jitter},
};

fn paid(utr: &str) -> Answer {
    Answer::Paid(Utr::parse(utr).unwrap())
}

/// All of it is heard in one batch.
async fn hear_at_once(world: &World, answers: impl IntoIterator<Item = (i64, Answer)>) -> Vec<Verdict> {
    let heard = |(payout, answer)| {
        let (payout, jitter) = (Id::new(payout), jitter());
        Heard {
            payout,
            answer,
            turn: Some(0),
            jitter,
        }
    };
    let heard: Vec<Heard> = answers.into_iter().map(heard).collect();
    let store = &world.house.store;
    store
        .tx("a batch", move |tx, now| confirm_payouts(tx, now, &heard))
        .await
        .unwrap()
}

fn discrepancies(world: &World) -> Vec<String> {
    world.db.texts("SELECT what FROM discrepancies ORDER BY id")
}

/// Milliseconds until the next question about the only payout that is under way.
fn next_question_in(world: &World) -> i64 {
    world.db.number("SELECT ask_at_ms FROM payouts_sent") - world.db.now().0
}

fn payouts(inquiries: &[Inquiry]) -> Vec<Id<Payout>> {
    inquiries.iter().map(|inquiry| inquiry.payout).collect()
}

on_every_database! {
    fn what_a_bank_refuses_is_free_again(db) {
        let world = World::new(db).await;
        let id = world.pay(order(1, 1_000, REFUSES)).await;
        assert_eq!(world.told(id).await[2], "Failed: The beneficiary's account takes no credit");
        assert_eq!(world.statement().await, [
            "operator:capital ₹1,000.00",
            "merchant:1:available ₹10,000.00",
            "bank:1 ₹11,000.00",
            "payout 1 Failed",
        ]);
    }

    fn silence_keeps_the_payout_processing_and_plans_a_question_with_growing_gaps(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, SILENT)).await;
        let before = world.statement().await;
        let mut gaps = vec![next_question_in(&world)];
        for _ in 0..9 {
            world.db.forward(*gaps.last().unwrap());
            assert_eq!(world.ask().await, [Verdict::AskAgain]);
            gaps.push(next_question_in(&world));
        }
        let seconds: Vec<i64> = gaps.iter().map(|ms| ms / 1_000).collect();
        assert_eq!(seconds, [2, 3, 5, 10, 30, 60, 300, 900, 3_600, 3_600]);
        assert_eq!(world.statement().await, before, "and nothing moves by it");
    }

    fn an_answer_that_was_lost_is_heard_by_asking(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS_UNHEARD)).await;
        world.db.forward(2_000);
        assert_eq!(world.ask().await, [Verdict::Spend(Utr::parse("UTR000000001").unwrap())]);
        assert!(world.statement().await.contains(&"payout 1 Approved UTR000000001".to_owned()));
    }

    fn a_question_that_was_taken_is_left_to_whoever_took_it(db) {
        let world = World::new(db).await;
        for n in 0..10 {
            world.request(order(n, 10, SILENT)).await.unwrap();
        }
        world.dispatch().await;
        world.db.forward(2_000);
        let asks = (0..3).map(|_| world.house.store.run(rokad_flows::payout::ask::take_questions, 4));
        let mut taken = Vec::new();
        for inquiries in all_at_once(asks).await {
            taken.extend(payouts(&inquiries.unwrap()));
        }
        assert_eq!(taken, (1..=10).map(Id::new).collect::<Vec<_>>());
        assert!(world.questions().await.is_empty());
        world.db.forward(15_000);
        assert_eq!(world.questions().await.len(), 10, "whoever took them has died");
    }

    fn what_was_under_way_is_due_for_a_question_after_a_restart(db) {
        let mut world = World::new(db).await;
        world.request(order(1, 1_000, PAYS)).await.unwrap();
        let sendings = world.claim().await.sendings;
        world.bank.set_unreachable(false);
        let unheard = rokad_rails::PayoutRail::send(&world.bank, &sendings[0].instruction).await;
        assert!(matches!(unheard, Answer::Paid(_)), "the program dies before it can keep that");
        world.restart().await;
        assert!(matches!(world.ask().await[..], [Verdict::Spend(_)]));
        world.statement().await;
    }

    fn after_a_restart_the_gaps_between_questions_begin_anew(db) {
        let mut world = World::new(db).await;
        world.bank.set_unreachable(true);
        world.pay(order(1, 1_000, PAYS)).await;
        for _ in 0..8 {
            world.db.forward(2 * 3_600_000);
            assert_eq!(world.ask().await, [Verdict::AskAgain]);
        }
        world.restart().await;
        world.bank.set_unreachable(true);
        assert_eq!(world.ask().await, [Verdict::AskAgain]);
        world.db.forward(3_000);
        assert_eq!(world.ask().await.len(), 1, "not an hour later: what kept the bank away may be over");
    }

    fn an_instruction_that_never_arrived_fails_once_the_bank_would_refuse_it(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, LOST)).await;
        world.db.forward(FIRST_QUESTION_MS);
        assert_eq!(world.ask().await, [Verdict::AskAgain], "it may still arrive");
        world.db.forward(VALID_MS);
        assert_eq!(world.ask().await, [Verdict::Release(Reason::NotReceived)]);
        assert!(world.statement().await.contains(&"payout 1 Failed".to_owned()));
    }

    fn an_answer_heard_twice_moves_money_once(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS)).await;
        let before = world.db.all_rows();
        assert_eq!(hear_at_once(&world, [(1, paid("UTR000000001"))]).await, [Verdict::Known]);
        assert_eq!(world.db.all_rows(), before);
    }

    fn an_answer_heard_twice_in_one_batch_moves_money_once(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, SILENT)).await;
        world.pay(order(2, 1_000, SILENT)).await;
        let refused = || Answer::Refused(Reason::AccountFrozen);
        let heard = [(1, paid("U1")), (2, refused()), (1, Answer::Silent), (1, paid("U1")), (2, refused())];
        let verdicts = hear_at_once(&world, heard).await;
        assert_eq!(verdicts[2..], [Verdict::Known, Verdict::Known, Verdict::Known]);
        assert_eq!(world.statement().await[4..], ["bank:1 ₹10,000.00", "payout 1 Approved U1", "payout 2 Failed"]);
        assert_eq!(discrepancies(&world), [""; 0]);
    }

    fn silence_and_an_answer_in_one_batch_is_an_answer(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, SILENT)).await;
        hear_at_once(&world, [(1, Answer::Silent), (1, Answer::Silent), (1, paid("U1"))]).await;
        assert!(world.statement().await.contains(&"payout 1 Approved U1".to_owned()));
        assert_eq!(world.db.number("SELECT COUNT(*) FROM payouts_sent"), 0);
    }

    fn paid_then_refused_is_written_down_as_a_discrepancy_and_moves_nothing(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS)).await;
        let before = world.statement().await;
        for _ in 0..2 {
            let verdicts = hear_at_once(&world, [(1, Answer::Refused(Reason::AccountFrozen))]).await;
            assert_eq!(verdicts, [Verdict::Contradiction]);
        }
        assert_eq!(discrepancies(&world), ["Approved here, but the bank says Refused(AccountFrozen)"]);
        assert_eq!(world.statement().await, before);
    }

    fn refused_then_paid_is_written_down_as_a_discrepancy_and_moves_nothing(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, REFUSES)).await;
        let before = world.statement().await;
        assert_eq!(hear_at_once(&world, [(1, paid("U1"))]).await, [Verdict::Contradiction]);
        assert_eq!(discrepancies(&world), ["Failed here, but the bank says Paid(Utr(\"U1\"))"]);
        assert_eq!(world.statement().await, before);
    }

    fn paid_under_two_references_in_one_batch_moves_money_once(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, SILENT)).await;
        let verdicts = hear_at_once(&world, [(1, paid("U1")), (1, paid("U2"))]).await;
        assert_eq!(verdicts[1], Verdict::Contradiction);
        assert!(world.statement().await.contains(&"payout 1 Approved U1".to_owned()));
        assert_eq!(discrepancies(&world), ["Approved here, but the bank says Paid(Utr(\"U2\"))"]);
    }

    fn an_answer_about_what_no_bank_was_told_of_moves_nothing(db) {
        let world = World::new(db).await;
        world.request(order(1, 1_000, PAYS)).await.unwrap();
        let before = world.statement().await;
        assert_eq!(hear_at_once(&world, [(1, paid("U1"))]).await, [Verdict::Contradiction]);
        assert_eq!(world.statement().await, before);
        world.dispatch().await;
        assert_eq!(world.bank.transfers().len(), 1, "it is paid all the same, once");
    }

    fn an_answer_about_no_payout_harms_no_other(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, SILENT)).await;
        let hear = |payout: i64| {
            let heard = Heard { payout: Id::new(payout), answer: paid("U1"), turn: None, jitter: jitter() };
            world.house.store.run(confirm_payouts, heard)
        };
        let heard = all_at_once([hear(99), hear(1)]).await;
        assert!(heard[0].is_err() && heard[1].is_ok());
        assert!(world.statement().await.contains(&"payout 1 Approved U1".to_owned()));
    }

    fn many_answers_of_many_payouts_add_up(db) {
        let world = World::new(db).await;
        for n in 0..60 {
            world.request(order(n, 100, SILENT)).await.unwrap();
        }
        world.dispatch().await;
        let answer = |n: i64| if n % 3 == 0 { Answer::Refused(Reason::Other) } else { paid(&format!("U{n}")) };
        hear_at_once(&world, (1..=60).map(|n| (n, answer(n)))).await;
        assert_eq!(world.statement().await[..5], [
            "income:fee ₹130.00",
            "tax:gst ₹23.60",
            "operator:capital ₹1,000.00",
            "merchant:1:available ₹5,846.40",
            "bank:1 ₹7,000.00",
        ]);
        assert!(world.bank.transfers().contains_key(&reference::make(TAG, Id::new(60))));
    }
}
