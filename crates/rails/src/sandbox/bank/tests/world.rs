//! A bank on loopback with a clock of its own, and a rail that talks to it.

use crate::{
    payout::{PayoutRail, Question},
    sandbox::{
        SandboxRail,
        bank::{Bank, BankError, SeedAccount},
    },
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use rokad_domain::{
    Paise, Private, UnixMs,
    payout::Beneficiary,
    rail::{Answer, Instruction, News, Utr},
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tempfile::TempDir;

pub const KEY: &str = "a key of the sandbox";
pub const FROM: &str = "50100200300400";
pub const OPENING: i64 = 1_000_000_000;
/// When every test begins.
pub const START: i64 = 1_767_225_600_000;
/// How long instructions are good for.
pub const GOOD_FOR: i64 = 60_000;

pub struct World {
    pub dir: TempDir,
    pub time: Arc<AtomicI64>,
    pub bank: Bank,
    pub base: String,
    pub rail: SandboxRail,
}

impl World {
    /// A new bank with one account.
    pub async fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(START))).await
    }

    async fn on(dir: TempDir, time: Arc<AtomicI64>) -> Self {
        let bank = open(dir.path(), &time).unwrap();
        let base = serve(&bank).await;
        let rail = SandboxRail::new(&base, KEY).unwrap();
        Self {
            dir,
            time,
            bank,
            base,
            rail,
        }
    }

    /// Closes the bank and opens it again.
    pub async fn restart(self) -> Self {
        self.bank.close();
        Self::on(self.dir, self.time).await
    }

    pub fn journal(&self) -> PathBuf {
        self.dir.path().join("bank.journal")
    }

    /// Moves the clock, and the bank with it.
    pub async fn pass(&self, ms: i64) {
        self.time.fetch_add(ms, Ordering::SeqCst);
        self.bank.tick().await.unwrap();
    }

    pub async fn pay(&self, reference: &str, account_no: &str, rupees: i64) -> Answer {
        self.rail.send(&instruction(reference, account_no, rupees)).await
    }

    /// Pays a rupee with another deadline.
    pub async fn pay_until(&self, reference: &str, not_after: i64) -> Answer {
        let mut i = instruction(reference, "123456789", 1);
        i.not_after = UnixMs(not_after);
        self.rail.send(&i).await
    }

    pub async fn ask(&self, reference: &str) -> Answer {
        self.rail.ask(&question(reference)).await
    }

    /// All news since `after`, as (reference, what), and the cursor behind them.
    pub async fn news(&self, after: u64) -> (Vec<(String, News)>, u64) {
        let page = self.rail.news(after).await.unwrap();
        (
            page.notices.into_iter().map(|n| (n.reference, n.news)).collect(),
            page.next,
        )
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.http("GET", path, KEY, "").await
    }

    pub async fn post(&self, body: impl ToString) -> (StatusCode, Value) {
        self.http("POST", "/v1/transfers", KEY, &body.to_string()).await
    }

    pub async fn http(&self, method: &str, path: &str, key: &str, body: &str) -> (StatusCode, Value) {
        let (status, text) = raw(&self.base, method, path, key, body).await;
        (
            status,
            serde_json::from_slice(&text).unwrap_or_else(|_| panic!("{status} {text:?}")),
        )
    }

    /// Each booking of the account, as (reference, `paid` or `returned`).
    pub async fn bookings(&self) -> Vec<(String, String)> {
        let (_, statement) = self
            .get(&format!("/v1/accounts/{FROM}/statement?limit=10000"))
            .await;
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let entries = statement["entries"].as_array().unwrap().iter();
        entries
            .map(|e| (text(&e["reference"]), text(&e["booked"])))
            .collect()
    }

    /// What lies in the account, in paise; the book must balance.
    pub async fn balance(&self) -> i64 {
        let (_, audit) = self.get("/v1/verify").await;
        assert_eq!(audit["balanced"], true, "{audit}");
        audit["accounts"][0]["balance_paise"].as_i64().unwrap()
    }
}

pub fn open(dir: &Path, time: &Arc<AtomicI64>) -> Result<Bank, BankError> {
    let time = time.clone();
    let seed = SeedAccount {
        number: FROM.into(),
        holder: "Rokad <Operator>".into(),
        bank: "Sandbox Bank".into(),
        ifsc: "SAND0000001".into(),
        opening: Paise::new(OPENING).unwrap(),
    };
    Bank::open(
        dir,
        Arc::new(move || UnixMs(time.load(Ordering::SeqCst))),
        vec![seed],
    )
}

async fn serve(bank: &Bank) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = bank.router(KEY);
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

pub async fn raw(base: &str, method: &str, path: &str, key: &str, body: &str) -> (StatusCode, Bytes) {
    let request = Request::builder()
        .method(method)
        .uri(format!("{base}{path}"))
        .header("authorization", format!("Bearer {key}"))
        .body(Full::from(body.to_owned()))
        .unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let response = client.request(request).await.unwrap();
    (
        response.status(),
        response.into_body().collect().await.unwrap().to_bytes(),
    )
}

pub fn instruction(reference: &str, account_no: &str, rupees: i64) -> Instruction {
    let nothing = || Private::new(String::new());
    Instruction {
        reference: reference.into(),
        from_account: FROM.into(),
        amount: Paise::from_rupees(rupees).unwrap(),
        to: Beneficiary {
            account_no: Private::new(account_no.into()),
            account_holder: Private::new("आशा Rao".into()),
            ifsc: "SBIN0001234".into(),
            bank: String::new(),
            bank_address: String::new(),
            email: nothing(),
            phone: nothing(),
        },
        not_after: UnixMs(START + GOOD_FOR),
    }
}

pub fn question(reference: &str) -> Question {
    Question {
        reference: reference.into(),
        from_account: FROM.into(),
        not_after: UnixMs(START + GOOD_FOR),
    }
}

/// The same instruction in the bank's own words.
pub fn body(reference: &str, account_no: &str, amount_paise: i64) -> Value {
    serde_json::json!({
        "reference": reference, "from_account": FROM, "amount_paise": amount_paise, "account_no": account_no,
        "ifsc": "SBIN0001234", "account_holder": "आशा Rao", "not_after_ms": START + GOOD_FOR,
    })
}

/// The UTR of an answer that must be "paid".
pub fn utr(answer: &Answer) -> Utr {
    match answer {
        Answer::Paid(utr) => utr.clone(),
        Answer::Refused(_) | Answer::Silent => panic!("not paid: {answer:?}"),
    }
}
