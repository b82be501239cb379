//! A house with a merchant and a bank, and the same databases as the tests of the store.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test file uses the part that it needs"
)]

pub mod acquirer;
pub mod bank;
#[path = "../../../store/tests/support/mod.rs"]
mod database;
pub mod faults;
pub mod till;
pub mod world;

pub use acquirer::Acquirer;
pub use bank::Bank;
pub use database::*;
pub use till::Till;
pub use world::{World, order, rupees};
