//! What is posted, to whom, and what counts as an acknowledgement.

use super::WEBHOOKS;
use crate::{
    collect::checkout::card,
    house::House,
    receiver::{Receiver, Reply, Told},
    waiting::until,
};
use rokad_wire::collect::verify_webhook;
use serde_json::{Value, json};

/// Source: the document's samples.
const FIELDS: [&str; 19] = [
    "split_info",
    "customerName",
    "additionalCharges",
    "paymentMode",
    "hash",
    "status",
    "error_Message",
    "paymentId",
    "productInfo",
    "customerEmail",
    "customerPhone",
    "merchantTransactionId",
    "amount",
    "udf2",
    "notificationId",
    "udf1",
    "udf5",
    "udf4",
    "udf3",
];

/// What is answered, given an address elsewhere.
type Answering = fn(String) -> Reply;

fn names(told: &Told) -> Vec<String> {
    let body = String::from_utf8(told.body.clone()).unwrap();
    let pairs = body.trim_matches(['{', '}']).split("\",\"");
    pairs
        .map(|pair| pair.split("\":\"").next().unwrap().trim_matches('"').to_owned())
        .collect()
}

#[test]
fn what_becomes_of_a_payment_is_posted_as_the_document_has_it_and_can_be_verified() {
    let house = House::start();
    let shop = house.hooked();
    let receiver = Receiver::start();
    let header = json!({ "name": "X-Shop-Token", "value": "s3cr3t-of-the-shop" });
    let body =
        json!({ "url": receiver.url, "events": ["payment.succeeded", "payment.failed"], "header": header });
    let created = shop.ask("POST", WEBHOOKS, &body);
    assert_eq!(created["header_name"], "X-Shop-Token");
    assert!(!created.to_string().contains("s3cr3t-of-the-shop"));

    let paid = shop.paid("150.50");
    let told = receiver.hears_of(&paid);
    assert_eq!(names(&told), FIELDS);
    assert!(told.json().as_object().unwrap().values().all(Value::is_string));
    assert!(told.is_signed_by(&shop.signing));
    assert_eq!(told.header("x-shop-token"), "s3cr3t-of-the-shop");
    assert_eq!(told.header("content-type"), "application/json");
    let verified = verify_webhook(&told.body, &shop.shop.key, &[&shop.shop.salt]).unwrap();
    assert!(verified.paid);
    assert_eq!(
        [verified.txnid.as_str(), &verified.mode, &verified.error_message],
        [paid.txnid(), "UPI", "No Error"]
    );
    let json = told.json();
    assert_eq!([&json["amount"], &json["status"]], ["150.5", "Success"]);
    assert_eq!(
        [&json["customerName"], &json["udf3"]],
        [paid.get("firstname"), paid.get("udf3")]
    );

    let (failed, checkout) = shop.shop.checkout("77");
    checkout.pay(&card("6011111111111117"));
    checkout.becomes("choose");
    assert_eq!(receiver.times(&failed), 0, "the customer may try again");
    checkout.go("/give-up", &[]);
    let told = receiver.hears_of(&failed);
    let verified = verify_webhook(&told.body, &shop.shop.key, &[&shop.shop.salt]).unwrap();
    assert!(!verified.paid && verified.error_message.contains("declined"));
    assert_eq!(
        [verified.mode.as_str(), told.json()["status"].as_str().unwrap()],
        ["CC", "failed"]
    );

    let cancelled = shop.cancelled("78");
    assert_eq!(receiver.hears_of(&cancelled).json()["status"], "failed");
    house.verify();
}

#[test]
fn while_keys_are_replaced_both_secrets_verify_what_is_posted() {
    let house = House::start();
    let shop = house.hooked();
    let receiver = Receiver::start();
    shop.hook(&receiver);
    let rotated = house.tell(&["merchant", "rotate-keys", &shop.pid]);
    let new = rotated
        .lines()
        .find_map(|line| line.trim().strip_prefix("callback_signing"))
        .unwrap()
        .trim();
    let salt = rotated
        .lines()
        .find_map(|line| line.trim().strip_prefix("collect_salt"))
        .unwrap()
        .trim();
    until("both secrets sign", || {
        let told = receiver.hears_of(&shop.cancelled("79"));
        told.is_signed_by(&shop.signing) && told.is_signed_by(new)
    });
    // The hash is that of the post-back: under the present salt.
    let told = receiver.told().pop().unwrap();
    assert!(verify_webhook(&told.body, &shop.shop.key, &[salt]).is_ok());
    assert!(verify_webhook(&told.body, &shop.shop.key, &[&shop.shop.salt]).is_err());
    house.tell(&["merchant", "rotate-keys", &shop.pid, "--finish"]);
    let mut renewed = shop.clone();
    salt.clone_into(&mut renewed.shop.salt);
    until("only the new one signs", || {
        let told = receiver.hears_of(&renewed.cancelled("80"));
        !told.is_signed_by(&shop.signing) && told.is_signed_by(new)
    });
}

#[test]
fn a_merchant_hears_of_what_it_asked_for_and_of_nobody_elses() {
    let house = House::start();
    let (shop, other) = (house.hooked(), house.hooked());
    let (all, failures, others) = (Receiver::start(), Receiver::start(), Receiver::start());
    shop.hook(&all);
    other.hook(&others);
    shop.ask(
        "POST",
        WEBHOOKS,
        &json!({ "url": failures.url, "events": ["payment.failed"] }),
    );
    let (paid, cancelled) = (shop.paid("81"), shop.cancelled("82"));
    failures.hears_of(&cancelled);
    all.hears_of(&paid);
    all.hears_of(&cancelled);
    others.hears_of(&other.cancelled("83"));
    assert_eq!(
        (failures.told().len(), all.told().len(), others.told().len()),
        (1, 2, 1)
    );
}

#[test]
fn any_2xx_acknowledges_and_nothing_else_does() {
    let house = House::start();
    let shop = house.hooked();
    let elsewhere = Receiver::start();
    let receiver = Receiver::start();
    let path = shop.hook(&receiver);
    for status in [200, 201, 204, 299] {
        receiver.now_replies(move |_, _| Reply::Status(status));
        receiver.hears_of(&shop.cancelled("84"));
    }
    assert_eq!(shop.ask("GET", &path, &Value::Null)["consecutive_failures"], 0);
    let to = elsewhere.url.clone();
    let replies: [(Answering, &str); 5] = [
        (|_| Reply::Status(500), "HTTP 500"),
        (|_| Reply::Status(404), "HTTP 404"),
        (Reply::Redirect, "HTTP 302: no redirect is followed"),
        (|_| Reply::Lengthy(65 * 1_024), "above 64 KiB"),
        (|_| Reply::HangUp, "broke before an answer"),
    ];
    for (failures, (reply, words)) in (1..).zip(replies) {
        let to = to.clone();
        receiver.now_replies(move |_, _| reply(to.clone()));
        shop.cancelled("85");
        until(words, || {
            let webhook = shop.ask("GET", &path, &Value::Null);
            let said = webhook["last_failure"].as_str().unwrap_or_default();
            // What failed before may have been tried again meanwhile.
            webhook["consecutive_failures"].as_u64() >= Some(failures) && said.contains(words)
        });
    }
    assert_eq!(elsewhere.told().len(), 0, "no redirect is followed");
    receiver.now_replies(|_, _| Reply::Acknowledge);
    shop.cancelled("86");
    until("an acknowledgement ends the row", || {
        let webhook = shop.ask("GET", &path, &Value::Null);
        webhook["consecutive_failures"] == 0 && webhook["failing_since"].is_null()
    });
}

#[test]
fn who_does_not_answer_in_ten_seconds_has_failed_and_delays_nobody_else() {
    let house = House::start();
    let shop = house.hooked();
    let (silent, healthy) = (Receiver::replying(|_, _| Reply::Silence), Receiver::start());
    let path = shop.hook(&silent);
    shop.hook(&healthy);
    let order = shop.cancelled("87");
    healthy.hears_of(&order);
    until("the silent one has failed", || {
        let webhook = shop.ask("GET", &path, &Value::Null);
        webhook["last_failure"] == "not reached: no answer in time"
    });
    assert_eq!(silent.times(&order), 1);
}
