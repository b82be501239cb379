//! The merchants' JSON API beside the two contracts: webhooks and events, documented in docs/api/webhooks.md, and disputes,
//! documented in docs/api/disputes.md.
//!
//! A merchant is known by its `Authorization` value, as in the REST calls of collecting.

pub mod disputes;
pub mod events;
mod refusal;
mod view;
pub mod webhooks;

use crate::{
    app::App,
    http::{
        answer::{Json, status},
        call::{Call, Unread},
    },
};
use axum::{
    Router,
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
    routing::{get, post},
};
pub use refusal::Refusal;
use rokad_domain::Id;
use rokad_flows::directory::MerchantEntry;
use rokad_wire::fields::BODY_BYTES_MAX;
use serde::Serialize;
use std::sync::Arc;

/// Its routes.
pub fn routes() -> Router<Arc<App>> {
    let refuse = |allowed: &'static str| move || async move { Refusal::MethodNotAllowed(allowed) };
    Router::new()
        .route(
            "/api/v1/webhooks",
            get(webhooks::list)
                .post(webhooks::create)
                .fallback(refuse("GET, POST")),
        )
        .route(
            "/api/v1/webhooks/{id}",
            get(webhooks::show)
                .patch(webhooks::change)
                .delete(webhooks::remove)
                .fallback(refuse("GET, PATCH, DELETE")),
        )
        .route(
            "/api/v1/webhooks/{id}/switch-on",
            post(webhooks::switch_on).fallback(refuse("POST")),
        )
        .route("/api/v1/disputes", get(disputes::list).fallback(refuse("GET")))
        .route(
            "/api/v1/disputes/{id}",
            get(disputes::show).fallback(refuse("GET")),
        )
        .route(
            "/api/v1/disputes/{id}/evidence",
            post(disputes::contest).fallback(refuse("POST")),
        )
        .route(
            "/api/v1/disputes/{id}/accept",
            post(disputes::accept).fallback(refuse("POST")),
        )
        .route("/api/v1/events", get(events::list).fallback(refuse("GET")))
        .route(
            "/api/v1/events/{id}/resend",
            post(events::resend).fallback(refuse("POST")),
        )
}

/// Bytes of a body with files at most: five of a megabyte, in base64.
const FILES_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A call of a merchant that is known.
pub struct MerchantCall {
    /// Who calls.
    pub merchant: Arc<MerchantEntry>,
    /// What was sent.
    pub call: Call,
}

impl MerchantCall {
    /// For the log of what was done by hand.
    pub fn actor(&self) -> String {
        format!("api:{}", self.merchant.stored.pid)
    }
}

impl FromRequest<Arc<App>> for MerchantCall {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refusal> {
        Self::within(BODY_BYTES_MAX, request, app).await
    }
}

impl MerchantCall {
    /// Reads a call whose body has at most so many bytes.
    async fn within(most: usize, request: Request, app: &Arc<App>) -> Result<Self, Refusal> {
        let call = Call::read(request, app, most)
            .await
            .map_err(|unread| match unread {
                Unread::TooSlow => Refusal::TooSlow,
                Unread::TooLarge => Refusal::BodyTooLarge,
                Unread::CutOff => Refusal::MalformedBody("it was cut off".to_owned()),
                Unread::NoPeer => Refusal::Internal,
            })?;
        let directory = app.directory();
        let merchant = call
            .header("authorization")
            .and_then(|value| directory.by_authorization(value.trim()))
            .ok_or(Refusal::Unauthorized)?
            .clone();
        if !merchant.stored.active {
            return Err(Refusal::MerchantInactive);
        }
        Ok(Self { merchant, call })
    }
}

/// The same with files in its body.
pub struct FilesCall(pub MerchantCall);

impl FromRequest<Arc<App>> for FilesCall {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refusal> {
        MerchantCall::within(FILES_BYTES_MAX, request, app)
            .await
            .map(Self)
    }
}

/// A number in a path. `None`: nothing can have it.
fn number<T>(text: &str) -> Option<Id<T>> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = digits.then(|| text.parse().ok())??;
    (number > 0).then(|| Id::new(number))
}

/// An answer. Our views have text keys and no number that JSON lacks, so that printing cannot fail.
fn answer(code: u16, view: &impl Serialize) -> Response {
    Json(status(code), serde_json::to_vec(view).unwrap_or_default()).into_response()
}
