//! The merchants' APIs. The file path is the URL path.

pub mod payout;

use crate::{app::App, http::answer::Refused};
use axum::{Router, routing::post};
use rokad_wire::Refusal;
use std::sync::Arc;

/// Every route that merchants call.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/payout/api/request.php", post(payout::request::handle))
        .route(
            "/payout/api/status_polling.php",
            post(payout::status_polling::handle),
        )
        .method_not_allowed_fallback(|| async { Refused(Refusal::MethodNotAllowed) })
        .fallback(|| async { Refused(Refusal::UnknownPath) })
        .with_state(app)
}
