//! The merchants' APIs and the customers' checkout. The file path is the URL path.

pub mod collect;
mod health;
pub mod payout;
pub mod v1;

use crate::{
    app::App,
    checkout,
    http::{
        answer::{CollectRefused, Refused},
        listen::is_payout,
    },
};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
    routing::post,
};
use rokad_wire::Refusal;
use std::sync::Arc;

/// Every route that merchants and their customers call.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/payout/api/request.php", post(payout::request::handle))
        .route(
            "/payout/api/status_polling.php",
            post(payout::status_polling::handle),
        )
        .method_not_allowed_fallback(|| async { Refused(Refusal::MethodNotAllowed) })
        .merge(collect::routes())
        .merge(checkout::routes())
        .merge(health::routes())
        .merge(v1::routes())
        .fallback(unknown)
        .with_state(app)
}

async fn unknown(request: Request) -> Response {
    if is_payout(request.uri().path()) {
        Refused(Refusal::UnknownPath).into_response()
    } else {
        CollectRefused(rokad_wire::collect::Refusal::UnknownPath).into_response()
    }
}
