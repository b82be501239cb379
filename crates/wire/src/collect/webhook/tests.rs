use super::*;
use crate::collect::post_back::{
    Instrument,
    tests::{captured, order},
};
use proptest::prelude::*;
use rokad_domain::{
    Private,
    acquirer::Fault,
    card::Scheme,
    payment::{PaymentOrder, Status},
};

const SALT: &str = "eCwWELxi";

// The samples of the document, as they stand there.
const PAID: &str = r#"{
"split_info":"59017743",
"customerName":"Test user",
"additionalCharges":"",
"paymentMode":"DC",
"hash":"64700c3a13f37c1271df8c0ebe67c4aad2d29a2086e80aaa3d16580bbe38f9ffd0c3996eab241aa730a4efe512c6c15730ca66020064d71d85dcb68631119f29",
"status":"Success",
"error_Message":"No Error",
"paymentId":"59017743",
"productInfo":"Description1",
"customerEmail":"storedcard8@yopmail.com",
"customerPhone":"6709133497",
"merchantTransactionId":"4826753-59017743",
"amount":"100.0",
"udf2":"",
"notificationId":"37208",
"udf1":"",
"udf5":"",
"udf4":"",
"udf3":""
}"#;
const FAILED: &str = r#"{
"split_info":"59017411",
"customerName":"First Name",
"additionalCharges":"3.56",
"paymentMode":"CC",
"hash":"3d4ef7d8136e7ca969c4b6a08f6b01eb765bf7a545d50365b86c181f76ae4678294752e0bcf74d0c30d3c36571dc795ebb9194dea4445b7e89a388bf799a67df",
"status":"failed",
"error_Message":"Card authentication failed at the bank due to invalid CVV (or CVC or Card Security Code)",
"paymentId":"59017411",
"productInfo":"shopping",
"customerEmail":"storedcard1@yopmail.com",
"customerPhone":"6508591183",
"merchantTransactionId":"50c85e12568bf852f6a6",
"amount":"100.0",
"udf2":"",
"notificationId":"37174",
"udf1":"",
"udf5":"",
"udf4":"",
"udf3":""
}"#;
const INITIATED: &str = r#"{
"notificationId":"25",
"completedOn":"null",
"refundAmount":"20.0",
"refundStatus":"Refund Initiated",
"refundId":"187680",
"paymentId":"58748975",
"merchantTxnId":"4826176-58748975",
"addedOn":"2016-03-08 19:14:44.0"
}"#;
const COMPLETED: &str = r#"{
"notificationId":"24",
"completedOn":"2016-03-08 19:12:37.0",
"refundAmount":"124.0",
"refundStatus":"Refund Completed",
"refundId":"187679",
"paymentId":"58748973",
"merchantTxnId":"4826176-58748973",
"addedOn":"2016-03-08 19:10:37.0"
}"#;
const RAISED: &str = r#"{
"paymentId":"58749104",
"adminComment":"",
"issueType":"Goods/service not received",
"initiatorType":"customer",
"merchantTransactionId":"4826176-58749104",
"initiatedOn":"2016-03-09 16:39:20",
"notificationId":"74",
"disputeId":"389056",
"title":"Gd",
"totalAmount":"20.0",
"comment":"te",
"disputeStatus":"initiated",
"updatedOn":"2016-03-09 16:39:20"
}"#;
const RESOLVED: &str = r#"{
"paymentId":"58749104",
"adminComment":"",
"issueType":"Goods/service not received",
"initiatorType":"customer",
"merchantTransactionId":"4826176-58749104",
"initiatedOn":"2016-03-09 16:39:20",
"notificationId":"77",
"disputeId":"389056",
"title":"Gd",
"totalAmount":"20.0",
"comment":"te",
"disputeStatus":"resolved",
"updatedOn":"2016-03-09 16:44:16"
}"#;

/// The text of a sample without the blanks between its lines.
fn compact(sample: &str) -> String {
    sample.lines().map(str::trim).collect()
}

/// The payment whose paymentId this is in the sample. Ours have a digit more.
fn numbered(sample: i64) -> Id<Payment> {
    Id::new(sample - payment_id::payment_id(Id::new(0)))
}

fn sold(txnid: &str, productinfo: &str, [firstname, email, phone]: [&str; 3]) -> PaymentOrder {
    let mut order = order();
    order.txnid = TxnId::parse(txnid).unwrap();
    order.amount = Paise::from_rupees(100).unwrap();
    order.productinfo = productinfo.to_owned();
    let private = |text: &str| Private::new(text.to_owned());
    let customer = &mut order.customer;
    (customer.firstname, customer.email, customer.phone) =
        (private(firstname), private(email), private(phone));
    order
}

fn text(body: &[u8]) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

/// The value of a field, as it stands in the text.
fn value<'t>(body: &'t str, name: &str) -> &'t str {
    let rest = body.split(&format!("\"{name}\":\"")).nth(1).unwrap();
    rest.split('"').next().unwrap()
}

fn sha512(text: &str) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha512::digest(text))
}

#[test]
fn a_paid_payment_looks_like_the_documents_sample() {
    let customer = ["Test user", "storedcard8@yopmail.com", "6709133497"];
    let order = sold("4826753-59017743", "Description1", customer);
    let mut outcome = captured(&order);
    outcome.payment = numbered(59_017_743);
    outcome.instrument = Instrument::Card {
        scheme: Scheme::Rupay,
        masked: "",
        name: "",
    };
    let body = text(&render(Id::new(37_208), &Told::PaymentSucceeded, &outcome, SALT).unwrap());
    let hash = sha512(
        "eCwWELxi|Success|||||||||||storedcard8@yopmail.com|Test user|Description1|100.0|4826753-59017743|eM8ZaP",
    );
    assert_eq!(value(&body, "hash"), hash);
    assert_eq!(body.replace(&hash, value(&compact(PAID), "hash")), compact(PAID));
}

#[test]
fn a_failed_payment_looks_like_the_documents_sample() {
    let customer = ["First Name", "storedcard1@yopmail.com", "6508591183"];
    let order = sold("50c85e12568bf852f6a6", "shopping", customer);
    let outcome = Outcome {
        payment: numbered(59_017_411),
        additional_charges: Paise::new(356).unwrap(),
        status: Status::Failed,
        fault: Some(Fault::CvvWrong),
        ..captured(&order)
    };
    let body = text(&render(Id::new(37_174), &Told::PaymentFailed, &outcome, SALT).unwrap());
    let hash = sha512(
        "3.56|eCwWELxi|failed|||||||||||storedcard1@yopmail.com|First Name|shopping|100.0|50c85e12568bf852f6a6|eM8ZaP",
    );
    assert_eq!(value(&body, "hash"), hash);
    // Our sentence is shorter.
    let sentence = value(&compact(FAILED), "error_Message").to_owned();
    let sample = compact(FAILED)
        .replace(value(&compact(FAILED), "hash"), &hash)
        .replace(
            &sentence,
            "Card authentication failed at the bank due to invalid CVV",
        );
    assert_eq!(body, sample);
}

/// The instant of 2016-03-08 00:00:00 in Asia/Kolkata.
const THE_DAY: i64 = 1_457_375_400_000;

const fn on_the_day(hour: i64, minute: i64, second: i64) -> UnixMs {
    UnixMs(THE_DAY + ((hour * 60 + minute) * 60 + second) * 1_000)
}

#[test]
fn refunds_look_like_the_documents_samples() {
    let mut told = RefundTold {
        refund: Id::new(187680 - 100_000),
        amount: Paise::from_rupees(20).unwrap(),
        added_at: on_the_day(19, 14, 44),
        completed_at: None,
    };
    let order = sold("4826176-58748975", "", ["", "", ""]);
    let mut outcome = captured(&order);
    outcome.payment = numbered(58_748_975);
    let body = render(Id::new(25), &Told::RefundInitiated(told), &outcome, SALT);
    assert_eq!(text(&body.unwrap()), compact(INITIATED));

    let order = sold("4826176-58748973", "", ["", "", ""]);
    outcome = captured(&order);
    outcome.payment = numbered(58_748_973);
    told = RefundTold {
        refund: Id::new(187679 - 100_000),
        amount: Paise::from_rupees(124).unwrap(),
        added_at: on_the_day(19, 10, 37),
        completed_at: Some(on_the_day(19, 12, 37)),
    };
    let body = render(Id::new(24), &Told::RefundCompleted(told), &outcome, SALT);
    assert_eq!(text(&body.unwrap()), compact(COMPLETED));
    assert_eq!(
        render(Id::new(24), &Told::RefundFailed(told), &outcome, SALT),
        None
    );
}

#[test]
fn disputes_look_like_the_documents_samples() {
    let order = sold("4826176-58749104", "", ["", "", ""]);
    let mut outcome = captured(&order);
    outcome.payment = numbered(58_749_104);
    let mut told = DisputeTold {
        dispute: Id::new(389056 - 300_000),
        amount: Paise::from_rupees(20).unwrap(),
        initiated_at: on_the_day(24 + 16, 39, 20),
        updated_at: on_the_day(24 + 16, 39, 20),
        issue: "Goods/service not received".to_owned(),
        initiator: "customer".to_owned(),
        title: "Gd".to_owned(),
        comment: "te".to_owned(),
        admin_comment: String::new(),
    };
    let body = render(Id::new(74), &Told::DisputeRaised(told.clone()), &outcome, SALT);
    assert_eq!(text(&body.unwrap()), compact(RAISED));
    told.updated_at = on_the_day(24 + 16, 44, 16);
    let body = render(Id::new(77), &Told::DisputeResolved(told), &outcome, SALT);
    assert_eq!(text(&body.unwrap()), compact(RESOLVED));
}

#[test]
fn a_merchant_verifies_a_webhook_and_believes_no_other() {
    let mut order = sold("T1", "Blue \"pen\"", ["Asha", "asha@example.com", "1"]);
    order.udf = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(str::to_owned);
    let outcome = captured(&order);
    let body = text(&render(Id::new(7), &Told::PaymentSucceeded, &outcome, SALT).unwrap());
    let verified = verify_webhook(body.as_bytes(), "eM8ZaP", &["other", SALT]).unwrap();
    assert!(verified.paid);
    assert_eq!((verified.txnid.as_str(), verified.amount), ("T1", order.amount));
    assert_eq!(
        (verified.udf.concat().as_str(), verified.notification_id.as_str()),
        ("abcde", "7")
    );
    assert_eq!(
        (verified.mode.as_str(), verified.error_message.as_str()),
        ("CC", "No Error")
    );
    for (old, new) in [
        ("\"status\":\"Success\"", "\"status\":\"failed\""),
        ("\"amount\":\"100.0\"", "\"amount\":\"1.0\""),
        ("\"additionalCharges\":\"\"", "\"additionalCharges\":\"1.0\""),
        (
            "\"merchantTransactionId\":\"T1\"",
            "\"merchantTransactionId\":\"T2\"",
        ),
        ("\"udf3\":\"c\"", "\"udf3\":\"x\""),
    ] {
        let changed = body.replace(old, new);
        assert_ne!(changed, body, "{old}");
        let verdict = verify_webhook(changed.as_bytes(), "eM8ZaP", &[SALT]);
        assert_eq!(verdict, Err(NotBelieved::WrongHash), "{new}");
    }
    assert_eq!(
        verify_webhook(body.as_bytes(), "eM8ZaP", &["other"]),
        Err(NotBelieved::WrongHash)
    );
    assert_eq!(
        verify_webhook(b"{}", "eM8ZaP", &[SALT]),
        Err(NotBelieved::Unreadable)
    );
}

proptest! {
    #[test]
    fn whatever_was_ordered_its_webhook_verifies(productinfo in "[ -{}~]{0,20}", paise in 1..=1_000_000_000i64) {
        let mut order = sold("T1", &productinfo, ["Asha", "asha@example.com", "1"]);
        order.amount = Paise::new(paise).unwrap();
        let body = render(Id::new(7), &Told::PaymentFailed, &captured(&order), SALT).unwrap();
        let verified = verify_webhook(&body, "eM8ZaP", &[SALT]).unwrap();
        prop_assert_eq!((verified.paid, verified.amount), (false, order.amount));
    }

    #[test]
    fn no_bytes_break_the_reading(body in "\\PC{0,40}") {
        let _ = verify_webhook(body.as_bytes(), "eM8ZaP", &[SALT]);
    }
}
