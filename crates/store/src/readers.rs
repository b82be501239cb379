//! Connections for reading. None of them waits for a writer.

use crate::{dialect::Handle, error::StoreError, tx::Tx};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

/// Connections to the embedded database that are kept. More may be open at once; what is above this is closed after use.
const KEPT: usize = 4;

/// Connections to a server: so many reads at once.
const THREADS: usize = 8;

/// Reads that may wait for a connection to a server. Above it a caller is told that the house is busy.
const WAITING_MAX: usize = 10_000;

pub(crate) enum Readers {
    /// Of the embedded database: a read is a few microseconds of work on pages in memory, and a thread would cost more.
    Here { path: PathBuf, kept: Mutex<Vec<Handle>> },
    /// Of a server: each thread has a connection, and waits for its answers.
    Threads(Arc<Reads>),
}

impl Readers {
    pub(crate) fn here(path: PathBuf) -> Self {
        let kept = Mutex::default();
        Self::Here { path, kept }
    }

    /// Connections are made when they are first needed, by `open`.
    pub(crate) fn threads(
        open: impl Fn() -> Result<Handle, StoreError> + Clone + Send + 'static,
    ) -> Result<(Self, Vec<JoinHandle<()>>), StoreError> {
        let reads = Arc::new(Reads::default());
        let start = |n| {
            let (reads, open) = (reads.clone(), open.clone());
            crate::store::spawn(&format!("rokad-reader-{n}"), move || reads.serve(&open))
        };
        let threads: Result<Vec<_>, _> = (0..THREADS).map(start).collect();
        Ok((Self::Threads(reads), threads?))
    }

    pub(crate) async fn read<R: Send + 'static>(
        &self,
        body: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        match self {
            Self::Here { path, kept } => {
                let kept = || kept.lock().unwrap_or_else(PoisonError::into_inner);
                let used = kept().pop();
                let handle = used.map_or_else(|| Handle::open_sqlite(path, false), Ok)?;
                let answer = one_view(&handle, body);
                let mut kept = kept();
                if kept.len() < KEPT {
                    kept.push(handle);
                }
                answer
            }
            Self::Threads(reads) => {
                let (way_back, answer) = oneshot::channel();
                reads.push(Box::new(move |handle| {
                    // Nobody listens any more: the caller hung up.
                    let _ = way_back.send(handle.and_then(|handle| one_view(handle, body)));
                }))?;
                answer.await.unwrap_or(Err(StoreError::Closed))
            }
        }
    }

    /// Closes the connections; what is under way or waits is still answered.
    pub(crate) fn close(&self) {
        match self {
            Self::Here { kept, .. } => kept.lock().unwrap_or_else(PoisonError::into_inner).clear(),
            Self::Threads(reads) => reads.close(),
        }
    }
}

fn one_view<R>(
    handle: &Handle,
    body: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    handle.begin_read()?;
    let answer = body(&mut Tx::new(handle));
    handle.rollback()?;
    answer
}

type Read = Box<dyn FnOnce(Result<&Handle, StoreError>) + Send>;

/// Reads that wait for a thread.
#[derive(Default)]
pub(crate) struct Reads {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

#[derive(Default)]
struct Waiting {
    reads: VecDeque<Read>,
    closed: bool,
}

impl Reads {
    fn push(&self, read: Read) -> Result<(), StoreError> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        if waiting.reads.len() >= WAITING_MAX {
            return Err(StoreError::Busy);
        }
        waiting.reads.push_back(read);
        drop(waiting);
        self.bell.notify_one();
        Ok(())
    }

    /// A thread's work, until all is closed and nothing is left.
    fn serve(&self, open: &impl Fn() -> Result<Handle, StoreError>) {
        let mut handle = None;
        while let Some(read) = self.take() {
            if handle.is_none() {
                match open() {
                    Ok(opened) => handle = Some(opened),
                    Err(error) => {
                        read(Err(error));
                        continue;
                    }
                }
            }
            let panicked = handle
                .as_ref()
                .is_some_and(|handle| catch_unwind(AssertUnwindSafe(|| read(Ok(handle)))).is_err());
            if panicked {
                // Its caller has heard that nothing comes; the next read begins with another connection.
                handle = None;
            }
        }
    }

    fn take(&self) -> Option<Read> {
        let mut waiting = self.lock();
        loop {
            if let Some(read) = waiting.reads.pop_front() {
                return Some(read);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.bell.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
