//! `GET /`: the bank's page for people. Plain HTML, no script, nothing loaded from anywhere.

use super::super::{
    Bank, BankError,
    book::Book,
    record::Ending,
    scripts,
    transfer::{Outcome, Transfer},
};
use crate::sandbox::html::{FOOT, head, table};
use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse},
};

/// Transfers shown, the newest first.
const TRANSFERS_SHOWN: usize = 50;

/// The page's stylesheet.
pub async fn style() -> impl IntoResponse {
    let css = include_str!("../../../../../../web/bank/bank.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], css)
}

/// Accounts, the last transfers and the magic numbers.
pub async fn page(State(bank): State<Bank>) -> Result<impl IntoResponse, BankError> {
    let html = bank
        .at_desk(|desk, _| render(&desk.book).map_err(|_| BankError::Impossible))
        .await?;
    let policy = (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    Ok(([policy, (header::CACHE_CONTROL, "no-store")], Html(html)))
}

fn render(book: &Book) -> Result<String, std::fmt::Error> {
    let mut html = head(
        "Sandbox bank",
        "A little bank to test against. Its money is not real; its book is kept like a real one.",
    );
    let accounts = book.accounts.iter().map(|a| {
        let row = [a.number.clone(), a.holder.clone(), a.bank.clone(), a.ifsc.clone()];
        row.into_iter()
            .chain([a.balance.to_string(), a.blocked.to_string()])
            .collect()
    });
    table(
        &mut html,
        "Accounts",
        &["Number", "Holder", "Bank", "IFSC", "Balance", "Blocked"],
        accounts,
    )?;
    let newest = book.transfers.iter().enumerate().rev().take(TRANSFERS_SHOWN);
    let transfers = newest.map(|(at, t)| transfer_row(book, at, t));
    table(
        &mut html,
        "Last transfers",
        &["Reference", "From", "Amount", "Outcome", "UTR"],
        transfers,
    )?;
    let magic = scripts::rows().map(|(magic, what)| vec![magic, what]);
    table(
        &mut html,
        "Magic numbers",
        &["Beneficiary", "What the bank does"],
        magic,
    )?;
    html.push_str(FOOT);
    Ok(html)
}

fn transfer_row(book: &Book, at: usize, transfer: &Transfer) -> Vec<String> {
    let from = transfer.account.and_then(|a| book.accounts.get(usize::from(a)));
    let number = u32::try_from(at).unwrap_or(u32::MAX);
    let (outcome, utr) = match transfer.outcome {
        Outcome::Waiting {
            ending: Ending::Paid, ..
        } => ("in progress, will be paid", String::new()),
        Outcome::Waiting {
            ending: Ending::Refused(_),
            ..
        } => ("in progress, will be refused", String::new()),
        Outcome::Paid { returned: false } => ("paid", book.utr(number)),
        Outcome::Paid { returned: true } => ("paid, returned", book.utr(number)),
        Outcome::Refused(refusal) => (refusal.word(), String::new()),
    };
    vec![
        transfer.reference.to_string(),
        from.map_or_else(String::new, |account| account.number.clone()),
        transfer.amount.to_string(),
        outcome.to_owned(),
        utr,
    ]
}
