//! The very first start makes keys, certificates, a database, a bank and a merchant with money, in several steps.

use crate::{
    book,
    chance::Chance,
    opening::{SANDBOX_RUPEES, SANDBOX_WALLET_RUPEES},
    place::Place,
    program::Program,
};
use rokad_store::clock::Stopwatch;
use std::fs;

/// More commits than a first start has.
const COMMITS_MAX: usize = 50;

/// Milliseconds that it may take on a busy machine.
const FIRST_START_MS_MAX: i64 = 30_000;

#[test]
fn a_first_start_that_is_killed_after_any_of_its_commits_is_made_whole_by_the_next() {
    let mut chance = Chance::of_this_run();
    for commits in 0..COMMITS_MAX {
        let place = Place::new(&mut chance);
        let killed = kill_after(&place, commits);
        Program::start(&place).ready().stop();
        let book = book::verify(&place);
        let (bank, wallet) = (book.balance("bank:1"), book.balance("merchant:1:available"));
        let whole = (SANDBOX_RUPEES * 100, SANDBOX_WALLET_RUPEES * 100);
        assert_eq!((bank, wallet), whole, "killed after {commits} commits");
        if !killed {
            assert!(commits >= 4, "after {commits} commits it was ready already");
            return;
        }
    }
    panic!("a first start has more than {COMMITS_MAX} commits");
}

/// Kills a first start as soon as the database's log has grown so many times. Returns whether it was not ready before.
fn kill_after(place: &Place, commits: usize) -> bool {
    let (log, ready) = (
        place.data().join("rokad.db-wal"),
        place.data().join("sandbox.json"),
    );
    let (mut length, mut grown, mut is_ready) = (0, 0, false);
    let mut program = Program::start(place);
    let watch = Stopwatch::start();
    // Without a pause between two looks: a commit takes a millisecond.
    while !is_ready && grown <= commits {
        let now = fs::metadata(&log).map_or(length, |log| log.len());
        grown += usize::from(now > length);
        (length, is_ready) = (now, ready.exists());
        assert!(watch.elapsed_ms() < FIRST_START_MS_MAX, "{}", place.last_words());
        std::thread::yield_now();
    }
    program.kill();
    !is_ready
}
