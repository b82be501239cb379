//! The acquirer's book: what it took is what Rokad says, once for each payment. The RRN is what both know.

use super::payments::Payment;
use crate::{
    bank::{Bank, Capture},
    customers::page::Page,
    faults::Faults,
    place::Place,
};
use std::collections::BTreeMap;

/// Paise by RRN.
type Taken = BTreeMap<String, i64>;

pub fn acquirer(place: &Place, payments: &[Payment<'_>], faults: &mut Faults) {
    let (captures, totals) = Bank::of(place).captures();
    let there = taken(&captures, faults);
    let paid = payments.iter().filter(|payment| payment.is_paid());
    let here: Taken = paid
        .filter_map(|payment| Some((payment.bank_ref.clone()?, payment.paise())))
        .collect();
    for rrn in there.keys().chain(here.keys()) {
        faults.equal(
            &format!("taken as {rrn} at Rokad, and by the acquirer"),
            here.get(rrn),
            there.get(rrn),
        );
    }
    let sum: i64 = here.values().sum();
    faults.equal(
        "captured",
        (totals.captured, totals.captured_paise),
        (here.len(), sum),
    );

    // The attempts that took nothing, one by one.
    let count = |which: fn(&Page) -> bool| payments.iter().filter(|payment| which(&payment.page)).count();
    let at_bank = count(|page| matches!(page, Page::AtBank(..)));
    let lost = count(|page| matches!(page, Page::Waiting(_)));
    let attempts: usize = payments.iter().map(|payment| payment.attempts() as usize).sum();
    faults.equal("waiting at the bank's pages", totals.waiting, at_bank);
    faults.equal("heard of, or lost", totals.charges + lost, attempts);
    faults.equal(
        "refused, or anything else",
        totals.refused + here.len() + at_bank + lost,
        attempts,
    );
}

/// What was taken: each reference, each RRN and each payment once. Every payment has an amount of its own.
fn taken(captures: &[Capture], faults: &mut Faults) -> Taken {
    let (mut taken, mut references, mut amounts) = (Taken::new(), BTreeMap::new(), BTreeMap::new());
    for capture in captures {
        let again = taken.insert(capture.rrn.clone(), capture.amount_paise).is_some();
        let again = references.insert(&capture.reference, capture).is_some() || again;
        let again = amounts.insert(capture.amount_paise, capture).is_some() || again;
        faults.unless(!again, || format!("taken twice: {capture:?}"));
    }
    taken
}
