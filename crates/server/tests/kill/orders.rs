//! What the clients ask for: ordinary payouts, magic ones, and some that must be refused.

use crate::{chance::Chance, merchant::WALLET_RUPEES};

#[derive(Clone, Debug)]
pub struct Order {
    pub id: String,
    pub rupees: i64,
    pub account_no: String,
    pub fate: Fate,
}

/// What should become of it, as far as what it asks for decides that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// The bank pays, if it ever hears of it.
    Paid,
    /// The bank refuses, or never hears of it.
    Refused,
    /// The bank pays, and the money comes back.
    Returned,
    /// No payout: more than the merchant has.
    TooMuch,
    /// No payout: the request breaks a rule.
    Unsound,
}

/// Beneficiaries by their last four digits. Source: docs/sandbox-bank.md.
const MAGIC_ACCOUNTS: &[(&str, Fate)] = &[
    ("0001", Fate::Paid),
    ("0002", Fate::Paid),
    ("0003", Fate::Refused),
    ("0004", Fate::Refused),
    ("0005", Fate::Refused),
    ("0006", Fate::Paid),
    ("0007", Fate::Refused),
    ("0008", Fate::Paid),
    ("0009", Fate::Returned),
    ("0010", Fate::Refused),
    ("0011", Fate::Paid),
    ("0012", Fate::Paid),
    ("0013", Fate::Refused),
];

/// Amounts in rupees that make the bank misbehave.
const MAGIC_RUPEES: &[(i64, Fate)] = &[
    (9_901, Fate::Refused),
    (9_902, Fate::Refused),
    (9_903, Fate::Refused),
    (9_904, Fate::Paid),
    (9_905, Fate::Refused),
    (9_906, Fate::Paid),
    (9_907, Fate::Returned),
];

impl Order {
    /// The `number`-th order of this client.
    pub fn draw(chance: &mut Chance, client: usize, number: usize) -> Self {
        let id = format!("K{client:03}X{number:06}");
        let ordinary = (
            chance.between(100_000_000_000, 899_999_999_999).to_string(),
            Fate::Paid,
        );
        let rupees = i64::try_from(chance.between(1, 150)).unwrap();
        let (rupees, (account_no, fate)) = match chance.between(0, 999) {
            0..5 => {
                let (rupees, fate) = *chance.pick(MAGIC_RUPEES);
                (rupees, (ordinary.0, fate))
            }
            5..300 => {
                let (four, fate) = *chance.pick(MAGIC_ACCOUNTS);
                (rupees, (format!("9000000{four}"), fate))
            }
            300..330 => (WALLET_RUPEES, (ordinary.0, Fate::TooMuch)),
            330..360 => (0, (ordinary.0, Fate::Unsound)),
            _ => (rupees, ordinary),
        };
        Self {
            id,
            rupees,
            account_no,
            fate,
        }
    }

    /// Another order under the same number.
    pub fn with_other_terms(&self) -> Self {
        Self {
            rupees: self.rupees + 1,
            ..self.clone()
        }
    }

    pub fn paise(&self) -> i64 {
        self.rupees * 100
    }
}
