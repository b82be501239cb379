//! Events: every end of a payment, every refund and every dispute is told of once, and nothing is told that never happened.

use super::Faults;
use rokad_domain::{
    dispute,
    event::Kind,
    payment::{Status, Step},
    refund,
};
use rokad_store::{StoreError, Tx, audit::collecting as audit, event};
use std::collections::HashMap;

/// A line of a log that is told of: whose log, and its number there.
type Line = (Log, i64);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Log {
    Payment,
    Refund,
    Dispute,
}

pub(super) fn check(tx: &Tx<'_>, faults: &mut Faults) -> Result<(), StoreError> {
    let mut lines = HashMap::new();
    read_logs(tx, &mut lines)?;
    event::each(tx, |event| {
        let kind = event.told.kind();
        let about = event.told.about().unwrap_or(event.payment.get());
        if lines.remove(&(log_of(kind), event.change)) != Some((kind, about)) {
            faults.add(format!(
                "event {} tells of what never happened to payment {}, or once more",
                event.id, event.payment
            ));
        }
    })?;
    let [payments, refunds, disputes] = event::begin_after_changes(tx)?;
    let begins = |log: Log| match log {
        Log::Payment => payments,
        Log::Refund => refunds,
        Log::Dispute => disputes,
    };
    let mut untold: Vec<_> = lines
        .into_iter()
        .filter(|((log, change), _)| *change > begins(*log))
        .collect();
    untold.sort_unstable();
    for ((log, _), (kind, about)) in untold {
        let log = format!("{log:?}").to_lowercase();
        faults.add(format!("{log} {about}: nobody is told of {}", kind.name()));
    }
    Ok(())
}

/// What is to be told, by the line that says so: of what kind, and about which payment, refund or dispute.
fn read_logs(tx: &Tx<'_>, lines: &mut HashMap<Line, (Kind, i64)>) -> Result<(), StoreError> {
    audit::each_step(tx, |step| {
        if let Some(kind) = of_payment(step.step) {
            lines.insert((Log::Payment, step.id.get()), (kind, step.payment.get()));
        }
    })?;
    audit::each_refund_change(tx, |change| {
        if let Some(kind) = of_refund(change.status) {
            lines.insert((Log::Refund, change.id.get()), (kind, change.refund.get()));
        }
    })?;
    audit::each_dispute_change(tx, |change| {
        if let Some(kind) = of_dispute(change.status) {
            lines.insert((Log::Dispute, change.id.get()), (kind, change.dispute.get()));
        }
    })
}

const fn log_of(kind: Kind) -> Log {
    match kind {
        Kind::PaymentSucceeded | Kind::PaymentFailed => Log::Payment,
        Kind::RefundInitiated | Kind::RefundCompleted | Kind::RefundFailed => Log::Refund,
        Kind::DisputeRaised | Kind::DisputeResolved => Log::Dispute,
    }
}

fn of_payment(step: Step) -> Option<Kind> {
    match step.leads_to() {
        Status::Open => None,
        Status::Captured => Some(Kind::PaymentSucceeded),
        Status::Failed | Status::Cancelled | Status::Bounced | Status::Dropped => Some(Kind::PaymentFailed),
    }
}

const fn of_refund(status: refund::Status) -> Option<Kind> {
    match status {
        refund::Status::Initiated => Some(Kind::RefundInitiated),
        refund::Status::InProgress => None,
        refund::Status::Completed => Some(Kind::RefundCompleted),
        refund::Status::Failed => Some(Kind::RefundFailed),
    }
}

const fn of_dispute(status: dispute::Status) -> Option<Kind> {
    match status {
        dispute::Status::Open => Some(Kind::DisputeRaised),
        dispute::Status::Contested | dispute::Status::Accepted => None,
        dispute::Status::Won | dispute::Status::Lost | dispute::Status::Withdrawn => {
            Some(Kind::DisputeResolved)
        }
    }
}
