//! However a request is written, it is understood the same. Source: contract.md §1.

use crate::{
    house::House,
    http,
    merchant::{Merchant, ORDINARY, REQUEST, order_id},
};
use serde_json::{Value, json};

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn form(order: &Value) -> String {
    let fields = order.as_object().unwrap().iter();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fields
        .map(|(name, value)| format!("{name}={}", percent(&text(value))))
        .collect::<Vec<_>>()
        .join("&")
}

fn multipart(order: &Value) -> String {
    let fields = order.as_object().unwrap().iter();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let part = |(name, value): (&String, &Value)| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n",
            text(value)
        )
    };
    fields.map(part).collect::<String>() + "--b--\r\n"
}

/// Posts a body under a Content-Type and reads the amount that was understood back.
fn understood(house: &House, demo: &Merchant, target: &str, kind: Option<&str>, body: &str) -> Value {
    let url = format!("{}{REQUEST}{target}", house.fact("/url"));
    let kind: Vec<_> = kind.into_iter().map(|kind| ("content-type", kind)).collect();
    let answer = http::post(&house.client, &url, &kind, body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let said = house.status(demo, &answer.field("ref_code"));
    json!([
        said["requested_amount"],
        said["account_holder"],
        said["account_no"],
        said["ifsc"],
        said["bank_name"]
    ])
}

#[test]
fn a_request_is_read_however_it_is_written() {
    let house = House::start();
    let demo = house.demo();
    let meant = json!([71, "Āśā & Rao=+%", ORDINARY, "SBIN0000300", "SBI"]);
    let mut order = demo.order(71, ORDINARY);
    let form_kind = "application/x-www-form-urlencoded";
    let kinds = [
        None,
        Some("application/json"),
        Some(form_kind),
        Some("text/plain"),
        Some("multipart/form-data; boundary=b"),
    ];
    for kind in kinds {
        for write in [form, multipart, Value::to_string] {
            order["account_holder"] = json!("Āśā & Rao=+%");
            order["order_id"] = json!(order_id());
            assert_eq!(
                understood(&house, &demo, "", kind, &write(&order)),
                meant,
                "{kind:?} {}",
                write(&order)
            );
        }
    }
}

#[test]
fn parameters_of_the_query_win_over_those_of_the_body() {
    let house = House::start();
    let demo = house.demo();
    let order = demo.order(71, ORDINARY);
    let whole = understood(&house, &demo, &format!("?{}", form(&order)), None, "");
    assert_eq!(whole[0], 71);
    let order = demo.order(71, ORDINARY);
    let both = understood(
        &house,
        &demo,
        "?amount=72&ifsc=HDFC0000001",
        Some("application/json"),
        &order.to_string(),
    );
    assert_eq!(
        (&both[0], &both[3], &both[4]),
        (&json!(72), &json!("HDFC0000001"), &json!("SBI"))
    );
}

#[test]
fn blanks_any_case_of_the_mode_and_unknown_fields_do_no_harm() {
    let house = House::start();
    let demo = house.demo();
    let mut order = demo.order(71, ORDINARY);
    for (name, value) in [
        ("payment_mode", json!(" ImPs ")),
        ("amount", json!(" 71 ")),
        ("ifsc", json!("\tSBIN0000300 ")),
        ("colour", json!({"deep": [1, [2, {"x": null}]]})),
    ] {
        order[name] = value;
    }
    let meant = json!([71, "Asha Rao", ORDINARY, "SBIN0000300", "SBI"]);
    assert_eq!(understood(&house, &demo, "", None, &order.to_string()), meant);
    let mut whole = demo.order(1, ORDINARY);
    for name in ["bank", "bank_address", "email", "phone"] {
        whole.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(
        understood(&house, &demo, "", None, &whole.to_string())[4],
        "",
        "the optional may be absent"
    );
}
