//! Our references at banks and acquirers: their idempotency keys.

/// Which things a reference stands for.
#[derive(Clone, Copy)]
pub(crate) struct Kind(&'static str);

/// References of payouts.
pub(crate) const PAYOUT: Kind = Kind("RK");

/// References of attempts.
pub(crate) const ATTEMPT: Kind = Kind("RC");

/// References of refunds.
pub(crate) const REFUND: Kind = Kind("RR");

impl Kind {
    /// The reference of number `number`: two letters, the instance's tag, and the number with 14 digits. 22 letters and
    /// digits, which every bank's field takes; the tag keeps two instances at one bank apart.
    #[must_use]
    pub(crate) fn make(self, instance_tag: &str, number: i64) -> String {
        format!("{}{instance_tag}{number:014}", self.0)
    }

    /// The number that a reference of this instance stands for.
    #[must_use]
    pub(crate) fn read(self, instance_tag: &str, reference: &str) -> Option<i64> {
        let digits = reference.strip_prefix(self.0)?.strip_prefix(instance_tag)?;
        if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok()
    }

    /// Whether a reference is one of this number, whichever the instance.
    #[must_use]
    pub(crate) fn names(self, reference: &str, number: i64) -> bool {
        reference.starts_with(self.0) && reference.ends_with(&format!("{number:014}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_reference_leads_back_to_its_number(number in 1..99_999_999_999_999i64) {
            let reference = PAYOUT.make("0A1B2C", number);
            prop_assert_eq!(reference.len(), 22);
            prop_assert_eq!(PAYOUT.read("0A1B2C", &reference), Some(number));
            prop_assert_eq!(PAYOUT.read("0A1B2D", &reference), None);
            prop_assert_eq!(ATTEMPT.read("0A1B2C", &reference), None);
            prop_assert!(PAYOUT.names(&reference, number) && !PAYOUT.names(&reference, number + 1));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            prop_assert_eq!(PAYOUT.read("0A1B2C", &text), None);
        }
    }
}
