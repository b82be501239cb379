//! The demo shop: a merchant's program that sells something, and that is told of payouts.
//!
//! `/` sells; `/basket` asks who buys; `POST /orders` takes the order, `/orders/{txnid}` shows it with the signed form that
//! goes to the gateway; `/paid` and `/failed` take the post-back and verify it; `/orders` lists what was sold. Of payouts:
//! `/callback` where callbacks arrive, `/payouts` the page that shows them, `/callbacks` the same as text, `/poll/ORDER` the
//! signed body of a poll. All that it knows stands in two logs of its own. It is a demo: whoever reaches it sees everything.

mod ask;
mod book;
mod buy;
mod callbacks;
mod goods;
mod log;
mod orders;

use crate::app::App;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use book::Book;
use callbacks::Callbacks;
use http_body_util::Full;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rokad_domain::UnixMs;
use rokad_pages::shop as pages;
use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
};

/// Bytes of a request that the shop takes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Where the shop and its gateway are, as browsers see them: `http://127.0.0.1:7300`.
pub struct Places {
    pub gateway: String,
    pub shop: String,
}

struct Shop {
    app: Arc<App>,
    /// The merchant whose shop it is.
    pid: String,
    gateway: String,
    url: String,
    policy: HeaderValue,
    callbacks: Mutex<Callbacks>,
    book: Mutex<Book>,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// The shop of this merchant, with its logs in `data`.
pub fn router(data: &Path, app: Arc<App>, pid: String, places: Places) -> io::Result<Router> {
    let policy = HeaderValue::from_str(&pages::policy(&places.gateway)).map_err(io::Error::other)?;
    let shop = Shop {
        app,
        pid,
        gateway: places.gateway,
        url: places.shop,
        policy,
        callbacks: Mutex::new(Callbacks::open(&data.join("shop.jsonl"))?),
        book: Mutex::new(Book::open(&data.join("orders.jsonl"))?),
        client: Client::builder(TokioExecutor::new()).build_http(),
    };
    Ok(Router::new()
        .route("/", get(buy::shelf))
        .route("/basket", get(buy::basket))
        .route("/orders", get(orders::all).post(buy::order))
        .route("/orders/{txnid}", get(orders::one))
        .route("/paid", post(orders::post_back))
        .route("/failed", post(orders::post_back))
        .route("/payouts", get(callbacks::page))
        .route("/callbacks", get(callbacks::text))
        .route("/callback", post(callbacks::receive))
        .route("/poll/{order_id}", get(callbacks::poll))
        .route("/shop.css", get(|| asset("text/css; charset=utf-8", pages::CSS)))
        .route("/mark.svg", get(|| asset("image/svg+xml", pages::MARK)))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Arc::new(shop)))
}

impl Shop {
    fn now(&self) -> UnixMs {
        self.app.house.store.clock().now().at()
    }

    /// A page on its way out: never kept, never framed.
    fn page(&self, status: StatusCode, html: String) -> Response {
        let mut response = Response::new(Body::from(html));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

async fn asset(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, content_type)], content)
}

/// What cannot be written down is not answered as if it were.
fn not_kept(error: &io::Error) -> Response {
    tracing::error!(%error, "the shop could not write something down");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
