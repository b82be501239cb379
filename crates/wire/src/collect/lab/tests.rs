use super::*;
use crate::{
    collect::request::{
        Environment,
        tests::{HASH, SALT, sample},
    },
    fields::Fields,
};
use md5::Md5;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256, Sha512};

/// What the lab says of the good request, with these fields changed.
fn lab(changes: &[(&str, &str)], salts: &[&str]) -> Option<Diagnosis> {
    let mut body = sample("x", Json::Null);
    for (name, text) in changes {
        body[*name] = json!(text);
    }
    let body = body.to_string();
    let fields = Fields::read(None, body.as_bytes()).unwrap();
    diagnose(&PaymentRequest::read(&fields, Environment::Uat).unwrap(), salts)
}

/// The mistake when the hash is made over `text`, and these fields are posted.
fn mistake(text: &str, changes: &[(&str, &str)]) -> Mistake {
    let hash = hex::encode(Sha512::digest(text));
    let mut changes = changes.to_vec();
    changes.push(("hash", &hash));
    lab(&changes, &["next", SALT]).map_or_else(|| panic!("{text} fits"), |diagnosis| diagnosis.mistake)
}

#[test]
fn a_hash_that_fits_is_no_case_for_the_lab() {
    assert_eq!(lab(&[], &[SALT]), None);
    assert_eq!(lab(&[], &["next", SALT]), None);
}

#[test]
fn the_look_of_a_hash_tells_its_algorithm() {
    let text = "gtKFFx|T100000001";
    let (md5, sha256) = (hex::encode(Md5::digest(text)), hex::encode(Sha256::digest(text)));
    for (hash, mistake) in [
        ("", Mistake::HashMissing),
        (md5.as_str(), Mistake::Algorithm("MD5")),
        (&HASH[..40], Mistake::Algorithm("SHA-1")),
        (&HASH[..56], Mistake::Algorithm("SHA-224")),
        (&sha256, Mistake::Algorithm("SHA-256")),
        (&HASH[..96], Mistake::Algorithm("SHA-384")),
        (&HASH[..127], Mistake::Length),
        ("GYC9KAU7t+bURtCKLyfXow==", Mistake::NotHex),
        (&HASH.to_uppercase(), Mistake::UpperCase),
    ] {
        let diagnosis = lab(&[("hash", hash)], &[SALT]).unwrap();
        assert_eq!(
            (diagnosis.mistake, diagnosis.presented_chars),
            (mistake, hash.len())
        );
    }
}

#[test]
fn each_usual_mistake_is_recognised() {
    let start = "gtKFFx|T100000001|125.00|Blue pen|Asha|asha@example.com";
    let full = format!("{start}|a|b|c|d|e|||||");
    let cases = [
        (format!("{start}|a|b|c|d|e|{SALT}"), Mistake::UdfPlaces(5)),
        (format!("{start}|a|b|c|d|e||||||{SALT}x"), Mistake::Unknown),
        (format!("{full}||{SALT}"), Mistake::UdfPlaces(11)),
        (format!("{start}|{SALT}"), Mistake::UdfPlaces(0)),
        (format!("{start}|||||||||||{SALT}"), Mistake::UdfLeftOut),
        (
            full.replace("125.00", "125") + "|" + SALT,
            Mistake::AmountFormat("125".into()),
        ),
        (
            full.replace("125.00", "125.0") + "|" + SALT,
            Mistake::AmountFormat("125.0".into()),
        ),
        (
            full.replace("Asha|", "Asha |") + "|" + SALT,
            Mistake::BlankAdded("firstname"),
        ),
        (
            full.replace("Blue", " Blue") + "|" + SALT,
            Mistake::BlankAdded("productinfo"),
        ),
        (full.replace("gtKFFx", "GTKFFX") + "|" + SALT, Mistake::Key),
        (full.replace("gtKFFx", "") + "|" + SALT, Mistake::Key),
        (full.replace("gtKFFx|", "") + "|" + SALT, Mistake::Key),
        (full.clone(), Mistake::SaltMissing),
        (format!("{full}|"), Mistake::SaltMissing),
        (format!("{SALT}|{full}"), Mistake::SaltInFront),
        (format!("{full}|{SALT}\n"), Mistake::BlankAfterSalt),
        (
            format!("{SALT}||||||e|d|c|b|a|asha@example.com|Asha|Blue pen|125.00|T100000001|gtKFFx"),
            Mistake::ResponseOrder,
        ),
        (
            full.replace('@', "%40").replace(' ', "+") + "|" + SALT,
            Mistake::UrlEncoded,
        ),
        (
            full.replace('@', "%40").replace(' ', "%20") + "|" + SALT,
            Mistake::UrlEncoded,
        ),
        (full.replace("asha@", "ASHA@") + "|" + SALT, Mistake::Unknown),
        ("something else".to_owned(), Mistake::Unknown),
    ];
    for (text, expected) in cases {
        assert_eq!(mistake(&text, &[]), expected, "{text}");
    }
}

#[test]
fn mistakes_that_hang_on_what_was_posted_are_recognised() {
    let good = format!("gtKFFx|T100000001|125.00|Blue pen|Asha|asha@example.com|a|b|c|d|e||||||{SALT}");
    let with = |from: &str, to: &str| good.replace(from, to);
    assert_eq!(
        mistake(&good, &[("amount", "125")]),
        Mistake::AmountFormat("125.00".into())
    );
    assert_eq!(mistake(&good, &[("firstname", " Asha ")]), Mistake::BlanksTrimmed);
    assert_eq!(
        mistake(&good, &[("email", "Asha@Example.com")]),
        Mistake::EmailCase
    );
    assert_eq!(mistake(&good, &[("udf6", "six")]), Mistake::UdfLeftOut);
    let tea = [("productinfo", "Tea & <milk>")];
    let escaped = "Tea &amp; &lt;milk&gt;";
    assert_eq!(mistake(&with("Blue pen", escaped), &tea), Mistake::HtmlEscaped);
    let plain = with("Blue pen", "Tea & <milk>");
    assert_eq!(mistake(&plain, &[("productinfo", escaped)]), Mistake::HtmlEscaped);
    let chai = with("Blue pen", "%E0%A4%9A%E0%A4%BE%E0%A4%AF%21").replace('@', "%40");
    assert_eq!(mistake(&chai, &[("productinfo", "चाय!")]), Mistake::UrlEncoded);
}

#[test]
fn the_text_is_shown_with_the_salt_masked() {
    let diagnosis = lab(&[("hash", "0"), ("amount", " 125")], &[SALT]).unwrap();
    let shown = "gtKFFx|T100000001| 125|Blue pen|Asha|asha@example.com|a|b|c|d|e||||||********";
    assert_eq!(diagnosis.canonical.reveal(), shown);
    let printed = format!("{diagnosis:?}");
    assert!(!printed.contains("asha@"), "{printed}");
    let body: Json = serde_json::from_slice(&diagnosis.render()).unwrap();
    let message = body["message"].as_str().unwrap();
    assert!(
        message.starts_with("hash does not fit. The hash has a length"),
        "{message}"
    );
    assert!(message.ends_with(shown), "{message}");
    assert_eq!(
        (&body["errorCode"], &body["result"]),
        (&json!("E700"), &Json::Null)
    );
}

#[test]
fn mistakes_in_long_texts_are_not_tried() {
    let (udf, upper) = ("x".repeat(255), HASH.to_uppercase());
    let long = |hash: &str| {
        let mut changes: Vec<(&str, &str)> = ["udf1", "udf2", "udf3", "udf4"]
            .map(|name| (name, udf.as_str()))
            .to_vec();
        changes.push(("hash", hash));
        lab(&changes, &[SALT]).unwrap().mistake
    };
    assert_eq!(long(&upper), Mistake::NotTried);
    assert_eq!(long("0"), Mistake::Length);
}

#[test]
fn an_empty_salt_is_never_tried() {
    let text = "gtKFFx|T100000001|125.00|Blue pen|Asha|asha@example.com|a|b|c|d|e|";
    let hash = hex::encode(Sha512::digest(text));
    let diagnosis = lab(&[("hash", &hash)], &[""]).unwrap();
    assert_eq!(diagnosis.mistake, Mistake::Unknown);
}

proptest! {
    #[test]
    fn whoever_has_no_salt_learns_nothing_of_it(text in "[a-zA-Z0-9|@. ]{0,60}", hash in "[0-9a-fA-F]{0,130}", one in "[a-zA-Z0-9]{8}") {
        let of_text = hex::encode(Sha512::digest(&text));
        prop_assume!(!text.contains(&one));
        for hash in [hash.as_str(), &of_text] {
            prop_assert_eq!(lab(&[("hash", hash)], &[&one]), lab(&[("hash", hash)], &["another salt"]));
        }
    }

    #[test]
    fn no_value_breaks_the_lab(product in "\\PC{1,40}", udf in "\\PC{0,40}", hash in "[0-9a-f]{128}") {
        prop_assume!(!product.contains('|') && !udf.contains('|') && !product.trim().is_empty());
        let posted = [("productinfo", product.as_str()), ("udf3", &udf), ("hash", &hash)];
        let mut body = sample("x", Json::Null);
        for (name, text) in posted {
            body[name] = json!(text);
        }
        let body = body.to_string();
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        if let Ok(request) = PaymentRequest::read(&fields, Environment::Uat) {
            let diagnosis = diagnose(&request, &[SALT]).unwrap();
            prop_assert_eq!(diagnosis.mistake, Mistake::Unknown);
            prop_assert!(!diagnosis.canonical.reveal().contains(SALT));
        }
    }
}
