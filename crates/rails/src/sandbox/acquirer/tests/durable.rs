//! What was answered for is still there after a crash; a card's number and CVV never were.

use super::world::{GOOD_CARD, START, World, card, card_with, journal, open, post, rrn, upi};
use crate::sandbox::BankError;
use rokad_domain::acquirer::{Answer, Fault, Means};
use std::sync::{Arc, atomic::AtomicI64};

const AT_ONCE: &str = "4012001037140015";

/// Opens an acquirer on these bytes, as a crash might have left them. Gives what it keeps of them.
fn open_on(bytes: &[u8]) -> Result<u64, BankError> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(journal(dir.path()), bytes).unwrap();
    open(dir.path(), &Arc::new(AtomicI64::new(START)))?.close();
    Ok(std::fs::metadata(journal(dir.path())).unwrap().len())
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let world = World::new().await;
    let page = world.page_of("PAGE", card(GOOD_CARD)).await;
    let bank = world.page_of("BANK", Means::NetBanking("TESTPGNB".into())).await;
    post(&bank, "choice=login&user=payu&password=payu").await;
    let paid = world.charge("PAID", card(AT_ONCE)).await;
    let refused = world.charge("NO", card("6011111111111117")).await;
    world.charge("APP", upi("slow@payu")).await;
    let before = world.captured().await;
    let old_base = world.base.clone();
    let world = world.restart().await;
    let here = |page: &str| page.replace(&old_base, &world.base);
    assert_eq!(world.captured().await, before);
    assert_eq!(world.ask("PAID").await, paid);
    assert_eq!(
        world.charge("PAID", card(AT_ONCE)).await,
        paid,
        "and is not taken again"
    );
    assert_eq!(world.ask("NO").await, refused);
    assert_eq!(world.ask("APP").await, Answer::Waiting(None));
    for page in [&page, &bank] {
        post(&here(page), "choice=pay&otp=123456").await; // the login was kept too
    }
    world.pass(8_000).await;
    let all = [
        world.ask("PAGE").await,
        world.ask("BANK").await,
        world.ask("APP").await,
    ];
    let mut rrns: Vec<_> = all.iter().map(|a| rrn(a).as_str().to_owned()).collect();
    rrns.push(rrn(&paid).as_str().to_owned());
    rrns.sort();
    rrns.dedup();
    assert_eq!(rrns.len(), 4);
    let world = world.restart().await;
    assert_eq!(world.captured().await.len(), 4);
}

#[tokio::test]
async fn whatever_was_answered_stands_in_the_journal_already() {
    let world = World::new().await;
    for n in 0..10 {
        let answer = world.charge(&format!("R-{n}"), card(AT_ONCE)).await;
        let text = std::fs::read_to_string(world.journal()).unwrap();
        let line = text.lines().last().unwrap();
        assert!(
            line.contains(&format!("\"R-{n}\"")) && text.ends_with('\n'),
            "{answer:?}: {line}"
        );
    }
}

#[tokio::test]
async fn a_torn_end_is_cut_wherever_it_was_torn() {
    let world = World::new().await;
    rrn(&world.charge("R-1", card(AT_ONCE)).await);
    let before = std::fs::read(world.journal()).unwrap();
    rrn(&world.charge("R-2", card(AT_ONCE)).await);
    let after = std::fs::read(world.journal()).unwrap();
    for torn in before.len()..after.len() {
        assert_eq!(
            open_on(&after[..torn]).unwrap(),
            before.len() as u64,
            "torn at {torn}"
        );
    }
    world.acquirer.close();
    std::fs::write(world.journal(), &after[..after.len() - 1]).unwrap();
    let world = world.restart().await;
    assert_eq!(
        world.ask("R-2").await,
        Answer::Silent,
        "never answered for, so unknown"
    );
    rrn(&world.ask("R-1").await);
    assert_eq!(world.captured().await.len(), 1);
}

#[tokio::test]
async fn any_other_damage_is_refused_and_named() {
    let world = World::new().await;
    rrn(&world.charge("R-1", card(AT_ONCE)).await);
    rrn(&world.charge("R-2", card(AT_ONCE)).await);
    let good = std::fs::read_to_string(world.journal()).unwrap();
    let changed = good.replacen("12345600", "12345601", 1);
    match open_on(changed.as_bytes()) {
        Err(BankError::Damaged { line, .. }) => assert_eq!(line, 2),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn two_acquirers_do_not_share_a_journal_and_a_closed_one_answers_nothing() {
    let world = World::new().await;
    let paid = world.charge("R-1", card(AT_ONCE)).await;
    assert!(matches!(
        open(world.dir.path(), &world.time),
        Err(BankError::InUse(_))
    ));
    world.acquirer.close();
    assert_eq!(world.ask("R-1").await, Answer::Silent);
    assert_eq!(world.charge("R-2", card(AT_ONCE)).await, Answer::Silent);
    let world = world.restart().await;
    assert_eq!(world.ask("R-1").await, paid);
}

#[tokio::test]
async fn nothing_of_a_card_but_its_mask_is_ever_written() {
    let world = World::new().await;
    let number = "5123456789012346";
    let page = world.page_of("R-1", card(number)).await;
    post(&page, "choice=pay&otp=123456").await;
    let wrong = world.charge("R-2", card_with(number, "12/2099", "987")).await;
    assert_eq!(wrong, Answer::Refused(Fault::CvvWrong));
    let mut written = Vec::new();
    for entry in std::fs::read_dir(world.dir.path()).unwrap() {
        written.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let text = String::from_utf8(written).unwrap();
    assert!(text.contains("512345XXXXXX2346"));
    for secret in [
        number,
        "6789012346",
        "2099",
        "cvv\":",
        "\"123\"",
        "\"987\"",
        "Asha",
    ] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn the_page_for_people_shows_charges_and_no_customer() {
    let world = World::new().await;
    world.charge("R-1", upi("asha.secret@payu")).await;
    let (status, _, html) = super::world::http(&format!("{}/acquirer", world.base), "GET", None, "").await;
    let html = String::from_utf8(html.to_vec()).unwrap();
    assert_eq!(status, 200);
    assert!(
        html.contains("R-1")
            && html.contains("waiting for the app")
            && html.contains("card 5123456789012346")
    );
    assert!(!html.contains("asha.secret"));
}
