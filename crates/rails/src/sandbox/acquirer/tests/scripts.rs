//! Every script, as the rail hears it: at once, then when all that falls due has happened, then when the customer answered.

use super::{
    super::scripts::{APP_MS, BY_CARD, BY_VPA, EXPIRES_MS, LATE_MS, SLOW_MS, Script},
    world::{GOOD_FOR, World, card, card_with, page, post, rrn, upi},
};
use rokad_domain::acquirer::{Answer, Fault, Means};

/// What a script comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Captured,
    Refused(Fault),
    Unknown,
}

/// How the rail hears it first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum First {
    End,
    Page,
    App,
    Silent,
}

/// What each script promises: first, after how many milliseconds, and in the end.
const fn promise(script: Script) -> (First, i64, End) {
    match script {
        Script::PagesThenPays(_) => (First::Page, 0, End::Captured),
        Script::PagesThenRefuses(_, fault) => (First::Page, 0, End::Refused(fault)),
        Script::PagesExpire => (First::Page, EXPIRES_MS + 1, End::Refused(Fault::NotFinished)),
        Script::AnswerLost => (First::Silent, 0, End::Captured),
        Script::PaysAtOnce => (First::End, 0, End::Captured),
        Script::Refuses(fault) => (First::End, 0, End::Refused(fault)),
        Script::SilentThenPays => (First::Silent, LATE_MS, End::Captured),
        Script::SilentThenRefuses(fault) => (First::Silent, LATE_MS, End::Refused(fault)),
        Script::NeverReceives => (First::Silent, 0, End::Unknown),
        Script::AnswersGarbage => (First::Silent, 0, End::Captured),
        Script::AppPays(ms) => (First::App, ms, End::Captured),
        Script::AppRefuses(fault) => (First::App, APP_MS, End::Refused(fault)),
        Script::AppUnanswered => (First::App, GOOD_FOR + 1, End::Refused(Fault::NotFinished)),
    }
}

async fn keeps_its_promise(magic: &str, means: Means, script: Script) {
    let world = World::new().await;
    let (first, after_ms, end) = promise(script);
    let answer = world.charge("R-1", means).await;
    let heard = match &answer {
        Answer::Captured(_) | Answer::Refused(_) => First::End,
        Answer::Waiting(Some(_)) => First::Page,
        Answer::Waiting(None) => First::App,
        Answer::Silent => First::Silent,
    };
    assert_eq!(heard, first, "{magic}");
    if after_ms > 0 {
        world.pass(after_ms - 1).await;
        assert_eq!(world.ask("R-1").await, answer, "{magic}: not before its time");
        world.pass(1).await;
    }
    let mut asked = world.ask("R-1").await;
    if matches!(asked, Answer::Waiting(Some(_))) {
        post(&page(&asked), "choice=pay&otp=123456").await;
        asked = world.ask("R-1").await;
    }
    let ended = match &asked {
        Answer::Captured(_) => End::Captured,
        Answer::Refused(fault) => End::Refused(*fault),
        Answer::Silent => End::Unknown,
        Answer::Waiting(_) => panic!("{magic}: {asked:?}"),
    };
    assert_eq!(ended, end, "{magic}");
    let booked = world.captured().await.len();
    assert_eq!(booked, usize::from(end == End::Captured), "{magic}");
    if first == First::End {
        assert_eq!(asked, answer, "{magic}: asked later, it says the same");
    }
    world.pass(2 * GOOD_FOR).await;
    let last = world.ask("R-1").await;
    if end == End::Unknown {
        assert_eq!(last, Answer::Refused(Fault::NotReceived), "{magic}");
    } else {
        assert_eq!(last, asked, "{magic}: and for ever");
    }
}

#[tokio::test]
async fn every_magic_card_keeps_its_promise() {
    for (number, script) in BY_CARD {
        keeps_its_promise(number, card(number), *script).await;
    }
}

#[tokio::test]
async fn every_magic_upi_address_keeps_its_promise() {
    for (name, script) in BY_VPA {
        keeps_its_promise(name, upi(&format!("{name}@payu")), *script).await;
    }
    keeps_its_promise("in capitals", upi("Slow@PayU"), Script::AppPays(SLOW_MS)).await;
    keeps_its_promise("any other", upi("asha.rao-1@payu"), Script::AppPays(APP_MS)).await;
}

#[tokio::test]
async fn whatever_is_not_magic_is_refused() {
    let unknown = Script::Refuses(Fault::VpaUnknown);
    for vpa in [
        "asha@okbank",
        "asha",
        "@payu",
        "a b@payu",
        "asha@payu@payu",
        "आशा@payu",
    ] {
        keeps_its_promise(vpa, upi(vpa), unknown).await;
    }
    let declined = Script::Refuses(Fault::Declined);
    keeps_its_promise("another card", card("4111111111111111"), declined).await;
    let unreachable = Script::Refuses(Fault::BankUnreachable);
    keeps_its_promise("another bank", Means::NetBanking("SBIB".into()), unreachable).await;
    keeps_its_promise("another wallet", Means::Wallet("PAYZ".into()), declined).await;
}

#[tokio::test]
async fn a_card_needs_its_cvv_and_a_month_that_has_not_ended() {
    let world = World::new().await;
    let good = "4012001037141112";
    let cases = [
        ("12/2099", "321", Fault::CvvWrong),
        ("12/2025", "123", Fault::Declined), // the tests begin on 2026-01-01
    ];
    for (at, (expiry, cvv, fault)) in cases.into_iter().enumerate() {
        let answer = world
            .charge(&format!("R-{at}"), card_with(good, expiry, cvv))
            .await;
        assert_eq!(answer, Answer::Refused(fault), "{expiry} {cvv}");
    }
    let last_month = world.charge("GOOD", card_with(good, "01/2026", "123")).await;
    page(&last_month);
    let failing = world
        .charge("FAIL", card_with("6011111111111117", "12/2099", "999"))
        .await;
    assert_eq!(failing, Answer::Refused(Fault::Declined), "always the same");
}

#[tokio::test]
async fn an_rrn_has_twelve_digits_and_is_no_utr_of_the_bank_beside() {
    let world = World::new().await;
    let paid = rrn(&world.charge("R-1", card("4012001037140015")).await);
    let digits = paid.as_str().as_bytes();
    assert!(digits.len() == 12 && digits.iter().all(u8::is_ascii_digit));
    assert!(digits[3] >= b'5', "{paid:?}");
}

#[test]
fn the_document_shows_the_tables_of_the_code() {
    let doc = include_str!("../../../../../../docs/sandbox-bank.md");
    let table: String = super::super::scripts::rows()
        .into_iter()
        .map(|(magic, what)| format!("| {magic} | {what} |\n"))
        .collect();
    assert!(doc.contains(&table), "docs/sandbox-bank.md must hold:\n{table}");
}
