//! `GET /v1/news?after=N&limit=`.

use super::super::{Bank, BankError, accept, book::Book};
use crate::sandbox::{door::Paging, words::NewsSaid};
use axum::{Json, extract::State};

/// Notices of a page, if the caller does not say.
const LIMIT_DEFAULT: usize = 100;
/// Notices of a page at most.
const LIMIT_MAX: usize = 1_000;

/// Late answers, repeated answers and returns, in the order in which they were booked.
pub async fn news(State(bank): State<Bank>, paging: Paging) -> Result<Json<NewsSaid>, BankError> {
    let limit = paging.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
    bank.at_desk(|desk, _| Ok(Json(page(&desk.book, paging.after, limit))))
        .await
}

fn page(book: &Book, after: u64, limit: usize) -> NewsSaid {
    let start = book.news.partition_point(|item| item.position <= after);
    let items = &book.news[start..];
    let items = &items[..items.len().min(limit)];
    NewsSaid {
        notices: items
            .iter()
            .filter_map(|item| accept::notice(book, item.transfer, item.returned))
            .collect(),
        next: items.last().map_or(after, |item| item.position),
    }
}
