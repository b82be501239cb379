//! Only an answer to our own question, in the bank's own form, is believed.

use super::world::{GOOD_FOR, START, instruction, question};
use crate::sandbox::hearing::{Expected, UNKNOWN_MARGIN_MS, answer, news};
use hyper::StatusCode;
use rokad_domain::rail::{Answer, News, Reason, Utr};

fn sent(status: u16, body: &str) -> Answer {
    let i = instruction("R-1", "123456789", 100);
    answer(
        StatusCode::from_u16(status).unwrap(),
        body.as_bytes(),
        &Expected::to_send(&i),
    )
}

fn asked(status: u16, body: &str) -> Answer {
    let q = question("R-1");
    answer(
        StatusCode::from_u16(status).unwrap(),
        body.as_bytes(),
        &Expected::to_ask(&q),
    )
}

const PAID: &str = r#"{"status":"paid","reference":"R-1","amount_paise":10000,"utr":"417000000012"}"#;
const REFUSED: &str = r#"{"status":"refused","reference":"R-1","reason":"account_frozen"}"#;

#[test]
fn a_final_answer_to_our_question_is_believed() {
    let paid = Answer::Paid(Utr::parse("417000000012").unwrap());
    assert_eq!((sent(200, PAID), asked(200, PAID)), (paid.clone(), paid));
    let refused = Answer::Refused(Reason::AccountFrozen);
    assert_eq!(
        (sent(200, REFUSED), asked(200, REFUSED)),
        (refused.clone(), refused)
    );
}

#[test]
fn a_refusal_in_a_new_word_is_a_refusal() {
    assert_eq!(
        sent(200, &REFUSED.replace("account_frozen", "moon_is_full")),
        Answer::Refused(Reason::Other)
    );
}

#[test]
fn everything_else_is_silence() {
    let unknown_late = unknown(START + GOOD_FOR + UNKNOWN_MARGIN_MS + 1);
    let silences = [
        (200, PAID.replace("R-1", "R-2")),
        (200, PAID.replace("10000", "10001")),
        (200, PAID.replace("10000", "100")),
        (200, PAID.replace("417000000012", "<b>")),
        (200, PAID.replace("417000000012", "")),
        (200, PAID.replace("paid", "returned")),
        (200, PAID[..PAID.len() - 1].to_owned()),
        (200, REFUSED.replace("R-1", "R-2")),
        (200, unknown_late.clone()),
        (404, unknown_late),
        (404, "<h1>404 Not Found</h1>".to_owned()),
        (
            404,
            r#"{"status":"error","code":"no_such_page","message":""}"#.to_owned(),
        ),
        (404, REFUSED.to_owned()),
        (202, r#"{"status":"in_progress","reference":"R-1"}"#.to_owned()),
        (202, PAID.to_owned()),
        (400, REFUSED.to_owned()),
        (500, REFUSED.to_owned()),
        (504, PAID.to_owned()),
        (200, String::new()),
    ];
    for (status, body) in silences {
        assert_eq!(sent(status, &body), Answer::Silent, "{status} {body}");
    }
}

fn unknown(bank_time_ms: i64) -> String {
    format!(r#"{{"status":"unknown","reference":"R-1","bank_time_ms":{bank_time_ms}}}"#)
}

#[test]
fn unknown_is_certain_only_in_the_banks_form_and_by_its_clock() {
    let certain = START + GOOD_FOR + UNKNOWN_MARGIN_MS + 1;
    assert_eq!(
        asked(404, &unknown(certain)),
        Answer::Refused(Reason::NotReceived)
    );
    assert_eq!(asked(404, &unknown(certain - 1)), Answer::Silent);
    assert_eq!(
        asked(404, &unknown(certain).replace("R-1", "R-2")),
        Answer::Silent
    );
    assert_eq!(
        asked(404, r#"{"status":"unknown","reference":"R-1"}"#),
        Answer::Silent
    );
    assert_eq!(asked(404, "not found"), Answer::Silent);
    assert_eq!(asked(200, &unknown(certain)), Answer::Silent);
}

#[test]
fn news_that_make_no_sense_are_no_news() {
    let page = |next: u64, notices: &str| format!(r#"{{"notices":[{notices}],"next":{next}}}"#);
    let hear = |status: u16, body: &str| news(StatusCode::from_u16(status).unwrap(), body.as_bytes(), 7);
    assert_eq!(hear(200, &page(7, "")).unwrap().notices, []);
    assert!(hear(200, &page(6, "")).is_none(), "a cursor that runs backwards");
    assert!(hear(503, &page(7, "")).is_none());
    assert!(hear(200, "<html>").is_none());
    let bad_utr = hear(200, &page(9, &PAID.replace("417000000012", "?"))).unwrap();
    assert_eq!(
        (&bad_utr.notices[0].news, bad_utr.next),
        (&News::Answered(Answer::Silent), 9)
    );
}
