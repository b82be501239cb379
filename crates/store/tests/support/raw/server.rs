//! A schema of its own on the PostgreSQL server of the test command, for each database of a test.

use super::super::{Database, Kind};
use postgres::{Client, NoTls, SimpleQueryMessage};
use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

/// Names the server: `cargo xtask test` starts one.
const VARIABLE: &str = "ROKAD_TEST_POSTGRES";

/// Removed with this value.
pub struct Schema {
    server: String,
    name: String,
    client: Mutex<Option<Client>>,
}

impl Schema {
    pub fn create() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var(VARIABLE).unwrap_or_else(|_| {
            panic!("{VARIABLE} names no PostgreSQL server: run `cargo xtask test`, or start one")
        });
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let made = Self {
            server,
            name,
            client: Mutex::default(),
        };
        // A process with this number may have died before it could tidy up.
        let fresh = format!("DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}", made.name);
        made.run(&fresh).unwrap();
        made
    }

    /// What the store is told.
    pub fn url(&self) -> String {
        let more = if self.server.contains('?') { '&' } else { '?' };
        let name = &self.name;
        format!(
            "{}{more}options=-csearch_path%3D{name}&application_name=rokad%20{name}",
            self.server
        )
    }

    pub fn run(&self, sql: &str) -> Result<(), String> {
        self.with(|client| {
            client
                .batch_execute(&in_its_words(sql))
                .map_err(|error| said(&error))
        })
    }

    pub fn tamper(&self, sql: &str) {
        const FREE: &str = "DO $$ DECLARE r record; BEGIN \
            FOR r IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint \
                WHERE contype IN ('c', 'f') AND connamespace = current_schema()::regnamespace \
            LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.tab, r.conname); END LOOP; END $$; ";
        self.run(&format!("{FREE}{sql}")).unwrap();
    }

    pub fn texts(&self, sql: &str) -> Vec<String> {
        let answer = self.with(|client| client.simple_query(sql).unwrap());
        let rows = answer.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            SimpleQueryMessage::CommandComplete(_) | SimpleQueryMessage::RowDescription(_) | _ => None,
        });
        rows.collect()
    }

    /// Ends every session of this schema but our own, as an administrator would.
    fn end_all_sessions(&self) {
        let name = &self.name;
        let theirs = format!(
            "FROM pg_stat_activity a WHERE a.application_name = 'rokad {name}' AND a.pid <> pg_backend_pid()"
        );
        // One that has just ended by itself gives false.
        self.texts(&format!("SELECT pg_terminate_backend(a.pid, 10000) {theirs}"));
        assert!(self.texts(&format!("SELECT a.pid {theirs}")).is_empty());
    }

    /// One connection serves all.
    fn with<T: Send>(&self, body: impl FnOnce(&mut Client) -> T + Send) -> T {
        apart(|| {
            let mut client = self.client.lock().unwrap();
            body(client.get_or_insert_with(|| Client::connect(&self.url(), NoTls).unwrap()))
        })
    }
}

/// A session of somebody else, in the middle of a transaction.
pub struct Session(Client);

impl Session {
    /// Does more in it.
    pub fn run(&mut self, sql: &str) -> Result<(), String> {
        apart(|| self.0.batch_execute(sql).map_err(|error| said(&error)))
    }

    /// Ends it; nothing of it is left.
    pub fn end(mut self) {
        let _ = self.run("ROLLBACK");
        apart(|| drop(self));
    }
}

impl Database {
    fn schema(&self) -> &Schema {
        match &self.kind {
            Kind::Schema(schema) => schema,
            Kind::File(_) => panic!("it is not on a server"),
        }
    }

    /// Ends every session of the store, as an administrator would.
    pub fn end_all_sessions(&self) {
        self.schema().end_all_sessions();
    }

    /// Somebody else begins a transaction with this.
    pub fn other_session(&self, sql: &str) -> Session {
        let url = self.schema().url();
        let mut session = apart(|| Session(Client::connect(&url, NoTls).unwrap()));
        session.run(&format!("BEGIN; {sql}")).unwrap();
        session
    }

    /// Waits until a session waits for a lock on this table.
    pub fn wait_until_somebody_waits_for(&self, table: &str) {
        let sql = format!("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass");
        while self.schema().texts(&sql).is_empty() {
            std::thread::yield_now();
        }
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // Whoever still holds a lock in it keeps it; the server goes with the test command.
        let _ = self.run(&format!(
            "SET lock_timeout = '2s'; DROP SCHEMA {} CASCADE",
            self.name
        ));
        apart(|| *self.client.lock().unwrap() = None);
    }
}

/// A client waits on a runtime of its own, which cannot be inside another.
pub fn apart<T: Send>(body: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(body).join().unwrap())
}

fn said(error: &postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |said| said.message().to_owned())
}

/// The text of a migration or of sample rows, and what tests write like them.
fn in_its_words(sql: &str) -> String {
    let words = sql.replace(" INTEGER", " BIGINT").replace(" BLOB", " BYTEA");
    words
        .replace("WITHOUT ROWID", "")
        .replace(" X'", " '\\x")
        .replace("(X'", "('\\x")
}
