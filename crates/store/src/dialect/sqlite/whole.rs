//! Whole files and whole tables of the embedded database.

use super::{BUSY_TIMEOUT_MS, Sqlite, marks};
use crate::{
    dialect::{
        Value,
        shape::{Key, Shape},
    },
    error::StoreError,
};
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
    types::ValueRef,
};
use std::{path::Path, time::Duration};

/// All pages in one step. In steps of some pages each the backup begins anew whenever another process writes between two
/// of them, and beside a busy gateway would never end. In one step it reads one state, as any reader does: nobody waits
/// for it; only the log grows meanwhile.
const ALL_PAGES: i32 = -1;

/// The values of a row, whatever their kinds.
pub(in crate::dialect) fn values<'r>(row: &'r rusqlite::Row<'_>) -> Result<Vec<Value<'r>>, StoreError> {
    let text =
        |bytes| std::str::from_utf8(bytes).map_err(|_| StoreError::corrupt("a text that is not UTF-8"));
    let value = |at| {
        Ok(match row.get_ref(at)? {
            ValueRef::Integer(number) => Value::Int(number),
            ValueRef::Text(bytes) => Value::Text(text(bytes)?),
            ValueRef::Blob(bytes) => Value::Blob(bytes),
            ValueRef::Null => Value::Null,
            ValueRef::Real(_) => return Err(StoreError::corrupt("a number with a fraction")),
        })
    };
    (0..row.as_ref().column_count()).map(value).collect()
}

impl Sqlite {
    /// Opens a file that nobody else uses and that is thrown away unless all goes well: no log stands beside it, and it is
    /// durable once whoever holds it says so.
    pub(crate) fn open_alone(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        db.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;",
        )?;
        Ok(db.into())
    }

    /// Opens a file only to read it. Nothing of it changes, and nothing is made beside it.
    pub(crate) fn open_to_look(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
        Ok(db.into())
    }

    /// An empty one, that is gone with this value.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Ok(Connection::open_in_memory()?.into())
    }

    /// Every table, in the order in which they were made: whatever one refers to stands before it.
    pub(crate) fn shapes(&self) -> Result<Vec<Shape>, StoreError> {
        let Self { db, .. } = self;
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid";
        let mut statement = db.prepare(sql)?;
        let names = statement.query_map([], |row| row.get(0))?;
        names.map(|name| self.shape(name?)).collect()
    }

    fn shape(&self, name: String) -> Result<Shape, StoreError> {
        let Self { db, .. } = self;
        let mut statement = db.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?;
        let mut columns = Vec::new();
        let mut key = Vec::new();
        let mut rows = statement.query([&name])?;
        while let Some(row) = rows.next()? {
            let (column, kind): (String, String) = (row.get(0)?, row.get(1)?);
            let place: i64 = row.get(2)?;
            if place > 0 {
                let (column, is_text) = (column.clone(), kind == "TEXT");
                key.push((place, Key { column, is_text }));
            }
            columns.push(column);
        }
        key.sort_by_key(|(place, _)| *place);
        if key.is_empty() {
            return Err(StoreError::corrupt(format!("table {name} has no key")));
        }
        let key = key.into_iter().map(|(_, key)| key).collect();
        Ok(Shape { name, columns, key })
    }

    pub(crate) fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let Self { db, .. } = self;
        Ok(db
            .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?
            .exists([name])?)
    }

    /// Inserts the rows that `fill` gives.
    pub(crate) fn fill(
        &self,
        table: &Shape,
        fill: impl FnOnce(&mut dyn FnMut(&[Value<'_>]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self { db, .. } = self;
        let marks = marks(table.columns.len());
        let mut statement = db.prepare(&format!(
            "INSERT INTO {} ({}) VALUES ({marks})",
            table.name,
            table.names()
        ))?;
        fill(&mut |row| {
            statement.execute(rusqlite::params_from_iter(row))?;
            Ok(())
        })
    }

    /// Writes the state of this moment into an empty file, while others write here.
    pub(crate) fn back_up(&self, path: &Path) -> Result<(), StoreError> {
        let Self { db, .. } = self;
        let mut copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
        match Backup::new(db, &mut copy)?.step(ALL_PAGES)? {
            StepResult::Done => {}
            StepResult::Busy | StepResult::Locked | StepResult::More | _ => {
                return Err(StoreError::Database("the database is locked".to_owned()));
            }
        }
        // One file, complete in itself, that can be looked at where nothing can be written.
        Ok(copy.execute_batch("PRAGMA journal_mode = DELETE")?)
    }
}
