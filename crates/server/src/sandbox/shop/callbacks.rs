//! Callbacks of payouts: received, verified as the document says, and kept.

use crate::{
    cli::print,
    http::answer::Json,
    sandbox::shop::{Shop, log::Log, not_kept},
};
use axum::{
    body::Bytes,
    extract::{Path as UrlPath, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rokad_domain::{Paise, UnixMs};
use rokad_flows::directory::SecretKind;
use rokad_pages::shop::{PayoutRow, Payouts, draw};
use rokad_wire::payout::{VerifiedCallback, sign_poll, verify_callback};
use serde::{Deserialize, Serialize};
use std::{
    collections::VecDeque,
    io,
    path::Path,
    sync::{Arc, PoisonError},
};

/// Callbacks that the log shows.
const SHOWN: usize = 200;

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

/// The last callbacks, and the log of all.
pub struct Callbacks {
    shown: VecDeque<Received>,
    log: Log,
}

impl Callbacks {
    /// Opens the log.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (entries, log) = Log::open(path)?;
        let mut callbacks = Self {
            shown: VecDeque::new(),
            log,
        };
        for received in entries {
            callbacks.remember(received);
        }
        Ok(callbacks)
    }

    fn remember(&mut self, received: Received) {
        self.shown.push_back(received);
        if self.shown.len() > SHOWN {
            self.shown.pop_front();
        }
    }

    fn write_down(&mut self, received: Received) -> io::Result<()> {
        self.log.append(&received)?;
        self.remember(received);
        Ok(())
    }
}

/// The last callbacks, the oldest first.
fn shown(shop: &Shop) -> Vec<Received> {
    let callbacks = shop.callbacks.lock().unwrap_or_else(PoisonError::into_inner);
    callbacks.shown.iter().cloned().collect()
}

/// A shop that knows both keys during a rotation verifies with either.
fn verify(shop: &Shop, body: &[u8]) -> Option<VerifiedCallback> {
    let directory = shop.app.directory();
    directory
        .by_pid(&shop.pid)?
        .secrets(SecretKind::PayoutSecret)
        .find_map(|key| verify_callback(body, key).ok())
}

/// Verifies, writes down, acknowledges: in this order, as a merchant should.
pub async fn receive(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let Some(verified) = verify(&shop, &body) else {
        return Json::ok(br#"{"hash_status":"Hash Mismatch","acknowledge":"no"}"#.to_vec()).into_response();
    };
    let received = Received {
        at_ms: shop.now().0,
        order_id: verified.order_id,
        ref_code: verified.ref_code,
        status: verified.status.word().to_owned(),
        processed_rupees: verified.processed.whole_rupees(),
        bank_ref: verified.bank_ref,
        hash_status: "Hash Matched".to_owned(),
        acknowledge: "yes".to_owned(),
    };
    let mut callbacks = shop.callbacks.lock().unwrap_or_else(PoisonError::into_inner);
    match callbacks.write_down(received) {
        Ok(()) => Json::ok(br#"{"hash_status":"Hash Matched","acknowledge":"yes"}"#.to_vec()).into_response(),
        Err(error) => not_kept(&error),
    }
}

/// `GET /poll/ORDER`: the signed body of a poll, as a merchant's own server would make it.
pub async fn poll(State(shop): State<Arc<Shop>>, UrlPath(order_id): UrlPath<String>) -> Response {
    let known = shown(&shop)
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

/// `GET /callbacks`: the log as text.
pub async fn text(State(shop): State<Arc<Shop>>) -> String {
    let row = |r: Received| {
        let (time, amount, utr) = (print::time(UnixMs(r.at_ms)), r.processed_rupees, r.bank_ref);
        let (order, status, hash, yes) = (r.order_id, r.status, r.hash_status, r.acknowledge);
        format!(
            "{time}  {order:<13}  {status:<10}  processed ₹{amount:<7}  UTR {utr:<12}  {hash}, acknowledged: {yes}\n"
        )
    };
    shown(&shop).into_iter().map(row).collect()
}

/// `GET /payouts`: the log as a page.
pub async fn page(State(shop): State<Arc<Shop>>) -> Response {
    let row = |r: Received| PayoutRow {
        time: print::time(UnixMs(r.at_ms)),
        at_ms: r.at_ms,
        order_id: r.order_id,
        status: r.status,
        processed: Paise::from_rupees(r.processed_rupees).unwrap_or_default(),
        bank_ref: r.bank_ref,
    };
    let rows: Vec<PayoutRow> = shown(&shop).into_iter().rev().map(row).collect();
    shop.page(StatusCode::OK, draw(&Payouts { rows: &rows }))
}
