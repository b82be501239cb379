//! What a merchant is told of, beside payouts: what became of its payments, refunds and disputes.
//!
//! An event is written with its cause, once, and never changes. It keeps what was true at that moment ([`Told`]), so that
//! whoever is told late is told the same.

use crate::{
    Id, Paise,
    id::kind::{Dispute, Refund},
    time::UnixMs,
};

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A payment was made.
    PaymentSucceeded,
    /// A payment ended without money: failed, cancelled, bounced or dropped.
    PaymentFailed,
    /// A refund was asked for.
    RefundInitiated,
    /// A refund reached the customer.
    RefundCompleted,
    /// A refund did not reach the customer. The document knows no webhook for it: it is listed, and posted to nobody.
    RefundFailed,
    /// A customer disputes a payment.
    DisputeRaised,
    /// A dispute has ended.
    DisputeResolved,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::PaymentSucceeded,
        Self::PaymentFailed,
        Self::RefundInitiated,
        Self::RefundCompleted,
        Self::RefundFailed,
        Self::DisputeRaised,
        Self::DisputeResolved,
    ];

    /// The code that stands for it in the database.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::PaymentSucceeded => 1,
            Self::PaymentFailed => 2,
            Self::RefundInitiated => 3,
            Self::RefundCompleted => 4,
            Self::RefundFailed => 5,
            Self::DisputeRaised => 6,
            Self::DisputeResolved => 7,
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PaymentSucceeded => "payment.succeeded",
            Self::PaymentFailed => "payment.failed",
            Self::RefundInitiated => "refund.initiated",
            Self::RefundCompleted => "refund.completed",
            Self::RefundFailed => "refund.failed",
            Self::DisputeRaised => "dispute.raised",
            Self::DisputeResolved => "dispute.resolved",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether the document has a webhook for it.
    #[must_use]
    pub const fn is_posted(self) -> bool {
        !matches!(self, Self::RefundFailed)
    }
}

/// A set of kinds: what a webhook wants to hear of.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Kinds(i64);

impl Kinds {
    /// Every kind that is posted at all.
    #[must_use]
    pub fn all() -> Self {
        Kind::ALL.into_iter().filter(|kind| kind.is_posted()).collect()
    }

    /// What a word stands for: a kind, or all of `payment`, `refund` or `dispute`, or `all`. `None`: nothing that is posted.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let is_meant = |kind: &Kind| {
            let group = kind.name().split('.').next();
            kind.is_posted() && (word == "all" || word == kind.name() || group == Some(word))
        };
        let kinds: Self = Kind::ALL.into_iter().filter(is_meant).collect();
        (kinds != Self::default()).then_some(kinds)
    }

    /// The number that stands for it in the database: a bit for each.
    #[must_use]
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// The set with this number.
    #[must_use]
    pub fn from_bits(bits: i64) -> Option<Self> {
        let known: i64 = Kind::ALL.into_iter().map(bit).sum();
        (bits & !known == 0).then_some(Self(bits))
    }

    /// Whether this kind is in it.
    #[must_use]
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & bit(kind) != 0
    }

    /// All of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Its kinds, in order.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }
}

const fn bit(kind: Kind) -> i64 {
    1 << kind.code()
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | bit(kind)))
    }
}

/// What is told: all that cannot be read from the payment later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// A payment was made.
    PaymentSucceeded,
    /// A payment ended without money.
    PaymentFailed,
    /// A refund was asked for.
    RefundInitiated(RefundTold),
    /// A refund reached the customer.
    RefundCompleted(RefundTold),
    /// A refund did not reach the customer.
    RefundFailed(RefundTold),
    /// A customer disputes a payment.
    DisputeRaised(DisputeTold),
    /// A dispute has ended.
    DisputeResolved(DisputeTold),
}

/// A refund as it was when it was told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RefundTold {
    /// Its number.
    pub refund: Id<Refund>,
    /// How much goes back.
    pub amount: Paise,
    /// When it was asked for.
    pub added_at: UnixMs,
    /// When it reached the customer.
    pub completed_at: Option<UnixMs>,
}

/// A dispute as it was when it was told of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DisputeTold {
    /// Its number.
    pub dispute: Id<Dispute>,
    /// How much is disputed.
    pub amount: Paise,
    /// When it was raised.
    pub initiated_at: UnixMs,
    /// When it last changed.
    pub updated_at: UnixMs,
    /// What is complained of: `Goods/service not received`.
    pub issue: String,
    /// Who complains: `customer`.
    pub initiator: String,
    /// Its title.
    pub title: String,
    /// What the customer wrote.
    pub comment: String,
    /// What the operator wrote.
    pub admin_comment: String,
}

impl Told {
    /// What happened.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::PaymentSucceeded => Kind::PaymentSucceeded,
            Self::PaymentFailed => Kind::PaymentFailed,
            Self::RefundInitiated(_) => Kind::RefundInitiated,
            Self::RefundCompleted(_) => Kind::RefundCompleted,
            Self::RefundFailed(_) => Kind::RefundFailed,
            Self::DisputeRaised(_) => Kind::DisputeRaised,
            Self::DisputeResolved(_) => Kind::DisputeResolved,
        }
    }

    /// The number of the refund or dispute that it is about; `None`: of the payment itself.
    #[must_use]
    pub const fn about(&self) -> Option<i64> {
        match self {
            Self::PaymentSucceeded | Self::PaymentFailed => None,
            Self::RefundInitiated(told) | Self::RefundCompleted(told) | Self::RefundFailed(told) => {
                Some(told.refund.get())
            }
            Self::DisputeRaised(told) | Self::DisputeResolved(told) => Some(told.dispute.get()),
        }
    }

    /// What is kept of it beside its kind and number, as one text for [`Self::read`].
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::PaymentSucceeded | Self::PaymentFailed => String::new(),
            Self::RefundInitiated(told) | Self::RefundCompleted(told) | Self::RefundFailed(told) => join(&[
                &told.amount.get().to_string(),
                &told.added_at.0.to_string(),
                &told.completed_at.map_or_else(String::new, |at| at.0.to_string()),
            ]),
            Self::DisputeRaised(told) | Self::DisputeResolved(told) => join(&[
                &told.amount.get().to_string(),
                &told.initiated_at.0.to_string(),
                &told.updated_at.0.to_string(),
                &told.issue,
                &told.initiator,
                &told.title,
                &told.comment,
                &told.admin_comment,
            ]),
        }
    }

    /// What was kept. `None`: it does not make sense.
    #[must_use]
    pub fn read(kind: Kind, about: i64, detail: &str) -> Option<Self> {
        let refund = || -> Option<RefundTold> {
            let [amount, added_at, completed_at] = split(detail)?;
            Some(RefundTold {
                refund: Id::new(about),
                amount: Paise::new(amount.parse().ok()?)?,
                added_at: UnixMs(added_at.parse().ok()?),
                completed_at: match completed_at {
                    "" => None,
                    at => Some(UnixMs(at.parse().ok()?)),
                },
            })
        };
        let dispute = || -> Option<DisputeTold> {
            let [
                amount,
                initiated_at,
                updated_at,
                issue,
                initiator,
                title,
                comment,
                admin_comment,
            ] = split(detail)?;
            Some(DisputeTold {
                dispute: Id::new(about),
                amount: Paise::new(amount.parse().ok()?)?,
                initiated_at: UnixMs(initiated_at.parse().ok()?),
                updated_at: UnixMs(updated_at.parse().ok()?),
                issue: issue.to_owned(),
                initiator: initiator.to_owned(),
                title: title.to_owned(),
                comment: comment.to_owned(),
                admin_comment: admin_comment.to_owned(),
            })
        };
        match kind {
            Kind::PaymentSucceeded => Some(Self::PaymentSucceeded),
            Kind::PaymentFailed => Some(Self::PaymentFailed),
            Kind::RefundInitiated => refund().map(Self::RefundInitiated),
            Kind::RefundCompleted => refund().map(Self::RefundCompleted),
            Kind::RefundFailed => refund().map(Self::RefundFailed),
            Kind::DisputeRaised => dispute().map(Self::DisputeRaised),
            Kind::DisputeResolved => dispute().map(Self::DisputeResolved),
        }
    }
}

/// Texts as one: each with its length in bytes before it, so that it may hold anything.
fn join(texts: &[&str]) -> String {
    texts
        .iter()
        .map(|text| format!("{}:{text}", text.len()))
        .collect()
}

fn split<const N: usize>(joined: &str) -> Option<[&str; N]> {
    let mut texts = [""; N];
    let mut rest = joined;
    for text in &mut texts {
        let (length, after) = rest.split_once(':')?;
        let length: usize = length.parse().ok()?;
        *text = after.get(..length)?;
        rest = after.get(length..)?;
    }
    rest.is_empty().then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_kind_is_found_by_its_code_and_a_word_stands_for_kinds() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
            let named: Vec<Kind> = Kinds::named(kind.name()).unwrap_or_default().iter().collect();
            let expected = if kind.is_posted() { vec![kind] } else { vec![] };
            assert_eq!(named, expected);
        }
        let names = |word: &str| -> Vec<&str> {
            let kinds = Kinds::named(word).unwrap_or_default();
            kinds.iter().map(Kind::name).collect()
        };
        assert_eq!(names("refund"), ["refund.initiated", "refund.completed"]);
        assert_eq!(names("dispute"), ["dispute.raised", "dispute.resolved"]);
        assert_eq!(Kinds::named("all"), Some(Kinds::all()));
        for word in ["", "refund.failed", "payout", "Payment"] {
            assert_eq!(Kinds::named(word), None, "{word}");
        }
    }

    #[test]
    fn a_set_of_kinds_is_read_as_it_was_written() {
        for bits in 0..512 {
            let read = Kinds::from_bits(bits);
            assert!(
                read.is_none_or(|kinds| kinds.bits() == bits && kinds.iter().collect::<Kinds>() == kinds)
            );
            assert_eq!(read.is_some(), bits % 2 == 0 && bits < 256);
        }
    }

    proptest! {
        #[test]
        fn what_is_told_is_read_as_it_was_written(
            texts in prop::array::uniform5(any::<String>()),
            paise in 0..=Paise::MAX,
            times in any::<(i64, i64)>(),
            completed in any::<Option<i64>>(),
        ) {
            let [issue, initiator, title, comment, admin_comment] = texts;
            let refund = RefundTold {
                refund: Id::new(7),
                amount: Paise::new(paise).unwrap(),
                added_at: UnixMs(times.0),
                completed_at: completed.map(UnixMs),
            };
            let dispute = DisputeTold {
                dispute: Id::new(7),
                amount: refund.amount,
                initiated_at: UnixMs(times.0),
                updated_at: UnixMs(times.1),
                issue, initiator, title, comment, admin_comment,
            };
            for told in [Told::PaymentSucceeded, Told::RefundCompleted(refund), Told::DisputeRaised(dispute)] {
                prop_assert_eq!(Told::read(told.kind(), 7, &told.detail()), Some(told));
            }
        }

        #[test]
        fn no_text_breaks_the_reading(text in "[0-9:]{0,12}\\PC{0,8}") {
            for kind in Kind::ALL {
                let _ = Told::read(kind, 1, &text);
            }
        }
    }
}
