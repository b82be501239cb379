//! The command line of the benchmark.

use std::path::PathBuf;

use crate::{Result, USAGE};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    Echo,
    Pgbench,
    Postgres,
    Accept,
    Spread,
    Latency,
    Carried,
    Payments,
    Page,
    Card,
    Status,
    Webhooks,
    Ready,
}

/// Payments in the book of the status calls, unless `--payments` says otherwise; fewer when the run is short.
const PAYMENTS: u64 = 1_000_000;
const PAYMENTS_A_SECOND: u64 = 200_000;

const NAMES: [(&str, Measure); 13] = [
    ("echo", Measure::Echo),
    ("pgbench", Measure::Pgbench),
    ("postgres", Measure::Postgres),
    ("accept", Measure::Accept),
    ("spread", Measure::Spread),
    ("latency", Measure::Latency),
    ("carried", Measure::Carried),
    ("payments", Measure::Payments),
    ("page", Measure::Page),
    ("card", Measure::Card),
    ("status", Measure::Status),
    ("webhooks", Measure::Webhooks),
    ("ready", Measure::Ready),
];

#[derive(Debug)]
pub struct Options {
    /// Length of each measure, without its warm-up.
    pub seconds: u64,
    only: Vec<Measure>,
    payments: Option<u64>,
    pub rokad: Option<PathBuf>,
}

impl Options {
    pub fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self {
            seconds: 5,
            only: Vec::new(),
            payments: None,
            rokad: None,
        };
        let mut rest = args.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().ok_or(USAGE)?;
            match flag.as_str() {
                "--seconds" => options.seconds = seconds(value)?,
                "--only" => options.only.push(measure(value)?),
                "--payments" => options.payments = Some(payments(value)?),
                "--rokad" => options.rokad = Some(value.into()),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }

    /// For the growth of the book, which is measured by itself.
    pub fn of_growth(rokad: Option<PathBuf>) -> Self {
        Self {
            seconds: 1,
            only: vec![Measure::Accept],
            payments: None,
            rokad,
        }
    }

    pub fn wants(&self, measure: Measure) -> bool {
        self.only.is_empty() || self.only.contains(&measure)
    }

    /// Payments in the book of the status calls.
    pub fn payments(&self) -> u64 {
        self.payments
            .unwrap_or_else(|| PAYMENTS.min(self.seconds * PAYMENTS_A_SECOND))
    }
}

/// One minute a measure at most: the book of a run must fit on the disk and its latencies in memory.
fn seconds(text: &str) -> Result<u64> {
    let seconds = text.parse().ok().filter(|seconds| (1..=60).contains(seconds));
    seconds.ok_or_else(|| format!("--seconds {text}: a whole number from 1 to 60").into())
}

/// As many as fit on a small disk, at about a kilobyte each.
fn payments(text: &str) -> Result<u64> {
    let payments = text.parse().ok().filter(|count| (1..=5_000_000).contains(count));
    payments.ok_or_else(|| format!("--payments {text}: a whole number from 1 to 5000000").into())
}

fn measure(name: &str) -> Result<Measure> {
    let found = NAMES.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, measure)| *measure)
        .ok_or_else(|| format!("--only {name}: no such measure\n{USAGE}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn without_only_everything_is_measured() {
        let options = parse("--seconds 3").unwrap();
        assert_eq!(options.seconds, 3);
        assert!(NAMES.iter().all(|(_, measure)| options.wants(*measure)));
    }

    #[test]
    fn only_what_is_named_is_measured() {
        let options = parse("--only echo --only ready").unwrap();
        assert!(options.wants(Measure::Echo) && options.wants(Measure::Ready));
        assert!(!options.wants(Measure::Accept));
    }

    #[test]
    fn a_short_run_fills_a_smaller_book() {
        let payments = |line| parse(line).unwrap().payments();
        assert_eq!(payments(""), PAYMENTS);
        assert_eq!(payments("--seconds 1"), PAYMENTS_A_SECOND);
        assert_eq!(payments("--seconds 1 --payments 7"), 7);
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "--seconds",
            "--seconds 0",
            "--seconds 61",
            "--only tea",
            "--payments 0",
            "--fast 1",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
