//! The only place that knows which database it speaks to.
//!
//! Everybody else writes SQL that every database here understands, with `$1, $2, …` for parameters, and uses the
//! plural forms: [`Handle::select_in`], [`Handle::insert_many`], [`Handle::update_many`], [`Handle::delete_many`]. On
//! SQLite, in the same process, these are loops of one prepared statement; on PostgreSQL one statement each. What is only
//! written may reach a server later than it is said, but before the next answer or the commit: a failure of it is told by
//! a later call, and always before the transaction is done.

mod postgres;
mod shape;
mod sqlite;

use crate::{error::StoreError, orders::Orders};
pub(crate) use postgres::{Postgres, Role, Target};
pub(crate) use shape::Shape;
use sqlite::Sqlite;
pub(crate) use sqlite::{Checkpoint, LogPages};
use std::{cell::RefCell, path::Path, time::Duration};

/// Measured: longer brings nothing, and delays those who wait.
const CROWD_GATHERS: Duration = Duration::from_millis(2);

/// A connection.
pub(crate) enum Handle {
    /// To the embedded database.
    Sqlite(Sqlite),
    /// To a PostgreSQL server.
    Postgres(Box<Postgres>),
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

/// A row of an answer. Columns are read by their place.
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// A value of a kind that every database here has.
trait Column: rusqlite::types::FromSql + for<'r> tokio_postgres::types::FromSql<'r> {}
impl<T: rusqlite::types::FromSql + for<'r> tokio_postgres::types::FromSql<'r>> Column for T {}

impl Row<'_> {
    fn get<T: Column>(&self, column: usize) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.get(column)
    }
    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }
    /// Of a column that holds 0 or 1.
    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
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

    /// All values, as they lie in the answer.
    pub(crate) fn values(&self) -> Result<Vec<Value<'_>>, StoreError> {
        match self {
            Self::Sqlite(row) => sqlite::values(row),
            Self::Postgres(row) => postgres::values(row),
        }
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

/// The last link of the hash chain.
const LAST_LINK: &str = "SELECT id, hash FROM batches ORDER BY id DESC LIMIT 1";

/// The same words to either database.
macro_rules! both {
    ($handle:expr, $db:ident => $call:expr) => {
        match $handle {
            Handle::Sqlite($db) => $call,
            Handle::Postgres($db) => $call,
        }
    };
}

impl Handle {
    /// Opens the embedded database, making the file if `create`.
    pub(crate) fn open_sqlite(path: &Path, create: bool) -> Result<Self, StoreError> {
        Sqlite::open(path, create).map(Self::Sqlite)
    }

    /// Connects to a server. Unless `create`, our database must be there already.
    pub(crate) fn open_postgres(target: &Target, create: bool) -> Result<Self, StoreError> {
        let opened = Self::Postgres(Box::new(Postgres::open(target)?));
        if create || opened.has_table("schema_version")? {
            Ok(opened)
        } else {
            Err(StoreError::Database(
                "there is no Rokad on this server yet".to_owned(),
            ))
        }
    }

    /// Opens a file of the embedded database that nobody else uses and that is thrown away unless all goes well.
    pub(crate) fn open_alone(path: &Path) -> Result<Self, StoreError> {
        Sqlite::open_alone(path).map(Self::Sqlite)
    }

    /// Opens a file of the embedded database only to read it; nothing of it changes.
    pub(crate) fn open_to_look(path: &Path) -> Result<Self, StoreError> {
        Sqlite::open_to_look(path).map(Self::Sqlite)
    }

    /// An empty embedded database that is gone with this value.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Sqlite::in_memory().map(Self::Sqlite)
    }

    /// A connection that does not wait for others.
    #[cfg(test)]
    pub(crate) fn open_impatient(path: &Path) -> Self {
        Self::Sqlite(Sqlite::open_impatient(path))
    }

    /// How long a crowd is worth waiting for. A transaction on a server has its price in waits, whatever it carries.
    pub(crate) fn worth_waiting(&self) -> Option<Duration> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(_) => Some(CROWD_GATHERS),
        }
    }

    /// Runs several statements of a migration, in this database's words.
    pub(crate) fn execute_script(&self, text: &str) -> Result<(), StoreError> {
        both!(self, db => db.execute_script(text))
    }

    /// Begins a transaction that changes the schema. Of several processes the others wait until it has ended.
    pub(crate) fn begin_migration(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => db.begin_write(),
            Self::Postgres(db) => db.begin_migration(),
        }
    }

    /// Begins a transaction that writes. There is one at a time, whoever its writer is.
    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        both!(self, db => db.begin_write())
    }

    /// Begins a transaction that reads, from one unchanging view.
    pub(crate) fn begin_read(&self) -> Result<(), StoreError> {
        both!(self, db => db.begin_read())
    }

    /// Begins a transaction that sees one unchanging view, and beside which nobody else can write.
    pub(crate) fn begin_alone(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => db.begin_write(),
            Self::Postgres(db) => db.begin_alone(),
        }
    }

    /// Leaves a transaction that reads as much time as it takes. The embedded database has no limit.
    pub(crate) fn take_time(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => db.take_time(),
        }
    }

    /// Makes all of it durable.
    ///
    /// # Errors
    /// [`StoreError::Unknown`]: nobody can say whether it did. After all others nothing of it is left.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        both!(self, db => db.commit())
    }

    /// Leaves nothing of it. Without a transaction nothing happens.
    pub(crate) fn rollback(&self) -> Result<(), StoreError> {
        both!(self, db => db.rollback())
    }

    /// A place in a transaction to which it can go back.
    pub(crate) fn set_savepoint(&self) -> Result<(), StoreError> {
        both!(self, db => db.set_savepoint())
    }

    /// Has done whatever a server has not heard of yet. After it, all that was written was written.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => db.settle(),
        }
    }

    /// Goes on from the savepoint, which is needed no more; what came after it is kept or not.
    pub(crate) fn leave_savepoint(&self, keep: bool) -> Result<(), StoreError> {
        both!(self, db => db.leave_savepoint(keep))
    }

    /// One statement. Returns the number of rows that it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        both!(self, db => db.execute(sql, values))
    }

    /// One statement whose number of changed rows nobody asks for.
    pub(crate) fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        both!(self, db => db.write(sql, values))
    }

    /// One statement that changes one row of `table`.
    ///
    /// # Errors
    /// [`StoreError::LostRace`]: another number of rows.
    pub(crate) fn change_one(
        &self,
        table: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        both!(self, db => db.change_one(table, sql, values))
    }

    /// Every row of an answer, given to `take` one by one; `take` asks nothing itself.
    pub(crate) fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        both!(self, db => db.each(sql, values, take))
    }

    /// `select` (up to `FROM table`) for each of `keys`. Keys without a row are left out; the order is the database's.
    pub(crate) fn select_in(
        &self,
        select: &str,
        key: &str,
        keys: &[i64],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        both!(self, db => db.select_in(select, key, keys, take))
    }

    /// As [`Self::select_in`], with keys of several columns, none of them null.
    pub(crate) fn select_keys<const N: usize>(
        &self,
        select: &str,
        columns: [&'static str; N],
        keys: &[[Value<'_>; N]],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        both!(self, db => db.select_keys(select, columns, keys, take))
    }

    /// Inserts every row.
    pub(crate) fn insert_many<'v, const N: usize>(
        &self,
        into: &Insert<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        both!(self, db => db.insert_many(into, rows))
    }

    /// Updates the row of each key; the key is the first value of a row. Every key must have a row.
    pub(crate) fn update_many<'v, const N: usize>(
        &self,
        update: &Update<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        both!(self, db => db.update_many(update, rows))
    }

    /// Deletes the row of each key. Every key must have a row.
    pub(crate) fn delete_many(&self, table: &'static str, key: &str, keys: &[i64]) -> Result<(), StoreError> {
        both!(self, db => db.delete_many(table, key, keys))
    }

    /// As [`Self::delete_many`], with keys of several columns, none of them null.
    pub(crate) fn delete_keys<const N: usize>(
        &self,
        table: &'static str,
        columns: [&'static str; N],
        keys: &[[Value<'_>; N]],
    ) -> Result<(), StoreError> {
        both!(self, db => db.delete_keys(table, columns, keys))
    }

    /// Hands out `count` numbers of `counter` and returns the first. Never handed out twice, not even after a delete.
    pub(crate) fn next_numbers(&self, counter: &str, count: usize) -> Result<i64, StoreError> {
        both!(self, db => db.next_numbers(counter, count))
    }

    /// The last link of the hash chain: its number and its hash.
    pub(crate) fn last_link(&self) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        both!(self, db => db.last_link())
    }

    /// What finds the orders of an embedded database. A server has an index that its nodes share.
    pub(crate) fn orders(&self) -> Option<&RefCell<Orders>> {
        match self {
            Self::Sqlite(db) => Some(db.orders()),
            Self::Postgres(_) => None,
        }
    }

    /// Whether there is such a table.
    pub(crate) fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        both!(self, db => db.has_table(name))
    }

    /// Every row of a table, in the order of its key, which is the same in every database: texts go by their bytes.
    pub(crate) fn each_row(
        &self,
        table: &Shape,
        mut take: impl FnMut(&[Value<'_>]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql = table.select(|key| match self {
            Self::Postgres(_) if key.is_text => format!("{} COLLATE \"C\"", key.column),
            Self::Postgres(_) | Self::Sqlite(_) => key.column.clone(),
        });
        self.each(&sql, &[], |row| take(&row.values()?))
    }

    /// Inserts the rows that `fill` gives one by one, as fast as this database can; `fill` asks nothing of it.
    pub(crate) fn fill(
        &self,
        table: &Shape,
        fill: impl FnOnce(&mut dyn FnMut(&[Value<'_>]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        both!(self, db => db.fill(table, fill))
    }

    /// Every table of an embedded database, in the order in which they were made.
    pub(crate) fn shapes(&self) -> Result<Vec<Shape>, StoreError> {
        match self {
            Self::Sqlite(db) => db.shapes(),
            Self::Postgres(_) => Err(StoreError::corrupt(
                "the tables are asked of the embedded database",
            )),
        }
    }

    /// All tables are full. The embedded database, whose file has no name yet, keeps what was written, so that a disk that
    /// is full shows here; a server learns what it has, so that it finds a good way through it.
    pub(crate) fn filled(&self, tables: &[Shape]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => db.commit().and_then(|()| db.begin_read()),
            Self::Postgres(db) => {
                let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
                db.execute_script(&format!("ANALYZE {}", names.join(", ")))
            }
        }
    }

    /// Writes the state of this moment into the empty file at `path`, while others write here.
    pub(crate) fn back_up(&self, path: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => db.back_up(path),
            Self::Postgres(_) => Err(StoreError::Database(
                "a server has its own tools for backups".to_owned(),
            )),
        }
    }

    /// Moves pages of the embedded database's log into its file.
    pub(crate) fn checkpoint(&self, how: Checkpoint) -> Result<LogPages, StoreError> {
        match self {
            Self::Sqlite(db) => db.checkpoint(how),
            Self::Postgres(_) => Ok(LogPages::default()),
        }
    }
}
