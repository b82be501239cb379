//! The two calls by which a merchant asks what became of payments: getPaymentResponse and chkMerchantTxnStatus.
//!
//! Parameters may stand in the query, in the body or in both, with blanks around their names (the document's own PHP posts
//! `'merchantTransactionIds '`). The `Authorization` header decides who asks; `merchantKey` is optional, and checked by the
//! caller where it is given. Source: contract.md §3.4.

use super::refusal::Refusal;
use crate::{date, fields::Fields};
use rokad_domain::{UnixMs, payment::TxnId, time::DAY_MS};
use std::{collections::HashSet, ops::Range};

/// Ids in one chkMerchantTxnStatus at most. Source: the document.
pub const STATUS_IDS_MAX: usize = 50;
/// Ids in one getPaymentResponse at most. The document has no limit; this is that of `count`.
pub const RESPONSE_IDS_MAX: usize = 100;
/// Payments that `count` can ask for at most. Source: contract.md §3.4.
pub const COUNT_MAX: u32 = 100;
/// Days from `from` to `to` at most, both included: the longest month.
pub const DAYS_MAX: i64 = 31;
/// Payments in one answer at most, about 2 MB; more of them: [`Refusal::TooManyPayments`].
pub const PAYMENTS_MAX: usize = 1_000;

/// What getPaymentResponse is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResponseQuery<'f> {
    /// The key, if it was given. It has to be that of whoever asks.
    pub merchant_key: Option<&'f str>,
    /// Which payments.
    pub selection: Selection,
}

/// Which payments. When a merchant gives several ways, the first in this order counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selection {
    /// Those with these txnids.
    Ids(Ids),
    /// Those that were asked for at these instants: from the first, up to but not with the last.
    Days(Range<UnixMs>),
    /// The newest, this many: 1 to [`COUNT_MAX`].
    Newest(u32),
}

/// What chkMerchantTxnStatus is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusQuery<'f> {
    /// The key, if it was given. It has to be that of whoever asks.
    pub merchant_key: Option<&'f str>,
    /// Which payments.
    pub ids: Ids,
}

/// Ids of payments, each once, in the order in which they were first named.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ids {
    /// Those that a payment can have.
    pub txnids: Vec<TxnId>,
    /// How many others there were. They count as not found.
    pub impossible: usize,
}

/// Reads getPaymentResponse.
///
/// # Errors
/// A [`Refusal`] of HTTP status 400 that names the field and the rule.
pub fn read_response_query<'f>(fields: &'f Fields<'_>) -> Result<ResponseQuery<'f>, Refusal> {
    Ok(ResponseQuery {
        merchant_key: given(fields, "merchantKey")?,
        selection: selection(fields)?,
    })
}

/// Reads chkMerchantTxnStatus.
///
/// # Errors
/// A [`Refusal`] of HTTP status 400 that names the field and the rule.
pub fn read_status_query<'f>(fields: &'f Fields<'_>) -> Result<StatusQuery<'f>, Refusal> {
    Ok(StatusQuery {
        merchant_key: given(fields, "merchantKey")?,
        ids: ids(fields, STATUS_IDS_MAX)?.ok_or(Refusal::MissingField("merchantTransactionIds"))?,
    })
}

fn selection(fields: &Fields<'_>) -> Result<Selection, Refusal> {
    if let Some(ids) = ids(fields, RESPONSE_IDS_MAX)? {
        return Ok(Selection::Ids(ids));
    }
    match (given(fields, "from")?, given(fields, "to")?) {
        (Some(from), Some(to)) => return days(from, to).map(Selection::Days),
        (Some(_), None) => return Err(Refusal::MissingField("to")),
        (None, Some(_)) => return Err(Refusal::MissingField("from")),
        (None, None) => (),
    }
    match given(fields, "count")? {
        Some(text) => count(text).map(Selection::Newest),
        None => Err(Refusal::NothingSelected),
    }
}

/// The text of a field, unless there is none or it is blank.
pub(super) fn given<'f>(fields: &'f Fields<'_>, name: &'static str) -> Result<Option<&'f str>, Refusal> {
    match (fields.get(name), fields.text(name)) {
        (None, _) | (_, Some("")) => Ok(None),
        (_, Some(text)) => Ok(Some(text)),
        (Some(value), None) => Err(Refusal::InvalidField(format!(
            "{name} is text, this is {}",
            value.kind()
        ))),
    }
}

/// The ids between the pipes; empty pieces are nothing. `None`: there is none.
fn ids(fields: &Fields<'_>, most: usize) -> Result<Option<Ids>, Refusal> {
    let text = given(fields, "merchantTransactionIds")?.unwrap_or_default();
    let (mut seen, mut ids) = (HashSet::with_capacity(most), Ids::default());
    for id in text.split('|').map(str::trim).filter(|id| !id.is_empty()) {
        if !seen.insert(id) {
            continue;
        }
        if seen.len() > most {
            return Err(Refusal::TooManyIds(most));
        }
        match TxnId::parse(id) {
            Some(txnid) => ids.txnids.push(txnid),
            None => ids.impossible += 1,
        }
    }
    Ok((!seen.is_empty()).then_some(ids))
}

/// From the first instant of the day `from` to the first after the day `to`, in Asia/Kolkata.
fn days(from: &str, to: &str) -> Result<Range<UnixMs>, Refusal> {
    let day = |name: &str, text: &str| {
        date::day_begins(text)
            .ok_or_else(|| Refusal::InvalidDays(format!("{name} is a day as dd-mm-yyyy, like 31-01-2026")))
    };
    let (start, last) = (day("from", from)?, day("to", to)?);
    let count = last.day_in_kolkata() - start.day_in_kolkata() + 1;
    if count < 1 {
        return Err(Refusal::InvalidDays("to is not before from".to_owned()));
    }
    if count > DAYS_MAX {
        return Err(Refusal::InvalidDays(format!(
            "from and to are at most {DAYS_MAX} days apart, both included; these are {count}"
        )));
    }
    Ok(start..last.plus_ms(DAY_MS))
}

fn count(text: &str) -> Result<u32, Refusal> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits.then(|| text.parse().ok()).flatten();
    count
        .filter(|count| (1..=COUNT_MAX).contains(count))
        .ok_or_else(|| Refusal::InvalidField(format!("count is a whole number from 1 to {COUNT_MAX}")))
}

#[cfg(test)]
mod tests;
