//! `cargo xtask bench growth`: what becomes of the speed as the book grows, on both databases.
//!
//! A thousand merchants, random order_ids. The book grows by what is measured: every payout comes over HTTP. At each size that
//! is wanted the rate is that of the payouts before it; at the end requests are offered at 1,000/s for a minute, while the
//! database writes its checkpoints.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::accept::{MERCHANTS, NOBODY};
use super::rokad::{Instance, Jobs, Running};
use super::{Bench, CONNECTIONS, say};
use crate::load::closed::Closed;
use crate::load::open::Open;
use crate::load::request::Requests;
use crate::postgres::{Cluster, Programs};
use crate::{Result, USAGE};

/// Payouts in the end, unless `--payouts` says otherwise.
const PAYOUTS: u64 = 10_000_000;

/// Sizes at which the rate is printed.
const STEPS: u64 = 10;

/// Offered in the end, and for how long: several checkpoints long.
const OFFERED_PER_S: u32 = 1_000;
const OFFERED_FOR: Duration = Duration::from_secs(60);

/// Nobody waits for longer for one step.
const STEP_LIMIT: Duration = Duration::from_secs(3_600);

/// The rate at the end over that at the beginning, and milliseconds.
const AIM_RATIO: f64 = 0.8;
const AIM_P99_MS: f64 = 10.0;

pub struct Options {
    payouts: u64,
    on: Option<Database>,
    pub rokad: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Database {
    Embedded,
    Server,
}

impl Options {
    pub fn parse(args: &[String]) -> Result<Self> {
        let (mut payouts, mut on, mut rokad) = (PAYOUTS, None, None);
        let mut rest = args.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().ok_or(USAGE)?;
            match (flag.as_str(), value.as_str()) {
                ("--payouts", number) => payouts = number.parse().map_err(|_| USAGE)?,
                ("--on", "sqlite") => on = Some(Database::Embedded),
                ("--on", "postgres") => on = Some(Database::Server),
                ("--rokad", program) => rokad = Some(program.into()),
                _ => return Err(USAGE.into()),
            }
        }
        if payouts < STEPS * 1_000 {
            return Err(format!("--payouts must be at least {}", STEPS * 1_000).into());
        }
        Ok(Self { payouts, on, rokad })
    }
}

pub async fn measure(bench: &Bench, options: &Options) -> Result<String> {
    let mut table = String::new();
    if options.on != Some(Database::Server) {
        let instance = Instance::create(bench, "growth").await?;
        table += &grow("embedded", &instance, options.payouts, || instance.bytes()).await?;
    }
    if options.on != Some(Database::Embedded) {
        let Some(programs) = Programs::find() else {
            return Err("PostgreSQL's programs are not here".into());
        };
        let dir = bench.scratch.path().join("server");
        let cluster = Cluster::make(&programs, &dir).await?;
        // As an operator of a large book sets it: checkpoints by time, memory for the indexes.
        let server = cluster
            .start(&["shared_buffers=2GB", "max_wal_size=8GB", "checkpoint_timeout=60s"])
            .await?;
        let instance = Instance::create_on(bench, "growth-on-server", Some(cluster.url("postgres"))).await?;
        let data = dir.join("data/base");
        table += &grow("PostgreSQL", &instance, options.payouts, || {
            super::rokad::bytes_in(&data)
        })
        .await?;
        server.stop().await?;
    }
    Ok(table)
}

async fn grow(
    name: &str,
    instance: &Instance,
    payouts: u64,
    bytes: impl Fn() -> Result<u64>,
) -> Result<String> {
    let pids = instance.merchants(MERCHANTS, NOBODY)?;
    let requests = Arc::new(Requests::of(&pids));
    let running = instance.start(Jobs::Off).await?;
    let before = bytes()?;
    let mut table = format!("{name}\n{:>12} {:>12} {:>8}\n", "payouts", "a second", "of first");
    let (mut first, mut last) = (None, 0.0);
    for step in 1..=STEPS {
        last = one_step(&running, &requests, payouts / STEPS).await?;
        let ratio = last / *first.get_or_insert(last);
        let line = format!("{:>12} {last:>12.0} {ratio:>8.2}", payouts / STEPS * step);
        say(&format!("{name}: {line}"));
        table += &line;
        table += "\n";
    }
    let plan = Open {
        connections: CONNECTIONS,
        per_second: OFFERED_PER_S,
        warm_up: super::WARM_UP,
        window: OFFERED_FOR,
    };
    let mut tally = plan.run(running.address, requests).await?;
    let [p50, p99, p999] = tally.percentiles_ms([0.5, 0.99, 0.999]);
    running.stop().await?;
    let each = (bytes()?.saturating_sub(before)) as f64 / payouts as f64;
    let ratio = last / first.unwrap_or(last);
    table += &format!(
        "at {OFFERED_PER_S}/s: p50 {p50:.2} ms, p99 {p99:.2} ms (aim below {AIM_P99_MS}: {}), p99.9 {p999:.2} ms\n",
        met(p99 < AIM_P99_MS)
    );
    table += &format!(
        "last over first {ratio:.2} (aim {AIM_RATIO}: {}); ",
        met(ratio >= AIM_RATIO)
    );
    table += &format!("{each:.0} bytes a payout\n");
    Ok(table)
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// As fast as it goes, until so many more were accepted. The rate.
async fn one_step(running: &Running, requests: &Arc<Requests>, payouts: u64) -> Result<f64> {
    let plan = Closed {
        connections: CONNECTIONS,
        warm_up: Duration::ZERO,
        window: STEP_LIMIT,
        requests: payouts.cast_signed(),
    };
    let start = Instant::now();
    let tally = plan.run(running.address, Arc::clone(requests)).await?;
    Ok(tally.accepted as f64 / start.elapsed().as_secs_f64())
}
