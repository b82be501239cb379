//! An acquirer that is dead, babbling or speaks of something else is silent; nothing fails because of it.

use super::world::{AMOUNT, GOOD_FOR, KEY, START, World, card, order, page, question};
use crate::{
    collect::CollectRail,
    sandbox::{
        AcquirerRail,
        charge_hearing::{Expected, answer},
    },
};
use hyper::StatusCode;
use rokad_domain::acquirer::{Answer, Fault};

const PAGES: &str = "http://bank.example";

/// What the rail makes of this answer to a question about R-1.
fn heard(status: u16, body: &str) -> Answer {
    let question = question("R-1");
    let status = StatusCode::from_u16(status).unwrap();
    answer(status, body.as_bytes(), &Expected::to_ask(&question, PAGES))
}

fn captured(reference: &str, amount: i64, rrn: &str) -> String {
    format!(r#"{{"status":"captured","reference":"{reference}","amount_paise":{amount},"rrn":"{rrn}"}}"#)
}

#[test]
fn captured_is_believed_only_of_our_reference_and_amount() {
    let good = captured("R-1", AMOUNT, "RRN1");
    assert!(matches!(heard(200, &good), Answer::Captured(rrn) if rrn.as_str() == "RRN1"));
    for status in [202, 201, 400, 404, 500, 504] {
        assert_eq!(heard(status, &good), Answer::Silent, "{status}");
    }
    for bad in [
        captured("R-2", AMOUNT, "RRN1"),
        captured("R-1", AMOUNT + 1, "RRN1"),
        captured("R-1", AMOUNT, ""),
        captured("R-1", AMOUNT, "RRN 1"),
        good[..good.len() - 1].to_owned(),
        String::new(),
        "[]".into(),
    ] {
        assert_eq!(heard(200, &bad), Answer::Silent, "{bad}");
    }
}

#[test]
fn a_refusal_is_believed_of_our_reference_also_with_a_new_word() {
    let refused = |reference: &str, fault: &str| {
        heard(
            200,
            &format!(r#"{{"status":"refused","reference":"{reference}","fault":"{fault}"}}"#),
        )
    };
    for (fault, code) in Fault::ALL {
        assert_eq!(refused("R-1", code), Answer::Refused(*fault));
    }
    assert_eq!(refused("R-1", "moon"), Answer::Refused(Fault::Other));
    assert_eq!(refused("R-2", "declined"), Answer::Silent);
}

#[test]
fn a_customer_is_sent_to_the_acquirers_own_pages_only() {
    let waiting = |page: &str| {
        let body =
            format!(r#"{{"status":"waiting","reference":"R-1","amount_paise":{AMOUNT},"page":"{page}"}}"#);
        heard(202, &body)
    };
    assert_eq!(
        waiting("/customer/0a"),
        Answer::Waiting(Some("http://bank.example/customer/0a".into()))
    );
    for bad in [
        "",
        "//evil.example",
        "https://evil.example",
        "@evil.example",
        ".evil.example",
        "/a?b",
        "/a b",
    ] {
        assert_eq!(waiting(bad), Answer::Silent, "{bad}");
    }
}

#[test]
fn unknown_is_a_refusal_only_after_the_time_and_never_as_the_answer_to_a_charge() {
    let unknown = |reference: &str, time: i64| {
        format!(r#"{{"status":"unknown","reference":"{reference}","bank_time_ms":{time}}}"#)
    };
    let late = START + GOOD_FOR + 5_001;
    assert_eq!(
        heard(404, &unknown("R-1", late)),
        Answer::Refused(Fault::NotReceived)
    );
    assert_eq!(heard(404, &unknown("R-1", late - 1)), Answer::Silent);
    assert_eq!(heard(404, &unknown("R-2", late)), Answer::Silent);
    let question = question("R-1");
    let of_charge = answer(
        StatusCode::NOT_FOUND,
        unknown("R-1", late).as_bytes(),
        &Expected::to_charge(&question, PAGES),
    );
    assert_eq!(of_charge, Answer::Silent);
}

#[tokio::test]
async fn a_dead_acquirer_or_one_that_does_not_take_our_key_is_silent() {
    let world = World::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for (base, key) in [(&dead, KEY), (&world.base, "another key")] {
        let rail = AcquirerRail::new(base, key).unwrap();
        let charged = rail.charge(order("R-1", card("4012001037140015"))).await;
        assert_eq!(charged, Answer::Silent);
        assert_eq!(rail.ask(&question("R-1")).await, Answer::Silent);
        assert_eq!(rail.call_off(&question("R-1")).await, Answer::Silent);
    }
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn a_reference_that_would_change_the_path_never_leaves() {
    let world = World::new().await;
    for bad in ["", "../news", "R 1", "R-1?x=", "R\r\n", &"R".repeat(65)] {
        let charged = world.charge(bad, card("4012001037140015")).await;
        assert_eq!(charged, Answer::Silent, "{bad:?}");
        assert_eq!(world.ask(bad).await, Answer::Silent, "{bad:?}");
        assert_eq!(world.call_off(bad).await, Answer::Silent, "{bad:?}");
    }
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn customers_are_sent_where_browsers_reach_the_pages() {
    let world = World::new().await;
    let rail = AcquirerRail::new(&world.base, KEY)
        .unwrap()
        .with_pages_at("https://bank.example/");
    let page = page(&rail.charge(order("R-1", card("5123456789012346"))).await);
    assert!(page.starts_with("https://bank.example/customer/"), "{page}");
}
