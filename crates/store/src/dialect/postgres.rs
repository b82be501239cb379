//! A PostgreSQL server: plural forms are one round trip each, whatever the number of rows.
//!
//! There is one writer at a time in all of the database, as on the embedded one: a transaction that writes begins with a
//! lock on the row of the counter that every commit needs anyway. So nothing that was read can change before the commit,
//! and two nodes never wait for each other in a circle. Because of batches this costs little (docs/decisions/0010).

mod array;
mod commits;
mod fill;
mod target;

use super::{Insert, Row, Update, Value};
use crate::error::StoreError;
use array::{Array, Kind, columns};
use commits::Commits;
pub(super) use fill::values;
use postgres::{
    Client, Statement,
    error::SqlState,
    fallible_iterator::FallibleIterator,
    types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};
use std::{
    cell::{Cell, RefCell, RefMut},
    collections::HashMap,
    error::Error,
};
pub(crate) use target::{Role, Target};

/// A commit that waits for a standby must not be cut short: the server would say that it happened, though a fail-over may
/// still lose it.
const COMMIT: &str = "SET LOCAL statement_timeout = 0; COMMIT";

/// A connection to it, made anew when it was lost.
pub(crate) struct Postgres {
    target: Target,
    session: RefCell<Option<Session>>,
    commits: Commits,
    /// A transaction is open.
    open: Cell<bool>,
    /// A statement of the transaction failed: the server refuses all others until it is rolled back.
    failed: Cell<bool>,
}

/// What lives as long as one connection.
struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
    kinds: HashMap<String, Vec<Kind>>,
}

impl Session {
    fn prepare(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn execute<V: ToSql + Sync>(&mut self, sql: &str, values: &[V]) -> Result<usize, StoreError> {
        let statement = self.prepare(sql)?;
        let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let changed = self.client.execute(&statement, &values)?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// The kinds of a table's columns.
    fn kinds(&mut self, table: &str, columns: &[&str]) -> Result<Vec<Kind>, StoreError> {
        let sql = format!("SELECT {} FROM {table}", columns.join(", "));
        if let Some(kinds) = self.kinds.get(&sql) {
            return Ok(kinds.clone());
        }
        let statement = self.client.prepare(&sql)?;
        let kinds: Result<Vec<Kind>, _> = statement.columns().iter().map(|c| Kind::of(c.type_())).collect();
        let kinds = kinds?;
        self.kinds.insert(sql, kinds.clone());
        Ok(kinds)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) => number.to_sql_checked(ty, out),
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Blob(bytes) => bytes.to_sql_checked(ty, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    // Whether the value fits its column is asked of each value.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        Self::Database(match error.as_db_error() {
            Some(said) => format!("{} ({})", said.message(), said.code().code()),
            None => error.to_string(),
        })
    }
}

impl Postgres {
    /// Connects to it.
    pub(crate) fn open(target: &Target) -> Result<Self, StoreError> {
        let opened = Self {
            target: target.clone(),
            session: RefCell::default(),
            commits: Commits::default(),
            open: Cell::new(false),
            failed: Cell::new(false),
        };
        opened.session()?;
        Ok(opened)
    }

    /// The connection; between two transactions a lost one is made anew.
    fn session(&self) -> Result<RefMut<'_, Session>, StoreError> {
        let mut session = self
            .session
            .try_borrow_mut()
            .map_err(|_| StoreError::corrupt("a question was asked in the middle of another's answer"))?;
        let lost = session.as_ref().is_none_or(|session| session.client.is_closed());
        if lost && self.open.get() {
            return Err(StoreError::Database("the connection was lost".to_owned()));
        }
        if lost {
            *session = Some(Session {
                client: self.target.connect()?,
                statements: HashMap::new(),
                kinds: HashMap::new(),
            });
        }
        RefMut::filter_map(session, Option::as_mut).map_err(|_| StoreError::Closed)
    }

    /// Notes that a statement failed.
    fn noted<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if done.is_err() && self.open.get() {
            self.failed.set(true);
        }
        done
    }

    pub(crate) fn execute_script(&self, text: &str) -> Result<(), StoreError> {
        let done = self
            .session()
            .and_then(|mut session| Ok(session.client.batch_execute(&target::in_its_words(text))?));
        self.noted(done)
    }

    /// A connection that was lost since the last transaction is noticed here, and made anew once.
    fn begin(&self, words: &str) -> Result<(), StoreError> {
        let first = self.execute_script(words);
        let lost = || {
            let session = self.session.borrow();
            session.as_ref().is_some_and(|session| session.client.is_closed())
        };
        if first.is_err() && lost() {
            self.execute_script(words)?;
        } else {
            first?;
        }
        self.open.set(true);
        self.failed.set(false);
        Ok(())
    }

    pub(crate) fn begin_migration(&self) -> Result<(), StoreError> {
        self.begin("BEGIN")?;
        self.execute_script("SELECT pg_advisory_xact_lock(hashtext('rokad migration'))")
            .inspect_err(|_| drop(self.rollback()))
    }

    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        self.begin("BEGIN")?;
        let begun = self
            .execute("SELECT 1 FROM counters WHERE name = 'batch' FOR UPDATE", &[])
            .and_then(|_| self.commits.count(self));
        begun.inspect_err(|_| drop(self.rollback()))
    }

    pub(crate) fn begin_read(&self) -> Result<(), StoreError> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        if self.failed.get() {
            self.rollback()?;
            return Err(StoreError::Database(
                "a statement of the transaction had failed".to_owned(),
            ));
        }
        let sent = match self.session() {
            Ok(mut session) => session.client.batch_execute(COMMIT),
            Err(lost) => {
                self.ended();
                return Err(lost);
            }
        };
        self.ended();
        match sent {
            Ok(()) => Ok(()),
            // The server says no: nothing of it is left.
            Err(error) if error.as_db_error().is_some() && !went_away(&error) => Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "the connection was lost in a commit; the database is asked whether it did");
                self.commits.find_out(self)
            }
        }
    }

    fn ended(&self) {
        self.open.set(false);
        self.failed.set(false);
    }

    pub(crate) fn rollback(&self) -> Result<(), StoreError> {
        if !self.open.get() {
            return Ok(());
        }
        self.ended();
        let mut session = self.session.borrow_mut();
        let rolled_back = session
            .as_mut()
            .map(|session| session.client.batch_execute("ROLLBACK"));
        if matches!(rolled_back, Some(Err(_))) {
            // The server rolls back what a lost connection leaves.
            *session = None;
        }
        Ok(())
    }

    pub(crate) fn leave_savepoint(&self, keep: bool) -> Result<(), StoreError> {
        if keep {
            return self.execute_script("RELEASE SAVEPOINT body");
        }
        self.execute_script("ROLLBACK TO SAVEPOINT body; RELEASE SAVEPOINT body")?;
        self.failed.set(false);
        Ok(())
    }

    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let done = self
            .session()
            .and_then(|mut session| session.execute(sql, values));
        self.noted(done)
    }

    pub(crate) fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let done = self.answers(sql, values, take);
        self.noted(done)
    }

    fn answers<P>(
        &self,
        sql: &str,
        values: P,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>
    where
        P: IntoIterator<Item: postgres::types::BorrowToSql, IntoIter: ExactSizeIterator>,
    {
        let mut session = self.session()?;
        let statement = session.prepare(sql)?;
        let mut rows = session.client.query_raw(&statement, values)?;
        while let Some(row) = rows.next()? {
            take(&Row::Postgres(&row))?;
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
        let done = self.answers(&format!("{select} WHERE {key} = ANY($1)"), [keys], take);
        self.noted(done)
    }

    pub(crate) fn select_keys<const N: usize>(
        &self,
        select: &str,
        columns: [&'static str; N],
        keys: &[[Value<'_>; N]],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some((one_of, arrays)) = one_of(columns, keys)? else {
            return Ok(());
        };
        let arrays: Vec<_> = arrays.iter().map(|array| array as &(dyn ToSql + Sync)).collect();
        let done = self.answers(&format!("{select} WHERE {one_of}"), arrays, take);
        self.noted(done)
    }

    pub(crate) fn delete_keys<const N: usize>(
        &self,
        table: &str,
        columns: [&'static str; N],
        keys: &[[Value<'_>; N]],
    ) -> Result<usize, StoreError> {
        let Some((one_of, arrays)) = one_of(columns, keys)? else {
            return Ok(0);
        };
        let sql = format!("DELETE FROM {table} WHERE {one_of}");
        let done = self
            .session()
            .and_then(|mut session| session.execute(&sql, &arrays));
        self.noted(done)
    }

    pub(crate) fn insert_many<'v, const N: usize>(
        &self,
        into: &Insert<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = rows.into_iter().collect();
        let done = self.of_columns(into.table, &into.columns, &rows, |arrays| {
            let names = into.columns.join(", ");
            format!(
                "INSERT INTO {} ({names}) SELECT * FROM UNNEST({arrays})",
                into.table
            )
        });
        self.noted(done).map(drop)
    }

    pub(crate) fn update_many<'v, const N: usize>(
        &self,
        update: &Update<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = rows.into_iter().collect();
        let [key, columns @ ..] = update.columns.as_slice() else {
            return Ok(());
        };
        let done = self.of_columns(update.table, &update.columns, &rows, |arrays| {
            let sets: Vec<String> = columns.iter().map(|c| format!("{c} = given.{c}")).collect();
            let (table, sets, names) = (update.table, sets.join(", "), update.columns.join(", "));
            format!(
                "UPDATE {table} SET {sets} FROM UNNEST({arrays}) AS given ({names}) WHERE {table}.{key} = given.{key}"
            )
        });
        if self.noted(done)? == rows.len() {
            Ok(())
        } else {
            Err(StoreError::LostRace(update.table))
        }
    }

    /// One statement with an array for each column. Returns the number of rows that it changed.
    fn of_columns<const N: usize>(
        &self,
        table: &str,
        names: &[&str; N],
        rows: &[[Value<'_>; N]],
        words: impl FnOnce(&str) -> String,
    ) -> Result<usize, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        let mut session = self.session()?;
        let kinds = session.kinds(table, names)?;
        let arrays: Vec<String> = (1..)
            .zip(&kinds)
            .map(|(n, kind)| format!("${n}::{}[]", kind.name()))
            .collect();
        session.execute(&words(&arrays.join(", ")), &columns(&kinds, rows)?)
    }

    pub(crate) fn delete_many(&self, table: &str, key: &str, keys: &[i64]) -> Result<usize, StoreError> {
        let sql = format!("DELETE FROM {table} WHERE {key} = ANY($1)");
        let done = self
            .session()
            .and_then(|mut session| session.execute(&sql, &[keys]));
        self.noted(done)
    }
}

/// `(a, b) IN (…)`, with an array for each column. Nothing, if there are no keys.
fn one_of<'v, const N: usize>(
    names: [&'static str; N],
    keys: &[[Value<'v>; N]],
) -> Result<Option<(String, Vec<Array<'v>>)>, StoreError> {
    let Some(first) = keys.first() else {
        return Ok(None);
    };
    let kinds = first.map(Kind::of_value);
    let places: Vec<String> = (1..)
        .zip(kinds)
        .map(|(n, kind)| format!("${n}::{}[]", kind.name()))
        .collect();
    let one_of = format!(
        "({}) IN (SELECT * FROM UNNEST({}))",
        names.join(", "),
        places.join(", ")
    );
    Ok(Some((one_of, columns(&kinds, keys)?)))
}

/// The server ended the connection by itself, perhaps in the middle of a commit.
fn went_away(error: &postgres::Error) -> bool {
    let gone = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    error
        .code()
        .is_some_and(|code| gone.contains(code) || code.code().starts_with("08"))
}
