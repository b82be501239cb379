//! The sandbox bank: accounts, balances, UTRs, a durable book, and scripts that make it misbehave as banks do.
//!
//! A request is parsed (`http`), decided at the `desk` (`accept`, `scripts`) and becomes a `record`, which changes
//! the `book` in memory; the `writer` puts it into the `journal`, and only then the answer leaves. An answer that was
//! only read waits too: it may show what is not on disk yet. Source: docs/sandbox-bank.md.

mod accept;
mod account;
mod book;
mod http;
mod index;
mod record;
mod scripts;
#[cfg(test)]
mod tests;
mod transfer;
mod verify;

pub use super::office::BankError;
pub use verify::{AccountAudit, Audit};

use super::office::{BankClock, Desk, Office};
use accept::Heard;
use book::Book;
use record::{Opened, Record};
use rokad_domain::{Paise, UnixMs};
use std::{path::Path, sync::Arc};

/// An account the bank is opened with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeedAccount {
    /// Its number: 1 to 34 ASCII letters and digits.
    pub number: String,
    /// Whose it is.
    pub holder: String,
    /// The bank's name.
    pub bank: String,
    /// The branch.
    pub ifsc: String,
    /// What lies in it when it is opened. Of no effect on an account that the book has already.
    pub opening: Paise,
}

/// The bank. Clones are the same bank; it closes with the last of them, or by [`Bank::close`].
#[derive(Clone)]
pub struct Bank(Arc<Office<Book>>);

impl Bank {
    /// Opens the bank whose journal lies in `dir` (created if need be), with the accounts of `seed` that it does not have yet.
    /// Reads the whole journal: some seconds a million transfers.
    ///
    /// # Errors
    /// [`BankError::Io`], [`BankError::InUse`], [`BankError::Damaged`], [`BankError::BadSeed`].
    pub fn open(dir: &Path, clock: BankClock, seed: Vec<SeedAccount>) -> Result<Self, BankError> {
        let office = Office::open(dir, clock, |desk| {
            seed.into_iter()
                .try_for_each(|account| open_account(desk, account))
        });
        Ok(Self(Arc::new(office?)))
    }

    /// The bank's HTTP interface, for callers that bear `key`. Serve it with `TCP_NODELAY` set.
    pub fn router(&self, key: &str) -> axum::Router {
        http::router(self.clone(), key)
    }

    /// Books what falls due, ten times a second, until `shutdown`.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        self.0.run(shutdown).await;
    }

    /// Books what is due by now, and lets go the answers that were held until now.
    ///
    /// # Errors
    /// [`BankError::Closed`].
    pub async fn tick(&self) -> Result<(), BankError> {
        self.0.tick().await
    }

    /// Proves the book: works every balance out again, and how often each reference was booked.
    ///
    /// # Errors
    /// [`BankError::Closed`].
    pub async fn verify(&self) -> Result<Audit, BankError> {
        self.at_desk(|desk, _| Ok(verify::audit(&desk.book))).await
    }

    /// Finishes the journal and lets go of it. From now on the bank answers 503. Blocks for one flush.
    pub fn close(&self) {
        self.0.close();
    }

    async fn at_desk<T>(
        &self,
        work: impl FnOnce(&mut Desk<Book>, UnixMs) -> Result<T, BankError>,
    ) -> Result<T, BankError> {
        self.0.at_desk(work).await
    }

    /// Waits until the bank's clock shows `until`, or nobody ticks any more.
    async fn hold(&self, until: UnixMs) {
        self.0.hold(until).await;
    }
}

fn open_account(desk: &mut Desk<Book>, account: SeedAccount) -> Result<(), BankError> {
    if !http::is_number(&account.number) {
        return Err(BankError::BadSeed(account.holder));
    }
    if desk.book.account_index(&account.number).is_some() {
        return Ok(());
    }
    desk.append(&Record::Opened(Opened {
        number: account.number,
        holder: account.holder,
        bank: account.bank,
        ifsc: account.ifsc,
        opening_paise: account.opening.get(),
    }))
}
