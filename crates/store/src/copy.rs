//! A whole book from one database to another, every table of it, and the sums by which both are compared.
//!
//! The source is held still: nobody else can write there, and it is read from one unchanging view. The destination
//! must be empty, and becomes a gateway in its last step: until then all of it is one transaction, or a file under
//! another name, so that whoever is interrupted begins again and finds nothing in the way.

mod destination;
mod source;
mod sum;
mod tables;

pub use destination::Destination;
pub use source::Source;
pub use sum::Sum;

use crate::{dialect::Handle, error::StoreError, node, tx::Tx};
use std::{path::Path, time::Duration};

/// How long the beats of nodes are watched: longer than the time between two, whatever the lease.
const BEATS_WITHIN: Duration = Duration::from_secs(6);

/// Why nothing was copied. Nothing is left of it.
#[derive(thiserror::Error, Debug)]
pub enum CopyError {
    /// The destination holds something.
    #[error("the database at the destination is not empty: {0}; nothing was copied")]
    NotEmpty(String),
    /// Somebody serves it.
    #[error("the node {0} serves this database: stop it first; nothing was copied")]
    Served(String),
    /// There is nothing at the source.
    #[error("there is no gateway at the source")]
    NoSource,
    /// The source has the schema of another version.
    #[error(
        "the book has schema {have}, this program knows {known}: use the program that serves it, or let this one serve it once"
    )]
    OtherSchema {
        /// The schema of the source.
        have: i64,
        /// The schema of this program.
        known: i64,
    },
    /// A file.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far it is, for whoever waits.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The table.
    pub table: &'a str,
    /// Rows of it so far.
    pub rows: u64,
    /// It is done.
    pub done: bool,
}

/// Rows between two words to whoever waits.
const PROGRESS_EVERY: u64 = 250_000;

/// Whoever is told.
pub type Watch<'a> = &'a mut dyn FnMut(Progress<'_>);

fn tell(watch: &mut dyn FnMut(Progress<'_>), table: &str, rows: u64) {
    if rows.is_multiple_of(PROGRESS_EVERY) {
        let done = false;
        watch(Progress { table, rows, done });
    }
}

/// Nobody may serve a database on a server. A node that was killed is still in the list of nodes, but does not beat.
fn expect_unserved(handle: &Handle) -> Result<(), CopyError> {
    let nodes = node::all(&Tx::new(handle))?;
    if nodes.is_empty() {
        return Ok(());
    }
    std::thread::sleep(BEATS_WITHIN);
    match node::all(&Tx::new(handle))?
        .into_iter()
        .find(|node| !nodes.contains(node))
    {
        Some(living) => Err(CopyError::Served(living.name)),
        None => Ok(()),
    }
}

/// Reads a file of the embedded database that nobody serves, from one unchanging view. Nothing of it changes.
///
/// # Errors
/// What `body` says, when it cannot be read, or has the schema of another version.
pub fn look_at<R>(
    file: &Path,
    body: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError>,
) -> Result<R, CopyError> {
    let handle = Handle::open_to_look(file)?;
    tables::expect_present_schema(&handle)?;
    handle.begin_read()?;
    Ok(body(&mut Tx::new(&handle))?)
}
