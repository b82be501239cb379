//! The log of a payment: what happened to it, and what may follow what.

use super::{Event, Status};

/// What happens to a payment, as its log tells it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// The merchant's order was taken.
    Opened,
    /// An attempt began.
    AttemptBegan,
    /// It took nothing.
    AttemptFailed,
    /// It took the money.
    Captured,
    /// The customer gave up.
    GivenUp,
    /// The customer cancelled.
    Cancelled,
    /// The time was over, and the last attempt had been left at the bank's page.
    Bounced,
    /// The time was over.
    Dropped,
}

impl Step {
    /// Every step, with the code that stands for it in the database, and the state of the payment after it.
    pub const ALL: &[(Self, i64, Status)] = &[
        (Self::Opened, 0, Status::Open),
        (Self::AttemptBegan, 1, Status::Open),
        (Self::AttemptFailed, 2, Status::Open),
        (Self::Captured, 3, Status::Captured),
        (Self::GivenUp, 4, Status::Failed),
        (Self::Cancelled, 5, Status::Cancelled),
        (Self::Bounced, 6, Status::Bounced),
        (Self::Dropped, 7, Status::Dropped),
    ];

    /// Which step may follow which. The first is Opened, and nothing follows an end.
    pub const ORDER: &[(Self, Self)] = {
        use Step::*;
        &[
            (Opened, AttemptBegan),
            (Opened, Cancelled),
            (Opened, Dropped),
            (AttemptBegan, AttemptFailed),
            (AttemptBegan, Captured),
            (AttemptFailed, AttemptBegan),
            (AttemptFailed, GivenUp),
            (AttemptFailed, Cancelled),
            (AttemptFailed, Bounced),
            (AttemptFailed, Dropped),
        ]
    };

    /// The code that stands for it in the database.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Opened => 0,
            Self::AttemptBegan => 1,
            Self::AttemptFailed => 2,
            Self::Captured => 3,
            Self::GivenUp => 4,
            Self::Cancelled => 5,
            Self::Bounced => 6,
            Self::Dropped => 7,
        }
    }

    /// The step with this code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, its, _)| *its == code)
            .map(|(step, _, _)| *step)
    }

    /// The state of the payment after it.
    #[must_use]
    pub fn leads_to(self) -> Status {
        Self::ALL
            .iter()
            .find(|(step, _, _)| *step == self)
            .map_or(Status::Open, |(_, _, status)| *status)
    }

    /// The step that an event which ends a payment is written down as.
    #[must_use]
    pub const fn of(event: Event) -> Self {
        match event {
            Event::Capture => Self::Captured,
            Event::GiveUp => Self::GivenUp,
            Event::Cancel => Self::Cancelled,
            Event::ExpireAtBank => Self::Bounced,
            Event::Expire => Self::Dropped,
        }
    }

    /// Whether it may stand after `before` in the log.
    #[must_use]
    pub fn may_follow(self, before: Option<Self>) -> bool {
        match before {
            None => self == Self::Opened,
            Some(before) => Self::ORDER.contains(&(before, self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::TRANSITIONS;

    #[test]
    fn the_log_allows_what_the_tables_allow() {
        for (step, code, status) in Step::ALL {
            assert_eq!((step.code(), Step::from_code(*code)), (*code, Some(*step)));
            assert_eq!(step.leads_to(), *status);
        }
        for (before, after) in Step::ORDER {
            assert_eq!(before.leads_to(), Status::Open, "nothing follows an end");
            assert!(after.may_follow(Some(*before)));
        }
        for (from, event, to) in TRANSITIONS {
            assert_eq!((*from, Step::of(*event).leads_to()), (Status::Open, *to));
        }
    }
}
