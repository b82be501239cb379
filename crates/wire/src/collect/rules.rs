//! The rules for single fields of a payment request. Each failure is a sentence that names the field and the rule and
//! never repeats the value. Source: the document's table, contract.md §3.2; what they leave open is decided in
//! [`super::request`].

use super::refusal::Refusal;
use crate::{
    fields::{Fields, Value},
    text::is_printable,
};
use rokad_domain::{Paise, payment::TxnId};
use std::ops::RangeInclusive;

/// Paise of one payment at most: ten lakh rupees.
pub(super) const AMOUNT_PAISE_MAX: i64 = 1_000_000 * 100;
/// Characters of an e-mail address at most, and of what stands before its `@`. Source: RFC 5321 §4.5.3.1.
const EMAIL_MAX: usize = 254;
const EMAIL_LOCAL_MAX: usize = 64;
/// Characters of a URL at most: what every browser takes.
const URL_MAX: usize = 2_000;

/// Any other way a field can be wrong.
fn invalid(sentence: impl Into<String>) -> Refusal {
    Refusal::InvalidField(sentence.into())
}

/// A text that must be there. An empty one is not.
pub(super) fn required<'f>(fields: &'f Fields<'_>, name: &'static str) -> Result<&'f str, Refusal> {
    match optional(fields, name)? {
        "" => Err(Refusal::MissingField(name)),
        text => Ok(text),
    }
}

/// A text that may be absent: then it is empty.
pub(super) fn optional<'f>(fields: &'f Fields<'_>, name: &'static str) -> Result<&'f str, Refusal> {
    let Some(value) = fields.get(name) else {
        return Ok("");
    };
    fields
        .text(name)
        .ok_or_else(|| invalid(format!("{name} is text, this is {}", value.kind())))
}

/// A text of at most `most` characters that can be printed.
///
/// Line breaks are refused too: a browser rewrites them on the way to surl, and the hash would fit no longer.
pub(super) fn printable<'f>(name: &str, text: &'f str, most: usize) -> Result<&'f str, Refusal> {
    let count = text.chars().count();
    if count > most {
        return Err(invalid(format!(
            "{name} has at most {most} characters, this has {count}"
        )));
    }
    match text.chars().all(is_printable) {
        true => Ok(text),
        false => Err(invalid(format!(
            "{name} holds a character that cannot be printed"
        ))),
    }
}

/// The amount of an order. A JSON number with decimals is refused, since the text that was hashed is lost in it.
pub(super) fn amount(fields: &Fields<'_>) -> Result<Paise, Refusal> {
    rupees(fields, "amount")
}

/// Rupees with up to two decimals, above zero and at most [`AMOUNT_PAISE_MAX`]; never a JSON number with decimals, of which nobody
/// knows the paise.
pub(super) fn rupees(fields: &Fields<'_>, name: &'static str) -> Result<Paise, Refusal> {
    let say = |sentence: String| Err(Refusal::InvalidAmount(format!("{name} {sentence}")));
    if fields.get(name) == Some(&Value::OtherNumber) {
        return say("with decimals is a string, like \"1345.50\": its text counts".into());
    }
    let text = required(fields, name)?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (rupees, decimals) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(rupees) || !digits(decimals) {
        return say("is digits, and decimals after a point: no sign, blank, comma or exponent".into());
    }
    if decimals.len() > 2 {
        return say("has at most two decimals".into());
    }
    match Paise::parse_rupees(text) {
        Some(Paise::ZERO) => say("is above zero".into()),
        Some(amount) if amount.get() <= AMOUNT_PAISE_MAX => Ok(amount),
        // Digits that are no amount at all are above any limit.
        Some(_) | None => say(format!("is at most {} rupees", AMOUNT_PAISE_MAX / 100)),
    }
}

/// The merchant's own number.
pub(super) fn txnid(text: &str) -> Result<TxnId, Refusal> {
    length("txnid", text, 1..=TxnId::LEN_MAX)?;
    TxnId::parse(text).ok_or_else(|| invalid("txnid is made of printable ASCII characters, without |"))
}

/// The name of the merchant, as a machine knows it.
pub(super) fn key(text: &str) -> Result<&str, Refusal> {
    length("key", text, 1..=50)?;
    match text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Ok(text),
        false => Err(invalid("key is made of the letters A-Z a-z and digits only")),
    }
}

/// Letters, and blanks between them; may be empty. The document allows "only alphabets a-z" and has `test mayank`.
pub(super) fn name<'f>(name: &str, text: &'f str) -> Result<&'f str, Refusal> {
    const MOST: usize = 60;
    printable(name, text, MOST)?;
    match text
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || byte == b' ')
    {
        true => Ok(text),
        false => Err(invalid(format!(
            "{name} is made of the letters a-z, with blanks between them"
        ))),
    }
}

/// A line of an address; may be empty.
pub(super) fn address<'f>(name: &str, text: &'f str) -> Result<&'f str, Refusal> {
    const MOST: usize = 100;
    printable(name, text, MOST)?;
    match text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"@-_/ .".contains(&byte))
    {
        true => Ok(text),
        false => Err(invalid(format!(
            "{name} is made of A-Z a-z 0-9 @ - _ / . and blanks only"
        ))),
    }
}

/// Digits; may be empty when `range` begins at zero.
pub(super) fn digits<'f>(
    name: &'static str,
    text: &'f str,
    range: RangeInclusive<usize>,
) -> Result<&'f str, Refusal> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid(format!("{name} is digits only")));
    }
    length(name, text, range)?;
    Ok(text)
}

/// Something that a mail can be sent to: one `@`, a domain with a point, nothing that ends or adds an address.
pub(super) fn email(text: &str) -> Result<&str, Refusal> {
    printable("email", text, EMAIL_MAX)?;
    if text.contains(|c: char| c.is_whitespace() || ",;:<>()[]\"\\".contains(c)) {
        return Err(invalid(
            "email holds a blank, a bracket, a quote or another separator",
        ));
    }
    let Some((local, domain)) = text.split_once('@') else {
        return Err(invalid("email has an @"));
    };
    let labels = domain.split('.');
    if !(1..=EMAIL_LOCAL_MAX).contains(&local.len()) || domain.contains('@') {
        return Err(invalid("email has 1 to 64 characters before its one @"));
    }
    if labels.clone().count() < 2 || labels.clone().any(str::is_empty) {
        return Err(invalid("email ends in a domain, like example.com"));
    }
    Ok(text)
}

/// An absolute URL that a browser may be sent to. Where money is real only `https`.
pub(super) fn url<'f>(name: &'static str, text: &'f str, https_only: bool) -> Result<&'f str, Refusal> {
    printable(name, text, URL_MAX)?;
    // A browser takes \ for /, so that the host it sees would not be the one that we see.
    if text.contains(|c: char| c.is_whitespace() || "\\<>\"".contains(c)) {
        return Err(invalid(format!(
            "{name} holds a blank, a backslash, a quote or an angle bracket"
        )));
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let https = scheme.eq_ignore_ascii_case("https");
    if https_only && !https {
        return Err(invalid(format!("{name} begins with https://")));
    }
    if !https && !scheme.eq_ignore_ascii_case("http") {
        return Err(invalid(format!("{name} begins with https:// or http://")));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(invalid(format!("{name} has no user name or password in it")));
    }
    match is_host(authority) {
        true => Ok(text),
        false => Err(invalid(format!(
            "{name} has a host of letters, digits, points and hyphens, and may have a port"
        ))),
    }
}

/// A host name or an address, perhaps with a port.
fn is_host(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((ip, port)) => (ip.parse::<std::net::Ipv6Addr>().is_ok(), port),
        None => {
            let (host, _) = authority.split_once(':').unwrap_or((authority, ""));
            let named = host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
            (
                named && !host.is_empty() && !host.starts_with('.'),
                &authority[host.len()..],
            )
        }
    };
    let port = match port.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok(),
        None => port.is_empty(),
    };
    host && port
}

fn length(name: &str, text: &str, range: RangeInclusive<usize>) -> Result<(), Refusal> {
    let (count, least, most) = (text.chars().count(), range.start(), range.end());
    match range.contains(&count) {
        true => Ok(()),
        false => Err(invalid(format!(
            "{name} has {least} to {most} characters, this has {count}"
        ))),
    }
}
