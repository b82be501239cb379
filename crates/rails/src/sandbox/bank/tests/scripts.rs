//! Each magic number does what the table says. The list is the table itself: a new row without a case does not compile.

use super::world::{OPENING, World, instruction, utr};
use crate::{
    payout::PayoutRail,
    sandbox::{
        bank::scripts::{BY_ACCOUNT, BY_RUPEES, HELD_MS, LATE_MS, MAGIC_PREFIX, RETURN_MS, Script},
        words::Refusal,
    },
};
use rokad_domain::rail::{Answer, News, Reason};
use std::sync::Arc;

const REF: &str = "R-1";

/// What a gateway sees of one transfer.
struct Seen {
    sent: Answer,
    asked: Answer,
    /// After this many milliseconds something changes,
    after_ms: i64,
    /// and then an ask says this.
    in_the_end: Answer,
    /// What the news tell all in all.
    news: Vec<News>,
    /// What the bank books all in all.
    booked: &'static [&'static str],
    /// What the merchant's account has lost, in transfers.
    lost: i64,
}

#[tokio::test]
async fn every_magic_account_does_what_the_table_says() {
    for (four, script) in BY_ACCOUNT {
        if *script != Script::AnswersOutOfOrder {
            does_what_it_says(*script, &format!("{MAGIC_PREFIX}{four}"), 250).await;
        }
    }
}

#[tokio::test]
async fn every_magic_amount_does_what_the_table_says() {
    for (rupees, script) in BY_RUPEES {
        does_what_it_says(*script, "123456789", *rupees).await;
    }
}

async fn does_what_it_says(script: Script, account_no: &str, rupees: i64) {
    let context = format!("{script:?} by {account_no} and {rupees}");
    let mut world = World::new().await;
    let sent = world.pay(REF, account_no, rupees).await;
    let asked = world.ask(REF).await;
    let early_news = world.news(0).await;
    let (_, known) = world.get(&format!("/v1/transfers/{REF}")).await;
    let utr = format!("{:03}000000000", 100 + super::world::START / 1_000 % 900);
    let seen = seen(
        script,
        Answer::Paid(rokad_domain::rail::Utr::parse(&utr).unwrap()),
    );
    assert_eq!((&sent, &asked), (&seen.sent, &seen.asked), "{context}: {known}");
    world.pass(seen.after_ms - 1).await;
    assert_eq!(world.ask(REF).await, seen.asked, "{context}, a millisecond early");
    assert_eq!(world.news(0).await, early_news, "{context}, a millisecond early");
    for _ in 0..2 {
        world.pass(1).await;
        assert_eq!(world.ask(REF).await, seen.in_the_end, "{context}");
        let news: Vec<News> = world
            .news(0)
            .await
            .0
            .into_iter()
            .map(|(reference, news)| {
                assert_eq!(reference, REF);
                news
            })
            .collect();
        assert_eq!(news, seen.news, "{context}");
        let booked: Vec<String> = world
            .bookings()
            .await
            .into_iter()
            .map(|(_, booked)| booked)
            .collect();
        assert_eq!(booked, seen.booked, "{context}");
        assert_eq!(
            world.balance().await,
            OPENING - seen.lost * rupees * 100,
            "{context}"
        );
        world = world.restart().await;
    }
}

fn seen(script: Script, paid: Answer) -> Seen {
    let plain = |answer: Answer, booked| Seen {
        sent: answer.clone(),
        asked: answer.clone(),
        after_ms: 1,
        in_the_end: answer,
        news: vec![],
        booked,
        lost: booked.len() as i64,
    };
    let late = |answer: Answer, booked| Seen {
        sent: Answer::Silent,
        asked: Answer::Silent,
        after_ms: LATE_MS,
        news: vec![News::Answered(answer.clone())],
        ..plain(answer, booked)
    };
    let told = vec![News::Answered(paid.clone())];
    match script {
        Script::PaysAtOnce => plain(paid, &["paid"]),
        Script::PaysLate | Script::SilentThenPaid => late(paid, &["paid"]),
        Script::Refuses(refusal) => plain(Answer::Refused(ours(refusal)), &[]),
        Script::SilentThenRefused(refusal) => late(Answer::Refused(ours(refusal)), &[]),
        Script::AnswersTwice | Script::AnswersOutOfOrder => Seen {
            news: told,
            ..plain(paid, &["paid"])
        },
        Script::PaysThenReturns => Seen {
            after_ms: RETURN_MS,
            news: vec![News::Returned(Reason::ReturnedByBeneficiaryBank)],
            lost: 0,
            ..plain(paid, &["paid", "returned"])
        },
        Script::NeverReceives => plain(Answer::Silent, &[]),
        Script::AnswersGarbage => Seen {
            sent: Answer::Silent,
            ..plain(paid, &["paid"])
        },
    }
}

const fn ours(refusal: Refusal) -> Reason {
    match refusal {
        Refusal::InvalidAccount => Reason::InvalidAccount,
        Refusal::AccountFrozen => Reason::AccountFrozen,
        Refusal::LimitExceeded => Reason::LimitExceeded,
        Refusal::InsufficientFunds => Reason::OperatorAccountShort,
        Refusal::UnknownDebitAccount => Reason::Other,
        Refusal::Expired => Reason::NotReceived,
    }
}

#[tokio::test]
async fn an_answer_out_of_order_comes_after_its_news_and_says_the_same() {
    let world = Arc::new(World::new().await);
    let sender = world.clone();
    let send = tokio::spawn(async move { sender.pay(REF, "90000000011", 250).await });
    while world.news(0).await.0.is_empty() {}
    let asked = world.ask(REF).await;
    world.pass(HELD_MS - 1).await;
    assert_eq!(
        world.news(0).await.0,
        [(REF.to_owned(), News::Answered(asked.clone()))]
    );
    assert!(!send.is_finished(), "the answer is held");
    world.pass(1).await;
    assert_eq!(utr(&send.await.unwrap()), utr(&asked));
    assert_eq!(world.bookings().await.len(), 1);
}

#[tokio::test]
async fn a_held_answer_is_let_go_when_the_bank_stops_ticking() {
    let world = Arc::new(World::new().await);
    let sender = world.clone();
    let send = tokio::spawn(async move { sender.pay(REF, "90000000011", 250).await });
    while world.news(0).await.0.is_empty() {}
    world.bank.clone().run(std::future::ready(())).await;
    utr(&send.await.unwrap());
}

#[tokio::test]
async fn what_fell_due_while_the_bank_was_closed_happens_when_it_opens() {
    let world = World::new().await;
    assert_eq!(world.pay("LATE", "90000000006", 100).await, Answer::Silent);
    utr(&world.pay("BACK", "90000000009", 50).await);
    world.bank.close();
    world
        .time
        .fetch_add(RETURN_MS, std::sync::atomic::Ordering::SeqCst);
    let world = world.restart().await;
    let paid = world.ask("LATE").await;
    utr(&paid);
    let back = News::Returned(Reason::ReturnedByBeneficiaryBank);
    let (news, next) = world.news(0).await;
    assert_eq!(
        news,
        [
            ("LATE".to_owned(), News::Answered(paid)),
            ("BACK".to_owned(), back.clone())
        ]
    );
    assert_eq!(world.news(next).await, (vec![], next));
    let page = world.rail.news(next - 1).await.unwrap();
    assert_eq!(
        (page.notices.len(), page.next),
        (1, next),
        "a cursor may stand between two notices"
    );
    assert_eq!(world.balance().await, OPENING - 10_000);
}

#[tokio::test]
async fn the_news_come_in_pages_that_lose_nothing() {
    let world = World::new().await;
    for n in 0..450 {
        utr(&world
            .rail
            .send(&instruction(&format!("R-{n}"), "90000000008", 1))
            .await);
    }
    let (mut heard, mut after) = (Vec::new(), 0);
    loop {
        let (news, next) = world.news(after).await;
        if news.is_empty() {
            break;
        }
        assert!(next > after, "a cursor moves on");
        heard.extend(news.into_iter().map(|(reference, _)| reference));
        after = next;
    }
    let all: Vec<String> = (0..450).map(|n| format!("R-{n}")).collect();
    assert_eq!(heard, all);
}
