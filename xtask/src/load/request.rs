//! Payout requests as bytes, rendered once per merchant; only the order id changes from one to the next.

use serde_json::json;

use super::random::{ORDER_ID_LEN, Random};
use crate::echo;

/// Rupees of each payout: small, so that a funded wallet and the sandbox bank outlast any run.
const AMOUNT_RUPEES: u32 = 7;

/// No magic account of the sandbox bank: it pays at once.
const ACCOUNT_NO: &str = "31200455667788";

/// Stands where the order id goes. Its length is the order id's.
const SLOT: &str = "ORDERIDSLOT00";
const _: () = assert!(SLOT.len() == ORDER_ID_LEN);

struct Template {
    bytes: Vec<u8>,
    slot: usize,
}

/// Endless requests of one or many merchants.
pub struct Requests(Vec<Template>);

impl Requests {
    /// `pids` take turns at random.
    pub fn of(pids: &[String]) -> Self {
        assert!(!pids.is_empty(), "requests need a merchant");
        Self(pids.iter().map(|pid| Template::of(pid)).collect())
    }

    /// Writes the next request over `request`.
    pub fn next(&self, random: &mut Random, request: &mut Vec<u8>) {
        let turn = random.next() % self.0.len() as u64;
        let template = &self.0[turn as usize];
        request.clear();
        request.extend_from_slice(&template.bytes);
        request[template.slot..template.slot + ORDER_ID_LEN].copy_from_slice(&random.order_id());
    }
}

impl Template {
    fn of(pid: &str) -> Self {
        let body = json!({
            "payment_mode": "imps", "pid": pid, "order_id": SLOT, "amount": AMOUNT_RUPEES,
            "account_holder": "Asha Rao", "account_no": ACCOUNT_NO, "ifsc": "HDFC0001234",
            "bank": "HDFC Bank", "bank_address": "Fort, Mumbai",
            "email": "asha@example.in", "phone": "9000000001",
        })
        .to_string();
        let (path, length) = (echo::PATH, body.len());
        let text = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        let slot = text.find(SLOT).expect("the body holds the slot");
        Self {
            bytes: text.into_bytes(),
            slot,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::http::frame;

    #[test]
    fn each_request_is_whole_and_has_its_own_order() {
        let requests = Requests::of(&["P1".to_owned(), "P2".to_owned()]);
        let (mut random, mut bytes, mut seen) = (Random::fresh(), Vec::new(), Vec::new());
        for _ in 0..50 {
            requests.next(&mut random, &mut bytes);
            let framed = frame(&bytes).unwrap().unwrap();
            assert_eq!(framed.whole, bytes.len());
            let body: serde_json::Value = serde_json::from_slice(&bytes[framed.head..]).unwrap();
            seen.push(body["order_id"].as_str().unwrap().to_owned());
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 50);
    }
}
