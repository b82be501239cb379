//! What every JSON answer of collecting is wrapped in. The order of the fields is the document's. Source: contract.md §3.3.

use super::writer::Writer;

/// Bytes of an envelope with nothing in it, about.
const CAPACITY: usize = 160;

/// `{"status":0,"message":…,"result":…,"errorCode":null,"responseCode":null}`. `result` writes the field of that name.
pub(super) fn success(message: &str, capacity: usize, result: impl FnOnce(&mut Writer)) -> Vec<u8> {
    Writer::object(CAPACITY + capacity, |w| {
        w.bare("status", 0);
        w.text("message", message);
        result(w);
        w.null("errorCode");
        w.null("responseCode");
    })
}

/// `{"status":0,"rows":0,"message":…,"result":…,"guid":null,"sessionId":null,"errorCode":null}`: that of refunds.
///
/// `result` is JSON already: a number or an object, as each of the document's samples has it.
#[must_use]
pub fn refunds(message: &str, result: &str) -> Vec<u8> {
    Writer::object(CAPACITY + result.len(), |w| {
        w.bare("status", 0);
        w.bare("rows", 0);
        w.text("message", message);
        w.bare("result", result);
        w.null("guid");
        w.null("sessionId");
        w.null("errorCode");
    })
}

/// `{"status":-1,"message":…,"result":null,"errorCode":…,"responseCode":null}`.
#[must_use]
pub fn error(message: &str, code: &str) -> Vec<u8> {
    Writer::object(CAPACITY, |w| {
        w.bare("status", -1);
        w.text("message", message);
        w.null("result");
        w.text("errorCode", code);
        w.null("responseCode");
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::Refusal;

    fn text(body: Vec<u8>) -> String {
        String::from_utf8(body).unwrap()
    }

    #[test]
    fn success_and_error_look_like_the_contracts() {
        let body = success("All txnIds are valid", 0, |w| w.list("result", |_| ()));
        let expected = r#"{"status":0,"message":"All txnIds are valid","result":[],"errorCode":null,"responseCode":null}"#;
        assert_eq!(text(body), expected);
        let expected = r#"{"status":-1,"message":"hash does not fit","result":null,"errorCode":"E700","responseCode":null}"#;
        assert_eq!(text(Refusal::WrongHash.render()), expected);
        let expected = r#"{"status":-1,"message":"No payment of this merchant has such an id","result":null,"errorCode":"payment.not_found","responseCode":null}"#;
        assert_eq!(text(Refusal::NotFound.render()), expected);
    }

    #[test]
    fn refunds_have_an_envelope_of_their_own() {
        let expected = r#"{"status":0,"rows":0,"message":"Refund Initiated","result":13918,"guid":null,"sessionId":null,"errorCode":null}"#;
        assert_eq!(text(refunds("Refund Initiated", "13918")), expected);
    }

    #[test]
    fn every_refusal_is_json_with_its_code() {
        for refusal in Refusal::samples() {
            let read: serde_json::Value = serde_json::from_slice(&refusal.render()).unwrap();
            assert_eq!(read["status"], -1);
            assert_eq!(read["message"], refusal.to_string());
            assert_eq!(read["errorCode"], refusal.wire().error_code());
        }
    }

    #[test]
    fn a_name_that_a_stranger_chose_stays_inside_its_quotes() {
        let body = Refusal::DuplicateField("\"},{\"".to_owned()).render();
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(read["message"], "\"},{\" is given twice");
    }
}
