//! A payment: what a merchant wants to be paid, how far its customer has come, and what is decided about it.
//!
//! A payment is Open while the customer may still pay. Each try is an *attempt*; at most one is under way at a time, so that
//! two tabs never charge twice. The transitions are the tables [`TRANSITIONS`] and [`ATTEMPT_TRANSITIONS`]; what is not a
//! row there cannot happen.

use crate::{
    acquirer::{Answer, BankRef, Fault},
    charge::{Charge, FeePlan},
    money::Paise,
    private::Private,
    time::UnixMs,
};

/// A payment, and an attempt to make it, as kinds of ids.
pub use crate::id::kind::{Attempt, Payment};

/// Milliseconds during which a customer may pay. Source: contract.md §3.2.
pub const CHECKOUT_MS: i64 = 15 * 60 * 1_000;

/// Attempts of one payment at most: whoever guesses cards is stopped, whoever mistypes is not.
pub const ATTEMPTS_MAX: u32 = 10;

/// The state of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// The customer may still pay.
    Open,
    /// Paid.
    Captured,
    /// The customer went back to the shop after an attempt that failed.
    Failed,
    /// The customer cancelled.
    Cancelled,
    /// The customer never finished at the bank's page, and the time was over.
    Bounced,
    /// The time was over.
    Dropped,
}

/// What can happen to a payment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// An attempt took the money.
    Capture,
    /// The customer gives up after an attempt that failed.
    GiveUp,
    /// The customer cancels.
    Cancel,
    /// The time is over, and the last attempt was left at the bank's page.
    ExpireAtBank,
    /// The time is over.
    Expire,
}

/// Every change of state of a payment there is. Source: contract.md §3.2.
pub const TRANSITIONS: &[(Status, Event, Status)] = {
    use Event::*;
    use Status::*;
    &[
        (Open, Capture, Captured),
        (Open, GiveUp, Failed),
        (Open, Cancel, Cancelled),
        (Open, ExpireAtBank, Bounced),
        (Open, Expire, Dropped),
    ]
};

impl Status {
    /// Every status, with the code that stands for it in the database.
    pub const ALL: &[(Self, i64)] = &[
        (Self::Open, 0),
        (Self::Captured, 1),
        (Self::Failed, 2),
        (Self::Cancelled, 3),
        (Self::Bounced, 4),
        (Self::Dropped, 5),
    ];

    /// The code that stands for it in the database.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Captured => 1,
            Self::Failed => 2,
            Self::Cancelled => 3,
            Self::Bounced => 4,
            Self::Dropped => 5,
        }
    }

    /// The status with this code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, its)| *its == code)
            .map(|(status, _)| *status)
    }

    /// Where `event` leads from here. `None`: it cannot happen here.
    #[must_use]
    pub fn after(self, event: Event) -> Option<Self> {
        TRANSITIONS
            .iter()
            .find(|(from, on, _)| *from == self && *on == event)
            .map(|(_, _, to)| *to)
    }
}

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

impl AttemptStatus {
    /// Every status, with the code that stands for it in the database.
    pub const ALL: &[(Self, i64)] = &[
        (Self::Sent, 0),
        (Self::Waiting, 1),
        (Self::Captured, 2),
        (Self::Failed, 3),
    ];

    /// The code that stands for it in the database.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Sent => 0,
            Self::Waiting => 1,
            Self::Captured => 2,
            Self::Failed => 3,
        }
    }

    /// The status with this code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, its)| *its == code)
            .map(|(status, _)| *status)
    }

    /// Where `event` leads from here. `None`: it cannot happen here.
    #[must_use]
    pub fn after(self, event: AttemptEvent) -> Option<Self> {
        ATTEMPT_TRANSITIONS
            .iter()
            .find(|(from, on, _)| *from == self && *on == event)
            .map(|(_, _, to)| *to)
    }

    /// Whether money may still be taken.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Sent | Self::Waiting)
    }
}

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

/// A merchant's own number of a payment: 1 to 50 printable ASCII characters without `|`. Unique per merchant.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TxnId(String);

impl TxnId {
    /// Characters at most.
    pub const LEN_MAX: usize = 50;

    /// `text`, if it can be a payment's number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::LEN_MAX).contains(&text.len())
            && text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'|')
            && text.trim() == text;
        fits.then(|| Self(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who pays, as the merchant tells us. Unknown texts are empty; no field here is ever logged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Customer {
    /// First name.
    pub firstname: Private<String>,
    /// Last name.
    pub lastname: Private<String>,
    /// E-mail address.
    pub email: Private<String>,
    /// Telephone number: digits.
    pub phone: Private<String>,
    /// First line of the address.
    pub address1: Private<String>,
    /// Second line of the address.
    pub address2: Private<String>,
    /// City.
    pub city: Private<String>,
    /// State.
    pub state: Private<String>,
    /// Country.
    pub country: Private<String>,
    /// Postal code.
    pub zipcode: Private<String>,
}

/// What a merchant wants to be paid. Two posts with equal orders are the same payment. Built by `wire`, which checks every
/// field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentOrder {
    /// The merchant's number.
    pub txnid: TxnId,
    /// How much. Never zero.
    pub amount: Paise,
    /// What for.
    pub productinfo: String,
    /// Who pays.
    pub customer: Customer,
    /// The merchant's own fields, udf1 to udf10.
    pub udf: [String; 10],
    /// Where the customer goes after paying.
    pub surl: String,
    /// Where the customer goes otherwise.
    pub furl: String,
}

/// The price of a payment. Pure. `None`: the amount does not carry it.
#[must_use]
pub fn price(amount: Paise, plan: &FeePlan) -> Option<Charge> {
    let charge = plan.charge(amount)?;
    amount.minus(charge.total()?)?;
    Some(charge)
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

/// A payment's status, in the words of the wire. Derived, never stored. Source: contract.md §3.4.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WireStatus {
    /// The customer has chosen nothing yet.
    NotStarted,
    /// An attempt was begun.
    Initiated,
    /// Paid, and not yet due for settlement.
    MoneyWithUs,
    /// Due for settlement, and not yet settled.
    SettlementInProcess,
    /// The money is the merchant's to use.
    MoneySettled,
    /// The last attempt failed, and the customer gave up.
    Failed,
    /// The customer never came back from the bank's page.
    Bounced,
    /// The customer let the time run out.
    Dropped,
    /// The customer cancelled.
    CancelledByUser,
}

impl WireStatus {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotStarted => "Not Started",
            Self::Initiated => "Initiated",
            Self::MoneyWithUs => "Money with Payumoney",
            Self::SettlementInProcess => "Settlement in process",
            Self::MoneySettled => "Money Settled",
            Self::Failed => "Failed",
            Self::Bounced => "Bounced",
            Self::Dropped => "Dropped",
            Self::CancelledByUser => "CancelledByUser",
        }
    }
}

/// How far the money of a paid payment has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Settlement {
    /// Its day has not come.
    NotDue,
    /// Its day has come.
    Due,
    /// Its entry is in the book.
    Settled,
}

/// The word of the wire for where a payment stands. Pure.
#[must_use]
pub const fn wire_status(status: Status, attempts: u32, settlement: Settlement) -> WireStatus {
    match (status, settlement) {
        (Status::Open, _) if attempts == 0 => WireStatus::NotStarted,
        (Status::Open, _) => WireStatus::Initiated,
        (Status::Captured, Settlement::NotDue) => WireStatus::MoneyWithUs,
        (Status::Captured, Settlement::Due) => WireStatus::SettlementInProcess,
        (Status::Captured, Settlement::Settled) => WireStatus::MoneySettled,
        (Status::Failed, _) => WireStatus::Failed,
        (Status::Cancelled, _) => WireStatus::CancelledByUser,
        (Status::Bounced, _) => WireStatus::Bounced,
        (Status::Dropped, _) => WireStatus::Dropped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_leaves_a_final_status_of_a_payment() {
        assert!(TRANSITIONS.iter().all(|(from, _, _)| *from == Status::Open));
        assert!(ATTEMPT_TRANSITIONS.iter().all(|(from, _, _)| from.is_under_way()));
    }

    #[test]
    fn each_status_of_payments_and_attempts_has_a_code_of_its_own() {
        for (status, code) in Status::ALL {
            assert_eq!((status.code(), Status::from_code(*code)), (*code, Some(*status)));
        }
        for (status, code) in AttemptStatus::ALL {
            assert_eq!(
                (status.code(), AttemptStatus::from_code(*code)),
                (*code, Some(*status))
            );
        }
    }

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

    #[test]
    fn a_txnid_is_printable_and_has_no_pipe() {
        for good in ["1", "4826753-59017743", "ORDER 7 / a_b.c#1"] {
            assert!(TxnId::parse(good).is_some(), "{good}");
        }
        for bad in ["", " a", "a ", "a|b", "a\nb", "चाय", &"x".repeat(51)] {
            assert!(TxnId::parse(bad).is_none(), "{bad}");
        }
    }
}
