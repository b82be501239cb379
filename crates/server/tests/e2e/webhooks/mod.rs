//! Webhooks and events: what a merchant's server is told of its payments, and what becomes of one that does not listen.

mod api;
mod commands;
mod events;
mod listen;
mod switched_off;
mod told;

use crate::{
    collect::{
        checkout::{Checkout, upi},
        shop::{Order, Shop},
    },
    house::House,
    http::Answer,
    receiver::Receiver,
    waiting::found,
};
use serde_json::{Value, json};

pub const WEBHOOKS: &str = "/api/v1/webhooks";
pub const EVENTS: &str = "/api/v1/events";

/// A merchant that uses the API, and its shop.
#[derive(Clone)]
pub struct Hooked<'h> {
    pub house: &'h House,
    pub shop: Shop,
    pub pid: String,
    /// Signs what it is posted.
    pub signing: String,
}

impl House {
    /// A new merchant.
    pub fn hooked(&self) -> Hooked<'_> {
        let (shop, added) = self.new_shop_as_added(&[]);
        let text = |name: &str| added[name].as_str().unwrap().to_owned();
        Hooked {
            house: self,
            shop,
            pid: text("pid"),
            signing: text("callback_signing"),
        }
    }
}

impl Hooked<'_> {
    /// Calls the API as this merchant.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let authorization = format!("Authorization: {}", self.shop.authorization);
        let headers = [authorization.as_str(), "Content-Type: application/json"];
        self.house.say(method, path, &headers, body.as_bytes())
    }

    /// The same, which has to succeed.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.call(method, path, body);
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {}",
            answer.text()
        );
        answer.json()
    }

    /// Registers a webhook for everything. Its path.
    pub fn hook(&self, receiver: &Receiver) -> String {
        let created = self.ask(
            "POST",
            WEBHOOKS,
            &json!({ "url": receiver.url, "events": ["all"] }),
        );
        format!("{WEBHOOKS}/{}", created["id"])
    }

    pub fn paid(&self, amount: &str) -> Order {
        let (order, checkout) = self.shop.checkout(amount);
        checkout.pay(&upi("anything@payu"));
        checkout.becomes_by_asking("paid");
        order
    }

    pub fn cancelled(&self, amount: &str) -> Order {
        let (order, checkout) = self.shop.checkout(amount);
        Checkout::cancel(&checkout);
        order
    }
}

impl Checkout {
    pub fn cancel(&self) {
        assert_eq!(self.send_as("1", "/cancel", &[]).status, 303);
    }
}

impl Receiver {
    /// What it was posted of this order first.
    pub fn hears_of(&self, order: &Order) -> crate::receiver::Told {
        found("the webhook of an order", || {
            let told = self.told();
            told.into_iter()
                .find(|told| told.json()["merchantTransactionId"] == order.txnid())
        })
    }

    /// How often it was posted something of this order.
    pub fn times(&self, order: &Order) -> usize {
        let told = self.told();
        let of_it = told
            .iter()
            .filter(|told| told.json()["merchantTransactionId"] == order.txnid());
        of_it.count()
    }
}
