//! Databases for tests, and the macro that runs one list of tests on every one of them.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test file uses the part that it needs"
)]

mod migrations;
mod raw;
pub mod wire;

pub use migrations::migrations;
pub use raw::{WRITES, apart};

use rokad_domain::{
    BasisPoints, Paise, UnixMs,
    charge::{FeeOnReturn, FeePlan},
};
use rokad_store::{Clock, Place, Store, merchant::Terms};
use std::{
    future::poll_fn,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::Poll,
};
use tempfile::TempDir;

/// Writes each test once and runs it on every database there is.
///
/// ```ignore
/// on_every_database! {
///     fn a_sentence_about_behaviour(db) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_every_database {
    ($($(#[$meta:meta])* fn $test:ident($db:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $test {
            #[allow(unused_imports, reason = "a test may need nothing of its file")]
            use super::*;

            async fn story($db: $crate::support::Database) $body

            $crate::on_each!(
                story,
                on_sqlite: $crate::support::Database::sqlite,
                on_postgres: $crate::support::Database::postgres
            );
        }
    )*};
}

/// As [`on_every_database!`], for what only several nodes can do, or do to each other.
#[macro_export]
macro_rules! on_a_server {
    ($($(#[$meta:meta])* fn $test:ident($db:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $test {
            #[allow(unused_imports, reason = "a test may need nothing of its file")]
            use super::*;

            async fn story($db: $crate::support::Database) $body

            $crate::on_each!(story, on_postgres: $crate::support::Database::postgres);
        }
    )*};
}

/// One test for each database. Another database is another line above.
#[macro_export]
macro_rules! on_each {
    ($story:ident, $($name:ident: $open:path),*) => {$(
        #[test]
        fn $name() {
            $crate::support::block_on($story($open()));
        }
    )*};
}

/// The terms of a merchant whom nothing costs anything.
pub fn terms() -> Terms {
    let plan = FeePlan {
        flat: Paise::ZERO,
        rate: BasisPoints::default(),
        gst: BasisPoints::default(),
        on_return: FeeOnReturn::Keep,
    };
    Terms {
        name: "A shop".to_owned(),
        addresses: String::new(),
        amount_rupees_max: 1_000,
        plan,
        collect_plan: plan,
        settle_after: 2,
    }
}

/// Runs a story to its end on a thread of its own.
pub fn block_on<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(story)
}

/// Starts all, then waits for all: what can stand in one batch does.
pub async fn all_at_once<T>(stories: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    all_at_once_then(stories, || ()).await
}

/// Starts all, does `then`, and waits for all.
pub async fn all_at_once_then<T>(
    stories: impl IntoIterator<Item = impl Future<Output = T>>,
    then: impl FnOnce(),
) -> Vec<T> {
    let mut started = Vec::new();
    for story in stories {
        started.push(start(story).await);
    }
    then();
    let mut ended = Vec::with_capacity(started.len());
    for story in started {
        ended.push(story.await);
    }
    ended
}

/// A story that was polled once: what it asks for is asked, and its end is kept for whoever awaits it.
pub async fn start<F: Future>(story: F) -> impl Future<Output = F::Output> {
    let mut story = Box::pin(story);
    let mut ended = poll_fn(|context| {
        Poll::Ready(match story.as_mut().poll(context) {
            Poll::Ready(end) => Some(end),
            Poll::Pending => None,
        })
    })
    .await;
    async move {
        match ended.take() {
            Some(end) => end,
            None => story.await,
        }
    }
}

/// 2026-01-01T12:00 in Kolkata.
pub const NOON: UnixMs = UnixMs(1_767_249_000_000);

/// An empty database that is removed with this value, and a clock that stands still until it is moved.
pub struct Database {
    kind: Kind,
    clock: Arc<AtomicI64>,
}

enum Kind {
    /// The embedded one, in this folder.
    File(TempDir),
    /// On a PostgreSQL server.
    Schema(Box<raw::Schema>),
}

impl Database {
    /// The embedded one.
    pub fn sqlite() -> Self {
        // In memory where there is such a place: these tests are not about the disk.
        Self::of(Kind::File(
            TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap(),
        ))
    }

    /// One on the server.
    pub fn postgres() -> Self {
        Self::of(Kind::Schema(Box::new(raw::Schema::create())))
    }

    fn of(kind: Kind) -> Self {
        let clock = Arc::new(AtomicI64::new(NOON.0));
        Self { kind, clock }
    }

    /// Another empty one of the same kind.
    pub fn another(&self) -> Self {
        match self.kind {
            Kind::File(_) => Self::sqlite(),
            Kind::Schema(_) => Self::postgres(),
        }
    }

    /// Opens it, as another process would.
    pub fn open(&self) -> Store {
        Store::open(&self.place(), self.clock()).unwrap()
    }

    /// Whether it is on a server.
    pub fn is_on_server(&self) -> bool {
        matches!(self.kind, Kind::Schema(_))
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        match &self.kind {
            Kind::File(_) => Place::File(self.path()),
            Kind::Schema(schema) => Place::Server(schema.url()),
        }
    }

    /// The file of an embedded one.
    pub fn path(&self) -> PathBuf {
        match &self.kind {
            Kind::File(dir) => dir.path().join("rokad.db"),
            Kind::Schema(_) => panic!("it is on a server"),
        }
    }

    /// Shows the time that was set.
    pub fn clock(&self) -> Clock {
        let clock = self.clock.clone();
        Clock::from_fn(move || UnixMs(clock.load(Ordering::SeqCst)))
    }

    /// What the clock shows.
    pub fn now(&self) -> UnixMs {
        UnixMs(self.clock.load(Ordering::SeqCst))
    }

    /// Moves the clock.
    pub fn forward(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }
}
