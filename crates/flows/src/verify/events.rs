//! Events: every end of a payment is told of once, and nothing is told that never happened.

use super::Faults;
use rokad_domain::{
    Id,
    event::Kind,
    id::kind::Payment,
    payment::{Status, Step},
};
use rokad_store::{StoreError, Tx, audit::collecting as audit, event};
use std::collections::HashMap;

pub(super) fn check(tx: &Tx<'_>, faults: &mut Faults) -> Result<(), StoreError> {
    let begin_after = event::begin_after_change(tx)?;
    // By payment: the line of its log that is its end, and how that is told of.
    let mut ends: HashMap<Id<Payment>, (i64, Kind)> = HashMap::new();
    audit::each_step(tx, |step| {
        if let Some(kind) = told_as(step.step) {
            ends.insert(step.payment, (step.id.get(), kind));
        }
    })?;
    event::each(tx, |event| match event.told.kind() {
        kind @ (Kind::PaymentSucceeded | Kind::PaymentFailed) => {
            if ends.remove(&event.payment) != Some((event.change, kind)) {
                faults.add(format!(
                    "event {} tells of an end that payment {} does not have, or once more",
                    event.id, event.payment
                ));
            }
        }
        // Refunds and disputes have logs of their own.
        Kind::RefundInitiated
        | Kind::RefundCompleted
        | Kind::RefundFailed
        | Kind::DisputeRaised
        | Kind::DisputeResolved => {}
    })?;
    let mut untold: Vec<Id<Payment>> = ends
        .into_iter()
        .filter(|(_, (change, _))| *change > begin_after)
        .map(|(payment, _)| payment)
        .collect();
    untold.sort_unstable();
    for payment in untold {
        faults.add(format!("payment {payment}: nobody is told of its end"));
    }
    Ok(())
}

fn told_as(step: Step) -> Option<Kind> {
    match step.leads_to() {
        Status::Open => None,
        Status::Captured => Some(Kind::PaymentSucceeded),
        Status::Failed | Status::Cancelled | Status::Bounced | Status::Dropped => Some(Kind::PaymentFailed),
    }
}
