//! `GET /acquirer`: a page for people. Shows the last charges and the magic numbers, no customer.

use super::{
    super::{
        Acquirer,
        book::Book,
        charge::{Charge, State as ChargeState},
        scripts,
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

/// Charges shown, the newest first.
const CHARGES_SHOWN: usize = 50;

/// The last charges and the magic numbers.
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
    let newest = book.charges.iter().enumerate().rev().take(CHARGES_SHOWN);
    let charges = newest.map(|(at, charge)| row(book, at, charge));
    table(
        &mut html,
        "Last charges",
        &["Reference", "Method", "With", "Amount", "Outcome", "RRN"],
        charges,
    )?;
    let magic = scripts::rows().into_iter().map(|(magic, what)| vec![magic, what]);
    table(
        &mut html,
        "Magic numbers",
        &["Paid with", "What the acquirer does"],
        magic,
    )?;
    html.push_str(FOOT);
    Ok(html)
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
