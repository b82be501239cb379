//! `GET /acquirer`: a page for people. Shows the last charges and refunds and the magic numbers, no customer.

use super::{
    super::{
        Acquirer,
        book::Book,
        charge::{Charge, State as ChargeState},
        dispute_scripts,
        refund::{Refund, State as RefundState},
        refund_scripts, scripts,
    },
    customer::guards,
};
use crate::sandbox::{
    BankError,
    html::{FOOT, head, table},
};
use axum::{
    extract::State,
    response::{Html, IntoResponse},
};

/// Charges shown, and refunds, the newest first.
const SHOWN: usize = 50;

/// The last charges and refunds, and the magic numbers.
pub async fn page(State(acquirer): State<Acquirer>) -> Result<impl IntoResponse, BankError> {
    let html = acquirer
        .at_desk(|desk, _| render(&desk.book).map_err(|_| BankError::Impossible))
        .await?;
    Ok((guards("'none'"), Html(html)))
}

fn render(book: &Book) -> Result<String, std::fmt::Error> {
    let mut html = head(
        "Sandbox acquirer",
        "The part of the sandbox bank that takes payments. No real money moves.",
    );
    let newest = book.charges.iter().enumerate().rev().take(SHOWN);
    let charges = newest.map(|(at, charge)| row(book, at, charge));
    table(
        &mut html,
        "Last charges",
        &["Reference", "Method", "With", "Amount", "Outcome", "RRN"],
        charges,
    )?;
    let newest = book.refunds.all.iter().enumerate().rev().take(SHOWN);
    let refunds = newest.map(|(at, refund)| refund_row(book, at, refund));
    table(
        &mut html,
        "Last refunds",
        &["Reference", "Of charge", "Amount", "Outcome", "ARN"],
        refunds,
    )?;
    let magic = scripts::rows().into_iter().map(|(magic, what)| vec![magic, what]);
    table(
        &mut html,
        "Magic numbers",
        &["Paid with", "What the acquirer does"],
        magic,
    )?;
    let magic = refund_scripts::rows()
        .into_iter()
        .map(|(magic, what)| vec![magic, what]);
    table(
        &mut html,
        "Magic refunds",
        &["Refunded", "What the acquirer does"],
        magic,
    )?;
    let magic = dispute_scripts::rows()
        .into_iter()
        .map(|(magic, what)| vec![magic, what]);
    table(
        &mut html,
        "Magic disputes",
        &["Charge", "What becomes of it"],
        magic,
    )?;
    html.push_str(FOOT);
    Ok(html)
}

fn refund_row(book: &Book, at: usize, refund: &Refund) -> Vec<String> {
    let (outcome, arn) = match &refund.state {
        RefundState::UnderWay { silent: true, .. } => ("silent", String::new()),
        RefundState::UnderWay { silent: false, .. } => ("under way", String::new()),
        RefundState::Paid { .. } => ("refunded", book.arn(u32::try_from(at).unwrap_or(u32::MAX))),
        RefundState::Refused(fault) => (fault.code(), String::new()),
    };
    vec![
        refund.reference.to_string(),
        refund.charge_reference.to_string(),
        refund.amount.to_string(),
        outcome.to_owned(),
        arn,
    ]
}

fn row(book: &Book, at: usize, charge: &Charge) -> Vec<String> {
    let (outcome, rrn) = match &charge.state {
        ChargeState::AtPages(_) => ("waiting for the customer", String::new()),
        ChargeState::Ends { silent: true, .. } => ("silent", String::new()),
        ChargeState::Ends { silent: false, .. } | ChargeState::Unanswered => {
            ("waiting for the app", String::new())
        }
        ChargeState::Captured { .. } => ("captured", book.rrn(u32::try_from(at).unwrap_or(u32::MAX))),
        ChargeState::Refused(fault) => (fault.code(), String::new()),
    };
    vec![
        charge.reference.to_string(),
        charge.method.code().to_owned(),
        charge.shown.to_string(),
        charge.amount.to_string(),
        outcome.to_owned(),
        rrn,
    ]
}
