//! `POST /payout/api/status_polling.php`, as contract.md §2.3 has it.

use crate::{
    document::{FIELDS, is_now, names},
    house::House,
    http::{self, Answer},
    merchant::{Merchant, ORDINARY, POLL},
};
use rokad_wire::payout::{SealKey, sign_poll};
use serde_json::json;

fn is_wrong_seal(answer: &Answer) {
    let expected = (
        401,
        "payout.wrong_seal".to_owned(),
        "post_hash does not fit".to_owned(),
    );
    assert_eq!(answer.refusal(), expected);
}

fn is_unknown(answer: &Answer) {
    let expected = (
        404,
        "payout.unknown_ref_code".to_owned(),
        "Reference code not found.".to_owned(),
    );
    assert_eq!(answer.refusal(), expected);
}

#[test]
fn the_answer_has_the_fields_of_the_callback_and_those_that_the_documents_php_reads() {
    let house = House::start();
    let demo = house.demo();
    let order = demo.order(815, ORDINARY);
    let ref_code = house.request(&order).field("ref_code");
    house.becomes(&demo, &ref_code, "Approved");
    house.is_acknowledged(&demo, &ref_code);
    let answer = house.poll(&demo, &ref_code);
    assert_eq!(
        names(&answer.body),
        [&FIELDS[..], &["amount", "upi_id", "webhook_acknowledged"]].concat()
    );
    let mut said = answer.json();
    assert!(is_now(&said["request_time"]) && is_now(&said["action_time"]));
    assert_eq!(said["bank_ref"].as_str().map(str::len), Some(12));
    assert_eq!(said["transaction_info"].as_array().map(Vec::len), Some(3));
    for checked in [
        "request_time",
        "action_time",
        "bank_ref",
        "transaction_info",
        "post_hash",
    ] {
        said.as_object_mut().unwrap().remove(checked);
    }
    let expected = json!({
        "order_id": order["order_id"], "requested_amount": 815, "processed_amount": 815, "sender_pg": "sandbox-main",
        "ref_code": ref_code, "status": "Approved", "payment_type": "imps", "upi_vpa": "", "account_no": ORDINARY,
        "account_holder": "Asha Rao", "ifsc": "SBIN0000300", "bank_name": "SBI", "bank_address": "Pune",
        "amount": 815, "upi_id": "", "webhook_acknowledged": "1",
    });
    assert_eq!(said, expected);
}

#[test]
fn a_payout_that_waits_has_processed_nothing_and_the_seal_says_so() {
    let house = House::start_with(&["--no-jobs"]);
    let demo = house.demo();
    let ref_code = house.pay(&demo, 815);
    let said = house.status(&demo, &ref_code);
    let shown = (
        &said["status"],
        &said["requested_amount"],
        &said["processed_amount"],
        &said["amount"],
    );
    assert_eq!(shown, (&json!("Pending"), &json!(815), &json!(0), &json!(0)));
    assert_eq!(
        (
            &said["bank_ref"],
            &said["sender_pg"],
            &said["webhook_acknowledged"]
        ),
        (&json!(""), &json!(""), &json!("0"))
    );
    let text =
        SealKey::from_secret(&demo.secret).callback_text(said["order_id"].as_str().unwrap(), "0", "Pending");
    assert!(SealKey::from_secret(&demo.secret).fits(said["post_hash"].as_str().unwrap(), &text));
}

#[test]
fn json_that_is_called_a_form_is_json_and_a_form_is_a_form() {
    let house = House::start();
    let demo = house.demo();
    let ref_code = house.pay(&demo, 10);
    let signed = sign_poll(&demo.pid, &ref_code, &demo.secret);
    let seal = signed.post_hash.replace('+', "%2B").replace('/', "%2F");
    let form = format!("pid={}&ref_code={ref_code}&post_hash={seal}", demo.pid);
    let as_php_prints = String::from_utf8(demo.poll(&ref_code))
        .unwrap()
        .replace('/', "\\/");
    let url = format!("{}{POLL}", house.fact("/url"));
    for body in [form.as_str(), &as_php_prints] {
        for kind in [
            "application/x-www-form-urlencoded",
            "application/json",
            "text/html",
        ] {
            let answer = http::post(&house.client, &url, &[("content-type", kind)], body.as_bytes());
            assert_eq!(answer.status, 200, "{kind} {body}: {}", answer.text());
        }
    }
    let in_the_query = http::post(
        &house.client,
        &format!("{url}?{form}"),
        &[("content-type", "application/json")],
        b"",
    );
    assert_eq!(in_the_query.field("ref_code"), ref_code);
}

#[test]
fn a_seal_that_does_not_fit_is_refused_in_one_way_whatever_is_wrong() {
    let house = House::start();
    let demo = house.demo();
    let (ref_code, other) = (house.pay(&demo, 10), house.pay(&demo, 11));
    let good = sign_poll(&demo.pid, &ref_code, &demo.secret).post_hash;
    let key = SealKey::from_secret(&demo.secret);
    let mut changed = good.clone().into_bytes();
    changed[40] = if changed[40] == b'A' { b'B' } else { b'A' };
    let mut longer = good.clone();
    longer.push_str("AAAA");
    let ask = |seal: &str| {
        let body = json!({ "pid": demo.pid, "ref_code": ref_code, "post_hash": seal });
        house.post(POLL, body.to_string().as_bytes())
    };
    assert_eq!(ask(&good).status, 200);
    let wrong = [
        "no base64 !".to_owned(),
        "AAAA".to_owned(),
        good[..64].to_owned(),
        good[..126].to_owned(),
        String::from_utf8(changed).unwrap(),
        longer,
        "A".repeat(128),
        sign_poll(&demo.pid, &other, &demo.secret).post_hash,
        sign_poll("1234567890", &ref_code, &demo.secret).post_hash,
        sign_poll(&demo.pid, &ref_code, "another secret").post_hash,
        sign_poll(&demo.pid, &ref_code, "").post_hash,
        key.seal("", [7; 16]),
        key.seal(&"0".repeat(32), [7; 16]),
        house.status(&demo, &ref_code)["post_hash"]
            .as_str()
            .unwrap()
            .to_owned(),
    ];
    for seal in wrong {
        is_wrong_seal(&ask(&seal));
    }
}

#[test]
fn a_ref_code_that_is_not_this_merchants_is_not_found() {
    let house = House::start();
    let (demo, other) = (house.demo(), house.merchant(&[]));
    let ref_code = house.pay(&demo, 10);
    is_unknown(&house.poll(&other, &ref_code));
    let flipped = |at: usize| {
        let mut forged = ref_code.clone().into_bytes();
        forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
        String::from_utf8(forged).unwrap()
    };
    for forged in [
        flipped(0),
        flipped(31),
        flipped(32),
        flipped(127),
        "0".repeat(128),
        "ab".to_owned(),
        ref_code.to_uppercase(),
    ] {
        is_unknown(&house.poll(&demo, &forged));
    }
    let thief = Merchant {
        pid: other.pid,
        ..demo
    };
    is_wrong_seal(&house.poll(&thief, &ref_code));
}
