//! Nothing is paid twice.

use super::world::{FROM, GOOD_FOR, OPENING, START, World, body, instruction, question, utr};
use crate::payout::PayoutRail;
use rokad_domain::{
    UnixMs,
    rail::{Answer, Reason},
};
use std::collections::HashSet;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_reference_sent_sixty_four_times_at_once_pays_once() {
    let world = std::sync::Arc::new(World::new().await);
    let mut sends = JoinSet::new();
    for _ in 0..64 {
        let world = world.clone();
        sends.spawn(async move { world.pay("R-1", "123456789", 100).await });
    }
    let utrs: HashSet<String> = sends
        .join_all()
        .await
        .iter()
        .map(|a| utr(a).as_str().to_owned())
        .collect();
    assert_eq!(utrs.len(), 1);
    assert_eq!(world.bookings().await, [("R-1".to_owned(), "paid".to_owned())]);
    assert_eq!(world.balance().await, OPENING - 10_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_references_at_once_are_each_paid_once_under_a_utr_of_their_own() {
    let world = std::sync::Arc::new(World::new().await);
    let mut sends = JoinSet::new();
    for n in 0..500 {
        let world = world.clone();
        sends.spawn(async move { world.pay(&format!("R-{n}"), "123456789", 1).await });
    }
    let utrs: HashSet<String> = sends
        .join_all()
        .await
        .iter()
        .map(|a| utr(a).as_str().to_owned())
        .collect();
    assert_eq!(utrs.len(), 500);
    assert!(
        utrs.iter()
            .all(|u| u.len() == 12 && u.bytes().all(|b| b.is_ascii_digit()))
    );
    let booked: HashSet<_> = world.bookings().await.into_iter().collect();
    assert_eq!(booked.len(), 500);
    assert_eq!(world.balance().await, OPENING - 50_000);
}

#[tokio::test]
async fn the_same_reference_with_other_fields_is_a_conflict_and_silence_for_the_rail() {
    let world = World::new().await;
    utr(&world.pay("R-1", "123456789", 100).await);
    let changes = [
        ("amount_paise", 10_001.into()),
        ("account_no", "123456780".into()),
        ("ifsc", "SBIN0001235".into()),
        ("account_holder", "Asha Rao".into()),
        ("from_account", "50100200300401".into()),
    ];
    for (field, value) in changes {
        let mut other = body("R-1", "123456789", 10_000);
        other[field] = value;
        let (status, said) = world.post(other).await;
        assert_eq!(
            (status.as_u16(), &said["code"]),
            (409, &"other_instruction".into()),
            "{field}"
        );
    }
    assert_eq!(world.pay("R-1", "123456789", 101).await, Answer::Silent);
    assert_eq!(world.bookings().await.len(), 1);
}

#[tokio::test]
async fn a_later_deadline_does_not_make_it_another_transfer() {
    let world = World::new().await;
    let mut again = instruction("R-1", "123456789", 100);
    let first = world.rail.send(&again).await;
    again.not_after = UnixMs(START + 10 * GOOD_FOR);
    assert_eq!(utr(&world.rail.send(&again).await), utr(&first));
    assert_eq!(world.bookings().await.len(), 1);
}

#[tokio::test]
async fn what_arrives_after_its_deadline_is_refused_for_ever() {
    let world = World::new().await;
    world.pass(GOOD_FOR).await;
    utr(&world.pay("IN-TIME", "123456789", 1).await);
    world.pass(1).await;
    let refused = Answer::Refused(Reason::NotReceived);
    assert_eq!(world.pay("LATE", "123456789", 1).await, refused);
    let mut longer = instruction("LATE", "123456789", 1);
    longer.not_after = UnixMs(START + 10 * GOOD_FOR);
    assert_eq!(world.rail.send(&longer).await, refused);
    let world = world.restart().await;
    assert_eq!(world.ask("LATE").await, refused);
    assert_eq!(world.bookings().await.len(), 1);
}

#[tokio::test]
async fn never_heard_of_it_is_a_refusal_only_when_the_bank_would_refuse_it_now() {
    let world = World::new().await;
    assert_eq!(world.ask("NEVER").await, Answer::Silent);
    world.pass(GOOD_FOR + 5_000).await;
    assert_eq!(world.ask("NEVER").await, Answer::Silent);
    world.pass(1).await;
    assert_eq!(world.ask("NEVER").await, Answer::Refused(Reason::NotReceived));
    assert!(world.bookings().await.is_empty());
}

#[tokio::test]
async fn a_bank_that_does_not_keep_the_paying_account_is_not_believed() {
    let world = World::new().await;
    utr(&world.pay("R-1", "123456789", 1).await);
    world.pass(10 * GOOD_FOR).await;
    for reference in ["R-1", "NEVER"] {
        let mut q = question(reference);
        q.from_account = "777".into();
        assert_eq!(world.rail.ask(&q).await, Answer::Silent, "{reference}");
    }
}

#[tokio::test]
async fn an_account_pays_what_it_has_and_not_a_paisa_more() {
    let world = World::new().await;
    let (status, said) = world.post(body("ALL", "123456789", OPENING)).await;
    assert_eq!((status.as_u16(), &said["status"]), (200, &"paid".into()));
    let (_, said) = world.post(body("MORE", "123456789", 1)).await;
    assert_eq!(said["reason"], "insufficient_funds");
    assert_eq!(
        world.ask("MORE").await,
        Answer::Refused(Reason::OperatorAccountShort)
    );
    assert_eq!(world.balance().await, 0);
}

#[tokio::test]
async fn money_of_a_transfer_in_progress_cannot_be_spent_twice() {
    let world = World::new().await;
    let slow = world.post(body("SLOW", "90000000002", OPENING)).await;
    assert_eq!((slow.0.as_u16(), &slow.1["status"]), (202, &"in_progress".into()));
    assert_eq!(
        world.pay("MORE", "123456789", 1).await,
        Answer::Refused(Reason::OperatorAccountShort)
    );
    assert_eq!(world.balance().await, OPENING, "blocked, not gone");
    world.pass(3_000).await;
    utr(&world.ask("SLOW").await);
    assert_eq!(world.balance().await, 0);
}

#[tokio::test]
async fn an_account_of_another_bank_pays_nothing() {
    let world = World::new().await;
    let mut foreign = instruction("R-1", "123456789", 1);
    foreign.from_account = format!("{FROM}9");
    assert_eq!(world.rail.send(&foreign).await, Answer::Refused(Reason::Other));
    assert_eq!(world.balance().await, OPENING);
}
