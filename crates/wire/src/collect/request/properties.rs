use super::{
    tests::{SALT, sample},
    *,
};
use proptest::prelude::*;
use serde_json::json;

const NAMES: &[&str] = &[
    "key",
    "txnid",
    "amount",
    "productinfo",
    "firstname",
    "lastname",
    "address1",
    "zipcode",
    "email",
    "phone",
    "udf1",
    "udf7",
    "surl",
    "furl",
    "hash",
    "service_provider",
];

proptest! {
    #[test]
    fn no_value_breaks_the_rules(at in 0..NAMES.len(), text in any::<String>(), production in any::<bool>()) {
        let environment = if production { Environment::Production } else { Environment::Uat };
        let body = sample(NAMES[at], json!(text)).to_string();
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        match PaymentRequest::read(&fields, environment) {
            Ok(request) => { let _ = request.is_signed_with(&[SALT]); }
            Err(refusal) => prop_assert_eq!(refusal.wire().status, 400),
        }
    }

    #[test]
    fn no_url_that_is_taken_leads_a_browser_to_another_host(
        text in "https?://[a-z@:/\\\\?#.\\[\\]]{0,14}(good\\.example)?[@:/?#]{0,3}[a-z.]{0,6}",
    ) {
        let body = sample("surl", json!(text)).to_string();
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        if let Ok(request) = PaymentRequest::read(&fields, Environment::Uat) {
            let after = request.order.surl.split_once("//").unwrap().1.to_owned();
            let authority = after.split(['/', '?', '#', '\\']).next().unwrap().to_owned();
            prop_assert!(!authority.contains('@') && !authority.is_empty(), "{}", text);
        }
    }

    #[test]
    fn a_request_with_a_changed_field_is_not_believed(at in 0..NAMES.len(), text in "[a-z0-9]{1,12}") {
        let hashed = [0, 1, 2, 3, 4, 8, 10, 11];
        let body = sample(NAMES[at], json!(text)).to_string();
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        if let Ok(request) = PaymentRequest::read(&fields, Environment::Uat) {
            let changed = NAMES[at] == "hash" || hashed.contains(&at) && !(at == 10 && text == "a");
            prop_assert!(request.is_signed_with(&[SALT]) != changed, "{}", body);
        }
    }
}
