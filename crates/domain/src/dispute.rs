//! A dispute: a customer, or the customer's bank, wants a payment back. What it is about, how far it has come, what is decided.
//!
//! Its money is set aside when it is raised; what is missing then becomes what the merchant owes. Only whoever raised it decides:
//! the merchant answers with evidence, or accepts. What is not a row of [`TRANSITIONS`] cannot happen.

use crate::{
    codes::codes,
    money::Paise,
    payment::{self, Back, Source},
    time::UnixMs,
    transition,
};

/// A dispute, as a kind of ids.
pub use crate::id::kind::Dispute;

/// Disputes of one payment at most.
pub const DISPUTES_MAX: u32 = 10;

/// Pieces of evidence of one dispute at most.
pub const EVIDENCE_MAX: usize = 5;

/// The state of a dispute.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// The merchant may answer.
    Open,
    /// The merchant answered with evidence.
    Contested,
    /// The merchant accepts that the money goes back.
    Accepted,
    /// The money is the merchant's again.
    Won,
    /// The customer has the money.
    Lost,
    /// Whoever raised it took it back: the money is the merchant's again.
    Withdrawn,
}

/// What can happen to a dispute.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// The merchant answers with evidence.
    Contest,
    /// The merchant accepts.
    Accept,
    /// It is decided for the merchant.
    Win,
    /// It is decided for the customer.
    Lose,
    /// It is taken back.
    Withdraw,
}

/// Every change of state of a dispute there is.
pub const TRANSITIONS: &[(Status, Event, Status)] = {
    use Event::*;
    use Status::*;
    &[
        (Open, Contest, Contested),
        (Open, Accept, Accepted),
        (Open, Win, Won),
        (Open, Lose, Lost),
        (Open, Withdraw, Withdrawn),
        (Contested, Accept, Accepted),
        (Contested, Win, Won),
        (Contested, Lose, Lost),
        (Contested, Withdraw, Withdrawn),
        (Accepted, Win, Won), // whoever raised it decides, whatever the merchant said
        (Accepted, Lose, Lost),
        (Accepted, Withdraw, Withdrawn),
    ]
};

// In the database; and its word.
codes! { Status as i64 and words {
    Open = 0 "open",
    Contested = 1 "contested",
    Accepted = 2 "accepted",
    Won = 3 "won",
    Lost = 4 "lost",
    Withdrawn = 5 "withdrawn",
} }

impl Status {
    /// Where `event` leads from here. `None`: it cannot happen here.
    #[must_use]
    pub fn after(self, event: Event) -> Option<Self> {
        transition::after(TRANSITIONS, self, event)
    }

    /// Whether its money is set aside.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Contested | Self::Accepted)
    }
}

/// What sort of dispute it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// The customer complained to us, or to the acquirer.
    Complaint,
    /// The customer's bank asks for the money.
    Chargeback,
    /// The customer's bank says that the payment was a fraud.
    Fraud,
    /// The customer's bank asks once more, after a chargeback that was won.
    PreArbitration,
}

// In the database, in files and on the rails.
codes! { Kind as text {
    Complaint = "complaint",
    Chargeback = "chargeback",
    Fraud = "fraud",
    PreArbitration = "pre_arbitration",
} }

impl Kind {
    /// Who begins one of this kind, in the document's word.
    #[must_use]
    pub const fn initiator(self) -> &'static str {
        match self {
            Self::Complaint => "customer",
            Self::Chargeback | Self::Fraud | Self::PreArbitration => "bank",
        }
    }
}

/// Why the money is wanted back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// Nothing came.
    NotReceived,
    /// Something else came than was ordered.
    NotAsDescribed,
    /// The customer paid more than once.
    Duplicate,
    /// The customer did not pay.
    NotAuthorised,
    /// The merchant promised money back that did not come.
    CreditNotProcessed,
    /// A reason that has no word here.
    Other,
}

// In the database, in files and on the rails.
codes! { Reason as text {
    NotReceived = "not_received",
    NotAsDescribed = "not_as_described",
    Duplicate = "duplicate",
    NotAuthorised = "not_authorised",
    CreditNotProcessed = "credit_not_processed",
    Other = "other",
} }

impl Reason {
    /// The document's words for it (`issueType`), or words like them.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotReceived => "Goods/service not received",
            Self::NotAsDescribed => "Goods/service not as described",
            Self::Duplicate => "Paid more than once",
            Self::NotAuthorised => "Payment not authorised",
            Self::CreditNotProcessed => "Refund not received",
            Self::Other => "Other",
        }
    }
}

/// What somebody claims, as it was raised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// What sort of dispute.
    pub kind: Kind,
    /// Why.
    pub reason: Reason,
    /// How much. Never zero.
    pub amount: Paise,
    /// Until when the merchant may answer.
    pub deadline: UnixMs,
    /// What it is called, in a few words.
    pub title: String,
    /// What the customer says.
    pub comment: String,
}

/// What the book knows of a payment when a dispute is raised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Disputed {
    /// The payment's state.
    pub status: payment::Status,
    /// What was paid.
    pub amount: Paise,
    /// What went back of it, or may.
    pub back: Back,
    /// How many disputes there were.
    pub disputes: u32,
    /// What the merchant has of it that is not settled.
    pub uncleared: Paise,
}

/// What is set aside, and what was missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SetAside {
    /// In all: what is claimed, but never more than is left of the payment.
    pub amount: Paise,
    /// Where it was.
    pub source: Source,
    /// What the merchant owes from now on.
    pub owed: Paise,
}

/// Why no dispute is raised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RaiseRefusal {
    /// There is no such payment.
    NoPayment,
    /// It was not paid.
    NotPaid,
    /// All of it went back already, or is on its way.
    NothingLeft,
    /// It had as many disputes as a payment can have.
    TooMany,
}

/// Decides what is set aside for a claim. Pure. What a merchant cannot carry it owes: a customer's bank does not wait.
///
/// # Errors
/// [`RaiseRefusal`].
pub fn decide_raise(disputed: &Disputed, claimed: Paise, available: Paise) -> Result<SetAside, RaiseRefusal> {
    if disputed.status != payment::Status::Captured {
        return Err(RaiseRefusal::NotPaid);
    }
    let amount = claimed.min(disputed.back.left(disputed.amount));
    if amount.is_zero() {
        return Err(RaiseRefusal::NothingLeft);
    }
    if disputed.disputes >= DISPUTES_MAX {
        return Err(RaiseRefusal::TooMany);
    }
    let collected = amount.min(disputed.uncleared);
    let rest = amount.minus(collected).unwrap_or_default();
    let from_available = rest.min(available);
    Ok(SetAside {
        amount,
        source: Source {
            collected,
            available: from_available,
        },
        owed: rest.minus(from_available).unwrap_or_default(),
    })
}

/// Where set-aside money goes when a dispute is won or withdrawn. Pure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Released {
    /// What the merchant owed for it, and owes still: that is paid first.
    pub repaid: Paise,
    /// The rest.
    pub to: Source,
}

/// Decides where the money of `aside` goes. `owing`: what the merchant owes now; a part may have been repaid meanwhile.
///
/// `None` when the amounts do not fit each other.
#[must_use]
pub fn decide_release(aside: &SetAside, owing: Paise, settled: bool) -> Option<Released> {
    let repaid = aside.owed.min(owing);
    let rest = aside.amount.minus(repaid)?.minus(aside.source.collected)?;
    let to = Source {
        collected: aside.source.collected,
        available: rest,
    };
    Some(Released {
        repaid,
        to: to.returns(settled)?,
    })
}

/// How a merchant answers a dispute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    /// With evidence.
    Contest,
    /// The money may go back.
    Accept,
}

/// Why an answer is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReplyRefusal {
    /// The merchant has no such dispute.
    NoDispute,
    /// It was answered already, or has ended: its state.
    NotOpen(Status),
    /// Its time is over.
    TooLate,
}

/// Decides whether a merchant may answer so now. Pure.
///
/// # Errors
/// [`ReplyRefusal`].
pub fn decide_reply(
    status: Status,
    deadline: UnixMs,
    reply: Reply,
    now: UnixMs,
) -> Result<Status, ReplyRefusal> {
    let event = match reply {
        Reply::Contest => Event::Contest,
        Reply::Accept => Event::Accept,
    };
    let to = status.after(event).ok_or(ReplyRefusal::NotOpen(status))?;
    if now > deadline && reply == Reply::Contest {
        return Err(ReplyRefusal::TooLate);
    }
    Ok(to)
}

/// How a dispute ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// For the merchant.
    Won,
    /// For the customer.
    Lost,
    /// It was taken back.
    Withdrawn,
}

// On the rails and in commands.
codes! { Outcome as text {
    Won = "won",
    Lost = "lost",
    Withdrawn = "withdrawn",
} }

impl Outcome {
    const fn event(self) -> Event {
        match self {
            Self::Won => Event::Win,
            Self::Lost => Event::Lose,
            Self::Withdrawn => Event::Withdraw,
        }
    }
}

/// What an acquirer tells of disputes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Its number at the acquirer.
    pub reference: String,
    /// Our reference of the attempt that took the money.
    pub charge: String,
    /// What happened.
    pub news: News,
}

/// What happened to a dispute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// It was raised.
    Raised(Claim),
    /// It has ended.
    Resolved(Outcome),
}

/// A merchant's answer, for the acquirer. Telling it again changes nothing there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The dispute's number at the acquirer.
    pub reference: String,
    /// What the merchant says.
    pub reply: Reply,
    /// Its files.
    pub evidence: Vec<Piece>,
}

/// A file, on its way to an acquirer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// What the merchant calls it.
    pub name: String,
    /// What its content is.
    pub media_type: String,
    /// The SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// The content.
    pub content: Vec<u8>,
}

/// What an outcome means for a dispute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The money is the merchant's again, and the dispute in this state.
    Release(Status),
    /// The money goes to the customer.
    Pay,
    /// It is said once more.
    Known,
    /// The book says otherwise: a person must look.
    Contradiction,
}

/// Decides what `outcome` means for a dispute in `status`. Pure.
#[must_use]
pub fn decide_outcome(status: Status, outcome: Outcome) -> Verdict {
    match status.after(outcome.event()) {
        Some(Status::Lost) => Verdict::Pay,
        Some(to) => Verdict::Release(to),
        None => match (status, outcome) {
            (Status::Won, Outcome::Won)
            | (Status::Lost, Outcome::Lost)
            | (Status::Withdrawn, Outcome::Withdrawn) => Verdict::Known,
            (
                Status::Open
                | Status::Contested
                | Status::Accepted
                | Status::Won
                | Status::Lost
                | Status::Withdrawn,
                _,
            ) => Verdict::Contradiction,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_leaves_a_final_status_of_a_dispute() {
        assert!(TRANSITIONS.iter().all(|(from, _, _)| from.is_open()));
        for (status, code, word) in Status::ALL {
            assert_eq!(
                (status.code(), Status::from_code(*code), status.word()),
                (*code, Some(*status), *word)
            );
        }
        for (kind, code) in Kind::ALL {
            assert_eq!((kind.code(), Kind::from_code(code)), (*code, Some(*kind)));
        }
        for (reason, code) in Reason::ALL {
            assert_eq!((reason.code(), Reason::from_code(code)), (*code, Some(*reason)));
        }
    }

    #[test]
    fn evidence_is_taken_until_the_deadline_and_acceptance_as_long_as_it_is_open() {
        let reply = |status, reply, now| decide_reply(status, UnixMs(100), reply, UnixMs(now));
        assert_eq!(reply(Status::Open, Reply::Contest, 100), Ok(Status::Contested));
        assert_eq!(
            reply(Status::Open, Reply::Contest, 101),
            Err(ReplyRefusal::TooLate)
        );
        assert_eq!(reply(Status::Open, Reply::Accept, 101), Ok(Status::Accepted));
        assert_eq!(
            reply(Status::Contested, Reply::Contest, 1),
            Err(ReplyRefusal::NotOpen(Status::Contested))
        );
        assert_eq!(reply(Status::Contested, Reply::Accept, 1), Ok(Status::Accepted));
        assert_eq!(
            reply(Status::Lost, Reply::Accept, 1),
            Err(ReplyRefusal::NotOpen(Status::Lost))
        );
    }

    #[test]
    fn an_outcome_said_twice_is_known_and_another_is_a_contradiction() {
        assert_eq!(decide_outcome(Status::Contested, Outcome::Lost), Verdict::Pay);
        assert_eq!(
            decide_outcome(Status::Accepted, Outcome::Won),
            Verdict::Release(Status::Won)
        );
        assert_eq!(decide_outcome(Status::Lost, Outcome::Lost), Verdict::Known);
        assert_eq!(decide_outcome(Status::Lost, Outcome::Won), Verdict::Contradiction);
        assert_eq!(
            decide_outcome(Status::Withdrawn, Outcome::Won),
            Verdict::Contradiction
        );
    }

    proptest! {
        #[test]
        fn what_is_set_aside_comes_back_to_the_paisa(
            paid in 1..1_000i64, claimed in 1..2_000i64, uncleared in 0..1_000i64, available in 0..1_000i64,
            repaid in 0..1_000i64, other_debts in 0..500i64, settled in any::<bool>(),
        ) {
            let paise = |paise| Paise::new(paise).unwrap();
            let disputed = Disputed {
                status: payment::Status::Captured, amount: paise(paid), back: Back::default(), disputes: 0, uncleared: paise(uncleared),
            };
            let aside = decide_raise(&disputed, paise(claimed), paise(available)).unwrap();
            prop_assert_eq!(aside.amount.get(), claimed.min(paid));
            let parts = aside.source.collected.get() + aside.source.available.get() + aside.owed.get();
            prop_assert_eq!(parts, aside.amount.get());
            prop_assert!(aside.source.available.get() <= available && aside.source.collected.get() <= uncleared);
            let owing = paise((aside.owed.get() + other_debts - repaid).max(0));
            let released = decide_release(&aside, owing, settled).unwrap();
            prop_assert!(released.repaid <= owing && released.repaid <= aside.owed);
            let back = released.repaid.get() + released.to.collected.get() + released.to.available.get();
            prop_assert_eq!(back, aside.amount.get());
        }
    }
}
