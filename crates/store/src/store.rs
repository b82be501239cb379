//! The store: one writer behind the combiner, readers that never wait for it.

use crate::{
    Clock,
    checkpoint::Checkpoints,
    combiner::{self, Combiner},
    dialect::{Handle, Role, Target},
    error::StoreError,
    migrate::{Others, WATCH, migrate},
    orders,
    readers::Readers,
    tx::Tx,
};
use rokad_domain::Now;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

/// Where a database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// The embedded one, in this file.
    File(PathBuf),
    /// On a PostgreSQL server: `postgres://user:password@host/name`.
    Server(String),
}

/// A database. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    clock: Clock,
    combiner: Arc<Combiner>,
    /// Of the embedded database.
    checkpoints: Arc<Checkpoints>,
    readers: Readers,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Store {
    /// Opens the database at `place`, makes it where it is missing, and brings it to the present schema.
    ///
    /// # Errors
    /// When it cannot be opened, or is of a newer schema.
    pub fn open(place: &Place, clock: Clock) -> Result<Self, StoreError> {
        Self::with(place, clock, true)
    }

    /// Opens a database that must exist.
    ///
    /// # Errors
    /// When there is none, or it is of a newer schema.
    pub fn open_existing(place: &Place, clock: Clock) -> Result<Self, StoreError> {
        Self::with(place, clock, false)
    }

    fn with(place: &Place, clock: Clock, create: bool) -> Result<Self, StoreError> {
        match place {
            Place::File(path) => {
                let open = {
                    let path = path.clone();
                    move || Handle::open_sqlite(&path, create)
                };
                // One process serves an embedded database: who opens it to serve it is that one.
                let others = if create { Others::AreGone } else { Others::MayLive };
                let store = Self::start(open, others, clock, (Readers::here(path.clone()), Vec::new()))?;
                store.write_back(Handle::open_sqlite(path, false)?)
            }
            Place::Server(url) => {
                let target = Target::parse(url)?;
                let writer = target.of(Role::Writer);
                let open = move || Handle::open_postgres(&writer, create);
                let readers = Readers::threads(move || Handle::open_postgres(&target, false))?;
                Self::start(open, Others::Beat(WATCH), clock, readers)
            }
        }
    }

    /// Opens the writer's connection in the writer's thread.
    fn start(
        open: impl FnOnce() -> Result<Handle, StoreError> + Send + 'static,
        others: Others,
        clock: Clock,
        (readers, mut threads): (Readers, Vec<JoinHandle<()>>),
    ) -> Result<Self, StoreError> {
        let (combiner, checkpoints) = (Arc::new(Combiner::default()), Arc::new(Checkpoints::default()));
        let (opened, is_open) = std::sync::mpsc::channel();
        threads.push({
            let (combiner, checkpoints, clock) = (combiner.clone(), checkpoints.clone(), clock.clone());
            spawn("rokad-writer", move || {
                let writer = open().and_then(|writer| {
                    migrate(&writer, others)?;
                    // Whoever serves an embedded database is ready before it is asked; others read when they need to.
                    if others == Others::AreGone {
                        orders::make_ready(&writer)?;
                    }
                    Ok(writer)
                });
                let (said, writer) = match writer {
                    Ok(writer) => (Ok(()), Some(writer)),
                    Err(error) => (Err(error), None),
                };
                // Whoever opens the store waits for it.
                let _ = opened.send(said);
                if let Some(writer) = writer {
                    let now = || clock.now();
                    combiner::write(&combiner, &writer, now, writer.worth_waiting(), |handle| {
                        checkpoints.restart_if_due(handle)
                    });
                }
            })?
        });
        let store = Self(Arc::new(Inner {
            clock,
            combiner,
            checkpoints,
            readers,
            threads: Mutex::new(threads),
        }));
        is_open.recv().unwrap_or(Err(StoreError::Closed))?;
        Ok(store)
    }

    /// Of the embedded database: writes its log back, off the hot path.
    fn write_back(self, handle: Handle) -> Result<Self, StoreError> {
        let checkpoints = self.0.checkpoints.clone();
        let thread = spawn("rokad-checkpoint", move || checkpoints.run(&handle))?;
        self.0
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(thread);
        Ok(self)
    }

    /// Whether several nodes may serve it. Of an embedded database the lock of its directory sees to it that there is one.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0.readers, Readers::Threads(_))
    }

    /// The clock that stamps its transactions.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Carries `ask` out together with all others that wait for `step`, and answers when it is durable.
    ///
    /// # Errors
    /// When the transaction failed; then nothing of it is left. When the program dies while this waits, the ask may
    /// or may not have become durable: whoever must know asks again.
    pub async fn run<F, A, R>(&self, step: F, ask: A) -> Result<R, StoreError>
    where
        F: Fn(&mut Tx<'_>, Now, &[A]) -> Result<Vec<R>, StoreError> + Copy + Send + 'static,
        A: Send + 'static,
        R: Send + 'static,
    {
        self.0
            .combiner
            .push(step, ask)?
            .await
            .unwrap_or(Err(StoreError::Closed))
    }

    /// A transaction for rows that change rarely. `what` names it in the log. The body may run more than once.
    ///
    /// # Errors
    /// What `body` says, or the database.
    pub async fn tx<R, E>(
        &self,
        what: &'static str,
        body: impl Fn(&mut Tx<'_>, Now) -> Result<R, E> + Send + Sync + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        tracing::debug!(what, "transaction");
        self.run(run_body::<R, E>, Box::new(body) as Body<R, E>).await?
    }

    /// Reads, from one unchanging view of the database. Never waits for a writer.
    ///
    /// # Errors
    /// What `body` says, or the database.
    pub async fn read<R: Send + 'static>(
        &self,
        body: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        self.0.readers.read(body).await
    }

    /// Carries out what waits, stops the threads and closes the connections. Later asks are refused.
    pub fn close(&self) {
        self.0.combiner.close();
        self.0.checkpoints.stop();
        // Of all processes the last connection to close writes the log of an embedded database back and removes it.
        self.0.readers.close();
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store had panicked");
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.combiner.close();
        self.checkpoints.stop();
        self.readers.close();
    }
}

type Body<R, E> = Box<dyn Fn(&mut Tx<'_>, Now) -> Result<R, E> + Send + Sync>;

/// The step behind [`Store::tx`]. A body that refuses leaves nothing.
fn run_body<R, E: From<StoreError>>(
    tx: &mut Tx<'_>,
    now: Now,
    bodies: &[Body<R, E>],
) -> Result<Vec<Result<R, E>>, StoreError> {
    bodies
        .iter()
        .map(|body| tx.all_or_nothing(|tx| body(tx, now)))
        .collect()
}

pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Database(format!("cannot start a thread: {error}")))
}
