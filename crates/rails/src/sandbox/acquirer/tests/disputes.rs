//! Disputes: magic amounts are disputed, the merchant's answer is heard once, and what was decided stays so.

use super::world::{START, World, card, order};
use crate::{collect::CollectRail, sandbox::acquirer::dispute_scripts::BY_RUPEES};
use rokad_domain::{
    Paise, UnixMs,
    dispute::{Answer, Claim, Kind, News, Notice, Outcome, Piece, Reason, Reply},
};

const AT_ONCE: &str = "4012001037140015";
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

/// A world in which a charge of so many rupees was captured.
async fn captured(rupees: i64) -> World {
    let world = World::new().await;
    let mut order = order("C-1", card(AT_ONCE));
    order.amount = Paise::from_rupees(rupees).unwrap();
    world.rail.charge(order).await;
    world
}

impl World {
    async fn news(&self) -> Vec<Notice> {
        self.rail.disputes(0).await.unwrap().notices
    }

    async fn answer_dispute(&self, reply: Reply) -> bool {
        let piece = Piece {
            name: "slip.png".into(),
            media_type: "image/png".into(),
            sha256: "ab".repeat(32),
            content: vec![1; 1_000_000],
        };
        let answer = Answer {
            reference: "D000000000".into(),
            reply,
            evidence: if reply == Reply::Contest {
                vec![piece; 5]
            } else {
                Vec::new()
            },
        };
        self.rail.answer_dispute(&answer).await
    }

    /// How the only dispute ended.
    async fn outcome(&self) -> Option<Outcome> {
        self.news()
            .await
            .into_iter()
            .find_map(|notice| match notice.news {
                News::Raised(_) => None,
                News::Resolved(outcome) => Some(outcome),
            })
    }
}

fn claim(notice: &Notice) -> &Claim {
    match &notice.news {
        News::Raised(claim) => claim,
        News::Resolved(outcome) => panic!("{outcome:?}"),
    }
}

#[tokio::test]
async fn a_magic_amount_is_disputed_a_second_after_it_was_captured() {
    let world = captured(7_701).await;
    assert!(world.news().await.is_empty());
    world.pass(1_000).await;
    let news = world.news().await;
    let claim = claim(&news[0]);
    assert_eq!((news.len(), news[0].charge.as_str()), (1, "C-1"));
    assert_eq!(
        (claim.kind, claim.reason, claim.amount.get(), claim.deadline),
        (
            Kind::Chargeback,
            Reason::NotReceived,
            770_100,
            UnixMs(START + 1_000 + WEEK_MS)
        )
    );
    let page = world.rail.disputes(1).await.unwrap();
    assert_eq!((page.notices.len(), page.next), (0, 1), "told once");
    let world = world.restart().await;
    assert_eq!(world.news().await, news);
}

#[tokio::test]
async fn every_magic_amount_ends_as_the_table_says() {
    // How it ends after evidence, after acceptance, and in silence when the deadline is over.
    use Outcome::{Lost, Withdrawn, Won};
    let cases = [
        (7_701, [Won, Lost, Lost]),
        (7_702, [Lost, Lost, Lost]),
        (7_703, [Won, Lost, Withdrawn]),
        (7_704, [Won, Lost, Lost]),
        (7_705, [Won, Lost, Lost]),
    ];
    let magic: Vec<i64> = BY_RUPEES.iter().map(|(rupees, _)| *rupees).collect();
    assert_eq!(cases.map(|(rupees, _)| rupees).to_vec(), magic);
    for (rupees, outcomes) in cases {
        for (reply, outcome) in [Some(Reply::Contest), Some(Reply::Accept), None]
            .into_iter()
            .zip(outcomes)
        {
            let world = captured(rupees).await;
            world.pass(1_000).await;
            match reply {
                Some(reply) => {
                    assert!(world.answer_dispute(reply).await);
                    assert_eq!(world.outcome().await, None);
                    world.pass(1_000).await;
                }
                None => world.pass(WEEK_MS + 1).await,
            }
            assert_eq!(world.outcome().await, Some(outcome), "{rupees} {reply:?}");
            world.pass(WEEK_MS).await;
            assert_eq!(world.news().await.len(), 2, "decided once");
        }
    }
}

#[tokio::test]
async fn a_short_deadline_is_over_soon_and_half_may_be_claimed() {
    let world = captured(7_704).await;
    world.pass(1_000).await;
    world.pass(3_000).await;
    assert_eq!(world.outcome().await, None);
    world.pass(1).await;
    assert_eq!(world.outcome().await, Some(Outcome::Lost));
    let world = captured(7_705).await;
    world.pass(1_000).await;
    let news = world.news().await;
    assert_eq!(claim(&news[0]).amount.get(), 385_250);
}

#[tokio::test]
async fn the_same_answer_again_changes_nothing_and_an_acceptance_is_not_taken_back() {
    let world = captured(7_701).await;
    assert!(
        !world.answer_dispute(Reply::Contest).await,
        "there is no dispute yet"
    );
    world.pass(1_000).await;
    for _ in 0..3 {
        assert!(world.answer_dispute(Reply::Contest).await);
    }
    assert!(world.answer_dispute(Reply::Accept).await, "it may give in later");
    assert!(world.answer_dispute(Reply::Contest).await, "heard, and too late");
    let world = world.restart().await;
    world.pass(1_000).await;
    assert_eq!(world.outcome().await, Some(Outcome::Lost));
    assert!(
        world.answer_dispute(Reply::Contest).await,
        "there is nothing to tell any more"
    );
    assert_eq!(world.news().await.len(), 2);
}

#[tokio::test]
async fn what_is_no_answer_is_refused_by_name() {
    let world = captured(7_701).await;
    world.pass(1_000).await;
    for body in ["", "{}", r#"{"reply":"perhaps"}"#] {
        let (status, said) = world.api("POST", "/v1/disputes/D000000000/answer", body).await;
        assert_eq!(
            (status.as_u16(), &said["code"]),
            (400, &"malformed".into()),
            "{body}"
        );
    }
    let accept = r#"{"reply":"accept"}"#;
    for reference in ["D000000001", "D", "X1", "D-1"] {
        let (status, _) = world
            .api("POST", &format!("/v1/disputes/{reference}/answer"), accept)
            .await;
        assert_eq!(status, 404, "{reference}");
    }
}
