//! Behind the store's back: what another connection sees, and damage done by hand.

use super::Database;
use rusqlite::{Connection, types::Value};

/// What a statement can do to a table.
pub const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

impl Database {
    fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    /// Runs statements, as somebody with the file in their hands would. Constraints do not stop them.
    pub fn tamper(&self, sql: &str) {
        let text = format!("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; {sql}");
        self.raw().execute_batch(&text).unwrap();
    }

    /// Runs statements that the database may refuse.
    pub fn attempt(&self, sql: &str) -> Result<(), String> {
        self.raw().execute_batch(sql).map_err(|error| error.to_string())
    }

    /// The number that a query answers, as another connection sees it.
    pub fn number(&self, sql: &str) -> i64 {
        self.raw().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The first column of every row.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let db = self.raw();
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// The names of all tables.
    pub fn tables(&self) -> Vec<String> {
        self.texts("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    }

    /// Every row of every table.
    pub fn all_rows(&self) -> Vec<String> {
        self.tables().iter().flat_map(|table| self.rows(table)).collect()
    }

    /// Every row of a table.
    pub fn rows(&self, table: &str) -> Vec<String> {
        let db = self.raw();
        let mut statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| {
            (0..columns)
                .map(|at| row.get(at))
                .collect::<Result<Vec<Value>, _>>()
        };
        let rows = statement.query_map([], read).unwrap();
        rows.map(|row| format!("{table} {:?}", row.unwrap())).collect()
    }

    /// From now on the database refuses this kind of write to this table.
    pub fn break_writes(&self, table: &str, write: &str) {
        self.tamper(&format!(
            "CREATE TRIGGER broken BEFORE {write} ON {table} BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END"
        ));
    }

    /// It works again.
    pub fn mend_writes(&self) {
        self.tamper("DROP TRIGGER IF EXISTS broken");
    }
}
