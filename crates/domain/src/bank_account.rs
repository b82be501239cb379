//! Which of the operator's bank accounts pays a payout.

use crate::{
    id::{Id, kind::BankAccount},
    money::Paise,
};

/// What the choice needs to know of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Which account.
    pub id: Id<BankAccount>,
    /// Switched on by the operator, and its bank reachable.
    pub active: bool,
    /// What the book says is in it.
    pub balance: i64,
    /// What is under way from it.
    pub under_way: Paise,
    /// What must stay in it.
    pub minimum_balance: Paise,
    /// What may leave it in a day.
    pub daily_limit: Paise,
    /// What has left it today, or is about to.
    pub used_today: Paise,
    /// Its share of the payouts, beside the weights of the others. Zero: only when no other can.
    pub weight: u32,
}

impl Candidate {
    /// Whether it can pay `amount` now.
    #[must_use]
    pub fn can_pay(&self, amount: Paise) -> bool {
        let spare = self.balance - self.under_way.get() - self.minimum_balance.get();
        let used = self.used_today.plus(amount);
        self.active && spare >= amount.get() && used.is_some_and(|used| used <= self.daily_limit)
    }

    /// Takes note that it is about to pay `amount`.
    pub fn reserve(&mut self, amount: Paise) {
        self.under_way = self.under_way.plus(amount).unwrap_or(self.under_way);
        self.used_today = self.used_today.plus(amount).unwrap_or(self.used_today);
    }
}

/// Chooses an account for `amount`: among those that can, by weight. `number` is the payout's, so that the shares
/// come out exactly and the same payout chooses the same way again. Pure.
#[must_use]
pub fn choose(candidates: &[Candidate], amount: Paise, number: i64) -> Option<usize> {
    let able: Vec<usize> = (0..candidates.len())
        .filter(|&at| candidates[at].can_pay(amount))
        .collect();
    let weights: i64 = able.iter().map(|&at| i64::from(candidates[at].weight)).sum();
    if weights == 0 {
        return able.first().copied();
    }
    let mut ticket = number.rem_euclid(weights);
    able.into_iter().find(|&at| {
        ticket -= i64::from(candidates[at].weight);
        ticket < 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn account(number: i64, weight: u32) -> Candidate {
        let rupees = |r| Paise::from_rupees(r).unwrap();
        Candidate {
            id: Id::new(number),
            active: true,
            balance: 1_000_000,
            under_way: Paise::ZERO,
            minimum_balance: rupees(1_000),
            daily_limit: rupees(8_000),
            used_today: Paise::ZERO,
            weight,
        }
    }

    #[test]
    fn weights_are_shares() {
        let candidates = [account(1, 3), account(2, 1), account(3, 0)];
        let picked = (0..400).map(|n| choose(&candidates, Paise::from_rupees(1).unwrap(), n).unwrap());
        assert_eq!(picked.filter(|&at| at == 0).count(), 300);
    }

    proptest! {
        #[test]
        fn no_account_goes_below_its_minimum_or_above_its_limit(
            amounts in proptest::collection::vec(1..4_000i64, 1..40), minimum in 0..9_000i64, limit in 0..20_000i64,
        ) {
            let mut candidates = [account(1, 1), account(2, 2)];
            for candidate in &mut candidates {
                candidate.minimum_balance = Paise::from_rupees(minimum).unwrap();
                candidate.daily_limit = Paise::from_rupees(limit).unwrap();
            }
            for (number, rupees) in amounts.into_iter().enumerate() {
                let amount = Paise::from_rupees(rupees).unwrap();
                if let Some(at) = choose(&candidates, amount, number as i64) {
                    candidates[at].reserve(amount);
                }
            }
            for c in candidates {
                prop_assert!(c.used_today <= c.daily_limit);
                prop_assert!(c.under_way.is_zero() || c.balance - c.under_way.get() >= c.minimum_balance.get());
            }
        }
    }
}
