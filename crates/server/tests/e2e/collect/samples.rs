//! The document's own samples and its own PHP, read out of the document at test time, never copied.

use super::{
    checkout::{OTP, WITH_PAGE, card},
    refunds::{BY_PAYMENT, DETAILS},
    shop::{Order, RESPONSE, STATUS, Shop},
};
use crate::{document::names, house::House, http::Answer};
use serde_json::Value;
use std::{fs, process::Command};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/seeds/payumoney.txt");

/// The document, where it is at hand.
fn document() -> Option<String> {
    let document = fs::read_to_string(DOCUMENT).ok();
    if document.is_none() {
        eprintln!("note: the collecting document is not at hand; its samples were not tried");
    }
    document
}

/// Where php is, if it is; `ROKAD_TEST_PHP=1` makes it mandatory.
fn has_php() -> bool {
    let has = Command::new("php")
        .arg("-v")
        .output()
        .is_ok_and(|output| output.status.success());
    let mandatory = std::env::var("ROKAD_TEST_PHP").is_ok_and(|value| value == "1");
    assert!(has || !mandatory, "ROKAD_TEST_PHP=1, but php is missing");
    if !has {
        eprintln!("note: php is not installed; the document's PHP was not tried");
    }
    has
}

/// The part of the document about one call, by its heading with its number.
fn chapter<'d>(document: &'d str, heading: &str) -> &'d str {
    let number: u32 = heading.split('.').next().unwrap().parse().unwrap();
    let text = &document[document.find(heading).expect("the chapter")..];
    text.split(&format!("\n{}.) ", number + 1)).next().unwrap()
}

fn sample(chapter: &str) -> String {
    let text = chapter.split("Sample Response:").nth(1).expect("a sample");
    text.to_owned()
}

fn php(chapter: &str) -> String {
    let text = &chapter[chapter.find("<?php").expect("PHP")..];
    text[..text.find("?>").expect("its end") + 2].to_owned()
}

/// The sample's first JSON value, as text.
fn first_json(sample: &str) -> String {
    let start = sample.find('{').unwrap();
    let mut values = serde_json::Deserializer::from_str(&sample[start..]).into_iter::<Value>();
    values.next().unwrap().unwrap();
    sample[start..start + values.byte_offset()].to_owned()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with decimals",
        Value::Number(_) => "a whole number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The objects of a JSON text from the outside in: the names of each, in order.
fn shape(text: &str) -> Vec<Vec<String>> {
    let value: Value = serde_json::from_str(text).unwrap();
    let inner = ["/result/0", "/result/0/postBackParam"];
    let raw = |pointer: &str| {
        value
            .pointer(pointer)
            .filter(|found| found.is_object())
            .map(|_| object_at(text, pointer))
    };
    let mut all = vec![names(text.as_bytes())];
    all.extend(
        inner
            .iter()
            .filter_map(|pointer| raw(pointer))
            .map(|object| names(object.as_bytes())),
    );
    all
}

/// The text of the object of `result`, or of its `postBackParam`: found by the text before it.
fn object_at(text: &str, pointer: &str) -> String {
    let before = if pointer.ends_with("postBackParam") {
        "\"postBackParam\":"
    } else {
        "\"result\":"
    };
    let rest = &text[text.find(before).unwrap() + before.len()..];
    first_json(rest)
}

fn same_types(ours: &Value, theirs: &Value, at: &str) {
    assert_eq!(kind(ours), kind(theirs), "{at}");
    if let (Some(ours), Some(theirs)) = (ours.as_object(), theirs.as_object()) {
        for (name, its) in theirs {
            same_types(&ours[name], its, &format!("{at}/{name}"));
        }
    }
    if let (Some(ours), Some(theirs)) = (ours.as_array(), theirs.as_array()) {
        same_types(&ours[0], &theirs[0], &format!("{at}/0"));
    }
}

fn paid(shop: &Shop) -> Order {
    let (order, checkout) = shop.checkout("1345");
    let page = checkout.pay(&card(WITH_PAGE));
    assert_eq!(checkout.at_the_bank(&page, OTP).stage(), "paid");
    order
}

#[test]
fn the_answers_have_the_names_the_order_and_the_types_of_the_documents_samples() {
    let Some(document) = document() else { return };
    let house = House::start();
    let shop = house.shop();
    let order = paid(&shop);
    for (heading, path) in [
        ("2.) Get Payment Response API", RESPONSE),
        ("3.) Check Transaction Status API", STATUS),
    ] {
        let theirs = first_json(&sample(chapter(&document, heading)));
        let ours = shop
            .ask(path, &format!("merchantTransactionIds={}", order.txnid()))
            .text();
        assert_eq!(shape(&ours), shape(&theirs), "{path}");
        let (ours, theirs): (Value, Value) = (
            serde_json::from_str(&ours).unwrap(),
            serde_json::from_str(&theirs).unwrap(),
        );
        same_types(&ours, &theirs, path);
        assert_eq!(
            (&ours["message"], &ours["status"]),
            (&theirs["message"], &theirs["status"])
        );
        if path == RESPONSE {
            let (ours, theirs) = (
                &ours["result"][0]["postBackParam"],
                &theirs["result"][0]["postBackParam"],
            );
            for name in [
                "mode",
                "status",
                "unmappedstatus",
                "amount",
                "error",
                "error_Message",
                "cardnum",
                "cardhash",
                "net_amount_debit",
                "amount_split",
            ] {
                assert_eq!(ours[name], theirs[name], "{name}");
            }
        }
    }
}

#[test]
fn the_answers_about_refunds_have_the_names_the_order_and_the_types_of_the_documents_samples() {
    let Some(document) = document() else { return };
    let house = House::start();
    let shop = house.shop();
    let payment = shop.payment_id(&paid(&shop));
    let theirs = |heading: &str| first_json(&sample(chapter(&document, heading)));
    let compare = |heading: &str, ours: Answer| {
        let theirs = theirs(heading);
        let (ours, text) = (ours.json(), ours.text());
        assert_eq!(names(text.as_bytes()), names(theirs.as_bytes()), "{heading}");
        if ours["result"].is_object() {
            let inner = |text: &str| names(object_at(text, "/result").as_bytes());
            assert_eq!(inner(&text), inner(&theirs), "{heading}");
        }
        let theirs: Value = serde_json::from_str(&theirs).unwrap();
        same_types(&ours, &theirs, heading);
        assert_eq!(ours["message"], theirs["message"]);
        (ours["result"].clone(), theirs["result"].clone())
    };
    let refunded = shop.refund(&payment, "10");
    let (refund, _) = compare("4.) Refund API", refunded);
    let (ours, theirs) = compare(
        "5.) Get Refund Details API 1",
        shop.ask(BY_PAYMENT, &format!("paymentId={payment}")),
    );
    // The odd map, character for character but for its numbers, dates and how far the refund has come.
    let form = |map: &Value| {
        let map = map["Refund Details Map"]
            .as_str()
            .unwrap()
            .replace("refundinitiated", "refundinprogress");
        map.replace(|c: char| c.is_ascii_digit(), "")
            .replace("refundcompleted", "refundinprogress")
    };
    assert_eq!(form(&ours), form(&theirs));
    let (ours, theirs) = compare(
        "6.) Get Refund Details API 2",
        shop.ask(DETAILS, &format!("refundId={refund}")),
    );
    for name in ["Refund Amount", "Total Amount"] {
        assert_eq!(ours[name], theirs[name]);
    }
}

#[test]
fn the_documents_own_php_refunds_and_asks_about_it() {
    let Some(document) = document() else { return };
    if !has_php() {
        return;
    }
    let house = House::start();
    let shop = house.shop();
    let payment = shop.payment_id(&paid(&shop));
    let folder = tempfile::tempdir().unwrap();
    let run = |heading, refund: &str| {
        let script = php(chapter(&document, heading))
            .replace("https://www.payumoney.com", &shop.browser.base)
            .replace("eM8ZaP", &shop.key)
            .replace("1110275478", &payment)
            .replace("13918", refund)
            .replace(
                "0SC8FamYqWnwFzVgYKmiCfSsT96xerU8E+WBUh/KDXc=",
                &shop.authorization,
            );
        let file = folder.path().join("ask.php");
        fs::write(&file, script).unwrap();
        let output = Command::new("php").arg(&file).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let said = run("4.) Refund API", "");
    let refund = said
        .split("\"result\":")
        .nth(1)
        .and_then(|rest| rest.split(',').next());
    let refund = refund.unwrap_or_else(|| panic!("{said}")).to_owned();
    let said = run("5.) Get Refund Details API 1", "");
    assert!(
        said.contains(&format!("RefundId={refund}, Refund Amount=10.0")),
        "{said}"
    );
    let said = run("6.) Get Refund Details API 2", &refund);
    assert!(
        said.contains(&format!("\"RefundId\":\"{refund}\",\"Refund Amount\":\"10.0\"")),
        "{said}"
    );
}

#[test]
fn the_documents_own_php_asks_and_is_answered() {
    let Some(document) = document() else { return };
    if !has_php() {
        return;
    }
    let house = House::start();
    let shop = house.shop();
    let order = paid(&shop);
    let folder = tempfile::tempdir().unwrap();
    for heading in ["2.) Get Payment Response API", "3.) Check Transaction Status API"] {
        let script = php(chapter(&document, heading));
        assert!(
            script.contains("https://www.payumoney.com")
                && script.contains("eM8ZaP")
                && script.contains("563445")
        );
        let script = script
            .replace("https://www.payumoney.com", &shop.browser.base)
            // One example has a blank before the key in its address. PHP sends it as it is, which is no HTTP (RFC 9112 §3.2).
            .replace("merchantKey= ", "merchantKey=")
            .replace("eM8ZaP", &shop.key)
            .replace("563445", order.txnid())
            .replace(
                "0SC8FamYqWnwFzVgYKmiCfSsT96xerU8E+WBUh/KDXc=",
                &shop.authorization,
            );
        let file = folder.path().join("ask.php");
        fs::write(&file, script).unwrap();
        let output = Command::new("php").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains("string(")
                && said.contains("\"All txnIds are valid\"")
                && said.contains(order.txnid()),
            "{heading}: {said}"
        );
    }
}
