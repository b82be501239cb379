//! The bank's HTTP interface: who may ask, and the answers that every page of it shares.
//!
//! Everything below `/v1` wants the key; `GET /` is a page for people, and shows no beneficiary.

mod accounts;
mod news;
mod page;
mod transfers;

use super::Bank;
use crate::sandbox::door::{error, with_key};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};

pub use transfers::is_number;

/// Bytes of a request's body at most. An instruction has some 600 at worst.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// All routes.
pub fn router(bank: Bank, key: &str) -> Router {
    let v1 = Router::new()
        .route("/transfers", post(transfers::send))
        .route("/transfers/{reference}", get(transfers::ask))
        .route("/news", get(news::news))
        .route("/accounts", get(accounts::list))
        .route("/accounts/{number}/statement", get(accounts::statement))
        .route("/verify", get(accounts::verify))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    Router::new()
        .route("/", get(page::page))
        .route("/bank.css", get(page::style))
        .nest("/v1", with_key(v1, key))
        .with_state(bank)
}

async fn nothing_here() -> Response {
    error(StatusCode::NOT_FOUND, "no_such_page", "The bank has no such page")
}
