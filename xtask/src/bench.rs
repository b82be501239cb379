//! `cargo xtask bench`: the speed of Rokad on this machine, beside measuring rods on the same machine.
//!
//! Figures of different machines cannot be compared; ratios from one run can. The rods are a bare axum echo under
//! the same load generator, and pgbench's TPC-B-like transactions on a PostgreSQL of our own. Everything runs on
//! loopback, in directories of its own; only processes started here are ended here.

mod accept;
mod card;
mod carried;
mod figures;
mod growth;
mod options;
mod payments;
mod pgbench;
mod postgres;
mod ready;
mod receiver;
mod rods;
mod rokad;
mod table;
mod webhooks;

use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use crate::Result;
use crate::cargo::{cargo, check, target_dir};
use crate::load::closed::{Closed, REQUESTS_MAX};
use crate::load::open::Open;
use crate::load::request::Requests;
use crate::load::tally::Tally;
use figures::Figures;
use options::{Measure, Options};

/// Keep-alive connections of the load generator, as the issue asks.
const CONNECTIONS: usize = 64;

/// Before each measure, not counted.
const WARM_UP: Duration = Duration::from_secs(1);

/// All that a measure needs to know.
struct Bench {
    options: Options,
    rokad: PathBuf,
    /// Removed at the end, also after a failure.
    scratch: TempDir,
}

pub fn run(args: &[String]) -> Result<()> {
    let (growth, options) = match args.split_first() {
        Some((first, rest)) if first == "growth" => {
            let growth = growth::Options::parse(rest)?;
            let options = Options::of_growth(growth.rokad.clone());
            (Some(growth), options)
        }
        _ => (None, Options::parse(args)?),
    };
    let rokad = built_rokad(&options)?;
    if cfg!(debug_assertions) {
        return again_in_release(args);
    }
    let scratch = tempfile::Builder::new()
        .prefix("rokad-bench-")
        .tempdir_in(scratch_root())?;
    let bench = Bench {
        options,
        rokad,
        scratch,
    };
    // Two threads: the load generator takes its share of a small machine, from the echo and from rokad alike.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    if let Some(growth) = growth {
        print!(
            "{}",
            runtime.block_on(unless_interrupted(growth::measure(&bench, &growth)))?
        );
        return Ok(());
    }
    let figures = runtime.block_on(unless_interrupted(bench.measure()))?;
    figures.write(&target_dir()?.join("bench.json"))?;
    print!("{}", table::render(&figures, &bench.options));
    Ok(())
}

/// /tmp may be a RAM disk, where durable costs nothing.
fn scratch_root() -> PathBuf {
    std::env::var_os("ROKAD_BENCH_DIR").map_or_else(|| "/var/tmp".into(), PathBuf::from)
}

fn built_rokad(options: &Options) -> Result<PathBuf> {
    if let Some(program) = &options.rokad {
        return Ok(program
            .canonicalize()
            .map_err(|error| format!("{}: {error}", program.display()))?);
    }
    let needed = [
        Measure::Accept,
        Measure::Spread,
        Measure::Postgres,
        Measure::Latency,
        Measure::Carried,
        Measure::Payments,
        Measure::Page,
        Measure::Card,
        Measure::Status,
        Measure::Webhooks,
        Measure::Ready,
    ];
    if cfg!(debug_assertions) && needed.iter().any(|&measure| options.wants(measure)) {
        check(
            &mut cargo(&["build", "--release", "-p", "rokad", "--locked"]),
            "rokad does not build",
        )?;
    }
    Ok(target_dir()?.join("release/rokad"))
}

/// An unoptimised load generator would measure itself. Takes this process's place, so that signals find it.
fn again_in_release(args: &[String]) -> Result<()> {
    check(
        &mut cargo(&["build", "--release", "-p", "xtask", "--locked"]),
        "xtask does not build",
    )?;
    let program = target_dir()?.join("release/xtask");
    Err(Command::new(program).arg("bench").args(args).exec().into())
}

/// Dropping the measure ends its processes; the scratch directory goes after them.
async fn unless_interrupted<T>(measure: impl Future<Output = Result<T>>) -> Result<T> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        figures = measure => figures,
        _ = interrupt.recv() => Err("interrupted".into()),
        _ = terminate.recv() => Err("told to stop".into()),
    }
}

impl Bench {
    async fn measure(&self) -> Result<Figures> {
        let mut figures = Figures::default();
        rods::measure(self, &mut figures).await?;
        if self.options.wants(Measure::Accept) {
            accept::hot(self, &mut figures).await?;
        }
        if self.options.wants(Measure::Spread) {
            accept::spread(self, &mut figures).await?;
        }
        if self.options.wants(Measure::Postgres) {
            postgres::measure(self, &mut figures).await?;
        }
        if self.options.wants(Measure::Latency) || self.options.wants(Measure::Carried) {
            carried::measure(self, &mut figures).await?;
        }
        let collecting = [Measure::Payments, Measure::Page, Measure::Card, Measure::Status];
        if collecting.iter().any(|&measure| self.options.wants(measure)) {
            payments::measure(self, &mut figures).await?;
        }
        if self.options.wants(Measure::Webhooks) {
            webhooks::measure(self, &mut figures).await?;
        }
        if self.options.wants(Measure::Ready) {
            ready::measure(self, &mut figures).await?;
        }
        rods::measure(self, &mut figures).await?;
        Ok(figures)
    }

    fn window(&self) -> Duration {
        Duration::from_secs(self.options.seconds)
    }

    /// As many requests as the server answers. Gives the answers a second, too.
    async fn flat_out(&self, address: SocketAddr, requests: &Arc<Requests>) -> Result<(f64, Tally)> {
        self.closed(address, requests, CONNECTIONS).await
    }

    /// The same, by so many connections.
    async fn closed(
        &self,
        address: SocketAddr,
        requests: &Arc<Requests>,
        connections: usize,
    ) -> Result<(f64, Tally)> {
        let window = self.window();
        let plan = Closed {
            connections,
            warm_up: WARM_UP,
            window,
            requests: REQUESTS_MAX,
        };
        let tally = plan.run(address, Arc::clone(requests)).await?;
        if tally.accepted.cast_signed() >= REQUESTS_MAX {
            return Err("the run hit its limit of requests: ask for fewer --seconds".into());
        }
        Ok((tally.per_second(window), tally))
    }

    /// So many requests a second, whatever the server does.
    async fn offered(&self, per_second: u32, address: SocketAddr, requests: &Arc<Requests>) -> Result<Tally> {
        let plan = Open {
            connections: CONNECTIONS,
            per_second,
            warm_up: WARM_UP,
            window: self.window(),
        };
        plan.run(address, Arc::clone(requests)).await
    }
}

/// What a person waiting at the terminal sees.
fn say(what: &str) {
    eprintln!("bench: {what}");
}
