//! The sandbox bank: accounts, balances, UTRs, a durable book, and scripts that make it misbehave as banks do.
//!
//! A request is parsed (`http`), decided at the `desk` (`accept`, `scripts`) and becomes a `record`, which changes
//! the `book` in memory; the `writer` puts it into the `journal`, and only then the answer leaves. An answer that was
//! only read waits too: it may show what is not on disk yet. Source: docs/sandbox-bank.md.

mod accept;
mod account;
mod book;
mod desk;
mod error;
mod http;
mod index;
mod journal;
mod record;
mod scripts;
#[cfg(test)]
mod tests;
mod transfer;
mod verify;
mod writer;

pub use error::BankError;
pub use verify::{AccountAudit, Audit};

use accept::Heard;
use desk::{Desk, Shared};
use record::{FORMAT, Opened, Record};
use rokad_domain::{Paise, UnixMs};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::watch;

/// Where the bank reads the time.
pub type BankClock = Arc<dyn Fn() -> UnixMs + Send + Sync>;

/// How often the bank looks for what is due. Requests look for themselves, so this delays only the news and held answers.
const TICK: Duration = Duration::from_millis(100);

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
pub struct Bank(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    clock: BankClock,
    /// Rings at every tick. False: the bank no longer ticks, and nobody should wait for it.
    ticks: watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Bank {
    /// Opens the bank whose journal lies in `dir` (created if need be), with the accounts of `seed` that it does not have yet.
    /// Reads the whole journal: some seconds a million transfers.
    ///
    /// # Errors
    /// [`BankError::Io`], [`BankError::InUse`], [`BankError::Damaged`], [`BankError::BadSeed`].
    pub fn open(dir: &Path, clock: BankClock, seed: Vec<SeedAccount>) -> Result<Self, BankError> {
        let found = journal::open(dir)?;
        let shared = Arc::new(Shared::new(found.book, found.records, found.latest));
        let mut desk = shared.desk()?;
        begin(&mut desk, clock())?;
        for account in seed {
            open_account(&mut desk, account)?;
        }
        shared.leave(desk);
        let writer = writer::start(shared.clone(), found.file)?;
        Ok(Self(Arc::new(Inner {
            shared,
            clock,
            ticks: watch::Sender::new(true),
            writer: Mutex::new(Some(writer)),
        })))
    }

    /// The bank's HTTP interface, for callers that bear `key`. Serve it with `TCP_NODELAY` set.
    pub fn router(&self, key: &str) -> axum::Router {
        http::router(self.clone(), key)
    }

    /// Books what falls due, ten times a second, until `shutdown`.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let mut every = tokio::time::interval(TICK);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                _ = every.tick() => {}
            }
            if let Err(error) = self.tick().await {
                tracing::error!(%error, "the bank stops ticking");
                break;
            }
        }
        self.0.ticks.send_replace(false);
    }

    /// Books what is due by now, and lets go the answers that were held until now.
    ///
    /// # Errors
    /// [`BankError::Closed`].
    pub async fn tick(&self) -> Result<(), BankError> {
        self.at_desk(|_, _| Ok(())).await?;
        self.0.ticks.send_replace(true);
        Ok(())
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

    /// Does `work` at the desk, on a book in which everything is booked that is due, and waits until all it may have seen
    /// or changed is on disk.
    async fn at_desk<T>(
        &self,
        work: impl FnOnce(&mut Desk, UnixMs) -> Result<T, BankError>,
    ) -> Result<T, BankError> {
        let (done, number) = {
            let mut desk = self.0.shared.desk()?;
            let now = desk.now((self.0.clock)());
            let done = desk.settle(now).and_then(|()| work(&mut desk, now));
            (done, self.0.shared.leave(desk))
        };
        self.0.shared.durable(number).await?;
        done
    }

    /// Waits until the bank's clock shows `until`, or nobody ticks any more.
    async fn hold(&self, until: UnixMs) {
        let mut ticks = self.0.ticks.subscribe();
        while *ticks.borrow_and_update() && (self.0.clock)() < until {
            if ticks.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Inner {
    fn close(&self) {
        self.shared.close();
        self.ticks.send_replace(false);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the bank's writer fell over");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

/// The first record of a book.
fn begin(desk: &mut Desk, clock: UnixMs) -> Result<(), BankError> {
    if desk.last > 0 {
        return Ok(());
    }
    let at_ms = desk.now(clock).0;
    desk.append(&Record::Begun {
        format: FORMAT,
        at_ms,
    })
}

fn open_account(desk: &mut Desk, account: SeedAccount) -> Result<(), BankError> {
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
