//! The acquirer's HTTP interface. Everything below `/v1` wants the key; customers' pages have addresses that cannot be
//! guessed.

mod charges;
mod customer;
mod disputes;
mod html;
mod page;
mod refunds;

use super::{Acquirer, PAGES};
use crate::sandbox::door::routes_with_key;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

/// Bytes of a request's body at most. A charge has some 3,000 at worst, most of it the return address.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Bytes of an answer to a dispute at most: five files of a megabyte, in base64.
const EVIDENCE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// All routes.
pub fn router(acquirer: Acquirer, key: &str) -> Router {
    let charges = Router::new()
        .route("/v1/charges", post(charges::charge).get(charges::statement))
        .route("/v1/charges/{reference}", get(charges::ask))
        .route("/v1/charges/{reference}/call-off", post(charges::call_off))
        .route("/v1/refunds", post(refunds::refund).get(refunds::statement))
        .route("/v1/refunds/{reference}", get(refunds::ask))
        .route("/v1/disputes", get(disputes::news))
        .route(
            "/v1/disputes/{reference}/answer",
            post(disputes::answer).layer(DefaultBodyLimit::max(EVIDENCE_BYTES_MAX)),
        );
    Router::new()
        .route("/acquirer", get(page::page))
        .route("/customer.css", get(customer::style))
        .route(
            &format!("{PAGES}/{{token}}"),
            get(customer::look).post(customer::answer),
        )
        .merge(routes_with_key(charges, key))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(acquirer)
}
