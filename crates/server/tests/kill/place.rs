//! Where everything is: a directory that goes with the test, and ports that stay the same over restarts.

use crate::{chance::Chance, database::Database};
use serde_json::Value;
use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// The program's ports, counted from the first: HTTP, HTTPS, the bank, the shop.
const PORTS: u16 = 4;

/// The bank's port, counted from the first.
const BANK: u16 = 2;

pub struct Place {
    dir: TempDir,
    port: u16,
    /// Where the book is, if not in the directory.
    database: Option<Database>,
}

impl Place {
    pub fn new(chance: &mut Chance) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            port: free_ports(chance),
            database: None,
        }
    }

    /// A place whose book is kept elsewhere.
    pub fn with_book_in(database: Database, chance: &mut Chance) -> Self {
        Self {
            database: Some(database),
            ..Self::new(chance)
        }
    }

    /// What the sandbox is told of where its book is.
    pub fn book_arguments(&self) -> Vec<String> {
        match self.database.as_ref().map(Database::place) {
            Some(rokad_store::Place::Server(url)) => vec!["--database".to_owned(), url],
            Some(rokad_store::Place::File(_)) | None => Vec::new(),
        }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn listen(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn bank_listen(&self) -> String {
        format!("127.0.0.1:{}", self.port + BANK)
    }

    /// The real program, with these arguments. Its log is appended to one file.
    pub fn rokad(&self, args: &[&str]) -> Command {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rokad"));
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        // What a developer's shell sets must not decide what a test sees.
        command.env_remove("ROKAD_LOG").env_remove("ROKAD_INSTANCE_KEY");
        command
    }

    /// Runs a command on the data directory; returns what it printed. It has to succeed.
    pub fn run(&self, command: &[&str], rest: &[&str]) -> String {
        let data = self.data();
        let args = [command, &["--data", text(&data)], rest].concat();
        let output = self.rokad(&args).stdout(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "rokad {args:?} fails:\n{said}\n{}",
            self.last_words()
        );
        said
    }

    /// The end of the log.
    pub fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// How many payouts the starts found under way, all together: those in which a kill hit the call of the bank.
    pub fn taken_over(&self) -> u64 {
        let log = fs::read_to_string(self.log()).unwrap();
        let lines = log
            .lines()
            .filter(|line| line.contains("under way at the last stop"));
        let count = |line: &str| serde_json::from_str::<Value>(line).ok()?["payouts"].as_u64();
        lines.filter_map(count).sum()
    }

    fn log(&self) -> PathBuf {
        self.path("log")
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path of this test is UTF-8")
}

/// Below the range from which connections take theirs, so that nobody else has one of them during a restart.
fn free_ports(chance: &mut Chance) -> u16 {
    for _ in 0..1_000 {
        let first = u16::try_from(chance.between(20_000, 31_000)).unwrap();
        let bound = (first..first + PORTS).map(|port| TcpListener::bind(("127.0.0.1", port)));
        if bound.collect::<Result<Vec<_>, _>>().is_ok() {
            return first;
        }
    }
    panic!("there are no four free ports in a row");
}
