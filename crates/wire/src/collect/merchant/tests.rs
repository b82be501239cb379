use super::*;
use crate::collect::{
    Outcome,
    post_back::tests::{captured, order},
    request::{Environment, PaymentRequest},
};
use proptest::prelude::*;
use rokad_domain::payment::Status;

const SALT: &str = "eCwWELxi";

/// As a browser posts a form.
fn form<'f>(fields: impl IntoIterator<Item = &'f (&'static str, Cow<'f, str>)>) -> String {
    let encode = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                _ => format!("%{byte:02x}"),
            })
            .collect::<String>()
    };
    let pairs: Vec<String> = fields
        .into_iter()
        .map(|(name, text)| format!("{name}={}", encode(text)))
        .collect();
    pairs.join("&")
}

fn ask() -> Ask<'static> {
    Ask {
        txnid: "T1",
        amount: Paise::new(12_550).unwrap(),
        productinfo: "Blue pen & ink",
        firstname: "Asha",
        email: "asha@example.com",
        phone: "9876543210",
        surl: "https://shop.example/paid",
        furl: "https://shop.example/failed",
        ..Ask::default()
    }
}

#[test]
fn each_end_of_the_line_believes_the_other() {
    let order = order();
    for (status, told) in [
        (Status::Captured, PostBackStatus::Success),
        (Status::Dropped, PostBackStatus::Failure),
        (Status::Open, PostBackStatus::Pending),
    ] {
        let outcome = Outcome {
            status,
            additional_charges: Paise::new(356).unwrap(),
            ..captured(&order)
        };
        let body = form(&outcome.post_back(SALT));
        let read = verify_post_back(body.as_bytes(), "eM8ZaP", &["next", SALT]).unwrap();
        assert_eq!((read.status, read.txnid.as_str()), (told, "563445"));
        assert_eq!((read.amount.get(), read.additional_charges.get()), (134_500, 356));
        assert_eq!(
            (read.payment_id.as_str(), read.mode.as_str()),
            ("1110275478", "CC")
        );
    }
}

#[test]
fn what_is_not_believed_says_why() {
    let order = order();
    let posted = captured(&order).post_back(SALT);
    let verify = |body: &str, key: &str, salt: &str| verify_post_back(body.as_bytes(), key, &[salt]).err();
    let body = form(&posted);
    assert_eq!(verify(&body, "eM8ZaP", SALT), None);
    assert_eq!(verify(&body, "eM8ZaP", "other"), Some(NotVerified::WrongHash));
    assert_eq!(verify(&body, "gtKFFx", SALT), Some(NotVerified::OtherKey));
    assert_eq!(
        verify(&format!("{body}&key=x"), "eM8ZaP", SALT),
        Some(NotVerified::Unreadable)
    );
    assert_eq!(verify("", "eM8ZaP", SALT), Some(NotVerified::OtherKey));
    for (from, to) in [
        ("status=success", "status=pending"),
        ("amount=1345%2e00", "amount=1%2e00"),
        ("amount=1345%2e00", "amount=1345%2e00&additionalCharges=1%2e00"),
        ("txnid=563445", "txnid=563446"),
        ("udf3=", "udf3=x"),
    ] {
        let tampered = body.replacen(from, to, 1);
        assert_ne!(tampered, body);
        assert_eq!(
            verify(&tampered, "eM8ZaP", SALT),
            Some(NotVerified::WrongHash),
            "{to}"
        );
    }
}

#[test]
fn charges_cannot_be_taken_out_on_the_way() {
    let order = order();
    let outcome = Outcome {
        additional_charges: Paise::new(356).unwrap(),
        ..captured(&order)
    };
    let mut posted = outcome.post_back(SALT);
    posted.retain(|(name, _)| *name != "additionalCharges");
    let body = form(&posted);
    assert_eq!(
        verify_post_back(body.as_bytes(), "eM8ZaP", &[SALT]),
        Err(NotVerified::WrongHash)
    );
}

#[test]
fn an_ask_prints_nobodys_name() {
    assert_eq!(format!("{:?}", ask()), "Ask(T1)");
}

proptest! {
    #[test]
    fn what_a_merchant_signs_is_read_and_believed(
        paise in 1..=100_000_000i64, product in "[a-zA-Z0-9 &<>\"'%+]{0,30}x", udf in "([ -{}~]{0,18}y)?", name in "[a-zA-Z]{1,20}",
    ) {
        let asked = Ask {
            amount: Paise::new(paise).unwrap(),
            productinfo: product.trim(),
            firstname: &name,
            udf: ["", "", "", "", "", "", udf.trim(), "", "", ""],
            ..ask()
        };
        let body = form(&sign_payment(&asked, "gtKFFx", SALT));
        let fields = Fields::read(None, body.as_bytes()).unwrap();
        let request = PaymentRequest::read(&fields, Environment::Production).unwrap();
        prop_assert!(request.is_signed_with(&[SALT]) && !request.is_signed_with(&["other"]));
        prop_assert_eq!(request.order.amount, asked.amount);
        prop_assert_eq!(&request.order.productinfo, asked.productinfo);
        prop_assert_eq!(&request.order.udf[6], asked.udf[6]);
        prop_assert_eq!(request.order.customer.firstname.reveal(), asked.firstname);
    }

    #[test]
    fn no_body_breaks_us(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(verify_post_back(&body, "eM8ZaP", &[SALT]).is_err());
    }
}
