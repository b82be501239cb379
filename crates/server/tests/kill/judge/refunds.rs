//! The acquirer's refunds: what it paid back is what the shop was told, once for each refund.

use super::Payment;
use crate::{bank::Bank, customers::AllVisits, faults::Faults, place::Place};
use std::collections::BTreeMap;

/// Paise of the refunds that were completed, as the merchant knows them.
pub fn refunds(place: &Place, paying: &AllVisits, payments: &[Payment<'_>], faults: &mut Faults) -> i64 {
    let mut completed: BTreeMap<i64, usize> = BTreeMap::new();
    for payment in payments {
        let Some(refund) = &payment.visit.refund else {
            continue;
        };
        faults.unless(payment.is_paid(), || format!("{refund:?} of what was not paid"));
        match refund.status(&paying.till, &paying.browser).as_str() {
            "refundcompleted" => *completed.entry(refund.paise).or_default() += 1,
            "refundfailed" => {}
            under_way => faults.unless(false, || format!("{refund:?} is {under_way}")),
        }
    }
    let (paid, totals) = Bank::of(place).refunds();
    let mut there: BTreeMap<i64, usize> = BTreeMap::new();
    for refund in &paid {
        *there.entry(refund.amount_paise).or_default() += 1;
    }
    faults.equal(
        "refunds by amount, as the shop was told, and as they were paid",
        &completed,
        &there,
    );
    faults.equal("refunds under way at the acquirer", totals.under_way, 0);
    let sum = completed
        .iter()
        .map(|(paise, count)| paise * i64::try_from(*count).unwrap())
        .sum();
    faults.equal("refunded", totals.refunded_paise, sum);
    sum
}
