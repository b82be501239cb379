//! Why the bank, or its acquirer, cannot be opened, or does not answer.

use std::path::PathBuf;

/// The bank, or its acquirer, cannot be opened, or does not answer.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// The journal cannot be read or written.
    #[error("the bank's journal: {0}")]
    Io(#[from] std::io::Error),
    /// Another bank has the journal open.
    #[error("{0} is in use by another bank")]
    InUse(PathBuf),
    /// A line of the journal is not what was written, or cannot follow those before it.
    #[error("{path} is damaged: line {line} is not what was written")]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// The first bad line, counted from 1.
        line: u64,
    },
    /// An account of the seed has a number that is none.
    #[error("the account number of {0:?} is not 1 to 34 letters and digits")]
    BadSeed(String),
    /// The bank was closed, or its disk failed.
    #[error("the bank is closed")]
    Closed,
    /// The book holds as much as it can number.
    #[error("the bank's book is full")]
    Full,
    /// The bank's own rules contradict each other. Nothing was booked.
    #[error("the bank wanted to book what cannot be")]
    Impossible,
}
