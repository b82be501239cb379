//! What a run of the load generator saw.

use std::time::Duration;

use crate::Result;

/// Every answer is counted; only those inside the window (after the warm-up) make the figures.
#[derive(Default)]
pub struct Tally {
    /// Answers that said yes, warm-up included: so many payouts are in the book.
    pub accepted: u64,
    /// Microseconds of each answer inside the window: all of them, no buckets.
    pub micros: Vec<u32>,
    pub errors: u64,
    pub first_error: Option<String>,
}

impl Tally {
    /// Notes an answer that said yes.
    pub fn accept(&mut self, took: Duration, in_window: bool) {
        self.accepted += 1;
        if in_window {
            self.micros
                .push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
        }
    }

    pub fn fail(&mut self, error: String) {
        self.errors += 1;
        self.first_error.get_or_insert(error);
    }

    pub fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.micros.extend(other.micros);
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
    }

    /// `self`, unless an answer was wrong: a figure with errors in it is no figure.
    pub fn checked(self) -> Result<Self> {
        match &self.first_error {
            None => Ok(self),
            Some(first) => Err(format!("{} of the requests failed, the first: {first}", self.errors).into()),
        }
    }

    pub fn per_second(&self, window: Duration) -> f64 {
        self.micros.len() as f64 / window.as_secs_f64()
    }

    /// The latencies in milliseconds below which `shares` of the answers came.
    pub fn percentiles_ms<const N: usize>(&mut self, shares: [f64; N]) -> [f64; N] {
        self.micros.sort_unstable();
        shares.map(|share| f64::from(percentile(&self.micros, share)) / 1000.0)
    }
}

/// Nearest rank: the smallest value that at least `share` of all values do not exceed. Zero of nothing.
fn percentile(sorted: &[u32], share: f64) -> u32 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_seen() {
        let hundred: Vec<u32> = (1..=100).collect();
        let seen = [0.0, 0.01, 0.5, 0.99, 0.991, 1.0].map(|share| percentile(&hundred, share));
        assert_eq!(seen, [1, 1, 50, 99, 100, 100]);
        assert_eq!(percentile(&[7], 0.5), 7);
        assert_eq!(percentile(&[], 0.5), 0);
    }

    #[test]
    fn one_wrong_answer_spoils_the_figure() {
        let mut tally = Tally::default();
        tally.accept(Duration::from_micros(90), true);
        let mut other = Tally::default();
        other.fail("status 500".to_owned());
        tally.add(other);
        assert!(tally.checked().is_err());
    }

    #[test]
    fn the_warm_up_counts_for_the_book_but_not_for_the_rate() {
        let mut tally = Tally::default();
        tally.accept(Duration::from_micros(90), false);
        tally.accept(Duration::from_micros(90), true);
        assert_eq!(
            (tally.accepted, tally.per_second(Duration::from_secs(1))),
            (2, 1.0)
        );
    }
}
