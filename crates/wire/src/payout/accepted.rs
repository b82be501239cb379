//! The answer to a request that was taken: the payout, the money set aside and its first callback are durable.

use crate::json;
use rokad_domain::payout::Status;
use serde::{Deserialize, Serialize};

/// The sentence that merchants' programs know. Source: contract.md §2.1.
const SAVED: &str = "Request Saved successfully";

/// What a merchant reads from it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// Names the payout from now on.
    pub ref_code: String,
    /// Pending, or where the payout stands when the same order is sent again.
    pub status: Status,
}

#[derive(Serialize, Deserialize)]
struct Body<T> {
    ref_code: T,
    status: T,
    message: T,
}

/// The body of the answer, with HTTP status 200.
#[must_use]
pub fn render(ref_code: &str, status: Status) -> Vec<u8> {
    json::print(&Body {
        ref_code,
        status: status.word(),
        message: SAVED,
    })
}

/// Reads the body of an answer with HTTP status 200. `None`: it is no acceptance, so the outcome is unknown.
#[must_use]
pub fn read(body: &[u8]) -> Option<Accepted> {
    let body: Body<String> = json::object(body)?;
    Some(Accepted {
        status: Status::from_word(&body.status)?,
        ref_code: body.ref_code,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_that_of_the_document() {
        let body = render("77bf", Status::Pending);
        let expected = r#"{"ref_code":"77bf","status":"Pending","message":"Request Saved successfully"}"#;
        assert_eq!(String::from_utf8_lossy(&body), expected);
    }

    #[test]
    fn a_merchant_reads_what_we_answer() {
        for (status, _, _) in Status::ALL {
            let read = read(&render("77bf", *status)).unwrap();
            assert_eq!((read.ref_code.as_str(), read.status), ("77bf", *status));
        }
        assert_eq!(
            read(br#"{"status":"error","message":"Insufficient balance"}"#),
            None
        );
        assert_eq!(read(br#"{"ref_code":"77","status":"Paid","message":""}"#), None);
    }
}
