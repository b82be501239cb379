//! What the HTTP interfaces of the bank and its acquirer share: who may ask, and answers of every kind.

use super::{office::BankError, words::Said};
use axum::{
    Json, Router,
    body::Body,
    extract::{FromRequestParts, Query, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use hyper::body::Frame;
use serde::Deserialize;
use std::{
    io::ErrorKind,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// What stands before the key in its header.
const BEARER: &[u8] = b"Bearer ";

/// `routes` and their fallback, for those who bear `key`.
pub fn with_key<S: Clone + Send + Sync + 'static>(routes: Router<S>, key: &str) -> Router<S> {
    let key: Arc<[u8]> = key.as_bytes().into();
    routes.layer(middleware::from_fn_with_state(key, only_with_key))
}

/// `routes`, for those who bear `key`; what is none of them is left to others.
pub fn routes_with_key<S: Clone + Send + Sync + 'static>(routes: Router<S>, key: &str) -> Router<S> {
    let key: Arc<[u8]> = key.as_bytes().into();
    routes.route_layer(middleware::from_fn_with_state(key, only_with_key))
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

/// Where to go on, and how much to show at most.
#[derive(Deserialize)]
pub struct Paging {
    #[serde(default)]
    pub after: u64,
    pub limit: Option<usize>,
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

/// An error in the bank's form.
pub fn error(status: StatusCode, code: &str, message: &str) -> Response {
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

/// 200, and nothing that can be read.
pub fn garbage() -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, "{\"status\":\"pa\u{fffd}").into_response()
}

/// The server closes the connection before it has sent what it promised.
pub fn cut() -> Response {
    let promised = [(header::CONTENT_LENGTH, "64")];
    (promised, Body::new(Breaks)).into_response()
}

/// A body that breaks before its first byte.
struct Breaks;

impl hyper::body::Body for Breaks {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Err(ErrorKind::ConnectionReset.into())))
    }
}
