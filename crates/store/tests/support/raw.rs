//! Behind the store's back: what another connection sees, and damage done by hand.

mod server;

use super::{Database, Kind};
use rusqlite::{Connection, types::Value};

pub use server::{Schema, apart};

/// What a statement can do to a table.
pub const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

impl Database {
    /// Runs statements, as somebody with the database in their hands would. Constraints do not stop them.
    pub fn tamper(&self, sql: &str) {
        match &self.kind {
            Kind::File(_) => self
                .run(&format!(
                    "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; {sql}"
                ))
                .unwrap(),
            Kind::Schema(schema) => schema.tamper(sql),
        }
    }

    /// A migration, as the program reads it: some lines are for the embedded database alone.
    pub fn in_its_words(&self, text: &str) -> String {
        match &self.kind {
            Kind::File(_) => text.replace("-- embedded: ", ""),
            Kind::Schema(_) => text.to_owned(),
        }
    }

    /// Runs statements that the database may refuse.
    pub fn attempt(&self, sql: &str) -> Result<(), String> {
        self.run(&format!("{}{sql}", self.foreign_keys()))
    }

    fn foreign_keys(&self) -> &'static str {
        match &self.kind {
            Kind::File(_) => "PRAGMA foreign_keys = ON; ",
            Kind::Schema(_) => "",
        }
    }

    fn run(&self, sql: &str) -> Result<(), String> {
        match &self.kind {
            Kind::File(_) => self.file().execute_batch(sql).map_err(|error| error.to_string()),
            Kind::Schema(schema) => schema.run(sql),
        }
    }

    fn file(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    /// The number that a query answers, as another connection sees it.
    pub fn number(&self, sql: &str) -> i64 {
        match &self.kind {
            Kind::File(_) => self.file().query_row(sql, [], |row| row.get(0)).unwrap(),
            Kind::Schema(schema) => schema.texts(sql)[0].parse().unwrap(),
        }
    }

    /// The first column of every row.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        match &self.kind {
            Kind::File(_) => {
                let db = self.file();
                let mut statement = db.prepare(sql).unwrap();
                let rows = statement.query_map([], |row| row.get(0)).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Kind::Schema(schema) => schema.texts(sql),
        }
    }

    /// The names of all tables.
    pub fn tables(&self) -> Vec<String> {
        self.texts(match &self.kind {
            Kind::File(_) => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
            Kind::Schema(_) => {
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
            }
        })
    }

    /// Every row of every table that the store's users can change.
    pub fn all_rows(&self) -> Vec<String> {
        let tables = self.tables().into_iter().filter(|table| table != "writers");
        tables.flat_map(|table| self.rows(&table)).collect()
    }

    /// Every row of a table.
    pub fn rows(&self, table: &str) -> Vec<String> {
        match &self.kind {
            Kind::File(_) => {
                let db = self.file();
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
            Kind::Schema(schema) => {
                let rows = schema.texts(&format!("SELECT r::text FROM {table} r ORDER BY 1"));
                rows.into_iter().map(|row| format!("{table} {row}")).collect()
            }
        }
    }

    /// From now on the database refuses this kind of write to this table.
    pub fn break_writes(&self, table: &str, write: &str) {
        self.run(&match &self.kind {
            Kind::File(_) => format!(
                "CREATE TRIGGER broken BEFORE {write} ON {table} BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END"
            ),
            Kind::Schema(_) => format!(
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql \
                 AS $$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $$; \
                 CREATE TRIGGER broken BEFORE {write} ON {table} FOR EACH ROW EXECUTE FUNCTION broken()"
            ),
        })
        .unwrap();
    }

    /// It works again.
    pub fn mend_writes(&self) {
        self.run(match &self.kind {
            Kind::File(_) => "DROP TRIGGER IF EXISTS broken",
            Kind::Schema(_) => "DROP FUNCTION IF EXISTS broken CASCADE",
        })
        .unwrap();
    }
}
