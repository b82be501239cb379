//! The judge: compares what callers and customers were told, Rokad's book, the books of the bank and the acquirer, and what the
//! shop heard.

mod acquirer;
mod bank;
mod book;
mod callbacks;
mod callers;
pub mod payments;
mod refunds;

pub use acquirer::acquirer;
pub use bank::bank;
pub use book::book;
pub use callbacks::callbacks;
pub use callers::callers;
pub use payments::{Payment, payments};
pub use refunds::refunds;

use crate::orders::Order;

/// What became of an order that was accepted, as its merchant may know it.
pub struct Outcome<'o> {
    pub order: &'o Order,
    pub ref_code: String,
    /// Approved or Failed.
    pub status: String,
    /// Of the bank's transfer, if it ever paid.
    pub utr: Option<String>,
    /// The statuses it went through.
    pub log: Vec<String>,
}

impl Outcome<'_> {
    pub fn is_approved(&self) -> bool {
        self.status == "Approved"
    }

    /// Paid once, and the money came back.
    pub fn is_returned(&self) -> bool {
        !self.is_approved() && self.utr.is_some()
    }
}
