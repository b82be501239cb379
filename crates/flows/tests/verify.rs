//! `verify` finds damage: every kind of it, done behind the store's back, is found and named.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::Id;
use rokad_flows::{House, payout::reference, verify::verify};
use rokad_store::audit;
use support::{
    Database, World,
    bank::{PAYS, REFUSES, SILENT},
    order,
    world::TAG,
};

/// What somebody with the file in their hands does, and a part of the sentence that names it.
const DAMAGE: &[(&str, &str)] = &[
    // The book.
    ("UPDATE postings SET amount_paise = amount_paise + 1 WHERE entry_id = 1", "the hash chain does not fit at batch 1"),
    ("UPDATE postings SET amount_paise = amount_paise + 1 WHERE entry_id = 3", "payout 1 (Approved): its money was not set aside exactly once"),
    ("UPDATE postings SET credit_account = 36 WHERE entry_id = 1", "has postings, but does not exist"),
    ("UPDATE postings SET debit_account = 999999999999 WHERE entry_id = 1", "account number 999999999999"),
    ("DELETE FROM postings WHERE entry_id = 1", "entry 1 has no postings"),
    ("DELETE FROM entries WHERE id = 1", "postings of entry 1, which does not exist"),
    ("DELETE FROM entries WHERE id = 4; DELETE FROM postings WHERE entry_id = 4", "entries: 10 rows, the highest number is 11, but 11 were handed out"),
    ("UPDATE entries SET kind = 2 WHERE id = 3", "its money was not set aside exactly once"),
    ("UPDATE entries SET kind = 77 WHERE id = 3", "entry kind 77"),
    ("UPDATE entries SET about_id = 2 WHERE id = 3", "its money was not set aside exactly once"),
    ("UPDATE entries SET at_ms = at_ms - 1 WHERE id = 3", "the hash chain does not fit at batch 3"),
    ("UPDATE accounts SET balance_paise = balance_paise + 1 WHERE name = 'merchant:1:available'", "its postings say"),
    ("UPDATE accounts SET balance_paise = -1 WHERE name = 'merchant:1:held'", "merchant:1:held says -1 paise"),
    ("DELETE FROM accounts WHERE name = 'income:fee'", "income:fee has postings, but does not exist"),
    ("INSERT INTO entries VALUES (12, 1, 2, NULL, 0); INSERT INTO postings VALUES (12, 1, 22, 20, 100)", "bank:1 says"),
    ("INSERT INTO entries VALUES (12, 1, 3, 99, 0); INSERT INTO postings VALUES (12, 1, 20, 21, 100)", "entries or states of payouts that do not exist"),
    // The chain itself.
    ("DELETE FROM batches WHERE id = (SELECT MAX(id) FROM batches)", "the hash chain does not fit at batch"),
    ("DELETE FROM batches WHERE id = 3", "the hash chain does not fit at batch"),
    ("UPDATE batches SET hash = X'00' WHERE id = 2", "the hash chain does not fit at batch 2"),
    ("UPDATE batches SET at_ms = at_ms + 1 WHERE id = 2", "the hash chain does not fit at batch 2"),
    ("UPDATE counters SET value = value - 1 WHERE name = 'batch'", "batches: "),
    // Payouts.
    ("UPDATE payouts SET amount_paise = amount_paise + 100 WHERE id = 1", "payout 1 (Approved): its money was not set aside"),
    ("UPDATE payouts SET account_no = '999' WHERE id = 1", "the hash chain does not fit"),
    ("UPDATE payouts SET account_holder = 'Somebody Else' WHERE id = 3", "the hash chain does not fit"),
    ("UPDATE payouts SET ifsc = 'SBIN0000001' WHERE id = 5", "the hash chain does not fit"),
    ("UPDATE payouts SET order_id = 'ORDER000099' WHERE id = 1", "the hash chain does not fit"),
    ("UPDATE payouts SET merchant_id = 2 WHERE id = 5", "merchant:1:held is not what its payouts, payments, refunds and disputes add up to"),
    ("UPDATE payouts SET fee_paise = 0, gst_paise = 0 WHERE id = 1", "its money was not set aside exactly once"),
    ("UPDATE payouts SET fee_paise = fee_paise - 1, gst_paise = gst_paise + 1 WHERE id = 1", "income:fee is not what its payouts, payments, refunds and disputes add up to"),
    ("UPDATE payouts SET fee_given_back = 1 WHERE id = 4", "payout 4 (Failed): its entries are not those of its state"),
    ("UPDATE payouts SET requested_at_ms = 0 WHERE id = 2", "the hash chain does not fit"),
    ("UPDATE payouts SET utr = 'FORGED' WHERE id = 1", "the hash chain does not fit"),
    ("UPDATE payouts SET utr = NULL WHERE id = 1", "payout 1 (Approved): its entries are not those of its state"),
    ("UPDATE payouts SET utr = 'PAID1' WHERE id = 2", "payout 2 (Failed): its entries are not those of its state"),
    ("UPDATE payouts SET bank_account_id = 2 WHERE id = 1", "payout 1 (Approved): its entries name another bank account"),
    ("UPDATE payouts SET bank_account_id = 2 WHERE id = 2", "the hash chain does not fit"),
    ("UPDATE payouts SET status = 3 WHERE id = 5", "payout 5 (Failed): its log of states says otherwise"),
    ("UPDATE payouts SET status = 99 WHERE id = 5", "status 99"),
    ("UPDATE payouts SET last_change_id = 1 WHERE id = 5", "payout 5 (Pending): its log of states says otherwise"),
    ("DELETE FROM payouts WHERE id = 2", "entries or states of payouts that do not exist"),
    // The log of states.
    ("UPDATE payout_changes SET note = 'Paid twice' WHERE id = 1", "the hash chain does not fit"),
    ("UPDATE payout_changes SET status = 0 WHERE id = 3", "payout 1: change 3 cannot follow"),
    ("UPDATE payout_changes SET status = 3 WHERE id = 3", "payout 1 (Approved): its log of states says otherwise"),
    ("UPDATE payout_changes SET previous_id = 0 WHERE id = 2", "payout 1: change 2 cannot follow"),
    ("UPDATE payout_changes SET at_ms = 0 WHERE id = 2", "the hash chain does not fit"),
    ("UPDATE payout_changes SET payout_id = 2 WHERE id = 3", "cannot follow the one before it"),
    ("DELETE FROM payout_changes WHERE id = 2", "payout 1: change 3 cannot follow"),
    // Queues and bank accounts.
    ("DELETE FROM payouts_waiting", "payout 5 (Pending): it stands in the wrong queue"),
    ("INSERT INTO payouts_waiting VALUES (1)", "payout 1 (Approved): it stands in the wrong queue"),
    ("INSERT INTO payouts_waiting VALUES (99)", "payouts stand in a queue that do not belong there"),
    ("DELETE FROM payouts_sent", "payout 3 (Processing): it stands in the wrong queue"),
    ("INSERT INTO payouts_waiting SELECT payout_id FROM payouts_sent; DELETE FROM payouts_sent", "payout 3 (Processing): it stands in the wrong queue"),
    ("UPDATE payouts_sent SET bank_account_id = 2", "payout 3 (Processing): its intent names another bank account"),
    ("UPDATE payouts_sent SET reference = 'RK0A1B2C00000000000001'", "payout 3 (Processing): its reference at the bank is not its own"),
    ("UPDATE bank_accounts SET under_way_paise = 0", "bank account pg1 says that 0 paise are under way, its payouts say 30000"),
    // Callbacks.
    ("DELETE FROM callbacks WHERE id = (SELECT last_callback_id FROM payouts WHERE id = 5)", "payout 5: the callback of its present state is neither owed nor delivered"),
    ("DELETE FROM callbacks WHERE change_id = 2", "payout 1: the callback of change 2 is neither owed nor delivered"),
    ("UPDATE callbacks SET change_id = 1 WHERE change_id = 3", "payout 1: the callback of its present state is neither owed nor delivered"),
    ("UPDATE callbacks SET about_id = 4 WHERE change_id = 1", "callback 1 tells of what never happened"),
    // The whole last commit is cut off, and everything else is made to fit.
    (
        "DELETE FROM batches WHERE id = (SELECT batch_id FROM payouts WHERE id = 5);
         DELETE FROM postings WHERE entry_id = (SELECT id FROM entries WHERE about_id = 5);
         DELETE FROM entries WHERE about_id = 5; DELETE FROM payout_changes WHERE payout_id = 5;
         DELETE FROM callbacks WHERE about_id = 5; DELETE FROM payouts_waiting; DELETE FROM payouts WHERE id = 5;
         UPDATE accounts SET balance_paise = balance_paise + 50502 WHERE name = 'merchant:1:available';
         UPDATE accounts SET balance_paise = balance_paise - 50502 WHERE name = 'merchant:1:held'",
        "were handed out",
    ),
];

/// The same on the embedded database, where no index keeps orders apart; with epochs of two orders on two pages.
const DAMAGE_TO_ORDERS: &[(&str, &str)] = &[
    (
        "UPDATE payouts SET order_id = 'ORDER000001' WHERE id = 5",
        "payouts 1 and 5 are the same order of merchant 1",
    ),
    (
        "UPDATE order_pages SET orders = X'00' WHERE id = 0",
        "page 0 of the orders is not what its payouts say",
    ),
    (
        "UPDATE order_pages SET orders = (SELECT orders FROM order_pages WHERE id = 0) WHERE id = 1",
        "page 1 of the orders is not what its payouts say",
    ),
    (
        "DELETE FROM order_pages WHERE id = 0",
        "page 0 of the orders is not what its payouts say",
    ),
    (
        "INSERT INTO order_pages VALUES (4, X'0000000000000000')",
        "page 4 of the orders is not what its payouts say",
    ),
];

/// A small book: payout 1 is paid, 2 refused, 3 silent, 4 came back, 5 waits.
async fn book(db: Database) -> World {
    let world = World::new(db).await;
    for (n, account) in (1..).zip([PAYS, REFUSES, SILENT, PAYS]) {
        world.pay(order(n, n * 100, account)).await;
    }
    world.bank.give_back(&reference::make(TAG, Id::new(4)));
    world.hear().await.unwrap();
    world.request(order(5, 500, PAYS)).await.unwrap();
    world
}

async fn faults(world: &World) -> Vec<String> {
    match verify(&world.house).await {
        Ok(statement) => statement.faults,
        Err(error) => vec![error.to_string()],
    }
}

on_every_database! {
    fn an_untouched_book_is_sound(db) {
        let world = book(db).await;
        let statement = world.verify().await;
        assert_eq!(statement.faults, [""; 0]);
        let states: Vec<_> = statement.payouts.iter().map(|(word, (count, paise))| (*word, *count, *paise)).collect();
        assert_eq!(states, [
            ("Approved", 1, 10_000),
            ("Failed", 2, 60_000),
            ("Pending", 1, 50_000),
            ("Processing", 1, 30_000),
        ]);
        assert_eq!((statement.chain.broken_at, statement.discrepancies), (None, 0));
    }

    fn the_sample_book_that_every_migration_survives_is_sound(db) {
        let db = db.with_samples();
        let house = House::new(db.open());
        let statement = verify(&house).await.unwrap();
        assert_eq!(statement.faults, [""; 0]);
        assert_eq!(statement.payouts.values().map(|(count, _)| count).sum::<usize>(), 6);
    }

    fn an_empty_book_is_sound(db) {
        let house = House::new(db.open());
        assert_eq!(verify(&house).await.unwrap().faults, [""; 0]);
    }

    fn every_kind_of_damage_is_found_and_named(db) {
        for (damage, named) in DAMAGE {
            let world = book(db.another()).await;
            world.db.tamper(damage);
            let faults = faults(&world).await;
            assert!(faults.iter().any(|fault| fault.contains(named)), "{damage}\nis not named {named:?} in {faults:#?}");
        }
    }

    fn every_kind_of_damage_to_the_orders_of_an_embedded_database_is_found_and_named(db) {
        if db.is_on_server() {
            return;
        }
        for (damage, named) in DAMAGE_TO_ORDERS {
            let world = book(db.another().with_small_epochs()).await;
            assert_eq!(faults(&world).await, [""; 0]);
            world.db.tamper(damage);
            let faults = faults(&world).await;
            assert!(faults.iter().any(|fault| fault.contains(named)), "{damage}\nis not named {named:?} in {faults:#?}");
        }
    }

    fn a_book_that_is_thoroughly_broken_does_not_fill_the_disk_with_words(db) {
        let world = World::new(db).await;
        for n in 0..120 {
            world.request(order(n, 1, PAYS)).await.unwrap();
        }
        world.db.tamper("UPDATE payouts SET amount_paise = amount_paise + 1");
        assert_eq!(faults(&world).await.len(), 100);
    }
    fn a_book_on_a_server_is_verified_however_long_that_takes(db) {
        if !db.is_on_server() {
            return;
        }
        let world = book(db).await;
        // Only who has all the time there is can read the entries.
        world.db.tamper(
            "ALTER TABLE entries RENAME TO kept_entries;
             CREATE VIEW entries AS SELECT * FROM kept_entries WHERE
             1 / (current_setting('statement_timeout') || current_setting('idle_in_transaction_session_timeout') = '00')::int = 1",
        );
        for _ in 0..2 {
            assert_eq!(faults(&world).await, [""; 0]);
        }
        world.db.tamper(
            "DROP VIEW entries;
             CREATE VIEW entries AS SELECT * FROM kept_entries WHERE 1 / (current_setting('statement_timeout') <> '0')::int = 1",
        );
        assert_eq!(faults(&world).await.len(), 1);
        // Everybody else keeps to the limits, and so does the next who reads.
        world.house.store.read(|tx| audit::each_posting(tx, |_| ())).await.unwrap();
    }
}
