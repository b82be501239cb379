//! What a step only writes may reach a server late. Nobody may notice, but by the time it takes.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{Id, Now, UnixMs};
use rokad_store::{
    Place, Store, StoreError, Tx, operator,
    payout_queue::{self, ask_next, keep_news_position, no_longer_waiting},
};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};
use support::{Database, all_at_once_then, block_on, wire::Wire};

/// What a step does after it has written a line, and then asks nothing more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Nothing,
    /// Writes what the database refuses in these tests.
    BreaksARule,
    /// Takes away what is not there.
    LosesARace,
    /// Changes what is not there.
    LosesAChange,
    /// Says no by itself.
    Refuses,
    /// Says no by itself, after it wrote what the database refuses.
    BreaksARuleAndRefuses,
}
use Then::{BreaksARule, BreaksARuleAndRefuses, LosesAChange, LosesARace, Nothing, Refuses};

fn write_line(tx: &mut Tx<'_>, now: Now, line: &str, then: Then) -> Result<(), StoreError> {
    operator::log_action(tx, "test", line, "", "", now.at())?;
    match then {
        Nothing => Ok(()),
        BreaksARule => keep_news_position(tx, "broken", 1),
        LosesARace => no_longer_waiting(tx, &[Id::new(99)]),
        LosesAChange => ask_next(tx, &[(Id::new(99), 1, UnixMs(0))]),
        Refuses => Err(StoreError::Busy),
        BreaksARuleAndRefuses => keep_news_position(tx, "broken", 1).and(Err(StoreError::Busy)),
    }
}

fn write_lines(tx: &mut Tx<'_>, now: Now, lines: &[(&'static str, Then)]) -> Result<Vec<()>, StoreError> {
    lines
        .iter()
        .map(|(line, then)| write_line(tx, now, line, *then))
        .collect()
}

fn write_others(tx: &mut Tx<'_>, now: Now, lines: &[(&'static str, Then)]) -> Result<Vec<()>, StoreError> {
    write_lines(tx, now, lines)
}

/// Holds the writer in a transaction until the sender is gone.
struct Gate(mpsc::Sender<()>, Mutex<mpsc::Receiver<()>>);

fn wait_at_gate(tx: &mut Tx<'_>, now: Now, gates: &[Gate]) -> Result<Vec<()>, StoreError> {
    for Gate(reached, open) in gates {
        let _ = reached.send(());
        let _ = open.lock().unwrap().recv();
        write_line(tx, now, "gate", Nothing)?;
    }
    Ok(vec![(); gates.len()])
}

fn stop_at_gate(store: &Store) -> (mpsc::Sender<()>, JoinHandle<()>) {
    let ((reached, at_gate), (opener, open)) = (mpsc::channel(), mpsc::channel());
    let (store, gate) = (store.clone(), Gate(reached, Mutex::new(open)));
    let passed = std::thread::spawn(move || block_on(store.run(wait_at_gate, gate)).unwrap());
    at_gate.recv().unwrap();
    (opener, passed)
}

/// Lines with their numbers.
fn written(db: &Database) -> Vec<String> {
    db.texts("SELECT CAST(id AS TEXT) || ' ' || action FROM actions ORDER BY id")
}

on_every_database! {
    fn a_write_that_fails_late_is_told_to_the_ask_that_caused_it_and_to_no_other(db) {
        let store = db.open();
        db.break_writes("rail_news", "INSERT");
        let (gate, passed) = stop_at_gate(&store);
        let asks = [("1", Nothing), ("bad", BreaksARule), ("2", Nothing)].map(|line| store.run(write_lines, line));
        let other = support::start(store.run(write_others, ("other", Nothing))).await;
        let answers = all_at_once_then(asks, || drop(gate)).await;
        passed.join().unwrap();
        let told = answers[1].as_ref().unwrap_err().to_string();
        assert!(told.contains("broken on purpose"), "{told}");
        assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
        other.await.unwrap();
        assert_eq!(written(&db), ["1 gate", "2 other", "3 1", "4 2"]);
    }

    fn a_lost_race_commits_nothing_though_nobody_asked_how_it_went(db) {
        let store = db.open();
        for (then, table) in [(LosesARace, "payouts_waiting"), (LosesAChange, "payouts_sent")] {
            let answer = store.run(write_lines, ("lost", then)).await;
            assert!(matches!(answer, Err(StoreError::LostRace(lost)) if lost == table), "{answer:?}");
        }
        assert_eq!(written(&db), [""; 0]);
        store.run(write_lines, ("after", Nothing)).await.unwrap();
        assert_eq!(written(&db), ["1 after"]);
    }

    fn a_body_that_fails_with_its_last_write_takes_no_other_with_it(db) {
        let store = db.open();
        db.break_writes("rail_news", "INSERT");
        let (gate, passed) = stop_at_gate(&store);
        let lines = [("1", Nothing), ("broken", BreaksARule), ("2", Nothing), ("lost", LosesARace), ("3", Nothing)];
        let bodies = lines.map(|(line, then)| store.tx("test", move |tx, now| write_line(tx, now, line, then)));
        let answers = all_at_once_then(bodies, || drop(gate)).await;
        passed.join().unwrap();
        assert!(matches!(&answers[1], Err(StoreError::Database(_))), "{answers:?}");
        assert!(matches!(&answers[3], Err(StoreError::LostRace("payouts_waiting"))), "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
        assert_eq!(written(&db), ["1 gate", "2 1", "3 2", "4 3"]);
    }

    fn of_a_body_that_refuses_nothing_is_written_later_and_the_others_go_on(db) {
        let store = db.open();
        db.break_writes("rail_news", "INSERT");
        let (gate, passed) = stop_at_gate(&store);
        let runs = Arc::new(AtomicUsize::new(0));
        let lines = [("1", Nothing), ("never", Refuses), ("2", Nothing), ("never", BreaksARuleAndRefuses), ("3", Nothing)];
        let bodies = lines.map(|(line, then)| {
            let runs = runs.clone();
            store.tx("test", move |tx, now| {
                runs.fetch_add(1, Ordering::SeqCst);
                write_line(tx, now, line, then)
            })
        });
        let answers = all_at_once_then(bodies, || drop(gate)).await;
        passed.join().unwrap();
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
        assert_eq!(written(&db), ["1 gate", "2 1", "3 2", "4 3"]);
        assert_eq!(runs.load(Ordering::SeqCst), 5, "nobody was tried again");
    }

    fn what_was_written_is_read_in_the_same_transaction(db) {
        let store = db.open();
        let read = store.tx("test", |tx, _| {
            let before = rokad_store::merchant::settings_version(tx)?;
            rokad_store::merchant::settings_changed(tx)?;
            keep_news_position(tx, "bank", 7)?;
            let settings = rokad_store::merchant::settings_version(tx)? - before;
            Ok::<_, StoreError>((settings, payout_queue::news_position(tx, "bank")?))
        });
        assert_eq!(read.await.unwrap(), (1, 7));
    }
}

#[test]
fn a_counter_that_somebody_moved_without_the_lock_is_noticed() {
    let db = Database::postgres();
    let store = db.open();
    let (gate, passed) = stop_at_gate(&store);
    db.attempt("UPDATE counters SET value = value + 5 WHERE name = 'action'")
        .unwrap();
    drop(gate);
    passed.join().unwrap();
    assert_eq!(
        written(&db),
        ["6 gate"],
        "it was tried again, and no number was handed out twice"
    );
}

#[test]
fn what_is_only_written_takes_no_trip_of_its_own() {
    let db = Database::postgres();
    let Place::Server(url) = db.place() else {
        unreachable!("it is on a server")
    };
    let (wire, through) = Wire::to(&url);
    let store = Store::open(&Place::Server(through), db.clock()).unwrap();
    let trips = || {
        let before = wire.trips();
        block_on(store.run(write_lines, ("line", Nothing))).unwrap();
        wire.trips() - before
    };
    // Statements are prepared when they are first used.
    trips();
    assert_eq!(
        trips(),
        2,
        "one to begin, one for all that is written and the commit"
    );
}
