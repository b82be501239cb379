//! The only file that knows which database it speaks to.
//!
//! Everybody else writes SQL that every database here understands, with `$1, $2, …` for parameters, and uses the
//! plural forms: [`select_in`], [`insert_many`], [`update_many`], [`delete_many`]. On SQLite, in the same process, these
//! are loops of one prepared statement; on a server they would be one round trip each.

use crate::error::StoreError;
use rusqlite::{
    CachedStatement, Connection, ErrorCode, OpenFlags, ToSql,
    config::DbConfig,
    types::{FromSql, ToSqlOutput, ValueRef},
};
use std::{path::Path, time::Duration};

/// A connection.
pub(crate) enum Handle {
    /// The embedded database.
    Sqlite(Connection),
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// A number.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// Nothing.
    Null,
}

impl<'a> Value<'a> {
    /// A number, or nothing.
    pub(crate) fn maybe(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }

    /// A text, or nothing.
    pub(crate) fn maybe_text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
        }))
    }
}

/// A row of an answer. Columns are read by their place.
pub(crate) struct Row<'r>(&'r rusqlite::Row<'r>);

impl Row<'_> {
    fn get<T: FromSql>(&self, column: usize) -> Result<T, StoreError> {
        Ok(self.0.get(column)?)
    }
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.get(column)
    }
    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }
    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        self.get(column)
    }
    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.get(column)
    }
    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        self.get(column)
    }
    pub(crate) fn blob(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }
}

/// `INSERT INTO table (columns)`.
pub(crate) struct Insert<const N: usize> {
    pub(crate) table: &'static str,
    pub(crate) columns: [&'static str; N],
}

/// `UPDATE table SET columns[1..] WHERE columns[0] = …`: the first column is the key.
pub(crate) struct Update<const N: usize> {
    pub(crate) table: &'static str,
    pub(crate) columns: [&'static str; N],
}

fn marks(count: usize) -> String {
    (1..=count)
        .map(|n| format!("?{n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Milliseconds that a writer waits for another process to finish its transaction (a command beside the server).
const BUSY_TIMEOUT_MS: u64 = 10_000;

/// Milliseconds that the writer waits for readers before the log begins anew. A long reader must not hold payouts up: the
/// log grows meanwhile, and the next look tries again.
const RESTART_TIMEOUT_MS: u64 = 5;

/// KiB of pages that a connection keeps in memory.
const CACHE_KIB: u32 = 16 * 1024;

impl Handle {
    /// Opens the embedded database, making the file if `create`.
    pub(crate) fn open_sqlite(path: &Path, create: bool) -> Result<Self, StoreError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags.set(OpenFlags::SQLITE_OPEN_CREATE, create);
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
        db.set_prepared_statement_cache_capacity(128);
        // Plans do not depend on bound values: else a statement with a range is prepared anew at each use.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        write_ahead(&db)?;
        // FULL: an answer that left is on the disk. Checkpoints run on a thread of their own (checkpoint.rs).
        db.execute_batch(&format!(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = MEMORY;"
        ))?;
        Ok(Self::Sqlite(db))
    }

    /// A connection that does not wait for others.
    #[cfg(test)]
    pub(crate) fn open_impatient(path: &Path) -> Self {
        let Self::Sqlite(db) = Self::open_sqlite(path, true).unwrap();
        db.busy_timeout(Duration::ZERO).unwrap();
        Self::Sqlite(db)
    }

    /// Runs several statements of a migration, in this database's words.
    pub(crate) fn execute_script(&self, text: &str) -> Result<(), StoreError> {
        let Self::Sqlite(db) = self;
        Ok(db.execute_batch(text)?)
    }

    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        self.execute("BEGIN IMMEDIATE", &[]).map(|_| ())
    }
    pub(crate) fn begin_read(&self) -> Result<(), StoreError> {
        self.execute("BEGIN", &[]).map(|_| ())
    }
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.execute("COMMIT", &[]).map(|_| ())
    }
    pub(crate) fn rollback(&self) -> Result<(), StoreError> {
        let Self::Sqlite(db) = self;
        // A failed COMMIT may have ended the transaction by itself.
        if db.is_autocommit() {
            Ok(())
        } else {
            self.execute("ROLLBACK", &[]).map(|_| ())
        }
    }

    /// One statement. Returns the number of rows that it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let Self::Sqlite(db) = self;
        Ok(prepare(db, sql)?.execute(rusqlite::params_from_iter(values))?)
    }

    /// Every row of an answer, given to `take` one by one.
    pub(crate) fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self::Sqlite(db) = self;
        let mut statement = prepare(db, sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            take(&Row(row))?;
        }
        Ok(())
    }

    /// `select` (up to `FROM table`) for each of `keys`. Keys without a row are left out; the order is not promised.
    pub(crate) fn select_in(
        &self,
        select: &str,
        key: &str,
        keys: &[i64],
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self::Sqlite(db) = self;
        let mut statement = db.prepare_cached(&format!("{select} WHERE {key} = ?1"))?;
        for key in keys {
            let mut rows = statement.query([key])?;
            while let Some(row) = rows.next()? {
                take(&Row(row))?;
            }
        }
        Ok(())
    }

    /// Inserts every row.
    pub(crate) fn insert_many<'v, const N: usize>(
        &self,
        into: &Insert<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let Self::Sqlite(db) = self;
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            into.table,
            into.columns.join(", "),
            marks(N)
        );
        let mut statement = db.prepare_cached(&sql)?;
        for row in rows {
            statement.execute(rusqlite::params_from_iter(&row))?;
        }
        Ok(())
    }

    /// Updates the row of each key; the key is the first value of a row. Every key must have a row.
    pub(crate) fn update_many<'v, const N: usize>(
        &self,
        update: &Update<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let Self::Sqlite(db) = self;
        let [key, columns @ ..] = update.columns.as_slice() else {
            return Ok(());
        };
        let sets: Vec<String> = columns
            .iter()
            .zip(2..)
            .map(|(column, n)| format!("{column} = ?{n}"))
            .collect();
        let sql = format!("UPDATE {} SET {} WHERE {key} = ?1", update.table, sets.join(", "));
        let mut statement = db.prepare_cached(&sql)?;
        for row in rows {
            if statement.execute(rusqlite::params_from_iter(&row))? != 1 {
                return Err(StoreError::LostRace(update.table));
            }
        }
        Ok(())
    }

    /// Deletes the row of each key. Returns how many there were.
    pub(crate) fn delete_many(&self, table: &str, key: &str, keys: &[i64]) -> Result<usize, StoreError> {
        let Self::Sqlite(db) = self;
        let mut statement = db.prepare_cached(&format!("DELETE FROM {table} WHERE {key} = ?1"))?;
        let mut deleted = 0;
        for key in keys {
            deleted += statement.execute([key])?;
        }
        Ok(deleted)
    }

    /// Hands out `count` numbers of `counter` and returns the first. Never handed out twice, not even after a delete.
    pub(crate) fn next_numbers(&self, counter: &str, count: usize) -> Result<i64, StoreError> {
        let Self::Sqlite(db) = self;
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let last: i64 = db
            .prepare_cached("UPDATE counters SET value = value + ?1 WHERE name = ?2 RETURNING value")?
            .query_row(rusqlite::params![count, counter], |row| row.get(0))?;
        Ok(last - count + 1)
    }
}

/// Switches the file to write-ahead logging. Of two processes that open a new file at one instant each may stand in the
/// other's way; SQLite then gives up at once, whatever the busy timeout, since waiting could be for ever. Trying again is not.
fn write_ahead(db: &Connection) -> Result<(), StoreError> {
    const GAP_MS: u64 = 5;
    let busy = |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
    let mut tries_left = BUSY_TIMEOUT_MS / GAP_MS;
    loop {
        match db.execute_batch("PRAGMA journal_mode = WAL") {
            Err(error) if busy(&error) && tries_left > 0 => {
                tries_left -= 1;
                std::thread::sleep(Duration::from_millis(GAP_MS));
            }
            done => return Ok(done?),
        }
    }
}

/// Prepares a statement. To SQLite `$2` is a name, numbered by where it first stands; `?2` is the place that we mean.
fn prepare<'d>(db: &'d Connection, sql: &str) -> Result<CachedStatement<'d>, StoreError> {
    Ok(if sql.contains('$') {
        db.prepare_cached(&sql.replace('$', "?"))?
    } else {
        db.prepare_cached(sql)?
    })
}

/// How far the log of an embedded database has grown, and been written back. In pages.
pub(crate) struct LogPages {
    pub(crate) in_log: i64,
    pub(crate) written_back: i64,
}

/// How hard a checkpoint tries.
#[derive(Clone, Copy)]
pub(crate) enum Checkpoint {
    /// Only look.
    Look,
    /// Write back what can be written without making anybody wait.
    Passive,
    /// Write back all, and let the log begin anew, if no reader stands in the way for longer than a moment. The writer waits.
    Restart,
}

impl Handle {
    /// Moves pages of the log into the database file.
    pub(crate) fn checkpoint(&self, how: Checkpoint) -> Result<LogPages, StoreError> {
        let Self::Sqlite(db) = self;
        match how {
            Checkpoint::Look => pragma(db, "PRAGMA wal_checkpoint(NOOP)"),
            Checkpoint::Passive => pragma(db, "PRAGMA wal_checkpoint(PASSIVE)"),
            Checkpoint::Restart => {
                db.busy_timeout(Duration::from_millis(RESTART_TIMEOUT_MS))?;
                let pages = pragma(db, "PRAGMA wal_checkpoint(RESTART)");
                db.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
                pages
            }
        }
    }
}

fn pragma(db: &Connection, sql: &str) -> Result<LogPages, StoreError> {
    Ok(db.prepare_cached(sql)?.query_row([], |row| {
        Ok(LogPages {
            in_log: row.get(1)?,
            written_back: row.get(2)?,
        })
    })?)
}
