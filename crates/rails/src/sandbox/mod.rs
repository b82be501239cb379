//! The sandbox bank, its acquirer, and their clients.
//!
//! [`bank`] is a real little bank behind a real HTTP interface, [`acquirer`] the part of it that takes payments;
//! [`SandboxRail`] and [`AcquirerRail`] talk to them as they would to any. They share nothing but the words on the line
//! (`words`, `charge_words`, `refund_words`, `dispute_words`). Their books are the judges of "nothing paid twice, nothing lost".
//! Source: docs/sandbox-bank.md.

pub mod acquirer;
mod acquirer_rail;
pub mod bank;
mod caller;
mod charge_hearing;
mod charge_words;
mod dispute_hearing;
mod dispute_words;
mod door;
mod hearing;
mod html;
mod office;
mod rail;
mod refund_hearing;
mod refund_words;
mod words;

pub use acquirer::Acquirer;
pub use acquirer_rail::AcquirerRail;
pub use bank::{Bank, BankError, SeedAccount};
pub use caller::BadAddress;
pub use rail::SandboxRail;
