//! Our reference of a payout at a bank.

use crate::reference::PAYOUT;
use rokad_domain::{Id, id::kind::Payout};

/// The reference of a payout.
#[must_use]
pub fn make(instance_tag: &str, payout: Id<Payout>) -> String {
    PAYOUT.make(instance_tag, payout.get())
}

/// The payout that a reference of this instance stands for.
#[must_use]
pub fn read(instance_tag: &str, reference: &str) -> Option<Id<Payout>> {
    PAYOUT.read(instance_tag, reference).map(Id::new)
}

/// Whether a reference is one of this payout, whichever the instance.
#[must_use]
pub fn names(reference: &str, payout: Id<Payout>) -> bool {
    PAYOUT.names(reference, payout.get())
}
