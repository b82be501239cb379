//! Requests of a merchant that collects: the form that sends a customer to pay, signed here, and the call that asks what
//! became of payments.
//!
//! Payments are numbered, and a txnid follows from its number: so a run knows all that it made without keeping it, and
//! yet an index is hit all over.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha512};

use super::random::{ORDER_ID_LEN, Random, scattered_id};

/// Digits of a signature in hex.
const HASH_LEN: usize = 128;

const AMOUNT: &str = "125.00";
const PRODUCT: &str = "Blue pen";
const NAME: &str = "Asha";
const EMAIL: &str = "asha@example.com";

/// What a merchant collects with.
#[derive(Clone)]
pub struct Keys {
    pub key: String,
    pub salt: String,
    pub authorization: String,
}

/// Endless signed payment requests of one merchant.
pub struct Orders {
    template: Vec<u8>,
    txnid_at: usize,
    hash_at: usize,
    key: String,
    salt: String,
    next: AtomicU64,
}

impl Orders {
    /// Numbered from `first`.
    pub fn from(first: u64, keys: &Keys) -> Self {
        let (txnid, hash) = ("T".repeat(ORDER_ID_LEN), "0".repeat(HASH_LEN));
        let key = &keys.key;
        let body = format!(
            "key={key}&txnid={txnid}&amount={AMOUNT}&productinfo=Blue+pen&firstname={NAME}&email=asha%40example.com\
             &phone=9876543210&surl=http%3A%2F%2F127.0.0.1%3A9%2Fpaid&furl=http%3A%2F%2F127.0.0.1%3A9%2Ffailed\
             &service_provider=payu_paisa&hash={hash}"
        );
        let template = post("/_payment", "", &body);
        let at = |slot: &str| template.find(slot).expect("the form holds its slots");
        Self {
            txnid_at: at(&txnid),
            hash_at: at(&hash),
            template: template.into_bytes(),
            key: keys.key.clone(),
            salt: keys.salt.clone(),
            next: AtomicU64::new(first),
        }
    }

    /// How many there are by now, with those from before the first.
    pub fn made(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    pub fn next(&self, request: &mut Vec<u8>) {
        let txnid = scattered_id(self.next.fetch_add(1, Ordering::Relaxed));
        request.clear();
        request.extend_from_slice(&self.template);
        request[self.txnid_at..self.txnid_at + ORDER_ID_LEN].copy_from_slice(&txnid);
        let hash = hex::encode(self.signature(&txnid));
        request[self.hash_at..self.hash_at + HASH_LEN].copy_from_slice(hash.as_bytes());
    }

    /// `key|txnid|amount|productinfo|firstname|email|udf1|…|udf10|salt`. Source: contract.md §3.1.
    fn signature(&self, txnid: &[u8]) -> [u8; 64] {
        let mut sha = Sha512::new();
        sha.update(&self.key);
        sha.update("|");
        sha.update(txnid);
        for text in [AMOUNT, PRODUCT, NAME, EMAIL] {
            sha.update("|");
            sha.update(text);
        }
        sha.update("|||||||||||");
        sha.update(&self.salt);
        sha.finalize().into()
    }
}

/// Endless questions about some of the first payments of a merchant, drawn at random.
pub struct StatusCalls {
    pub keys: Keys,
    /// So many payments were made.
    pub payments: u64,
    /// Ids in one call.
    pub ids: usize,
}

impl StatusCalls {
    pub fn next(&self, random: &mut Random, request: &mut Vec<u8>) {
        let mut body = String::from("merchantTransactionIds=");
        for number in 0..self.ids {
            if number > 0 {
                body.push('|');
            }
            let txnid = scattered_id(random.next() % self.payments);
            body.extend(txnid.map(char::from));
        }
        let papers = format!("Authorization: {}\r\n", self.keys.authorization);
        let text = post("/payment/payment/chkMerchantTxnStatus", &papers, &body);
        request.extend_from_slice(text.as_bytes());
    }
}

/// A form to be posted; `more` are whole lines of its head.
pub fn post(path: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n{more}\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

/// A page to be fetched.
pub fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::http::frame;

    fn keys() -> Keys {
        Keys {
            key: "gtKFFx".to_owned(),
            salt: "eCwWELxi".to_owned(),
            authorization: "secret".to_owned(),
        }
    }

    #[test]
    fn each_order_is_whole_signed_and_has_its_own_number() {
        let (orders, mut one, mut two) = (Orders::from(7, &keys()), Vec::new(), Vec::new());
        orders.next(&mut one);
        orders.next(&mut two);
        assert_ne!(one, two);
        assert_eq!(orders.made(), 9);
        assert_eq!(frame(&one).unwrap().unwrap().whole, one.len());
        let text = String::from_utf8(one).unwrap();
        let field = |name: &str| {
            let (_, rest) = text.split_once(&format!("{name}=")).unwrap();
            rest.split('&').next().unwrap().to_owned()
        };
        let signed = format!(
            "gtKFFx|{}|125.00|Blue pen|Asha|asha@example.com|||||||||||eCwWELxi",
            field("txnid")
        );
        assert_eq!(field("hash"), hex::encode(Sha512::digest(signed)));
    }

    #[test]
    fn who_asks_names_as_many_ids_as_it_should() {
        let calls = StatusCalls {
            keys: keys(),
            payments: 1_000,
            ids: 50,
        };
        let mut request = Vec::new();
        calls.next(&mut Random::fresh(), &mut request);
        assert_eq!(frame(&request).unwrap().unwrap().whole, request.len());
        assert_eq!(request.iter().filter(|byte| **byte == b'|').count(), 49);
    }
}
