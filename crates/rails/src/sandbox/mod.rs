//! The sandbox bank and its client.
//!
//! [`bank`] is a real little bank behind a real HTTP interface; [`SandboxRail`] talks to it as it would to any bank. The two
//! share nothing but the words on the line (`words`). Its book is the judge of "nothing paid twice, nothing lost".
//! Source: docs/sandbox-bank.md.

pub mod bank;
mod door;
mod hearing;
mod office;
mod rail;
mod words;

pub use bank::{Bank, BankError, SeedAccount};
pub use rail::{BadAddress, SandboxRail};
