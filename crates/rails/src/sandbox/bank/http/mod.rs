//! The bank's HTTP interface: who may ask, and the answers that every page of it shares.
//!
//! Everything below `/v1` wants the key; `GET /` is a page for people, and shows no beneficiary.

mod accounts;
mod news;
mod page;
mod transfers;

use super::{Bank, BankError};
use crate::sandbox::words::Said;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequestParts, Query, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use std::sync::Arc;

pub use transfers::is_number;

/// Bytes of a request's body at most. An instruction has some 600 at worst.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// What stands before the key in its header.
const BEARER: &[u8] = b"Bearer ";

/// Where to go on, and how much to show at most.
#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

/// From the query, with an error in the bank's form.
impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let query = Query::from_request_parts(parts, state).await;
        let wrong = |_| {
            error(
                StatusCode::BAD_REQUEST,
                "bad_paging",
                "after, limit: whole numbers, not negative",
            )
        };
        query.map(|Query(paging)| paging).map_err(wrong)
    }
}

/// All routes.
pub fn router(bank: Bank, key: &str) -> Router {
    let key: Arc<[u8]> = key.as_bytes().into();
    let v1 = Router::new()
        .route("/transfers", post(transfers::send))
        .route("/transfers/{reference}", get(transfers::ask))
        .route("/news", get(news::news))
        .route("/accounts", get(accounts::list))
        .route("/accounts/{number}/statement", get(accounts::statement))
        .route("/verify", get(accounts::verify))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(key, only_with_key));
    Router::new()
        .route("/", get(page::page))
        .route("/bank.css", get(page::style))
        .nest("/v1", v1)
        .with_state(bank)
}

async fn only_with_key(State(key): State<Arc<[u8]>>, request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION);
    let shown = header.and_then(|value| value.as_bytes().strip_prefix(BEARER));
    if shown.is_some_and(|shown| same(shown, &key)) {
        next.run(request).await
    } else {
        error(
            StatusCode::UNAUTHORIZED,
            "wrong_key",
            "Send the bank's key: Authorization: Bearer <key>",
        )
    }
}

/// Compares in a time that tells nothing but the length.
fn same(shown: &[u8], key: &[u8]) -> bool {
    let differing = shown.iter().zip(key).fold(0, |bits, (a, b)| bits | (a ^ b));
    std::hint::black_box(differing) == 0 && shown.len() == key.len()
}

async fn nothing_here() -> Response {
    error(StatusCode::NOT_FOUND, "no_such_page", "The bank has no such page")
}

/// An error in the bank's form.
fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let said = Said::Error {
        code: code.to_owned(),
        message: message.to_owned(),
    };
    (status, Json(said)).into_response()
}

/// What the caller learns of the bank's own trouble. The log has the rest.
impl IntoResponse for BankError {
    fn into_response(self) -> Response {
        tracing::error!(error = %self, "the bank does not answer");
        let (code, message) = match self {
            Self::Full => ("book_full", "The bank's book is full"),
            Self::Closed => ("closed", "The bank is closed"),
            Self::Io(_) | Self::InUse(_) | Self::Damaged { .. } | Self::BadSeed(_) | Self::Impossible => {
                ("broken", "The bank cannot do this")
            }
        };
        error(StatusCode::SERVICE_UNAVAILABLE, code, message)
    }
}
