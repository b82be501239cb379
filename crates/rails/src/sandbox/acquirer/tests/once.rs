//! Nothing is taken twice, nothing that was called off, nothing after its time.

use super::world::{
    AMOUNT, GOOD_CARD, GOOD_FOR, RETURN_URL, START, World, card, order, post, question, rrn, upi,
};
use crate::collect::CollectRail;
use rokad_domain::{
    Paise, UnixMs,
    acquirer::{Answer, Fault, Means},
};
use std::{collections::HashSet, sync::Arc};
use tokio::task::JoinSet;

const AT_ONCE: &str = "4012001037140015";

/// A charge in the acquirer's own words.
fn body(reference: &str) -> serde_json::Value {
    serde_json::json!({
        "reference": reference, "amount_paise": AMOUNT, "method": "upi", "vpa": "asha@payu",
        "return_url": RETURN_URL, "not_after_ms": START + GOOD_FOR,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_reference_charged_twenty_times_at_once_is_captured_once() {
    let world = Arc::new(World::new().await);
    let mut charges = JoinSet::new();
    for _ in 0..20 {
        let world = world.clone();
        charges.spawn(async move { world.charge("R-1", card(AT_ONCE)).await });
    }
    let rrns: HashSet<String> = charges
        .join_all()
        .await
        .iter()
        .map(|a| rrn(a).as_str().to_owned())
        .collect();
    assert_eq!(
        world.captured().await,
        [("R-1".to_owned(), rrns.iter().next().unwrap().clone())]
    );
    assert_eq!(rrns.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_sent_twenty_times_at_once_captures_once() {
    let world = Arc::new(World::new().await);
    let page = world.page_of("R-1", card(GOOD_CARD)).await;
    let mut posts = JoinSet::new();
    for _ in 0..20 {
        let page = page.clone();
        posts.spawn(async move { post(&page, "choice=pay&otp=123456").await });
    }
    assert!(posts.join_all().await.iter().all(|to| to == RETURN_URL));
    assert_eq!(world.captured().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_off_that_races_the_customer_is_either_in_time_or_too_late_never_both() {
    let world = Arc::new(World::new().await);
    for n in 0..60 {
        let reference = format!("R-{n}");
        let page = world.page_of(&reference, card(GOOD_CARD)).await;
        let (caller, name) = (world.clone(), reference.clone());
        let call_off = tokio::spawn(async move { caller.call_off(&name).await });
        let paying = tokio::spawn(async move { post(&page, "choice=pay&otp=123456").await });
        assert_eq!(paying.await.unwrap(), RETURN_URL);
        let answer = call_off.await.unwrap();
        assert_eq!(world.ask(&reference).await, answer, "what was said stays true");
        let booked = world.captured().await.iter().any(|(r, _)| *r == reference);
        let (captured, off) = (
            matches!(answer, Answer::Captured(_)),
            answer == Answer::Refused(Fault::CalledOff),
        );
        assert!(captured != off, "{answer:?}");
        assert_eq!(booked, captured);
    }
}

#[tokio::test]
async fn a_charge_that_waits_is_called_off_for_ever() {
    let world = World::new().await;
    let waiting: [(&str, Means); 4] = [
        ("page", card(GOOD_CARD)),
        ("app", upi("slow@payu")),
        ("unanswered", upi("expire@payu")),
        ("silent", upi("silent@payu")),
    ];
    for (reference, means) in waiting {
        world.charge(reference, means).await;
        let off = Answer::Refused(Fault::CalledOff);
        assert_eq!(world.call_off(reference).await, off);
        assert_eq!(world.call_off(reference).await, off, "as often as it is asked");
        world.pass(10_000).await;
        assert_eq!(world.ask(reference).await, off);
    }
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn a_call_off_that_overtakes_its_charge_stops_it() {
    let world = World::new().await;
    assert_eq!(world.call_off("R-1").await, Answer::Refused(Fault::CalledOff));
    let world = world.restart().await;
    assert_eq!(
        world.charge("R-1", card(AT_ONCE)).await,
        Answer::Refused(Fault::CalledOff)
    );
    assert_eq!(world.ask("R-1").await, Answer::Refused(Fault::CalledOff));
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn a_call_off_that_is_too_late_says_captured() {
    let world = World::new().await;
    let paid = world.charge("R-1", card(AT_ONCE)).await;
    assert_eq!(world.call_off("R-1").await, paid);
    assert_eq!(world.captured().await.len(), 1);
}

#[tokio::test]
async fn the_same_reference_for_another_amount_is_a_conflict_and_silence_for_the_rail() {
    let world = World::new().await;
    let paid = world.charge("R-1", upi("expire@payu")).await;
    let mut other = order("R-1", upi("expire@payu"));
    other.amount = Paise::new(AMOUNT + 1).unwrap();
    assert_eq!(world.rail.charge(other).await, Answer::Silent);
    let mut question = question("R-1");
    question.amount = Paise::new(AMOUNT + 1).unwrap();
    assert_eq!(world.rail.ask(&question).await, Answer::Silent);
    assert_eq!(world.rail.call_off(&question).await, Answer::Silent);
    assert_eq!(world.ask("R-1").await, paid, "and nothing was called off");
    let mut changed = body("R-1");
    changed["amount_paise"] = 1.into();
    let (status, said) = world.api("POST", "/v1/charges", &changed.to_string()).await;
    assert_eq!((status.as_u16(), &said["code"]), (409, &"other_charge".into()));
    assert_eq!(
        world.charge("R-1", card(GOOD_CARD)).await,
        Answer::Silent,
        "nor by card"
    );
}

#[tokio::test]
async fn a_charge_that_comes_after_its_time_is_refused_for_ever() {
    let world = World::new().await;
    world.pass(GOOD_FOR + 1).await;
    let refused = Answer::Refused(Fault::NotReceived);
    assert_eq!(world.charge("R-1", card(AT_ONCE)).await, refused);
    let mut again = order("R-1", card(AT_ONCE));
    again.not_after = UnixMs(START + 10 * GOOD_FOR);
    assert_eq!(world.rail.charge(again).await, refused);
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn never_heard_of_is_certain_only_when_the_acquirers_own_clock_says_so() {
    let world = World::new().await;
    assert_eq!(world.ask("R-1").await, Answer::Silent);
    world.pass(GOOD_FOR + 5_000).await;
    assert_eq!(
        world.ask("R-1").await,
        Answer::Silent,
        "a request may be on its way"
    );
    world.pass(1).await;
    assert_eq!(world.ask("R-1").await, Answer::Refused(Fault::NotReceived));
}

#[tokio::test]
async fn an_approval_that_is_looked_at_after_its_time_takes_nothing() {
    let world = World::new().await;
    let mut short = order("R-1", upi("slow@payu"));
    short.not_after = UnixMs(START + 9_000);
    assert_eq!(world.rail.charge(short).await, Answer::Waiting(None));
    world.acquirer.close();
    world.time.fetch_add(9_001, std::sync::atomic::Ordering::SeqCst);
    let world = world.restart().await;
    assert_eq!(world.ask("R-1").await, Answer::Refused(Fault::NotFinished));
    assert!(world.captured().await.is_empty());
}

#[tokio::test]
async fn what_is_no_charge_is_refused_by_name_and_not_booked() {
    let world = World::new().await;
    let cases = [
        ("reference", "R 1".into(), "bad_reference"),
        ("amount_paise", 0.into(), "bad_amount"),
        ("amount_paise", (-5).into(), "bad_amount"),
        ("return_url", "javascript:alert(1)".into(), "bad_return_url"),
        ("return_url", "http://user@shop.example/".into(), "bad_return_url"),
        ("return_url", "http://shop.example/\r\nx".into(), "bad_return_url"),
        ("return_url", "/back".into(), "bad_return_url"),
        ("method", "cheque".into(), "bad_method"),
        ("method", "upi_qr".into(), "bad_method"),
        ("method", "card".into(), "bad_method"),
        ("vpa", "".into(), "bad_method"),
        ("not_after_ms", "soon".into(), "malformed"),
    ];
    for (field, value, code) in cases {
        let mut body = body("R-1");
        body[field] = value;
        let (status, said) = world.api("POST", "/v1/charges", &body.to_string()).await;
        assert_eq!(
            (status.as_u16(), said["code"].as_str()),
            (400, Some(code)),
            "{body}"
        );
    }
    assert_eq!(world.ask("R-1").await, Answer::Silent);
    let (status, said) = world.api("POST", "/v1/charges", &body("R-1").to_string()).await;
    assert_eq!((status.as_u16(), said["status"].as_str()), (202, Some("waiting")));
}

#[tokio::test]
async fn nobody_charges_asks_or_reads_without_the_key() {
    let world = World::new().await;
    for (method, path) in [
        ("POST", "/v1/charges"),
        ("GET", "/v1/charges"),
        ("GET", "/v1/charges/R-1"),
        ("POST", "/v1/charges/R-1/call-off"),
    ] {
        for key in [None, Some("another key"), Some("")] {
            let uri = format!("{}{path}", world.base);
            let (status, _, _) = super::world::http(&uri, method, key, "").await;
            assert_eq!(status, 401, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_statement_comes_in_pages_that_lose_nothing() {
    let world = World::new().await;
    for n in 0..25 {
        rrn(&world.charge(&format!("R-{n}"), card(AT_ONCE)).await);
    }
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let (_, page) = world
            .api("GET", &format!("/v1/charges?after={after}&limit=10"), "")
            .await;
        let entries = page["entries"].as_array().unwrap().clone();
        if entries.is_empty() {
            break;
        }
        seen.extend(
            entries
                .iter()
                .map(|e| e["reference"].as_str().unwrap().to_owned()),
        );
        after = page["next"].as_u64().unwrap();
    }
    assert_eq!(seen, (0..25).map(|n| format!("R-{n}")).collect::<Vec<_>>());
}
