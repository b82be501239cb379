//! Single fields that break a rule of contract.md §2.1 or §2.3.

use super::{
    AMOUNT, Case, Expected, INVALID, MALFORMED, MISSING, SEAL, STRANGER, TWICE, all_are_refused, case, posted,
};
use crate::{
    house::House,
    merchant::{Merchant, ORDINARY, POLL, REQUEST},
};
use serde_json::{Value, json};

/// Every way in which a text can be no text, absent or given twice. `optional` may be absent.
fn shapes(path: &str, good: &Value, name: &str, optional: bool, wrong: Expected) -> Vec<Case> {
    let with = |value: Value| {
        let mut body = good.clone();
        body[name] = value;
        posted(path, body.to_string().as_bytes())
    };
    let twice = |second: &str| {
        let body = good.to_string();
        posted(
            path,
            format!("{},\"{name}\":{second}}}", &body[..body.len() - 1]).as_bytes(),
        )
    };
    let mut cases = vec![
        case(format!("{name} is a list"), with(json!(["x"])), wrong),
        case(format!("{name} is an object"), with(json!({"x": 1})), wrong),
        case(format!("{name} is true"), with(json!(true)), wrong),
        case(format!("{name} is a fraction"), with(json!(1.5)), wrong),
        case(format!("{name} is given twice"), twice("\"y\""), TWICE),
        case(format!("{name} is given twice, then null"), twice("null"), TWICE),
    ];
    if !optional {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(name);
        cases.push(case(
            format!("{name} is missing"),
            posted(path, without.to_string().as_bytes()),
            MISSING,
        ));
        for nothing in [Value::Null, json!(""), json!(" \t ")] {
            cases.push(case(format!("{name} is {nothing}"), with(nothing), MISSING));
        }
    }
    cases
}

/// Values of single fields that break a rule of contract.md §2.1.
fn values() -> Vec<(&'static str, Value, Expected)> {
    let mut values = vec![
        ("payment_mode", json!("upi"), (400, "invalid_payment_mode")),
        ("payment_mode", json!("imps2"), (400, "invalid_payment_mode")),
        ("payment_mode", json!("i"), (400, "invalid_payment_mode")),
        (
            "payment_mode",
            json!("x".repeat(5_000)),
            (400, "invalid_payment_mode"),
        ),
        ("pid", json!("1"), STRANGER),
        ("pid", json!("9".repeat(5_000)), STRANGER),
        ("pid", json!(12), STRANGER),
        ("order_id", json!("A".repeat(9)), INVALID),
        ("order_id", json!("A".repeat(14)), INVALID),
        ("order_id", json!("ORDER-00001"), INVALID),
        ("order_id", json!("ORDERआ00001"), INVALID),
        ("order_id", json!("ORDER\u{0}00001"), INVALID),
        ("order_id", json!(123), INVALID),
        ("account_holder", json!("x".repeat(101)), INVALID),
        ("account_holder", json!("Asha\nRao"), INVALID),
        ("account_holder", json!("Asha\u{0}Rao"), INVALID),
        ("account_holder", json!("Asha\u{7f}Rao"), INVALID),
        ("account_holder", json!("Asha\u{202e}Rao"), INVALID),
        ("account_no", json!("12345"), INVALID),
        ("account_no", json!("1".repeat(35)), INVALID),
        ("account_no", json!("1234-5678"), INVALID),
        ("account_no", json!("' OR 1=1 --"), INVALID),
        ("ifsc", json!("SBI"), INVALID),
        ("ifsc", json!("SBIN00003000"), INVALID),
        ("ifsc", json!("SBIN 000300"), INVALID),
        ("bank", json!("x".repeat(101)), INVALID),
        ("bank", json!("S\tBI"), INVALID),
        ("bank_address", json!("x".repeat(201)), INVALID),
        ("bank_address", json!("Pu\u{1b}ne"), INVALID),
        ("email", json!("x".repeat(255)), INVALID),
        ("phone", json!("1".repeat(21)), INVALID),
    ];
    for amount in [
        json!(0),
        json!(-1),
        json!(-500_000),
        json!(1.5),
        json!(100.0),
        json!(1e3),
        json!(500_001),
        json!(i64::MAX),
        json!(u64::MAX),
        json!("0"),
        json!("-1"),
        json!("+1"),
        json!("1.00"),
        json!("1e3"),
        json!("0x10"),
        json!("1,000"),
        json!("₹100"),
        json!("१००"),
        json!("1 000"),
        json!("NaN"),
        json!("Infinity"),
        json!("500001"),
        json!("9".repeat(400)),
    ] {
        values.push(("amount", amount, AMOUNT));
    }
    values
}

#[test]
fn every_field_of_a_request_that_breaks_a_rule_is_refused() {
    let house = House::start();
    let good = |demo: &Merchant| demo.order(100, ORDINARY);
    let demo = house.demo();
    let mut cases = Vec::new();
    for name in [
        "payment_mode",
        "pid",
        "order_id",
        "amount",
        "account_holder",
        "account_no",
        "ifsc",
    ] {
        let wrong = if name == "amount" { AMOUNT } else { INVALID };
        cases.extend(shapes(REQUEST, &good(&demo), name, false, wrong));
    }
    for name in ["bank", "bank_address", "email", "phone"] {
        cases.extend(shapes(REQUEST, &good(&demo), name, true, INVALID));
    }
    for (name, value, expected) in values() {
        let mut order = good(&demo);
        order[name] = value;
        let start: String = order[name].to_string().chars().take(40).collect();
        cases.push(case(
            format!("{name}: {start}"),
            posted(REQUEST, order.to_string().as_bytes()),
            expected,
        ));
    }
    // A number too big for any JSON reader of ours, which Rust's own cannot write.
    for digits in ["1e400", "123456789012345678901234567890", "1E2"] {
        let body = good(&demo)
            .to_string()
            .replace("\"amount\":100", &format!("\"amount\":{digits}"));
        let expected = if digits == "1e400" { MALFORMED } else { AMOUNT };
        cases.push(case(
            format!("amount: {digits}"),
            posted(REQUEST, body.as_bytes()),
            expected,
        ));
    }
    all_are_refused(&house, &cases);
}

#[test]
fn every_field_of_a_poll_that_breaks_a_rule_is_refused() {
    let house = House::start();
    let demo = house.demo();
    let ref_code = house.pay(&demo, 9);
    house.becomes(&demo, &ref_code, "Approved");
    let good: Value = serde_json::from_slice(&demo.poll(&ref_code)).unwrap();
    let mut cases = Vec::new();
    for name in ["pid", "ref_code", "post_hash"] {
        cases.extend(shapes(POLL, &good, name, false, INVALID));
    }
    let values = [
        ("pid", json!("1"), STRANGER),
        ("pid", json!("9".repeat(5_000)), STRANGER),
        ("ref_code", json!("a"), SEAL),
        ("ref_code", json!(7), SEAL),
        ("ref_code", json!("f".repeat(5_000)), SEAL),
        ("ref_code", json!("\u{0}"), SEAL),
        ("post_hash", json!("a"), SEAL),
        ("post_hash", json!(7), SEAL),
        ("post_hash", json!("A".repeat(60_000)), SEAL),
        ("post_hash", json!("\u{0}'\"<script>"), SEAL),
    ];
    for (name, value, expected) in values {
        let mut body = good.clone();
        body[name] = value;
        let start: String = body[name].to_string().chars().take(40).collect();
        cases.push(case(
            format!("{name}: {start}"),
            posted(POLL, body.to_string().as_bytes()),
            expected,
        ));
    }
    all_are_refused(&house, &cases);
}
