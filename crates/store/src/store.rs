//! The store: one writer behind the combiner, readers that never wait for it.

use crate::{
    Clock,
    checkpoint::Checkpoints,
    combiner::{self, Combiner},
    dialect::Handle,
    error::StoreError,
    migrate::migrate,
    tx::Tx,
};
use rokad_domain::Now;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

/// Connections kept for readers. More may be open at once; what is above this is closed after use.
const READERS_KEPT: usize = 4;

/// A database. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    clock: Clock,
    combiner: Arc<Combiner>,
    checkpoints: Arc<Checkpoints>,
    readers: Mutex<Vec<Handle>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Store {
    /// Opens the embedded database at `path`, makes it where it is missing, and brings it to the present schema.
    ///
    /// # Errors
    /// When the file cannot be opened, or is of a newer schema.
    pub fn open(path: &Path, clock: Clock) -> Result<Self, StoreError> {
        Self::with(path, clock, true)
    }

    /// Opens a database that must exist.
    ///
    /// # Errors
    /// When there is none, or it is of a newer schema.
    pub fn open_existing(path: &Path, clock: Clock) -> Result<Self, StoreError> {
        Self::with(path, clock, false)
    }

    fn with(path: &Path, clock: Clock, create: bool) -> Result<Self, StoreError> {
        let writer = Handle::open_sqlite(path, create)?;
        migrate(&writer)?;
        let checkpointer = Handle::open_sqlite(path, false)?;
        let (combiner, checkpoints) = (Arc::new(Combiner::default()), Arc::new(Checkpoints::default()));
        let writes = {
            let (combiner, checkpoints, clock) = (combiner.clone(), checkpoints.clone(), clock.clone());
            spawn("rokad-writer", move || {
                combiner::write(
                    &combiner,
                    &writer,
                    || clock.now(),
                    |handle| checkpoints.restart_if_due(handle),
                );
            })?
        };
        let checkpointing = {
            let checkpoints = checkpoints.clone();
            spawn("rokad-checkpoint", move || checkpoints.run(&checkpointer))?
        };
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            clock,
            combiner,
            checkpoints,
            readers: Mutex::default(),
            threads: Mutex::new(vec![writes, checkpointing]),
        })))
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
    pub async fn read<R>(
        &self,
        body: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        // On the embedded database a read is a few microseconds of work on pages in memory: a thread would cost more.
        let handle = self.reader()?;
        handle.begin_read()?;
        let answer = body(&mut Tx::new(&handle));
        handle.rollback()?;
        let mut readers = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_KEPT {
            readers.push(handle);
        }
        answer
    }

    fn reader(&self) -> Result<Handle, StoreError> {
        let kept = self
            .0
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        kept.map_or_else(|| Handle::open_sqlite(&self.0.path, false), Ok)
    }

    /// Carries out what waits, stops the threads and closes the connections. Later asks are refused.
    pub fn close(&self) {
        self.0.combiner.close();
        self.0.checkpoints.stop();
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store had panicked");
            }
        }
        // The last connection of all processes to close writes the log back and removes it.
        self.0
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.combiner.close();
        self.checkpoints.stop();
    }
}

type Body<R, E> = Box<dyn Fn(&mut Tx<'_>, Now) -> Result<R, E> + Send + Sync>;

/// The step behind [`Store::tx`]. A body that refuses leaves nothing.
fn run_body<R, E>(tx: &mut Tx<'_>, now: Now, bodies: &[Body<R, E>]) -> Result<Vec<Result<R, E>>, StoreError> {
    bodies
        .iter()
        .map(|body| tx.all_or_nothing(|tx| body(tx, now)))
        .collect()
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Database(format!("cannot start a thread: {error}")))
}
