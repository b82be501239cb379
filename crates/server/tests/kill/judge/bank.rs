//! The bank's book: what left it, and what came back, is what Rokad says of it. The UTR is what both know.

use super::Outcome;
use crate::{
    bank::{Bank, Booking},
    book::Book,
    faults::Faults,
    place::Place,
};
use std::collections::BTreeMap;

/// Paise by UTR.
type Transfers = BTreeMap<String, i64>;

pub fn bank(place: &Place, outcomes: &[Outcome<'_>], book: &Book, faults: &mut Faults) {
    let bank = Bank::of(place);
    let statement = bank.statement();
    let mut left = booked(&statement, "paid", faults);
    let returned = booked(&statement, "returned", faults);
    for utr in returned.keys() {
        let amount = left.remove(utr);
        faults.equal(
            &format!("what was paid as {utr}"),
            amount,
            returned.get(utr).copied(),
        );
    }
    compare("paid", &left, &of(outcomes, Outcome::is_approved), faults);
    compare("returned", &returned, &of(outcomes, Outcome::is_returned), faults);

    let audit = bank.audit();
    faults.unless(audit.balanced, || "the bank's book does not balance".to_owned());
    faults.equal("wrong bookings", audit.wrong_bookings, Vec::new());
    faults.equal("accounts at the bank", audit.accounts.len(), 1);
    for account in audit.accounts {
        faults.equal(
            "the bank's balance, and bank:1",
            account.balance_paise,
            book.balance("bank:1"),
        );
        faults.equal("blocked at the bank", account.blocked_paise, 0);
    }
}

/// What is booked like this, each reference and each UTR once.
fn booked(statement: &[Booking], how: &str, faults: &mut Faults) -> Transfers {
    let (mut transfers, mut references) = (Transfers::new(), BTreeMap::new());
    for booking in statement.iter().filter(|booking| booking.booked == how) {
        let again = references.insert(&booking.reference, &booking.utr);
        faults.unless(again.is_none(), || {
            format!("{how} twice under one reference: {booking:?}")
        });
        let again = transfers.insert(booking.utr.clone(), booking.amount_paise);
        faults.unless(again.is_none(), || {
            format!("{how} twice under one UTR: {booking:?}")
        });
    }
    transfers
}

fn of<'o>(outcomes: &[Outcome<'o>], which: fn(&Outcome<'o>) -> bool) -> Transfers {
    let some = outcomes.iter().filter(|outcome| which(outcome));
    some.filter_map(|outcome| Some((outcome.utr.clone()?, outcome.order.paise())))
        .collect()
}

fn compare(what: &str, at_bank: &Transfers, at_rokad: &Transfers, faults: &mut Faults) {
    for (utr, paise) in at_bank {
        faults.equal(
            &format!("{what} by the bank as {utr}, and Rokad says"),
            at_rokad.get(utr),
            Some(paise),
        );
    }
    for (utr, paise) in at_rokad {
        faults.equal(
            &format!("{what} as {utr} at Rokad, and the bank says"),
            at_bank.get(utr),
            Some(paise),
        );
    }
}
