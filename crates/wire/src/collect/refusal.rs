//! Everything that collecting answers when it does not do what it was asked: one enum, one table.
//!
//! [`Refusal::wire`] is the public contract of each: HTTP status, code, the document's E-code where one fits, and whether
//! trying again can help. The document's envelope has room for one code: `errorCode` is the E-code where there is one, and
//! our own otherwise. Both stay the same for ever; the sentences are for people. Source: contract.md §3.3, §3.6.

use super::{envelope, rupees::two_decimals};
use crate::fields::FieldsError;
use rokad_domain::{Paise, refund::REFUNDS_MAX};
use std::fmt;

/// Why a call is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The body or the query cannot be read: where and why.
    MalformedBody(FieldsError),
    /// A field is given twice: its name, shortened.
    DuplicateField(String),
    /// A field that must be there is not, or is empty: its name.
    MissingField(&'static str),
    /// A field breaks a rule: the sentence that names both.
    InvalidField(String),
    /// The amount breaks a rule: the sentence that names it.
    InvalidAmount(String),
    /// A hashed field holds a `|`: its name.
    PipeInHashedField(&'static str),
    /// Neither ids nor days nor a count say which payments are meant.
    NothingSelected,
    /// More ids than one call may name: how many that is.
    TooManyIds(usize),
    /// The days are none that can be asked for: the sentence that says why.
    InvalidDays(String),
    /// More payments fit than one answer holds: how many that is.
    TooManyPayments(usize),
    /// No merchant has this key.
    UnknownKey,
    /// The hash of a payment request does not fit, whatever the cause.
    WrongHash,
    /// `Authorization` is missing or nobody's, or `merchantKey` is not that merchant's.
    Unauthorized,
    /// The merchant is switched off.
    MerchantInactive,
    /// The call came over plain HTTP.
    HttpsRequired,
    /// The payment was not paid, so that nothing of it can go back.
    NotPaid,
    /// More than is left of the payment: this much is.
    RefundAboveLeft(Paise),
    /// The payment had as many refunds as one can have.
    TooManyRefunds,
    /// The merchant's balance does not carry the refund.
    BalanceTooLow,
    /// None of the payments that were asked for is this merchant's.
    NotFound,
    /// The refund that was asked for is not this merchant's.
    RefundNotFound,
    /// There is nothing at this path.
    UnknownPath,
    /// The path takes other methods: which.
    MethodNotAllowed(&'static str),
    /// The request did not arrive in time.
    TooSlow,
    /// The txnid stands for another order.
    DuplicateTxnId,
    /// The txnid stands for a payment that was paid.
    AlreadyPaid,
    /// The txnid stands for a payment that ended without being paid.
    AlreadyEnded,
    /// The key stands for another refund.
    RefundKeyReused,
    /// The body is above [`crate::fields::BODY_BYTES_MAX`].
    BodyTooLarge,
    /// More calls than this merchant may make.
    TooManyCalls,
    /// Too many header fields, or one too long.
    HeadersTooLarge,
    /// Something broke on our side. What it was is in our log.
    Internal,
    /// More calls than can be served now.
    Busy,
}

/// Whether the same call can succeed later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    /// Not before something is changed.
    Never,
    /// Yes: a payment with the same txnid, a refund with the same key, so that nothing is done twice.
    Later,
}

/// How a refusal looks on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wire {
    /// HTTP status.
    pub status: u16,
    /// The stable machine code, `payment.…`.
    pub code: &'static str,
    /// The document's code, where one fits.
    pub e_code: Option<&'static str>,
    /// Whether trying again can help.
    pub retry: Retry,
}

impl Wire {
    /// What stands in `errorCode`: the document's code, or ours where it has none.
    #[must_use]
    pub const fn error_code(&self) -> &'static str {
        match self.e_code {
            Some(e_code) => e_code,
            None => self.code,
        }
    }
}

const INVALID: Option<&str> = Some("E1101");
const HASH: Option<&str> = Some("E700");
const DUPLICATE: Option<&str> = Some("E4150");

impl Refusal {
    /// The public contract of this refusal.
    #[must_use]
    pub const fn wire(&self) -> Wire {
        use Retry::{Later, Never};
        let (status, code, e_code, retry) = match self {
            Self::MalformedBody(_) => (400, "payment.malformed_body", INVALID, Never),
            Self::DuplicateField(_) => (400, "payment.duplicate_field", INVALID, Never),
            Self::MissingField(_) => (400, "payment.missing_field", INVALID, Never),
            Self::InvalidField(_) => (400, "payment.invalid_field", INVALID, Never),
            Self::InvalidAmount(_) => (400, "payment.invalid_amount", INVALID, Never),
            Self::PipeInHashedField(_) => (400, "payment.pipe_in_hashed_field", INVALID, Never),
            Self::NothingSelected => (400, "payment.nothing_selected", INVALID, Never),
            Self::TooManyIds(_) => (400, "payment.too_many_ids", INVALID, Never),
            Self::InvalidDays(_) => (400, "payment.invalid_days", INVALID, Never),
            Self::TooManyPayments(_) => (400, "payment.too_many_payments", INVALID, Never),
            Self::UnknownKey => (401, "payment.unknown_key", None, Never),
            Self::WrongHash => (401, "payment.wrong_hash", HASH, Never),
            Self::Unauthorized => (401, "payment.unauthorized", None, Never),
            Self::NotPaid => (402, "payment.not_paid", None, Never),
            Self::RefundAboveLeft(_) => (402, "payment.refund_above_left", None, Never),
            Self::TooManyRefunds => (402, "payment.too_many_refunds", None, Never),
            Self::BalanceTooLow => (402, "payment.balance_too_low", None, Later),
            Self::MerchantInactive => (403, "payment.merchant_inactive", None, Never),
            Self::HttpsRequired => (403, "payment.https_required", None, Never),
            Self::NotFound => (404, "payment.not_found", None, Never),
            Self::RefundNotFound => (404, "payment.refund_not_found", None, Never),
            Self::UnknownPath => (404, "payment.unknown_path", None, Never),
            Self::MethodNotAllowed(_) => (405, "payment.method_not_allowed", None, Never),
            Self::TooSlow => (408, "payment.too_slow", None, Later),
            Self::DuplicateTxnId => (409, "payment.duplicate_txnid", DUPLICATE, Never),
            Self::AlreadyPaid => (409, "payment.already_paid", DUPLICATE, Never),
            Self::AlreadyEnded => (409, "payment.already_ended", DUPLICATE, Never),
            Self::RefundKeyReused => (409, "payment.refund_key_reused", DUPLICATE, Never),
            Self::BodyTooLarge => (413, "payment.body_too_large", None, Never),
            Self::TooManyCalls => (429, "payment.too_many_calls", None, Later),
            Self::HeadersTooLarge => (431, "payment.headers_too_large", None, Never),
            Self::Internal => (500, "payment.internal", None, Later),
            Self::Busy => (503, "payment.busy", None, Later),
        };
        Wire {
            status,
            code,
            e_code,
            retry,
        }
    }

    /// The body of the answer: the document's envelope with `status` -1.
    #[must_use]
    pub fn render(&self) -> Vec<u8> {
        envelope::error(&self.to_string(), self.wire().error_code())
    }

    /// One of each, for documentation and tests.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let mut all = Vec::new();
        let mut at = Some(Self::first());
        while let Some(refusal) = at {
            at = refusal.next();
            all.push(refusal);
        }
        all
    }

    const fn first() -> Self {
        Self::MalformedBody(FieldsError::NotJson { line: 1, column: 20 })
    }

    /// The sample after this one. As a match, so that a new refusal must be given a place; a test sees that it has.
    fn next(&self) -> Option<Self> {
        Some(match self {
            Self::MalformedBody(_) => Self::DuplicateField("amount".to_owned()),
            Self::DuplicateField(_) => Self::MissingField("email"),
            Self::MissingField(_) => Self::InvalidField("zipcode is digits only".to_owned()),
            Self::InvalidField(_) => Self::InvalidAmount("amount is above zero".to_owned()),
            Self::InvalidAmount(_) => Self::PipeInHashedField("productinfo"),
            Self::PipeInHashedField(_) => Self::NothingSelected,
            Self::NothingSelected => Self::TooManyIds(50),
            Self::TooManyIds(_) => Self::InvalidDays("to is before from".to_owned()),
            Self::InvalidDays(_) => Self::TooManyPayments(1_000),
            Self::TooManyPayments(_) => Self::UnknownKey,
            Self::UnknownKey => Self::WrongHash,
            Self::WrongHash => Self::Unauthorized,
            Self::Unauthorized => Self::NotPaid,
            Self::NotPaid => Self::RefundAboveLeft(Paise::ZERO),
            Self::RefundAboveLeft(_) => Self::TooManyRefunds,
            Self::TooManyRefunds => Self::BalanceTooLow,
            Self::BalanceTooLow => Self::MerchantInactive,
            Self::MerchantInactive => Self::HttpsRequired,
            Self::HttpsRequired => Self::NotFound,
            Self::NotFound => Self::RefundNotFound,
            Self::RefundNotFound => Self::UnknownPath,
            Self::UnknownPath => Self::MethodNotAllowed("POST"),
            Self::MethodNotAllowed(_) => Self::TooSlow,
            Self::TooSlow => Self::DuplicateTxnId,
            Self::DuplicateTxnId => Self::AlreadyPaid,
            Self::AlreadyPaid => Self::AlreadyEnded,
            Self::AlreadyEnded => Self::RefundKeyReused,
            Self::RefundKeyReused => Self::BodyTooLarge,
            Self::BodyTooLarge => Self::TooManyCalls,
            Self::TooManyCalls => Self::HeadersTooLarge,
            Self::HeadersTooLarge => Self::Internal,
            Self::Internal => Self::Busy,
            Self::Busy => return None,
        })
    }
}

/// The sentence for the caller.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedBody(error) => return error.fmt(f),
            Self::DuplicateField(name) => return write!(f, "{name} is given twice"),
            Self::MissingField(name) => return write!(f, "{name} is missing"),
            Self::InvalidField(sentence) | Self::InvalidAmount(sentence) | Self::InvalidDays(sentence) => {
                sentence
            }
            Self::PipeInHashedField(name) => {
                return write!(f, "{name} holds a |, which would let two orders share a hash");
            }
            Self::NothingSelected => "Give merchantTransactionIds, or from and to, or count",
            Self::TooManyIds(most) => {
                return write!(f, "One call asks for at most {most} merchantTransactionIds");
            }
            Self::TooManyPayments(most) => {
                return write!(
                    f,
                    "More than {most} payments fit; ask for fewer days, or by merchantTransactionIds"
                );
            }
            Self::UnknownKey => "No merchant has this key",
            Self::WrongHash => "hash does not fit",
            Self::Unauthorized => {
                "Authorization is missing or wrong, or merchantKey belongs to somebody else"
            }
            Self::MerchantInactive => "This merchant is switched off; ask the operator",
            Self::HttpsRequired => "Use HTTPS: nothing is taken over plain HTTP",
            Self::NotPaid => "This payment was not paid: there is nothing to refund",
            Self::RefundAboveLeft(left) => {
                return write!(
                    f,
                    "refundAmount is more than is left of this payment: {} rupees",
                    two_decimals(*left)
                );
            }
            Self::TooManyRefunds => {
                return write!(f, "This payment had {REFUNDS_MAX} refunds; a payment has no more");
            }
            Self::BalanceTooLow => "Your balance does not carry this refund",
            Self::NotFound => "No payment of this merchant has such an id",
            Self::RefundNotFound => "No refund of this merchant has such an id",
            Self::UnknownPath => "There is nothing at this path",
            Self::MethodNotAllowed(methods) => return write!(f, "This path takes {methods}"),
            Self::TooSlow => "The request took too long to arrive; send it again",
            Self::DuplicateTxnId => "This txnid was used for another order",
            Self::AlreadyPaid => "This txnid is paid already; nothing is charged twice",
            Self::AlreadyEnded => {
                "The payment with this txnid has ended; begin another with a txnid of its own"
            }
            Self::RefundKeyReused => "This Idempotency-Key, or refundReference, was used for another refund",
            Self::BodyTooLarge => "The body is above 64 KiB",
            Self::TooManyCalls => "Too many calls of this merchant; wait a little",
            Self::HeadersTooLarge => "A request has at most 100 header fields of at most 8 KiB each",
            Self::Internal => "Something broke on our side; send it again",
            Self::Busy => "Too many requests at once; send it again",
        })
    }
}

impl std::error::Error for Refusal {}

impl From<FieldsError> for Refusal {
    fn from(error: FieldsError) -> Self {
        match error {
            FieldsError::Duplicate(name) => Self::DuplicateField(name),
            FieldsError::NotJson { .. }
            | FieldsError::NotAnObject
            | FieldsError::NotUtf8
            | FieldsError::CutOff
            | FieldsError::TooMany => Self::MalformedBody(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_code_and_a_sentence_of_its_own() {
        let all = Refusal::samples();
        for (at, refusal) in all.iter().enumerate() {
            let (wire, sentence) = (refusal.wire(), refusal.to_string());
            assert!(
                wire.code.starts_with("payment.") && (400..=503).contains(&wire.status),
                "{wire:?}"
            );
            for other in &all[at + 1..] {
                assert_ne!(other.wire().code, wire.code);
                assert_ne!(other.to_string(), sentence);
            }
        }
    }

    #[test]
    fn every_row_of_the_table_has_a_sample() {
        let row = |line: &&str| line.trim_start().starts_with("Self::") && line.contains(", \"payment.");
        let rows = include_str!("refusal.rs").lines().filter(row).count();
        assert_eq!(Refusal::samples().len(), rows);
    }

    #[test]
    fn the_documents_code_goes_before_ours() {
        assert_eq!(Refusal::WrongHash.wire().error_code(), "E700");
        assert_eq!(Refusal::MissingField("key").wire().error_code(), "E1101");
        assert_eq!(Refusal::AlreadyPaid.wire().error_code(), "E4150");
        assert_eq!(Refusal::NotFound.wire().error_code(), "payment.not_found");
        for refusal in Refusal::samples() {
            let wire = refusal.wire();
            assert_eq!(wire.status == 400, wire.e_code == INVALID, "{wire:?}");
        }
    }

    #[test]
    fn only_what_may_pass_is_worth_trying_again() {
        let again: Vec<u16> = Refusal::samples()
            .iter()
            .map(Refusal::wire)
            .filter(|wire| wire.retry == Retry::Later)
            .map(|wire| wire.status)
            .collect();
        assert_eq!(again, [402, 408, 429, 500, 503]);
    }
}
