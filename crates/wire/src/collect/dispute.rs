//! Disputes on the wire: the numbers under which merchants know them.
//!
//! A merchant's program has columns for a disputeId of six digits, as in the document's samples, so that our own number is moved there.

use rokad_domain::{Id, dispute::Dispute};

/// The disputeId of the dispute number 0.
const DISPUTE_ID_0: i64 = 300_000;

/// The dispute's `disputeId`.
#[must_use]
pub const fn dispute_id(dispute: Id<Dispute>) -> i64 {
    DISPUTE_ID_0.saturating_add(dispute.get())
}

/// The dispute with this `disputeId`. `None`: no dispute can have it.
#[must_use]
pub fn read_dispute_id(text: &str) -> Option<Id<Dispute>> {
    let digits = (6..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = digits.then(|| text.parse().ok())??;
    let dispute = number.checked_sub(DISPUTE_ID_0)?;
    (dispute > 0).then(|| Id::new(dispute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_dispute_id_leads_back_to_its_number(number in 1..i64::MAX / 2) {
            let shown = dispute_id(Id::new(number)).to_string();
            prop_assert_eq!(read_dispute_id(&shown), Some(Id::new(number)));
        }

        #[test]
        fn no_text_for_a_dispute_id_breaks_us(text in "\\PC{0,24}") {
            let _ = read_dispute_id(&text);
        }
    }
}
