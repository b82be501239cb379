//! A payout: what a merchant asks for, the states it can be in, and what is decided about it.
//!
//! The transitions are the table [`TRANSITIONS`]; what is not a row there cannot happen.

use crate::{
    charge::{Charge, FeePlan},
    codes::codes,
    money::Paise,
    private::Private,
    rail::{Answer, Reason, Utr},
    transition,
};

/// A payout, as a kind of id.
pub use crate::id::kind::Payout;

/// IMPS carries at most this many rupees. Source: contract.md §2.1.
pub const IMPS_RUPEES_MAX: i64 = 500_000;

/// The state of a payout, in the words of the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// Accepted, money set aside.
    Pending,
    /// Given to a bank, or its outcome unknown.
    Processing,
    /// Paid, with UTR.
    Approved,
    /// Refused or returned by the bank.
    Failed,
    /// Refused by the operator or by a rule.
    Declined,
}

/// What can happen to a payout.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// Its instruction was kept; a bank is about to be called.
    Dispatch,
    /// A bank says it paid.
    RailPaid,
    /// A bank says it will never pay.
    RailRefused,
    /// A bank said nothing that can be relied on.
    RailSilent,
    /// It had been paid, and the beneficiary's bank sent the money back.
    RailReturned,
    /// An operator paid it by hand and names the UTR.
    ApproveByHand,
    /// An operator or a rule refuses it.
    Decline,
    /// An operator got the money of a paid one back.
    Recall,
}

/// Every change of state there is. Source: contract.md §2.5.
pub const TRANSITIONS: &[(Status, Event, Status)] = {
    use Event::*;
    use Status::*;
    &[
        (Pending, Dispatch, Processing),
        (Pending, ApproveByHand, Approved),
        (Pending, Decline, Declined),
        (Pending, RailRefused, Failed),
        (Processing, RailPaid, Approved),
        (Processing, RailRefused, Failed),
        (Processing, RailSilent, Processing), // never sent again: only asked about
        (Processing, ApproveByHand, Approved),
        (Processing, Decline, Declined), // with evidence that the bank did not pay
        (Approved, RailReturned, Failed),
        (Approved, Recall, Declined),
    ]
};

// In the database; and the word of the wire.
codes! { Status as i64 and words {
    Pending = 0 "Pending",
    Processing = 1 "Processing",
    Approved = 2 "Approved",
    Failed = 3 "Failed",
    Declined = 4 "Declined",
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
        matches!(self, Self::Pending | Self::Processing)
    }
}

/// A merchant's own number of a payout: 10 to 13 ASCII letters and digits. Unique per merchant for ever.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct OrderId(String);

impl OrderId {
    /// Characters at least. Source: contract.md §2.1.
    pub const LEN_MIN: usize = 10;
    /// Characters at most. Source: contract.md §2.1.
    pub const LEN_MAX: usize = 13;

    /// `text`, if it can be an order's number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (Self::LEN_MIN..=Self::LEN_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who receives the money. Built by `wire`, which checks every field; no field here is ever logged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beneficiary {
    /// Account number.
    pub account_no: Private<String>,
    /// Name of the account's holder.
    pub account_holder: Private<String>,
    /// The branch.
    pub ifsc: String,
    /// The bank's name, or empty.
    pub bank: String,
    /// The bank's address, or empty.
    pub bank_address: String,
    /// E-mail address, or empty.
    pub email: Private<String>,
    /// Telephone number, or empty.
    pub phone: Private<String>,
}

/// What a merchant asks for. Two requests with equal orders are the same request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// The merchant's number.
    pub order_id: OrderId,
    /// Whole rupees, in paise.
    pub amount: Paise,
    /// Who receives it.
    pub to: Beneficiary,
}

/// Why a request is refused once its fields are in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestRefusal {
    /// The merchant has too little for the amount and its price.
    InsufficientBalance,
    /// The order's number stands for another order already.
    DuplicateOrder,
}

/// Decides whether `amount` and its price can be set aside from `available`. Pure.
///
/// # Errors
/// [`RequestRefusal::InsufficientBalance`] when amount and price are more than there is.
pub fn decide_request(available: Paise, amount: Paise, plan: &FeePlan) -> Result<Granted, RequestRefusal> {
    let short = RequestRefusal::InsufficientBalance;
    let charge = plan.charge(amount).ok_or(short)?;
    let total = charge.total().and_then(|price| amount.plus(price)).ok_or(short)?;
    let left = available.minus(total).ok_or(short)?;
    Ok(Granted { charge, total, left })
}

/// What a granted request costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Granted {
    /// Its price.
    pub charge: Charge,
    /// Amount and price: what is set aside.
    pub total: Paise,
    /// What the merchant has left.
    pub left: Paise,
}

/// What an answer of a bank means for a payout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Paid: the money is spent.
    Spend(Utr),
    /// Not paid: the money is released.
    Release(Reason),
    /// Still unknown: ask again later.
    AskAgain,
    /// The bank says once more what the book says already.
    Known,
    /// The bank says something that the book contradicts: a person must look. Nothing moves.
    Contradiction,
}

/// Decides what `answer` means for a payout in `status`. Pure.
///
/// `utr` is the one the book knows, if it was paid.
#[must_use]
pub fn decide_answer(status: Status, utr: Option<&Utr>, answer: &Answer) -> Verdict {
    match answer {
        Answer::Paid(theirs) => match status.after(Event::RailPaid) {
            Some(_) => Verdict::Spend(theirs.clone()),
            None if utr == Some(theirs) => Verdict::Known,
            None => Verdict::Contradiction,
        },
        Answer::Refused(reason) => match (status.after(Event::RailRefused), status) {
            // A bank refuses what it was given; a payout still Pending was given to nobody.
            (Some(_), Status::Processing) => Verdict::Release(*reason),
            (_, Status::Failed | Status::Declined) if utr.is_none() => Verdict::Known,
            _ => Verdict::Contradiction,
        },
        Answer::Silent => match status.after(Event::RailSilent) {
            Some(_) => Verdict::AskAgain,
            None => Verdict::Known,
        },
    }
}

/// Whether the news that a paid payout was returned moves money, was known, or contradicts the book. Pure.
#[must_use]
pub fn decide_return(status: Status, utr: Option<&Utr>) -> Return {
    match (status.after(Event::RailReturned), status, utr) {
        (Some(_), _, _) => Return::GiveBack,
        // The answer "paid" is still on its way to us; the bank will say it when asked.
        (None, Status::Pending | Status::Processing, _) => Return::TooEarly,
        (None, _, Some(_)) => Return::Known,
        (None, _, None) => Return::Contradiction,
    }
}

/// See [`decide_return`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Return {
    /// The money goes back to the merchant.
    GiveBack,
    /// The book does not know yet that it was paid: hear it again later.
    TooEarly,
    /// Given back already.
    Known,
    /// The book says that it was never paid: a person must look.
    Contradiction,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{charge::FeeOnReturn, money::BasisPoints};
    use proptest::prelude::*;

    #[test]
    fn the_table_allows_what_the_contract_allows_and_nothing_else() {
        use Status::*;
        let allowed = [
            (Pending, Processing),
            (Pending, Approved),
            (Pending, Declined),
            (Pending, Failed),
            (Processing, Approved),
            (Processing, Declined),
            (Processing, Failed),
            (Processing, Processing),
            (Approved, Declined),
            (Approved, Failed),
        ];
        for (from, _, to) in TRANSITIONS {
            assert!(allowed.contains(&(*from, *to)), "{from:?} → {to:?}");
        }
        for (from, to) in allowed {
            assert!(
                TRANSITIONS.iter().any(|(f, _, t)| (*f, *t) == (from, to)),
                "{from:?} → {to:?}"
            );
        }
    }

    #[test]
    fn nothing_leaves_a_final_status() {
        assert!(
            TRANSITIONS
                .iter()
                .all(|(from, _, _)| !matches!(from, Status::Failed | Status::Declined))
        );
    }

    #[test]
    fn an_event_leads_to_one_place() {
        for (at, (from, on, _)) in TRANSITIONS.iter().enumerate() {
            assert!(
                TRANSITIONS[at + 1..].iter().all(|(f, o, _)| (f, o) != (from, on)),
                "{from:?} on {on:?}"
            );
        }
    }

    #[test]
    fn each_status_has_a_code_and_a_word_of_its_own() {
        for (status, code, word) in Status::ALL {
            assert_eq!((status.code(), status.word()), (*code, *word));
            assert_eq!(Status::from_code(*code), Some(*status));
            assert_eq!(Status::from_word(word), Some(*status));
        }
    }

    fn utr(text: &str) -> Utr {
        Utr::parse(text).unwrap()
    }

    #[test]
    fn an_answer_heard_twice_moves_money_once() {
        let paid = Answer::Paid(utr("1"));
        assert_eq!(
            decide_answer(Status::Processing, None, &paid),
            Verdict::Spend(utr("1"))
        );
        assert_eq!(
            decide_answer(Status::Approved, Some(&utr("1")), &paid),
            Verdict::Known
        );
        assert_eq!(
            decide_answer(Status::Approved, Some(&utr("2")), &paid),
            Verdict::Contradiction
        );
        assert_eq!(
            decide_answer(Status::Failed, Some(&utr("1")), &paid),
            Verdict::Known
        ); // returned since
        assert_eq!(decide_answer(Status::Failed, None, &paid), Verdict::Contradiction);
        let refused = Answer::Refused(Reason::AccountFrozen);
        assert_eq!(
            decide_answer(Status::Processing, None, &refused),
            Verdict::Release(Reason::AccountFrozen)
        );
        assert_eq!(decide_answer(Status::Failed, None, &refused), Verdict::Known);
        assert_eq!(
            decide_answer(Status::Approved, Some(&utr("1")), &refused),
            Verdict::Contradiction
        );
    }

    #[test]
    fn silence_moves_nothing() {
        for (status, _, _) in Status::ALL {
            let verdict = decide_answer(*status, None, &Answer::Silent);
            assert!(
                matches!(verdict, Verdict::AskAgain | Verdict::Known),
                "{status:?}"
            );
        }
    }

    #[test]
    fn money_is_given_back_once() {
        assert_eq!(decide_return(Status::Approved, Some(&utr("1"))), Return::GiveBack);
        assert_eq!(decide_return(Status::Failed, Some(&utr("1"))), Return::Known);
        assert_eq!(decide_return(Status::Failed, None), Return::Contradiction);
        assert_eq!(decide_return(Status::Processing, None), Return::TooEarly);
    }

    proptest! {
        #[test]
        fn a_grant_is_covered_to_the_paisa(
            available in 0..2_000_000i64, rupees in 1..10_000i64, flat in 0..5_000i64, rate in 0..10_000i64,
        ) {
            let plan = FeePlan {
                flat: Paise::new(flat).unwrap(),
                rate: BasisPoints::new(rate).unwrap(),
                gst: BasisPoints::new(1_800).unwrap(),
                on_return: FeeOnReturn::Keep,
            };
            let amount = Paise::from_rupees(rupees).unwrap();
            let price = plan.charge(amount).unwrap().total().unwrap();
            match decide_request(Paise::new(available).unwrap(), amount, &plan) {
                Ok(granted) => {
                    prop_assert_eq!(granted.total, amount.plus(price).unwrap());
                    prop_assert_eq!(granted.left.get(), available - granted.total.get());
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal, RequestRefusal::InsufficientBalance);
                    prop_assert!(available < amount.get() + price.get());
                }
            }
        }

        #[test]
        fn order_ids_are_ten_to_thirteen_letters_and_digits(text in "\\PC{0,20}") {
            let good = (10..=13).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
            prop_assert_eq!(OrderId::parse(&text).is_some(), good);
        }
    }
}
