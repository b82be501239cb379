//! The demo shop: a merchant's program that receives callbacks, verifies them as the document says, and keeps a log.
//!
//! `/` is its page, `/callbacks` the log as text, `/callback` where callbacks arrive, `/poll/ORDER` the signed body of
//! a poll, as a merchant's own server would make it.

use crate::{app::App, cli::print, http::answer::Json};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path as UrlPath, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use rokad_domain::UnixMs;
use rokad_flows::directory::SecretKind;
use rokad_wire::payout::{VerifiedCallback, sign_poll, verify_callback};
use serde::{Deserialize, Serialize};
use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// Callbacks that the log shows.
const SHOWN: usize = 200;

/// Bytes of a callback that the shop takes.
const CALLBACK_BYTES_MAX: usize = 64 * 1024;

/// One callback, as the shop wrote it down.
#[derive(Serialize, Deserialize, Clone)]
struct Received {
    at_ms: i64,
    order_id: String,
    ref_code: String,
    status: String,
    processed_rupees: i64,
    bank_ref: String,
    hash_status: String,
    acknowledge: String,
}

struct Shop {
    app: Arc<App>,
    pid: String,
    log: Mutex<(VecDeque<Received>, File)>,
}

/// The shop of this merchant, with its log in a file.
pub fn router(log: &Path, app: Arc<App>, pid: String) -> io::Result<Router> {
    let old = fs::read_to_string(log).unwrap_or_default();
    let mut shown: VecDeque<Received> = VecDeque::new();
    for received in old.lines().filter_map(|line| serde_json::from_str(line).ok()) {
        remember(&mut shown, received);
    }
    let file = OpenOptions::new().create(true).append(true).open(log)?;
    let shop = Shop {
        app,
        pid,
        log: Mutex::new((shown, file)),
    };
    Ok(Router::new()
        .route("/", get(page))
        .route("/shop.css", get(style))
        .route("/callbacks", get(text))
        .route("/callback", post(callback))
        .route("/poll/{order_id}", get(poll))
        .layer(DefaultBodyLimit::max(CALLBACK_BYTES_MAX))
        .with_state(Arc::new(shop)))
}

fn remember(shown: &mut VecDeque<Received>, received: Received) {
    shown.push_back(received);
    if shown.len() > SHOWN {
        shown.pop_front();
    }
}

impl Shop {
    fn shown(&self) -> Vec<Received> {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .iter()
            .cloned()
            .collect()
    }

    /// A shop that knows both keys during a rotation verifies with either.
    fn verify(&self, body: &[u8]) -> Option<VerifiedCallback> {
        let directory = self.app.directory();
        directory
            .by_pid(&self.pid)?
            .secrets(SecretKind::PayoutSecret)
            .find_map(|key| verify_callback(body, key).ok())
    }

    fn write_down(&self, received: Received) -> io::Result<()> {
        let mut line = serde_json::to_vec(&received)?;
        line.push(b'\n');
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.1.write_all(&line)?;
        remember(&mut log.0, received);
        Ok(())
    }
}

/// Verifies, writes down, acknowledges: in this order, as a merchant should.
async fn callback(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let Some(verified) = shop.verify(&body) else {
        return Json::ok(br#"{"hash_status":"Hash Mismatch","acknowledge":"no"}"#.to_vec()).into_response();
    };
    let received = Received {
        at_ms: shop.app.house.store.clock().now().at().0,
        order_id: verified.order_id,
        ref_code: verified.ref_code,
        status: verified.status.word().to_owned(),
        processed_rupees: verified.processed.whole_rupees(),
        bank_ref: verified.bank_ref,
        hash_status: "Hash Matched".to_owned(),
        acknowledge: "yes".to_owned(),
    };
    match shop.write_down(received) {
        Ok(()) => Json::ok(br#"{"hash_status":"Hash Matched","acknowledge":"yes"}"#.to_vec()).into_response(),
        Err(error) => {
            tracing::error!(%error, "the shop could not write a callback down");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn poll(State(shop): State<Arc<Shop>>, UrlPath(order_id): UrlPath<String>) -> Response {
    let known = shop
        .shown()
        .into_iter()
        .rev()
        .find(|received| received.order_id == order_id);
    let directory = shop.app.directory();
    let secret = directory
        .by_pid(&shop.pid)
        .and_then(|entry| entry.secrets(SecretKind::PayoutSecret).next_back());
    match (known, secret) {
        (Some(known), Some(secret)) => {
            let body = sign_poll(&shop.pid, &known.ref_code, secret);
            Json::ok(serde_json::to_vec(&body).unwrap_or_default()).into_response()
        }
        _ => {
            let body = br#"{"error":"the shop has heard nothing of this order yet"}"#.to_vec();
            Json(StatusCode::NOT_FOUND, body).into_response()
        }
    }
}

async fn text(State(shop): State<Arc<Shop>>) -> String {
    let row = |r: Received| {
        let (time, amount, utr) = (print::time(UnixMs(r.at_ms)), r.processed_rupees, r.bank_ref);
        let (order, status, hash, yes) = (r.order_id, r.status, r.hash_status, r.acknowledge);
        format!(
            "{time}  {order:<13}  {status:<10}  processed ₹{amount:<7}  UTR {utr:<12}  {hash}, acknowledged: {yes}\n"
        )
    };
    shop.shown().into_iter().map(row).collect()
}

async fn page(State(shop): State<Arc<Shop>>) -> Response {
    let rows: String = shop.shown().into_iter().rev().map(html_row).collect();
    let rows = if rows.is_empty() {
        "<tr><td colspan=\"5\" class=\"empty\">Nothing yet. Make a payout, and its callbacks show here.</td></tr>".to_owned()
    } else {
        rows
    };
    let html = PAGE.replace("{rows}", &rows);
    let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, html).into_response()
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../../../../web/shop/shop.css"),
    )
}

fn html_row(r: Received) -> String {
    let amount = rokad_domain::Paise::from_rupees(r.processed_rupees).unwrap_or_default();
    let shape = match r.status.as_str() {
        "Pending" => '○',
        "Processing" => '◐',
        "Approved" => '●',
        "Failed" => '✕',
        _ => '⊘',
    };
    let (status, exact) = (escape(&r.status), r.at_ms);
    format!(
        "<tr><td data-label=\"Received\"><time data-unix-ms=\"{exact}\">{}</time></td>\
         <td data-label=\"Order\"><code>{}</code></td>\
         <td data-label=\"Status\"><span class=\"{status}\">{shape} {status}</span></td>\
         <td data-label=\"Processed\" class=\"money\">{amount}</td>\
         <td data-label=\"UTR\"><code>{}</code></td></tr>\n",
        print::time(UnixMs(r.at_ms)),
        escape(&r.order_id),
        escape(&r.bank_ref),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

const PAGE: &str = include_str!("../../../../web/shop/callbacks.html");
