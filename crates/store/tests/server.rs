//! What can only happen on a server: lost connections, other sessions, another node.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::Now;
use rokad_store::{Place, Store, StoreError, Tx, operator};
use support::{
    Database, all_at_once, block_on,
    wire::{Fate, Wire},
};

fn write_lines(tx: &mut Tx<'_>, now: Now, lines: &[u32]) -> Result<Vec<()>, StoreError> {
    for line in lines {
        operator::log_action(tx, "test", &line.to_string(), "", "", now.at())?;
    }
    Ok(vec![(); lines.len()])
}

fn written(db: &Database) -> Vec<String> {
    db.texts("SELECT action FROM actions ORDER BY id")
}

/// A store that is connected through a wire.
fn through_wire(db: &Database) -> (Store, Wire) {
    let Place::Server(url) = db.place() else {
        unreachable!("it is on a server")
    };
    let (wire, through) = Wire::to(&url);
    let store = Store::open(&Place::Server(through), db.clock()).unwrap();
    (store, wire)
}

#[test]
fn a_commit_whose_answer_was_lost_is_found_out_and_done_once() {
    let db = Database::postgres();
    let (store, wire) = through_wire(&db);
    for (line, fate) in [(1, Fate::Unanswered), (2, Fate::Unheard), (3, Fate::Passes)] {
        wire.set(fate);
        block_on(store.run(write_lines, line)).unwrap();
    }
    assert_eq!(written(&db), ["1", "2", "3"]);
}

#[test]
fn a_commit_of_which_nobody_knows_is_said_to_be_unknown_and_not_tried_again() {
    let db = Database::postgres();
    let (store, wire) = through_wire(&db);
    wire.set(Fate::LastWord);
    let answer = block_on(store.run(write_lines, 1));
    assert!(matches!(answer, Err(StoreError::Unknown)), "{answer:?}");
    let gone = block_on(store.run(write_lines, 2));
    assert!(matches!(gone, Err(StoreError::Database(_))), "{gone:?}");
    wire.set(Fate::Passes);
    block_on(store.run(write_lines, 3)).unwrap();
    assert_eq!(written(&db), ["1", "3"], "it did happen, once");
}

#[test]
fn connections_that_the_server_ended_are_made_anew() {
    let db = Database::postgres();
    let store = db.open();
    let look = |tx: &mut Tx<'_>| operator::exists(tx, "nobody@example.com");
    assert!(!block_on(store.read(look)).unwrap());
    db.end_all_sessions();
    block_on(store.run(write_lines, 1)).unwrap();
    assert!(!block_on(store.read(look)).unwrap());
    assert_eq!(written(&db), ["1"]);
}

#[test]
fn reads_that_panic_harm_only_their_callers() {
    let db = Database::postgres();
    let store = db.open();
    for _ in 0..20 {
        let answer = block_on(store.read::<()>(|_| panic!("a read of a test")));
        assert!(matches!(answer, Err(StoreError::Closed)), "{answer:?}");
    }
    let look = |tx: &mut Tx<'_>| operator::exists(tx, "nobody@example.com");
    assert!(!block_on(store.read(look)).unwrap());
}

#[test]
fn a_deadlock_with_another_session_is_tried_again() {
    let db = Database::postgres();
    let store = db.open();
    block_on(store.run(write_lines, 1)).unwrap();
    // The other session has what the step needs, and then wants what the writer has.
    let mut other = db.other_session("LOCK TABLE actions IN ACCESS EXCLUSIVE MODE");
    let line = std::thread::spawn({
        let store = store.clone();
        move || block_on(store.run(write_lines, 2))
    });
    db.wait_until_somebody_waits_for("actions");
    // Either may be the one that the server picks.
    let _ = other.run("UPDATE counters SET value = value WHERE name = 'batch'");
    other.end();
    line.join().unwrap().unwrap();
    assert_eq!(written(&db), ["1", "2"]);
}

#[test]
fn a_transaction_that_the_server_could_not_serialize_is_tried_again() {
    let db = Database::postgres();
    let store = db.open();
    // The first line that is written is refused as two transactions in each other's way would be; a sequence counts on.
    db.tamper(
        "CREATE SEQUENCE tries; \
         CREATE FUNCTION once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF nextval('tries') = 1 THEN RAISE SQLSTATE '40001' USING MESSAGE = 'could not serialize access'; END IF; \
             RETURN NEW; END $$; \
         CREATE TRIGGER once BEFORE INSERT ON actions FOR EACH ROW EXECUTE FUNCTION once()",
    );
    block_on(store.run(write_lines, 1)).unwrap();
    assert_eq!(written(&db), ["1"]);
}

#[test]
fn two_nodes_write_in_turn_and_neither_fails() {
    let db = Database::postgres();
    let nodes = [db.open(), db.open()];
    block_on(async {
        let asks = (0..400).map(|n| nodes[n as usize % 2].run(write_lines, n));
        for answer in all_at_once(asks).await {
            answer.unwrap();
        }
    });
    assert_eq!(written(&db).len(), 400);
}

#[test]
fn a_server_is_spoken_to_in_secret_and_only_if_it_is_the_right_one() {
    let db = Database::postgres();
    let Place::Server(url) = db.place() else {
        unreachable!("it is on a server")
    };
    let authority = std::env::var("ROKAD_TEST_POSTGRES_CA").unwrap();
    let by = |host: &str, more: &str| {
        let url = url
            .replace("127.0.0.1", host)
            .replace("sslmode=disable", "sslmode=require");
        Store::open(&Place::Server(format!("{url}{more}")), db.clock())
    };
    let store = by("localhost", &format!("&sslrootcert={authority}")).unwrap();
    block_on(store.run(write_lines, 1)).unwrap();
    let secret = "SELECT DISTINCT s.ssl::text FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) \
                  WHERE a.pid <> pg_backend_pid() AND a.application_name = current_setting('application_name')";
    assert_eq!(db.texts(secret), ["true"]);
    let stranger = by("localhost", "").err().unwrap().to_string();
    assert!(stranger.contains("invalid peer certificate"), "{stranger}");
    let elsewhere = by("127.0.0.1", &format!("&sslrootcert={authority}"))
        .err()
        .unwrap()
        .to_string();
    assert!(elsewhere.contains("not valid for name"), "{elsewhere}");
}
