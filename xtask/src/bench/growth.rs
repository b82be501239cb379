//! `cargo xtask bench growth`: what becomes of the speed as the book grows, on both databases.
//!
//! A thousand merchants, random order_ids; every payout comes over HTTP. At each size that is wanted an empty book stands beside
//! the grown one, on the same disk and server, and both are measured in turn, in short windows: the ratio of the medians is
//! not moved by what else the machine does. In the end requests are offered at 1,000/s to both in turn, while the database writes its
//! checkpoints, and the grown one is started again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::accept::{MERCHANTS, NOBODY};
use super::figures::median;
use super::rokad::{Instance, Jobs, Running};
use super::{Bench, CONNECTIONS, WARM_UP, say};
use crate::load::closed::{Closed, REQUESTS_MAX};
use crate::load::open::Open;
use crate::load::request::Requests;
use crate::load::tally::Tally;
use crate::postgres::{Cluster, Programs};
use crate::{Result, USAGE};

/// Payouts in the end, unless `--payouts` says otherwise. At most as many as the merchants' wallets pay for.
const PAYOUTS: u64 = 10_000_000;
const PAYOUTS_MAX: u64 = 50_000_000;

/// Sizes at which the rate is measured.
const STEPS: u64 = 10;

/// At each size: so many turns of one window on the empty book and one on the grown.
const TURNS: usize = 5;
const WINDOW: Duration = Duration::from_secs(2);

/// Offered in the end, in so many turns: several checkpoints long.
const OFFERED_PER_S: u32 = 1_000;
const OFFERED_TURNS: usize = 6;
const OFFERED_WINDOW: Duration = Duration::from_secs(10);

/// Minutes that the growing may take, unless `--minutes` says otherwise: then the book is as large as it is.
const MINUTES: u64 = 120;

/// The rate at the end over that of an empty book, and milliseconds.
const AIM_RATIO: f64 = 0.8;
const AIM_P99_MS: f64 = 10.0;

/// As an operator of a large book sets its server: `docs/operations/growth.md`.
const SERVER: [&str; 6] = [
    "shared_buffers=2GB",
    "max_wal_size=8GB",
    "checkpoint_timeout=300s",
    "checkpoint_completion_target=0.9",
    "wal_compression=lz4",
    "wal_buffers=64MB",
];

pub struct Options {
    payouts: u64,
    minutes: u64,
    on: Option<Database>,
    settings: Vec<String>,
    pub rokad: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Database {
    Embedded,
    Server,
}

impl Options {
    pub fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self {
            payouts: PAYOUTS,
            minutes: MINUTES,
            on: None,
            settings: Vec::new(),
            rokad: None,
        };
        let mut rest = args.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().ok_or(USAGE)?;
            match (flag.as_str(), value.as_str()) {
                ("--payouts", number) => options.payouts = number.parse().map_err(|_| USAGE)?,
                ("--minutes", number) => options.minutes = number.parse().map_err(|_| USAGE)?,
                ("--on", "sqlite") => options.on = Some(Database::Embedded),
                ("--on", "postgres") => options.on = Some(Database::Server),
                ("--setting", setting) => options.settings.push(setting.to_owned()),
                ("--rokad", program) => options.rokad = Some(program.into()),
                _ => return Err(USAGE.into()),
            }
        }
        if !(1..=24 * 60).contains(&options.minutes) {
            return Err("--minutes: from 1 to a day of them".into());
        }
        if !(STEPS * 1_000..=PAYOUTS_MAX).contains(&options.payouts) {
            return Err(format!("--payouts: from {} to {PAYOUTS_MAX}", STEPS * 1_000).into());
        }
        Ok(options)
    }
}

pub async fn measure(bench: &Bench, options: &Options) -> Result<String> {
    let mut table = String::new();
    if options.on != Some(Database::Server) {
        let site = Site {
            bench,
            name: "embedded",
            cluster: None,
        };
        table += &site.grow(options).await?;
    }
    if options.on != Some(Database::Embedded) {
        let Some(programs) = Programs::find() else {
            return Err("PostgreSQL's programs are not here".into());
        };
        let dir = bench.scratch.path().join("server");
        let cluster = Cluster::make(&programs, &dir).await?;
        // Of two that say the same the later one counts.
        let settings: Vec<&str> = SERVER
            .into_iter()
            .chain(options.settings.iter().map(String::as_str))
            .collect();
        let server = cluster.start(&settings).await?;
        let site = Site {
            bench,
            name: "PostgreSQL",
            cluster: Some(&cluster),
        };
        table += &site.grow(options).await?;
        table += &format!("server: {}\n", settings.join(" "));
        server.stop().await?;
    }
    Ok(table)
}

/// Where books are made.
struct Site<'a> {
    bench: &'a Bench,
    name: &'static str,
    /// A server; else the embedded database.
    cluster: Option<&'a Cluster<'a>>,
}

/// A book with its merchants, under load.
struct Book {
    instance: Instance,
    running: Running,
    requests: Arc<Requests>,
    /// In it.
    payouts: u64,
}

impl Site<'_> {
    async fn open(&self, name: &str) -> Result<Book> {
        let instance = match self.cluster {
            None => Instance::create(self.bench, name).await?,
            Some(cluster) => {
                let sql = format!("CREATE DATABASE {name}");
                cluster.output("psql", &["-c", &sql]).await?;
                Instance::create_on(self.bench, name, Some(cluster.url(name))).await?
            }
        };
        let pids = instance.merchants(MERCHANTS, NOBODY)?;
        Ok(Book {
            running: instance.start(Jobs::Off).await?,
            requests: Arc::new(Requests::of(&pids)),
            instance,
            payouts: 0,
        })
    }

    async fn remove(&self, book: Book, name: &str) -> Result<()> {
        book.running.stop().await?;
        match self.cluster {
            None => book.instance.remove(),
            Some(cluster) => {
                let sql = format!("DROP DATABASE {name}");
                cluster.output("psql", &["-c", &sql]).await.map(|_| ())
            }
        }
    }

    async fn bytes(&self, book: &Book, name: &str) -> Result<u64> {
        match self.cluster {
            None => book.instance.bytes(),
            Some(cluster) => {
                let sql = format!("SELECT pg_database_size('{name}')");
                Ok(cluster.output("psql", &["-Atc", &sql]).await?.trim().parse()?)
            }
        }
    }

    async fn grow(&self, options: &Options) -> Result<String> {
        let payouts = options.payouts;
        let until = Instant::now() + Duration::from_secs(60 * options.minutes);
        let mut grown = self.open("grown").await?;
        let before = self.bytes(&grown, "grown").await?;
        let heading = [
            "payouts",
            "empty/s",
            "grown/s",
            "ratio",
            "growing/s",
            "bytes each",
        ];
        let [a, b, c, d, e, f] = heading;
        let mut table = format!("{}\n{a:>12} {b:>10} {c:>10} {d:>8} {e:>10} {f:>10}\n", self.name);
        let mut ratio = 0.0;
        for step in 1..=STEPS {
            let growing = grown.grow_to(payouts / STEPS * step, until).await?;
            let empty_name = format!("empty{step}");
            let mut empty = self.open(&empty_name).await?;
            let [on_empty, on_grown] = in_turn(&mut empty, &mut grown).await?;
            self.remove(empty, &empty_name).await?;
            ratio = on_grown / on_empty;
            let each =
                (self.bytes(&grown, "grown").await?.saturating_sub(before)) as f64 / grown.payouts as f64;
            let line = format!(
                "{:>12} {on_empty:>10.0} {on_grown:>10.0} {ratio:>8.2} {growing:>10.0} {each:>10.0}\n",
                grown.payouts
            );
            say(&format!("{}: {}", self.name, line.trim_end()));
            table += &line;
            if Instant::now() >= until {
                table += "no larger: its time was over\n";
                break;
            }
        }
        table += &format!(
            "ratio at the end {ratio:.2} (aim {AIM_RATIO}: {})\n",
            met(ratio >= AIM_RATIO)
        );
        table += &self.offered(&mut grown).await?;
        table += &self.again(grown).await?;
        Ok(table)
    }

    /// A thousand a second, to an empty book and the grown one in turn.
    async fn offered(&self, grown: &mut Book) -> Result<String> {
        let mut empty = self.open("empty").await?;
        let (mut on_empty, mut on_grown) = (Turns::default(), Turns::default());
        for _ in 0..OFFERED_TURNS {
            on_empty.add(empty.offered().await?);
            on_grown.add(grown.offered().await?);
        }
        self.remove(empty, "empty").await?;
        let (empty, (grown, p99)) = (on_empty.told().0, on_grown.told());
        Ok(format!(
            "at {OFFERED_PER_S}/s, empty: {empty}\nat {OFFERED_PER_S}/s, grown: {grown} (aim p99 below {AIM_P99_MS} ms: {})\n",
            met(p99 < AIM_P99_MS)
        ))
    }

    /// Memory, and how long a start takes.
    async fn again(&self, grown: Book) -> Result<String> {
        let peak = grown.running.peak_mib()?;
        grown.running.stop().await?;
        let start = Instant::now();
        let running = grown.instance.start(Jobs::Off).await?;
        let ready = start.elapsed().as_secs_f64();
        let fresh = running.peak_mib()?;
        running.stop().await?;
        Ok(format!(
            "memory {peak:.0} MiB; the next start takes {ready:.2} s and {fresh:.0} MiB\n"
        ))
    }
}

impl Book {
    /// As fast as it goes, until there are so many or the time is over. The rate.
    async fn grow_to(&mut self, payouts: u64, until: Instant) -> Result<f64> {
        let missing = payouts.saturating_sub(self.payouts);
        let plan = Closed {
            connections: CONNECTIONS,
            warm_up: Duration::ZERO,
            window: until.saturating_duration_since(Instant::now()),
            requests: missing.cast_signed(),
        };
        let start = Instant::now();
        let tally = plan.run(self.running.address, Arc::clone(&self.requests)).await?;
        self.payouts += tally.accepted;
        Ok(tally.accepted as f64 / start.elapsed().as_secs_f64())
    }

    async fn window(&mut self) -> Result<f64> {
        let plan = Closed {
            connections: CONNECTIONS,
            warm_up: WARM_UP / 2,
            window: WINDOW,
            requests: REQUESTS_MAX,
        };
        let tally = plan.run(self.running.address, Arc::clone(&self.requests)).await?;
        self.payouts += tally.accepted;
        Ok(tally.per_second(WINDOW))
    }

    async fn offered(&mut self) -> Result<Tally> {
        let plan = Open {
            connections: CONNECTIONS,
            per_second: OFFERED_PER_S,
            warm_up: WARM_UP,
            window: OFFERED_WINDOW,
        };
        let tally = plan.run(self.running.address, Arc::clone(&self.requests)).await?;
        self.payouts += tally.accepted;
        Ok(tally)
    }
}

/// The median rates of the empty and of the grown book.
async fn in_turn(empty: &mut Book, grown: &mut Book) -> Result<[f64; 2]> {
    let (mut on_empty, mut on_grown) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        on_empty.push(empty.window().await?);
        on_grown.push(grown.window().await?);
    }
    Ok([on_empty, on_grown].map(|rates| median(rates).unwrap_or(0.0)))
}

/// The latencies of several windows.
#[derive(Default)]
struct Turns {
    all: Tally,
    p99s: Vec<f64>,
}

impl Turns {
    fn add(&mut self, mut tally: Tally) {
        let [p99] = tally.percentiles_ms([0.99]);
        self.p99s.push(p99);
        self.all.add(tally);
    }

    /// In words, and p99 of all.
    fn told(mut self) -> (String, f64) {
        let [p50, p99, p999] = self.all.percentiles_ms([0.5, 0.99, 0.999]);
        let middle = median(self.p99s).unwrap_or(0.0);
        let words = format!(
            "p50 {p50:.2} ms, p99 {p99:.2} ms (median of the windows {middle:.2}), p99.9 {p999:.2} ms"
        );
        (words, p99)
    }
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_book_that_the_wallets_do_not_pay_for_is_refused() {
        assert_eq!(parse("").unwrap().payouts, PAYOUTS);
        for line in [
            "--payouts 9999",
            "--minutes 0",
            "--payouts 50000001",
            "--payouts",
            "--on paper",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
