//! Our reference of a refund at an acquirer.

use crate::reference::REFUND;
use rokad_domain::{Id, id::kind::Refund};

/// The reference of a refund.
#[must_use]
pub fn make(instance_tag: &str, refund: Id<Refund>) -> String {
    REFUND.make(instance_tag, refund.get())
}

/// Whether a reference is one of this refund, whichever the instance.
#[must_use]
pub fn names(reference: &str, refund: Id<Refund>) -> bool {
    REFUND.names(reference, refund.get())
}
