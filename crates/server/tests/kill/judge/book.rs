//! Rokad's book, worked out again from what became of each payout.

use super::Outcome;
use crate::{
    book::{self, Book},
    faults::Faults,
    merchant::{Merchant, WALLET_RUPEES},
    opening::{SANDBOX_RUPEES, price},
    place::Place,
};

pub fn book(place: &Place, merchant: &Merchant, outcomes: &[Outcome<'_>], book: &Book, faults: &mut Faults) {
    let (mut amounts, mut fees, mut taxes) = (0, 0, 0);
    for outcome in outcomes {
        let (fee, gst) = price(outcome.order.paise());
        if outcome.is_approved() {
            amounts += outcome.order.paise();
        }
        // What came back was carried out all the same: its price is kept.
        if outcome.utr.is_some() {
            (fees, taxes) = (fees + fee, taxes + gst);
        }
    }
    faults.unless(!book.is_contradicted(), || book.text.clone());
    let (available, held) = book::wallet(place, &merchant.pid);
    faults.equal(
        "available",
        available,
        WALLET_RUPEES * 100 - amounts - fees - taxes,
    );
    faults.equal("held", held, 0);
    faults.equal(
        "bank:1",
        book.balance("bank:1"),
        (SANDBOX_RUPEES + WALLET_RUPEES) * 100 - amounts,
    );
    faults.equal("income:fee", book.balance("income:fee"), fees);
    faults.equal("tax:gst", book.balance("tax:gst"), taxes);

    let approved = outcomes.iter().filter(|outcome| outcome.is_approved()).count();
    faults.equal(
        "payouts that nobody was promised",
        book.all_payouts(),
        outcomes.len(),
    );
    faults.equal("payouts Approved", book.count("Approved"), approved);
    faults.equal("payouts Failed", book.count("Failed"), outcomes.len() - approved);
}
