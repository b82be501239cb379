//! Money is a type: whole paise, range-checked, checked arithmetic, one rounding rule, no floats.

use std::fmt;

/// An amount in paise (1 rupee = 100 paise). Always `0..=MAX`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Paise(i64);

/// A rate in hundredths of a percent: 10,000 is the whole. Always `0..=10_000`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct BasisPoints(i64);

impl Paise {
    /// Ten lakh crore rupees, in paise: far above any balance, far below what `i64` adds up safely.
    pub const MAX: i64 = 1_000_000_000_000_000;
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `paise`, if it is in range.
    #[must_use]
    pub const fn new(paise: i64) -> Option<Self> {
        if paise >= 0 && paise <= Self::MAX {
            Some(Self(paise))
        } else {
            None
        }
    }

    /// Whole rupees.
    #[must_use]
    pub const fn from_rupees(rupees: i64) -> Option<Self> {
        match rupees.checked_mul(100) {
            Some(paise) => Self::new(paise),
            None => None,
        }
    }

    /// Reads `1250`, `1250.5` or `1250.50`: rupees with up to two decimals, digits only.
    #[must_use]
    pub fn parse_rupees(text: &str) -> Option<Self> {
        let (rupees, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(rupees) || !digits(decimals) || decimals.len() > 2 {
            return None;
        }
        let hundredths: i64 = format!("{decimals:0<2}").parse().ok()?;
        Self::from_rupees(rupees.parse().ok()?)?.plus(Self::new(hundredths)?)
    }

    /// The number of paise.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The whole rupees in it, rounded down.
    #[must_use]
    pub const fn whole_rupees(self) -> i64 {
        self.0 / 100
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, if it is in range.
    #[must_use]
    pub const fn plus(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Self::new(sum),
            None => None,
        }
    }

    /// The difference, if there is enough.
    #[must_use]
    pub const fn minus(self, other: Self) -> Option<Self> {
        Self::new(self.0 - other.0)
    }

    /// `rate` of this amount; half a paisa rounds up. Never more than the amount itself.
    #[must_use]
    pub const fn fee(self, rate: BasisPoints) -> Self {
        // MAX * 10_000 is above i64, so the product is taken in i128; the result is at most self.
        let product = self.0 as i128 * rate.0 as i128;
        Self(((product + 5_000) / 10_000) as i64)
    }
}

impl BasisPoints {
    /// `hundredths` of a percent, if it is a share of the whole.
    #[must_use]
    pub const fn new(hundredths: i64) -> Option<Self> {
        if hundredths >= 0 && hundredths <= 10_000 {
            Some(Self(hundredths))
        } else {
            None
        }
    }

    /// The number of hundredths of a percent.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// As an Indian accountant writes it: `₹1,23,456.00`.
impl fmt::Display for Paise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rupees = (self.0 / 100).to_string();
        let (head, tail) = rupees.split_at(rupees.len().saturating_sub(3));
        f.write_str("₹")?;
        for (at, digit) in head.chars().enumerate() {
            f.write_fmt(format_args!("{digit}"))?;
            if (head.len() - at) % 2 == 1 {
                f.write_str(",")?;
            }
        }
        write!(f, "{tail}.{:02}", self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_grouped_the_indian_way() {
        let shown = |paise| Paise::new(paise).unwrap().to_string();
        assert_eq!(shown(0), "₹0.00");
        assert_eq!(shown(99_950), "₹999.50");
        assert_eq!(shown(100_000), "₹1,000.00");
        assert_eq!(shown(1_234_500), "₹12,345.00");
        assert_eq!(shown(12_345_600), "₹1,23,456.00");
        assert_eq!(shown(12_345_678_901), "₹12,34,56,789.01");
    }

    #[test]
    fn rupees_are_read_with_up_to_two_decimals_and_nothing_else() {
        assert_eq!(Paise::parse_rupees("1250.5"), Paise::new(125_050));
        assert_eq!(Paise::parse_rupees("1250.05"), Paise::new(125_005));
        assert_eq!(Paise::parse_rupees("7"), Paise::new(700));
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "-1",
            "+1",
            "1e3",
            " 1",
            "1,000",
            "99999999999999999999",
            "१",
        ] {
            assert_eq!(Paise::parse_rupees(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn half_a_paisa_rounds_up() {
        let fee = |paise, rate| {
            Paise::new(paise)
                .unwrap()
                .fee(BasisPoints::new(rate).unwrap())
                .get()
        };
        assert_eq!(fee(50, 100), 1); // 0.50
        assert_eq!(fee(49, 100), 0); // 0.49
        assert_eq!(fee(812_800, 25), 2_032);
    }

    proptest! {
        #[test]
        fn a_fee_never_exceeds_its_amount(paise in 0..=Paise::MAX, rate in 0..=10_000i64) {
            let amount = Paise::new(paise).unwrap();
            prop_assert!(amount.fee(BasisPoints::new(rate).unwrap()) <= amount);
        }

        #[test]
        fn sums_and_differences_undo_each_other(a in 0..=Paise::MAX, b in 0..=Paise::MAX) {
            let (a, b) = (Paise::new(a).unwrap(), Paise::new(b).unwrap());
            match a.plus(b) {
                Some(sum) => prop_assert_eq!(sum.minus(b), Some(a)),
                None => prop_assert!(a.get() + b.get() > Paise::MAX),
            }
        }

        #[test]
        fn whatever_is_parsed_is_in_range(text in "[0-9]{0,20}(\\.[0-9]{0,3})?") {
            if let Some(amount) = Paise::parse_rupees(&text) {
                prop_assert!((0..=Paise::MAX).contains(&amount.get()));
            }
        }
    }
}
