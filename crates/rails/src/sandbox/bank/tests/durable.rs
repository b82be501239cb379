//! What was answered for is still there after a crash, and what is not what was written is not opened.

use super::world::{OPENING, START, World, body, open, utr};
use crate::sandbox::{
    bank::{
        BankError,
        book::Book,
        record::{FORMAT, Record},
    },
    office::{
        desk::{Durable, Shared},
        line, writer,
    },
};
use rokad_domain::{UnixMs, rail::Answer};
use std::{
    path::Path,
    sync::{Arc, atomic::AtomicI64},
};

/// Opens a bank on these bytes, as a crash might have left them.
fn open_on(bytes: &[u8]) -> Result<u64, BankError> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(journal(dir.path()), bytes).unwrap();
    let bank = open(dir.path(), &Arc::new(AtomicI64::new(START)))?;
    bank.close();
    Ok(std::fs::metadata(journal(dir.path())).unwrap().len())
}

fn journal(dir: &Path) -> std::path::PathBuf {
    dir.join("bank.journal")
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let world = World::new().await;
    let first = world.pay("R-1", "123456789", 100).await;
    let refused = world.pay("R-2", "90000000003", 100).await;
    let (statement, accounts) = (world.bookings().await, world.get("/v1/accounts").await);
    let world = world.restart().await;
    assert_eq!(
        (world.bookings().await, world.get("/v1/accounts").await),
        (statement, accounts)
    );
    assert_eq!(
        (world.ask("R-1").await, world.ask("R-2").await),
        (first.clone(), refused)
    );
    assert_eq!(
        world.pay("R-1", "123456789", 100).await,
        first,
        "and is not paid again"
    );
    assert_eq!(
        world.pay("R-1", "123456789", 101).await,
        Answer::Silent,
        "nor for something else"
    );
    let second = world.pay("R-3", "123456789", 1).await;
    assert_ne!(utr(&second), utr(&first));
    assert_eq!(world.balance().await, OPENING - 10_100);
}

#[tokio::test]
async fn whatever_was_answered_stands_in_the_journal_already() {
    let world = World::new().await;
    for n in 0..20 {
        let answer = world.pay(&format!("R-{n}"), "123456789", 1).await;
        let text = std::fs::read_to_string(world.journal()).unwrap();
        let line = text.lines().last().unwrap();
        assert!(
            line.contains(&format!("\"R-{n}\"")) && text.ends_with('\n'),
            "{answer:?}: {line}"
        );
    }
}

#[tokio::test]
async fn a_torn_end_is_cut_wherever_it_was_torn() {
    let world = World::new().await;
    utr(&world.pay("R-1", "123456789", 1).await);
    world.bank.close();
    let before = std::fs::read(world.journal()).unwrap();
    let world = world.restart().await;
    utr(&world.pay("R-2", "123456789", 1).await);
    let after = std::fs::read(world.journal()).unwrap();
    for torn in before.len()..after.len() {
        assert_eq!(
            open_on(&after[..torn]).unwrap(),
            before.len() as u64,
            "torn at {torn}"
        );
    }
    assert_eq!(open_on(&after).unwrap(), after.len() as u64);
    world.bank.close();
    std::fs::write(world.journal(), &after[..after.len() - 1]).unwrap();
    let world = world.restart().await;
    assert_eq!(
        world.ask("R-2").await,
        Answer::Silent,
        "never answered for, so unknown"
    );
    utr(&world.ask("R-1").await);
    utr(&world.pay("R-3", "123456789", 1).await);
    let world = world.restart().await;
    assert_eq!(world.balance().await, OPENING - 200);
}

#[tokio::test]
async fn any_other_damage_is_refused_and_named() {
    let world = World::new().await;
    for n in 1..=3 {
        utr(&world.pay(&format!("R-{n}"), "123456789", 1).await);
    }
    let good = std::fs::read_to_string(world.journal()).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let changed = good.replacen("\"amount_paise\":100", "\"amount_paise\":101", 1);
    let lost = join(&[&lines[..2], &lines[3..]].concat());
    let doubled = join(&[&lines[..3], &lines[2..]].concat());
    let swapped = join(&[lines[0], lines[1], lines[3], lines[2], lines[4]]);
    let last = good.replacen("R-3", "R-4", 1);
    let damages = [
        (changed, 3),
        (lost, 3),
        (doubled, 4),
        (swapped, 3),
        (last, 5),
        (good.replacen("R-2", "R\0", 1), 4),
    ];
    for (text, bad_line) in damages {
        match open_on(text.as_bytes()) {
            Err(BankError::Damaged { line, .. }) => assert_eq!(line, bad_line, "{text}"),
            other => panic!("{other:?}: {text}"),
        }
    }
}

#[test]
fn a_book_of_another_form_is_not_opened() {
    let mut bytes = Vec::new();
    let begun = Record::Begun {
        format: FORMAT + 1,
        at_ms: 0,
    };
    line::write(&begun, 1, &mut bytes).unwrap();
    assert!(matches!(open_on(&bytes), Err(BankError::Damaged { line: 1, .. })));
}

#[tokio::test]
async fn two_banks_do_not_share_a_journal() {
    let world = World::new().await;
    assert!(matches!(
        open(world.dir.path(), &world.time),
        Err(BankError::InUse(_))
    ));
    world.bank.close();
    open(world.dir.path(), &world.time).unwrap();
}

#[tokio::test]
async fn a_closed_bank_answers_nothing_from_memory() {
    let world = World::new().await;
    utr(&world.pay("R-1", "123456789", 1).await);
    world.bank.close();
    assert_eq!(world.ask("R-1").await, Answer::Silent);
    assert_eq!(world.pay("R-2", "123456789", 1).await, Answer::Silent);
    let (status, said) = world.post(body("R-1", "123456789", 100)).await;
    assert_eq!((status.as_u16(), &said["code"]), (503, &"closed".into()));
}

#[tokio::test]
async fn a_disk_that_fails_closes_the_bank_before_anything_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(journal(dir.path()), "").unwrap();
    let read_only = std::fs::File::open(journal(dir.path())).unwrap();
    let shared = Arc::new(Shared::new(Book::default(), 0, UnixMs(START)));
    let begun = Record::Begun {
        format: FORMAT,
        at_ms: START,
    };
    let number = shared
        .desk()
        .map(|mut desk| desk.append(&begun).map(|()| shared.leave(desk)))
        .unwrap()
        .unwrap();
    writer::start(shared.clone(), read_only).unwrap().join().unwrap();
    assert_eq!(*shared.durable.borrow(), Durable::Closed);
    assert!(matches!(shared.durable(number).await, Err(BankError::Closed)));
    assert!(matches!(shared.desk(), Err(BankError::Closed)));
}

#[tokio::test]
async fn the_banks_time_never_runs_backwards() {
    let world = World::new().await;
    world.pass(60_001).await;
    utr(&world.pay_until("R-1", START + 120_000).await);
    world.time.store(START, std::sync::atomic::Ordering::SeqCst);
    let world = world.restart().await;
    let expired = world.pay("R-2", "123456789", 1).await;
    assert_eq!(expired, Answer::Refused(rokad_domain::rail::Reason::NotReceived));
}
