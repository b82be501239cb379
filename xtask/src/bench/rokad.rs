//! The program that is measured, driven by its own command line.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Bench;
use super::accept::NOBODY;
use super::rods::address;
use crate::Result;
use crate::load::payment::Keys;
use crate::process::{Process, Signal};

/// The most that `rokad fund` takes at once: 10 crore.
const RUPEES_A_MERCHANT: &str = "100000000";

/// With a thousand merchants, each so many: enough for the largest book of `growth`.
const RUPEES_EACH_OF_MANY: &str = "1000000";

/// A first start creates a certificate and a funded sandbox: more than a later one needs.
const START_LIMIT: Duration = Duration::from_secs(30);

/// rokad promises ten seconds; two more, so that its own limit is what is seen.
const STOP_LIMIT: Duration = Duration::from_secs(12);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Jobs {
    On,
    /// Serves HTTP only: payouts wait, so that accepting is measured alone.
    Off,
}

/// A data directory and the program that works on it.
pub struct Instance {
    program: PathBuf,
    dir: PathBuf,
    /// Another database than the embedded one.
    database: Option<String>,
}

pub struct Running {
    process: Process,
    pub address: SocketAddr,
}

impl Instance {
    /// A new one, started and stopped once, so that what follows happens on an existing database.
    pub async fn create(bench: &Bench, name: &str) -> Result<Self> {
        Self::create_on(bench, name, None).await
    }

    pub async fn create_on(bench: &Bench, name: &str, database: Option<String>) -> Result<Self> {
        let instance = Self {
            program: bench.rokad.clone(),
            dir: bench.scratch.path().join(name),
            database,
        };
        std::fs::create_dir(&instance.dir)?;
        instance.start(Jobs::Off).await?.stop().await?;
        Ok(instance)
    }

    /// Another node on the same server, with the same key.
    pub fn another_node(&self) -> Result<Self> {
        let other = Self {
            program: self.program.clone(),
            dir: self.dir.with_extension("second"),
            database: self.database.clone(),
        };
        std::fs::create_dir(&other.dir)?;
        std::fs::copy(self.dir.join("instance.key"), other.dir.join("instance.key"))?;
        Ok(other)
    }

    pub async fn start(&self, jobs: Jobs) -> Result<Running> {
        let ready = self.dir.join("sandbox.json");
        if ready.exists() {
            std::fs::remove_file(&ready)?;
        }
        let mut command = self.command(&["sandbox", "--listen", "127.0.0.1:0"]);
        if jobs == Jobs::Off {
            command.arg("--no-jobs");
        }
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut process = Process::spawn(command.stdout(Stdio::null()).stderr(log))?;
        let deadline = Instant::now() + START_LIMIT;
        while !ready.exists() {
            if process.has_ended()?.is_some() || Instant::now() > deadline {
                return Err(format!("rokad did not start; it says:\n{}", self.last_words()).into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let sandbox: Value = serde_json::from_slice(&std::fs::read(&ready)?)?;
        Ok(Running {
            process,
            address: address(sandbox["url"].as_str().unwrap_or_default())?,
        })
    }

    /// A merchant with a full wallet. Gives its PID.
    pub fn merchant(&self, callback_url: &str) -> Result<String> {
        let added = self.add_merchant(callback_url, &[])?;
        let pid = pid(&added)?;
        self.output(self.command(&["fund"]).args([&pid, RUPEES_A_MERCHANT]))?;
        Ok(pid)
    }

    /// A merchant that collects, with the price of a usual contract. Gives its keys.
    pub fn collecting_merchant(&self) -> Result<Keys> {
        keys(&self.add_merchant(NOBODY, &["--collect-fee-bps", "190"])?)
    }

    /// Merchants that collect, so many at once. Their PIDs and keys.
    pub fn collecting_merchants(&self, count: usize) -> Result<Vec<(String, Keys)>> {
        let added = self.add_merchant(
            NOBODY,
            &["--collect-fee-bps", "190", "--count", &count.to_string()],
        )?;
        let one = |merchant: &Value| Ok((pid(merchant)?, keys(merchant)?));
        added
            .as_array()
            .ok_or("merchant add --count gives no array")?
            .iter()
            .map(one)
            .collect()
    }

    /// Registers a webhook for everything.
    pub fn webhook(&self, pid: &str, url: &str) -> Result<()> {
        self.output(&mut self.command(&["webhook", "add", pid, url]))
            .map(drop)
    }

    pub fn merchants(&self, count: usize, callback_url: &str) -> Result<Vec<String>> {
        let count = count.to_string();
        let added = self.add_merchant(callback_url, &["--count", &count, "--fund", RUPEES_EACH_OF_MANY])?;
        added
            .as_array()
            .ok_or("merchant add --count gives no array")?
            .iter()
            .map(pid)
            .collect()
    }

    fn add_merchant(&self, callback_url: &str, more: &[&str]) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.args(["merchant", "add", "--data"]).arg(&self.dir);
        command.args(["--name", "Bench", "--address", "127.0.0.0/8", "--json"]);
        command
            .args([
                "--fee-flat",
                "3.00",
                "--fee-bps",
                "25",
                "--callback-url",
                callback_url,
            ])
            .args(more);
        Ok(serde_json::from_str(&self.output(&mut command)?)?)
    }

    /// Removes its data. Nothing of it runs.
    pub fn remove(self) -> Result<()> {
        Ok(std::fs::remove_dir_all(&self.dir)?)
    }

    /// Bytes of everything in the data directory: books, their journals, closed epochs.
    pub fn bytes(&self) -> Result<u64> {
        bytes_in(&self.dir)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .arg("--data")
            .arg(&self.dir)
            .stdin(Stdio::null());
        command
    }

    fn output(&self, command: &mut Command) -> Result<String> {
        let output = command
            .output()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout)?);
        }
        Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
    }

    /// Beside the data directory, so that it does not count as bytes of payouts.
    fn log(&self) -> PathBuf {
        self.dir.with_extension("log")
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Running {
    /// The most memory it had so far, in MiB.
    pub fn peak_mib(&self) -> Result<f64> {
        self.process.peak_mib()
    }

    pub async fn stop(self) -> Result<()> {
        self.process.stop(Signal::Term, STOP_LIMIT).await
    }
}

fn keys(merchant: &Value) -> Result<Keys> {
    let text = |name: &str| {
        let found = merchant["collect"][name].as_str().map(str::to_owned);
        found.ok_or_else(|| format!("merchant add gives no collect.{name}"))
    };
    Ok(Keys {
        key: text("key")?,
        salt: text("salt")?,
        authorization: text("authorization")?,
    })
}

fn pid(merchant: &Value) -> Result<String> {
    merchant["pid"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| "merchant add gives no pid".into())
}

pub fn bytes_in(dir: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        bytes += if meta.is_dir() {
            bytes_in(&entry.path())?
        } else {
            meta.len()
        };
    }
    Ok(bytes)
}
