//! Amounts in the three ways in which the document prints them. No float is on the way.

use rokad_domain::Paise;
use std::fmt::{self, Display};

/// Two decimals: `1345.00`. So the post-back has its amount, which is hashed.
pub(super) fn two_decimals(amount: Paise) -> impl Display {
    fmt::from_fn(move |f| write!(f, "{}.{:02}", amount.whole_rupees(), amount.get() % 100))
}

/// At least one decimal: `1345.0`, `1345.5`, `1345.25`. So the document prints numbers.
pub(super) fn one_decimal(amount: Paise) -> impl Display {
    fmt::from_fn(move |f| match (amount.get() % 100, amount.get() % 10) {
        (hundredths, 0) => write!(f, "{}.{}", amount.whole_rupees(), hundredths / 10),
        (hundredths, _) => write!(f, "{}.{hundredths:02}", amount.whole_rupees()),
    })
}

/// As many decimals as needed: `1345`, `1345.5`, `1345.25`. So the document prints what was debited.
pub(super) fn shortest(amount: Paise) -> impl Display {
    fmt::from_fn(move |f| match amount.get() % 100 {
        0 => write!(f, "{}", amount.whole_rupees()),
        _ => one_decimal(amount).fmt(f),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_look_like_those_of_the_document() {
        let shown = |paise| {
            let amount = Paise::new(paise).unwrap();
            [
                two_decimals(amount).to_string(),
                one_decimal(amount).to_string(),
                shortest(amount).to_string(),
            ]
        };
        assert_eq!(shown(134_500), ["1345.00", "1345.0", "1345"]);
        assert_eq!(shown(134_550), ["1345.50", "1345.5", "1345.5"]);
        assert_eq!(shown(134_525), ["1345.25", "1345.25", "1345.25"]);
        assert_eq!(shown(134_505), ["1345.05", "1345.05", "1345.05"]);
        assert_eq!(shown(7), ["0.07", "0.07", "0.07"]);
        assert_eq!(shown(0), ["0.00", "0.0", "0"]);
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_as_the_same_amount(paise in 0..=Paise::MAX) {
            let amount = Paise::new(paise).unwrap();
            for text in [two_decimals(amount).to_string(), one_decimal(amount).to_string(), shortest(amount).to_string()] {
                prop_assert_eq!(Paise::parse_rupees(&text), Some(amount));
            }
        }
    }
}
