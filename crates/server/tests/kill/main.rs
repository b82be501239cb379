//! The real program is killed with SIGKILL, again and again, while it pays out and collects, and then the books are
//! compared.
//!
//! `place` holds the data and the ports, `program` is the process, `clients` ask for payouts and keep what they were
//! told, `customers` pay at the checkout, `shop` is the merchant's server to which the callbacks go. The bank and the
//! acquirer are the sandbox's own, in the same process: they die with it. `storm` kills; `judge` compares. Everything that is drawn follows from one seed, which is printed;
//! `ROKAD_KILL_SEED` sets it. What the machine does in between cannot be repeated.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod bank;
mod book;
mod chance;
mod clients;
mod customers;
#[path = "../../../store/tests/support/mod.rs"]
mod database;
mod faults;
mod judge;
mod merchant;
mod opening;
mod orders;
mod place;
mod program;
mod seeding;
mod shop;
mod storm;
mod waiting;

use chance::Chance;
use clients::Clients;
use customers::Customers;
use database::Database;
use faults::Faults;
use place::Place;
use rokad_store::clock::Stopwatch;

#[test]
fn killed_at_any_moment_it_pays_nothing_twice_and_loses_nothing() {
    let mut chance = Chance::of_this_run();
    let place = Place::new(&mut chance);
    survives(place, chance);
}

#[test]
fn killed_at_any_moment_the_same_holds_with_its_book_on_a_server() {
    let mut chance = Chance::of_this_run();
    let place = Place::with_book_in(Database::postgres(), &mut chance);
    survives(place, chance);
}

fn survives(place: Place, mut chance: Chance) {
    let watch = Stopwatch::start();
    let (merchant, shop) = opening::open(&place, &mut chance);

    let clients = Clients::start(&merchant, &mut chance);
    let customers = Customers::start(&place, &merchant, &mut chance);
    let (mut program, in_storm) = storm::rage(&place, &merchant, &customers, &mut chance);
    let (asked, mut paying) = (clients.finish(), customers.finish());
    paying.insist_on_refunds();
    let mut faults = Faults::default();
    let found = faults.found_by("the calm");
    let in_calm = storm::settle(&place, &shop, &asked, &paying, &mut program, found);

    let found = faults.found_by("what callers were told");
    let outcomes = judge::callers(&merchant, &shop, &asked.orders, found);
    let payments = judge::payments(&paying, faults.found_by("what customers were told"));
    let found = faults.found_by("the acquirer's refunds");
    let refunded = judge::refunds(&place, &paying, &payments, found);
    let book = book::verify(&place);
    judge::book(
        &place,
        &merchant,
        &outcomes,
        (&payments, refunded),
        &book,
        faults.found_by("Rokad's book"),
    );
    judge::bank(&place, &outcomes, &book, faults.found_by("the bank's book"));
    judge::acquirer(&place, &payments, faults.found_by("the acquirer's book"));
    judge::callbacks(&shop, &outcomes, &book, faults.found_by("what the shop heard"));
    program.stop();
    let found = faults.found_by("after the stop");
    found.equal("the book", book::verify(&place), book);

    storm::describe(&place, &shop, &asked, &outcomes, [in_storm, in_calm]);
    storm::describe_payments(&paying, &payments);
    println!("{} s in all", watch.elapsed_ms() / 1_000);
    let found = faults.found_by("the storm");
    storm::was_one(&place, &asked, &outcomes, found);
    storm::hit_customers(&paying, found);
    faults.none();
}
