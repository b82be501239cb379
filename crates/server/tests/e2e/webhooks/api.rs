//! `/api/v1/webhooks`: registering, changing, removing, and everything that is refused.

use super::{EVENTS, WEBHOOKS};
use crate::{house::House, receiver::Receiver};
use serde_json::{Value, json};

#[test]
fn a_webhook_is_registered_shown_changed_and_removed() {
    let house = House::start();
    let (shop, other) = (house.hooked(), house.hooked());
    let created = shop.ask(
        "POST",
        WEBHOOKS,
        &json!({ "url": "http://127.0.0.1:9/hook", "events": ["refund", "payment.failed"] }),
    );
    let path = format!("{WEBHOOKS}/{}", created["id"]);
    assert_eq!(
        created["events"],
        json!(["payment.failed", "refund.initiated", "refund.completed"])
    );
    assert_eq!(
        (&created["active"], &created["header_name"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(shop.ask("GET", &path, &Value::Null), created);
    assert_eq!(
        shop.ask("GET", WEBHOOKS, &Value::Null)["webhooks"],
        json!([created])
    );

    let header = json!({ "name": "X-Token", "value": "hush" });
    let changed = shop.ask("PATCH", &path, &json!({ "events": ["all"], "header": header }));
    assert_eq!(
        (&changed["header_name"], &changed["url"]),
        (&json!("X-Token"), &created["url"])
    );
    assert_eq!(changed["events"].as_array().unwrap().len(), 6);
    let changed = shop.ask("PATCH", &path, &json!({ "url": "http://127.0.0.1:9/other" }));
    assert_eq!(
        (&changed["header_name"], &changed["url"]),
        (&json!("X-Token"), &json!("http://127.0.0.1:9/other"))
    );
    let changed = shop.ask("PATCH", &path, &json!({ "header": null }));
    assert_eq!(changed["header_name"], Value::Null);

    // Another merchant finds nothing there.
    assert_eq!(other.ask("GET", WEBHOOKS, &Value::Null)["webhooks"], json!([]));
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/switch-on")),
    ] {
        let answer = other.call(method, &path, &Value::Null);
        assert_eq!(answer.refusal().1, "webhook.not_found", "{method}");
    }
    assert_eq!(other.call("PATCH", &path, &json!({})).refusal().0, 404);

    assert_eq!(shop.call("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(shop.call("GET", &path, &Value::Null).refusal().0, 404);
}

#[test]
fn what_was_owed_to_a_webhook_goes_nowhere_once_it_is_removed() {
    let house = House::start();
    let shop = house.hooked();
    let (removed, stays) = (Receiver::start(), Receiver::start());
    let path = shop.hook(&removed);
    shop.hook(&stays);
    removed.hears_of(&shop.cancelled("95"));
    assert_eq!(shop.call("DELETE", &path, &Value::Null).status, 204);
    let order = shop.cancelled("96");
    stays.hears_of(&order);
    assert_eq!(removed.times(&order), 0);
    house.verify();
}

#[test]
fn every_call_that_breaks_a_rule_is_refused_with_a_code_and_a_sentence() {
    let house = House::start();
    let shop = house.hooked();
    let url = "https://shop.example/hook";
    let with = |header: Value| json!({ "url": url, "events": ["all"], "header": header });
    let long = format!("https://shop.example/{}", "x".repeat(2_048));
    let table = [
        (json!({ "events": ["all"] }), "api.malformed_body"),
        (json!({ "url": url }), "api.malformed_body"),
        (json!({ "url": url, "events": "all" }), "api.malformed_body"),
        (
            json!({ "url": url, "events": ["all"], "more": 1 }),
            "api.malformed_body",
        ),
        (json!([url, ["all"], null]), "api.malformed_body"),
        (Value::Null, "api.malformed_body"),
        (
            json!({ "url": "shop.example", "events": ["all"] }),
            "webhook.invalid_url",
        ),
        (
            json!({ "url": "https://a:b@shop.example/", "events": ["all"] }),
            "webhook.invalid_url",
        ),
        (json!({ "url": long, "events": ["all"] }), "webhook.invalid_url"),
        (json!({ "url": url, "events": [] }), "webhook.invalid_events"),
        (
            json!({ "url": url, "events": ["payment.succeeded", "payout"] }),
            "webhook.invalid_events",
        ),
        (
            with(json!({ "name": "Content-Type", "value": "x" })),
            "webhook.invalid_header",
        ),
        (
            with(json!({ "name": "webhook-id", "value": "x" })),
            "webhook.invalid_header",
        ),
        (
            with(json!({ "name": "X-A", "value": "a\r\nX-B: b" })),
            "webhook.invalid_header",
        ),
    ];
    for (body, code) in table {
        let answer = shop.call("POST", WEBHOOKS, &body);
        let (status, its, sentence) = answer.refusal();
        assert_eq!((status, its.as_str()), (400, code), "{body}");
        assert!(sentence.len() > 20, "{sentence}");
    }
    let rows: [(&str, &str, Value, u16, &str); 9] = [
        ("PUT", WEBHOOKS, Value::Null, 405, "api.method_not_allowed"),
        (
            "GET",
            "/api/v1/webhooks/99999",
            Value::Null,
            404,
            "webhook.not_found",
        ),
        ("GET", "/api/v1/webhooks/x", Value::Null, 404, "webhook.not_found"),
        (
            "POST",
            "/api/v1/webhooks/1/switch-on",
            json!({ "replay_since": "soon" }),
            400,
            "webhook.invalid_replay_since",
        ),
        (
            "POST",
            "/api/v1/events/1/resend",
            Value::Null,
            404,
            "event.not_found",
        ),
        (
            "GET",
            "/api/v1/events?after=x",
            Value::Null,
            400,
            "api.invalid_query",
        ),
        (
            "GET",
            "/api/v1/events?limit=0",
            Value::Null,
            400,
            "api.invalid_query",
        ),
        (
            "GET",
            "/api/v1/events?wait=26",
            Value::Null,
            400,
            "api.invalid_query",
        ),
        (
            "GET",
            "/api/v1/events?before=9&wait=1",
            Value::Null,
            400,
            "api.invalid_query",
        ),
    ];
    for (method, path, body, status, code) in rows {
        let (its, word, _) = shop.call(method, path, &body).refusal();
        assert_eq!((its, word.as_str()), (status, code), "{method} {path}");
    }
    assert_eq!(
        shop.ask("GET", WEBHOOKS, &Value::Null)["webhooks"],
        json!([]),
        "nothing was registered"
    );
    for _ in 0..16 {
        shop.ask("POST", WEBHOOKS, &json!({ "url": url, "events": ["dispute"] }));
    }
    let one_more = shop.call("POST", WEBHOOKS, &json!({ "url": url, "events": ["dispute"] }));
    assert_eq!(one_more.refusal().1, "webhook.too_many");
}

#[test]
fn nobody_calls_without_a_merchants_authorization() {
    let house = House::start();
    let calls = [
        ("GET", WEBHOOKS),
        ("POST", WEBHOOKS),
        ("GET", "/api/v1/webhooks/1"),
        ("PATCH", "/api/v1/webhooks/1"),
        ("DELETE", "/api/v1/webhooks/1"),
        ("POST", "/api/v1/webhooks/1/switch-on"),
        ("GET", EVENTS),
        ("POST", "/api/v1/events/1/resend"),
    ];
    for (method, path) in calls {
        for headers in [&[][..], &["Authorization: nobody"]] {
            let (status, code, _) = house.say(method, path, headers, b"").refusal();
            assert_eq!(
                (status, code.as_str()),
                (401, "api.unauthorized"),
                "{method} {path}"
            );
        }
    }
}
