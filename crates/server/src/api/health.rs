//! `GET /healthz` and `GET /readyz`: for load balancers and whoever restarts what hangs.

use crate::app::App;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rokad_store::merchant;
use std::sync::Arc;

/// Its routes.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
}

/// Whether the process lives: it answers.
async fn healthz() -> Response {
    answer(StatusCode::OK, "ok\n")
}

/// Whether requests should be sent here: not to a node that is stopping, nor to one whose database does not answer.
async fn readyz(State(app): State<Arc<App>>) -> Response {
    if app.stop.is_cancelled() {
        return answer(StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    let read = app.house.store.read(|tx| merchant::settings_version(tx)).await;
    if read.is_err() || !app.duties.are_sure() {
        return answer(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n");
    }
    answer(StatusCode::OK, "ready\n")
}

fn answer(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}
