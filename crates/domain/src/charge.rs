//! What a merchant pays for a payout: a flat fee, a share of the amount, and the tax on both.

use crate::money::{BasisPoints, Paise};

/// A merchant's price for payouts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FeePlan {
    /// Per payout.
    pub flat: Paise,
    /// Of the amount.
    pub rate: BasisPoints,
    /// Of the fee.
    pub gst: BasisPoints,
    /// What happens to the fee when the beneficiary's bank returns the money.
    pub on_return: FeeOnReturn,
}

/// What happens to the fee of a payout that came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeeOnReturn {
    /// The operator keeps it: the instruction was carried out.
    Keep,
    /// The merchant gets it back.
    GiveBack,
}

/// The price of one payout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Charge {
    /// The fee, without tax.
    pub fee: Paise,
    /// The tax on the fee.
    pub gst: Paise,
}

impl FeePlan {
    /// India's rate on payment services, in basis points.
    pub const GST_DEFAULT: i64 = 1_800;

    /// The price of paying `amount` out. `None` when the sum is out of range.
    #[must_use]
    pub fn charge(&self, amount: Paise) -> Option<Charge> {
        let fee = self.flat.plus(amount.fee(self.rate))?;
        Some(Charge {
            fee,
            gst: fee.fee(self.gst),
        })
    }
}

impl Charge {
    /// Fee and tax.
    #[must_use]
    pub const fn total(self) -> Option<Paise> {
        self.fee.plus(self.gst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_is_flat_plus_share_and_the_tax_is_on_the_fee() {
        let plan = FeePlan {
            flat: Paise::new(300).unwrap(),
            rate: BasisPoints::new(25).unwrap(),
            gst: BasisPoints::new(1_800).unwrap(),
            on_return: FeeOnReturn::Keep,
        };
        let charge = plan.charge(Paise::from_rupees(8_128).unwrap()).unwrap();
        assert_eq!((charge.fee.get(), charge.gst.get()), (2_332, 420));
        assert_eq!(charge.total(), Paise::new(2_752));
    }
}
