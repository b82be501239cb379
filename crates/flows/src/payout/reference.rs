//! Our reference of a payout at a bank: the bank's idempotency key.

use rokad_domain::{Id, id::kind::Payout};

const PREFIX: &str = "RK";

/// The reference of a payout: `RK`, the instance's tag, and its number with 14 digits. 22 letters and digits, which
/// every bank's field takes; the tag keeps two instances on one bank account apart.
#[must_use]
pub fn make(instance_tag: &str, payout: Id<Payout>) -> String {
    format!("{PREFIX}{instance_tag}{:014}", payout.get())
}

/// The payout that a reference of this instance stands for.
#[must_use]
pub fn read(instance_tag: &str, reference: &str) -> Option<Id<Payout>> {
    let digits = reference.strip_prefix(PREFIX)?.strip_prefix(instance_tag)?;
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(Id::new)
}

/// Whether a reference is one of this payout, whichever the instance.
#[must_use]
pub fn names(reference: &str, payout: Id<Payout>) -> bool {
    reference.starts_with(PREFIX) && reference.ends_with(&format!("{:014}", payout.get()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_reference_leads_back_to_its_payout(number in 1..99_999_999_999_999i64) {
            let reference = make("0A1B2C", Id::new(number));
            prop_assert_eq!(reference.len(), 22);
            prop_assert_eq!(read("0A1B2C", &reference), Some(Id::new(number)));
            prop_assert_eq!(read("0A1B2D", &reference), None);
            prop_assert!(names(&reference, Id::new(number)) && !names(&reference, Id::new(number + 1)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            prop_assert_eq!(read("0A1B2C", &text), None);
        }
    }
}
