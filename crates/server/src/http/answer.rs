//! How an answer looks: JSON, never cached.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rokad_wire::Refusal;

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
        let status = StatusCode::from_u16(self.0.wire().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Json(status, self.0.render()).into_response();
        // What was not read to its end cannot be followed by another request.
        if matches!(
            self.0,
            Refusal::BodyTooLarge | Refusal::TooSlow | Refusal::HeadersTooLarge
        ) {
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// What the store's failures are to a caller: nothing it did, and worth trying again with the same order_id.
pub fn from_store(error: &rokad_store::StoreError) -> Refused {
    use rokad_store::StoreError as E;
    Refused(match error {
        E::Busy | E::Closed => Refusal::Busy,
        E::Database(_) | E::Corrupt(_) | E::LostRace(_) | E::NewerSchema { .. } => {
            tracing::error!(%error, "a request failed");
            Refusal::Internal
        }
    })
}
