//! What stands in the acquirer's journal: one record a line. A card's number and its CVV never do.

use rokad_domain::{
    UnixMs,
    acquirer::{Fault, Method},
    refund,
};
use serde::{Deserialize, Serialize};

/// The form of the journal. A book of another form is not opened.
pub const FORMAT: u32 = 1;

/// Something that happened at the acquirer. Records tell what was decided, never how: a later acquirer replays them as
/// they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// The book was begun. Always the first record, and only that.
    Begun { format: u32, at_ms: i64 },
    /// A charge was decided. The n-th of these is charge n, counted from 0.
    Charged(Decided),
    /// The customer answered a page well, and comes to the next one.
    Advanced { charge: u32, at_ms: i64 },
    /// The customer answered a page wrongly.
    Mistaken { charge: u32, at_ms: i64 },
    /// The money was taken.
    Captured { charge: u32, at_ms: i64 },
    /// Nothing was taken, and never will be.
    Refused {
        charge: u32,
        #[serde(with = "fault_code")]
        fault: Fault,
        at_ms: i64,
    },
    /// A reference was called off before its charge came: should it still come, it is refused.
    Forestalled { reference: String, at_ms: i64 },
    /// A refund was decided. The n-th of these is refund n, counted from 0.
    RefundTaken(RefundDecided),
    /// A charge is disputed, as its amount says. The n-th of these is dispute n, counted from 0.
    DisputeRaised { charge: u32, at_ms: i64 },
    /// The merchant answered a dispute.
    DisputeAnswered {
        dispute: u32,
        accepts: bool,
        sha256: Vec<String>,
        at_ms: i64,
    },
    /// A dispute has ended.
    DisputeEnded { dispute: u32, at_ms: i64 },
    /// A refund has ended.
    RefundEnded {
        refund: u32,
        ending: RefundEnding,
        at_ms: i64,
    },
}

/// A refund as it came, and what was decided about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefundDecided {
    pub reference: String,
    /// The charge that it is of. `None`: it named none that there is.
    pub charge: Option<u32>,
    /// What it named.
    pub charge_reference: String,
    pub amount_paise: i64,
    pub at_ms: i64,
    pub fate: RefundFate,
}

/// How a refund goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundFate {
    /// It has ended.
    Now(RefundEnding),
    /// It ends by itself at `due_ms`. `silent`: until then the acquirer does not even say that it has it.
    Later {
        ending: RefundEnding,
        due_ms: i64,
        silent: bool,
    },
}

/// Paid back or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundEnding {
    /// The customer has the money.
    Paid,
    /// The customer does not.
    Refused(#[serde(with = "refund_fault_code")] refund::Fault),
}

/// A charge as it came, but for what must not be kept, and what was decided about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decided {
    pub reference: String,
    pub amount_paise: i64,
    #[serde(with = "method_code")]
    pub method: Method,
    /// With what, as it may be shown: a masked card, a VPA without its name, a code.
    pub shown: String,
    pub return_url: String,
    pub not_after_ms: i64,
    pub at_ms: i64,
    pub fate: Fate,
}

/// How a charge goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It has ended.
    Now(Ending),
    /// The customer goes to pages, at an address that cannot be guessed; then it ends so.
    Pages {
        token: String,
        pages: Pages,
        ending: Ending,
    },
    /// It ends by itself at `due_ms`. `silent`: until then the acquirer does not even say that it has it.
    Later {
        ending: Ending,
        due_ms: i64,
        silent: bool,
    },
    /// The customer never answers: it ends when its time is over.
    Never,
}

/// Taken or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The money was taken.
    Captured,
    /// It was not.
    Refused(#[serde(with = "fault_code")] Fault),
}

/// What the customer goes through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pages {
    /// A card's one-time password.
    Card,
    /// A bank's login, then a one-time password.
    NetBanking,
    /// A one-time password, then a wallet with its balance.
    Wallet,
}

/// One page of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// User and password.
    Login,
    /// The one-time password.
    Otp,
    /// What is in the wallet, and the button that takes it.
    Balance,
}

impl Pages {
    /// The pages, in order. Never none.
    pub const fn steps(self) -> &'static [Step] {
        match self {
            Self::Card => &[Step::Otp],
            Self::NetBanking => &[Step::Login, Step::Otp],
            Self::Wallet => &[Step::Otp, Step::Balance],
        }
    }
}

impl Ending {
    /// The record that makes it so.
    pub const fn of(self, charge: u32, at: UnixMs) -> Record {
        let at_ms = at.0;
        match self {
            Self::Captured => Record::Captured { charge, at_ms },
            Self::Refused(fault) => Record::Refused { charge, fault, at_ms },
        }
    }
}

impl Record {
    /// When it happened.
    pub const fn at(&self) -> UnixMs {
        match self {
            Self::Begun { at_ms, .. }
            | Self::Charged(Decided { at_ms, .. })
            | Self::Advanced { at_ms, .. }
            | Self::Mistaken { at_ms, .. }
            | Self::Captured { at_ms, .. }
            | Self::Refused { at_ms, .. }
            | Self::Forestalled { at_ms, .. }
            | Self::RefundTaken(RefundDecided { at_ms, .. })
            | Self::RefundEnded { at_ms, .. }
            | Self::DisputeRaised { at_ms, .. }
            | Self::DisputeAnswered { at_ms, .. }
            | Self::DisputeEnded { at_ms, .. } => UnixMs(*at_ms),
        }
    }
}

/// A fault, as its code.
mod fault_code {
    use super::Fault;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(fault: &Fault, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(fault.code())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Fault, D::Error> {
        let code = String::deserialize(from)?;
        Fault::from_code(&code).ok_or_else(|| D::Error::custom("no such fault"))
    }
}

/// A method, as its code.
mod method_code {
    use super::Method;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(method: &Method, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(method.code())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Method, D::Error> {
        let code = String::deserialize(from)?;
        Method::from_code(&code).ok_or_else(|| D::Error::custom("no such method"))
    }
}

/// A fault of a refund, as its code.
mod refund_fault_code {
    use rokad_domain::refund::Fault;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(fault: &Fault, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(fault.code())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Fault, D::Error> {
        let code = String::deserialize(from)?;
        Fault::from_code(&code).ok_or_else(|| D::Error::custom("no such fault"))
    }
}
