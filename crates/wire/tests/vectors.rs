//! The known answers of `shared/vectors.json`, where it lies beside the repository. Some of them also stand as
//! constants in the unit tests, which need no file.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where its file is not what it should be"
)]

use rokad_wire::{
    Fields,
    collect::Signed,
    payout::{
        SealKey,
        poll::{check, parse},
        reconcile,
        seal::{callback_text, poll_text},
        verify_callback,
    },
};
use serde_json::{Value, json};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors.json");

/// The answers of one kind about paying out; none, with a note, where the file is not at hand.
fn answers(kind: &str) -> Vec<Value> {
    answers_of("payout", kind)
}

fn answers_of(contract: &str, kind: &str) -> Vec<Value> {
    let Ok(file) = std::fs::read(PATH) else {
        eprintln!("note: {PATH} is not at hand; only the constants in the unit tests were checked");
        return Vec::new();
    };
    let all: Value = serde_json::from_slice(&file).unwrap();
    let answers = all[contract][kind].as_array().unwrap().clone();
    assert!(!answers.is_empty(), "{kind}");
    answers
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {answer}"))
}

#[test]
fn every_md5_is_that_of_the_vectors() {
    for answer in answers("md5") {
        let secret = text(&answer, "secret_key");
        let md5 = match text(&answer, "kind") {
            "poll_request" => poll_text(text(&answer, "ref_code"), text(&answer, "pid"), secret),
            _ => callback_text(
                text(&answer, "order_id"),
                text(&answer, "processed_amount"),
                text(&answer, "status"),
                secret,
            ),
        };
        assert_eq!(md5, text(&answer, "md5_hex"), "{answer}");
    }
}

#[test]
fn every_signature_of_a_reconciliation_is_that_of_the_vectors() {
    for answer in answers("reconcile_sha256") {
        let made = reconcile::signature(
            text(&answer, "pid"),
            text(&answer, "secret_key"),
            text(&answer, "date"),
        );
        assert_eq!(made, text(&answer, "signature"), "{}", answer["id"]);
    }
}

#[test]
fn every_seal_is_that_of_the_vectors_and_opens() {
    for answer in answers("seal") {
        let key = SealKey::from_secret(text(&answer, "secret_key"));
        let mut iv = [0; 16];
        hex::decode_to_slice(text(&answer, "iv_hex"), &mut iv).unwrap();
        let (plaintext, seal) = (text(&answer, "plaintext"), text(&answer, "post_hash_b64"));
        assert_eq!(key.seal(plaintext, iv), seal, "{answer}");
        assert_eq!(key.open(seal).as_deref(), Some(plaintext), "{answer}");
        assert!(key.fits(seal, plaintext));
    }
}

#[test]
fn nothing_tampered_with_is_believed() {
    for answer in answers("tamper") {
        let (seal, secret) = (text(&answer, "post_hash_b64"), text(&answer, "secret_key"));
        let key = SealKey::from_secret(secret);
        match text(&answer, "php_result").strip_prefix("value:") {
            Some(plaintext) => assert_eq!(key.open(seal).as_deref(), Some(plaintext), "{answer}"),
            None => assert_eq!(key.open(seal), None, "{answer}"),
        }
        let mut body = answer
            .get("presented_with")
            .cloned()
            .unwrap_or_else(|| json!({"ref_code": "9a07ced0", "pid": "77"}));
        body["post_hash"] = json!(seal);
        let body = body.to_string();
        match answer["presented_with"]["order_id"].as_str() {
            Some(_) => assert!(verify_callback(body.as_bytes(), secret).is_err(), "{answer}"),
            None => assert!(!believed(&body, &key), "{answer}"),
        }
    }
}

/// Whether a poll is believed.
fn believed(body: &str, key: &SealKey) -> bool {
    let fields = Fields::read(None, body.as_bytes()).unwrap();
    parse(&fields).is_ok_and(|poll| check(&poll, std::slice::from_ref(key)).is_some())
}

/// The texts of the string under a hash, and the salt. Only a productinfo may hold a `|`.
enum Hashed<'a> {
    Request(Signed<'a>, &'a str),
    Response {
        signed: Signed<'a>,
        charges: Option<&'a str>,
        status: &'a str,
        salt: &'a str,
    },
    /// Of a formula that is not collecting's.
    Other,
}

fn hashed<'a>(string: &'a str, kind: &str) -> Hashed<'a> {
    let texts: Vec<&str> = string.split('|').collect();
    match (kind, texts.as_slice()) {
        (
            "request",
            [
                key,
                txnid,
                amount,
                ..,
                email,
                u1,
                u2,
                u3,
                u4,
                u5,
                u6,
                u7,
                u8,
                u9,
                u10,
                salt,
            ],
        ) if texts.len() >= 17 => {
            let udf = [*u1, *u2, *u3, *u4, *u5, *u6, *u7, *u8, *u9, *u10];
            let before = [*key, *txnid, *amount].join("|").len() + 1;
            let after = [email, udf.join("|").as_str(), salt].join("|").len() + 1;
            let (productinfo, firstname) = string[before..string.len() - after].rsplit_once('|').unwrap();
            let signed = Signed {
                key,
                txnid,
                amount,
                productinfo,
                firstname,
                email,
                udf,
            };
            Hashed::Request(signed, salt)
        }
        ("reverse+additionalCharges", [charges, ..]) => {
            match hashed(&string[charges.len() + 1..], "reverse") {
                Hashed::Response {
                    signed, status, salt, ..
                } => Hashed::Response {
                    signed,
                    charges: Some(charges),
                    status,
                    salt,
                },
                not_a_response @ (Hashed::Request(..) | Hashed::Other) => not_a_response,
            }
        }
        (
            "reverse" | "webhook (reverse formula, INFERRED mapping)",
            [
                salt,
                status,
                udf @ ..,
                email,
                firstname,
                productinfo,
                amount,
                txnid,
                key,
            ],
        ) => {
            let mut udf: [&str; 10] = udf.try_into().unwrap();
            udf.reverse();
            let signed = Signed {
                key,
                txnid,
                amount,
                productinfo,
                firstname,
                email,
                udf,
            };
            Hashed::Response {
                signed,
                charges: None,
                status,
                salt,
            }
        }
        _ => Hashed::Other,
    }
}

#[test]
fn every_hash_of_collecting_is_that_of_the_vectors() {
    let mut others = Vec::new();
    for answer in answers_of("payu", "sha512") {
        let (string, kind) = (text(&answer, "string"), text(&answer, "kind"));
        let hash = text(&answer, "sha512");
        match hashed(string, kind) {
            Hashed::Request(signed, salt) => {
                assert_eq!(signed.request_hash(salt), hash, "{answer}");
                assert!(signed.fits_request(hash, &["next", salt]), "{answer}");
            }
            Hashed::Response {
                signed,
                charges,
                status,
                salt,
            } => {
                assert_eq!(signed.response_hash(status, charges, salt), hash, "{answer}");
                assert!(signed.fits_response(status, charges, hash, &[salt]), "{answer}");
            }
            Hashed::Other => others.push(kind.to_owned()),
        }
    }
    // Splits of a payment among merchants and the command API are in neither of the two documents.
    let served = |kind: &String| !kind.contains("splitInfo") && kind != "command";
    assert!(!others.iter().any(served), "{others:?}");
}

#[test]
fn no_hash_of_collecting_that_was_tampered_with_verifies() {
    for answer in answers_of("payu", "tamper") {
        let (string, presented) = (text(&answer, "string"), text(&answer, "presented_hash"));
        let reverse = string.starts_with("eCwWELxi|");
        let verified = match hashed(string, if reverse { "reverse" } else { "request" }) {
            Hashed::Request(signed, salt) => signed.fits_request(presented, &[salt]),
            Hashed::Response {
                signed,
                charges,
                status,
                salt,
            } => signed.fits_response(status, charges, presented, &[salt]),
            // A string with other pipes is none that a request of ours comes to.
            Hashed::Other => false,
        };
        assert_eq!(Value::from(verified), answer["must_verify"], "{answer}");
    }
}
