//! What of a paid payment goes back, or may: refunds and disputes together never more than was paid.

use crate::money::Paise;

/// What of a payment is on its way back to the customer, and what is back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Back {
    /// In refunds under way.
    pub refunding: Paise,
    /// Back for good: in refunds, and in disputes that were lost.
    pub refunded: Paise,
    /// Set aside for open disputes.
    pub disputed: Paise,
}

impl Back {
    /// What is left of `amount` that can go back. Nothing when more than that went already, which cannot be.
    #[must_use]
    pub fn left(self, amount: Paise) -> Paise {
        self.total()
            .and_then(|back| amount.minus(back))
            .unwrap_or(Paise::ZERO)
    }

    /// All of it.
    #[must_use]
    pub fn total(self) -> Option<Paise> {
        self.refunding.plus(self.refunded)?.plus(self.disputed)
    }
}

/// Where money was that is set aside: part of it may not be settled yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Source {
    /// Of the payment's own money, as long as it is not settled.
    pub collected: Paise,
    /// Of what the merchant may use.
    pub available: Paise,
}

impl Source {
    /// Takes `amount` from the payment's own money first, `uncleared` of which is not settled, and the rest from what the
    /// merchant may use. `None`: both do not carry it.
    #[must_use]
    pub fn take(amount: Paise, uncleared: Paise, available: Paise) -> Option<Self> {
        let collected = amount.min(uncleared);
        let rest = amount.minus(collected)?;
        (rest <= available).then_some(Self {
            collected,
            available: rest,
        })
    }

    /// Where it goes when it comes back: to where it was; once the payment is settled, all of it may be used.
    #[must_use]
    pub fn returns(self, settled: bool) -> Option<Self> {
        Some(if settled {
            Self {
                collected: Paise::ZERO,
                available: self.collected.plus(self.available)?,
            }
        } else {
            self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paise(paise: i64) -> Paise {
        Paise::new(paise).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_taken_is_the_amount_and_no_purse_gives_more_than_it_has(
            amount in 1..1_000i64, uncleared in 0..1_000i64, available in 0..1_000i64, settled in any::<bool>(),
        ) {
            match Source::take(paise(amount), paise(uncleared), paise(available)) {
                None => prop_assert!(amount > uncleared + available),
                Some(source) => {
                    prop_assert!(source.collected.get() <= uncleared && source.available.get() <= available);
                    prop_assert_eq!(source.collected.plus(source.available), Some(paise(amount)));
                    let back = source.returns(settled).unwrap();
                    prop_assert_eq!(back.collected.plus(back.available), Some(paise(amount)));
                    prop_assert!(!settled || back.collected.is_zero());
                }
            }
        }
    }

    #[test]
    fn the_payments_own_money_goes_first() {
        let source = Source::take(paise(100), paise(97), paise(50)).unwrap();
        assert_eq!((source.collected.get(), source.available.get()), (97, 3));
    }
}
