//! What a bank is told, and what it can answer. Silence is an answer of its own.

use crate::{codes::codes, money::Paise, payout::Beneficiary, time::UnixMs};

/// What a bank is asked to do. Kept durably before the bank is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// Ours; the bank's idempotency key. Never used for two payouts.
    pub reference: String,
    /// The number of the operator's account that pays.
    pub from_account: String,
    /// How much.
    pub amount: Paise,
    /// Who receives it.
    pub to: Beneficiary,
    /// The bank refuses the instruction after this instant, so that "never heard of it" is certain later.
    pub not_after: UnixMs,
}

/// What a bank says about one reference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Paid, with the bank's own reference.
    Paid(Utr),
    /// Not paid, and never will be.
    Refused(Reason),
    /// Nothing that can be relied on: a timeout, a 5xx, garbage, "in progress". Ask again, never send again.
    Silent,
}

/// What a bank tells of its own accord, or when asked what is new.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Our reference.
    pub reference: String,
    /// What became of it.
    pub news: News,
}

/// What became of an instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// The bank has an answer: the first, or the same once more.
    Answered(Answer),
    /// It had been paid, and the beneficiary's bank sent it back.
    Returned(Reason),
}

/// A bank's reference of a transfer (UTR or RRN): 1 to 35 ASCII letters and digits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Utr(String);

impl Utr {
    /// `text`, if it can be a bank's reference.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a bank did not pay, in our words. A bank's own words end at its folder in `rails`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// No such account at the beneficiary's bank.
    InvalidAccount,
    /// The beneficiary's account takes no credit.
    AccountFrozen,
    /// Above a limit of the beneficiary's account or of the channel.
    LimitExceeded,
    /// The operator's own account had too little money.
    OperatorAccountShort,
    /// The bank never received the instruction, and would refuse it now.
    NotReceived,
    /// The beneficiary's bank sent the money back.
    ReturnedByBeneficiaryBank,
    /// Refused, for a reason that has no word here.
    Other,
}

// In the database and on the rails.
codes! { Reason as text {
    InvalidAccount = "invalid_account",
    AccountFrozen = "account_frozen",
    LimitExceeded = "limit_exceeded",
    OperatorAccountShort = "operator_account_short",
    NotReceived = "not_received",
    ReturnedByBeneficiaryBank = "returned_by_beneficiary_bank",
    Other = "other",
} }

impl Reason {
    /// A sentence for the merchant.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidAccount => "The beneficiary's bank knows no such account",
            Self::AccountFrozen => "The beneficiary's account takes no credit",
            Self::LimitExceeded => "Above a limit of the beneficiary's account",
            Self::OperatorAccountShort => "The paying bank could not carry out the payment",
            Self::NotReceived => "The bank did not receive the instruction",
            Self::ReturnedByBeneficiaryBank => "The beneficiary's bank returned the money",
            Self::Other => "The bank refused the payment",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_code_of_its_own() {
        for (reason, code) in Reason::ALL {
            assert_eq!(reason.code(), *code);
            assert_eq!(Reason::from_code(code), Some(*reason));
        }
    }

    #[test]
    fn a_utr_is_letters_and_digits() {
        assert!(Utr::parse("432112345678").is_some());
        for bad in ["", "12 34", "12<b>", "0123456789012345678901234567890123456"] {
            assert_eq!(Utr::parse(bad), None, "{bad:?}");
        }
    }
}
