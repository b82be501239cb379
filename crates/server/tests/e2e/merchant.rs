//! A merchant, as its own server speaks: asks for payouts, polls, and knows its secrets.

use crate::{
    house::{House, paise},
    http::Answer,
    waiting::{found, until},
};
use rokad_wire::payout::{sign_poll, verify_poll_answer};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

pub const REQUEST: &str = "/payout/api/request.php";
pub const POLL: &str = "/payout/api/status_polling.php";

/// An ordinary account: the bank pays at once.
pub const ORDINARY: &str = "784731234567";

/// What a merchant knows of itself.
#[derive(Clone)]
pub struct Merchant {
    pub pid: String,
    pub secret: String,
    /// Its Standard Webhooks secret.
    pub signing: String,
}

/// An order_id that no other order of this test has.
pub fn order_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("ORDER{:06}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Merchant {
    /// The body of a request, with an order_id of its own.
    pub fn order(&self, rupees: i64, account_no: &str) -> Value {
        json!({
            "payment_mode": "imps", "pid": self.pid, "order_id": order_id(), "amount": rupees,
            "account_holder": "Asha Rao", "account_no": account_no, "bank": "SBI", "ifsc": "SBIN0000300",
            "bank_address": "Pune", "email": "asha@example.com", "phone": "8754850254",
        })
    }

    /// The signed body of a poll.
    pub fn poll(&self, ref_code: &str) -> Vec<u8> {
        serde_json::to_vec(&sign_poll(&self.pid, ref_code, &self.secret)).unwrap()
    }
}

impl House {
    /// Adds a merchant that calls from this machine and has ten lakh rupees, and waits until the server knows it.
    pub fn merchant(&self, args: &[&str]) -> Merchant {
        let from = if args.contains(&"--address") {
            &[][..]
        } else {
            &["--address", "127.0.0.0/8"]
        };
        let merchant = self.unknown_merchant(&[args, from, &["--fund", "1000000"]].concat());
        let question = json!({ "pid": merchant.pid }).to_string();
        until("the server knows the merchant", || {
            self.post(REQUEST, question.as_bytes()).status != 401
        });
        merchant
    }

    /// Adds a merchant, of which the server beside will know in a moment.
    pub fn unknown_merchant(&self, args: &[&str]) -> Merchant {
        let added = self.tell(&[&["merchant", "add", "--name", "Shop of the test", "--json"], args].concat());
        let added: Value = serde_json::from_str(&added).unwrap();
        let text = |name: &str| added[name].as_str().unwrap().to_owned();
        Merchant {
            pid: text("pid"),
            secret: text("secret_key"),
            signing: text("callback_signing"),
        }
    }

    pub fn request(&self, body: &Value) -> Answer {
        self.post(REQUEST, body.to_string().as_bytes())
    }

    /// Pays so much to an ordinary account. The ref_code.
    pub fn pay(&self, merchant: &Merchant, rupees: i64) -> String {
        self.pay_to(merchant, rupees, ORDINARY)
    }

    pub fn pay_to(&self, merchant: &Merchant, rupees: i64, account_no: &str) -> String {
        let answer = self.request(&merchant.order(rupees, account_no));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.field("ref_code")
    }

    pub fn poll(&self, merchant: &Merchant, ref_code: &str) -> Answer {
        self.post(POLL, &merchant.poll(ref_code))
    }

    /// What a poll answers, once its seal was verified.
    pub fn status(&self, merchant: &Merchant, ref_code: &str) -> Value {
        let answer = self.poll(merchant, ref_code);
        assert_eq!(answer.status, 200, "{}", answer.text());
        verify_poll_answer(&answer.body, &merchant.secret).unwrap();
        answer.json()
    }

    /// Polls until the payout has come to `status`.
    pub fn becomes(&self, merchant: &Merchant, ref_code: &str, status: &str) -> Value {
        found(&format!("the payout becomes {status}"), || {
            Some(self.status(merchant, ref_code)).filter(|said| said["status"] == status)
        })
    }

    /// Polls until the callback of the present status is acknowledged.
    pub fn is_acknowledged(&self, merchant: &Merchant, ref_code: &str) {
        until("the callback is acknowledged", || {
            self.status(merchant, ref_code)["webhook_acknowledged"] == "1"
        });
    }

    /// What a merchant may spend, and what is set aside, in paise.
    pub fn wallet(&self, merchant: &Merchant) -> (i64, i64) {
        let shown = self.tell(&["merchant", "show", &merchant.pid]);
        let row = |name: &str| {
            shown
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .trim()
                .to_owned()
        };
        (paise(&row("available")), paise(&row("held")))
    }
}
