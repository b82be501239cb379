//! The tables of a book. They are asked of an empty database to which the migrations were applied, so that none of a later
//! migration can be forgotten.

use super::{
    CopyError,
    sum::{Sum, Summing},
};
use crate::{
    dialect::{Handle, Shape},
    error::StoreError,
    migrate::{self, known_schema},
};

/// What belongs to a database and not to the book in it.
const NOT_OF_THE_BOOK: [&str; 6] = [
    // Which migrations were applied: the destination keeps its own account of that.
    "schema_version",
    // Connections of processes and how far they came; nobody asks for those of another database.
    "writers",
    // Processes that served it, and what each did.
    "nodes",
    "leases",
    // Follow from the payouts; an embedded database makes its own.
    "order_form",
    "order_pages",
];

/// The tables of the book, as the first `version` migrations make them, and what is in them then.
pub(super) struct Tables {
    pub(super) all: Vec<Shape>,
    fresh: Handle,
}

impl Tables {
    pub(super) fn of(version: i64) -> Result<Self, StoreError> {
        let fresh = Handle::in_memory()?;
        migrate::migrate_to(&fresh, version)?;
        let mut all = fresh.shapes()?;
        all.retain(|table| !NOT_OF_THE_BOOK.contains(&table.name.as_str()));
        Ok(Self { all, fresh })
    }

    /// The first table that holds something else than the migrations put in.
    pub(super) fn first_used(&self, handle: &Handle) -> Result<Option<&str>, StoreError> {
        for table in &self.all {
            if sum(&self.fresh, table)? != sum(handle, table)? {
                return Ok(Some(&table.name));
            }
        }
        Ok(None)
    }
}

fn sum(handle: &Handle, table: &Shape) -> Result<Sum, StoreError> {
    let mut sum = Summing::of(&table.name);
    handle.each_row(table, |row| {
        sum.add(row);
        Ok(())
    })?;
    Ok(sum.end())
}

/// The version of the schema; 0 without one.
pub(super) fn version(handle: &Handle) -> Result<i64, StoreError> {
    if handle.has_table("schema_version")? {
        migrate::version(handle)
    } else {
        Ok(0)
    }
}

/// Refuses a book of another schema: it would have to be changed to be read.
pub(super) fn expect_present_schema(handle: &Handle) -> Result<(), CopyError> {
    match (version(handle)?, known_schema()) {
        (0, _) => Err(CopyError::NoSource),
        (have, known) if have == known => Ok(()),
        (have, known) => Err(CopyError::OtherSchema { have, known }),
    }
}
