//! What a bank tells of its own accord: late answers, answers once more, and returns.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, UnixMs,
    charge::FeeOnReturn,
    payout::Return,
    rail::{News, Reason},
};
use rokad_flows::payout::{
    reference,
    reverse::{CameBack, reverse_payouts},
};
use support::{
    World,
    bank::{PAYS, PAYS_UNHEARD, REFUSES, SILENT},
    order,
    world::TAG,
};

fn reference_of(payout: i64) -> String {
    reference::make(TAG, Id::new(payout))
}

fn position(world: &World) -> i64 {
    world
        .db
        .number("SELECT COALESCE(MAX(position), 0) FROM rail_news")
}

fn discrepancies(world: &World) -> Vec<String> {
    world.db.texts("SELECT what FROM discrepancies ORDER BY id")
}

/// A payout of ₹1,000 is paid and comes back.
async fn returned(mut world: World, rule: FeeOnReturn) -> Vec<String> {
    world.plan.on_return = rule;
    world.pay(order(1, 1_000, PAYS)).await;
    world.bank.give_back(&reference_of(1));
    world.hear().await.unwrap();
    world.statement().await
}

on_every_database! {
    fn a_late_answer_is_heard_as_news(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, SILENT)).await;
        world.bank.decide(&reference_of(1), true);
        world.bank.tell(&reference_of(1));
        world.hear().await.unwrap();
        assert!(world.statement().await.contains(&"payout 1 Approved UTR000000001".to_owned()));
    }

    fn the_fee_of_what_came_back_is_kept_by_rule(db) {
        assert_eq!(returned(World::new(db).await, FeeOnReturn::Keep).await, [
            "income:fee ₹5.50",
            "tax:gst ₹0.99",
            "operator:capital ₹1,000.00",
            "merchant:1:available ₹9,993.51",
            "bank:1 ₹11,000.00",
            "payout 1 Failed UTR000000001",
        ]);
    }

    fn the_fee_of_what_came_back_is_given_back_by_rule(db) {
        assert_eq!(returned(World::new(db).await, FeeOnReturn::GiveBack).await, [
            "operator:capital ₹1,000.00",
            "merchant:1:available ₹10,000.00",
            "bank:1 ₹11,000.00",
            "payout 1 Failed UTR000000001",
        ]);
    }

    fn the_rule_is_that_of_the_time_of_the_request(db) {
        let mut world = World::new(db).await;
        world.plan.on_return = FeeOnReturn::GiveBack;
        world.pay(order(1, 1_000, PAYS)).await;
        world.plan.on_return = FeeOnReturn::Keep;
        world.bank.give_back(&reference_of(1));
        world.hear().await.unwrap();
        assert!(world.statement().await.contains(&"merchant:1:available ₹10,000.00".to_owned()));
    }

    fn a_return_heard_twice_gives_back_once(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS)).await;
        let back = || CameBack { payout: Id::new(1), reason: Reason::ReturnedByBeneficiaryBank };
        let batch = [back(), back(), back()];
        let store = &world.house.store;
        let heard = store.tx("a batch", move |tx, now| reverse_payouts(tx, now, &batch)).await.unwrap();
        assert_eq!(heard, [Return::GiveBack, Return::Known, Return::Known]);
        assert_eq!(discrepancies(&world), [""; 0]);
    }

    fn a_return_before_the_payment_is_known_is_acted_on_after_it(db) {
        let world = World::new(db).await;
        let id = world.pay(order(1, 1_000, PAYS_UNHEARD)).await;
        world.bank.give_back(&reference_of(1));
        world.hear().await.unwrap();
        let told = world.told(id).await;
        assert_eq!(told[2..], ["Approved: Paid", "Failed: The beneficiary's bank returned the money"]);
        world.statement().await;
    }

    fn a_return_waits_while_the_bank_says_nothing_of_the_payment(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, SILENT)).await;
        world.bank.tell_lie(&reference_of(1), News::Returned(Reason::ReturnedByBeneficiaryBank));
        assert!(world.hear().await.is_err());
        assert_eq!(position(&world), 0, "it is heard again");
        world.bank.decide(&reference_of(1), true);
        world.hear().await.unwrap();
        assert_eq!(world.states(), ["payout 1 Failed UTR000000001"]);
    }

    fn the_answer_after_its_return_is_known_already(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS)).await;
        world.bank.give_back(&reference_of(1));
        world.bank.tell(&reference_of(1));
        world.hear().await.unwrap();
        assert_eq!(world.states(), ["payout 1 Failed UTR000000001"]);
        assert_eq!(discrepancies(&world), [""; 0]);
    }

    fn a_return_of_what_was_refused_is_written_down_and_moves_nothing(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, REFUSES)).await;
        let before = world.statement().await;
        world.bank.tell_lie(&reference_of(1), News::Returned(Reason::ReturnedByBeneficiaryBank));
        world.hear().await.unwrap();
        assert_eq!(world.statement().await, before);
        assert_eq!(discrepancies(&world), ["Failed here, but the bank says it was paid and came back"]);
    }

    fn a_return_of_what_no_bank_was_told_of_is_written_down_and_holds_nothing_up(db) {
        let world = World::new(db).await;
        world.request(order(1, 1_000, PAYS)).await.unwrap();
        world.bank.tell_lie(&reference_of(1), News::Returned(Reason::ReturnedByBeneficiaryBank));
        world.hear().await.unwrap();
        assert_eq!((world.states(), position(&world)), (vec!["payout 1 Pending".to_owned()], 1));
        assert_eq!(discrepancies(&world), ["given to no bank here, but a bank says it was paid and came back"]);
    }

    fn news_of_others_are_passed_over(db) {
        let world = World::new(db).await;
        for reference in ["RK99999900000000000001", "NEFT-INWARD", &reference_of(7)] {
            world.bank.tell_lie(reference, News::Returned(Reason::Other));
        }
        world.hear().await.unwrap();
        assert_eq!(position(&world), 3);
        assert_eq!(discrepancies(&world), [""; 0]);
    }

    fn news_are_read_once_page_by_page(db) {
        let world = World::new(db).await;
        for n in 0..8 {
            world.pay(order(n, 100, SILENT)).await;
            world.bank.decide(&reference_of(n + 1), true);
            world.bank.tell(&reference_of(n + 1));
        }
        world.hear().await.unwrap();
        assert_eq!((position(&world), world.verify().await.payouts["Approved"].0), (8, 8));
        let before = world.db.all_rows();
        world.hear().await.unwrap();
        assert_eq!(world.db.all_rows(), before);
    }

    fn news_that_are_heard_again_move_nothing(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS)).await;
        world.bank.tell(&reference_of(1));
        world.bank.give_back(&reference_of(1));
        world.hear().await.unwrap();
        let before = world.statement().await;
        world.db.tamper("DELETE FROM rail_news");
        world.hear().await.unwrap();
        assert_eq!(world.statement().await, before);
        assert_eq!(discrepancies(&world), [""; 0]);
    }

    fn a_bank_that_cannot_be_reached_is_read_from_where_it_stopped(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS)).await;
        world.bank.give_back(&reference_of(1));
        world.bank.set_unreachable(true);
        world.hear().await.unwrap();
        assert_eq!(world.states(), ["payout 1 Approved UTR000000001"]);
        world.bank.set_unreachable(false);
        world.hear().await.unwrap();
        assert_eq!(world.states(), ["payout 1 Failed UTR000000001"]);
    }

    fn what_came_back_the_next_day_does_not_touch_that_days_use(db) {
        let world = World::new(db).await;
        world.pay(order(1, 1_000, PAYS)).await;
        world.db.forward(24 * 3_600_000);
        world.pay(order(2, 500, PAYS)).await;
        world.bank.give_back(&reference_of(1));
        world.hear().await.unwrap();
        let day = UnixMs(world.db.now().0).day_in_kolkata();
        let used = "SELECT used_paise FROM bank_accounts WHERE used_day = ";
        assert_eq!(world.db.number(&format!("{used}{day}")), 50_000);
        world.statement().await;
    }
}
