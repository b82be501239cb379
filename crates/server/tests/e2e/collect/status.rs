//! getPaymentResponse and chkMerchantTxnStatus: who may ask, how it may be asked, and what is refused.
//! Source: the document, contract.md §1, §3.3, §3.4.

use super::{
    refused::envelope,
    shop::{Order, RESPONSE, STATUS, Shop, encoded},
};
use crate::{
    document::names,
    house::House,
    http::{self, Answer},
};
use rokad_domain::{Now, UnixMs};
use rokad_store::Clock;
use serde_json::{Value, json};

/// The ids of an answer, and its message.
fn found(answer: &Answer) -> (Vec<String>, String) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        names(&answer.body),
        ["status", "message", "result", "errorCode", "responseCode"]
    );
    let json = answer.json();
    let id = |one: &Value| one["merchantTransactionId"].as_str().unwrap().to_owned();
    let ids = json["result"].as_array().unwrap().iter().map(id).collect();
    (ids, answer.field("message"))
}

fn opened(shop: &Shop, count: usize) -> Vec<Order> {
    (0..count).map(|_| shop.checkout("10").0).collect()
}

#[test]
fn whoever_asks_has_to_say_who_it_is() {
    let house = House::start();
    let ((other, _), shop) = (house.new_shop(), house.shop());
    let order = &opened(&shop, 1)[0];
    let ids = format!("merchantTransactionIds={}", order.txnid());
    let (mine, theirs) = (
        format!("merchantKey={}&{ids}", shop.key),
        format!("merchantKey={}&{ids}", other.key),
    );
    let a = shop.authorization.as_str();
    let (bearer, upper, cut) = (format!("Bearer {a}"), a.to_uppercase(), &a[1..]);
    for path in [STATUS, RESPONSE] {
        let ask = |authorization: Option<&str>, body: &str| {
            let headers: Vec<_> = authorization
                .map(|text| ("authorization", text))
                .into_iter()
                .collect();
            shop.browser.post(path, body, &headers)
        };
        for (what, authorization, body) in [
            ("none", None, &mine),
            ("empty", Some(""), &mine),
            ("junk", Some("junk"), &mine),
            ("another scheme", Some(&*bearer), &mine),
            ("another case", Some(&*upper), &mine),
            ("cut", Some(cut), &mine),
            ("the salt", Some(&*shop.salt), &mine),
            ("another's key", Some(a), &theirs),
            ("my key, another's word", Some(&*other.authorization), &mine),
        ] {
            envelope(&ask(authorization, body), (401, "payment.unauthorized"), what);
        }
        let empty = ask(None, "");
        assert!([400, 401].contains(&empty.status), "{}", empty.text());
        envelope(
            &ask(Some(&other.authorization), &theirs),
            (404, "payment.not_found"),
            "another's payment",
        );
        for body in [&mine, &ids] {
            assert_eq!(found(&ask(Some(a), body)).0, [order.txnid()], "{body}");
        }
        assert_eq!(found(&ask(Some(&format!(" {a} ")), &mine)).0, [order.txnid()]);
    }
}

#[test]
fn a_question_is_read_however_it_is_written() {
    let house = House::start();
    let shop = house.shop();
    let order = &opened(&shop, 1)[0];
    let (key, id) = (&shop.key, order.txnid());
    let form = format!("merchantKey={key}&merchantTransactionIds={id}");
    let json = json!({ "merchantKey": key, "merchantTransactionIds": id }).to_string();
    let authorization = format!("Authorization: {}", shop.authorization);
    let kinds = [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
    ];
    for base in ["", "/sandbox"] {
        for path in [STATUS, RESPONSE] {
            let ask = |method: &str, target: String, kind: Option<&str>, body: &str| {
                let kind = kind.map(|kind| format!("Content-Type: {kind}"));
                let headers: Vec<&str> = std::iter::once(&*authorization).chain(kind.as_deref()).collect();
                let answer = house.say(method, &target, &headers, body.as_bytes());
                assert_eq!(found(&answer).0, [id], "{method} {target} {kind:?} {body}");
            };
            let at = format!("{base}{path}");
            for method in ["POST", "GET"] {
                for kind in kinds.map(Some).into_iter().chain([None]) {
                    ask(method, format!("{at}?{form}"), kind, "");
                    ask(method, at.clone(), kind, &form);
                    ask(method, format!("{at}?"), kind, &json);
                    ask(
                        method,
                        format!("{at}?{form}"),
                        kind,
                        "merchantTransactionIds=other",
                    );
                }
            }
            // The document's own PHP: a blank before the key in the query, and one behind a name in the body.
            ask(
                "POST",
                format!("{at}?merchantKey=%20{key}&merchantTransactionIds={id}"),
                None,
                &format!("merchantKey={key}&merchantTransactionIds+={id}"),
            );
            ask(
                "POST",
                at,
                None,
                &format!("+merchantKey+=+{key}+&merchantTransactionIds+=+{id}+%7C+&colour=blue"),
            );
        }
    }
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_sentence() {
    let house = House::start();
    let shop = house.shop();
    opened(&shop, 1);
    let ids = |count: usize| {
        (0..count)
            .map(|n| format!("X{n}"))
            .collect::<Vec<_>>()
            .join("%7C")
    };
    let status = |more: &str| shop.ask(STATUS, more);
    let response = |more: &str| shop.ask(RESPONSE, more);
    for (what, answer, named) in [
        ("no ids", status(""), "merchantTransactionIds"),
        (
            "empty ids",
            status("merchantTransactionIds="),
            "merchantTransactionIds",
        ),
        (
            "pipes alone",
            status("merchantTransactionIds=%7C+%7C"),
            "merchantTransactionIds",
        ),
        (
            "51 ids",
            status(&format!("merchantTransactionIds={}", ids(51))),
            "50",
        ),
        (
            "101 ids",
            response(&format!("merchantTransactionIds={}", ids(101))),
            "100",
        ),
        (
            "nothing chosen",
            response(""),
            "merchantTransactionIds, or from and to, or count",
        ),
        ("from alone", response("from=01-01-2026"), "to is missing"),
        ("to alone", response("to=01-01-2026"), "from is missing"),
        (
            "to before from",
            response("from=02-01-2026&to=01-01-2026"),
            "to is not before from",
        ),
        (
            "more than a month",
            response("from=01-01-2026&to=01-02-2026"),
            "31 days",
        ),
        ("count 0", response("count=0"), "1 to 100"),
        ("count 101", response("count=101"), "1 to 100"),
        ("count -1", response("count=-1"), "1 to 100"),
        ("count 1.5", response("count=1.5"), "1 to 100"),
        ("count ten", response("count=ten"), "1 to 100"),
        (
            "ids twice",
            status("merchantTransactionIds=a&merchantTransactionIds=b"),
            "merchantTransactionIds is given twice",
        ),
    ] {
        let message = envelope(&answer, (400, "E1101"), what);
        assert!(message.contains(named), "{what}: {message}");
    }
    for day in [
        "2026-01-01",
        "1-1-2026",
        "31-02-2026",
        "00-01-2026",
        "01-13-2026",
        "01/01/2026",
        "01-01-26",
        "today",
        "01-01-2026 10:00",
        "٠١-٠١-٢٠٢٦",
    ] {
        for more in [
            format!("from={}&to=01-01-2026", encoded(day)),
            format!("from=01-01-2026&to={}", encoded(day)),
        ] {
            assert!(
                envelope(&response(&more), (400, "E1101"), &more).contains("dd-mm-yyyy"),
                "{day}"
            );
        }
    }
    envelope(
        &status(&format!("merchantTransactionIds={}", ids(50))),
        (404, "payment.not_found"),
        "50 unknown ids",
    );
    envelope(
        &response("merchantTransactionIds=nothing"),
        (404, "payment.not_found"),
        "an unknown id",
    );
}

#[test]
fn bodies_paths_and_methods_that_cannot_be_are_refused_in_the_envelope() {
    let house = House::start();
    let shop = house.shop();
    let authorization = format!("Authorization: {}", shop.authorization);
    for path in [STATUS, RESPONSE] {
        let ask =
            |method: &str, target: &str, body: &[u8]| house.say(method, target, &[&authorization], body);
        for (what, body) in [
            ("cut off", &b"{\"merchantKey\":"[..]),
            ("a list", b"[]"),
            ("bytes", b"\xff\xfe"),
            ("a form of bytes", b"a=%ff"),
            ("deep", &[b'['; 60_000]),
            (
                "a number as key",
                b"{\"merchantKey\":1.5,\"merchantTransactionIds\":\"a\"}",
            ),
            ("a list of ids", b"{\"merchantTransactionIds\":[\"a\"]}"),
        ] {
            envelope(&ask("POST", path, body), (400, "E1101"), what);
        }
        envelope(
            &ask("POST", path, &vec![b'x'; 10_000_000]),
            (413, "payment.body_too_large"),
            "10 MB",
        );
        envelope(&ask("PUT", path, b""), (405, "payment.method_not_allowed"), "PUT");
        envelope(
            &ask("DELETE", path, b""),
            (405, "payment.method_not_allowed"),
            "DELETE",
        );
        envelope(
            &ask("POST", &format!("{path}/"), b""),
            (404, "payment.unknown_path"),
            "a path below",
        );
        envelope(
            &ask("POST", &format!("/production{path}"), b""),
            (404, "payment.unknown_path"),
            "a path above",
        );
    }
}

#[test]
fn ids_come_back_as_they_were_asked_and_the_others_are_counted() {
    let house = House::start();
    let shop = house.shop();
    let orders = opened(&shop, 50);
    let all = orders.iter().map(Order::txnid).collect::<Vec<_>>();
    for path in [STATUS, RESPONSE] {
        let ask = |ids: &[&str]| {
            found(&shop.ask(
                path,
                &format!("merchantTransactionIds={}", encoded(&ids.join("|"))),
            ))
        };
        assert_eq!(
            ask(&all),
            (
                all.iter().map(|id| (*id).to_owned()).collect(),
                "All txnIds are valid".to_owned()
            )
        );
        assert_eq!(
            ask(&[all[1], "none", all[0]]),
            (
                vec![all[1].to_owned(), all[0].to_owned()],
                "1 txnId was not found".to_owned()
            )
        );
        assert_eq!(
            ask(&[all[1], "none", "चाय", "", all[1]]),
            (vec![all[1].to_owned()], "2 txnIds were not found".to_owned())
        );
    }
    let newest: Vec<String> = all.iter().rev().take(3).map(|id| (*id).to_owned()).collect();
    assert_eq!(
        found(&shop.ask(RESPONSE, "count=3")),
        (newest, "All txnIds are valid".to_owned()),
        "newest first"
    );
    assert_eq!(found(&shop.ask(RESPONSE, "count=100")).0.len(), 50);

    let day = |days: i64| date(Clock::system().now(), days);
    let of = |from: i64, to: i64| {
        found(&shop.ask(RESPONSE, &format!("from={}&to={}", day(from), day(to))))
            .0
            .len()
    };
    assert_eq!(
        (of(-1, 0), of(-1, 1), of(-2, -1), of(1, 2)),
        (50, 50, 0, 0),
        "days of Asia/Kolkata"
    );
}

/// The day so many days from now in Asia/Kolkata, as dd-mm-yyyy.
fn date(now: Now, days: i64) -> String {
    let at = UnixMs(now.at().0 + days * 86_400_000);
    let text = rokad_wire::date::day_and_time(at);
    let day: Vec<&str> = text.split(' ').next().unwrap().split('-').rev().collect();
    day.join("-")
}

#[test]
fn plain_clients_without_any_content_type_are_heard() {
    let house = House::start();
    let shop = house.shop();
    let order = &opened(&shop, 1)[0];
    let url = format!("{}{STATUS}?", shop.browser.base);
    let body = format!("merchantTransactionIds={}", order.txnid());
    let answer = http::post(
        &house.client,
        &url,
        &[("authorization", &shop.authorization)],
        body.as_bytes(),
    );
    assert_eq!(found(&answer).0, [order.txnid()]);
}
