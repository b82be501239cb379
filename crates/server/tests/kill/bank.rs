//! The bank's own book and the acquirer's, as they tell them to whoever judges.

use crate::{opening::BANK_ACCOUNT, place::Place};
use rokad_flows::{Keyring, keyring::KEY_LEN};
use serde::{Deserialize, de::DeserializeOwned};
use std::fs;

/// Bookings of a page.
const PAGE: usize = 500;

#[derive(Deserialize, Debug)]
pub struct Booking {
    /// `paid` or `returned`.
    pub booked: String,
    pub reference: String,
    pub amount_paise: i64,
    pub utr: String,
}

/// Money that the acquirer took from a customer.
#[derive(Deserialize, Debug)]
pub struct Capture {
    pub reference: String,
    pub amount_paise: i64,
    pub rrn: String,
}

/// What all charges come to.
#[derive(Deserialize, Clone, Copy)]
pub struct Totals {
    pub charges: usize,
    pub waiting: usize,
    pub refused: usize,
    pub captured: usize,
    pub captured_paise: i64,
}

/// Money that the acquirer paid back to a customer.
#[derive(Deserialize, Debug)]
pub struct PaidBack {
    pub amount_paise: i64,
}

/// What all refunds come to.
#[derive(Deserialize, Clone, Copy)]
pub struct RefundTotals {
    pub under_way: usize,
    pub refunded_paise: i64,
}

#[derive(Deserialize)]
struct Refunds {
    entries: Vec<PaidBack>,
    totals: RefundTotals,
}

#[derive(Deserialize)]
struct Charges {
    entries: Vec<Capture>,
    next: usize,
    totals: Totals,
}

#[derive(Deserialize)]
struct Statement {
    entries: Vec<Booking>,
    next: usize,
}

#[derive(Deserialize)]
pub struct Audit {
    pub balanced: bool,
    pub wrong_bookings: Vec<String>,
    pub accounts: Vec<Account>,
}

#[derive(Deserialize)]
pub struct Account {
    pub balance_paise: i64,
    pub blocked_paise: i64,
}

/// A client of the bank in the sandbox, with the key that Rokad has too.
pub struct Bank {
    url: String,
    bearer: String,
}

impl Bank {
    pub fn of(place: &Place) -> Self {
        let key = fs::read_to_string(place.data().join("instance.key")).unwrap();
        let mut bytes = [0; KEY_LEN];
        hex::decode_to_slice(key.trim(), &mut bytes).unwrap();
        let key = hex::encode(Keyring::new(bytes).derive("sandbox bank"));
        Self {
            url: format!("http://{}/v1", place.bank_listen()),
            bearer: format!("Bearer {key}"),
        }
    }

    /// Every booking of the operator's account.
    pub fn statement(&self) -> Vec<Booking> {
        let mut bookings = Vec::new();
        loop {
            let page = format!(
                "accounts/{BANK_ACCOUNT}/statement?limit={PAGE}&after={}",
                bookings.len()
            );
            let page: Statement = self.get(&page);
            if page.entries.is_empty() {
                return bookings;
            }
            bookings.extend(page.entries);
            assert_eq!(
                page.next,
                bookings.len(),
                "the bank numbers its bookings without a gap"
            );
        }
    }

    /// Everything that the acquirer captured, and what all charges come to.
    pub fn captures(&self) -> (Vec<Capture>, Totals) {
        let mut captures = Vec::new();
        loop {
            let page: Charges = self.get(&format!("charges?limit={PAGE}&after={}", captures.len()));
            if page.entries.is_empty() {
                return (captures, page.totals);
            }
            captures.extend(page.entries);
            let numbered = "the acquirer numbers its captures without a gap";
            assert_eq!(page.next, captures.len(), "{numbered}");
        }
    }

    /// Everything that the acquirer paid back, and what all refunds come to.
    pub fn refunds(&self) -> (Vec<PaidBack>, RefundTotals) {
        let mut paid = Vec::new();
        loop {
            let page: Refunds = self.get(&format!("refunds?limit={PAGE}&after={}", paid.len()));
            if page.entries.is_empty() {
                return (paid, page.totals);
            }
            paid.extend(page.entries);
        }
    }

    /// The bank's book, worked out again by itself.
    pub fn audit(&self) -> Audit {
        self.get("verify")
    }

    fn get<T: DeserializeOwned>(&self, page: &str) -> T {
        let request = ureq::get(format!("{}/{page}", self.url)).header("Authorization", &self.bearer);
        let said = request.call().unwrap().body_mut().read_to_vec().unwrap();
        serde_json::from_slice(&said).unwrap()
    }
}
