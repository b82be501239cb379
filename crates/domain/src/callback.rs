//! What is decided about a callback after each attempt to deliver it.

use crate::{
    retry::{CALLBACK, CALLBACK_GIVEN_UP_MS, Jitter},
    time::UnixMs,
};

/// What a merchant's endpoint answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// HTTP 200 and a JSON body whose `acknowledge` is `yes`.
    Acknowledged,
    /// HTTP 200, but its `hash_status` says that the seal did not fit.
    HashMismatch,
    /// It answered something else: the HTTP status.
    NotAcknowledged(u16),
    /// It could not be reached, or did not answer in time: why, in a few words of ours.
    Unreachable(&'static str),
}

/// What happens to the callback now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Delivered: never sent again of our own accord.
    Done,
    /// To be tried again at this instant.
    Retry(UnixMs),
    /// Given up: kept for the operator or the merchant, who can resend it.
    Parked,
}

/// Decides what follows from `reply` to attempt number `attempt` of a callback that is owed since `since`. Pure.
#[must_use]
pub fn decide_fate(reply: &Reply, attempt: u32, since: UnixMs, now: UnixMs, jitter: Jitter) -> Fate {
    if *reply == Reply::Acknowledged {
        return Fate::Done;
    }
    let next = now.plus_ms(CALLBACK.gap_ms(attempt, jitter));
    if next.0.saturating_sub(since.0) > CALLBACK_GIVEN_UP_MS {
        Fate::Parked
    } else {
        Fate::Retry(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_callback_that_nobody_takes_is_parked_within_three_days(random in any::<u64>()) {
            let (since, mut now) = (UnixMs(1_000), UnixMs(1_000));
            for attempt in 1..1_000 {
                match decide_fate(&Reply::NotAcknowledged(500), attempt, since, now, Jitter::from_random(random)) {
                    Fate::Retry(next) => {
                        prop_assert!(next > now);
                        now = next;
                    }
                    Fate::Parked => {
                        prop_assert!(attempt > 8);
                        prop_assert!(now.0 - since.0 <= CALLBACK_GIVEN_UP_MS);
                        return Ok(());
                    }
                    Fate::Done => prop_assert!(false, "nobody acknowledged"),
                }
            }
            prop_assert!(false, "never parked");
        }
    }

    #[test]
    fn only_an_acknowledgement_ends_it() {
        let fate = |reply| decide_fate(&reply, 1, UnixMs(0), UnixMs(0), Jitter::from_random(0));
        assert_eq!(fate(Reply::Acknowledged), Fate::Done);
        for reply in [
            Reply::HashMismatch,
            Reply::NotAcknowledged(200),
            Reply::Unreachable("timeout"),
        ] {
            assert_eq!(fate(reply), Fate::Retry(UnixMs(5_000)));
        }
    }
}
