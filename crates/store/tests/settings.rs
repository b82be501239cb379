//! Settings: secrets that are rotated, accounts that are declared, operators, and who notices.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{Id, Paise, UnixMs, id::kind::Merchant};
use rokad_store::{
    Store, StoreError,
    bank_account::{self, Declared},
    merchant::{self, Terms},
    operator::{self, NewOperator},
};
use support::{NOON, terms};

async fn merchant(store: &Store) -> Id<Merchant> {
    let terms = terms();
    let add = store.tx("add", move |tx, now| {
        merchant::insert(tx, "PID1", "KEY1", &terms, now.at())
    });
    add.await.unwrap()
}

/// Puts `secret` in the place of the one before, which stays valid for `grace_ms`.
async fn rotate(store: &Store, merchant: Id<Merchant>, secret: &'static str, grace_ms: i64) {
    let put = store.tx("rotate", move |tx, now| {
        let until = now.at().plus_ms(grace_ms);
        merchant::put_secret(tx, merchant, "payout_secret", secret.as_bytes(), now.at(), until)
    });
    put.await.unwrap();
}

/// What is valid at an instant, the present one last.
async fn valid(store: &Store, at: UnixMs) -> Vec<String> {
    let secrets = store.read(move |tx| merchant::secrets(tx, at)).await.unwrap();
    let text = |secret: merchant::SealedSecret| String::from_utf8(secret.sealed).unwrap();
    secrets.into_iter().map(text).collect()
}

fn declared(name: &str, weight: u32) -> Declared {
    let text = |text: &str| text.to_owned();
    Declared {
        name: text(name),
        rail: text("test"),
        number: text("OP1"),
        holder: text("Operator"),
        bank: text("A bank"),
        minimum_balance: Paise::ZERO,
        daily_limit: Paise::ZERO,
        weight,
    }
}

on_every_database! {
    fn a_rotated_secret_is_valid_until_its_grace_is_over(db) {
        let store = db.open();
        let merchant = merchant(&store).await;
        rotate(&store, merchant, "first", 0).await;
        rotate(&store, merchant, "second", 1_000).await;
        assert_eq!(valid(&store, NOON).await, ["first", "second"]);
        assert_eq!(valid(&store, NOON.plus_ms(999)).await, ["first", "second"]);
        assert_eq!(valid(&store, NOON.plus_ms(1_000)).await, ["second"]);
    }

    fn a_second_rotation_never_prolongs_the_first(db) {
        let store = db.open();
        let merchant = merchant(&store).await;
        rotate(&store, merchant, "first", 0).await;
        rotate(&store, merchant, "second", 1_000).await;
        db.forward(500);
        rotate(&store, merchant, "third", 5_000).await;
        assert_eq!(valid(&store, NOON.plus_ms(999)).await, ["first", "second", "third"]);
        assert_eq!(valid(&store, NOON.plus_ms(1_000)).await, ["second", "third"]);
        assert_eq!(valid(&store, NOON.plus_ms(5_500)).await, ["third"]);
    }

    fn a_rotation_in_a_hurry_ends_all_graces(db) {
        let store = db.open();
        let merchant = merchant(&store).await;
        rotate(&store, merchant, "first", 0).await;
        rotate(&store, merchant, "second", 60_000).await;
        rotate(&store, merchant, "third", 0).await;
        assert_eq!(valid(&store, NOON).await, ["third"]);
    }

    fn a_finished_rotation_leaves_the_present_secret_alone(db) {
        let store = db.open();
        let merchant = merchant(&store).await;
        for secret in ["first", "second", "third"] {
            rotate(&store, merchant, secret, 60_000).await;
        }
        let finish = || store.tx("finish", move |tx, now| merchant::finish_rotation(tx, merchant, now.at()));
        assert_eq!(finish().await.unwrap(), 2);
        assert_eq!(valid(&store, NOON).await, ["third"]);
        assert_eq!(finish().await.unwrap(), 0);
    }

    fn an_account_declared_again_changes_and_keeps_its_number(db) {
        let store = db.open();
        let declare = |weight| store.tx("declare", move |tx, _| bank_account::declare(tx, &declared("pg1", weight)));
        let first = declare(1).await.unwrap();
        store.tx("pause", |tx, _| bank_account::set_active(tx, "pg1", false)).await.unwrap();
        assert_eq!(declare(7).await.unwrap(), first);
        let all = store.read(|tx| bank_account::all(tx)).await.unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].declared.weight, all[0].active), (7, false), "what an operator paused stays paused");
        let other = store.tx("declare", |tx, _| bank_account::declare(tx, &declared("pg2", 1))).await.unwrap();
        assert_ne!(other, first);
    }

    fn settings_changed_by_another_process_are_seen(db) {
        let (server, command) = (db.open(), db.open());
        let version = || server.read(|tx| merchant::settings_version(tx));
        let before = version().await.unwrap();
        command.tx("change", |tx, _| merchant::settings_changed(tx)).await.unwrap();
        assert!(version().await.unwrap() > before);
    }

    fn an_operator_is_added_once(db) {
        let store = db.open();
        let add = || store.tx("add", |tx, now| {
            let new = NewOperator { name: "A", email: "a@example.com", password_hash: "1", verification_hash: "2" };
            operator::insert(tx, &new, now.at())
        });
        assert_eq!((add().await.unwrap(), add().await.unwrap()), (true, false));
    }

    fn a_pid_is_taken_once(db) {
        let store = db.open();
        merchant(&store).await;
        let before = db.all_rows();
        let terms = Terms { amount_rupees_max: 1, ..store.read(|tx| merchant::all(tx)).await.unwrap()[0].terms.clone() };
        let again = store.tx("add", move |tx, now| merchant::insert(tx, "PID1", "KEY2", &terms, now.at())).await;
        assert!(matches!(again, Err(StoreError::Database(_))));
        assert_eq!(db.all_rows(), before);
    }
}
