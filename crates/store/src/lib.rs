//! What is remembered: SQL, transactions, and the combiner that stands before them.
//!
//! Money and states move only in *steps*: plain synchronous functions, many asks in, one answer for each, one
//! transaction ([`Store::run`]). Rows that change rarely use [`Store::tx`], reads use [`Store::read`]. Only this crate
//! writes SQL, and only `dialect` knows which database it speaks to.

pub mod acquirer;
pub mod attempt;
pub mod audit;
pub mod backup;
pub mod bank_account;
pub mod book;
pub mod callback;
mod chain;
mod checkpoint;
pub mod clock;
mod combiner;
pub mod copy;
mod dialect;
pub mod discrepancy;
pub mod dispute;
mod error;
pub mod event;
pub mod holiday;
pub mod mail;
pub mod merchant;
mod migrate;
pub mod node;
pub mod operator;
mod orders;
mod part;
pub mod payment;
pub mod payout;
pub mod payout_queue;
mod readers;
pub mod receipt;
pub mod refund;
pub mod retention;
pub mod settlement;
mod store;
mod tx;
pub mod webhook;

pub use clock::Clock;
pub use error::StoreError;
pub use store::{Place, Store};
pub use tx::Tx;
