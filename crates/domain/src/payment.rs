//! A payment: what a merchant wants to be paid, how far its customer has come, and what is decided about it.
//!
//! A payment is Open while the customer may still pay. Each try is an *attempt*; at most one is under way at a time, so that
//! two tabs never charge twice. The transitions are the tables [`TRANSITIONS`] and [`ATTEMPT_TRANSITIONS`]; what is not a
//! row there cannot happen.

mod attempt;
mod back;
mod end;
mod log;

use crate::{
    charge::{Charge, FeePlan},
    codes::codes,
    money::Paise,
    private::Private,
    transition,
};
pub use attempt::{
    ATTEMPT_TRANSITIONS, ATTEMPTS_MAX, AttemptEvent, AttemptRefusal, AttemptStatus, Standing, Verdict,
    decide_answer, decide_attempt,
};
pub use back::{Back, Source};
pub use end::{EndRefusal, Wish, decide_end};
pub use log::Step;

/// A payment, and an attempt to make it, as kinds of ids.
pub use crate::id::kind::{Attempt, Payment};

/// Milliseconds during which a customer may pay. Source: contract.md §3.2.
pub const CHECKOUT_MS: i64 = 15 * 60 * 1_000;

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

// In the database.
codes! { Status as i64 {
    Open = 0,
    Captured = 1,
    Failed = 2,
    Cancelled = 3,
    Bounced = 4,
    Dropped = 5,
} }

impl Status {
    /// Where `event` leads from here. `None`: it cannot happen here.
    #[must_use]
    pub fn after(self, event: Event) -> Option<Self> {
        transition::after(TRANSITIONS, self, event)
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
    /// A dispute is open.
    UnderDispute,
    /// A refund is under way.
    RefundInProgress,
    /// All of it went back.
    Refunded,
    /// Some of it went back.
    PartiallyRefunded,
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
            Self::UnderDispute => "Under Dispute",
            Self::RefundInProgress => "Refund in progress",
            Self::Refunded => "Refunded",
            Self::PartiallyRefunded => "Partially Refunded",
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

/// The word of the wire for where a payment of `amount` stands, of which `back` went back. Pure.
#[must_use]
pub fn wire_status(
    status: Status,
    attempts: u32,
    settlement: Settlement,
    amount: Paise,
    back: Back,
) -> WireStatus {
    match status {
        Status::Open if attempts == 0 => WireStatus::NotStarted,
        Status::Open => WireStatus::Initiated,
        Status::Captured if !back.disputed.is_zero() => WireStatus::UnderDispute,
        Status::Captured if !back.refunding.is_zero() => WireStatus::RefundInProgress,
        Status::Captured if back.refunded == amount => WireStatus::Refunded,
        Status::Captured if !back.refunded.is_zero() => WireStatus::PartiallyRefunded,
        Status::Captured => match settlement {
            Settlement::NotDue => WireStatus::MoneyWithUs,
            Settlement::Due => WireStatus::SettlementInProcess,
            Settlement::Settled => WireStatus::MoneySettled,
        },
        Status::Failed => WireStatus::Failed,
        Status::Cancelled => WireStatus::CancelledByUser,
        Status::Bounced => WireStatus::Bounced,
        Status::Dropped => WireStatus::Dropped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_txnid_is_printable_and_has_no_pipe() {
        for good in ["1", "4826753-59017743", "ORDER 7 / a_b.c#1"] {
            assert!(TxnId::parse(good).is_some(), "{good}");
        }
        for bad in ["", " a", "a ", "a|b", "a\nb", "चाय", &"x".repeat(51)] {
            assert!(TxnId::parse(bad).is_none(), "{bad}");
        }
    }
}
