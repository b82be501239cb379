//! What can go wrong between us and the database. None of it is the caller's fault.

/// A failure of the store. The transaction it happened in was rolled back.
#[derive(thiserror::Error, Clone, Debug)]
pub enum StoreError {
    /// The database refused or failed.
    #[error("database: {0}")]
    Database(String),
    /// A row does not make sense: the file was changed by something else, or this program is older than the file.
    #[error("corrupt row: {0}")]
    Corrupt(String),
    /// The database was brought further by a newer program.
    #[error("the database has schema {have}, this program knows {known}: use a newer rokad")]
    NewerSchema {
        /// The schema of the database.
        have: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Another transaction was faster; it was tried again and lost again.
    #[error("lost a race: {0}")]
    LostRace(&'static str),
    /// The database was lost in the middle of a commit: it may have happened or not. Whoever must know asks again.
    #[error("the database was lost in the middle of a commit; whether it happened is not known")]
    Unknown,
    /// A node that runs could not go on beside a newer schema.
    #[error(
        "the node {name} runs an older rokad, which does not know schema {needed}: upgrade it first, or stop it"
    )]
    OlderNode {
        /// Its name.
        name: String,
        /// The oldest schema whose programs can go on.
        needed: i64,
    },
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
    /// Too much is waiting already.
    #[error("too much is waiting for the database")]
    Busy,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl StoreError {
    /// Whether nothing was tried, for want of room or because of a stop: the same may go well in a moment, or at another node.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        match self {
            Self::Busy | Self::Closed => true,
            Self::Database(_)
            | Self::Corrupt(_)
            | Self::LostRace(_)
            | Self::NewerSchema { .. }
            | Self::OlderNode { .. }
            | Self::Unknown => false,
        }
    }

    /// A row that does not make sense.
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt(what.into())
    }
}
