//! Brings a database to the present schema. A migration, once released, never changes.

use crate::{
    dialect::{Handle, Value},
    error::StoreError,
};

/// Every migration, oldest first. Its number is its place, counted from 1.
pub(crate) const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_book", include_str!("../../../migrations/0001_book.sql")),
    (
        "0002_collecting",
        include_str!("../../../migrations/0002_collecting.sql"),
    ),
    (
        "0003_writers",
        include_str!("../../../migrations/0003_writers.sql"),
    ),
];

/// Applies what is missing, each migration in a transaction of its own.
///
/// # Errors
/// When the database is newer than this program, or a statement fails.
pub(crate) fn migrate(handle: &Handle) -> Result<(), StoreError> {
    migrate_to(handle, i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))
}

/// As [`migrate`], with the first `known` migrations alone.
pub(crate) fn migrate_to(handle: &Handle, known: i64) -> Result<(), StoreError> {
    // Two processes may start at once: whoever comes second waits, and finds everything done.
    in_transaction(handle, || {
        handle.execute_script(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
        )
    })?;
    let have = version(handle)?;
    if have > known {
        return Err(StoreError::NewerSchema { have, known });
    }
    for (number, (name, text)) in (1..).zip(MIGRATIONS) {
        if number > have && number <= known {
            in_transaction(handle, || {
                if version(handle)? < number {
                    apply(handle, number, name, text)
                } else {
                    Ok(())
                }
            })?;
        }
    }
    Ok(())
}

fn in_transaction(handle: &Handle, body: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
    handle.begin_migration()?;
    body().and_then(|()| handle.commit()).inspect_err(|_| {
        // The failure itself is what the caller has to hear of.
        let _ = handle.rollback();
    })
}

fn apply(handle: &Handle, number: i64, name: &str, text: &str) -> Result<(), StoreError> {
    handle.execute_script(text)?;
    let values = [Value::Int(number), Value::Text(name)];
    handle
        .execute(
            "INSERT INTO schema_version (version, name) VALUES ($1, $2)",
            &values,
        )
        .map(|_| ())
}

/// The number of the last migration that was applied.
pub(crate) fn version(handle: &Handle) -> Result<i64, StoreError> {
    let mut version = 0;
    handle.each(
        "SELECT COALESCE(MAX(version), 0) FROM schema_version",
        &[],
        |row| {
            version = row.int(0)?;
            Ok(())
        },
    )?;
    Ok(version)
}
