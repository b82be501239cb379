//! What an acquirer can be told and asked.

use crate::payout::Reply;
use rokad_domain::{
    Paise, UnixMs,
    acquirer::{Answer, ChargeOrder},
    dispute,
    refund::{self, RefundOrder},
};

/// An acquirer: takes money from customers. An open set: one folder beside this file for each.
///
/// Nothing here fails: whatever cannot be relied on is [`Answer::Silent`], and a silent acquirer is asked, never told again.
pub trait CollectRail: Send + Sync {
    /// Begins an attempt. Called once per reference, ever. Takes the order, so that a card's data is wiped when this ends.
    fn charge(&self, order: ChargeOrder) -> Reply<'_, Answer>;

    /// Asks what became of an attempt.
    fn ask<'a>(&'a self, q: &'a ChargeQuestion) -> Reply<'a, Answer>;

    /// Asks the acquirer to take no money for this reference any more. Answers as [`Self::ask`] does afterwards:
    /// `Captured` when it was too late, `Refused` when it is certain that nothing was or will be taken.
    fn call_off<'a>(&'a self, q: &'a ChargeQuestion) -> Reply<'a, Answer>;

    /// Pays money of a captured attempt back. Called once per reference, ever.
    fn refund<'a>(&'a self, order: &'a RefundOrder) -> Reply<'a, refund::Answer>;

    /// Asks what became of a refund: `order` is the one that was told.
    fn ask_refund<'a>(&'a self, order: &'a RefundOrder) -> Reply<'a, refund::Answer>;

    /// What is new about disputes since `after`, a cursor of the acquirer's own (0 is the beginning). `None`: it is not reachable, or
    /// does not make sense; ask again with the same cursor.
    fn disputes<'a>(&'a self, after: u64) -> Reply<'a, Option<DisputePage>>;

    /// Tells how a merchant answers a dispute. Whether the acquirer has heard it; if not, it is told again, which changes nothing there.
    fn answer_dispute<'a>(&'a self, answer: &'a dispute::Answer) -> Reply<'a, bool>;
}

/// Some of an acquirer's news about disputes, in its order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DisputePage {
    /// What happened, the oldest first. Empty: nothing new.
    pub notices: Vec<dispute::Notice>,
    /// The cursor with which to ask next. Keep it together with what the notices changed.
    pub next: u64,
}

/// A question about one attempt, in the order's own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChargeQuestion {
    /// Ours, as it stood in the order.
    pub reference: String,
    /// As it stood in the order: an answer about another amount is not believed.
    pub amount: Paise,
    /// As it stood in the order: no money is taken after this instant.
    pub not_after: UnixMs,
}
