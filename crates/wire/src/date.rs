//! Times as the contracts write them, in Asia/Kolkata: `February 11, 2023, 4:34 pm` in paying out, `2015-08-11 12:48:09` in
//! collecting.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};
use rokad_domain::{UnixMs, time::KOLKATA_OFFSET_MS};

/// `at` in Asia/Kolkata, to the minute: `February 11, 2023, 4:34 pm`.
///
/// An instant outside the years that a calendar knows (-9999 to 9999) prints as the last that it does.
/// Source: contract.md §2.4.
#[must_use]
pub fn in_kolkata(at: UnixMs) -> String {
    local(at).strftime("%B %-d, %Y, %-I:%M %P").to_string()
}

/// `at` in Asia/Kolkata, to the second: `2015-08-11 12:48:09`. Far instants as in [`in_kolkata`].
///
/// Source: the samples of the collecting document.
#[must_use]
pub fn day_and_time(at: UnixMs) -> String {
    local(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `at` as RFC 3339, to the millisecond, in UTC: `2026-01-31T12:35:00.000Z`. Far instants as in [`in_kolkata`].
#[must_use]
pub fn rfc3339(at: UnixMs) -> String {
    let instant = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::MAX);
    instant.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// The instant at which the day `dd-mm-yyyy` begins in Asia/Kolkata. `None`: it is no day.
#[must_use]
pub fn day_begins(text: &str) -> Option<UnixMs> {
    let number = |at: std::ops::Range<usize>| -> Option<i16> {
        let digits = text.get(at)?;
        digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let hyphens = text.len() == 10 && text.get(2..3)? == "-" && text.get(5..6)? == "-";
    let (day, month, year) = (number(0..2)?, number(3..5)?, number(6..10)?);
    let date = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let midnight = Offset::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .ok()?;
    hyphens.then(|| UnixMs(midnight.as_millisecond() - KOLKATA_OFFSET_MS))
}

/// The instant that `2026-01-31 18:05:00` stands for in Asia/Kolkata, or an RFC 3339 instant with its own offset. `None`: it is
/// neither.
#[must_use]
pub fn read_time(text: &str) -> Option<UnixMs> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(UnixMs(instant.as_millisecond()));
    }
    let local: DateTime = text.parse().ok()?;
    let moved = Offset::UTC.to_timestamp(local).ok()?;
    Some(UnixMs(moved.as_millisecond() - KOLKATA_OFFSET_MS))
}

/// What clocks in India show at `at`. The zone is one fixed offset, so local time is that of UTC, moved.
fn local(at: UnixMs) -> DateTime {
    let moved = Timestamp::from_millisecond(at.0.saturating_add(KOLKATA_OFFSET_MS));
    Offset::UTC.to_datetime(moved.unwrap_or(Timestamp::MAX))
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
            assert!(!in_kolkata(UnixMs(far)).is_empty() && !day_and_time(UnixMs(far)).is_empty());
        }
    }

    #[test]
    fn times_of_collecting_read_like_those_of_its_document() {
        // The sample's createdOn, and its addedon 28 seconds before.
        assert_eq!(
            day_and_time(UnixMs(1_439_277_517_000 - 28_000)),
            "2015-08-11 12:48:09"
        );
        assert_eq!(day_and_time(UnixMs(0)), "1970-01-01 05:30:00");
    }

    #[test]
    fn a_time_is_read_as_a_bank_prints_it_or_with_its_offset() {
        let at = UnixMs(1_769_862_900_000);
        for text in [
            "2026-01-31 18:05:00",
            "2026-01-31T18:05:00",
            "2026-01-31T18:05:00+05:30",
            "2026-01-31T12:35:00Z",
        ] {
            assert_eq!(read_time(text), Some(at), "{text}");
        }
        assert_eq!(read_time(&day_and_time(at)), Some(at));
        assert_eq!(rfc3339(at), "2026-01-31T12:35:00.000Z");
        assert_eq!(read_time(&rfc3339(UnixMs(at.0 + 7))), Some(UnixMs(at.0 + 7)));
        for text in [
            "",
            "yesterday",
            "31-01-2026 18:05",
            "2026-02-30 10:00:00",
            "2026-01-31 25:00:00",
        ] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_its_midnight_in_kolkata() {
        assert_eq!(
            day_begins("02-01-1970"),
            Some(UnixMs(18 * 3_600_000 + 30 * 60_000))
        );
        assert_eq!(
            day_and_time(day_begins("29-02-2024").unwrap()),
            "2024-02-29 00:00:00"
        );
        for text in [
            "",
            "29-02-2023",
            "31-04-2024",
            "00-01-2024",
            "1-1-2024",
            "2024-01-01",
            "01/01/2024",
            "01-01-24",
            "+1-01-2024",
            "01-01-2024 ",
            "01-01-20245",
            "०१-०१-२०२४",
            "01-13-2024",
        ] {
            assert_eq!(day_begins(text), None, "{text}");
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

        #[test]
        fn the_day_that_is_printed_begins_at_or_before_the_instant(ms in 0..4_102_444_800_000i64) {
            let text = day_and_time(UnixMs(ms));
            let begins = day_begins(&format!("{}-{}-{}", &text[8..10], &text[5..7], &text[..4])).unwrap();
            prop_assert!((0..24 * 3_600_000).contains(&(ms - begins.0)));
        }

        #[test]
        fn no_text_for_a_day_breaks_us(text in "\\PC{0,12}") {
            let _ = day_begins(&text);
        }
    }
}
