//! A sandbox of the test's own: the whole house in a temporary directory, on ports of its own.

use crate::{
    database::Database,
    http::{self, Answer},
    merchant::Merchant,
    program::{Program, Said, rokad, run},
    waiting::found,
};
use rokad_flows::Keyring;
use rokad_store::Place;
use serde_json::Value;
use std::{
    fs,
    path::PathBuf,
    process::{Command, ExitStatus},
};
use tempfile::TempDir;
use ureq::Agent;

/// A running sandbox.
pub struct House {
    pub program: Program,
    /// `sandbox.json`.
    pub facts: Value,
    pub client: Agent,
    ground: TempDir,
}

/// What `rokad verify` found.
pub struct Statement {
    pub postings: usize,
    text: String,
}

/// Whether houses keep their books on a PostgreSQL server: the test command runs these tests once so, and once not.
pub fn on_server() -> bool {
    std::env::var("ROKAD_TEST_ON").is_ok_and(|database| database == "postgres")
}

/// The address of an empty database, which stays until the server goes.
fn new_database() -> String {
    let database = Database::postgres();
    let Place::Server(url) = database.place() else {
        panic!("it is on a server")
    };
    std::mem::forget(database);
    url
}

impl House {
    pub fn start() -> Self {
        Self::start_on(tempfile::tempdir().unwrap(), &[], |_| {})
    }

    /// Starts one with more arguments.
    pub fn start_with(args: &[&str]) -> Self {
        Self::start_on(tempfile::tempdir().unwrap(), args, |_| {})
    }

    /// Starts one on `ground`, where there may have been one before.
    pub fn start_on(ground: TempDir, args: &[&str], set_up: impl FnOnce(&mut Command)) -> Self {
        let data = ground.path().join("data");
        let description = data.join("sandbox.json");
        let _ = fs::remove_file(&description);
        let mut command = rokad(&["sandbox", "--data", data.to_str().unwrap()]);
        if !args.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        if !data.exists() && on_server() {
            command.args(["--database", &new_database()]);
        }
        set_up(command.args(args));
        let mut program = Program::start(command, "sandbox", ground.path());
        let facts = found("the sandbox is ready", || {
            assert!(program.has_ended().is_none(), "it ended: {}", program.logged());
            fs::read(&description).ok()
        });
        let facts = serde_json::from_slice(&facts).unwrap();
        Self {
            program,
            facts,
            client: http::client(None),
            ground,
        }
    }

    /// Stops it. Says how it ended, and where another can start.
    pub fn stop(self) -> (ExitStatus, TempDir) {
        let Self {
            mut program, ground, ..
        } = self;
        (program.stop(), ground)
    }

    /// Stops it and starts it again.
    pub fn restart(self) -> Self {
        let (ended, ground) = self.stop();
        assert!(ended.success());
        Self::start_on(ground, &[], |_| {})
    }

    /// Its ground, once it has ended.
    pub fn into_ground(self) -> (Program, TempDir) {
        (self.program, self.ground)
    }

    pub fn data(&self) -> PathBuf {
        self.ground.path().join("data")
    }

    /// A text of `sandbox.json`, by its pointer.
    pub fn fact(&self, pointer: &str) -> &str {
        self.facts
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {pointer}"))
    }

    /// The merchant that every sandbox has.
    pub fn demo(&self) -> Merchant {
        Merchant {
            pid: self.fact("/payout/pid").to_owned(),
            secret: self.fact("/payout/secret_key").to_owned(),
            signing: String::new(),
        }
    }

    /// Where it serves HTTP: "127.0.0.1:1234".
    pub fn address(&self) -> &str {
        self.fact("/url").trim_start_matches("http://")
    }

    pub fn get(&self, url: &str) -> Answer {
        http::get(&self.client, url)
    }

    pub fn post(&self, path: &str, body: &[u8]) -> Answer {
        let url = format!("{}{path}", self.fact("/url"));
        http::post(&self.client, &url, &[("content-type", "application/json")], body)
    }

    /// Runs a command on its data, beside it.
    pub fn command(&self, args: &[&str]) -> Said {
        let data = self.data();
        run(&[args, &["--data", data.to_str().unwrap()]].concat())
    }

    /// The same, which has to succeed. What it printed.
    pub fn tell(&self, args: &[&str]) -> String {
        let said = self.command(args);
        assert!(said.ok, "{args:?}: {}{}", said.out, said.err);
        said.out
    }

    /// `rokad verify`, which has to find the book sound.
    pub fn verify(&self) -> Statement {
        let text = self.tell(&["verify"]);
        let postings = text
            .split("Sound: ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next()?.parse().ok());
        Statement {
            postings: postings.unwrap_or_else(|| panic!("{text}")),
            text,
        }
    }

    /// What the sandbox bank answers to whoever has its key.
    pub fn bank(&self, path: &str) -> Value {
        let key = fs::read_to_string(self.data().join("instance.key")).unwrap();
        let key = Keyring::new(hex::decode(key.trim()).unwrap().try_into().unwrap()).derive("sandbox bank");
        let bearer = format!("Bearer {}", hex::encode(key));
        let request = self
            .client
            .get(format!("{}{path}", self.fact("/bank")))
            .header("authorization", bearer);
        serde_json::from_slice(&request.call().unwrap().body_mut().read_to_vec().unwrap()).unwrap()
    }

    /// What `rokad accounts list` shows as under way from the sandbox's account, in paise.
    pub fn under_way(&self) -> i64 {
        let list = self.tell(&["accounts", "list"]);
        let row = list
            .lines()
            .find(|line| line.starts_with("sandbox-main"))
            .unwrap();
        paise(row.split_whitespace().nth(3).unwrap())
    }

    /// How often the bank paid exactly so many rupees.
    pub fn paid_at_the_bank(&self, rupees: i64) -> usize {
        let statement = self.bank("/v1/accounts/100000000001/statement?limit=10000");
        let paid = |entry: &&Value| entry["booked"] == "paid" && entry["amount_paise"] == rupees * 100;
        statement["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter(paid)
            .count()
    }
}

impl Statement {
    /// The last amount of the first row that begins so, in paise.
    pub fn row_beginning(&self, name: &str) -> i64 {
        let line = self.text.lines().find(|line| line.trim().starts_with(name));
        let line = line.unwrap_or_else(|| panic!("no {name} in {}", self.text));
        paise(line.split_whitespace().next_back().unwrap())
    }
}

/// Reads an amount as people read it: "₹1,23,456.50", or with a minus sign before it.
pub fn paise(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    assert!(text.contains('₹') && text.contains('.'), "no amount: {text}");
    let paise: i64 = digits.parse().unwrap();
    if text.starts_with('-') { -paise } else { paise }
}
