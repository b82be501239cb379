//! The words on the line between the sandbox bank and its client, as JSON. Source: docs/sandbox-bank.md.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The body of `POST /v1/transfers`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferAsked {
    /// The caller's; what makes a transfer the same transfer.
    pub reference: String,
    /// The account that pays.
    pub from_account: String,
    /// How much, above zero.
    pub amount_paise: i64,
    /// The beneficiary's account.
    pub account_no: String,
    /// The beneficiary's branch.
    pub ifsc: String,
    /// The beneficiary's name.
    pub account_holder: String,
    /// Unix milliseconds after which the bank refuses the instruction.
    pub not_after_ms: i64,
}

/// Shows no beneficiary.
impl fmt::Debug for TransferAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferAsked")
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

/// What the bank says about a transfer, or about a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Said {
    /// The money has left, under this UTR. `returned`: and it has come back since.
    Paid {
        reference: String,
        amount_paise: i64,
        utr: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        returned: bool,
    },
    /// Not paid, and never will be. The reason is a [`Refusal`]'s word.
    Refused { reference: String, reason: String },
    /// Accepted; how it ends is not known yet.
    InProgress { reference: String },
    /// The beneficiary's bank sent the money back. Only in the news.
    Returned {
        reference: String,
        amount_paise: i64,
        utr: String,
        reason: String,
    },
    /// The bank has booked nothing under this reference up to its own time.
    Unknown { reference: String, bank_time_ms: i64 },
    /// The request itself is wrong, or the bank cannot answer. Nothing was booked for it.
    Error { code: String, message: String },
}

/// The answer to `GET /v1/news`.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewsSaid {
    /// The oldest first.
    pub notices: Vec<Said>,
    /// What to pass as `after` next.
    pub next: u64,
}

/// The word for a transfer that came back.
pub const RETURNED_WORD: &str = "returned_by_beneficiary_bank";

/// Why the bank did not pay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such account at the beneficiary's bank.
    InvalidAccount,
    /// The beneficiary's account takes no credit.
    AccountFrozen,
    /// Above a limit of the beneficiary's account.
    LimitExceeded,
    /// The account that should pay has too little.
    InsufficientFunds,
    /// The account that should pay is none of this bank's.
    UnknownDebitAccount,
    /// The instruction arrived after its `not_after_ms`.
    Expired,
}

impl Refusal {
    /// Its word on the line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InvalidAccount => "invalid_account",
            Self::AccountFrozen => "account_frozen",
            Self::LimitExceeded => "limit_exceeded",
            Self::InsufficientFunds => "insufficient_funds",
            Self::UnknownDebitAccount => "unknown_debit_account",
            Self::Expired => "expired",
        }
    }
}

/// Characters of a reference at most: it stands in a path, and in memory a million times.
pub const REFERENCE_LEN_MAX: usize = 64;

/// Whether `text` can be a reference: it must be able to stand in a path as it is.
pub fn is_reference(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=REFERENCE_LEN_MAX).contains(&text.len()) && text.bytes().all(plain)
}
