use super::*;
use proptest::prelude::*;

const SALT: &str = "eCwWELxi";
const REQUEST: &str = "1980bd28053bb7e9d446d08a2f7d30ee1bda159f4f9b01ffbdb6939779e40552e10b6589b8080e6d875a3273b1e84db64fdfe37427afdd2edc82e9202c6de034";
const SUCCESS: &str = "6a2a3de3ed1d1b8360a79a63d1ba6258c6bf39d1fb170019e73f8222a906f7445e25cebdf3ecd0db17b1a8c7eedc37fcef19b9de8c341a3b48be77665736abeb";
const CHARGED: &str = "953b41ef85d519c363990363d4a56941d8b0e6e0007c4451a1e98854eae925c41fabf7649e8b51f032f8c35215a2616d7669cc0445d6a87767baa18ce6f4c338";

fn pen() -> Signed<'static> {
    Signed {
        key: "gtKFFx",
        txnid: "T100000001",
        amount: "125.00",
        productinfo: "Blue pen",
        firstname: "Asha",
        email: "asha@example.com",
        udf: ["a", "b", "c", "d", "e", "", "", "", "", ""],
    }
}

#[test]
fn the_known_answers_come_out() {
    assert_eq!(pen().request_hash(SALT), REQUEST);
    assert_eq!(pen().response_hash("success", None, SALT), SUCCESS);
    assert_eq!(pen().response_hash("success", Some("3.56"), SALT), CHARGED);
}

#[test]
fn any_salt_of_a_rotation_verifies_and_an_empty_one_never_does() {
    for salts in [&[SALT][..], &["next", SALT], &[SALT, "next"], &["", SALT, SALT]] {
        assert!(pen().fits_request(REQUEST, salts), "{salts:?}");
        assert!(pen().fits_response("success", None, SUCCESS, salts), "{salts:?}");
    }
    let unsalted = pen().request_hash("");
    for (hash, salts) in [(REQUEST, &["next"][..]), (REQUEST, &[]), (&unsalted, &[""])] {
        assert!(!pen().fits_request(hash, salts), "{salts:?}");
    }
}

#[test]
fn upper_case_short_and_long_hashes_are_other_texts() {
    let upper = REQUEST.to_uppercase();
    let long = format!("{REQUEST}0");
    for hash in [upper.as_str(), &REQUEST[..127], &long, ""] {
        assert!(!pen().fits_request(hash, &[SALT]), "{hash}");
    }
}

#[test]
fn charges_that_are_empty_are_not_the_same_as_none() {
    let empty = pen().response_hash("success", Some(""), SALT);
    assert!(!pen().fits_response("success", None, &empty, &[SALT]));
    assert!(pen().fits_response("success", Some(""), &empty, &[SALT]));
}

#[test]
fn what_is_signed_does_not_print() {
    assert_eq!(format!("{:?}", pen()), "Signed(..)");
}

proptest! {
    #[test]
    fn a_text_that_was_tampered_with_never_verifies(at in 0..16usize, text in "[^|]{0,12}", status in "[a-z]{1,9}") {
        let mut texts = pen().of_request();
        prop_assume!(texts[at] != text);
        texts[at] = &text;
        let [key, txnid, amount, productinfo, firstname, email, udf @ ..] = texts;
        let tampered = Signed { key, txnid, amount, productinfo, firstname, email, udf };
        prop_assert!(!tampered.fits_request(REQUEST, &[SALT]));
        prop_assert!(!tampered.fits_response("success", None, SUCCESS, &[SALT]));
        prop_assert!(status == "success" || !pen().fits_response(&status, None, SUCCESS, &[SALT]));
    }
}
