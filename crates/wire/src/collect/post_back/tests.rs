use super::*;
use proptest::prelude::*;
use rokad_domain::{
    Private,
    payment::{Customer, TxnId},
};

const SALT: &str = "eCwWELxi";

/// The payment of the document's sample.
pub(crate) fn order() -> PaymentOrder {
    let private = |text: &str| Private::new(text.to_owned());
    PaymentOrder {
        txnid: TxnId::parse("563445").unwrap(),
        amount: Paise::new(134_500).unwrap(),
        productinfo: String::new(),
        customer: Customer {
            firstname: private("test mayank"),
            email: private("testmerchant420@gmail.com"),
            phone: private("1234567890"),
            ..Customer::default()
        },
        udf: [const { String::new() }; 10],
        surl: "https://shop.example/paid".to_owned(),
        furl: "https://shop.example/failed".to_owned(),
    }
}

pub(crate) fn captured(order: &PaymentOrder) -> Outcome<'_> {
    Outcome {
        payment: Id::new(110_275_478),
        attempt: Some(Id::new(211_715)),
        key: "eM8ZaP",
        order,
        additional_charges: Paise::ZERO,
        status: Status::Captured,
        instrument: Instrument::Card {
            scheme: Scheme::Mastercard,
            masked: "512345XXXXXX2346",
            name: "payu",
        },
        bank_ref: "7722572481252231",
        fault: None,
        pg_type: "HDFCPG",
        added_at: UnixMs(1_439_277_489_000),
        changed_at: UnixMs(1_439_277_517_000),
    }
}

fn field(outcome: &Outcome<'_>, name: &str) -> String {
    let fields = outcome.post_back(SALT);
    let found = fields.iter().find(|(its, _)| *its == name);
    found.map_or_else(|| "absent".to_owned(), |(_, text)| text.clone().into_owned())
}

#[test]
fn the_fields_are_those_of_the_contract_in_its_order() {
    let listed = "isConsentPayment, mihpayid, mode, status, unmappedstatus, key, txnid, amount, addedon, productinfo, firstname, \
        lastname, address1, address2, city, state, country, zipcode, email, phone, udf1, udf2, udf3, udf4, udf5, udf6, udf7, \
        udf8, udf9, udf10, hash, field1, field2, field3, field4, field5, field6, field7, field8, field9, PG_TYPE, \
        encryptedPaymentId, bank_ref_num, bankcode, error, error_Message, name_on_card, cardnum, cardhash, amount_split, \
        payuMoneyId, discount, net_amount_debit";
    let order = order();
    let names = |outcome: Outcome<'_>| {
        let names: Vec<&str> = outcome
            .post_back(SALT)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        names.join(", ")
    };
    assert_eq!(names(captured(&order)), listed);
    let charged = Outcome {
        additional_charges: Paise::new(356).unwrap(),
        ..captured(&order)
    };
    assert_eq!(
        names(charged),
        listed.replace("amount, addedon", "amount, additionalCharges, addedon")
    );
}

#[test]
fn a_paid_payment_is_told_like_the_documents_sample() {
    let order = order();
    let outcome = captured(&order);
    for (name, text) in [
        ("isConsentPayment", "0"),
        ("mihpayid", "403993715110275478"),
        ("mode", "CC"),
        ("status", "success"),
        ("unmappedstatus", "captured"),
        ("amount", "1345.00"),
        ("addedon", "2015-08-11 12:48:09"),
        ("field9", "SUCCESS"),
        ("PG_TYPE", "HDFCPG"),
        ("encryptedPaymentId", ""),
        ("bank_ref_num", "7722572481252231"),
        ("bankcode", "CC"),
        ("error", "E000"),
        ("error_Message", "No Error"),
        ("name_on_card", "payu"),
        ("cardnum", "512345XXXXXX2346"),
        ("cardhash", CARD_HASH),
        ("amount_split", "{\"PAYU\":\"1345.0\"}"),
        ("payuMoneyId", "1110275478"),
        ("discount", "0.00"),
        ("net_amount_debit", "1345"),
    ] {
        assert_eq!(field(&outcome, name), text, "{name}");
    }
    assert_eq!(outcome.url(), "https://shop.example/paid");
}

#[test]
fn every_status_has_the_words_of_the_contract() {
    let order = order();
    let rows = [
        (Status::Open, None, "pending pending E000"),
        (Status::Captured, None, "success captured E000"),
        (Status::Failed, Some(Fault::CvvWrong), "failure failed E1670"),
        (Status::Failed, None, "failure failed E308"),
        (
            Status::Cancelled,
            Some(Fault::Declined),
            "failure userCancelled E000",
        ),
        (Status::Bounced, None, "failure bounced E507"),
        (
            Status::Bounced,
            Some(Fault::BankUnreachable),
            "failure bounced E208",
        ),
        (Status::Dropped, Some(Fault::Declined), "failure dropped E408"),
    ];
    for (status, fault, said) in rows {
        let outcome = Outcome {
            status,
            fault,
            ..captured(&order)
        };
        let words = outcome.words();
        let told = [words.status, words.unmapped, words.error].join(" ");
        assert_eq!(told, said, "{status:?}");
        let paid = status == Status::Captured;
        assert_eq!(
            field(&outcome, "net_amount_debit"),
            if paid { "1345" } else { "0" }
        );
        assert_eq!(outcome.url() == order.surl, paid);
        assert_eq!(words.field9 == "SUCCESS", paid);
    }
    for (fault, _) in Fault::ALL {
        let outcome = Outcome {
            status: Status::Failed,
            fault: Some(*fault),
            ..captured(&order)
        };
        assert_eq!((field(&outcome, "error"), field(&outcome, "error_Message")), {
            let (code, sentence) = fault.wire();
            (code.to_owned(), sentence.to_owned())
        });
    }
}

#[test]
fn every_instrument_has_its_mode_and_bankcode() {
    let order = order();
    let card = |scheme| Instrument::Card {
        scheme,
        masked: "608201XXXXXX7308",
        name: "Asha",
    };
    let rows = [
        (Instrument::Nothing, ["", "", "", ""]),
        (card(Scheme::Visa), ["CC", "CC", "608201XXXXXX7308", "Asha"]),
        (card(Scheme::Amex), ["CC", "CC", "608201XXXXXX7308", "Asha"]),
        (card(Scheme::Rupay), ["DC", "DC", "608201XXXXXX7308", "Asha"]),
        (card(Scheme::Maestro), ["DC", "DC", "608201XXXXXX7308", "Asha"]),
        (Instrument::Upi, ["UPI", "UPI", "", ""]),
        (Instrument::NetBanking("TESTPGNB"), ["NB", "TESTPGNB", "", ""]),
        (Instrument::Wallet("PAYTM"), ["WALLET", "PAYTM", "", ""]),
    ];
    for (instrument, told) in rows {
        let outcome = Outcome {
            instrument,
            ..captured(&order)
        };
        let fields = ["mode", "bankcode", "cardnum", "name_on_card"].map(|name| field(&outcome, name));
        assert_eq!(fields, told, "{instrument:?}");
    }
}

#[test]
fn charges_are_told_signed_and_debited_when_there_are_some() {
    let order = order();
    let outcome = Outcome {
        additional_charges: Paise::new(356).unwrap(),
        ..captured(&order)
    };
    assert_eq!(field(&outcome, "additionalCharges"), "3.56");
    assert_eq!(field(&outcome, "net_amount_debit"), "1348.56");
    assert_eq!(field(&outcome, "amount"), "1345.00");
    assert_ne!(field(&outcome, "hash"), field(&captured(&order), "hash"));
    assert_eq!(field(&captured(&order), "additionalCharges"), "absent");
}

#[test]
fn an_outcome_prints_nobodys_card_or_name() {
    let order = order();
    let shown = format!("{:?}", captured(&order));
    for secret in ["512345", "mayank", "testmerchant", "\"payu\""] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest! {
    #[test]
    fn the_hash_is_that_of_the_fields_as_they_arrive(
        paise in 1..=100_000_000i64, charges in 0..1_000i64, product in "[^|]{0,30}", udf in "[^|]{0,9}", code in 0..6i64,
    ) {
        let mut order = order();
        order.amount = Paise::new(paise).unwrap();
        order.productinfo = product;
        order.udf[9] = udf;
        let outcome = Outcome {
            additional_charges: Paise::new(charges).unwrap(),
            status: Status::from_code(code).unwrap(),
            ..captured(&order)
        };
        let posted = outcome.post_back(SALT);
        let of = |name: &str| posted.iter().find(|(its, _)| *its == name).map(|(_, text)| text.as_ref());
        let signed = Signed {
            key: of("key").unwrap(), txnid: of("txnid").unwrap(), amount: of("amount").unwrap(),
            productinfo: of("productinfo").unwrap(), firstname: of("firstname").unwrap(), email: of("email").unwrap(),
            udf: UDF.map(|name| of(name).unwrap()),
        };
        let (status, hash) = (of("status").unwrap(), of("hash").unwrap());
        prop_assert!(signed.fits_response(status, of("additionalCharges"), hash, &[SALT]));
        prop_assert!(!signed.fits_response("success", of("additionalCharges"), hash, &[SALT]) || status == "success");
    }
}
