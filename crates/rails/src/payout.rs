//! What a bank that pays out can be told and asked.

use rokad_domain::{
    UnixMs,
    rail::{Answer, Instruction, Notice},
};
use std::pin::Pin;

/// What a bank will have said, once awaited.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A bank that pays out. An open set: one folder beside this file for each.
///
/// Nothing here fails: whatever cannot be relied on is [`Answer::Silent`], and a silent bank is asked, never told again.
pub trait PayoutRail: Send + Sync {
    /// Tells the bank to pay. Called once per reference, ever.
    fn send<'a>(&'a self, i: &'a Instruction) -> Reply<'a, Answer>;

    /// Asks what became of a reference.
    fn ask<'a>(&'a self, q: &'a Question) -> Reply<'a, Answer>;

    /// What is new since `after`, a cursor of the bank's own (0 is the beginning): late answers, repeated answers, returns.
    /// `None`: the bank is not reachable, or does not make sense; ask again with the same cursor.
    fn news<'a>(&'a self, after: u64) -> Reply<'a, Option<NewsPage>>;
}

/// A question about one instruction, in the instruction's own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// Ours, as it stood in the instruction.
    pub reference: String,
    /// The operator's account that was to pay.
    pub from_account: String,
    /// As it stood in the instruction: the bank refuses it after this instant.
    pub not_after: UnixMs,
}

/// Some of a bank's news, in the bank's order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewsPage {
    /// What happened, the oldest first. Empty: nothing new.
    pub notices: Vec<Notice>,
    /// The cursor with which to ask next. Keep it together with what the notices changed.
    pub next: u64,
}
