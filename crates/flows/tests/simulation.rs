//! Random lives of a house, from a seed: merchants, a bank that says little and late, crashes, failures of the disk, time.
//!
//! After every step an auditor must find the book sound, and the bank's own truth must fit it; at the end nothing is
//! open, and nothing was paid twice (the bank of the tests refuses to be told twice). `ROKAD_SIM_SEED=7` runs one life.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod life;
mod support;

use life::{Life, judge::judge};
use rokad_domain::Paise;
use support::{Database, block_on};

/// Lives on the embedded database, and on a server, where each step takes many round trips.
const SEEDS: [u64; 2] = [20, 6];
const STEPS: usize = 200;

async fn live(db: Database, seed: u64) {
    let mut life = Life::begin(db, seed).await;
    for step in 0..STEPS {
        let guard = Guard { seed, step };
        life.step_under_faults().await;
        judge(&life.world, &life.told).await;
        drop(guard);
    }
    let _guard = Guard { seed, step: STEPS };
    life.end().await;
    judge(&life.world, &life.told).await;
    let statement = life.world.verify().await;
    let open: Vec<_> = statement
        .payouts
        .keys()
        .filter(|word| ["Pending", "Processing"].contains(word))
        .collect();
    assert!(open.is_empty(), "{open:?}");
    let held = statement
        .balances
        .iter()
        .filter(|(account, _)| account.to_string().ends_with(":held"));
    assert!(
        held.clone().count() > 0
            && held
                .map(|(_, paise)| Paise::new(*paise).unwrap())
                .all(Paise::is_zero)
    );
}

/// Says how to repeat what went wrong.
struct Guard {
    seed: u64,
    step: usize,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "ROKAD_SIM_SEED={} repeats this; it happened at step {}",
                self.seed, self.step
            );
        }
    }
}

fn seeds(db: &Database) -> Vec<u64> {
    let [here, on_server] = SEEDS;
    match std::env::var("ROKAD_SIM_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (1..=if db.is_on_server() { on_server } else { here }).collect(),
    }
}

on_every_database! {
    fn whatever_happens_the_book_is_sound_and_the_bank_agrees(db) {
        let (seeds, db) = (seeds(&db), &db);
        let half = |skip: usize| {
            let mine: Vec<u64> = seeds.iter().copied().skip(skip).step_by(2).collect();
            move || mine.into_iter().for_each(|seed| block_on(live(db.another(), seed)))
        };
        let halves = [half(0), half(1)];
        std::thread::scope(|scope| halves.into_iter().for_each(|half| drop(scope.spawn(half))));
    }
}
