//! The words on the line between the sandbox acquirer and its client, as JSON. Source: docs/sandbox-bank.md.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The body of `POST /v1/charges`. Has no `Debug`: it may hold a card.
#[derive(Serialize, Deserialize)]
pub struct ChargeAsked {
    /// The caller's; what makes a charge the same charge.
    pub reference: String,
    /// How much, above zero.
    pub amount_paise: i64,
    /// `card`, `upi`, `netbanking`, `wallet`.
    pub method: String,
    /// For `card`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardAsked>,
    /// For `upi`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpa: Option<String>,
    /// For `netbanking`: the bank's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// For `wallet`: the wallet's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet: Option<String>,
    /// Where the customer's browser goes afterwards: `http` or `https`.
    pub return_url: String,
    /// Unix milliseconds after which no money is taken.
    pub not_after_ms: i64,
}

/// A card, on its way. Wiped when dropped.
#[derive(Serialize, Deserialize)]
pub struct CardAsked {
    /// 12 to 19 digits.
    pub number: Zeroizing<String>,
    /// `12/2030`.
    pub expiry: String,
    /// Three or four digits.
    pub cvv: Zeroizing<String>,
    /// As it stands on the card.
    pub name: String,
}

/// What the acquirer says about a charge, or about a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ChargeSaid {
    /// The money was taken, under this reference of the acquirer's.
    Captured {
        reference: String,
        amount_paise: i64,
        rrn: String,
    },
    /// Nothing was taken, and never will be. The fault is the code of a domain's one.
    Refused { reference: String, fault: String },
    /// The customer has something to do: on the page at this path of the acquirer's, or, without one, in an app.
    Waiting {
        reference: String,
        amount_paise: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
    },
    /// The acquirer has heard nothing of this reference up to its own time.
    Unknown { reference: String, bank_time_ms: i64 },
    /// The request itself is wrong, or the acquirer cannot answer. Nothing was booked for it.
    Error { code: String, message: String },
}
