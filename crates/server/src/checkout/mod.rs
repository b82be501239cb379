//! The hosted checkout: what customers see and do. One page for each payment; what it shows is where the payment stands.
//!
//! Every form is answered by a redirect to that page, so that reload and the back button repeat nothing.

mod back;
mod events;
mod form;
mod leave;
pub mod page;
mod pay;
mod show;

use crate::{app::App, checkout::page::Page};
use axum::{
    Router,
    extract::{Path, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use rokad_domain::{Id, id::kind::Payment};
use rokad_flows::{
    directory::MerchantEntry,
    payment::status::{Report, by_id},
};
use rokad_pages::{
    Lang,
    assets::{CACHE_CONTROL, asset_at},
    checkout::{Message, Problem, message},
};
use std::sync::Arc;

/// Its routes.
pub fn routes() -> Router<Arc<App>> {
    let only =
        |methods: MethodRouter<Arc<App>>| methods.fallback(|| async { StatusCode::METHOD_NOT_ALLOWED });
    Router::new()
        .route("/checkout/{token}", only(get(show::handle)))
        .route("/checkout/{token}/pay", only(post(pay::handle)))
        .route("/checkout/{token}/cancel", only(post(leave::cancel)))
        .route("/checkout/{token}/give-up", only(post(leave::give_up)))
        .route("/checkout/{token}/change", only(post(leave::change)))
        .route(
            "/checkout/{token}/return",
            only(get(back::handle).post(back::handle)),
        )
        .route("/checkout/{token}/events", only(get(events::handle)))
        .route("/assets/{name}", only(get(asset)))
}

/// A checkout that exists, as of one moment.
pub struct Checkout {
    /// Its name in addresses.
    pub token: String,
    /// Where its payment stands.
    pub report: Report,
    /// Who is paid.
    pub merchant: Arc<MerchantEntry>,
}

/// Finds a checkout by its name.
///
/// # Errors
/// The page that says why there is none.
pub async fn find(app: &App, token: &str, lang: Lang) -> Result<Checkout, Page> {
    let id = app.checkouts.read(token);
    let id = id.ok_or_else(|| instead(StatusCode::NOT_FOUND, Problem::NotFound, lang))?;
    look(app, token, id, lang).await
}

async fn look(app: &App, token: &str, id: Id<Payment>, lang: Lang) -> Result<Checkout, Page> {
    let report = by_id(&app.house, id)
        .await
        .map_err(|error| broken(&error, lang))?;
    let report = report.ok_or_else(|| instead(StatusCode::NOT_FOUND, Problem::NotFound, lang))?;
    let merchant = app.directory().merchant(report.payment.merchant).cloned();
    Ok(Checkout {
        token: token.to_owned(),
        merchant: merchant.ok_or_else(|| instead(StatusCode::NOT_FOUND, Problem::NotFound, lang))?,
        report,
    })
}

/// A page instead of a checkout.
pub fn instead(status: StatusCode, problem: Problem, lang: Lang) -> Page {
    let again = false;
    Page::checkout(status, message(&Message { lang, problem, again }))
}

/// What the store's failures are to a customer.
pub fn broken(error: &rokad_store::StoreError, lang: Lang) -> Page {
    if error.is_busy() {
        return instead(StatusCode::SERVICE_UNAVAILABLE, Problem::Busy, lang);
    }
    tracing::error!(%error, "a checkout failed");
    instead(StatusCode::INTERNAL_SERVER_ERROR, Problem::Broken, lang)
}

/// Back to the page of a checkout: after a form, so that a reload repeats nothing.
pub fn to_page(token: &str, lang: Lang, more: &str) -> Response {
    let location = format!("/checkout/{token}?lang={}{more}", lang.code());
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

async fn asset(Path(name): Path<String>, headers: HeaderMap, _: Request) -> Response {
    let Some(asset) = asset_at(&format!("/assets/{name}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", asset.hash);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|tag| tag.as_bytes() == etag.as_bytes());
    let common = [
        (header::CACHE_CONTROL, CACHE_CONTROL.to_owned()),
        (header::ETAG, etag),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(header::CONTENT_TYPE, asset.content_type)], asset.bytes).into_response()
}
