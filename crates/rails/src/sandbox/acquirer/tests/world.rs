//! An acquirer on loopback with a clock of its own, a rail that talks to it, and a customer's browser.

use crate::{
    collect::{ChargeQuestion, CollectRail},
    sandbox::{Acquirer, AcquirerRail, BankError},
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use rokad_domain::{
    Paise, Private, UnixMs,
    acquirer::{Answer, BankRef, Card, ChargeOrder, Means},
    card::{CardNumber, Cvv, Expiry},
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

pub const KEY: &str = "a key of the sandbox";
/// When every test begins.
pub const START: i64 = 1_767_225_600_000;
/// How long charges are good for.
pub const GOOD_FOR: i64 = 60_000;
/// A card whose customer goes to a 3-D Secure page.
pub const GOOD_CARD: &str = "5123456789012346";
/// Where customers come back to.
pub const RETURN_URL: &str = "http://shop.example:7300/back/1?a=b";
/// What every charge of these tests comes to.
pub const AMOUNT: i64 = 12_345_600;

pub struct World {
    pub dir: TempDir,
    pub time: Arc<AtomicI64>,
    pub acquirer: Acquirer,
    pub base: String,
    pub rail: AcquirerRail,
}

impl World {
    /// A new acquirer.
    pub async fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(START))).await
    }

    async fn on(dir: TempDir, time: Arc<AtomicI64>) -> Self {
        let acquirer = open(dir.path(), &time).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = acquirer.router(KEY);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let rail = AcquirerRail::new(&base, KEY).unwrap();
        Self {
            dir,
            time,
            acquirer,
            base,
            rail,
        }
    }

    /// Closes the acquirer and opens it again.
    pub async fn restart(self) -> Self {
        self.acquirer.close();
        Self::on(self.dir, self.time).await
    }

    pub fn journal(&self) -> PathBuf {
        journal(self.dir.path())
    }

    /// Moves the clock, and the acquirer with it.
    pub async fn pass(&self, ms: i64) {
        self.time.fetch_add(ms, Ordering::SeqCst);
        self.acquirer.tick().await.unwrap();
    }

    pub async fn charge(&self, reference: &str, means: Means) -> Answer {
        self.rail.charge(order(reference, means)).await
    }

    pub async fn ask(&self, reference: &str) -> Answer {
        self.rail.ask(&question(reference)).await
    }

    pub async fn call_off(&self, reference: &str) -> Answer {
        self.rail.call_off(&question(reference)).await
    }

    /// Charges, and gives the address of the page that the customer must go to.
    pub async fn page_of(&self, reference: &str, means: Means) -> String {
        page(&self.charge(reference, means).await)
    }

    /// What was captured: (reference, RRN), in order. The totals must say the same.
    pub async fn captured(&self) -> Vec<(String, String)> {
        let (status, statement) = self.api("GET", "/v1/charges?limit=10000", "").await;
        assert_eq!(status, 200);
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let entries = statement["entries"].as_array().unwrap();
        let totals = &statement["totals"];
        let sum: i64 = entries.iter().map(|e| e["amount_paise"].as_i64().unwrap()).sum();
        assert_eq!(
            (&totals["captured"], &totals["captured_paise"]),
            (&entries.len().into(), &sum.into())
        );
        entries
            .iter()
            .map(|e| (text(&e["reference"]), text(&e["rrn"])))
            .collect()
    }

    pub async fn api(&self, method: &str, path: &str, body: &str) -> (StatusCode, Value) {
        let answer = http(&format!("{}{path}", self.base), method, Some(KEY), body).await;
        (answer.0, serde_json::from_slice(&answer.2).unwrap())
    }
}

pub fn open(dir: &Path, time: &Arc<AtomicI64>) -> Result<Acquirer, BankError> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let time = time.clone();
    let chance = || u128::from(NEXT.fetch_add(1, Ordering::SeqCst)).to_be_bytes();
    Acquirer::open(
        dir,
        Arc::new(move || UnixMs(time.load(Ordering::SeqCst))),
        Arc::new(chance),
    )
}

pub fn journal(dir: &Path) -> PathBuf {
    dir.join("acquirer.journal")
}

/// One request, as a browser or a tool makes it: redirects are not followed.
pub async fn http(uri: &str, method: &str, key: Option<&str>, body: &str) -> (StatusCode, HeaderMap, Bytes) {
    let mut request = Request::builder()
        .method(method)
        .uri(uri)
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let request = request.body(Full::from(body.to_owned())).unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    (
        parts.status,
        parts.headers,
        body.collect().await.unwrap().to_bytes(),
    )
}

/// What a page shows.
pub async fn get(page: &str) -> String {
    let (status, _, html) = http(page, "GET", None, "").await;
    assert_eq!(status, 200);
    String::from_utf8(html.to_vec()).unwrap()
}

/// Sends a form. Gives where the customer is sent.
pub async fn post(page: &str, form: &str) -> String {
    let (status, headers, _) = http(page, "POST", None, form).await;
    assert_eq!(status, 303, "{form}");
    headers["location"].to_str().unwrap().to_owned()
}

pub fn order(reference: &str, means: Means) -> ChargeOrder {
    ChargeOrder {
        reference: reference.into(),
        amount: Paise::new(AMOUNT).unwrap(),
        means,
        return_url: RETURN_URL.into(),
        not_after: UnixMs(START + GOOD_FOR),
    }
}

pub fn question(reference: &str) -> ChargeQuestion {
    ChargeQuestion {
        reference: reference.into(),
        amount: Paise::new(AMOUNT).unwrap(),
        not_after: UnixMs(START + GOOD_FOR),
    }
}

/// A card with the CVV that its scheme's magic cards have.
pub fn card(number: &str) -> Means {
    let scheme = CardNumber::read(number).unwrap().scheme().unwrap();
    card_with(
        number,
        "12/2099",
        if scheme.cvv_len() == 4 { "1234" } else { "123" },
    )
}

pub fn card_with(number: &str, expiry: &str, cvv: &str) -> Means {
    let number = CardNumber::read(number).unwrap();
    Means::Card(Card {
        cvv: Cvv::read(cvv, number.scheme().unwrap()).unwrap(),
        expiry: Expiry::read(expiry).unwrap(),
        name: Private::new("Asha Rao".into()),
        number,
    })
}

pub fn upi(vpa: &str) -> Means {
    Means::Upi(Private::new(vpa.into()))
}

/// The page of an answer that must be "waiting" at one.
pub fn page(answer: &Answer) -> String {
    match answer {
        Answer::Waiting(Some(page)) => page.clone(),
        Answer::Waiting(None) | Answer::Captured(_) | Answer::Refused(_) | Answer::Silent => {
            panic!("no page: {answer:?}")
        }
    }
}

/// The RRN of an answer that must be "captured".
pub fn rrn(answer: &Answer) -> BankRef {
    match answer {
        Answer::Captured(rrn) => rrn.clone(),
        Answer::Waiting(_) | Answer::Refused(_) | Answer::Silent => panic!("not captured: {answer:?}"),
    }
}
