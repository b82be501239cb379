//! The combiner's promises, seen from outside.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{Now, UnixMs};
use rokad_store::{Clock, Store, StoreError, Tx, merchant, operator};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};
use support::{Database, all_at_once, all_at_once_then, start};

/// What a step saw: the instant of its transaction, and how many asks came with it.
type Seen = Arc<Mutex<Vec<(i64, usize)>>>;

/// Asks to write a line down. A `bad` one makes the whole batch fail.
#[derive(Clone, Default)]
struct Line {
    text: String,
    seen: Seen,
}

fn line(text: impl ToString) -> Line {
    Line {
        text: text.to_string(),
        seen: Seen::default(),
    }
}

fn write_lines(tx: &mut Tx<'_>, now: Now, lines: &[Line]) -> Result<Vec<String>, StoreError> {
    lines[0].seen.lock().unwrap().push((now.at().0, lines.len()));
    for line in lines {
        match line.text.as_str() {
            "bad" => return Err(StoreError::LostRace("a test")),
            "panic" => panic!("a step of a test"),
            text => operator::log_action(tx, "test", text, "", "", now.at())?,
        }
    }
    Ok(lines
        .iter()
        .map(|line| format!("{} written", line.text))
        .collect())
}

impl Line {
    fn seen_by(self, seen: &Seen) -> Self {
        let seen = seen.clone();
        Self { seen, ..self }
    }
}

fn answer_nobody(tx: &mut Tx<'_>, now: Now, lines: &[Line]) -> Result<Vec<String>, StoreError> {
    write_lines(tx, now, lines).map(|_| Vec::new())
}

fn write_others(tx: &mut Tx<'_>, now: Now, lines: &[Line]) -> Result<Vec<String>, StoreError> {
    write_lines(tx, now, lines)
}

/// Holds the writer until the sender says so, or is gone. A deadly one kills the thread that drops it.
struct Gate {
    deadly: bool,
    reached: mpsc::Sender<()>,
    open: Mutex<mpsc::Receiver<()>>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        assert!(!self.deadly, "a gate of a test kills the writer");
    }
}

fn wait_at_gate(tx: &mut Tx<'_>, now: Now, gates: &[Gate]) -> Result<Vec<()>, StoreError> {
    operator::log_action(tx, "test", "gate", "", "", now.at())?;
    for gate in gates {
        gate.reached.send(()).unwrap();
        let _ = gate.open.lock().unwrap().recv();
    }
    Ok(vec![(); gates.len()])
}

/// Makes the writer stand at a gate, inside a transaction that has written a line. Dropping the sender opens it.
fn stop_at_gate(store: &Store) -> (mpsc::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    stop_at(store, false)
}

fn stop_at(store: &Store, deadly: bool) -> (mpsc::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    let ((reached, at_gate), (opener, open)) = (mpsc::channel(), mpsc::channel());
    let gate = Gate {
        deadly,
        reached,
        open: Mutex::new(open),
    };
    let writer = store.clone();
    let passed = std::thread::spawn(move || support::block_on(writer.run(wait_at_gate, gate)));
    at_gate.recv().unwrap();
    (opener, passed)
}

fn written(db: &Database) -> Vec<String> {
    db.texts("SELECT action FROM actions ORDER BY id")
}

on_every_database! {
    fn answers_fit_their_asks(db) {
        let store = db.open();
        let asks = (0..500).map(|n| store.run(write_lines, line(n)));
        for (n, answer) in all_at_once(asks).await.into_iter().enumerate() {
            assert_eq!(answer.unwrap(), format!("{n} written"));
        }
        assert_eq!(written(&db).len(), 500);
    }

    fn what_piles_up_meanwhile_shares_the_next_transaction(db) {
        let store = db.open();
        let (gate, passed) = stop_at_gate(&store);
        let seen = Seen::default();
        let asks = (0..100).map(|n| store.run(write_lines, line(n).seen_by(&seen)));
        all_at_once_then(asks, || drop(gate)).await;
        passed.join().unwrap().unwrap();
        assert_eq!(*seen.lock().unwrap(), [(db.now().0, 100)]);
    }

    fn no_transaction_takes_more_than_its_share(db) {
        let ticks = AtomicI64::new(0);
        let ticking = Clock::from_fn(move || UnixMs(ticks.fetch_add(1, Ordering::SeqCst)));
        let store = Store::open(&db.place(), ticking).unwrap();
        let (gate, _passed) = stop_at_gate(&store);
        let seen = Seen::default();
        let asks = (0..5_000).map(|n| store.run(write_lines, line(n).seen_by(&seen)));
        all_at_once_then(asks, || drop(gate)).await.into_iter().for_each(|answer| drop(answer.unwrap()));
        let mut by_transaction = BTreeMap::new();
        for (at, asks) in seen.lock().unwrap().iter() {
            *by_transaction.entry(*at).or_insert(0) += asks;
        }
        let sizes: Vec<usize> = by_transaction.into_values().collect();
        assert_eq!(sizes, [2_048, 2_048, 904]);
    }

    fn a_batch_that_fails_is_tried_ask_by_ask(db) {
        let store = db.open();
        let (gate, _passed) = stop_at_gate(&store);
        let asks = ["1", "2", "bad", "3", "panic", "4"].map(|text| store.run(write_lines, line(text)));
        let answers = all_at_once_then(asks, || drop(gate)).await;
        assert!(matches!(answers[2], Err(StoreError::LostRace("a test"))), "{answers:?}");
        assert!(matches!(answers[4], Err(StoreError::Corrupt(_))), "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 4);
        assert_eq!(written(&db), ["gate", "1", "2", "3", "4"], "each once, and nothing of the bad ones");
    }

    fn a_bad_step_takes_no_other_step_with_it(db) {
        let store = db.open();
        let (gate, _passed) = stop_at_gate(&store);
        let bad = start(store.run(write_lines, line("bad"))).await;
        let good = start(store.run(write_others, line("good"))).await;
        drop(gate);
        assert!(bad.await.is_err());
        assert_eq!(good.await.unwrap(), "good written");
        assert_eq!(written(&db), ["gate", "good"]);
    }

    fn a_step_that_panics_harms_only_itself(db) {
        let store = db.open();
        assert!(store.run(write_lines, line("panic")).await.is_err());
        assert_eq!(store.run(write_lines, line("after")).await.unwrap(), "after written");
        assert_eq!(written(&db), ["after"]);
    }

    fn a_step_that_answers_too_few_writes_nothing(db) {
        let store = db.open();
        assert!(matches!(store.run(answer_nobody, line("x")).await, Err(StoreError::Corrupt(_))));
        assert_eq!(written(&db), [""; 0]);
    }

    fn an_answer_leaves_only_after_its_commit(db) {
        let store = db.open();
        for n in 1..=50 {
            store.run(write_lines, line(n)).await.unwrap();
            assert_eq!(db.number("SELECT COUNT(*) FROM actions"), n, "another connection sees the row");
        }
    }

    fn readers_never_wait_for_the_writer(db) {
        let store = db.open();
        let (gate, passed) = stop_at_gate(&store);
        let version = store.read(|tx| merchant::settings_version(tx)).await;
        assert_eq!(version.unwrap(), 0, "read while the writer stands in the middle of a transaction");
        assert_eq!(written(&db), [""; 0], "and nobody sees the half of it");
        drop(gate);
        passed.join().unwrap().unwrap();
        assert_eq!(written(&db), ["gate"]);
    }

    fn a_read_sees_one_unchanging_view(db) {
        let store = db.open();
        let writer = db.open();
        let versions = store.read(move |tx| {
            let first = merchant::settings_version(tx)?;
            let raise = move || support::block_on(writer.tx("raise", |tx, _| merchant::settings_changed(tx)));
            std::thread::spawn(raise).join().unwrap()?;
            Ok((first, merchant::settings_version(tx)?))
        });
        assert_eq!(versions.await.unwrap(), (0, 0));
        assert_eq!(store.read(|tx| merchant::settings_version(tx)).await.unwrap(), 1);
    }

    fn what_a_caller_gave_up_waiting_for_is_carried_out_all_the_same(db) {
        let store = db.open();
        let (gate, _passed) = stop_at_gate(&store);
        drop(start(store.run(write_lines, line("alone"))).await);
        drop(gate);
        store.run(write_lines, line("after")).await.unwrap();
        assert_eq!(written(&db), ["gate", "alone", "after"]);
    }

    fn a_store_that_closes_carries_out_what_waits_and_refuses_the_rest(db) {
        let store = db.open();
        let (gate, _passed) = stop_at_gate(&store);
        let asked = start(store.run(write_lines, line("in time"))).await;
        let closing = store.clone();
        let closed = std::thread::spawn(move || closing.close());
        drop(gate);
        closed.join().unwrap();
        assert_eq!(asked.await.unwrap(), "in time written");
        assert!(matches!(store.run(write_lines, line("late")).await, Err(StoreError::Closed)));
        assert_eq!(written(&db), ["gate", "in time"]);
    }

    fn when_the_writer_dies_nobody_waits_for_it(db) {
        let store = db.open();
        let (gate, _passed) = stop_at(&store, true);
        let before = start(store.run(write_lines, line("before"))).await;
        drop(gate);
        assert!(matches!(before.await, Err(StoreError::Closed)));
        assert!(matches!(store.run(write_lines, line("after")).await, Err(StoreError::Closed)));
        assert_eq!(written(&db), ["gate"]);
    }

    fn a_write_that_the_database_refuses_leaves_the_writer_in_order(db) {
        let store = db.open();
        db.break_writes("actions", "INSERT");
        assert!(matches!(store.run(write_lines, line("never")).await, Err(StoreError::Database(_))));
        db.mend_writes();
        store.run(write_lines, line("after")).await.unwrap();
        assert_eq!(written(&db), ["after"]);
    }
}
