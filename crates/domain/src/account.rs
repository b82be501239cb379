//! The chart of accounts: which accounts there are, what each holds, and on which side it grows.

use crate::id::{
    Id,
    kind::{Acquirer, BankAccount, Merchant},
};
use std::fmt;

/// An account of the book. See `docs/accounts.md`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Account {
    /// Money in an operator's bank account that pays out, or is collected into.
    Bank(Id<BankAccount>),
    /// Captured by an acquirer, not yet in a bank account.
    Acquirer(Id<Acquirer>),
    /// Captured for a merchant, not yet settled.
    Collected(Id<Merchant>),
    /// May be paid out or refunded; never below zero.
    Available(Id<Merchant>),
    /// Set aside: payouts under way.
    Held(Id<Merchant>),
    /// Fees earned.
    Fee,
    /// Tax on the fees, owed to the state.
    Gst,
    /// The operator's own money in the bank accounts.
    Capital,
    /// Money that came in and that nobody has claimed yet.
    Suspense,
    /// Set aside for open disputes.
    Disputed(Id<Merchant>),
    /// What a merchant owes: disputes took more than it had.
    Owing(Id<Merchant>),
}

/// What an account is to the operator, which decides the side on which it grows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Something the operator has: grows by debits.
    Asset,
    /// Something the operator owes: grows by credits.
    Liability,
    /// Something the operator earned: grows by credits.
    Income,
    /// The operator's own money: grows by credits.
    Equity,
}

/// The low bits of an account's number say which of its owner's accounts it is.
const CLASS_BITS: u32 = 4;

impl Account {
    /// The account's number in the database: its owner, then its class. Accounts of one owner stand together.
    #[must_use]
    pub const fn number(self) -> i64 {
        let (owner, class) = match self {
            Self::Fee => (0, 1),
            Self::Gst => (0, 2),
            Self::Capital => (0, 3),
            Self::Available(merchant) => (merchant.get(), 4),
            Self::Held(merchant) => (merchant.get(), 5),
            Self::Bank(account) => (account.get(), 6),
            Self::Collected(merchant) => (merchant.get(), 7),
            Self::Acquirer(acquirer) => (acquirer.get(), 8),
            Self::Suspense => (0, 9),
            Self::Disputed(merchant) => (merchant.get(), 10),
            Self::Owing(merchant) => (merchant.get(), 11),
        };
        (owner << CLASS_BITS) | class
    }

    /// The account with this number.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        let owner = number >> CLASS_BITS;
        Some(match (owner, number & ((1 << CLASS_BITS) - 1)) {
            (0, 1) => Self::Fee,
            (0, 2) => Self::Gst,
            (0, 3) => Self::Capital,
            (1.., 4) => Self::Available(Id::new(owner)),
            (1.., 5) => Self::Held(Id::new(owner)),
            (1.., 6) => Self::Bank(Id::new(owner)),
            (1.., 7) => Self::Collected(Id::new(owner)),
            (1.., 8) => Self::Acquirer(Id::new(owner)),
            (0, 9) => Self::Suspense,
            (1.., 10) => Self::Disputed(Id::new(owner)),
            (1.., 11) => Self::Owing(Id::new(owner)),
            _ => return None,
        })
    }

    /// What the account is to the operator.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Bank(_) | Self::Acquirer(_) | Self::Owing(_) => Kind::Asset,
            Self::Available(_)
            | Self::Held(_)
            | Self::Collected(_)
            | Self::Disputed(_)
            | Self::Gst
            | Self::Suspense => Kind::Liability,
            Self::Fee => Kind::Income,
            Self::Capital => Kind::Equity,
        }
    }

    /// Whether the balance may fall below zero. A bank account may: an operator can pay by hand from an overdraft,
    /// and the operator's capital carries what fees given back cost. A merchant's money may not.
    #[must_use]
    pub const fn may_go_below_zero(self) -> bool {
        match self {
            Self::Bank(_) | Self::Capital | Self::Fee | Self::Gst => true,
            Self::Available(_)
            | Self::Held(_)
            | Self::Collected(_)
            | Self::Disputed(_)
            | Self::Owing(_)
            | Self::Acquirer(_)
            | Self::Suspense => false,
        }
    }
}

impl Kind {
    /// By how much a debit of `paise` changes the balance.
    #[must_use]
    pub const fn debit(self, paise: i64) -> i64 {
        match self {
            Self::Asset => paise,
            Self::Liability | Self::Income | Self::Equity => -paise,
        }
    }
}

/// The account's name, as the design and the statements write it.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bank(account) => write!(f, "bank:{account}"),
            Self::Available(merchant) => write!(f, "merchant:{merchant}:available"),
            Self::Held(merchant) => write!(f, "merchant:{merchant}:held"),
            Self::Collected(merchant) => write!(f, "merchant:{merchant}:collected"),
            Self::Acquirer(acquirer) => write!(f, "acquirer:{acquirer}"),
            Self::Suspense => f.write_str("suspense"),
            Self::Disputed(merchant) => write!(f, "merchant:{merchant}:disputed"),
            Self::Owing(merchant) => write!(f, "merchant:{merchant}:owing"),
            Self::Fee => f.write_str("income:fee"),
            Self::Gst => f.write_str("tax:gst"),
            Self::Capital => f.write_str("operator:capital"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_one_account_and_back() {
        let all = [
            Account::Bank(Id::new(1)),
            Account::Available(Id::new(1)),
            Account::Held(Id::new(1)),
            Account::Held(Id::new(1_000_000)),
            Account::Collected(Id::new(1)),
            Account::Acquirer(Id::new(1)),
            Account::Fee,
            Account::Gst,
            Account::Capital,
            Account::Suspense,
            Account::Disputed(Id::new(1)),
            Account::Owing(Id::new(1)),
        ];
        for (at, account) in all.iter().enumerate() {
            assert_eq!(Account::from_number(account.number()), Some(*account));
            assert!(
                all[at + 1..]
                    .iter()
                    .all(|other| other.number() != account.number())
            );
        }
        for no_account in [0, 4, 5, 6, 7, 8, 10, 11, 12, 17, 28, -12] {
            assert_eq!(Account::from_number(no_account), None, "{no_account}");
        }
    }
}
