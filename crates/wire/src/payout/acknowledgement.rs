//! What a merchant's endpoint answers to a callback. Source: contract.md §2.4.
//!
//! Only HTTP 200 with a JSON object whose `acknowledge` is `yes` counts: anything else is asked again, since a
//! callback told once too often does no harm and one told too seldom does.

use crate::json;
use rokad_domain::callback::Reply;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "json::php_text")]
    acknowledge: String,
    #[serde(default, deserialize_with = "json::php_text")]
    hash_status: String,
}

/// Reads the answer with this HTTP status. Fields that we do not know are ignored. The caller limits the body's size.
#[must_use]
pub fn acknowledgement(http_status: u16, body: &[u8]) -> Reply {
    let not_acknowledged = Reply::NotAcknowledged(http_status);
    if http_status != 200 {
        return not_acknowledged;
    }
    match json::object::<Answer>(body) {
        Some(answer) if answer.acknowledge.trim().eq_ignore_ascii_case("yes") => Reply::Acknowledged,
        Some(answer) if answer.hash_status.to_ascii_lowercase().contains("mismatch") => Reply::HashMismatch,
        Some(_) | None => not_acknowledged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_yes_with_200_acknowledges() {
        let cases: &[(u16, &str, Reply)] = &[
            (
                200,
                r#"{"hash_status":"Hash Matched","acknowledge":"yes"}"#,
                Reply::Acknowledged,
            ),
            (
                200,
                r#" {"order_id":"1","n":[{}],"acknowledge":" YES "} "#,
                Reply::Acknowledged,
            ),
            (200, "\u{FEFF}{\"acknowledge\":\"Yes\"}", Reply::Acknowledged),
            (
                200,
                r#"{"hash_status":"Hash Mismatch","acknowledge":"yes"}"#,
                Reply::Acknowledged,
            ),
            (
                200,
                r#"{"hash_status":"Hash Mismatch","acknowledge":"no"}"#,
                Reply::HashMismatch,
            ),
            (200, r#"{"hash_status":"hash mismatch"}"#, Reply::HashMismatch),
            (
                200,
                r#"{"hash_status":"Hash Matched","acknowledge":"no"}"#,
                Reply::NotAcknowledged(200),
            ),
            (200, r#"{"acknowledge":true}"#, Reply::NotAcknowledged(200)),
            (
                200,
                r#"{"acknowledge":null,"hash_status":7}"#,
                Reply::NotAcknowledged(200),
            ),
            (
                200,
                r#"{"acknowledge":"no","acknowledge":"yes"}"#,
                Reply::NotAcknowledged(200),
            ),
            (200, r#"["yes","yes"]"#, Reply::NotAcknowledged(200)),
            (200, r#""yes""#, Reply::NotAcknowledged(200)),
            (200, "yes", Reply::NotAcknowledged(200)),
            (200, "", Reply::NotAcknowledged(200)),
            (201, r#"{"acknowledge":"yes"}"#, Reply::NotAcknowledged(201)),
            (
                500,
                r#"{"hash_status":"Hash Mismatch"}"#,
                Reply::NotAcknowledged(500),
            ),
        ];
        for (status, body, reply) in cases {
            assert_eq!(
                acknowledgement(*status, body.as_bytes()),
                *reply,
                "{status} {body}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_answer_breaks_us(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(acknowledgement(status, &body), Reply::NotAcknowledged(status));
        }
    }
}
