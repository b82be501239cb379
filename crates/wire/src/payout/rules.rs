//! The rules for single fields of a payout request. Each failure is a sentence that names the field and the rule
//! and never repeats the value. Source: contract.md §2.1.

use super::{refusal::Refusal, request::Environment};
use crate::{
    fields::{Fields, Value},
    text::is_printable,
};
use rokad_domain::{
    Paise,
    payout::{IMPS_RUPEES_MAX, OrderId},
};
use std::ops::RangeInclusive;

/// Any other way a field can be wrong.
fn invalid(sentence: impl Into<String>) -> Refusal {
    Refusal::InvalidField(sentence.into())
}

/// A text that must be there. An empty one is not.
pub(super) fn required<'f>(fields: &'f Fields<'_>, name: &'static str) -> Result<&'f str, Refusal> {
    let value = fields.get(name).ok_or(Refusal::MissingField(name))?;
    match fields.text(name) {
        Some("") => Err(Refusal::MissingField(name)),
        Some(text) => Ok(text),
        None => Err(invalid(format!("{name} is text, this is {}", value.kind()))),
    }
}

/// A printable text of at most `most` characters that may be absent: then it is empty.
pub(super) fn optional(fields: &Fields<'_>, name: &'static str, most: usize) -> Result<String, Refusal> {
    match required(fields, name) {
        Ok(text) => printable(name, text, most),
        Err(Refusal::MissingField(_)) => Ok(String::new()),
        Err(refusal) => Err(refusal),
    }
}

/// A text of at most `most` characters that can be printed.
pub(super) fn printable(name: &'static str, text: &str, most: usize) -> Result<String, Refusal> {
    let count = text.chars().count();
    if count > most {
        return Err(invalid(format!(
            "{name} has at most {most} characters, this has {count}"
        )));
    }
    if !text.chars().all(is_printable) {
        return Err(invalid(format!(
            "{name} holds a character that cannot be printed"
        )));
    }
    Ok(text.to_owned())
}

/// Whole rupees: a JSON integer, or digits in a string, from 1 to `most` and never above the ceiling of IMPS.
pub(super) fn amount(fields: &Fields<'_>, most: i64) -> Result<Paise, Refusal> {
    let most = most.min(IMPS_RUPEES_MAX);
    let say = |sentence: &str| Err(Refusal::InvalidAmount(sentence.to_owned()));
    let value = fields.get("amount").ok_or(Refusal::MissingField("amount"))?;
    let text = match value {
        Value::Text(text) => text.trim(),
        Value::Integer(digits) => digits,
        Value::OtherNumber => return say("amount is in whole rupees, without decimals or exponent"),
        Value::Bool(_) | Value::Null | Value::Nested => {
            return say("amount is a number, or digits in a string");
        }
    };
    if text.is_empty() {
        return Err(Refusal::MissingField("amount"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return say(not_digits(text));
    }
    // Digits that are no i64 are above any limit.
    let rupees = text.parse().unwrap_or(i64::MAX);
    match Paise::from_rupees(rupees) {
        Some(_) if rupees == 0 => say("amount is at least 1 rupee"),
        Some(amount) if rupees <= most => Ok(amount),
        Some(_) | None => say(&format!("amount is at most {most} rupees")),
    }
}

/// What is wrong with an amount that is not digits.
fn not_digits(text: &str) -> &'static str {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((rupees, decimals)) if digits(rupees) && digits(decimals) => {
            "amount is in whole rupees, without decimals"
        }
        _ if text.starts_with('-') => "amount is above zero, without a sign",
        _ => "amount is digits only: no sign, blank, comma, currency or exponent",
    }
}

/// The merchant's own number.
pub(super) fn order_id(text: &str) -> Result<OrderId, Refusal> {
    letters_and_digits("order_id", text, OrderId::LEN_MIN..=OrderId::LEN_MAX)?;
    OrderId::parse(text).ok_or_else(|| invalid("order_id is 10 to 13 letters and digits"))
}

/// The number of the beneficiary's account.
pub(super) fn account_no(text: &str, environment: Environment) -> Result<String, Refusal> {
    match environment {
        Environment::Uat => letters_and_digits("account_no", text, 6..=34)?,
        Environment::Production => {
            length("account_no", text, 9..=18)?;
            if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(invalid("account_no is digits only"));
            }
        }
    }
    Ok(text.to_owned())
}

/// The code of the beneficiary's branch. `uat` also takes shorter ones, like that of the document's sample.
pub(super) fn ifsc(text: &str, environment: Environment) -> Result<String, Refusal> {
    match environment {
        Environment::Uat => letters_and_digits("ifsc", text, 4..=11)?,
        Environment::Production => ifsc_of_a_branch(text)?,
    }
    Ok(text.to_owned())
}

/// `^[A-Z]{4}0[A-Z0-9]{6}$`
fn ifsc_of_a_branch(text: &str) -> Result<(), Refusal> {
    length("ifsc", text, 11..=11)?;
    let capital = |byte: &u8| byte.is_ascii_uppercase();
    let bytes = text.as_bytes();
    if !bytes.iter().take(4).all(capital) {
        return Err(invalid("ifsc begins with four capital letters"));
    }
    if bytes.get(4) != Some(&b'0') {
        return Err(invalid("ifsc has a zero as its fifth character"));
    }
    if !bytes
        .iter()
        .skip(5)
        .all(|byte| capital(byte) || byte.is_ascii_digit())
    {
        return Err(invalid("ifsc ends in six capital letters or digits"));
    }
    Ok(())
}

fn letters_and_digits(name: &'static str, text: &str, range: RangeInclusive<usize>) -> Result<(), Refusal> {
    length(name, text, range)?;
    match text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err(invalid(format!(
            "{name} is made of the letters A-Z a-z and digits only"
        ))),
    }
}

fn length(name: &'static str, text: &str, range: RangeInclusive<usize>) -> Result<(), Refusal> {
    let (count, least, most) = (text.chars().count(), range.start(), range.end());
    if range.contains(&count) {
        return Ok(());
    }
    let rule = match least == most {
        true => format!("{name} has {least} characters"),
        false => format!("{name} has {least} to {most} characters"),
    };
    Err(invalid(format!("{rule}, this has {count}")))
}
