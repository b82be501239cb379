//! The merchant, and its program's way to ask: again and again until there is an answer.

use crate::{orders::Order, place::Place, waiting::pause};
use rokad_wire::payout::{VerifiedPoll, accepted, sign_poll, verify_poll_answer};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use ureq::Agent;

/// What it pays for a payout, with 18 % GST on it.
pub const FEE_FLAT_PAISE: i64 = 250;
pub const FEE_BPS: i64 = 35;

/// What it pays for a payment collected, with 18 % GST on it.
pub const COLLECT_FEE_FLAT_PAISE: i64 = 150;
pub const COLLECT_FEE_BPS: i64 = 190;

/// What it brings, in rupees: less than the largest payout that its contract allows.
pub const WALLET_RUPEES: i64 = 400_000;

/// How long it waits for one answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks without an answer after which it gives up: the gateway is gone for good.
const UNANSWERED_MAX: u32 = 10_000;

pub struct Merchant {
    pub pid: String,
    pub secret: String,
    pub signing: String,
    pub collect: Collect,
    url: String,
    agent: Agent,
    accepted: AtomicU64,
    unanswered: AtomicU64,
}

/// What it collects with.
pub struct Collect {
    pub key: String,
    pub salt: String,
    pub authorization: String,
}

/// A definite answer to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// With its ref_code.
    Accepted(String),
    /// With HTTP status and code.
    Refused(u16, String),
}

impl Answer {
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }
}

/// What a poll says, and the statuses in its log, oldest first.
pub struct Polled {
    pub said: VerifiedPoll,
    pub log: Vec<String>,
}

impl Merchant {
    pub fn add(place: &Place, callback_url: &str) -> Self {
        let rupees = |paise: i64| format!("{}.{:02}", paise / 100, paise % 100);
        let (flat, bps) = (rupees(FEE_FLAT_PAISE), FEE_BPS.to_string());
        let (collect_flat, collect_bps) = (rupees(COLLECT_FEE_FLAT_PAISE), COLLECT_FEE_BPS.to_string());
        let fund = WALLET_RUPEES.to_string();
        let terms = ["--fee-flat", &flat, "--fee-bps", &bps, "--fund", &fund];
        let collect_terms = [
            "--collect-fee-flat",
            &collect_flat,
            "--collect-fee-bps",
            &collect_bps,
        ];
        let rest = [
            "--name",
            "Storm",
            "--address",
            "127.0.0.1",
            "--callback-url",
            callback_url,
            "--json",
        ];
        let said = place.run(
            &["merchant", "add"],
            &[&rest[..], &terms, &collect_terms].concat(),
        );
        let said: Value = serde_json::from_str(&said).unwrap();
        let text = |name: &str| said[name].as_str().expect(name).to_owned();
        let collect = |name: &str| said["collect"][name].as_str().expect(name).to_owned();
        let config = Agent::config_builder().http_status_as_error(false).proxy(None);
        Self {
            pid: text("pid"),
            secret: text("secret_key"),
            signing: text("callback_signing"),
            collect: Collect {
                key: collect("key"),
                salt: collect("salt"),
                authorization: collect("authorization"),
            },
            url: format!("http://{}/payout/api", place.listen()),
            agent: config.timeout_global(Some(PATIENCE)).build().into(),
            accepted: AtomicU64::new(0),
            unanswered: AtomicU64::new(0),
        }
    }

    /// Asks for a payout, with the same fields, until there is a definite answer.
    pub fn ask(&self, order: &Order) -> Answer {
        let body = self.body(order);
        for _ in 0..UNANSWERED_MAX {
            if let Some(answer) = self.post("request.php", &body).and_then(definite) {
                self.accepted
                    .fetch_add(u64::from(answer.is_accepted()), Ordering::Relaxed);
                return answer;
            }
            self.unanswered.fetch_add(1, Ordering::Relaxed);
            pause(Duration::from_millis(4));
        }
        panic!("there was no answer to order {}", order.id);
    }

    /// Asks what became of a payout, while the program is not killed any more.
    pub fn poll(&self, ref_code: &str) -> Polled {
        let body = json!(sign_poll(&self.pid, ref_code, &self.secret));
        let (status, said) = self
            .post("status_polling.php", &body)
            .expect("an answer to a poll");
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&said));
        let json: Value = serde_json::from_slice(&said).unwrap();
        let word = |change: &Value| change["status"].as_str().unwrap().to_owned();
        Polled {
            said: verify_poll_answer(&said, &self.secret).unwrap(),
            log: json["transaction_info"]
                .as_array()
                .unwrap()
                .iter()
                .map(word)
                .collect(),
        }
    }

    /// How many requests were accepted, repeated ones too.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// How many requests had no answer, or none that tells.
    pub fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    fn body(&self, order: &Order) -> Value {
        json!({
            "payment_mode": "imps", "pid": self.pid, "order_id": order.id, "amount": order.rupees,
            "account_holder": "Asha Rao", "account_no": order.account_no, "ifsc": "SBIN0000300", "bank": "SBI",
        })
    }

    /// HTTP status and body. `None`: the whole of an answer did not come.
    fn post(&self, page: &str, body: &Value) -> Option<(u16, Vec<u8>)> {
        let request = self
            .agent
            .post(format!("{}/{page}", self.url))
            .content_type("application/json");
        let mut response = request.send(body.to_string()).ok()?;
        let status = response.status().as_u16();
        Some((status, response.body_mut().read_to_vec().ok()?))
    }
}

/// What an answer says for certain. `None`: a trouble of the server, that leaves it open.
fn definite((status, body): (u16, Vec<u8>)) -> Option<Answer> {
    match status {
        200 => Some(Answer::Accepted(
            accepted::read(&body).expect("a 200 is an acceptance").ref_code,
        )),
        400..500 => {
            let said: Value = serde_json::from_slice(&body).expect("a refusal is JSON");
            Some(Answer::Refused(status, said["code"].as_str().unwrap().to_owned()))
        }
        500.. => None,
        other => panic!("HTTP status {other}"),
    }
}
