//! The storm: the program is started and killed, until there was enough of it; then it may come to rest.

use crate::{
    book,
    chance::Chance,
    clients::AllAsked,
    faults::Faults,
    judge::Outcome,
    orders::Fate,
    place::Place,
    program::Program,
    shop::Shop,
    waiting::{pause, until, within},
};
use rokad_store::clock::Stopwatch;
use std::time::Duration;

/// Kills under load.
pub const KILLS: usize = 30;

/// Every so many kills comes while the program starts, not after.
const EARLY_EVERY: usize = 4;

/// After every so many kills the book is proved before the next start.
const PROVED_EVERY: usize = 7;

/// How long the program runs between two kills once the load is over.
const CALM: Duration = Duration::from_secs(9);

/// Milliseconds after which everything is settled. An instruction that died with the program before the bank had it is
/// certain to be void 80 s later; a callback that was refused twice comes again within 24 s.
const SETTLED_WITHIN_MS: i64 = 150_000;

/// Kills the program at moments that are drawn, under load. Leaves it running.
pub fn rage<'p>(place: &'p Place, chance: &mut Chance) -> Program<'p> {
    for kill in 1..=KILLS {
        let mut program = Program::start(place);
        if kill % EARLY_EVERY == 0 {
            pause(chance.ms(1, 40));
        } else {
            program = program.ready();
            pause(chance.ms(5, 400));
        }
        program.kill();
        if kill % PROVED_EVERY == 0 {
            book::verify(place);
        }
    }
    Program::start(place).ready()
}

/// Waits until every payout has its end and every callback was acknowledged. Meanwhile the program is killed some more,
/// now that it only asks, listens and tells; a start asks at once about all that is under way. Returns how often.
pub fn settle<'p>(place: &'p Place, shop: &Shop, asked: &AllAsked, program: &mut Program<'p>) -> usize {
    until(
        "every payout is given to the bank",
        Duration::from_secs(30),
        || {
            pause(Duration::from_millis(200));
            book::verify(place).count("Pending") == 0
        },
    );
    let watch = Stopwatch::start();
    for kills in 0.. {
        if within(CALM, || {
            pause(Duration::from_millis(500));
            is_settled(place, shop, asked)
        }) {
            return kills;
        }
        assert!(
            watch.elapsed_ms() < SETTLED_WITHIN_MS,
            "not settled after {} s:\n{}\n{}",
            SETTLED_WITHIN_MS / 1_000,
            book::verify(place).text,
            place.last_words(),
        );
        program.restart();
    }
    unreachable!("the loop has no end of its own");
}

fn is_settled(place: &Place, shop: &Shop, asked: &AllAsked) -> bool {
    let book = book::verify(place);
    let open = book.count("Pending") + book.count("Processing") + book.callbacks.owed;
    // What was paid and will come back is not at its end when it is paid.
    open == 0
        && asked
            .accepted()
            .filter(|order| order.fate == Fate::Returned)
            .all(|order| shop.knows(&order.id, "Failed"))
}

/// A storm that hit nothing proves nothing.
pub fn was_one(asked: &AllAsked, outcomes: &[Outcome<'_>], faults: &mut Faults) {
    let paid = outcomes
        .iter()
        .filter(|outcome| outcome.status == "Approved")
        .count();
    faults.unless(outcomes.len() >= 200, || {
        format!("only {} payouts", outcomes.len())
    });
    faults.unless(paid * 2 > outcomes.len(), || {
        format!("only {paid} of {} payouts were paid", outcomes.len())
    });
    faults.unless(asked.unanswered > 0, || "no request was hit".to_owned());
}
