//! Payment requests that are refused: each with its status, its code and a sentence, as JSON or as a page, and nothing is
//! opened. Source: the document's table; contract.md §1, §3.2, §3.3.

use super::shop::{HASHED, Order, PAYMENT, Shop};
use crate::{
    document::names,
    house::House,
    http::{Answer, bytes, say},
};
use serde_json::{Value, json};

const REQUIRED: [&str; 10] = [
    "key",
    "txnid",
    "amount",
    "productinfo",
    "firstname",
    "email",
    "phone",
    "surl",
    "furl",
    "service_provider",
];

/// Texts that break the rule of a field.
fn broken(order: &Order) -> Vec<(&'static str, String)> {
    let long = |count: usize| "a".repeat(count);
    let mut all: Vec<(&'static str, String)> = vec![
        ("key", "ab-c".into()),
        ("key", long(51)),
        ("txnid", long(51)),
        ("txnid", "क१".into()),
        ("txnid", "a\nb".into()),
        ("productinfo", long(256)),
        ("productinfo", "a\r\nb".into()),
        ("productinfo", "\u{202e}a".into()),
        ("firstname", "R2D2".into()),
        ("firstname", long(61)),
        ("lastname", "O'Neil".into()),
        ("lastname", long(61)),
        ("zipcode", "41100a".into()),
        ("zipcode", "1".repeat(13)),
        ("phone", "+919876543210".into()),
        ("phone", "98".into()),
        ("phone", "9".repeat(16)),
        ("service_provider", "other".into()),
        ("udf1", long(256)),
        ("udf5", "a\u{7}".into()),
        ("udf10", long(256)),
        ("email", "asha".into()),
        ("email", "asha@".into()),
        ("email", "a@b".into()),
        ("email", "a@b@example.com".into()),
        ("email", "a b@example.com".into()),
        ("email", "a@example.com,b@example.com".into()),
        ("email", format!("{}@example.com", long(65))),
        ("email", "a@example.com\nBcc: b@example.com".into()),
    ];
    for name in ["address1", "address2", "city", "state", "country"] {
        all.extend([
            (name, "<b>".into()),
            (name, long(101)),
            (name, "Flat #3".into()),
            (name, "पुणे".into()),
        ]);
    }
    for name in ["surl", "furl"] {
        for url in [
            "javascript:alert(1)",
            "JavaScript://shop.example/%0aalert(1)",
            "data:text/html,x",
            "//shop.example/",
            "/paid",
            "ftp://shop.example/",
            "https://",
            "https://user:pass@shop.example/",
            "https://shop.example\\@evil.example/",
            "https://shop.example/\"><script>",
            "https://shop.example/\r\nSet-Cookie: a=b",
            "https://shop.example:99999/",
        ] {
            all.push((name, url.into()));
        }
        all.push((name, format!("https://shop.example/{}", long(2_000))));
    }
    for amount in [
        "0",
        "0.00",
        "-1",
        "+5",
        "1.001",
        "1.",
        ".5",
        "1e3",
        "1E3",
        "1,000",
        "1 000",
        "0x10",
        "NaN",
        "Infinity",
        "₹5",
        "५",
        "1000000.01",
        "9999999999999",
        "99999999999999999999999999",
        "1.0.0",
        "ten",
    ] {
        all.push(("amount", amount.into()));
    }
    all.extend(
        HASHED
            .iter()
            .map(|name| (*name, format!("{}|x", order.get(name)))),
    );
    all
}

/// A refusal in the document's envelope. Its message.
pub fn envelope(answer: &Answer, (status, code): (u16, &str), what: &str) -> String {
    let text = answer.text();
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (status, Some("application/json")),
        "{what}: {text}"
    );
    assert_eq!(
        names(&answer.body),
        ["status", "message", "result", "errorCode", "responseCode"],
        "{what}"
    );
    let said = answer.json();
    assert_eq!(
        (
            &said["status"],
            &said["result"],
            &said["errorCode"],
            &said["responseCode"]
        ),
        (&json!(-1), &Value::Null, &json!(code), &Value::Null),
        "{what}: {text}"
    );
    answer.field("message")
}

fn page(answer: &Answer, status: u16, what: &str) -> String {
    let text = answer.text();
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (status, Some("text/html; charset=utf-8")),
        "{what}: {text}"
    );
    assert!(
        text.contains("<h1>")
            && text.ends_with("</html>")
            && answer.header("content-security-policy").is_some(),
        "{what}"
    );
    text
}

/// A refusal of 400, both ways; its sentence names the field.
fn refused(shop: &Shop, order: &Order, name: &str, what: &str) {
    let json = shop.ask_payment(order, &[("accept", "application/json")]);
    let message = envelope(&json, (400, "E1101"), what);
    assert!(message.contains(name), "{what}: {message}");
    let page = page(&shop.ask_payment(order, &[("accept", "text/html")]), 400, what);
    assert!(
        page.contains("This payment cannot start") && page.contains("E1101") && page.contains(name),
        "{what}: {page}"
    );
    for leak in [
        &shop.salt,
        "panick",
        "sqlite",
        ".rs:",
        "<script>alert",
        "javascript:",
    ] {
        assert!(
            !page.contains(leak) && !message.contains(leak),
            "{what} leaks {leak}"
        );
    }
}

#[test]
fn every_field_that_breaks_its_rule_is_named_and_nothing_is_opened() {
    let house = House::start();
    let (shop, postings) = (house.shop(), house.verify().postings);
    for name in REQUIRED {
        refused(
            &shop,
            &shop.signed(&shop.order("10").without(name)),
            name,
            &format!("no {name}"),
        );
        refused(
            &shop,
            &shop.signed(&shop.order("10").with(name, "")),
            name,
            &format!("empty {name}"),
        );
        refused(
            &shop,
            &shop.signed(&shop.order("10").with(name, " ")),
            name,
            &format!("blank {name}"),
        );
    }
    for (name, text) in broken(&shop.order("10")) {
        refused(
            &shop,
            &shop.signed(&shop.order("10").with(name, &text)),
            name,
            &format!("{name} {text:?}"),
        );
    }
    for (name, text) in &shop.order("10").0 {
        let mut twice = shop.order("10");
        twice.0.push((name.clone(), text.clone()));
        refused(&shop, &twice, name, &format!("{name} twice"));
    }
    assert_eq!((shop.payments(), house.verify().postings), (0, postings));
    shop.open(&shop.order("10"));
    assert_eq!(shop.payments(), 1, "a good one is taken all the same");
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    let house = House::start();
    let shop = house.shop();
    let order = shop.order("10");
    let ask = |name: &str, value: Value| {
        let mut json = order.json();
        json[name] = value;
        let url = format!("{}{PAYMENT}", shop.browser.base);
        crate::http::post(&house.client, &url, &[], json.to_string().as_bytes())
    };
    for name in [
        "key",
        "txnid",
        "amount",
        "productinfo",
        "firstname",
        "email",
        "phone",
        "surl",
        "udf1",
        "hash",
    ] {
        for value in [
            json!(true),
            json!({"a": [1]}),
            json!(["10"]),
            json!(10.5),
            json!(1e300),
        ] {
            let what = format!("{name} {value}");
            let answer = ask(name, value);
            let message = envelope(&answer, (400, "E1101"), &what);
            assert!(message.contains(name), "{what}: {message}");
        }
    }
    assert_eq!(
        ask("amount", json!(10)).status,
        302,
        "digits without a fraction are their text"
    );
    assert_eq!(
        envelope(&ask("amount", Value::Null), (400, "E1101"), "null"),
        "amount is missing"
    );
}

#[test]
fn who_is_unknown_is_told_so_and_not_what_a_hash_would_be() {
    let house = House::start();
    let shop = house.shop();
    let other_case: String = shop.key.chars().map(in_other_case).collect();
    let near = [other_case, format!("{}x", shop.key), shop.key[1..].to_owned()];
    // Of digits alone there is no other case.
    for key in near.iter().filter(|key| **key != shop.key) {
        let order = shop.signed(&shop.order("10").with("key", key));
        let json = shop.ask_payment(&order, &[("accept", "application/json")]);
        assert_eq!(
            envelope(&json, (401, "payment.unknown_key"), key),
            "No merchant has this key"
        );
        assert!(page(&shop.ask_payment(&order, &[]), 401, key).contains("No merchant has this key"));
    }
}

fn in_other_case(letter: char) -> char {
    if letter.is_ascii_lowercase() {
        letter.to_ascii_uppercase()
    } else {
        letter.to_ascii_lowercase()
    }
}

#[test]
fn bodies_and_methods_that_cannot_be_are_refused() {
    let house = House::start();
    let (shop, postings) = (house.shop(), house.verify().postings);
    let order = shop.order("10");
    let (form, text) = (order.form(), order.json().to_string());
    let deep = |depth: usize| format!("{},\"colour\":{}", &text[..text.len() - 1], "[".repeat(depth));
    let many: String = (0..200).map(|n| format!("&f{n}=1")).collect();
    let post = |body: &[u8]| bytes("POST", PAYMENT, &["Accept: application/json"], body);
    let headers: Vec<String> = (0..120).map(|n| format!("X-{n}: 1")).collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let long = format!("X-Long: {}", "x".repeat(9_000));
    for (what, sent, expected) in [
        (
            "10 MB",
            post(&vec![b'x'; 10_000_000]),
            (413, "payment.body_too_large"),
        ),
        (
            "a byte too many",
            post(&vec![b' '; 64 * 1024 + 1]),
            (413, "payment.body_too_large"),
        ),
        ("deep JSON", post(deep(30_000).as_bytes()), (400, "E1101")),
        (
            "JSON that is cut off",
            post(&text.as_bytes()[..text.len() - 1]),
            (400, "E1101"),
        ),
        ("a list", post(format!("[{text}]").as_bytes()), (400, "E1101")),
        (
            "JSON that is not UTF-8",
            post(&[b"{\"key\":\"", &b"\xff\xfe"[..], b"\"}"].concat()),
            (400, "E1101"),
        ),
        (
            "a form that is not UTF-8",
            post(format!("{form}&colour=%ff%fe").as_bytes()),
            (400, "E1101"),
        ),
        (
            "raw bytes",
            post(&[form.as_bytes(), b"&a=\xff"].concat()),
            (400, "E1101"),
        ),
        (
            "200 fields",
            post(format!("{form}{many}").as_bytes()),
            (400, "E1101"),
        ),
        ("nothing", post(b""), (400, "E1101")),
        (
            "GET",
            bytes("GET", &format!("{PAYMENT}?{form}"), &[], b""),
            (405, "payment.method_not_allowed"),
        ),
        (
            "PUT",
            bytes("PUT", PAYMENT, &[], form.as_bytes()),
            (405, "payment.method_not_allowed"),
        ),
        (
            "DELETE",
            bytes("DELETE", PAYMENT, &[], b""),
            (405, "payment.method_not_allowed"),
        ),
        (
            "120 header fields",
            bytes("POST", PAYMENT, &headers, form.as_bytes()),
            (431, "payment.headers_too_large"),
        ),
        (
            "a long header field",
            bytes("POST", PAYMENT, &[&long], form.as_bytes()),
            (431, "payment.headers_too_large"),
        ),
        (
            "no such path",
            bytes("POST", "/_payments", &[], form.as_bytes()),
            (404, "payment.unknown_path"),
        ),
        (
            "a path below",
            bytes("POST", "/_payment/", &[], form.as_bytes()),
            (404, "payment.unknown_path"),
        ),
    ] {
        let answer = say(house.address(), &sent);
        envelope(&answer, expected, what);
        assert_eq!(answer.header("allow").is_some(), expected.0 == 405, "{what}");
    }
    assert_eq!((shop.payments(), house.verify().postings), (0, postings));
}

#[test]
fn a_browser_is_shown_a_page_whatever_went_wrong() {
    let house = House::start();
    let form = house.shop().order("10").form();
    for (what, sent, status) in [
        (
            "10 MB",
            bytes("POST", PAYMENT, &["Accept: text/html"], &vec![b'x'; 10_000_000]),
            413,
        ),
        (
            "a reload of the address",
            bytes("GET", PAYMENT, &["Accept: text/html"], b""),
            405,
        ),
        (
            "PUT",
            bytes("PUT", PAYMENT, &["Accept: text/html"], form.as_bytes()),
            405,
        ),
        (
            "not UTF-8",
            bytes("POST", PAYMENT, &["Accept: text/html"], b"key=%ff"),
            400,
        ),
    ] {
        page(&say(house.address(), &sent), status, what);
    }
}
