//! Requests as bytes, rendered once; only what has to differ is written anew from one to the next.

use serde_json::json;

use super::payment::{Orders, StatusCalls};
use super::random::{ORDER_ID_LEN, Random};
use crate::echo;

/// Rupees of each payout: small, so that a funded wallet and the sandbox bank outlast any run.
const AMOUNT_RUPEES: u32 = 7;

/// No magic account of the sandbox bank: it pays at once.
const ACCOUNT_NO: &str = "31200455667788";

/// Stands where the order id goes. Its length is the order id's.
const SLOT: &str = "ORDERIDSLOT00";
const _: () = assert!(SLOT.len() == ORDER_ID_LEN);

/// Endless requests of one kind.
pub enum Requests {
    /// Payouts, of one or many merchants.
    Payouts(Payouts),
    /// Customers whom a merchant sends to pay.
    Payments(Orders),
    /// What became of payments?
    Status(StatusCalls),
    /// Pages, again and again: their requests, whole.
    Pages(Vec<Vec<u8>>),
}

impl Requests {
    /// Payouts of these merchants, who take turns at random.
    pub fn of(pids: &[String]) -> Self {
        Self::Payouts(Payouts::of(pids))
    }

    /// Writes the next request over `request`.
    pub fn next(&self, random: &mut Random, request: &mut Vec<u8>) {
        request.clear();
        match self {
            Self::Payouts(payouts) => payouts.next(random, request),
            Self::Payments(orders) => orders.next(request),
            Self::Status(calls) => calls.next(random, request),
            Self::Pages(pages) => {
                let turn = random.next() % pages.len() as u64;
                request.extend_from_slice(&pages[turn as usize]);
            }
        }
    }

    /// The status of an answer that says yes.
    pub fn good_status(&self) -> u16 {
        match self {
            Self::Payments(_) => 302,
            Self::Payouts(_) | Self::Status(_) | Self::Pages(_) => 200,
        }
    }
}

struct Template {
    bytes: Vec<u8>,
    slot: usize,
}

/// Endless payouts of one or many merchants.
pub struct Payouts(Vec<Template>);

impl Payouts {
    fn of(pids: &[String]) -> Self {
        assert!(!pids.is_empty(), "requests need a merchant");
        Self(pids.iter().map(|pid| Template::of(pid)).collect())
    }

    fn next(&self, random: &mut Random, request: &mut Vec<u8>) {
        let turn = random.next() % self.0.len() as u64;
        let template = &self.0[turn as usize];
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
