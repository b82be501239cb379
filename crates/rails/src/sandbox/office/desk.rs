//! The desk: the book, and the pile of records that the writer has not taken yet, behind one lock.
//!
//! Whoever holds the lock decides, applies and piles up; nobody waits for the disk inside it. The writer takes the whole
//! pile at once, so one flush serves all that came while the flush before it ran.

use super::{BankError, book::Book, line};
use rokad_domain::UnixMs;
use std::sync::{Condvar, Mutex, MutexGuard};
use tokio::sync::watch;

/// How far the journal is on disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durable {
    /// All records up to this number.
    UpTo(u64),
    /// It cannot be written any more. What is in memory may be ahead of the disk, so nothing is answered from it.
    Closed,
}

/// What the lock guards.
pub struct Desk<B> {
    pub book: B,
    /// Lines for the writer.
    pile: Vec<u8>,
    /// The number of the last record, in the pile or on disk.
    pub last: u64,
    /// The latest instant seen. The bank's time never runs backwards, not even across a restart.
    latest: UnixMs,
    closed: bool,
}

/// The desk and its two bells: for the writer, and for those who wait for the disk.
pub struct Shared<B> {
    desk: Mutex<Desk<B>>,
    work: Condvar,
    pub durable: watch::Sender<Durable>,
}

impl<B: Book> Desk<B> {
    /// The bank's time, given what its clock says.
    pub fn now(&mut self, clock: UnixMs) -> UnixMs {
        self.latest = self.latest.max(clock);
        self.latest
    }

    /// Makes `record` happen, and piles it up for the writer. Nothing happens on an error.
    pub fn append(&mut self, record: &B::Record) -> Result<(), BankError> {
        let number = self.last + 1;
        let length = self.pile.len();
        line::write(record, number, &mut self.pile).map_err(|_| BankError::Impossible)?;
        if self.book.apply(record, number).is_err() {
            self.pile.truncate(length);
            tracing::error!(number, "the bank wanted to book what cannot be");
            return Err(BankError::Impossible);
        }
        self.last = number;
        Ok(())
    }

    /// Books everything that is due.
    pub fn settle(&mut self, now: UnixMs) -> Result<(), BankError> {
        while let Some(record) = self.book.due(now) {
            self.append(&record)?;
        }
        Ok(())
    }
}

impl<B: Book> Shared<B> {
    /// The desk of a book that holds `records` records.
    pub fn new(book: B, records: u64, latest: UnixMs) -> Self {
        let desk = Desk {
            book,
            pile: Vec::new(),
            last: records,
            latest,
            closed: false,
        };
        Self {
            desk: Mutex::new(desk),
            work: Condvar::new(),
            durable: watch::Sender::new(Durable::UpTo(records)),
        }
    }

    /// Steps to the desk.
    ///
    /// # Errors
    /// [`BankError::Closed`], also when somebody fell over at the desk.
    pub fn desk(&self) -> Result<MutexGuard<'_, Desk<B>>, BankError> {
        let desk = self.desk.lock().map_err(|_| BankError::Closed)?;
        if desk.closed {
            Err(BankError::Closed)
        } else {
            Ok(desk)
        }
    }

    /// Steps away from the desk, and rings for the writer if there is work. Returns the number to wait for.
    pub fn leave(&self, desk: MutexGuard<'_, Desk<B>>) -> u64 {
        let (last, work) = (desk.last, !desk.pile.is_empty());
        drop(desk);
        if work {
            self.work.notify_one();
        }
        last
    }

    /// Waits until record `number` is on disk.
    pub async fn durable(&self, number: u64) -> Result<(), BankError> {
        let mut bell = self.durable.subscribe();
        let reached = |durable: &Durable| match durable {
            Durable::UpTo(on_disk) => *on_disk >= number,
            Durable::Closed => true,
        };
        match bell.wait_for(reached).await.as_deref() {
            Ok(Durable::UpTo(_)) => Ok(()),
            Ok(Durable::Closed) | Err(_) => Err(BankError::Closed),
        }
    }

    /// No more work: the writer finishes the pile and ends.
    pub fn close(&self) {
        if let Ok(mut desk) = self.desk.lock() {
            desk.closed = true;
        }
        self.work.notify_all();
    }

    /// For the writer: waits for work and swaps the pile with `empty`. Returns the number of its last record. `None`: closed.
    pub fn take_pile(&self, empty: &mut Vec<u8>) -> Option<u64> {
        let desk = self.desk.lock().ok()?;
        let idle = |desk: &mut Desk<B>| desk.pile.is_empty() && !desk.closed;
        let mut desk = self.work.wait_while(desk, idle).ok()?;
        std::mem::swap(&mut desk.pile, empty);
        (!empty.is_empty()).then_some(desk.last)
    }
}
