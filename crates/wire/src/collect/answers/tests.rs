use super::*;
use crate::collect::{
    Signed,
    post_back::{
        Instrument,
        tests::{captured, order},
    },
};
use rokad_domain::payment::Status;
use serde_json::{Value, json};

const SALT: &str = "eCwWELxi";
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/seeds/payumoney.txt");

/// The first sample answer after `heading` in the published document; `None`, with a note, where it is not at hand.
fn sample(heading: &str) -> Option<String> {
    let Ok(document) = std::fs::read_to_string(DOCUMENT) else {
        eprintln!(
            "note: {DOCUMENT} is not at hand; the answers were compared with the tests' own texts only"
        );
        return None;
    };
    let (_, chapter) = document.split_once(heading).unwrap();
    let (_, sample) = chapter.split_once("Sample Response:").unwrap();
    let (fields, end) = sample.split_once("\"responseCode\":null").unwrap();
    let end = end.split_inclusive('}').next().unwrap();
    Some(format!("{fields}\"responseCode\":null{end}"))
}

/// Every name in `json` in order, with the type of what it holds: `result[ {…` and so on.
fn shape(json: &str) -> Vec<String> {
    let (mut shape, mut rest) = (Vec::new(), json);
    while let Some(at) = rest.find(|c: char| !c.is_whitespace()) {
        let mut stream = serde_json::Deserializer::from_str(&rest[at..]).into_iter::<Value>();
        let first = rest[at..].chars().next().unwrap();
        let taken = match first {
            '{' | '[' | ',' | ':' | '}' | ']' => {
                shape.push(first.to_string());
                1
            }
            _ => {
                let value = stream.next().unwrap().unwrap();
                let taken = stream.byte_offset();
                let name = rest[at + taken..].trim_start().starts_with(':');
                shape.push(match value {
                    Value::String(text) if name => text,
                    Value::String(_) => "a text".to_owned(),
                    Value::Number(number) if number.is_f64() => "a number with a point".to_owned(),
                    Value::Number(_) => "a number".to_owned(),
                    Value::Bool(_) => "a bool".to_owned(),
                    null_or_more @ (Value::Null | Value::Array(_) | Value::Object(_)) => {
                        null_or_more.to_string()
                    }
                });
                taken
            }
        };
        rest = &rest[at + taken..];
    }
    shape
}

fn text(body: Vec<u8>) -> String {
    String::from_utf8(body).unwrap()
}

fn standing() -> Standing<'static> {
    Standing {
        txnid: "563445",
        payment: Id::new(110_275_478),
        status: WireStatus::SettlementInProcess,
        amount: Paise::new(134_500).unwrap(),
    }
}

#[test]
fn a_status_is_told_like_the_documents_sample() {
    let body = text(statuses(&[standing()], 0).unwrap());
    let expected = concat!(
        r#"{"status":0,"message":"All txnIds are valid","result":[{"merchantTransactionId":"563445","#,
        r#""paymentId":1110275478,"status":"Settlement in process","amount":1345.0}],"errorCode":null,"responseCode":null}"#,
    );
    assert_eq!(body, expected);
    if let Some(sample) = sample("3.) Check Transaction Status API") {
        assert_eq!(shape(&body), shape(&sample));
        let status = sample.replace("Refund in progress", "Settlement in process");
        let squeezed: String = status.lines().map(str::trim).collect();
        assert_eq!(body, squeezed);
    }
}

#[test]
fn a_response_is_told_like_the_documents_sample() {
    let order = order();
    let body = text(responses(&[captured(&order)], 0, SALT).unwrap());
    let expected = concat!(
        r#"{"status":0,"message":"All txnIds are valid","result":[{"merchantTransactionId":"563445","postBackParam":{"#,
        r#""postBackParamId":211715,"mihpayid":"403993715110275478","paymentId":1110275478,"mode":"CC","status":"success","#,
        r#""unmappedstatus":"captured","key":"eM8ZaP","txnid":"563445","amount":"1345.0","additionalCharges":"","#,
        r#""addedon":"2015-08-11 12:48:09","createdOn":1439277517000,"productinfo":"","firstname":"test mayank","#,
        r#""lastname":"","address1":"","address2":"","city":"","state":"","country":"","zipcode":"","#,
        r#""email":"testmerchant420@gmail.com","phone":"1234567890","udf1":"","udf2":"","udf3":"","udf4":"","udf5":"","#,
        r#""udf6":"","udf7":"","udf8":"","udf9":"","udf10":"","hash":"HASH","field1":"7722572481252231","field2":"","#,
        r#""field3":"7722572481252231","field4":"","field5":"","field6":"","field7":"","field8":"","field9":"SUCCESS","#,
        r#""bank_ref_num":"7722572481252231","bankcode":"CC","error":"E000","error_Message":"No Error","cardToken":"","#,
        r#""offer_key":"","offer_type":"","offer_availed":"","pg_ref_no":"","offer_failure_reason":"","name_on_card":"payu","#,
        r#""cardnum":"512345XXXXXX2346","cardhash":"This field is no longer supported in postback params.","card_type":"","#,
        r#""card_merchant_param":null,"version":"","postUrl":"https://shop.example/paid","calledStatus":false,"#,
        r#""additional_param":"","amount_split":"{\"PAYU\":\"1345.0\"}","discount":"0.00","net_amount_debit":"1345","#,
        r#""fetchAPI":null,"paisa_mecode":"","meCode":"{\"pg_name\":\"HDFCPG\"}","payuMoneyId":"1110275478","#,
        r#""encryptedPaymentId":null,"pg_TYPE":"HDFCPG"}}],"errorCode":null,"responseCode":null}"#,
    );
    let hash = captured(&order)
        .signed("1345.0")
        .response_hash("success", None, SALT);
    assert_eq!(body, expected.replace("HASH", &hash));
    if let Some(sample) = sample("2.) Get Payment Response API") {
        assert_eq!(shape(&body), shape(&sample));
    }
}

#[test]
fn some_ids_unknown_are_counted_and_none_known_is_not_found() {
    let message = |body: Vec<u8>| {
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            (&body["status"], body["result"].as_array().unwrap().len()),
            (&json!(0), 1)
        );
        body["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        message(statuses(&[standing()], 1).unwrap()),
        "1 txnId was not found"
    );
    assert_eq!(
        message(statuses(&[standing()], 2).unwrap()),
        "2 txnIds were not found"
    );
    let order = order();
    let body = responses(&[captured(&order)], 3, SALT).unwrap();
    assert_eq!(message(body), "3 txnIds were not found");
    assert_eq!(statuses(&[], 1), Err(Refusal::NotFound));
    assert_eq!(responses(&[], 2, SALT), Err(Refusal::NotFound));
    let nothing_that_day = text(responses(&[], 0, SALT).unwrap());
    assert!(nothing_that_day.contains(r#""result":[],"#), "{nothing_that_day}");
}

#[test]
fn whatever_merchants_write_stays_inside_its_quotes() {
    let mut order = order();
    order.productinfo = "a\"b\\c</script>\u{1}".to_owned();
    order.udf[4] = "\",\"x\":\"".to_owned();
    let outcome = Outcome {
        instrument: Instrument::NetBanking("T\"PG"),
        pg_type: "a\"b",
        status: Status::Dropped,
        attempt: None,
        ..captured(&order)
    };
    let body: Value = serde_json::from_slice(&responses(&[outcome, outcome], 0, SALT).unwrap()).unwrap();
    let told = &body["result"][1]["postBackParam"];
    assert_eq!(told["productinfo"], order.productinfo);
    assert_eq!(told["udf5"], order.udf[4]);
    assert_eq!(told["bankcode"], "T\"PG");
    assert_eq!(told["meCode"], r#"{"pg_name":"a\"b"}"#);
    assert_eq!(
        (&told["postBackParamId"], &told["error"]),
        (&json!(0), &json!("E408"))
    );
    assert_eq!(told["postUrl"], order.furl);
}

#[test]
fn a_response_can_be_checked_with_what_stands_in_it() {
    let mut order = order();
    order.amount = Paise::new(12_505).unwrap();
    let outcome = Outcome {
        additional_charges: Paise::new(100).unwrap(),
        ..captured(&order)
    };
    let body: Value = serde_json::from_slice(&responses(&[outcome], 0, SALT).unwrap()).unwrap();
    let told = &body["result"][0]["postBackParam"];
    let of = |name: &str| told[name].as_str().unwrap();
    let signed = Signed {
        key: of("key"),
        txnid: of("txnid"),
        amount: of("amount"),
        productinfo: of("productinfo"),
        firstname: of("firstname"),
        email: of("email"),
        udf: UDF.map(of),
    };
    assert_eq!((of("amount"), of("additionalCharges")), ("125.05", "1.00"));
    assert!(signed.fits_response(of("status"), Some(of("additionalCharges")), of("hash"), &[SALT]));
}

#[test]
fn every_status_of_the_wire_is_told_by_its_word() {
    let told = Standing {
        status: WireStatus::CancelledByUser,
        ..standing()
    };
    let body = text(statuses(&[told, standing()], 0).unwrap());
    assert!(
        body.contains(r#""status":"CancelledByUser","amount":1345.0},{"#),
        "{body}"
    );
}
