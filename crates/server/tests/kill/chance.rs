//! Chance that follows from a seed.

use std::time::Duration;

/// The environment variable that repeats a run's draws.
const VARIABLE: &str = "ROKAD_KILL_SEED";

/// SplitMix64. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators".
pub struct Chance(u64);

impl Chance {
    /// From the environment, or new; printed, so that a failure can be looked at again.
    pub fn of_this_run() -> Self {
        let set = std::env::var(VARIABLE).ok();
        let set = set.map(|text| text.parse().expect("ROKAD_KILL_SEED is a whole number"));
        let seed = set.unwrap_or_else(rokad_wire::chance::number);
        println!("{VARIABLE}={seed}");
        Self(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.number() % (most - least + 1)
    }

    pub fn one_in(&mut self, many: u64) -> bool {
        self.number().is_multiple_of(many)
    }

    pub fn ms(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.between(least, most))
    }

    pub fn pick<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[usize::try_from(self.between(0, some.len() as u64 - 1)).unwrap()]
    }

    /// Another source, for another thread.
    pub fn split(&mut self) -> Self {
        Self(self.number())
    }
}
