//! An office: a book that records change, the journal that makes them durable, and the desk at which all is decided.
//!
//! The bank and its acquirer each have one. A record changes the book in memory; the `writer` puts it into the `journal`, and
//! only then the answer leaves. An answer that was only read waits too: it may show what is not on disk yet.

mod book;
pub mod desk;
mod error;
mod journal;
pub mod line;
pub mod writer;

pub use book::{Book, Impossible};
pub use desk::Desk;
pub use error::BankError;

use desk::Shared;
use rokad_domain::UnixMs;
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::watch;

/// Where an office reads the time.
pub type BankClock = Arc<dyn Fn() -> UnixMs + Send + Sync>;

/// How often an office looks for what is due. Requests look for themselves, so this delays only the news and held answers.
const TICK: Duration = Duration::from_millis(100);

/// An open book and its journal. It closes when it is dropped, or by [`Office::close`].
pub struct Office<B: Book> {
    shared: Arc<Shared<B>>,
    clock: BankClock,
    /// Rings at every tick. False: the office no longer ticks, and nobody should wait for it.
    ticks: watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl<B: Book> Office<B> {
    /// Opens the journal in `dir` (created if need be), begins it where it is new, and lets `first` do what must be done
    /// before anybody is served. Reads the whole journal: some seconds a million records.
    ///
    /// # Errors
    /// [`BankError::Io`], [`BankError::InUse`], [`BankError::Damaged`], and those of `first`.
    pub fn open(
        dir: &Path,
        clock: BankClock,
        first: impl FnOnce(&mut Desk<B>) -> Result<(), BankError>,
    ) -> Result<Self, BankError> {
        let found = journal::open::<B>(dir)?;
        let shared = Arc::new(Shared::new(found.book, found.records, found.latest));
        let mut desk = shared.desk()?;
        if desk.last == 0 {
            let now = desk.now(clock());
            desk.append(&B::begin(now))?;
        }
        first(&mut desk)?;
        shared.leave(desk);
        let writer = writer::start(shared.clone(), found.file)?;
        Ok(Self {
            shared,
            clock,
            ticks: watch::Sender::new(true),
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Books what falls due, ten times a second, until `shutdown`.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
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
        self.ticks.send_replace(false);
    }

    /// Books what is due by now, and lets go the answers that were held until now.
    ///
    /// # Errors
    /// [`BankError::Closed`].
    pub async fn tick(&self) -> Result<(), BankError> {
        self.at_desk(|_, _| Ok(())).await?;
        self.ticks.send_replace(true);
        Ok(())
    }

    /// Does `work` at the desk, on a book in which everything is booked that is due, and waits until all it may have seen
    /// or changed is on disk.
    pub async fn at_desk<T>(
        &self,
        work: impl FnOnce(&mut Desk<B>, UnixMs) -> Result<T, BankError>,
    ) -> Result<T, BankError> {
        let (done, number) = {
            let mut desk = self.shared.desk()?;
            let now = desk.now((self.clock)());
            let done = desk.settle(now).and_then(|()| work(&mut desk, now));
            (done, self.shared.leave(desk))
        };
        self.shared.durable(number).await?;
        done
    }

    /// Waits until the clock shows `until`, or nobody ticks any more.
    pub async fn hold(&self, until: UnixMs) {
        let mut ticks = self.ticks.subscribe();
        while *ticks.borrow_and_update() && (self.clock)() < until {
            if ticks.changed().await.is_err() {
                return;
            }
        }
    }

    /// Finishes the journal and lets go of it. From now on every work is refused. Blocks for one flush.
    pub fn close(&self) {
        self.shared.close();
        self.ticks.send_replace(false);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the bank's writer fell over");
        }
    }
}

impl<B: Book> Drop for Office<B> {
    fn drop(&mut self) {
        self.close();
    }
}
