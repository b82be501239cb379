//! What is true: money, ids, the rules of the book, states and decisions.
//!
//! Everything here is pure. No I/O, no async, no clock, no chance: time and random numbers come in as values.

pub mod account;
pub mod acquirer;
pub mod bank_account;
pub mod callback;
pub mod card;
pub mod charge;
mod codes;
pub mod dispute;
pub mod entry;
pub mod event;
pub mod id;
pub mod money;
pub mod node;
pub mod payment;
pub mod payout;
pub mod private;
pub mod rail;
pub mod refund;
pub mod retry;
pub mod settlement;
pub mod time;
mod transition;
pub mod webhook;

pub use id::Id;
pub use money::{BasisPoints, Paise};
pub use private::Private;
pub use time::{Now, UnixMs};
