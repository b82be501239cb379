//! Bad input: each gets the right status, a stable code and a sentence, and the book does not move.

mod bodies;
mod fields;
mod heads;

use crate::{
    house::House,
    http::{bytes, say},
};

/// Something that is sent, and what must be answered.
pub struct Case {
    what: String,
    sent: Vec<u8>,
    status: u16,
    code: &'static str,
}

/// The status, and what follows `payout.` in the code.
type Expected = (u16, &'static str);

pub const MISSING: Expected = (400, "missing_field");
pub const INVALID: Expected = (400, "invalid_field");
pub const AMOUNT: Expected = (400, "invalid_amount");
pub const TWICE: Expected = (400, "duplicate_field");
pub const MALFORMED: Expected = (400, "malformed_body");
pub const STRANGER: Expected = (401, "unknown_pid");
pub const SEAL: Expected = (401, "wrong_seal");
pub const TOO_LARGE: Expected = (413, "body_too_large");
pub const HEADERS: Expected = (431, "headers_too_large");

pub fn case(what: impl Into<String>, sent: Vec<u8>, (status, code): Expected) -> Case {
    Case {
        what: what.into(),
        sent,
        status,
        code,
    }
}

pub fn posted(path: &str, body: &[u8]) -> Vec<u8> {
    bytes("POST", path, &["Content-Type: application/json"], body)
}

/// Sends all of them, and looks at the book before and after.
pub fn all_are_refused(house: &House, cases: &[Case]) {
    let postings = house.verify().postings;
    let secrets = [
        house.fact("/payout/secret_key"),
        house.fact("/payout/token"),
        house.fact("/operator/password"),
    ];
    for Case {
        what,
        sent,
        status,
        code,
    } in cases
    {
        let answer = say(house.address(), sent);
        let text = answer.text();
        let refusal = (answer.status, answer.json()["code"].as_str().map(str::to_owned));
        assert_eq!(
            refusal,
            (*status, Some(format!("payout.{code}"))),
            "{what}: {text}"
        );
        assert_eq!(answer.header("content-type"), Some("application/json"), "{what}");
        let message = answer.field("message");
        assert!(
            message.len() > 8 && answer.field("status") == "error",
            "{what}: {text}"
        );
        let lower = text.to_lowercase();
        for leak in [
            "sql", "panick", "stack", ".rs", "select ", "0x", "thread", "rokad.db",
        ]
        .iter()
        .chain(&secrets)
        {
            assert!(
                !lower.contains(&leak.to_lowercase()),
                "{what} leaks {leak}: {text}"
            );
        }
    }
    assert_eq!(house.verify().postings, postings, "the book did not move");
    let ref_code = house.pay(&house.demo(), 7);
    house.becomes(&house.demo(), &ref_code, "Approved");
}
