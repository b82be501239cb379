//! Payouts are given to banks: which account pays, what is kept before a bank is called, and what a day may carry.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{Id, UnixMs, payout::Status};
use rokad_flows::{
    bootstrap::{declare_bank_accounts, switch_bank_account},
    payout::{
        dispatch::{Claim, VALID_MS, dispatch_payouts},
        reference,
    },
};
use rokad_store::bank_account::Declared;
use support::{
    Database, NOON, World, all_at_once,
    bank::{PAYS, REFUSES, SILENT},
    order, rupees,
    world::{TAG, bank_account},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

async fn switch(world: &World, name: &str, active: bool) {
    switch_bank_account(&world.house, name.into(), active, "test".into())
        .await
        .unwrap();
}

fn limited(daily_limit_rupees: i64) -> Declared {
    Declared {
        daily_limit: rupees(daily_limit_rupees),
        ..bank_account("pg1", "OP1")
    }
}

/// Requests payouts of so many rupees each, numbered from `first`, and gives them to the bank.
async fn pay_each(world: &World, first: i64, account_no: &str, amounts: &[i64]) {
    for (n, amount) in (first..).zip(amounts) {
        world.request(order(n, *amount, account_no)).await.unwrap();
    }
    world.dispatch().await;
}

fn words(world: &World) -> Vec<String> {
    world
        .states()
        .iter()
        .map(|state| state.split(' ').nth(2).unwrap().to_owned())
        .collect()
}

fn under_way(db: &Database) -> (i64, i64) {
    let column = |name: &str| db.number(&format!("SELECT {name} FROM bank_accounts WHERE name = 'pg1'"));
    (column("under_way_paise"), column("used_paise"))
}

on_every_database! {
    fn the_intent_is_kept_before_the_bank_is_called(db) {
        let world = World::new(db).await;
        world.request(order(1, 1_000, PAYS)).await.unwrap();
        let claimed = world.claim().await;
        let instruction = &claimed.sendings[0].instruction;
        assert_eq!(instruction.reference, reference::make(TAG, Id::new(1)));
        assert_eq!(instruction.not_after, NOON.plus_ms(VALID_MS));
        assert_eq!(world.db.texts("SELECT reference FROM payouts_sent")[0], instruction.reference);
        assert!(world.bank.transfers().is_empty(), "nobody called it yet");
        assert_eq!(words(&world), ["Processing"]);
        world.statement().await;
    }

    fn a_payout_that_is_paid_is_told_step_by_step(db) {
        let world = World::new(db).await;
        let id = world.pay(order(1, 1_000, PAYS)).await;
        assert_eq!(world.told(id).await, ["Pending: Request saved", "Processing: Given to the bank", "Approved: Paid"]);
        assert_eq!(world.statement().await, [
            "income:fee ₹5.50",
            "tax:gst ₹0.99",
            "operator:capital ₹1,000.00",
            "merchant:1:available ₹8,993.51",
            "bank:1 ₹10,000.00",
            "payout 1 Approved UTR000000001",
        ]);
        assert_eq!(world.bank.balance("OP1"), rupees(10_000).get());
    }

    fn two_dispatchers_never_take_the_same_payout(db) {
        let world = World::new(db).await;
        for n in 0..20 {
            world.request(order(n, 10, PAYS)).await.unwrap();
        }
        let claim = || Claim { after: Id::new(0), limit: 7, instance_tag: TAG.into() };
        let claims = (0..4).map(|_| world.house.store.run(dispatch_payouts, claim()));
        let mut taken = Vec::new();
        for claimed in all_at_once(claims).await {
            taken.extend(claimed.unwrap().sendings.iter().map(|sending| sending.payout.get()));
        }
        assert_eq!(taken, (1..=20).collect::<Vec<_>>());
    }

    fn what_no_account_can_pay_waits(db) {
        let world = World::new(db).await;
        switch(&world, "pg1", false).await;
        world.request(order(1, 1_000, PAYS)).await.unwrap();
        let before = world.db.all_rows();
        let claimed = world.claim().await;
        assert_eq!((claimed.sendings.len(), claimed.without_account), (0, 1));
        assert_eq!(world.db.all_rows(), before, "looking in vain writes nothing");
        switch(&world, "pg1", true).await;
        world.dispatch().await;
        assert_eq!(words(&world), ["Approved"]);
    }

    fn a_payout_that_is_too_large_for_now_holds_nobody_up(db) {
        let world = World::with(db, limited(500)).await;
        pay_each(&world, 1, PAYS, &[501, 200, 301, 300]).await;
        assert_eq!(words(&world), ["Pending", "Approved", "Pending", "Approved"]);
        world.statement().await;
    }

    fn an_account_is_left_its_minimum(db) {
        let minimum = Declared { minimum_balance: rupees(10_000), ..bank_account("pg1", "OP1") };
        let world = World::with(db, minimum).await;
        pay_each(&world, 1, SILENT, &[600, 500, 400]).await;
        assert_eq!(words(&world), ["Processing", "Pending", "Processing"], "of ₹11,000, ₹1,000 may leave");
        world.statement().await;
    }

    fn what_is_settled_is_no_longer_under_way(db) {
        let world = World::new(db).await;
        pay_each(&world, 1, SILENT, &[100, 200]).await;
        assert_eq!(under_way(&world.db), (30_000, 30_000));
        pay_each(&world, 3, PAYS, &[400]).await;
        assert_eq!(under_way(&world.db), (30_000, 70_000));
        for (payout, pays) in [(1, true), (2, false)] {
            world.bank.decide(&reference::make(TAG, Id::new(payout)), pays);
        }
        world.db.forward(60_000);
        world.ask().await;
        assert_eq!(words(&world), ["Approved", "Failed", "Approved"]);
        assert_eq!(under_way(&world.db), (0, 50_000), "what was refused did not use the day");
        world.statement().await;
    }

    fn an_account_never_tires(db) {
        let world = World::new(db).await;
        // Far more in all than the account ever holds at once: what fails is free again.
        for round in 0..5 {
            pay_each(&world, round * 10, REFUSES, &[3_000, 3_000, 3_000]).await;
        }
        assert_eq!(words(&world), ["Failed"; 15]);
        assert_eq!(under_way(&world.db), (0, 0));
    }

    fn the_days_limit_begins_anew_at_midnight_in_kolkata(db) {
        let world = World::with(db, limited(500)).await;
        pay_each(&world, 1, PAYS, &[500, 400]).await;
        assert_eq!(words(&world), ["Approved", "Pending"]);
        world.db.forward(DAY_MS / 2 - 1);
        world.dispatch().await;
        assert_eq!(words(&world), ["Approved", "Pending"], "a millisecond before midnight");
        world.db.forward(1);
        world.dispatch().await;
        assert_eq!(words(&world), ["Approved", "Approved"]);
        assert_eq!(under_way(&world.db), (0, 40_000));
    }

    fn what_is_refused_a_day_later_does_not_widen_that_days_limit(db) {
        let world = World::with(db, limited(500)).await;
        pay_each(&world, 1, SILENT, &[500]).await;
        world.db.forward(DAY_MS);
        pay_each(&world, 2, PAYS, &[400]).await;
        world.bank.decide(&reference::make(TAG, Id::new(1)), false);
        world.ask().await;
        assert_eq!(under_way(&world.db), (0, 40_000));
        pay_each(&world, 3, PAYS, &[101]).await;
        assert_eq!(words(&world), ["Failed", "Approved", "Pending"]);
        world.statement().await;
    }

    fn accounts_share_the_payouts_by_weight(db) {
        let heavy = Declared { weight: 3, ..bank_account("pg1", "OP1") };
        let world = World::with(db, heavy.clone()).await;
        declare_bank_accounts(&world.house, vec![heavy, bank_account("pg2", "OP2")]).await.unwrap();
        let by = || "test".to_owned();
        let whose = rokad_flows::fund::Whose::Operator;
        rokad_flows::fund::fund(&world.house, whose, rupees(10_000), Some("pg2".into()), by()).await.unwrap();
        pay_each(&world, 0, PAYS, &[10; 40]).await;
        let paid = |number: &str| world.bank.transfers().values().filter(|t| t.from == number).count();
        assert_eq!((paid("OP1"), paid("OP2")), (30, 10));
        switch(&world, "pg1", false).await;
        pay_each(&world, 40, PAYS, &[10; 8]).await;
        assert_eq!((paid("OP1"), paid("OP2")), (30, 18), "one that is paused pays nothing");
        world.statement().await;
    }

    fn an_account_that_is_paused_settles_what_is_under_way(db) {
        let world = World::new(db).await;
        pay_each(&world, 1, SILENT, &[100]).await;
        switch(&world, "pg1", false).await;
        world.bank.decide(&reference::make(TAG, Id::new(1)), true);
        world.db.forward(60_000);
        world.ask().await;
        assert_eq!(words(&world), ["Approved"]);
        world.statement().await;
    }

    fn an_account_that_is_declared_no_more_is_switched_off(db) {
        let world = World::new(db).await;
        declare_bank_accounts(&world.house, vec![]).await.unwrap();
        pay_each(&world, 1, PAYS, &[100]).await;
        assert_eq!(words(&world), [Status::Pending.word()]);
    }

    fn a_bank_is_told_once_even_if_the_call_was_lost(db) {
        let mut world = World::new(db).await;
        world.request(order(1, 100, PAYS)).await.unwrap();
        drop(world.claim().await);
        world.restart().await;
        assert!(world.claim().await.sendings.is_empty(), "never again: it is only asked about");
        let asked_at: UnixMs = world.db.now();
        assert_eq!(world.db.number("SELECT ask_at_ms FROM payouts_sent"), asked_at.0);
    }
}
