//! The merchant's side of a payment: the signed form that sends a customer to pay, what it believes of a post-back, and
//! the calls by which it asks.

use super::browser::Browser;
use crate::merchant::Merchant;
use rokad_wire::collect::{Ask, Paise, VerifiedPostBack, sign_payment, verify_post_back};
use serde_json::Value;
use std::{
    collections::HashMap,
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// Every order has its own amount, so that a book which knows nothing of our numbers still tells which payment it means.
const LEAST_PAISE: i64 = 10_000;

/// Ids in one status call at most. Source: the document.
const IDS_MAX: usize = 50;

pub struct Till {
    merchant: Arc<Merchant>,
    sold: AtomicI64,
}

/// What a customer has to pay.
#[derive(Clone, Debug)]
pub struct Bill {
    pub txnid: String,
    pub paise: i64,
}

impl Till {
    pub fn of(merchant: &Arc<Merchant>) -> Self {
        Self {
            merchant: merchant.clone(),
            sold: AtomicI64::new(0),
        }
    }

    /// What it shows at the calls by which it asks.
    pub fn authorization(&self) -> &str {
        &self.merchant.collect.authorization
    }

    pub fn sell(&self) -> Bill {
        let number = self.sold.fetch_add(1, Ordering::Relaxed);
        Bill {
            txnid: format!("C{number:07}"),
            paise: LEAST_PAISE + number,
        }
    }

    /// The form that asks for a payment.
    pub fn form(&self, bill: &Bill) -> Vec<(&'static str, String)> {
        let ask = Ask {
            txnid: &bill.txnid,
            amount: Paise::new(bill.paise).unwrap(),
            productinfo: "Storm lantern",
            firstname: "Asha",
            email: "asha@example.com",
            phone: "9876543210",
            surl: "http://127.0.0.1:9/paid",
            furl: "http://127.0.0.1:9/failed",
            ..Ask::default()
        };
        let collect = &self.merchant.collect;
        let form = sign_payment(&ask, &collect.key, &collect.salt);
        form.into_iter()
            .map(|(name, text)| (name, text.into_owned()))
            .collect()
    }

    /// What a post-back says. Its hash has to fit, or the shop would not hear of its money.
    pub fn believes(&self, fields: &[(String, String)]) -> VerifiedPostBack {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, text)| format!("{name}={}", encode(text)))
            .collect();
        let collect = &self.merchant.collect;
        let told = verify_post_back(body.join("&").as_bytes(), &collect.key, &[&collect.salt]);
        told.unwrap_or_else(|error| panic!("{error}: {fields:?}"))
    }

    /// Status and paise of payments, by chkMerchantTxnStatus.
    pub fn statuses(&self, browser: &Browser, txnids: &[&str]) -> HashMap<String, (String, i64)> {
        let mut statuses = HashMap::new();
        for ids in txnids.chunks(IDS_MAX) {
            for one in self.ask(browser, "/payment/payment/chkMerchantTxnStatus", ids) {
                let text = |name: &str| one[name].as_str().unwrap().to_owned();
                let amount = Paise::parse_rupees(&one["amount"].to_string()).unwrap();
                let told = (text("status"), amount.get());
                statuses.insert(text("merchantTransactionId"), told);
            }
        }
        statuses
    }

    /// The bank's references of paid payments, by getPaymentResponse.
    pub fn bank_refs(&self, browser: &Browser, txnids: &[&str]) -> HashMap<String, String> {
        let mut references = HashMap::new();
        for ids in txnids.chunks(IDS_MAX) {
            for one in self.ask(browser, "/payment/op/getPaymentResponse", ids) {
                let text = |name: &str| one["postBackParam"][name].as_str().unwrap().to_owned();
                references.insert(text("txnid"), text("bank_ref_num"));
            }
        }
        references
    }

    fn ask(&self, browser: &Browser, call: &str, ids: &[&str]) -> Vec<Value> {
        let query = encode(&ids.join("|"));
        let at = format!("{call}?merchantTransactionIds={query}");
        let said = browser.get_as(&at, &self.merchant.collect.authorization);
        assert_eq!(said.status, 200, "{}", said.body);
        let said: Value = serde_json::from_str(&said.body).unwrap();
        said["result"].as_array().expect("a list of payments").clone()
    }
}

fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
    }
    encoded
}
