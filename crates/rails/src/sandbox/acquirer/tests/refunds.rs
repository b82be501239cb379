//! Refunds: each is paid once at most, never more than was captured, and what was said of it stays true.

use super::world::{AMOUNT, GOOD_CARD, GOOD_FOR, START, World, card, upi};
use crate::{collect::CollectRail, sandbox::acquirer::refund_scripts};
use rokad_domain::{
    Paise, UnixMs,
    refund::{Answer, Fault, RefundOrder},
};
use std::{collections::HashSet, sync::Arc};
use tokio::task::JoinSet;

const AT_ONCE: &str = "4012001037140015";

fn refund(reference: &str, paise: i64) -> RefundOrder {
    RefundOrder {
        reference: reference.into(),
        charge: "C-1".into(),
        amount: Paise::new(paise).unwrap(),
        not_after: UnixMs(START + GOOD_FOR),
    }
}

/// A world in which the charge `C-1` was captured.
async fn captured() -> World {
    let world = World::new().await;
    world.charge("C-1", card(AT_ONCE)).await;
    world
}

impl World {
    async fn refund(&self, order: &RefundOrder) -> Answer {
        self.rail.refund(order).await
    }

    async fn ask_refund(&self, order: &RefundOrder) -> Answer {
        self.rail.ask_refund(order).await
    }

    /// References of what was paid back, in order. The totals must say the same.
    async fn refunded(&self) -> Vec<String> {
        let (status, statement) = self.api("GET", "/v1/refunds?limit=10000", "").await;
        assert_eq!(status, 200);
        let entries = statement["entries"].as_array().unwrap();
        let sum: i64 = entries.iter().map(|e| e["amount_paise"].as_i64().unwrap()).sum();
        let totals = &statement["totals"];
        assert_eq!(
            (&totals["refunded"], &totals["refunded_paise"]),
            (&entries.len().into(), &sum.into())
        );
        let name = |entry: &serde_json::Value| entry["reference"].as_str().unwrap().to_owned();
        entries.iter().map(name).collect()
    }
}

fn arn(answer: &Answer) -> String {
    match answer {
        Answer::Paid(arn) => arn.as_str().to_owned(),
        Answer::Refused(_) | Answer::UnderWay | Answer::Silent => panic!("not paid: {answer:?}"),
    }
}

#[tokio::test]
async fn a_refund_is_under_way_and_then_paid() {
    let world = captured().await;
    let order = refund("R-1", 10_000);
    assert_eq!(world.refund(&order).await, Answer::UnderWay);
    assert_eq!(world.ask_refund(&order).await, Answer::UnderWay);
    assert!(world.refunded().await.is_empty());
    world.pass(1_000).await;
    let paid = world.ask_refund(&order).await;
    assert_eq!(
        world.refund(&order).await,
        paid,
        "told again, it is the same refund"
    );
    let world = world.restart().await;
    assert_eq!(world.ask_refund(&order).await, paid);
    assert_eq!(world.refunded().await, ["R-1"]);
}

#[tokio::test]
async fn every_magic_amount_does_what_the_table_says() {
    let world = captured().await;
    let (refused, lost) = (Answer::Refused(Fault::AccountClosed), Answer::Silent);
    // What it says at once, and what after three seconds; `None`: it was paid.
    let cases = [
        (1, None, None),
        (2, Some(refused.clone()), Some(refused.clone())),
        (3, Some(Answer::UnderWay), Some(refused.clone())),
        (4, Some(Answer::Silent), None),
        (5, Some(Answer::Silent), Some(refused)),
        (6, Some(Answer::Silent), Some(lost)),
        (7, Some(Answer::Silent), None),
    ];
    assert_eq!(
        cases.each_ref().map(|(paise, ..)| *paise).to_vec(),
        refund_scripts::BY_PAISE
            .iter()
            .map(|(paise, _)| *paise)
            .collect::<Vec<_>>()
    );
    let said = |answer: Answer| Some(answer).filter(|answer| !matches!(answer, Answer::Paid(_)));
    for (paise, at_once, _) in &cases {
        let told = world.refund(&refund(&format!("R-{paise}"), 10_000 + paise)).await;
        assert_eq!(said(told), *at_once, "{paise}");
    }
    world.pass(3_000).await;
    for (paise, _, later) in cases {
        let asked = world
            .ask_refund(&refund(&format!("R-{paise}"), 10_000 + paise))
            .await;
        assert_eq!(said(asked), later, "{paise}");
    }
    assert_eq!(world.refunded().await, ["R-1", "R-7", "R-4"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_refund_told_twenty_times_at_once_is_paid_once() {
    let world = Arc::new(captured().await);
    let mut told = JoinSet::new();
    for _ in 0..20 {
        let world = world.clone();
        told.spawn(async move { world.refund(&refund("R-1", 10_001)).await });
    }
    let arns: HashSet<String> = told.join_all().await.iter().map(arn).collect();
    assert_eq!((arns.len(), world.refunded().await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_at_once_never_pay_back_more_than_was_captured() {
    let world = Arc::new(captured().await);
    let mut told = JoinSet::new();
    for n in 0..20 {
        let world = world.clone();
        told.spawn(async move { world.refund(&refund(&format!("R-{n}"), AMOUNT / 10 + 1)).await });
    }
    let answers = told.join_all().await;
    world.pass(1_000).await;
    let refused = answers
        .iter()
        .filter(|answer| **answer == Answer::Refused(Fault::NotRefundable));
    assert_eq!((refused.count(), world.refunded().await.len()), (11, 9));
}

#[tokio::test]
async fn what_a_refused_refund_reserved_can_go_back_again() {
    let world = captured().await;
    assert_eq!(
        world.refund(&refund("R-1", AMOUNT - 100 + 3)).await,
        Answer::UnderWay
    );
    let all = refund("R-2", AMOUNT);
    assert_eq!(world.refund(&all).await, Answer::Refused(Fault::NotRefundable));
    world.pass(3_000).await;
    assert_eq!(world.refund(&refund("R-3", AMOUNT)).await, Answer::UnderWay);
    assert_eq!(
        world.ask_refund(&all).await,
        Answer::Refused(Fault::NotRefundable),
        "for ever"
    );
}

#[tokio::test]
async fn what_took_no_money_gives_none_back() {
    let world = World::new().await;
    let refused = Answer::Refused(Fault::NotRefundable);
    assert_eq!(
        world.refund(&refund("R-1", 10_001)).await,
        refused,
        "no such charge"
    );
    world.charge("C-1", card(GOOD_CARD)).await;
    assert_eq!(world.refund(&refund("R-2", 10_001)).await, refused, "it waits");
    world.call_off("C-1").await;
    assert_eq!(world.refund(&refund("R-3", 10_001)).await, refused);
    let world = world.restart().await;
    assert!(world.refunded().await.is_empty());
}

#[tokio::test]
async fn a_refund_that_comes_after_its_time_is_refused_for_ever() {
    let world = captured().await;
    let order = refund("R-1", 10_001);
    assert_eq!(world.ask_refund(&order).await, Answer::Silent);
    world.pass(GOOD_FOR + 5_000).await;
    assert_eq!(
        world.ask_refund(&order).await,
        Answer::Silent,
        "one may be on its way"
    );
    world.pass(1).await;
    assert_eq!(
        world.ask_refund(&order).await,
        Answer::Refused(Fault::NotReceived)
    );
    assert_eq!(world.refund(&order).await, Answer::Refused(Fault::NotReceived));
    assert!(world.refunded().await.is_empty());
}

#[tokio::test]
async fn the_same_reference_for_another_refund_is_a_conflict_and_silence_for_the_rail() {
    let world = captured().await;
    world.charge("C-2", upi("asha@payu")).await;
    world.refund(&refund("R-1", 10_001)).await;
    let mut other = refund("R-1", 10_001);
    other.charge = "C-2".into();
    for order in [&refund("R-1", 10_002), &other] {
        assert_eq!(world.refund(order).await, Answer::Silent);
        assert_eq!(world.ask_refund(order).await, Answer::Silent);
    }
    let body = r#"{"reference":"R-1","charge":"C-1","amount_paise":5,"not_after_ms":1}"#;
    let (status, said) = world.api("POST", "/v1/refunds", body).await;
    assert_eq!((status.as_u16(), &said["code"]), (409, &"other_refund".into()));
}

#[tokio::test]
async fn what_is_no_refund_is_refused_by_name_and_not_booked() {
    let world = captured().await;
    let good =
        serde_json::json!({"reference": "R-1", "charge": "C-1", "amount_paise": 100, "not_after_ms": 1});
    for (field, value, code) in [
        ("reference", "R 1".into(), "bad_reference"),
        ("charge", "".into(), "bad_charge"),
        ("amount_paise", 0.into(), "bad_amount"),
        ("not_after_ms", "soon".into(), "malformed"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let (status, said) = world.api("POST", "/v1/refunds", &body.to_string()).await;
        assert_eq!((status.as_u16(), &said["code"]), (400, &code.into()), "{field}");
    }
    let (status, said) = world.api("GET", "/v1/refunds/R-1", "").await;
    assert_eq!((status.as_u16(), &said["code"]), (400, &"bad_charge".into()));
}
