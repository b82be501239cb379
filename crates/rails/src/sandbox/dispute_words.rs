//! The words about disputes on the line between the sandbox acquirer and its client, as JSON. Source: docs/sandbox-bank.md.

use serde::{Deserialize, Serialize};

/// Something that happened to a dispute.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum DisputeSaid {
    /// It was raised. Kind and reason are the codes of a domain's ones.
    Raised {
        reference: String,
        charge: String,
        kind: String,
        reason: String,
        amount_paise: i64,
        deadline_ms: i64,
        title: String,
        comment: String,
    },
    /// It has ended: `won`, `lost` or `withdrawn`, as the merchant sees it.
    Resolved {
        reference: String,
        charge: String,
        outcome: String,
    },
}

/// A page of what happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DisputesSaid {
    /// The oldest first.
    pub notices: Vec<DisputeSaid>,
    /// What to pass as `after` next.
    pub next: u64,
}

/// The body of `POST /v1/disputes/{reference}/answer`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AnswerAsked {
    /// `contest` or `accept`.
    pub reply: String,
    /// The merchant's files.
    #[serde(default)]
    pub evidence: Vec<PieceAsked>,
}

/// A file. Its content is in base64.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PieceAsked {
    pub name: String,
    pub media_type: String,
    pub sha256: String,
    pub content: String,
}
