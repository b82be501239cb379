//! What the shop heard: every change of every payout, in order, until it said yes.

use super::Outcome;
use crate::{book::Book, faults::Faults, shop::Shop};

pub fn callbacks(shop: &Shop, outcomes: &[Outcome<'_>], book: &Book, faults: &mut Faults) {
    for fault in shop.faults() {
        faults.unless(false, || fault);
    }
    for outcome in outcomes {
        let id = &outcome.order.id;
        let heard = shop.heard(id);
        let statuses: Vec<&str> = heard.iter().map(|heard| heard.status.as_str()).collect();
        faults.equal(
            &format!("what the shop first heard of {id}, in order"),
            statuses,
            outcome.log.iter().map(String::as_str).collect(),
        );
        for heard in heard {
            let status = &heard.status;
            faults.unless(heard.acknowledged, || {
                format!("{status} of {id} was never acknowledged")
            });
            faults.equal(
                &format!("ref_code in {status} of {id}"),
                &heard.ref_code,
                &outcome.ref_code,
            );
            let paid_by_then = outcome
                .utr
                .clone()
                .filter(|_| ["Approved", "Failed"].contains(&status.as_str()));
            faults.equal(&format!("UTR in {status} of {id}"), &heard.utr, &paid_by_then);
        }
    }
    let changes: usize = outcomes.iter().map(|outcome| outcome.log.len()).sum();
    faults.equal("callbacks delivered", book.callbacks.delivered, changes);
    faults.equal("orders that the shop heard of", shop.orders(), outcomes.len());
}
