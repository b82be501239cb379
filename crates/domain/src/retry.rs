//! When to try again: growing gaps with jitter. Pure: the chance comes in as a value.

/// A schedule of gaps between attempts, in milliseconds. After the last, the last gap repeats.
#[derive(Clone, Copy, Debug)]
pub struct Schedule(&'static [i64]);

/// A value between 0 and 999 that somebody drew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Jitter(u16);

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Gaps between the attempts of a callback. Source: contract.md §2.4.
pub const CALLBACK: Schedule = Schedule(&[
    5 * SECOND,
    15 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
]);

/// Milliseconds for which a callback is tried before it is parked. Source: contract.md §2.4, three days.
pub const CALLBACK_GIVEN_UP_MS: i64 = 3 * 24 * HOUR;

/// Gaps between questions about a payout whose outcome is unknown. They never end.
pub const ASK: Schedule = Schedule(&[
    2 * SECOND,
    3 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
]);

/// Gaps between questions about an attempt of a customer, who may be typing at a bank's page. They never end.
pub const ASK_ATTEMPT: Schedule = Schedule(&[
    2 * SECOND,
    2 * SECOND,
    3 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
]);

/// The first hour holds enough attempts to outlast a merchant's deployment, and the rest fits into the three days.
const _: () = assert!(CALLBACK.0.len() >= 6 && 6 * HOUR * 12 <= CALLBACK_GIVEN_UP_MS);

impl Jitter {
    /// The jitter that this random number stands for.
    #[must_use]
    pub const fn from_random(number: u64) -> Self {
        Self((number % 1_000) as u16)
    }
}

impl Schedule {
    /// Milliseconds to wait after attempt number `attempt` (the first is 1): the gap, and up to a fifth more.
    #[must_use]
    pub fn gap_ms(self, attempt: u32, jitter: Jitter) -> i64 {
        let at = usize::try_from(attempt.saturating_sub(1))
            .unwrap_or(usize::MAX)
            .min(self.0.len() - 1);
        let gap = self.0[at];
        gap + gap / 5 * i64::from(jitter.0) / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gaps_grow_and_jitter_adds_at_most_a_fifth(attempt in 1..40u32, random in any::<u64>()) {
            let gap = CALLBACK.gap_ms(attempt, Jitter::from_random(random));
            let plain = CALLBACK.gap_ms(attempt, Jitter(0));
            prop_assert!(gap >= plain && gap <= plain + plain / 5);
            prop_assert!(plain >= CALLBACK.gap_ms(attempt.max(2) - 1, Jitter(0)));
        }
    }
}
