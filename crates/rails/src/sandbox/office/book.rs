//! What an office keeps: a book that records change.

use rokad_domain::UnixMs;
use serde::{Serialize, de::DeserializeOwned};

/// A book in memory: what all records of its journal together come to.
pub trait Book: Default + Send + 'static {
    /// Something that happened. Records tell what was decided, never how: a later program replays them as they are.
    type Record: Serialize + DeserializeOwned;
    /// The journal's name in its directory.
    const FILE_NAME: &'static str;

    /// The first record of a journal.
    fn begin(at: UnixMs) -> Self::Record;

    /// When `record` happened, as far as it says.
    fn at(record: &Self::Record) -> Option<UnixMs>;

    /// Takes note of `record`, number `position` of the journal. All or nothing.
    ///
    /// # Errors
    /// [`Impossible`]: it cannot follow those before it.
    fn apply(&mut self, record: &Self::Record, position: u64) -> Result<(), Impossible>;

    /// The first thing that is due at `now`, as the record that makes it so.
    fn due(&self, now: UnixMs) -> Option<Self::Record>;
}

/// A record that cannot follow those before it.
#[derive(Debug)]
pub struct Impossible;
