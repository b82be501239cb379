//! Instants as values. Nothing here reads a clock.

/// An instant: milliseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct UnixMs(pub i64);

/// The instant at which a request, a batch or a tick happens: read once, then passed on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Now(pub UnixMs);

/// India has one time zone without daylight saving: UTC+05:30, in milliseconds.
pub const KOLKATA_OFFSET_MS: i64 = (5 * 60 + 30) * 60 * 1000;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl UnixMs {
    /// This instant and `ms` milliseconds.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The day in Asia/Kolkata, counted from 1970-01-01 there.
    #[must_use]
    pub const fn day_in_kolkata(self) -> i64 {
        (self.0 + KOLKATA_OFFSET_MS).div_euclid(DAY_MS)
    }
}

impl Now {
    /// The instant.
    #[must_use]
    pub const fn at(self) -> UnixMs {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_kolkata() {
        let midnight = UnixMs(18 * 3_600_000 + 30 * 60_000); // 1970-01-02T00:00 there
        assert_eq!(midnight.day_in_kolkata(), 1);
        assert_eq!(midnight.plus_ms(-1).day_in_kolkata(), 0);
    }
}
