//! What banks say: one trait for every bank that pays out, one folder for each bank.
//!
//! A bank's own words end at its folder; what leaves it are the domain's [`Answer`](rokad_domain::rail::Answer) and
//! [`Notice`](rokad_domain::rail::Notice). Silence (a timeout, a 5xx, garbage, "in progress") is an answer of its own.

pub mod collect;
pub mod payout;
pub mod sandbox;

pub use payout::{NewsPage, PayoutRail, Question, Reply};
