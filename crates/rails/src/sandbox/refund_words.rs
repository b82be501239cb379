//! The words about refunds on the line between the sandbox acquirer and its client, as JSON. Source: docs/sandbox-bank.md.

use serde::{Deserialize, Serialize};

/// The body of `POST /v1/refunds`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefundAsked {
    /// The caller's; what makes a refund the same refund.
    pub reference: String,
    /// The reference of the charge that took the money.
    pub charge: String,
    /// How much, above zero.
    pub amount_paise: i64,
    /// Unix milliseconds after which it is refused.
    pub not_after_ms: i64,
}

/// What the acquirer says about a refund, or about a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RefundSaid {
    /// The customer has the money, under this reference of the acquirer's.
    Refunded {
        reference: String,
        amount_paise: i64,
        arn: String,
    },
    /// The customer does not have it, and never will. The fault is the code of a domain's one.
    Refused { reference: String, fault: String },
    /// The acquirer has it, and is not done with it.
    UnderWay { reference: String, amount_paise: i64 },
    /// The acquirer has heard nothing of this reference up to its own time.
    Unknown { reference: String, bank_time_ms: i64 },
    /// The request itself is wrong, or the acquirer cannot answer. Nothing was booked for it.
    Error { code: String, message: String },
}
