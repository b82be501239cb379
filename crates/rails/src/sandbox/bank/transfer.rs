//! A transfer as the book keeps it, and what the news tell of it.

use super::record::Ending;
use crate::sandbox::words::Refusal;
use rokad_domain::Paise;

/// A transfer. 48 bytes and its reference.
pub struct Transfer {
    pub reference: Box<str>,
    /// A keyed hash of what must not differ when the same reference comes again.
    pub fields: u64,
    pub amount: Paise,
    /// Which account pays. `None`: none of this bank's; only for refused ones.
    pub account: Option<u16>,
    pub outcome: Outcome,
}

/// What became of a transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// In progress; it will end like this.
    Waiting { silent: bool, ending: Ending },
    /// Paid, and perhaps back again.
    Paid { returned: bool },
    /// Not paid, and never will be.
    Refused(Refusal),
}

/// Something the news tell.
pub struct NewsItem {
    /// The number of the record that brought it.
    pub position: u64,
    pub transfer: u32,
    /// The money came back; else: the transfer's answer.
    pub returned: bool,
}
