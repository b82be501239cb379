//! Refunds on the wire: refundPayment, getRefundDetailsByPayment and getRefundDetails, to the letter of the document's samples.
//!
//! A merchant's program has columns for a refundId of six digits, as in the samples, so that our own number is moved there.
//! Source: contract.md §3.4.

use super::{envelope, payment_id, query::given, refusal::Refusal, rules, rupees, writer::Writer};
use crate::{date, fields::Fields};
use rokad_domain::{
    Id, Paise, UnixMs,
    payment::{Back, Payment},
    refund::{Refund, RefundRefusal, Status},
};
use std::fmt::{self, Write};

/// The refundId of the refund number 0.
const REFUND_ID_0: i64 = 100_000;

/// Characters of a merchant's key of a refund at most.
pub const KEY_LEN_MAX: usize = 64;

/// What refundPayment is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundQuery<'f> {
    /// The key, if it was given. It has to be that of whoever asks.
    pub merchant_key: Option<&'f str>,
    /// Of which payment.
    pub payment: Id<Payment>,
    /// How much. Never zero.
    pub amount: Paise,
    /// The merchant's own key of the refund: the same again is the same refund.
    pub reference: Option<&'f str>,
}

/// What one of the two calls for details is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DetailsQuery<'f, T> {
    /// The key, if it was given. It has to be that of whoever asks.
    pub merchant_key: Option<&'f str>,
    /// Of which payment, or which refund.
    pub of: Id<T>,
}

/// Reads refundPayment. `idempotency_key`: the header of this name, if there is one.
///
/// # Errors
/// A [`Refusal`] of HTTP status 400 that names the field and the rule.
pub fn read_refund<'f>(
    fields: &'f Fields<'_>,
    idempotency_key: Option<&'f str>,
) -> Result<RefundQuery<'f>, Refusal> {
    let reference = match (idempotency_key, given(fields, "refundReference")?) {
        (Some(header), Some(field)) if header != field => {
            return Err(Refusal::InvalidField(
                "Idempotency-Key and refundReference are the same, where both are given".to_owned(),
            ));
        }
        (header, field) => header.or(field),
    };
    Ok(RefundQuery {
        merchant_key: given(fields, "merchantKey")?,
        payment: payment(fields)?,
        amount: rules::rupees(fields, "refundAmount")?,
        reference: reference.map(key).transpose()?,
    })
}

/// Reads getRefundDetailsByPayment.
///
/// # Errors
/// A [`Refusal`] of HTTP status 400 that names the field and the rule.
pub fn read_details_by_payment<'f>(fields: &'f Fields<'_>) -> Result<DetailsQuery<'f, Payment>, Refusal> {
    Ok(DetailsQuery {
        merchant_key: given(fields, "merchantKey")?,
        of: payment(fields)?,
    })
}

/// Reads getRefundDetails.
///
/// # Errors
/// A [`Refusal`] of HTTP status 400 that names the field and the rule.
pub fn read_details<'f>(fields: &'f Fields<'_>) -> Result<DetailsQuery<'f, Refund>, Refusal> {
    let text = rules::required(fields, "refundId")?;
    let of = read_refund_id(text).ok_or_else(|| number("refundId"))?;
    Ok(DetailsQuery {
        merchant_key: given(fields, "merchantKey")?,
        of,
    })
}

fn payment(fields: &Fields<'_>) -> Result<Id<Payment>, Refusal> {
    let text = rules::required(fields, "paymentId")?;
    payment_id::read_payment_id(text).ok_or_else(|| number("paymentId"))
}

fn number(name: &str) -> Refusal {
    Refusal::InvalidField(format!("{name} is the number that our answers give it"))
}

fn key(text: &str) -> Result<&str, Refusal> {
    let fits = (1..=KEY_LEN_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(text).ok_or_else(unreadable_key)
}

/// Why a key is none.
#[must_use]
pub fn unreadable_key() -> Refusal {
    Refusal::InvalidField(format!(
        "Idempotency-Key, or refundReference, is 1 to {KEY_LEN_MAX} printable ASCII characters without blanks"
    ))
}

/// The refund's `refundId`.
#[must_use]
pub const fn refund_id(refund: Id<Refund>) -> i64 {
    REFUND_ID_0.saturating_add(refund.get())
}

/// The refund with this `refundId`, as a merchant posts it. `None`: no refund can have it.
#[must_use]
pub fn read_refund_id(text: &str) -> Option<Id<Refund>> {
    let digits = (6..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = digits.then(|| text.parse().ok())??;
    let refund = number.checked_sub(REFUND_ID_0)?;
    (refund > 0).then(|| Id::new(refund))
}

/// A refund, as the calls for details tell it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Details {
    /// Our number.
    pub refund: Id<Refund>,
    /// How much.
    pub amount: Paise,
    /// Where it stands.
    pub status: Status,
    /// When it was asked for.
    pub created_at: UnixMs,
    /// When the customer had the money.
    pub completed_at: Option<UnixMs>,
}

impl Details {
    /// A date of the samples, or the word `null`.
    fn completed(&self) -> impl fmt::Display {
        let at = self.completed_at.map(with_tenths);
        fmt::from_fn(move |f| f.write_str(at.as_deref().unwrap_or("null")))
    }
}

/// `2016-04-20 11:11:44.0`: the samples have a tenth that is always zero.
#[must_use]
pub fn with_tenths(at: UnixMs) -> String {
    format!("{}.0", date::day_and_time(at))
}

/// The body of the answer to refundPayment.
#[must_use]
pub fn initiated(refund: Id<Refund>) -> Vec<u8> {
    envelope::refunds("Refund Initiated", &refund_id(refund).to_string())
}

/// The body of the answer to getRefundDetailsByPayment.
#[must_use]
pub fn details_by_payment(payment: Id<Payment>, amount: Paise, back: Back, refunds: &[Details]) -> Vec<u8> {
    details(|w| {
        w.plain_text("PaymentId", payment_id::payment_id(payment));
        w.plain_text("Total Amount", rupees::one_decimal(amount));
        w.plain_text("Amount Left", rupees::one_decimal(back.left(amount)));
        w.plain_text("Refund Details Map", map(refunds));
    })
}

/// The list of the sample, as a program in Java prints one of maps.
fn map(refunds: &[Details]) -> String {
    let mut map = String::from("[");
    for (at, refund) in refunds.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let _ = write!(
            map,
            "{comma}{{RefundId={}, Refund Amount={}, Refund Completed On={}, Refund Status={}, Refund Created On={}}}",
            refund_id(refund.refund),
            rupees::one_decimal(refund.amount),
            refund.completed(),
            refund.status.word(),
            with_tenths(refund.created_at),
        );
    }
    map.push(']');
    map
}

/// The body of the answer to getRefundDetails. `amount`: what was paid.
#[must_use]
pub fn details_of(refund: &Details, payment: Id<Payment>, amount: Paise) -> Vec<u8> {
    details(|w| {
        w.plain_text("RefundId", refund_id(refund.refund));
        w.plain_text("Refund Amount", rupees::one_decimal(refund.amount));
        w.plain_text("Total Amount", rupees::one_decimal(amount));
        w.plain_text("Refund Completed On", refund.completed());
        w.plain_text("Refund Status", refund.status.word());
        w.plain_text("Refund Created On", with_tenths(refund.created_at));
        w.plain_text("PaymentId", payment_id::payment_id(payment));
    })
}

fn details(fields: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let result = String::from_utf8(Writer::object(512, fields)).unwrap_or_default();
    envelope::refunds("Refund Details : ", &result)
}

impl From<RefundRefusal> for Refusal {
    fn from(refusal: RefundRefusal) -> Self {
        match refusal {
            RefundRefusal::NoPayment => Self::NotFound,
            RefundRefusal::NotPaid => Self::NotPaid,
            RefundRefusal::AboveLeft(left) => Self::RefundAboveLeft(left),
            RefundRefusal::TooMany => Self::TooManyRefunds,
            RefundRefusal::BalanceTooLow => Self::BalanceTooLow,
            RefundRefusal::KeyReused => Self::RefundKeyReused,
        }
    }
}

#[cfg(test)]
mod tests;
