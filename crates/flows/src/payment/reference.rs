//! Our reference of an attempt at an acquirer, and in the remark of a UPI payment.

use crate::reference::ATTEMPT;
use rokad_domain::{Id, id::kind::Attempt};

/// The reference of an attempt.
#[must_use]
pub fn make(instance_tag: &str, attempt: Id<Attempt>) -> String {
    ATTEMPT.make(instance_tag, attempt.get())
}

/// The attempt that a reference of this instance stands for.
#[must_use]
pub fn read(instance_tag: &str, reference: &str) -> Option<Id<Attempt>> {
    ATTEMPT.read(instance_tag, reference).map(Id::new)
}

/// Whether a reference is one of this attempt, whichever the instance.
#[must_use]
pub fn names(reference: &str, attempt: Id<Attempt>) -> bool {
    ATTEMPT.names(reference, attempt.get())
}
