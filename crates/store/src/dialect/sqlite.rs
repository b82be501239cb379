//! The embedded database: plural forms are loops of one prepared statement in this process.

mod whole;

use super::{Insert, LAST_LINK, Row, Update, Value};
use crate::{error::StoreError, orders::Orders};
use rusqlite::{
    CachedStatement, Connection, ErrorCode, OpenFlags, ToSql,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};
use std::{cell::RefCell, path::Path, time::Duration};
pub(super) use whole::values;

/// A connection to it.
pub(crate) struct Sqlite {
    db: Connection,
    /// What it knows of the orders in the book.
    orders: RefCell<Orders>,
}

impl From<Connection> for Sqlite {
    fn from(db: Connection) -> Self {
        let orders = RefCell::default();
        Self { db, orders }
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

fn marks(count: usize) -> String {
    (1..=count)
        .map(|n| format!("?{n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Before a line of a script that is for the embedded database alone; to a server it is a comment.
const ONLY_HERE: &str = "-- embedded: ";

/// Milliseconds that a writer waits for another process to finish its transaction (a command beside the server).
const BUSY_TIMEOUT_MS: u64 = 10_000;

/// Milliseconds that the writer waits for readers before the log begins anew. A long reader must not hold payouts up: the
/// log grows meanwhile, and the next look tries again.
const RESTART_TIMEOUT_MS: u64 = 5;

/// KiB of pages that a connection keeps in memory.
const CACHE_KIB: u32 = 16 * 1024;

/// `a = ?1 AND b = ?2`.
fn each_is<const N: usize>(columns: [&str; N]) -> String {
    let each: Vec<String> = (1..)
        .zip(columns)
        .map(|(n, column)| format!("{column} = ?{n}"))
        .collect();
    each.join(" AND ")
}

fn of_one_column(keys: &[i64]) -> Vec<[Value<'static>; 1]> {
    keys.iter().map(|key| [Value::Int(*key)]).collect()
}

impl Sqlite {
    /// Opens the embedded database, making the file if `create`.
    pub(crate) fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
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
        Ok(db.into())
    }

    /// A connection that does not wait for others.
    #[cfg(test)]
    pub(crate) fn open_impatient(path: &Path) -> Self {
        let opened = Self::open(path, true).unwrap();
        opened.db.busy_timeout(Duration::ZERO).unwrap();
        opened
    }

    pub(crate) fn execute_script(&self, text: &str) -> Result<(), StoreError> {
        let Self { db, .. } = self;
        Ok(db.execute_batch(&text.replace(ONLY_HERE, ""))?)
    }

    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        self.execute("BEGIN IMMEDIATE", &[]).map(|_| ())
    }
    pub(crate) fn begin_read(&self) -> Result<(), StoreError> {
        self.execute("BEGIN", &[]).map(|_| ())
    }
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.execute("COMMIT", &[])?;
        self.orders.borrow_mut().keep();
        Ok(())
    }
    pub(crate) fn rollback(&self) -> Result<(), StoreError> {
        let Self { db, orders } = self;
        let mut orders = orders.borrow_mut();
        orders.take_back();
        orders.keep();
        // A failed COMMIT may have ended the transaction by itself.
        if db.is_autocommit() {
            Ok(())
        } else {
            self.execute("ROLLBACK", &[]).map(|_| ())
        }
    }

    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let Self { db, .. } = self;
        Ok(prepare(db, sql)?.execute(rusqlite::params_from_iter(values))?)
    }

    pub(crate) fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.execute(sql, values).map(|_| ())
    }

    pub(crate) fn change_one(
        &self,
        table: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        match self.execute(sql, values)? {
            1 => Ok(()),
            _ => Err(StoreError::LostRace(table)),
        }
    }

    pub(crate) fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self { db, .. } = self;
        let mut statement = prepare(db, sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            take(&Row::Sqlite(row))?;
        }
        Ok(())
    }

    pub(crate) fn select_in(
        &self,
        select: &str,
        key: &str,
        keys: &[i64],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.select_keys(select, [key], &of_one_column(keys), take)
    }

    pub(crate) fn select_keys<const N: usize>(
        &self,
        select: &str,
        columns: [&str; N],
        keys: &[[Value<'_>; N]],
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self { db, .. } = self;
        let mut statement = db.prepare_cached(&format!("{select} WHERE {}", each_is(columns)))?;
        for key in keys {
            let mut rows = statement.query(rusqlite::params_from_iter(key))?;
            while let Some(row) = rows.next()? {
                take(&Row::Sqlite(row))?;
            }
        }
        Ok(())
    }

    pub(crate) fn delete_keys<const N: usize>(
        &self,
        table: &'static str,
        columns: [&str; N],
        keys: &[[Value<'_>; N]],
    ) -> Result<(), StoreError> {
        let Self { db, .. } = self;
        let mut statement = db.prepare_cached(&format!("DELETE FROM {table} WHERE {}", each_is(columns)))?;
        for key in keys {
            if statement.execute(rusqlite::params_from_iter(key))? != 1 {
                return Err(StoreError::LostRace(table));
            }
        }
        Ok(())
    }

    pub(crate) fn insert_many<'v, const N: usize>(
        &self,
        into: &Insert<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let Self { db, .. } = self;
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

    pub(crate) fn update_many<'v, const N: usize>(
        &self,
        update: &Update<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let Self { db, .. } = self;
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

    pub(crate) fn delete_many(&self, table: &'static str, key: &str, keys: &[i64]) -> Result<(), StoreError> {
        self.delete_keys(table, [key], &of_one_column(keys))
    }

    pub(crate) fn next_numbers(&self, counter: &str, count: usize) -> Result<i64, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let sql = "UPDATE counters SET value = value + ?1 WHERE name = ?2 RETURNING value";
        let mut last = None;
        self.each(sql, &[Value::Int(count), Value::Text(counter)], |row| {
            last = Some(row.int(0)?);
            Ok(())
        })?;
        let last = last.ok_or_else(|| StoreError::corrupt(format!("no counter {counter}")))?;
        Ok(last - count + 1)
    }

    pub(crate) fn last_link(&self) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        let mut last = None;
        self.each(LAST_LINK, &[], |row| {
            last = Some((row.int(0)?, row.blob(1)?));
            Ok(())
        })?;
        Ok(last)
    }

    /// What it knows of the orders in the book.
    pub(crate) fn orders(&self) -> &RefCell<Orders> {
        &self.orders
    }

    pub(crate) fn set_savepoint(&self) -> Result<(), StoreError> {
        self.execute_script("SAVEPOINT body")
    }

    pub(crate) fn leave_savepoint(&self, keep: bool) -> Result<(), StoreError> {
        if !keep {
            self.orders.borrow_mut().take_back();
            self.execute_script("ROLLBACK TO SAVEPOINT body")?;
        }
        self.execute_script("RELEASE SAVEPOINT body")
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
#[derive(Default)]
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

impl Sqlite {
    pub(crate) fn checkpoint(&self, how: Checkpoint) -> Result<LogPages, StoreError> {
        let Self { db, .. } = self;
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
