//! An attempt to make a payment: the states it can be in, and what is decided about it.

use super::Status;
use crate::{
    acquirer::{Answer, BankRef, Fault},
    codes::codes,
    time::UnixMs,
    transition,
};

/// Attempts of one payment at most: whoever guesses cards is stopped, whoever mistypes is not.
pub const ATTEMPTS_MAX: u32 = 10;

/// The state of an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AttemptStatus {
    /// Its intent is kept. The acquirer is about to hear of it, or has not been heard.
    Sent,
    /// The customer has something to do, at a bank's page or in an app.
    Waiting,
    /// It took the money.
    Captured,
    /// It took nothing, and never will.
    Failed,
}

/// What can happen to an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AttemptEvent {
    /// The acquirer waits for the customer.
    RailWaiting,
    /// The acquirer took the money.
    RailCaptured,
    /// The acquirer will never take it.
    RailRefused,
    /// The acquirer said nothing that can be relied on.
    RailSilent,
}

/// Every change of state of an attempt there is.
pub const ATTEMPT_TRANSITIONS: &[(AttemptStatus, AttemptEvent, AttemptStatus)] = {
    use AttemptEvent::*;
    use AttemptStatus::*;
    &[
        (Sent, RailWaiting, Waiting),
        (Sent, RailCaptured, Captured),
        (Sent, RailRefused, Failed),
        (Sent, RailSilent, Sent), // never charged again: only asked about
        (Waiting, RailWaiting, Waiting),
        (Waiting, RailCaptured, Captured),
        (Waiting, RailRefused, Failed),
        (Waiting, RailSilent, Waiting),
    ]
};

// In the database.
codes! { AttemptStatus as i64 {
    Sent = 0,
    Waiting = 1,
    Captured = 2,
    Failed = 3,
} }

impl AttemptStatus {
    /// Where `event` leads from here. `None`: it cannot happen here.
    #[must_use]
    pub fn after(self, event: AttemptEvent) -> Option<Self> {
        transition::after(ATTEMPT_TRANSITIONS, self, event)
    }

    /// Whether money may still be taken.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Sent | Self::Waiting)
    }
}

/// What an answer of an acquirer means for an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The money was taken: it is the merchant's.
    Capture(BankRef),
    /// Nothing was taken.
    Fail(Fault),
    /// The customer has something to do, on this page or in an app.
    Wait(Option<String>),
    /// Still unknown: ask again later.
    AskAgain,
    /// The acquirer says once more what the book says already.
    Known,
    /// The acquirer says something that the book contradicts: a person must look.
    Contradiction,
}

/// Decides what `answer` means for an attempt in `status`. Pure.
///
/// `bank_ref` is the one the book knows, if the money was taken.
#[must_use]
pub fn decide_answer(status: AttemptStatus, bank_ref: Option<&BankRef>, answer: &Answer) -> Verdict {
    match answer {
        Answer::Captured(theirs) => match status.after(AttemptEvent::RailCaptured) {
            Some(_) => Verdict::Capture(theirs.clone()),
            None if bank_ref == Some(theirs) => Verdict::Known,
            None => Verdict::Contradiction,
        },
        Answer::Refused(fault) => match (status.after(AttemptEvent::RailRefused), status) {
            (Some(_), _) => Verdict::Fail(*fault),
            (None, AttemptStatus::Failed) => Verdict::Known,
            (None, _) => Verdict::Contradiction,
        },
        Answer::Waiting(page) => match status.after(AttemptEvent::RailWaiting) {
            Some(_) => Verdict::Wait(page.clone()),
            // An answer that was overtaken by a later one.
            None => Verdict::Known,
        },
        Answer::Silent => match status.after(AttemptEvent::RailSilent) {
            Some(_) => Verdict::AskAgain,
            None => Verdict::Known,
        },
    }
}

/// What stands in the way of an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttemptRefusal {
    /// The payment has ended, well or not.
    Ended,
    /// The time is over.
    Expired,
    /// Another attempt is under way: only one may be.
    UnderWay,
    /// This form was sent before: its attempt exists.
    SentBefore,
    /// Too many attempts.
    TooMany,
    /// No page has shown a form with this number yet.
    NotNext,
}

/// What the book knows of a payment when an attempt is about to begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The payment's state.
    pub status: Status,
    /// Until when the customer may pay.
    pub expires_at: UnixMs,
    /// How many attempts there were.
    pub attempts: u32,
    /// The state of the last one.
    pub last: Option<AttemptStatus>,
}

/// Decides whether attempt number `number` (the first is 1) may begin now. Pure.
///
/// The number stands in the form that the customer sent, so that the same form sent twice begins one attempt.
///
/// # Errors
/// [`AttemptRefusal`].
pub fn decide_attempt(standing: &Standing, number: u32, now: UnixMs) -> Result<(), AttemptRefusal> {
    if standing.status != Status::Open {
        return Err(AttemptRefusal::Ended);
    }
    if number <= standing.attempts {
        return Err(AttemptRefusal::SentBefore);
    }
    if standing.last.is_some_and(AttemptStatus::is_under_way) {
        return Err(AttemptRefusal::UnderWay);
    }
    if now >= standing.expires_at {
        return Err(AttemptRefusal::Expired);
    }
    if standing.attempts >= ATTEMPTS_MAX {
        return Err(AttemptRefusal::TooMany);
    }
    if number > standing.attempts + 1 {
        return Err(AttemptRefusal::NotNext);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn silence_of_an_acquirer_moves_nothing() {
        for (status, _) in AttemptStatus::ALL {
            let verdict = decide_answer(*status, None, &Answer::Silent);
            assert!(
                matches!(verdict, Verdict::AskAgain | Verdict::Known),
                "{status:?}"
            );
        }
    }

    #[test]
    fn a_capture_heard_twice_is_known_and_another_is_a_contradiction() {
        let (one, two) = (BankRef::parse("RRN1").unwrap(), BankRef::parse("RRN2").unwrap());
        let heard =
            |status, known, said: &BankRef| decide_answer(status, known, &Answer::Captured(said.clone()));
        assert_eq!(heard(AttemptStatus::Captured, Some(&one), &one), Verdict::Known);
        assert_eq!(
            heard(AttemptStatus::Captured, Some(&one), &two),
            Verdict::Contradiction
        );
        assert_eq!(heard(AttemptStatus::Failed, None, &one), Verdict::Contradiction);
        assert_eq!(
            decide_answer(
                AttemptStatus::Captured,
                Some(&one),
                &Answer::Refused(Fault::Other)
            ),
            Verdict::Contradiction
        );
    }

    fn standing() -> impl Strategy<Value = Standing> {
        let status = proptest::sample::select(Status::ALL).prop_map(|(status, _)| status);
        let last = proptest::sample::select(AttemptStatus::ALL).prop_map(|(status, _)| status);
        (status, 0..1_000i64, 0..12u32, last).prop_map(|(status, expires, attempts, last)| Standing {
            status,
            expires_at: UnixMs(expires),
            attempts,
            last: (attempts > 0).then_some(last),
        })
    }

    proptest! {
        #[test]
        fn an_attempt_begins_only_in_an_open_payment_with_none_under_way(
            standing in standing(), number in 1..14u32, now in 0..1_000i64,
        ) {
            let free = standing.status == Status::Open
                && !standing.last.is_some_and(AttemptStatus::is_under_way)
                && number == standing.attempts + 1
                && now < standing.expires_at.0
                && standing.attempts < ATTEMPTS_MAX;
            prop_assert_eq!(decide_attempt(&standing, number, UnixMs(now)).is_ok(), free);
        }
    }
}
