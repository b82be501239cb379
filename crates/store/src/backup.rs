//! A backup of the embedded database while a gateway writes to it: one state, the one of the moment in which it begins.

use crate::{copy::CopyError, dialect::Handle, error::StoreError, part::Part, tx::Tx};
use std::path::Path;

/// What a book holds, at a glance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
    /// How many payouts.
    pub payouts: i64,
    /// How many payments.
    pub payments: i64,
    /// The last link of the chain: its number and its hash.
    pub last_link: (i64, Vec<u8>),
}

/// Writes the state of this moment to the file `to`, which must not exist and is there only when it is whole. Says what is
/// in it, and its size in bytes.
///
/// # Errors
/// When it cannot be read or written.
pub fn back_up(from: &Path, to: &Path) -> Result<(Outline, u64), CopyError> {
    let part = Part::begin(to)?;
    Handle::open_sqlite(from, false)?.back_up(part.path())?;
    let outline = outline(part.path())?;
    let bytes = part.path().metadata()?.len();
    part.finish()?;
    Ok((outline, bytes))
}

fn outline(file: &Path) -> Result<Outline, StoreError> {
    let handle = Handle::open_to_look(file)?;
    let tx = Tx::new(&handle);
    let count = |table: &str| {
        let counted = tx.query_one(&format!("SELECT COUNT(*) FROM {table}"), &[], |row| row.int(0))?;
        Ok::<_, StoreError>(counted.unwrap_or(0))
    };
    Ok(Outline {
        payouts: count("payouts")?,
        payments: count("payments")?,
        last_link: handle.last_link()?.unwrap_or_default(),
    })
}
