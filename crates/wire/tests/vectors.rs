//! The known answers of `shared/vectors.json`, where it lies beside the repository. Some of them also stand as
//! constants in the unit tests, which need no file.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where its file is not what it should be"
)]

use rokad_wire::{
    Fields,
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

/// The answers of one kind; none, with a note, where the file is not at hand.
fn answers(kind: &str) -> Vec<Value> {
    let Ok(file) = std::fs::read(PATH) else {
        eprintln!("note: {PATH} is not at hand; only the constants in the unit tests were checked");
        return Vec::new();
    };
    let all: Value = serde_json::from_slice(&file).unwrap();
    let answers = all["payout"][kind].as_array().unwrap().clone();
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
