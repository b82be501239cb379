//! `GET /v1/disputes?after=N&limit=`, `POST /v1/disputes/{reference}/answer`.

use super::super::{
    Acquirer,
    dispute::{self, Heard},
};
use crate::sandbox::{
    BankError,
    dispute_words::{AnswerAsked, DisputesSaid},
    door::{Paging, error},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use rokad_domain::dispute::Reply;

/// Notices of a page, if the caller does not say.
const LIMIT_DEFAULT: usize = 100;
/// Notices of a page at most: some 50 KB.
const LIMIT_MAX: usize = 100;

/// What happened to disputes, in order.
pub async fn news(State(acquirer): State<Acquirer>, paging: Paging) -> Result<Json<DisputesSaid>, BankError> {
    let limit = paging.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
    let page = acquirer.at_desk(|desk, _| Ok(dispute::news(&desk.book, paging.after, limit)));
    let (notices, next) = page.await?;
    Ok(Json(DisputesSaid { notices, next }))
}

/// A merchant answers. The files themselves are not kept: their hashes are.
pub async fn answer(
    State(acquirer): State<Acquirer>,
    Path(reference): Path<String>,
    body: Bytes,
) -> Response {
    let asked: Option<AnswerAsked> = serde_json::from_slice(&body).ok();
    let reply = asked.as_ref().and_then(|asked| match asked.reply.as_str() {
        "contest" => Some(Reply::Contest),
        "accept" => Some(Reply::Accept),
        _ => None,
    });
    let (Some(asked), Some(reply)) = (asked, reply) else {
        let message = "The body is not an answer in JSON: reply is contest or accept";
        return error(StatusCode::BAD_REQUEST, "malformed", message);
    };
    let sha256 = asked.evidence.into_iter().map(|piece| piece.sha256).collect();
    let heard = acquirer.at_desk(|desk, now| dispute::answer(desk, &reference, reply, sha256, now));
    match heard.await {
        Ok(Heard::Yes) => Json(serde_json::json!({ "status": "heard" })).into_response(),
        Ok(Heard::Unknown) => error(
            StatusCode::NOT_FOUND,
            "unknown_dispute",
            "There is no such dispute",
        ),
        Ok(Heard::TooLate) => error(
            StatusCode::CONFLICT,
            "too_late",
            "The dispute has ended, or was accepted",
        ),
        Err(error) => error.into_response(),
    }
}
