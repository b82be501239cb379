use super::*;
use proptest::prelude::*;

/// 2016-04-20 11:11:44 in Asia/Kolkata.
const CREATED: UnixMs = UnixMs(1_461_130_904_000);

fn paise(paise: i64) -> Paise {
    Paise::new(paise).unwrap()
}

fn refund(number: i64, amount: i64, status: Status, completed_at: Option<UnixMs>) -> Details {
    Details {
        refund: Id::new(number - REFUND_ID_0),
        amount: paise(amount),
        status,
        created_at: CREATED,
        completed_at,
    }
}

fn text(body: Vec<u8>) -> String {
    String::from_utf8(body).unwrap()
}

#[test]
fn the_answers_look_like_the_samples() {
    assert_eq!(
        text(initiated(Id::new(87_680))),
        r#"{"status":0,"rows":0,"message":"Refund Initiated","result":187680,"guid":null,"sessionId":null,"errorCode":null}"#
    );
    let one = refund(187_680, 1_000, Status::InProgress, None);
    assert_eq!(
        text(details_of(&one, Id::new(110_275_478), paise(134_500))),
        concat!(
            r#"{"status":0,"rows":0,"message":"Refund Details : ","result":{"RefundId":"187680","Refund Amount":"10.0","#,
            r#""Total Amount":"1345.0","Refund Completed On":"null","Refund Status":"refundinprogress","#,
            r#""Refund Created On":"2016-04-20 11:11:44.0","PaymentId":"1110275478"},"guid":null,"sessionId":null,"errorCode":null}"#
        )
    );
    let back = Back {
        refunding: paise(1_000),
        refunded: Paise::ZERO,
        disputed: Paise::ZERO,
    };
    assert_eq!(
        text(details_by_payment(
            Id::new(110_256_124),
            paise(127_600),
            back,
            &[one]
        )),
        concat!(
            r#"{"status":0,"rows":0,"message":"Refund Details : ","result":{"PaymentId":"1110256124","Total Amount":"1276.0","#,
            r#""Amount Left":"1266.0","Refund Details Map":"[{RefundId=187680, Refund Amount=10.0, Refund Completed On=null, "#,
            r#"Refund Status=refundinprogress, Refund Created On=2016-04-20 11:11:44.0}]"},"guid":null,"sessionId":null,"errorCode":null}"#
        )
    );
}

#[test]
fn the_map_of_several_is_a_list_and_of_none_an_empty_one() {
    assert_eq!(map(&[]), "[]");
    let two = [
        refund(
            100_001,
            1_050,
            Status::Completed,
            Some(UnixMs(CREATED.0 + 60_000)),
        ),
        refund(100_002, 25, Status::Failed, None),
    ];
    assert_eq!(
        map(&two),
        "[{RefundId=100001, Refund Amount=10.5, Refund Completed On=2016-04-20 11:12:44.0, Refund Status=refundcompleted, \
         Refund Created On=2016-04-20 11:11:44.0}, {RefundId=100002, Refund Amount=0.25, Refund Completed On=null, \
         Refund Status=refundfailed, Refund Created On=2016-04-20 11:11:44.0}]"
    );
}

fn ask(body: &str, header: Option<&str>) -> Result<(i64, i64, Option<String>), Refusal> {
    let fields = Fields::read(None, body.as_bytes())?;
    let query = read_refund(&fields, header)?;
    Ok((
        query.payment.get(),
        query.amount.get(),
        query.reference.map(str::to_owned),
    ))
}

#[test]
fn a_refund_is_read_from_a_form_or_json() {
    let form = "merchantKey=eM8ZaP&paymentId=1110275478&refundAmount=10";
    assert_eq!(ask(form, None), Ok((110_275_478, 1_000, None)));
    let json = r#"{"paymentId":1110275478,"refundAmount":"10.50","refundReference":"R-1"}"#;
    assert_eq!(ask(json, None), Ok((110_275_478, 1_050, Some("R-1".to_owned()))));
    assert_eq!(
        ask(json, Some("R-1")),
        Ok((110_275_478, 1_050, Some("R-1".to_owned())))
    );
    assert_eq!(
        ask(form, Some("K")),
        Ok((110_275_478, 1_000, Some("K".to_owned())))
    );
}

#[test]
fn what_is_wrong_is_named() {
    let said = |body: &str, header| ask(body, header).unwrap_err();
    for (body, code) in [
        ("refundAmount=10", "payment.missing_field"),
        ("paymentId=1110275478", "payment.missing_field"),
        ("paymentId=12&refundAmount=10", "payment.invalid_field"),
        ("paymentId=1000000000&refundAmount=10", "payment.invalid_field"),
        ("paymentId=1110275478&refundAmount=0", "payment.invalid_amount"),
        ("paymentId=1110275478&refundAmount=-1", "payment.invalid_amount"),
        (
            "paymentId=1110275478&refundAmount=1.005",
            "payment.invalid_amount",
        ),
        ("paymentId=1110275478&refundAmount=1e3", "payment.invalid_amount"),
        (
            "paymentId=1110275478&refundAmount=99999999999",
            "payment.invalid_amount",
        ),
        (
            r#"{"paymentId":1110275478,"refundAmount":10.5}"#,
            "payment.invalid_amount",
        ),
        (
            "paymentId=1110275478&refundAmount=1&refundReference=a%20b",
            "payment.invalid_field",
        ),
    ] {
        assert_eq!(said(body, None).wire().code, code, "{body}");
    }
    let two = said("paymentId=1110275478&refundAmount=1&refundReference=a", Some("b"));
    assert_eq!(two.wire().code, "payment.invalid_field");
    let long = "k".repeat(KEY_LEN_MAX + 1);
    let long = said("paymentId=1110275478&refundAmount=1", Some(&long));
    assert_eq!(long.wire().code, "payment.invalid_field");
}

proptest! {
    #[test]
    fn a_refund_id_leads_back_to_its_number(number in 1..i64::MAX / 2) {
        let shown = refund_id(Id::new(number)).to_string();
        prop_assert_eq!(read_refund_id(&shown), Some(Id::new(number)));
    }

    #[test]
    fn no_text_for_a_refund_id_breaks_us(text in "\\PC{0,24}") {
        let _ = read_refund_id(&text);
    }
}
