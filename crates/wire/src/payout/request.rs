//! `POST /payout/api/request.php`: what a merchant asks for, checked field by field.
//!
//! The pid is read first and alone, so that the caller's address can be judged before anything about the rest is
//! revealed. Source: contract.md §2.1.

use super::{refusal::Refusal, rules};
use crate::{fields::Fields, json};
use rokad_domain::{
    Private,
    payout::{Beneficiary, Order},
};
use serde::Serialize;

/// Characters of an e-mail address at most. Source: RFC 5321 §4.5.3.1.3.
const EMAIL_MAX: usize = 254;
/// Characters of a telephone number at most: 15 digits (E.164), a sign and some punctuation.
const PHONE_MAX: usize = 20;
/// Characters of the other texts at most. Source: contract.md §2.1.
const HOLDER_MAX: usize = 100;
const BANK_MAX: usize = 100;
const BANK_ADDRESS_MAX: usize = 200;

/// Which of the two instances this is. Their keys and some of their rules differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Environment {
    /// For merchants' tests: also takes the document's sample.
    Uat,
    /// Real money.
    Production,
}

/// What the rules depend on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Which instance this is.
    pub environment: Environment,
    /// The merchant's limit for one payout, in rupees. Above the ceiling of IMPS it changes nothing.
    pub amount_rupees_max: i64,
}

/// The pid of a call.
///
/// # Errors
/// [`Refusal::MissingField`] or [`Refusal::InvalidField`], both naming `pid`.
pub fn pid_of<'f>(fields: &'f Fields<'_>) -> Result<&'f str, Refusal> {
    rules::required(fields, "pid")
}

/// The order in a request. When several fields are wrong, the first in the order of the contract's table is named.
///
/// # Errors
/// A [`Refusal`] of HTTP status 400 that names the field and the rule.
pub fn parse(fields: &Fields<'_>, rules: &Rules) -> Result<Order, Refusal> {
    let mode = rules::required(fields, "payment_mode")?;
    if !mode.eq_ignore_ascii_case("imps") {
        return Err(Refusal::InvalidPaymentMode);
    }
    Ok(Order {
        order_id: rules::order_id(rules::required(fields, "order_id")?)?,
        amount: rules::amount(fields, rules.amount_rupees_max)?,
        to: beneficiary(fields, rules.environment)?,
    })
}

fn beneficiary(fields: &Fields<'_>, environment: Environment) -> Result<Beneficiary, Refusal> {
    let holder = rules::required(fields, "account_holder")?;
    Ok(Beneficiary {
        account_holder: Private::new(rules::printable("account_holder", holder, HOLDER_MAX)?),
        account_no: Private::new(rules::account_no(
            rules::required(fields, "account_no")?,
            environment,
        )?),
        ifsc: rules::ifsc(rules::required(fields, "ifsc")?, environment)?,
        bank: rules::optional(fields, "bank", BANK_MAX)?,
        bank_address: rules::optional(fields, "bank_address", BANK_ADDRESS_MAX)?,
        email: Private::new(rules::optional(fields, "email", EMAIL_MAX)?),
        phone: Private::new(rules::optional(fields, "phone", PHONE_MAX)?),
    })
}

/// The body that asks for `order`, as the document's sample has it. [`parse`] reads the same order from it.
#[must_use]
pub fn render(pid: &str, order: &Order) -> Vec<u8> {
    let to = &order.to;
    json::print(&Body {
        payment_mode: "imps",
        pid,
        order_id: order.order_id.as_str(),
        amount: order.amount.whole_rupees(),
        account_holder: to.account_holder.reveal(),
        account_no: to.account_no.reveal(),
        bank: &to.bank,
        ifsc: &to.ifsc,
        bank_address: &to.bank_address,
        email: to.email.reveal(),
        phone: to.phone.reveal(),
    })
}

#[derive(Serialize)]
struct Body<'a> {
    payment_mode: &'static str,
    pid: &'a str,
    order_id: &'a str,
    amount: i64,
    account_holder: &'a str,
    account_no: &'a str,
    bank: &'a str,
    ifsc: &'a str,
    bank_address: &'a str,
    email: &'a str,
    phone: &'a str,
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
