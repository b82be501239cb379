//! A shop that collects: signs its orders, and hears what became of them in the three ways that have to agree.

use super::checkout::{Browser, Page};
use crate::{
    house::House,
    http::{Answer, bytes, say},
};
use rokad_wire::collect::verify_post_back;
use serde_json::Value;
use sha2::{Digest, Sha512};
use std::sync::atomic::{AtomicU64, Ordering};

pub const PAYMENT: &str = "/_payment";
pub const STATUS: &str = "/payment/payment/chkMerchantTxnStatus";
pub const RESPONSE: &str = "/payment/op/getPaymentResponse";

pub const SURL: &str = "https://shop.example/paid?from=rokad&x=1";
pub const FURL: &str = "https://shop.example/failed";

/// The texts of a request under its hash, before the salt. Source: contract.md §3.1.
pub const HASHED: [&str; 16] = [
    "key",
    "txnid",
    "amount",
    "productinfo",
    "firstname",
    "email",
    "udf1",
    "udf2",
    "udf3",
    "udf4",
    "udf5",
    "udf6",
    "udf7",
    "udf8",
    "udf9",
    "udf10",
];

/// What a shop knows of itself.
#[derive(Clone)]
pub struct Shop {
    pub key: String,
    pub salt: String,
    pub authorization: String,
    pub browser: Browser,
}

/// The form of one order, in the order of its fields.
#[derive(Clone)]
pub struct Order(pub Vec<(String, String)>);

/// What a shop was told of a payment, in all three ways.
pub struct Told {
    pub status: String,
    pub unmapped: String,
    pub error: String,
    pub url: String,
    pub fields: Vec<(String, String)>,
}

pub fn sha512(text: &str) -> String {
    hex::encode(Sha512::digest(text.as_bytes()))
}

/// A txnid that no other order of this run has.
pub fn txnid() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("T-{:06}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl Order {
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(its, _)| its == name)
            .map_or("", |(_, text)| text)
    }

    pub fn txnid(&self) -> &str {
        self.get("txnid")
    }

    /// The same with another text; its hash stays.
    pub fn with(&self, name: &str, text: &str) -> Self {
        let mut changed = self.clone();
        match changed.0.iter_mut().find(|(its, _)| its == name) {
            Some((_, its)) => text.clone_into(its),
            None => changed.0.push((name.to_owned(), text.to_owned())),
        }
        changed
    }

    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(its, _)| its != name).cloned().collect())
    }

    /// The body that a browser posts.
    pub fn form(&self) -> String {
        let fields = self
            .0
            .iter()
            .map(|(name, text)| format!("{name}={}", encoded(text)));
        fields.collect::<Vec<_>>().join("&")
    }

    pub fn json(&self) -> Value {
        self.0
            .iter()
            .map(|(name, text)| (name.clone(), Value::from(text.clone())))
            .collect()
    }
}

impl Shop {
    /// An order of so many rupees, with every field that the document names, signed.
    pub fn order(&self, amount: &str) -> Order {
        let txnid = txnid();
        let texts = [
            ("key", self.key.as_str()),
            ("txnid", &txnid),
            ("amount", amount),
            ("productinfo", "Blue pen, 2 pieces"),
            ("firstname", "Asha"),
            ("lastname", "Rao"),
            ("address1", "12/3 M.G. Road"),
            ("address2", "Camp"),
            ("city", "Pune"),
            ("state", "Maharashtra"),
            ("country", "India"),
            ("zipcode", "411001"),
            ("email", "asha@example.com"),
            ("phone", "9876543210"),
            ("udf1", "one"),
            ("udf2", ""),
            ("udf3", "three & 3"),
            ("udf4", ""),
            ("udf5", ""),
            ("surl", SURL),
            ("furl", FURL),
            ("service_provider", "payu_paisa"),
        ];
        let order = Order(
            texts
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .to_vec(),
        );
        self.signed(&order)
    }

    /// The same order under a hash that fits.
    pub fn signed(&self, order: &Order) -> Order {
        order.with("hash", &self.hash(order))
    }

    pub fn hash(&self, order: &Order) -> String {
        let texts = HASHED.map(|name| order.get(name));
        sha512(&format!("{}|{}", texts.join("|"), self.salt))
    }

    pub fn ask_payment(&self, order: &Order, headers: &[(&str, &str)]) -> Answer {
        self.browser.post(PAYMENT, &order.form(), headers)
    }

    /// One of the calls that ask, signed on as this shop; `more` is a form without `merchantKey`.
    pub fn ask(&self, path: &str, more: &str) -> Answer {
        let form = format!("merchantKey={}&{more}", self.key);
        self.browser
            .post(path, &form, &[("authorization", &self.authorization)])
    }

    /// The one result that a call has for this order.
    pub fn result(&self, path: &str, order: &Order) -> Value {
        let answer = self.ask(
            path,
            &format!("merchantTransactionIds={}", encoded(order.txnid())),
        );
        let json = answer.json();
        assert_eq!((answer.status, &json["status"]), (200, &Value::from(0)), "{json}");
        let list = json["result"].as_array().unwrap();
        assert_eq!(
            (list.len(), list[0]["merchantTransactionId"].as_str()),
            (1, Some(order.txnid())),
            "{json}"
        );
        list[0].clone()
    }

    /// The word of chkMerchantTxnStatus.
    pub fn word(&self, order: &Order) -> String {
        self.result(STATUS, order)["status"].as_str().unwrap().to_owned()
    }

    /// How many payments this shop has.
    pub fn payments(&self) -> usize {
        self.ask(RESPONSE, "count=100").json()["result"]
            .as_array()
            .unwrap()
            .len()
    }

    /// What the post-back of the page says, once its hash was verified by two programs, and the two calls agreed.
    pub fn told(&self, order: &Order, page: &Page) -> Told {
        let (url, fields) = page.post_back();
        let get = |name: &str| {
            let found = fields.iter().find(|(its, _)| its == name);
            found.map_or_else(|| panic!("no {name}"), |(_, text)| text.as_str())
        };
        let mut reversed = HASHED;
        reversed.reverse();
        let texts = reversed.map(get);
        let hash = sha512(&format!("{}|{}|{}", self.salt, get("status"), texts.join("|")));
        assert_eq!(get("hash"), hash, "{fields:?}");
        let body = Order(fields.clone()).form();
        let verified = verify_post_back(body.as_bytes(), &self.key, &[&self.salt]).unwrap();
        assert_eq!(
            (verified.txnid.as_str(), verified.error.as_str()),
            (order.txnid(), get("error"))
        );
        self.agree(order, &fields);
        Told {
            status: get("status").to_owned(),
            unmapped: get("unmappedstatus").to_owned(),
            error: get("error").to_owned(),
            url,
            fields: fields.clone(),
        }
    }

    /// What the calls say is what was posted back.
    fn agree(&self, order: &Order, fields: &[(String, String)]) {
        /// Where the document's samples themselves differ: in form, or in what there is.
        const OTHERWISE: [&str; 5] = [
            "isConsentPayment",
            "amount",
            "hash",
            "PG_TYPE",
            "encryptedPaymentId",
        ];
        let param = self.result(RESPONSE, order)["postBackParam"].clone();
        for (name, posted) in fields
            .iter()
            .filter(|(name, _)| !OTHERWISE.contains(&name.as_str()))
        {
            let said = param[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name} in {param}"));
            assert_eq!(said, posted, "{name}");
        }
        let word = match param["unmappedstatus"].as_str().unwrap() {
            "captured" => "Money with Payumoney",
            "failed" => "Failed",
            "userCancelled" => "CancelledByUser",
            "pending" => "Initiated",
            "dropped" => "Dropped",
            other => panic!("{other}"),
        };
        assert_eq!(self.word(order), word);
    }
}

impl House {
    /// The merchant that every sandbox has, as a shop.
    pub fn shop(&self) -> Shop {
        self.shop_of(["key", "salt", "authorization"].map(|name| self.fact(&format!("/collect/{name}"))))
    }

    fn shop_of(&self, [key, salt, authorization]: [&str; 3]) -> Shop {
        Shop {
            key: key.to_owned(),
            salt: salt.to_owned(),
            authorization: authorization.to_owned(),
            browser: Browser::new(self.client.clone(), self.fact("/url")),
        }
    }

    /// Another shop, of which the server beside will know in a moment; and its PID.
    pub fn new_shop(&self) -> (Shop, String) {
        self.new_shop_with(&[])
    }

    /// The same, with terms of its own.
    pub fn new_shop_with(&self, terms: &[&str]) -> (Shop, String) {
        let (shop, added) = self.new_shop_as_added(terms);
        (shop, added["pid"].as_str().unwrap().to_owned())
    }

    /// The same, with all that was printed of it.
    pub fn new_shop_as_added(&self, terms: &[&str]) -> (Shop, Value) {
        let add = [
            "merchant",
            "add",
            "--name",
            "Second shop",
            "--address",
            "127.0.0.1",
            "--json",
        ];
        let added = self.tell(&[&add, terms].concat());
        let added: Value = serde_json::from_str(&added).unwrap();
        let text = |pointer: &str| added.pointer(pointer).and_then(Value::as_str).unwrap();
        let shop = self.shop_of(["/collect/key", "/collect/salt", "/collect/authorization"].map(text));
        crate::waiting::until("the server knows the shop", || {
            shop.ask(RESPONSE, "count=1").status == 200
        });
        (shop, added)
    }

    /// What is said byte for byte.
    pub fn say(&self, method: &str, target: &str, headers: &[&str], body: &[u8]) -> Answer {
        say(self.address(), &bytes(method, target, headers, body))
    }

    /// How often the acquirer took exactly so many rupees.
    pub fn captured_at_the_acquirer(&self, rupees: i64) -> usize {
        let book = self.bank("/v1/charges?limit=10000");
        let entries = book["entries"].as_array().unwrap();
        entries
            .iter()
            .filter(|entry| entry["amount_paise"] == rupees * 100)
            .count()
    }
}
