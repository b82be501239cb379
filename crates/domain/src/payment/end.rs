//! How a payment ends without money: never while money may still be taken.

use super::{AttemptStatus, Event, Standing, Status};
use crate::{acquirer::Fault, time::UnixMs};

/// What stands in the way of ending a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndRefusal {
    /// It has ended already.
    Ended(Status),
    /// Money may still be taken: the attempt has to be called off, or its outcome to be known, first.
    UnderWay,
    /// Nothing has failed that one could give up after.
    NothingFailed,
    /// Its time is not over.
    NotYet,
}

/// Decides how a payment ends when the customer or the clock wants it to. Pure.
///
/// `fault` is that of the last attempt, if it failed.
///
/// # Errors
/// [`EndRefusal`].
pub fn decide_end(
    standing: &Standing,
    fault: Option<Fault>,
    wish: Wish,
    now: UnixMs,
) -> Result<Event, EndRefusal> {
    if standing.status != Status::Open {
        return Err(EndRefusal::Ended(standing.status));
    }
    if standing.last.is_some_and(AttemptStatus::is_under_way) {
        return Err(EndRefusal::UnderWay);
    }
    match (wish, fault) {
        (Wish::Cancel, _) => Ok(Event::Cancel),
        (Wish::GiveUp, Some(_)) => Ok(Event::GiveUp),
        (Wish::GiveUp, None) => Err(EndRefusal::NothingFailed),
        (Wish::Expire, _) if now < standing.expires_at => Err(EndRefusal::NotYet),
        (Wish::Expire, Some(Fault::NotFinished)) => Ok(Event::ExpireAtBank),
        (Wish::Expire, _) => Ok(Event::Expire),
    }
}

/// Who wants a payment to end, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// The customer cancels.
    Cancel,
    /// The customer goes back to the shop after a failure.
    GiveUp,
    /// The clock.
    Expire,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_payment_ends_while_money_may_still_be_taken() {
        let at = |status, last| Standing {
            status,
            expires_at: UnixMs(100),
            attempts: 1,
            last,
        };
        for under_way in [AttemptStatus::Sent, AttemptStatus::Waiting] {
            for wish in [Wish::Cancel, Wish::GiveUp, Wish::Expire] {
                let end = decide_end(&at(Status::Open, Some(under_way)), None, wish, UnixMs(200));
                assert_eq!(end, Err(EndRefusal::UnderWay), "{wish:?}");
            }
        }
        let failed = at(Status::Open, Some(AttemptStatus::Failed));
        let end = |fault, wish, now| decide_end(&failed, fault, wish, UnixMs(now));
        assert_eq!(end(Some(Fault::Declined), Wish::GiveUp, 1), Ok(Event::GiveUp));
        assert_eq!(end(None, Wish::GiveUp, 1), Err(EndRefusal::NothingFailed));
        assert_eq!(end(None, Wish::Expire, 99), Err(EndRefusal::NotYet));
        assert_eq!(end(None, Wish::Expire, 100), Ok(Event::Expire));
        assert_eq!(
            end(Some(Fault::NotFinished), Wish::Expire, 100),
            Ok(Event::ExpireAtBank)
        );
        let ended = decide_end(&at(Status::Captured, None), None, Wish::Cancel, UnixMs(1));
        assert_eq!(ended, Err(EndRefusal::Ended(Status::Captured)));
    }
}
