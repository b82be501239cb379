//! The storm: the program is started and killed, until there was enough of it; then it may come to rest.

use crate::{
    bank::Bank,
    book,
    chance::Chance,
    clients::AllAsked,
    customers::{AllVisits, Customers, page::Page},
    faults::Faults,
    judge::{Outcome, Payment, payments::attempts},
    merchant::Merchant,
    orders::Fate,
    place::Place,
    program::Program,
    shop::Shop,
    waiting::{pause, until, within},
};
use rokad_store::clock::Stopwatch;
use std::time::Duration;

/// Kills under load.
const KILLS: usize = 30;

/// Payouts accepted, and customers who came back paid, under load at least: on a slow machine the storm lasts longer.
const PAYOUTS: u64 = 600;
const CAME_BACK_PAID: u64 = 20;

/// Milliseconds that the program lives under load at most, once it is ready.
const LIFE_MS: u64 = 400;

/// More kills than any machine needs.
const KILLS_MAX: usize = 200;

/// Every so many kills comes while the program starts, not after.
const EARLY_EVERY: usize = 4;

/// After every so many kills the book is proved before the next start.
const PROVED_EVERY: usize = 7;

/// How long the program runs between two kills once the load is over.
const CALM: Duration = Duration::from_secs(9);

/// How often to look whether all is settled. A look proves the whole book.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Milliseconds after which everything is settled. An instruction that died with the program before the bank had it is
/// certain to be void 25 s later; a callback that was refused comes again within 6 s.
const SETTLED_WITHIN_MS: i64 = 120_000;

/// Kills the program at moments that are drawn, under load. Leaves it running, and says how often it was killed.
pub fn rage<'p>(
    place: &'p Place,
    merchant: &Merchant,
    customers: &Customers,
    chance: &mut Chance,
) -> (Program<'p>, usize) {
    let mut kills = 0;
    while kills < KILLS || merchant.accepted() < PAYOUTS || customers.paid() < CAME_BACK_PAID {
        kills += 1;
        let (accepted, paid) = (merchant.accepted(), customers.paid());
        assert!(
            kills <= KILLS_MAX,
            "only {accepted} payouts, {paid} came back paid"
        );
        let mut program = Program::start(place);
        if kills % EARLY_EVERY == 0 {
            pause(chance.ms(1, 40));
        } else {
            program = program.ready();
            // Where too little is done in such a life, lives become longer.
            let longest = LIFE_MS * (1 + kills as u64 / KILLS as u64);
            pause(chance.ms(5, longest));
        }
        program.kill();
        if kills % PROVED_EVERY == 0 {
            book::verify(place);
        }
    }
    (Program::start(place).ready(), kills)
}

/// Waits until every payout has its end, every callback was acknowledged, and what the acquirer knows is known here too. Meanwhile the program is killed some more,
/// now that it only asks, listens and tells; a start asks at once about all that is under way. Returns how often.
pub fn settle(
    place: &Place,
    shop: &Shop,
    asked: &AllAsked,
    paying: &AllVisits,
    program: &mut Program<'_>,
    faults: &mut Faults,
) -> usize {
    until(
        "every payout is given to the bank",
        Duration::from_secs(30),
        || {
            pause(LOOK_EVERY);
            book::verify(place).count("Pending") == 0
        },
    );
    let (watch, mut kills) = (Stopwatch::start(), 0);
    let settled_in_calm = || {
        within(CALM, || {
            pause(LOOK_EVERY);
            is_settled(place, shop, asked) && is_collected(place, paying)
        })
    };
    while !settled_in_calm() {
        if watch.elapsed_ms() > SETTLED_WITHIN_MS {
            let (book, log) = (book::verify(place).text, place.last_words());
            faults.unless(false, || {
                format!(
                    "not settled after {} s:\n{book}\n{log}",
                    SETTLED_WITHIN_MS / 1_000
                )
            });
            break;
        }
        program.restart();
        kills += 1;
    }
    kills
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

/// Whether Rokad says of each charge what the acquirer says. What the acquirer never heard of stays open until its time is
/// over, a quarter of an hour: nobody may say before that it took nothing.
fn is_collected(place: &Place, paying: &AllVisits) -> bool {
    let (_, totals) = Bank::of(place).captures();
    let (mut heard_of, mut at_bank) = (0, 0);
    for visit in &paying.visits {
        let page = visit.look(&paying.browser);
        let lost = usize::from(matches!(page, Page::Waiting(_)));
        heard_of += attempts(visit, &page) as usize - lost;
        at_bank += usize::from(matches!(page, Page::AtBank(..)));
    }
    (heard_of, at_bank) == (totals.charges, totals.waiting) && refunds_have_ended(paying)
}

fn refunds_have_ended(paying: &AllVisits) -> bool {
    let mut refunds = paying.visits.iter().filter_map(|visit| visit.refund.as_ref());
    refunds.all(|refund| {
        let status = refund.status(&paying.till, &paying.browser);
        ["refundcompleted", "refundfailed"].contains(&status.as_str())
    })
}

/// A storm that hit nothing proves nothing.
pub fn was_one(place: &Place, asked: &AllAsked, outcomes: &[Outcome<'_>], faults: &mut Faults) {
    let paid = outcomes.iter().filter(|outcome| outcome.is_approved()).count();
    let payouts = outcomes.len();
    faults.unless(paid * 4 > payouts, || {
        format!("only {paid} of {payouts} payouts were paid")
    });
    faults.unless(asked.unanswered > 0, || "no request was hit".to_owned());
    faults.unless(place.taken_over() > 0, || {
        "no call of the bank was hit".to_owned()
    });
}

/// Says what it was like.
pub fn describe(place: &Place, shop: &Shop, asked: &AllAsked, outcomes: &[Outcome<'_>], kills: [usize; 2]) {
    let [in_storm, in_calm] = kills;
    let (orders, payouts) = (asked.orders.len(), outcomes.len());
    let (unanswered, under_way) = (asked.unanswered, place.taken_over());
    println!(
        "{in_storm} kills in the storm, {in_calm} in the calm; {orders} orders, {unanswered} asks without an answer"
    );
    let void = outcomes
        .iter()
        .filter(|outcome| outcome.order.fate == Fate::Paid && !outcome.is_approved());
    let (approved, void) = (
        outcomes.iter().filter(|outcome| outcome.is_approved()).count(),
        void.count(),
    );
    let returned = outcomes.iter().filter(|outcome| outcome.is_returned()).count();
    println!("{payouts} payouts: {approved} paid, {returned} returned, {void} that the bank never had");
    println!(
        "{under_way} times one was under way at a start; {} callbacks arrived",
        shop.arrivals()
    );
}

/// The same of the customers.
pub fn hit_customers(paying: &AllVisits, faults: &mut Faults) {
    let broken = paying
        .visits
        .iter()
        .filter(|visit| !visit.broken.is_empty())
        .count();
    faults.unless(broken > 0, || "no customer was hit while paying".to_owned());
    let refunds = paying.visits.iter().filter(|visit| visit.refund.is_some());
    faults.unless(refunds.count() > 0, || "nothing was refunded".to_owned());
}

/// Says what it was like for customers.
pub fn describe_payments(paying: &AllVisits, payments: &[Payment<'_>]) {
    let count = |which: fn(&Payment<'_>) -> bool| payments.iter().filter(|payment| which(payment)).count();
    let (paid, at_bank) = (
        count(|payment| payment.is_paid()),
        count(|payment| matches!(payment.page, Page::AtBank(..))),
    );
    let lost = count(|payment| matches!(payment.page, Page::Waiting(_)));
    println!(
        "{} payments: {paid} paid, {at_bank} left at the bank's page, {lost} that the acquirer never heard of",
        payments.len()
    );
    let refunds = paying.visits.iter().filter(|visit| visit.refund.is_some());
    println!("{} refunds", refunds.count());
    println!(
        "{} payments with a form that had no answer; {} requests of browsers without an answer",
        count(|payment| !payment.visit.broken.is_empty()),
        paying.browser.unanswered()
    );
}
