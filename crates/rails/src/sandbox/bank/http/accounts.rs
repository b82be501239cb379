//! `GET /v1/accounts`, `GET /v1/accounts/{number}/statement?after=&limit=`, `GET /v1/verify`: for whoever judges the book.

use super::super::{
    Audit, Bank, BankError,
    account::{Account, Booking, Kind},
    book::Book,
};
use crate::sandbox::door::{Paging, error};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// Bookings of a page, if the caller does not say.
const LIMIT_DEFAULT: usize = 100;
/// Bookings of a page at most: some 1.5 MB.
const LIMIT_MAX: usize = 10_000;

/// An account, as it stands.
#[derive(Serialize)]
struct AccountView {
    number: String,
    holder: String,
    bank: String,
    ifsc: String,
    opening_paise: i64,
    balance_paise: i64,
    blocked_paise: i64,
    bookings: usize,
}

/// All accounts.
#[derive(Serialize)]
pub struct AccountsView {
    accounts: Vec<AccountView>,
}

/// A booking. `entry` counts from 1 within the account; `booked` is `paid` (money out) or `returned` (the same money back).
#[derive(Serialize)]
struct BookingView {
    entry: usize,
    booked: &'static str,
    reference: String,
    amount_paise: i64,
    utr: String,
    at_ms: i64,
}

/// Some of an account's bookings. `next`: the `after` of the next page; the same again when there is no more.
#[derive(Serialize)]
struct StatementView {
    number: String,
    entries: Vec<BookingView>,
    next: u64,
}

/// All accounts, in the order in which they were opened.
pub async fn list(State(bank): State<Bank>) -> Result<Json<AccountsView>, BankError> {
    bank.at_desk(|desk, _| {
        let accounts = desk.book.accounts.iter().map(view).collect();
        Ok(Json(AccountsView { accounts }))
    })
    .await
}

/// Every booking of an account, a page at a time.
pub async fn statement(
    State(bank): State<Bank>,
    Path(number): Path<String>,
    paging: Paging,
) -> Result<Response, BankError> {
    let page = bank.at_desk(|desk, _| {
        let account = desk.book.account(&number);
        Ok(account.map(|account| statement_page(&desk.book, account, &paging)))
    });
    Ok(match page.await? {
        Some(page) => Json(page).into_response(),
        None => error(
            StatusCode::NOT_FOUND,
            "no_such_account",
            "The bank has no such account",
        ),
    })
}

/// Proves the book.
pub async fn verify(State(bank): State<Bank>) -> Result<Json<Audit>, BankError> {
    bank.verify().await.map(Json)
}

fn view(account: &Account) -> AccountView {
    AccountView {
        number: account.number.clone(),
        holder: account.holder.clone(),
        bank: account.bank.clone(),
        ifsc: account.ifsc.clone(),
        opening_paise: account.opening.get(),
        balance_paise: account.balance.get(),
        blocked_paise: account.blocked.get(),
        bookings: account.bookings.len(),
    }
}

fn statement_page(book: &Book, account: &Account, paging: &Paging) -> StatementView {
    let limit = paging.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
    let start = usize::try_from(paging.after).unwrap_or(usize::MAX);
    let bookings = account.bookings.iter().enumerate().skip(start).take(limit);
    let entries: Vec<_> = bookings
        .filter_map(|(at, booking)| booking_view(book, at + 1, *booking))
        .collect();
    StatementView {
        number: account.number.clone(),
        next: entries.last().map_or(paging.after, |last| last.entry as u64),
        entries,
    }
}

fn booking_view(book: &Book, entry: usize, booking: Booking) -> Option<BookingView> {
    let transfer = book.transfers.get(booking.transfer as usize)?;
    Some(BookingView {
        entry,
        booked: match booking.kind {
            Kind::Paid => "paid",
            Kind::Returned => "returned",
        },
        reference: transfer.reference.to_string(),
        amount_paise: transfer.amount.get(),
        utr: book.utr(booking.transfer),
        at_ms: booking.at.0,
    })
}
