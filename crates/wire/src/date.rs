//! Times as the payout contract writes them: `February 11, 2023, 4:34 pm`, in Asia/Kolkata.

use jiff::{Timestamp, tz::Offset};
use rokad_domain::{UnixMs, time::KOLKATA_OFFSET_MS};

/// `at` in Asia/Kolkata, to the minute: `February 11, 2023, 4:34 pm`.
///
/// An instant outside the years that a calendar knows (-9999 to 9999) prints as the last that it does.
/// Source: contract.md §2.4.
#[must_use]
pub fn in_kolkata(at: UnixMs) -> String {
    // India's zone is one fixed offset, so local time is that of UTC, moved.
    let local = Timestamp::from_millisecond(at.0.saturating_add(KOLKATA_OFFSET_MS));
    Offset::UTC
        .to_datetime(local.unwrap_or(Timestamp::MAX))
        .strftime("%B %-d, %Y, %-I:%M %P")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_read_like_those_of_the_document() {
        assert_eq!(
            in_kolkata(UnixMs(1_676_113_440_000)),
            "February 11, 2023, 4:34 pm"
        );
        assert_eq!(in_kolkata(UnixMs(0)), "January 1, 1970, 5:30 am");
    }

    #[test]
    fn noon_is_12_pm_and_midnight_12_am_of_the_next_day() {
        let noon = 1_709_188_200_000; // 2024-02-29T06:30Z
        let half_a_day = 12 * 3_600_000;
        assert_eq!(in_kolkata(UnixMs(noon)), "February 29, 2024, 12:00 pm");
        assert_eq!(in_kolkata(UnixMs(noon + half_a_day)), "March 1, 2024, 12:00 am");
        assert_eq!(
            in_kolkata(UnixMs(noon + half_a_day - 1)),
            "February 29, 2024, 11:59 pm"
        );
    }

    #[test]
    fn no_instant_is_too_far_to_print() {
        for far in [i64::MIN, i64::MAX] {
            assert!(!in_kolkata(UnixMs(far)).is_empty());
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_the_minute_it_was(ms in 0..4_102_444_800_000i64) {
            let text = in_kolkata(UnixMs(ms));
            let read = jiff::fmt::strtime::parse("%B %d, %Y, %I:%M %p", &text).unwrap();
            let back = read.to_datetime().unwrap().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(0))).unwrap();
            let minute = 60_000;
            let local = back.timestamp().as_millisecond();
            prop_assert_eq!((local - KOLKATA_OFFSET_MS).div_euclid(minute), ms.div_euclid(minute));
            prop_assert_eq!(local.div_euclid(24 * 60 * minute), UnixMs(ms).day_in_kolkata());
        }
    }
}
