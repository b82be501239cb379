use super::*;
use proptest::prelude::*;

// The known answer of the Standard Webhooks reference libraries.
const KNOWN: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const AT: i64 = 1_614_265_330;
const RECEIVED: Received<'_> = Received {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: "1614265330",
    signatures: SIGNATURE,
    body: b"{\"test\": 2432232314}",
};

fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

#[test]
fn the_reference_libraries_agree() {
    assert_eq!(sign(&secret(KNOWN), RECEIVED.id, AT, RECEIVED.body), SIGNATURE);
    assert_eq!(verify(&[secret(KNOWN)], &RECEIVED, AT, 300), Ok(()));
}

#[test]
fn any_signature_may_fit_any_secret() {
    let secrets = [secret(&new_secret()), secret(KNOWN)];
    let signatures = format!("v1a,{SIGNATURE} v1,@@ v1,AAAA {SIGNATURE} junk");
    let received = Received {
        signatures: &signatures,
        ..RECEIVED
    };
    assert_eq!(verify(&secrets, &received, AT, 300), Ok(()));
}

#[test]
fn whatever_is_changed_is_refused() {
    let wrong = Err(NotSigned::WrongSignature);
    let changed = [
        Received {
            id: "msg_other",
            ..RECEIVED
        },
        Received {
            timestamp: "1614265331",
            ..RECEIVED
        },
        Received {
            body: b"{\"test\": 2432232315}",
            ..RECEIVED
        },
        Received {
            signatures: "",
            ..RECEIVED
        },
        Received {
            signatures: "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ..RECEIVED
        },
        Received {
            signatures: "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ..RECEIVED
        },
    ];
    for received in changed {
        assert_eq!(
            verify(&[secret(KNOWN)], &received, AT, 300),
            wrong,
            "{received:?}"
        );
    }
    assert_eq!(verify(&[secret(&new_secret())], &RECEIVED, AT, 300), wrong);
    assert_eq!(verify(&[], &RECEIVED, AT, 300), wrong);
}

#[test]
fn what_is_too_old_or_from_the_future_is_refused() {
    let at = |now| verify(&[secret(KNOWN)], &RECEIVED, now, 300);
    assert_eq!((at(AT + 300), at(AT - 300)), (Ok(()), Ok(())));
    for now in [AT + 301, AT - 301, i64::MIN, i64::MAX] {
        assert_eq!(at(now), Err(NotSigned::WrongTime));
    }
    for timestamp in ["", "now", "99999999999999999999"] {
        let received = Received {
            timestamp,
            ..RECEIVED
        };
        assert_eq!(
            verify(&[secret(KNOWN)], &received, AT, 300),
            Err(NotSigned::WrongTime)
        );
    }
}

#[test]
fn a_secret_is_24_to_64_bytes_and_does_not_print() {
    for bad in [
        "",
        "whsec_",
        "whsec_AAAA",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_????",
    ] {
        assert!(Secret::parse(bad).is_none(), "{bad}");
    }
    assert!(Secret::parse(&format!("whsec_{}", STANDARD.encode([1; 65]))).is_none());
    assert_eq!(format!("{:?}", secret(KNOWN)), "Secret(..)");
}

proptest! {
    #[test]
    fn what_is_signed_is_believed(id in "[a-z0-9_]{1,20}", at in 0..i64::from(u32::MAX), body in proptest::collection::vec(any::<u8>(), 0..100)) {
        let secret = secret(&new_secret());
        let (timestamp, signatures) = (at.to_string(), sign(&secret, &id, at, &body));
        let received = Received { id: &id, timestamp: &timestamp, signatures: &signatures, body: &body };
        prop_assert_eq!(verify(&[secret], &received, at, 0), Ok(()));
    }
}
