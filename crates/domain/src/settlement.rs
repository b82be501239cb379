//! When captured money becomes the merchant's to use: so many business days after the day of capture. Pure.

use crate::time::UnixMs;
use std::collections::BTreeSet;

/// Business days after the capture at most.
pub const DAYS_MAX: u32 = 30;

/// The days on which banks do not settle: Saturdays, Sundays, and what the operator declares. Days are counted from
/// 1970-01-01 in Asia/Kolkata.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Calendar {
    holidays: BTreeSet<i64>,
}

impl Calendar {
    /// A calendar with these holidays beside the weekends.
    #[must_use]
    pub fn new(holidays: impl IntoIterator<Item = i64>) -> Self {
        Self {
            holidays: holidays.into_iter().collect(),
        }
    }

    /// Whether banks settle on this day.
    #[must_use]
    pub fn is_business_day(&self, day: i64) -> bool {
        // 1970-01-01 was a Thursday: 0 Monday … 6 Sunday.
        (day + 3).rem_euclid(7) < 5 && !self.holidays.contains(&day)
    }

    /// The day on which money captured at `captured_at` is settled, `after` business days later (T+n). With T+0 it is the
    /// day itself, business day or not: nothing has to pass through a bank.
    #[must_use]
    pub fn settle_day(&self, captured_at: UnixMs, after: u32) -> i64 {
        let mut day = captured_at.day_in_kolkata();
        let mut left = after.min(DAYS_MAX);
        while left > 0 {
            day += 1;
            if self.is_business_day(day) {
                left -= 1;
            }
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY_MS, KOLKATA_OFFSET_MS};
    use proptest::prelude::*;

    /// 2026-01-23, a Friday.
    const FRIDAY: i64 = 20_476;
    /// 2026-01-26, Republic Day, a Monday.
    const REPUBLIC_DAY: i64 = FRIDAY + 3;

    fn noon(day: i64) -> UnixMs {
        UnixMs(day * DAY_MS + DAY_MS / 2 - KOLKATA_OFFSET_MS)
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        let calendar = Calendar::new([REPUBLIC_DAY]);
        assert_eq!(calendar.settle_day(noon(FRIDAY), 0), FRIDAY);
        assert_eq!(calendar.settle_day(noon(FRIDAY), 1), REPUBLIC_DAY + 1);
        assert_eq!(calendar.settle_day(noon(FRIDAY), 2), REPUBLIC_DAY + 2);
        assert_eq!(calendar.settle_day(noon(FRIDAY + 1), 1), REPUBLIC_DAY + 1);
        assert_eq!(Calendar::default().settle_day(noon(FRIDAY), 1), REPUBLIC_DAY);
    }

    proptest! {
        #[test]
        fn later_captures_are_never_settled_earlier(day in 0..40_000i64, after in 0..10u32) {
            let calendar = Calendar::new([day + 2]);
            let (first, second) = (calendar.settle_day(noon(day), after), calendar.settle_day(noon(day + 1), after));
            prop_assert!(first <= second && first >= day + i64::from(after));
        }
    }
}
