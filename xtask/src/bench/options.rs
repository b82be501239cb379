//! The command line of the benchmark.

use std::path::PathBuf;

use crate::{Result, USAGE};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    Echo,
    Pgbench,
    Accept,
    Spread,
    Latency,
    Carried,
    Ready,
}

const NAMES: [(&str, Measure); 7] = [
    ("echo", Measure::Echo),
    ("pgbench", Measure::Pgbench),
    ("accept", Measure::Accept),
    ("spread", Measure::Spread),
    ("latency", Measure::Latency),
    ("carried", Measure::Carried),
    ("ready", Measure::Ready),
];

#[derive(Debug)]
pub struct Options {
    /// Length of each measure, without its warm-up.
    pub seconds: u64,
    only: Vec<Measure>,
    pub rokad: Option<PathBuf>,
}

impl Options {
    pub fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self {
            seconds: 5,
            only: Vec::new(),
            rokad: None,
        };
        let mut rest = args.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().ok_or(USAGE)?;
            match flag.as_str() {
                "--seconds" => options.seconds = seconds(value)?,
                "--only" => options.only.push(measure(value)?),
                "--rokad" => options.rokad = Some(value.into()),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }

    pub fn wants(&self, measure: Measure) -> bool {
        self.only.is_empty() || self.only.contains(&measure)
    }
}

/// One minute a measure at most: the book of a run must fit on the disk and its latencies in memory.
fn seconds(text: &str) -> Result<u64> {
    let seconds = text.parse().ok().filter(|seconds| (1..=60).contains(seconds));
    seconds.ok_or_else(|| format!("--seconds {text}: a whole number from 1 to 60").into())
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
    fn nonsense_is_refused() {
        for line in [
            "--seconds",
            "--seconds 0",
            "--seconds 61",
            "--only tea",
            "--fast 1",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
