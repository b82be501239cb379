//! `/api/v1/events`: what happened is listed, waited for, and posted again.

use super::EVENTS;
use crate::{house::House, receiver::Receiver, waiting::until};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn events_are_kept_whether_or_not_anybody_listens_and_are_listed_with_what_is_posted_of_them() {
    let house = House::start();
    let (shop, other) = (house.hooked(), house.hooked());
    let orders = [shop.cancelled("100"), shop.paid("101"), shop.cancelled("102")];
    other.cancelled("103");
    let newest = shop.ask("GET", EVENTS, &Value::Null);
    let types: Vec<&str> = newest["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["payment.failed", "payment.succeeded", "payment.failed"]);
    let oldest = shop.ask("GET", &format!("{EVENTS}?after=0&limit=2"), &Value::Null);
    let listed = oldest["events"].as_array().unwrap();
    let txnids: Vec<&Value> = listed
        .iter()
        .map(|event| &event["merchant_transaction_id"])
        .collect();
    assert_eq!(txnids, [orders[0].txnid(), orders[1].txnid()]);
    let position = &oldest["position"];
    assert_eq!(position, &listed[1]["id"]);
    let rest = shop.ask("GET", &format!("{EVENTS}?after={position}"), &Value::Null);
    assert_eq!(rest["events"][0]["merchant_transaction_id"], orders[2].txnid());
    let older = shop.ask("GET", &format!("{EVENTS}?before={position}"), &Value::Null);
    assert_eq!(older["events"].as_array().unwrap().len(), 1);

    // What is listed is what a webhook is posted.
    let receiver = Receiver::start();
    shop.hook(&receiver);
    let resent = shop.ask("POST", &format!("{EVENTS}/{position}/resend"), &Value::Null);
    assert_eq!(resent, json!({ "webhooks": 1 }));
    let told = receiver.hears_of(&orders[1]);
    assert_eq!(listed[1]["body"].as_str().unwrap().as_bytes(), told.body);
    assert_eq!(listed[1]["headers"]["webhook-id"], told.event());
    let nobody = other.ask("GET", EVENTS, &Value::Null)["events"][0]["id"].clone();
    let refused = other.call("POST", &format!("{EVENTS}/{nobody}/resend"), &Value::Null);
    assert_eq!(refused.refusal().1, "event.nobody_listens");
    let refused = other.call("POST", &format!("{EVENTS}/{position}/resend"), &Value::Null);
    assert_eq!(refused.refusal().1, "event.not_found");
}

#[test]
fn who_waits_for_an_event_is_answered_when_it_happens() {
    let house = House::start();
    let shop = house.hooked();
    shop.cancelled("104");
    let last = shop.ask("GET", &format!("{EVENTS}?after=last"), &Value::Null);
    assert_eq!(last["events"], json!([]));
    let wait = format!("{EVENTS}?after={}&wait=25", last["position"]);
    let (heard, order) = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| shop.ask("GET", &wait, &Value::Null));
        let order = shop.cancelled("105");
        (waiting.join().unwrap(), order)
    });
    assert_eq!(heard["events"][0]["merchant_transaction_id"], order.txnid());
    let nothing = shop.ask(
        "GET",
        &format!("{EVENTS}?after={}&wait=1", heard["position"]),
        &Value::Null,
    );
    assert_eq!(
        (&nothing["events"], &nothing["position"]),
        (&json!([]), &heard["position"])
    );
    // A process that stops keeps nobody waiting.
    let wait = format!("{EVENTS}?after={}&wait=25", heard["position"]);
    let authorization = format!("Authorization: {}", shop.shop.authorization);
    let address = house.address().to_owned();
    let (sent, waits) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let request = crate::http::bytes("GET", &wait, &[&authorization], b"");
        let answer = crate::http::say(&address, &request);
        let _ = sent.send(answer.status);
    });
    until("it waits", || {
        waits.recv_timeout(Duration::from_millis(300)).is_err()
    });
    house.stop();
    assert_eq!(waits.recv_timeout(Duration::from_secs(10)), Ok(200));
}
