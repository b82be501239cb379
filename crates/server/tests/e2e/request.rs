//! `POST /payout/api/request.php`, as contract.md §2.1 has it.

use crate::{
    house::House,
    http,
    merchant::{ORDINARY, REQUEST},
};
use serde_json::{Value, json};
use std::{sync::Barrier, thread};

/// The sample of the payout document, character for character but for its PID.
const SAMPLE: &str = r#"{
"payment_mode":"imps",
"pid":"2323232323",
"order_id":"6876mhnytg",
"amount":"8128",
"account_holder":"user1",
"account_no":"78473xxx",
"bank":"SBI",
"ifsc":"SBI002",
"bank_address":"icicici pune",
"email":"user1@gmail.com",
"phone":"8754850254"
}"#;

#[test]
fn the_answer_is_that_of_the_document_to_the_byte() {
    let house = House::start();
    let answer = house.request(&house.demo().order(100, ORDINARY));
    let ref_code = answer.field("ref_code");
    assert_eq!(ref_code.len(), 128);
    assert!(
        ref_code
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        "{ref_code}"
    );
    let expected =
        format!(r#"{{"ref_code":"{ref_code}","status":"Pending","message":"Request Saved successfully"}}"#);
    assert_eq!((answer.status, answer.text()), (200, expected));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("x-request-id").is_some());
}

#[test]
fn the_documents_own_sample_is_taken() {
    let house = House::start();
    let demo = house.demo();
    let answer = house.post(REQUEST, SAMPLE.replace("2323232323", &demo.pid).as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let paid = house.becomes(&demo, &answer.field("ref_code"), "Approved");
    assert_eq!(paid["processed_amount"], 8128);
    assert_eq!(
        (&paid["account_no"], &paid["ifsc"]),
        (&json!("78473xxx"), &json!("SBI002"))
    );
}

#[test]
fn the_same_order_sent_again_is_answered_the_same_and_paid_once() {
    let house = House::start();
    let demo = house.demo();
    let order = demo.order(4_321, ORDINARY);
    let first = house.request(&order);
    house.becomes(&demo, &first.field("ref_code"), "Approved");
    let (wallet, postings) = (house.wallet(&demo), house.verify().postings);

    let again = house.request(&order);
    let expected = first.text().replace("\"Pending\"", "\"Approved\"");
    assert_eq!(
        (again.status, again.text()),
        (200, expected),
        "the status is the present one"
    );
    let mut as_text = order.clone();
    as_text["amount"] = json!("4321");
    assert_eq!(
        house.request(&as_text).field("ref_code"),
        first.field("ref_code"),
        "the amount as text is the same"
    );
    assert_eq!((house.wallet(&demo), house.verify().postings), (wallet, postings));
    assert_eq!(house.paid_at_the_bank(4_321), 1);
}

#[test]
fn twenty_at_once_of_the_same_order_pay_once() {
    let house = House::start();
    let demo = house.demo();
    let (order, all) = (demo.order(4_322, ORDINARY).to_string(), Barrier::new(20));
    let one = || {
        all.wait();
        let answer = http::post(
            &http::client(None),
            &format!("{}{REQUEST}", house.fact("/url")),
            &[],
            order.as_bytes(),
        );
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.field("ref_code")
    };
    let ref_codes: Vec<String> = thread::scope(|scope| {
        let twenty: Vec<_> = (0..20).map(|_| scope.spawn(one)).collect();
        twenty.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(
        ref_codes.iter().all(|ref_code| *ref_code == ref_codes[0]),
        "{ref_codes:?}"
    );
    house.becomes(&demo, &ref_codes[0], "Approved");
    assert_eq!(house.paid_at_the_bank(4_322), 1);
    // 5,000,000 less the amount, ₹3 and 25 basis points, and 18 % of these.
    assert_eq!(house.wallet(&demo), (500_000_000 - 432_200 - 1_381 - 249, 0));
}

#[test]
fn another_order_under_the_same_order_id_is_refused() {
    let house = House::start();
    let demo = house.demo();
    let order = demo.order(100, ORDINARY);
    let ref_code = house.request(&order).field("ref_code");
    house.becomes(&demo, &ref_code, "Approved");
    let (wallet, postings) = (house.wallet(&demo), house.verify().postings);
    let other = |name: &str, value: Value| {
        let mut other = order.clone();
        other[name] = value;
        house.request(&other).refusal()
    };
    let expected = (
        409,
        "payout.duplicate_order_id".to_owned(),
        "Duplicate order_id Found".to_owned(),
    );
    for (name, value) in [
        ("amount", json!(101)),
        ("account_no", json!("784731234568")),
        ("account_holder", json!("Asha R")),
        ("ifsc", json!("SBIN0000301")),
        ("bank", json!("HDFC")),
        ("bank_address", Value::Null),
        ("email", json!("b@example.com")),
        ("phone", json!("1")),
    ] {
        assert_eq!(other(name, value), expected, "{name}");
    }
    assert_eq!((house.wallet(&demo), house.verify().postings), (wallet, postings));
}

#[test]
fn an_order_id_is_unique_within_its_merchant_only() {
    let house = House::start();
    let (one, two) = (house.demo(), house.merchant(&[]));
    let mut order = one.order(100, ORDINARY);
    let first = house.request(&order).field("ref_code");
    order["pid"] = json!(two.pid);
    let second = house.request(&order);
    assert_eq!(second.status, 200);
    assert_ne!(second.field("ref_code"), first);
}

#[test]
fn more_than_there_is_with_its_price_is_refused_and_the_rest_can_be_paid() {
    let house = House::start();
    let poor = house.merchant(&["--fee-flat", "5", "--gst-bps", "0"]);
    let refusal = |rupees| house.request(&poor.order(rupees, ORDINARY)).refusal();
    let short = (
        402,
        "payout.insufficient_balance".to_owned(),
        "Insufficient balance".to_owned(),
    );
    // Ten lakh are there.
    house.pay(&poor, 500_000);
    assert_eq!(refusal(500_000), short);
    assert_eq!(refusal(499_991), short, "the fee is part of it");
    house.pay(&poor, 499_990);
    assert_eq!(refusal(1), short);
    assert_eq!(house.wallet(&poor).0, 0);
    house.verify();
}

#[test]
fn an_unknown_pid_is_refused() {
    let house = House::start();
    let mut order = house.demo().order(100, ORDINARY);
    order["pid"] = json!("0000000000");
    let expected = (
        401,
        "payout.unknown_pid".to_owned(),
        "No merchant has this pid".to_owned(),
    );
    assert_eq!(house.request(&order).refusal(), expected);
}
