//! `cargo xtask drill`: three nodes on a primary with a synchronous standby, under load, and what can happen to them.
//!
//! Each scenario happens while merchants send payouts and repeat every order until it is answered. Afterwards three books are
//! compared: what merchants were told, Rokad's and the bank's. Everything runs on loopback, in a directory of its own; only
//! processes started here are ended here.

mod clients;
mod gateway;
mod judge;
mod servers;
mod wire;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};

use crate::cargo::{cargo, check, target_dir};
use crate::postgres::Programs;
use crate::process::Signal;
use crate::{Result, USAGE};
use clients::Clients;
use gateway::Gateway;
use judge::Judge;
use servers::Servers;

/// The load goes on for so long before and after whatever happens.
const BEFORE: Duration = Duration::from_secs(4);
const AFTER: Duration = Duration::from_secs(6);

/// A node is stopped for so long: four times the lease.
const ASLEEP: Duration = Duration::from_secs(60);

/// How often the connections of one node are cut in the middle of a commit, and the time between.
const CUTS: u32 = 20;
const BETWEEN_CUTS: Duration = Duration::from_millis(250);

/// Nobody promotes the standby for so long: longer than a node asks whether a commit happened, so that it must say that it does
/// not know.
const UNNOTICED: Duration = Duration::from_secs(8);

/// Service must come back within this time after whatever happened.
const BACK_WITHIN: Duration = Duration::from_secs(90);

/// What can happen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scenario {
    NodeKilled,
    NodeAsleep,
    CommitCut,
    PrimaryKilled,
    DiskFull,
    RollingRestart,
}

const SCENARIOS: [(&str, Scenario, &str); 6] = [
    ("restart", Scenario::RollingRestart, "each node restarted in turn"),
    ("node", Scenario::NodeKilled, "a node killed"),
    (
        "asleep",
        Scenario::NodeAsleep,
        "a node stopped for 60 s, and continued",
    ),
    (
        "cut",
        Scenario::CommitCut,
        "a node's connection cut in commits, 20 times",
    ),
    (
        "primary",
        Scenario::PrimaryKilled,
        "the primary killed, the standby promoted 8 s later",
    ),
    ("disk", Scenario::DiskFull, "the database's disk full for a while"),
];

struct Options {
    only: Vec<Scenario>,
    rokad: Option<PathBuf>,
}

impl Options {
    fn parse(args: &[String]) -> Result<Self> {
        let (mut only, mut rokad) = (Vec::new(), None);
        let mut rest = args.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().ok_or(USAGE)?;
            match flag.as_str() {
                "--only" => {
                    let known = SCENARIOS.iter().find(|(name, ..)| name == value);
                    only.push(known.ok_or(USAGE)?.1);
                }
                "--rokad" => rokad = Some(value.into()),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(Self { only, rokad })
    }
}

pub fn run(args: &[String]) -> Result<()> {
    let options = Options::parse(args)?;
    let rokad = match &options.rokad {
        Some(program) => program.canonicalize()?,
        None => {
            let build = ["build", "--release", "-p", "rokad", "--locked"];
            check(&mut cargo(&build), "rokad does not build")?;
            target_dir()?.join("release/rokad")
        }
    };
    let programs = Programs::find().ok_or("PostgreSQL's programs are not here")?;
    let scratch = tempfile::Builder::new()
        .prefix("rokad-drill-")
        .tempdir_in("/var/tmp")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let (primary, standby) = (scratch.path().join("primary"), scratch.path().join("standby"));
        let drill = async {
            let servers = Servers::start(&programs, &primary, &standby).await?;
            let gateway = Gateway::start(rokad, scratch.path(), servers.ports())?;
            let mut drill = Drill {
                judge: Judge::default(),
                servers,
                gateway,
                report: Vec::new(),
            };
            let done = drill.all(&options).await;
            drill.print();
            done
        };
        tokio::select! {
            done = drill => done,
            _ = interrupt.recv() => Err("interrupted".into()),
            _ = terminate.recv() => Err("told to stop".into()),
        }
    })
}

struct Drill<'a> {
    servers: Servers<'a>,
    gateway: Gateway,
    judge: Judge,
    report: Vec<(&'static str, String)>,
}

impl Drill<'_> {
    async fn all(&mut self, options: &Options) -> Result<()> {
        for (_, scenario, name) in SCENARIOS {
            if options.only.is_empty() || options.only.contains(&scenario) {
                say(name);
                let line = self
                    .one(scenario)
                    .await
                    .map_err(|error| format!("{name}: {error}"))?;
                say(&line);
                self.report.push((name, line));
            }
        }
        Ok(())
    }

    async fn one(&mut self, scenario: Scenario) -> Result<String> {
        if scenario == Scenario::DiskFull && !self.servers.has_small_disk() {
            return Ok("left out: a small file system cannot be mounted here".to_owned());
        }
        let clients = Clients::start(
            self.gateway.addresses(),
            self.gateway.client()?,
            &self.gateway.pid,
        );
        wait(BEFORE).await;
        let from = Instant::now();
        self.happens(scenario, &clients).await?;
        let back = Instant::now();
        clients.answers_after(back, BACK_WITHIN).await?;
        wait(AFTER).await;
        let told = clients.finish();
        let (answers, gap) = (told.answered_after(from), told.longest_gap_after(from));
        let failed = told.failed;
        if scenario == Scenario::RollingRestart && failed > 0 {
            return Err(format!("{failed} requests failed: {}", told.last_failure).into());
        }
        let books = self.judge.compare(&self.gateway, told).await?;
        Ok(format!(
            "{answers} orders answered, {:.1} s without service, {failed} requests failed or were not answered; {books}",
            gap.as_secs_f64()
        ))
    }

    async fn happens(&mut self, scenario: Scenario, clients: &Clients) -> Result<()> {
        match scenario {
            Scenario::RollingRestart => {
                for node in 0..gateway::NODES {
                    self.gateway.stop(node).await?;
                    self.gateway.serve(node)?;
                    wait(AFTER).await;
                }
            }
            Scenario::NodeKilled => {
                self.gateway.kill(2);
                wait(AFTER).await;
                self.gateway.serve(2)?;
            }
            Scenario::NodeAsleep => {
                self.gateway.signal(1, Signal::Stop)?;
                wait(ASLEEP).await;
                self.gateway.signal(1, Signal::Cont)?;
            }
            Scenario::CommitCut => {
                for _ in 0..CUTS {
                    self.gateway.cut_the_next_commit();
                    wait(BETWEEN_CUTS).await;
                }
                if self.gateway.cuts() < CUTS / 2 {
                    return Err("too few commits were cut".into());
                }
            }
            Scenario::PrimaryKilled => {
                self.servers.kill_the_primary()?;
                wait(UNNOTICED).await;
                self.servers.promote().await?;
            }
            Scenario::DiskFull => {
                self.servers.fill_the_disk()?;
                clients.fail_for(Duration::from_secs(3), BACK_WITHIN).await?;
                self.servers.free_the_disk().await?;
            }
        }
        Ok(())
    }

    fn print(&self) {
        for (name, line) in &self.report {
            println!("{name}: {line}");
        }
    }
}

async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// What a person waiting at the terminal sees.
fn say(what: &str) {
    eprintln!("drill: {what}");
}
