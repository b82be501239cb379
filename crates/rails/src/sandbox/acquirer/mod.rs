//! The sandbox acquirer: takes payments from customers, keeps a durable book of them, and shows the customers' bank's
//! pages. Scripts make it misbehave as acquirers do.
//!
//! A charge is parsed (`http`) and decided (`accept`, `scripts`), a customer's answer on a page likewise (`customer`); both
//! become a `record`, which changes the `book`. A card's number and CVV live only until the script is chosen.
//! Source: docs/sandbox-bank.md.

mod accept;
mod book;
mod charge;
mod customer;
mod dispute;
mod dispute_scripts;
mod http;
mod record;
mod refund;
mod refund_scripts;
mod scripts;
#[cfg(test)]
mod tests;

use super::office::{BankClock, BankError, Desk, Office};
use book::Book;
use rokad_domain::UnixMs;
use std::{path::Path, sync::Arc};

/// Where customers' pages are, without the token that follows.
const PAGES: &str = "/customer";

/// Where the acquirer takes chance from: 128 bits that nobody can guess, new with every call.
pub type Chance = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// The acquirer. Clones are the same acquirer; it closes with the last of them, or by [`Acquirer::close`].
#[derive(Clone)]
pub struct Acquirer {
    office: Arc<Office<Book>>,
    chance: Chance,
}

impl Acquirer {
    /// Opens the acquirer whose journal lies in `dir` (created if need be; the bank's may lie beside it). Reads the whole
    /// journal: some seconds a million charges.
    ///
    /// # Errors
    /// [`BankError::Io`], [`BankError::InUse`], [`BankError::Damaged`].
    pub fn open(dir: &Path, clock: BankClock, chance: Chance) -> Result<Self, BankError> {
        let office = Arc::new(Office::open(dir, clock, |_| Ok(()))?);
        Ok(Self { office, chance })
    }

    /// The acquirer's HTTP interface, for callers that bear `key`, and the customers' pages, which need none. No path of
    /// it is one of the bank's, so the two may be merged.
    pub fn router(&self, key: &str) -> axum::Router {
        http::router(self.clone(), key)
    }

    /// Books what falls due, ten times a second, until `shutdown`.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        self.office.run(shutdown).await;
    }

    /// Books what is due by now.
    ///
    /// # Errors
    /// [`BankError::Closed`].
    pub async fn tick(&self) -> Result<(), BankError> {
        self.office.tick().await
    }

    /// Finishes the journal and lets go of it. From now on the acquirer answers 503. Blocks for one flush.
    pub fn close(&self) {
        self.office.close();
    }

    async fn at_desk<T>(
        &self,
        work: impl FnOnce(&mut Desk<Book>, UnixMs) -> Result<T, BankError>,
    ) -> Result<T, BankError> {
        self.office.at_desk(work).await
    }

    /// A token of a page: 32 hexadecimal digits.
    fn new_token(&self) -> String {
        format!("{:032x}", u128::from_be_bytes((self.chance)()))
    }
}
