//! A refund: money of a paid payment that goes back to the customer, how far it has come, and what is decided about it.
//!
//! The money is set aside when the refund is asked for, leaves with the acquirer's word, and comes back to the merchant when the
//! acquirer will not pay it. Silence moves nothing. What is not a row of [`TRANSITIONS`] cannot happen.

use crate::{
    acquirer::BankRef,
    codes::codes,
    money::Paise,
    payment::{self, Back, Source},
    time::UnixMs,
    transition,
};

/// A refund, as a kind of ids.
pub use crate::id::kind::Refund;

/// Refunds of one payment at most, those that failed among them.
pub const REFUNDS_MAX: u32 = 100;

/// The state of a refund.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// Its money is set aside.
    Initiated,
    /// It was given to the acquirer, or its outcome is unknown, or a person is to pay it.
    InProgress,
    /// The customer has it.
    Completed,
    /// The customer does not have it and never will: the money is the merchant's again.
    Failed,
}

/// What can happen to a refund.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// Its intent is kept: from now on the acquirer may know of it.
    Dispatch,
    /// The acquirer paid it.
    RailPaid,
    /// The acquirer will never pay it.
    RailRefused,
    /// The acquirer has it, or said nothing that can be relied on.
    RailUncertain,
}

/// Every change of state of a refund there is.
pub const TRANSITIONS: &[(Status, Event, Status)] = {
    use Event::*;
    use Status::*;
    &[
        (Initiated, Dispatch, InProgress),
        (InProgress, RailPaid, Completed),
        (InProgress, RailRefused, Failed),
        (InProgress, RailUncertain, InProgress), // never told again: only asked about
    ]
};

// In the database.
codes! { Status as i64 {
    Initiated = 0,
    InProgress = 1,
    Completed = 2,
    Failed = 3,
} }

impl Status {
    /// Where `event` leads from here. `None`: it cannot happen here.
    #[must_use]
    pub fn after(self, event: Event) -> Option<Self> {
        transition::after(TRANSITIONS, self, event)
    }

    /// Whether its money is set aside.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Initiated | Self::InProgress)
    }

    /// Its word on the wire, spelled like the one of the document's samples.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Initiated => "refundinitiated",
            Self::InProgress => "refundinprogress",
            Self::Completed => "refundcompleted",
            Self::Failed => "refundfailed",
        }
    }
}

/// What the book knows of a payment when a refund is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paid {
    /// The payment's state.
    pub status: payment::Status,
    /// What was paid.
    pub amount: Paise,
    /// What went back of it.
    pub back: Back,
    /// How many refunds there were.
    pub refunds: u32,
    /// What the merchant has of it that is not settled.
    pub uncleared: Paise,
}

/// Why no refund is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefundRefusal {
    /// The merchant has no such payment.
    NoPayment,
    /// It was not paid.
    NotPaid,
    /// More than is left of it: this much is.
    AboveLeft(Paise),
    /// It had as many refunds as a payment can have.
    TooMany,
    /// The merchant's balance does not carry it.
    BalanceTooLow,
    /// The key stands for another refund.
    KeyReused,
}

/// Decides whether `amount` of a payment may go back, and of which money. Pure.
///
/// The price of the payment is not given back: the customer was served, so that a refund of all of a fresh payment needs a
/// little of what the merchant has otherwise.
///
/// # Errors
/// [`RefundRefusal`].
pub fn decide_refund(paid: &Paid, amount: Paise, available: Paise) -> Result<Source, RefundRefusal> {
    if paid.status != payment::Status::Captured {
        return Err(RefundRefusal::NotPaid);
    }
    let left = paid.back.left(paid.amount);
    if amount > left {
        return Err(RefundRefusal::AboveLeft(left));
    }
    if paid.refunds >= REFUNDS_MAX {
        return Err(RefundRefusal::TooMany);
    }
    Source::take(amount, paid.uncleared, available).ok_or(RefundRefusal::BalanceTooLow)
}

/// What an acquirer is asked to pay back. The intent is kept durably before it is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundOrder {
    /// Ours; the acquirer's idempotency key. Never used for two refunds.
    pub reference: String,
    /// Our reference of the attempt that took the money.
    pub charge: String,
    /// How much.
    pub amount: Paise,
    /// The acquirer refuses it after this instant, so that "never heard of it" is certain later.
    pub not_after: UnixMs,
}

/// What an acquirer says of one refund.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Paid back, with the bank's reference.
    Paid(BankRef),
    /// Not paid back, and never will be.
    Refused(Fault),
    /// The acquirer has it, and is not done with it.
    UnderWay,
    /// Nothing that can be relied on: a timeout, a 5xx, garbage. Ask again, never tell again.
    Silent,
}

/// Why nothing was paid back, in our words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// The customer's account or card takes no money any more.
    AccountClosed,
    /// The acquirer knows no such charge, or not so much of it is left there.
    NotRefundable,
    /// The acquirer never received it, and would refuse it now.
    NotReceived,
    /// An operator who should have paid it by hand did not.
    NotPaidByHand,
    /// Refused, for a reason that has no word here.
    Other,
}

// In the database and on the rails.
codes! { Fault as text {
    AccountClosed = "account_closed",
    NotRefundable = "not_refundable",
    NotReceived = "not_received",
    NotPaidByHand = "not_paid_by_hand",
    Other = "other",
} }

impl Fault {
    /// A sentence for the merchant.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AccountClosed => "The customer's account takes no money any more",
            Self::NotRefundable => "The acquirer has nothing left of the payment to pay back",
            Self::NotReceived => "The acquirer did not receive the refund",
            Self::NotPaidByHand => "The operator could not pay the customer",
            Self::Other => "The acquirer refused the refund",
        }
    }
}

/// What an answer of an acquirer means for a refund.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The customer has the money.
    Complete(BankRef),
    /// The money is the merchant's again.
    Fail(Fault),
    /// Still unknown, or under way: ask again later.
    AskAgain,
    /// The acquirer says once more what the book says already.
    Known,
    /// The acquirer says something that the book contradicts: a person must look.
    Contradiction,
}

/// Decides what `answer` means for a refund in `status`. Pure.
///
/// `bank_ref` is the one the book knows, if the money was paid back.
#[must_use]
pub fn decide_answer(status: Status, bank_ref: Option<&BankRef>, answer: &Answer) -> Verdict {
    match answer {
        Answer::Paid(theirs) => match status.after(Event::RailPaid) {
            Some(_) => Verdict::Complete(theirs.clone()),
            None if bank_ref == Some(theirs) => Verdict::Known,
            None => Verdict::Contradiction,
        },
        Answer::Refused(fault) => match (status.after(Event::RailRefused), status) {
            (Some(_), _) => Verdict::Fail(*fault),
            (None, Status::Failed) => Verdict::Known,
            (None, Status::Initiated | Status::InProgress | Status::Completed) => Verdict::Contradiction,
        },
        Answer::UnderWay | Answer::Silent => match status.after(Event::RailUncertain) {
            Some(_) => Verdict::AskAgain,
            // An answer that was overtaken by a later one.
            None => Verdict::Known,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_leaves_a_final_status_of_a_refund() {
        assert!(TRANSITIONS.iter().all(|(from, _, _)| from.is_under_way()));
    }

    #[test]
    fn each_status_and_fault_of_a_refund_has_a_code_of_its_own() {
        for (status, code) in Status::ALL {
            assert_eq!((status.code(), Status::from_code(*code)), (*code, Some(*status)));
        }
        for (fault, code) in Fault::ALL {
            assert_eq!((fault.code(), Fault::from_code(code)), (*code, Some(*fault)));
        }
    }

    #[test]
    fn silence_about_a_refund_moves_nothing() {
        for (status, _) in Status::ALL {
            for answer in [Answer::Silent, Answer::UnderWay] {
                let verdict = decide_answer(*status, None, &answer);
                assert!(
                    matches!(verdict, Verdict::AskAgain | Verdict::Known),
                    "{status:?}"
                );
            }
        }
    }

    #[test]
    fn a_refund_paid_twice_is_known_and_a_contradiction_is_seen() {
        let (one, two) = (BankRef::parse("R1").unwrap(), BankRef::parse("R2").unwrap());
        let heard = |status, known, said: Answer| decide_answer(status, known, &said);
        assert_eq!(
            heard(Status::Completed, Some(&one), Answer::Paid(one.clone())),
            Verdict::Known
        );
        assert_eq!(
            heard(Status::Completed, Some(&one), Answer::Paid(two.clone())),
            Verdict::Contradiction
        );
        assert_eq!(
            heard(Status::Failed, None, Answer::Paid(two)),
            Verdict::Contradiction
        );
        assert_eq!(
            heard(Status::Completed, Some(&one), Answer::Refused(Fault::Other)),
            Verdict::Contradiction
        );
    }

    fn paise(range: std::ops::Range<i64>) -> impl Strategy<Value = Paise> {
        range.prop_map(|paise| Paise::new(paise).unwrap())
    }

    proptest! {
        #[test]
        fn never_more_goes_back_than_was_paid(
            amount in paise(1..1_000), asks in proptest::collection::vec(paise(1..400), 1..30),
            uncleared in paise(0..1_000), available in paise(0..1_000),
        ) {
            let mut paid = Paid { status: payment::Status::Captured, amount, back: Back::default(), refunds: 0, uncleared };
            let mut available = available;
            for ask in asks {
                let left = paid.back.left(amount);
                match decide_refund(&paid, ask, available) {
                    Ok(source) => {
                        paid.back.refunding = paid.back.refunding.plus(ask).unwrap();
                        paid.uncleared = paid.uncleared.minus(source.collected).unwrap();
                        available = available.minus(source.available).unwrap();
                    }
                    Err(RefundRefusal::AboveLeft(said)) => prop_assert!(said == left && ask > left),
                    Err(refusal) => prop_assert_eq!(refusal, RefundRefusal::BalanceTooLow),
                }
                prop_assert!(paid.back.total().unwrap() <= amount);
            }
        }
    }
}
