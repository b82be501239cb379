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

/// Bytes of the database's log between two moments to kill at: less than any transaction writes.
const STEP: u64 = 4 * 4_120;

/// Moments at least: the log of a first start is longer than this many steps.
const MOMENTS_MIN: u64 = 5;

/// Milliseconds that a first start may take on a busy machine.
const FIRST_START_MS_MAX: i64 = 30_000;

#[test]
fn a_first_start_that_is_killed_between_any_of_its_steps_is_made_whole_by_the_next() {
    let mut chance = Chance::of_this_run();
    for moment in 0.. {
        let place = Place::new(&mut chance);
        let killed_in_time = kill_at(&place, moment * STEP);
        Program::start(&place).ready().stop();
        let book = book::verify(&place);
        let (bank, wallet) = (book.balance("bank:1"), book.balance("merchant:1:available"));
        let whole = (SANDBOX_RUPEES * 100, SANDBOX_WALLET_RUPEES * 100);
        assert_eq!((bank, wallet), whole, "killed at moment {moment}");
        if !killed_in_time {
            assert!(moment >= MOMENTS_MIN, "ready at moment {moment} already");
            return;
        }
    }
}

/// Kills a first start as soon as the database's log has so many bytes. Returns whether it was not ready before.
fn kill_at(place: &Place, bytes: u64) -> bool {
    let (log, ready) = (
        place.data().join("rokad.db-wal"),
        place.data().join("sandbox.json"),
    );
    let mut program = Program::start(place);
    let (watch, mut is_ready) = (Stopwatch::start(), false);
    // Without a pause between two looks: a commit takes a millisecond.
    while !is_ready && fs::metadata(&log).map_or(0, |log| log.len()) < bytes {
        is_ready = ready.exists();
        assert!(watch.elapsed_ms() < FIRST_START_MS_MAX, "{}", place.last_words());
        std::thread::yield_now();
    }
    program.kill();
    !is_ready
}
