//! Rokad's book, worked out again from what became of each payout and each payment.

use super::{Outcome, Payment};
use crate::{
    book::{self, Book},
    faults::Faults,
    merchant::{Merchant, WALLET_RUPEES},
    opening::{SANDBOX_RUPEES, collect_price, price},
    place::Place,
};

/// The sandbox's only acquirer, and what the merchant collected. The sandbox's own merchant is number 1.
const ACQUIRER: &str = "acquirer:1";
const COLLECTED: &str = "merchant:2:collected";

pub fn book(
    place: &Place,
    merchant: &Merchant,
    outcomes: &[Outcome<'_>],
    (payments, refunded): (&[Payment<'_>], i64),
    book: &Book,
    faults: &mut Faults,
) {
    let price = payouts(place, merchant, outcomes, book, faults);
    let collect_price = collected(payments, refunded, book, faults);
    faults.unless(!book.is_contradicted(), || book.text.clone());
    faults.equal(
        "income:fee",
        book.balance("income:fee"),
        price.0 + collect_price.0,
    );
    faults.equal("tax:gst", book.balance("tax:gst"), price.1 + collect_price.1);
}

/// What the payouts brought: fee and tax.
fn payouts(
    place: &Place,
    merchant: &Merchant,
    outcomes: &[Outcome<'_>],
    book: &Book,
    faults: &mut Faults,
) -> (i64, i64) {
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
    let approved = outcomes.iter().filter(|outcome| outcome.is_approved()).count();
    faults.equal(
        "payouts that nobody was promised",
        book.all_payouts(),
        outcomes.len(),
    );
    faults.equal("payouts Approved", book.count("Approved"), approved);
    faults.equal("payouts Failed", book.count("Failed"), outcomes.len() - approved);
    (fees, taxes)
}

/// What the payments brought: fee and tax. The rest is the merchant's but for what was refunded, and none of it is settled yet.
fn collected(payments: &[Payment<'_>], refunded: i64, book: &Book, faults: &mut Faults) -> (i64, i64) {
    let (mut count, mut amounts, mut fees, mut taxes) = (0, 0, 0, 0);
    for payment in payments.iter().filter(|payment| payment.is_paid()) {
        let (fee, gst) = collect_price(payment.paise());
        (count, amounts) = (count + 1, amounts + payment.paise());
        (fees, taxes) = (fees + fee, taxes + gst);
    }
    faults.equal(ACQUIRER, book.balance(ACQUIRER), amounts - refunded);
    let theirs = amounts - fees - taxes - refunded;
    faults.equal(COLLECTED, book.balance(COLLECTED), theirs);
    faults.equal("suspense", book.balance("suspense"), 0);
    faults.equal("payments Captured", book.payments("Captured"), (count, amounts));
    faults.equal(
        "payments that nobody was promised",
        book.all_payments(),
        payments.len(),
    );
    (fees, taxes)
}
