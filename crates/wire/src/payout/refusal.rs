//! Everything that the payout API answers when it does not do what it was asked: one enum, one table.
//!
//! [`Refusal::wire`] is the public contract of each: HTTP status, code, and whether trying again can help. A
//! merchant's program may rely on the codes for ever; the sentences are for people.

use crate::{fields::FieldsError, json};
use serde::Serialize;
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
    /// The payment mode is none that we serve.
    InvalidPaymentMode,
    /// The merchant has too little for the amount and its price.
    InsufficientBalance,
    /// No merchant has this pid.
    UnknownPid,
    /// The seal does not fit, whatever the cause.
    WrongSeal,
    /// The source address is not on the merchant's list.
    AddressNotAllowed,
    /// The merchant is switched off.
    MerchantInactive,
    /// The call came over plain HTTP.
    HttpsRequired,
    /// No payout of this merchant has this ref_code.
    UnknownRefCode,
    /// There is nothing at this path.
    UnknownPath,
    /// The path takes another method.
    MethodNotAllowed,
    /// The request did not arrive in time.
    TooSlow,
    /// The order's number stands for another order.
    DuplicateOrderId,
    /// The body is above [`crate::fields::BODY_BYTES_MAX`].
    BodyTooLarge,
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
    /// Yes: send it again, with the same order_id, so that nothing is paid twice.
    SameOrder,
}

/// How a refusal looks on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wire {
    /// HTTP status.
    pub status: u16,
    /// The stable machine code, `payout.…`.
    pub code: &'static str,
    /// Whether trying again can help.
    pub retry: Retry,
}

impl Refusal {
    /// The public contract of this refusal.
    #[must_use]
    pub const fn wire(&self) -> Wire {
        let (status, code, retry) = match self {
            Self::MalformedBody(_) => (400, "payout.malformed_body", Retry::Never),
            Self::DuplicateField(_) => (400, "payout.duplicate_field", Retry::Never),
            Self::MissingField(_) => (400, "payout.missing_field", Retry::Never),
            Self::InvalidField(_) => (400, "payout.invalid_field", Retry::Never),
            Self::InvalidAmount(_) => (400, "payout.invalid_amount", Retry::Never),
            Self::InvalidPaymentMode => (400, "payout.invalid_payment_mode", Retry::Never),
            Self::UnknownPid => (401, "payout.unknown_pid", Retry::Never),
            Self::WrongSeal => (401, "payout.wrong_seal", Retry::Never),
            Self::InsufficientBalance => (402, "payout.insufficient_balance", Retry::Never),
            Self::AddressNotAllowed => (403, "payout.address_not_allowed", Retry::Never),
            Self::MerchantInactive => (403, "payout.merchant_inactive", Retry::Never),
            Self::HttpsRequired => (403, "payout.https_required", Retry::Never),
            Self::UnknownRefCode => (404, "payout.unknown_ref_code", Retry::Never),
            Self::UnknownPath => (404, "payout.unknown_path", Retry::Never),
            Self::MethodNotAllowed => (405, "payout.method_not_allowed", Retry::Never),
            Self::TooSlow => (408, "payout.too_slow", Retry::SameOrder),
            Self::DuplicateOrderId => (409, "payout.duplicate_order_id", Retry::Never),
            Self::BodyTooLarge => (413, "payout.body_too_large", Retry::Never),
            Self::HeadersTooLarge => (431, "payout.headers_too_large", Retry::Never),
            Self::Internal => (500, "payout.internal", Retry::SameOrder),
            Self::Busy => (503, "payout.busy", Retry::SameOrder),
        };
        Wire { status, code, retry }
    }

    /// The body of the answer: `{"status":"error","message":"…","code":"payout.…"}`.
    #[must_use]
    pub fn render(&self) -> Vec<u8> {
        json::print(&Body {
            status: "error",
            message: &self.to_string(),
            code: self.wire().code,
        })
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
            Self::DuplicateField(_) => Self::MissingField("ifsc"),
            Self::MissingField(_) => Self::InvalidField("ifsc has 11 characters, this has 10".to_owned()),
            Self::InvalidField(_) => Self::InvalidAmount("amount is at least 1 rupee".to_owned()),
            Self::InvalidAmount(_) => Self::InvalidPaymentMode,
            Self::InvalidPaymentMode => Self::UnknownPid,
            Self::UnknownPid => Self::WrongSeal,
            Self::WrongSeal => Self::InsufficientBalance,
            Self::InsufficientBalance => Self::AddressNotAllowed,
            Self::AddressNotAllowed => Self::MerchantInactive,
            Self::MerchantInactive => Self::HttpsRequired,
            Self::HttpsRequired => Self::UnknownRefCode,
            Self::UnknownRefCode => Self::UnknownPath,
            Self::UnknownPath => Self::MethodNotAllowed,
            Self::MethodNotAllowed => Self::TooSlow,
            Self::TooSlow => Self::DuplicateOrderId,
            Self::DuplicateOrderId => Self::BodyTooLarge,
            Self::BodyTooLarge => Self::HeadersTooLarge,
            Self::HeadersTooLarge => Self::Internal,
            Self::Internal => Self::Busy,
            Self::Busy => return None,
        })
    }
}

/// The sentence for the caller. Those of the document's era that clients compare stand as the contract has them.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedBody(error) => return error.fmt(f),
            Self::DuplicateField(name) => return write!(f, "{name} is given twice"),
            Self::MissingField(name) => return write!(f, "{name} is missing"),
            Self::InvalidField(sentence) | Self::InvalidAmount(sentence) => sentence,
            Self::InvalidPaymentMode => "payment_mode has to be imps",
            Self::InsufficientBalance => "Insufficient balance",
            Self::UnknownPid => "No merchant has this pid",
            Self::WrongSeal => "post_hash does not fit",
            Self::AddressNotAllowed => "Requests of this merchant are not taken from this address",
            Self::MerchantInactive => "This merchant is switched off; ask the operator",
            Self::HttpsRequired => "Use HTTPS: nothing is taken over plain HTTP",
            Self::UnknownRefCode => "Reference code not found.",
            Self::UnknownPath => "There is nothing at this path",
            Self::MethodNotAllowed => "This path takes POST",
            Self::TooSlow => "The request took too long to arrive; send it again with the same order_id",
            Self::DuplicateOrderId => "Duplicate order_id Found",
            Self::BodyTooLarge => "The body is above 64 KiB",
            Self::HeadersTooLarge => "A request has at most 100 header fields of at most 8 KiB each",
            Self::Internal => "Something broke on our side; send it again with the same order_id",
            Self::Busy => "Too many requests at once; send it again with the same order_id",
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

#[derive(Serialize)]
struct Body<'a> {
    status: &'static str,
    message: &'a str,
    code: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_code_and_a_sentence_of_its_own() {
        let all = Refusal::samples();
        assert!(all.len() > 20);
        for (at, refusal) in all.iter().enumerate() {
            let (wire, sentence) = (refusal.wire(), refusal.to_string());
            assert!(
                wire.code.starts_with("payout.") && (400..=503).contains(&wire.status),
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
        let row = |line: &&str| line.trim_start().starts_with("Self::") && line.contains(", \"payout.");
        let rows = include_str!("refusal.rs").lines().filter(row).count();
        assert_eq!(Refusal::samples().len(), rows);
    }

    #[test]
    fn only_what_may_pass_is_worth_trying_again() {
        let again: Vec<u16> = Refusal::samples()
            .iter()
            .map(Refusal::wire)
            .filter(|wire| wire.retry == Retry::SameOrder)
            .map(|wire| wire.status)
            .collect();
        assert_eq!(again, [408, 500, 503]);
    }

    #[test]
    fn sentences_that_clients_compare_are_the_contracts_own() {
        let said = |refusal: Refusal| String::from_utf8(refusal.render()).unwrap();
        assert_eq!(
            said(Refusal::InsufficientBalance),
            r#"{"status":"error","message":"Insufficient balance","code":"payout.insufficient_balance"}"#
        );
        assert!(said(Refusal::DuplicateOrderId).contains(r#""message":"Duplicate order_id Found""#));
        assert!(said(Refusal::UnknownRefCode).contains(r#""message":"Reference code not found.""#));
    }

    #[test]
    fn a_name_that_a_stranger_chose_stays_inside_its_quotes() {
        let body = Refusal::DuplicateField("\"},{\"".to_owned()).render();
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(read["message"], "\"},{\" is given twice");
    }
}
