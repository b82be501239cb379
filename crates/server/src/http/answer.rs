//! How an answer looks: JSON, never cached.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rokad_wire::{Refusal, collect};

/// A JSON body with a status.
pub struct Json(pub StatusCode, pub Vec<u8>);

impl Json {
    /// 200.
    pub fn ok(body: Vec<u8>) -> Self {
        Self(StatusCode::OK, body)
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.1));
        *response.status_mut() = self.0;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// A refusal of the payout API, on its way out.
pub struct Refused(pub Refusal);

impl<T: Into<Refusal>> From<T> for Refused {
    fn from(refusal: T) -> Self {
        Self(refusal.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = Json(status(self.0.wire().status), self.0.render()).into_response();
        if matches!(
            self.0,
            Refusal::BodyTooLarge | Refusal::TooSlow | Refusal::HeadersTooLarge
        ) {
            close(&mut response);
        }
        response
    }
}

/// A refusal of collecting, on its way out.
pub struct CollectRefused(pub collect::Refusal);

impl<T: Into<collect::Refusal>> From<T> for CollectRefused {
    fn from(refusal: T) -> Self {
        Self(refusal.into())
    }
}

impl IntoResponse for CollectRefused {
    fn into_response(self) -> Response {
        let mut response = Json(status(self.0.wire().status), self.0.render()).into_response();
        let unread = matches!(
            self.0,
            collect::Refusal::BodyTooLarge | collect::Refusal::TooSlow | collect::Refusal::HeadersTooLarge
        );
        if unread {
            close(&mut response);
        }
        if let collect::Refusal::MethodNotAllowed(allowed) = self.0 {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }
}

/// A number of the contract's tables as an HTTP status.
pub fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What was not read to its end cannot be followed by another request.
fn close(response: &mut Response) {
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
}

/// The same to a caller of collecting, worth trying again with the same txnid.
pub fn collect_from_store(error: &rokad_store::StoreError) -> CollectRefused {
    let busy = matches!(from_store(error).0, Refusal::Busy);
    CollectRefused(if busy {
        collect::Refusal::Busy
    } else {
        collect::Refusal::Internal
    })
}

/// What the store's failures are to a caller: nothing it did, and worth trying again with the same order_id.
pub fn from_store(error: &rokad_store::StoreError) -> Refused {
    if error.is_busy() {
        return Refused(Refusal::Busy);
    }
    tracing::error!(%error, "a request failed");
    Refused(Refusal::Internal)
}
