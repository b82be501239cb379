use super::*;
use crate::fields::FieldsError;
use rokad_domain::Paise;
use serde_json::{Value as Json, json};

pub(super) const UAT: Rules = Rules {
    environment: Environment::Uat,
    amount_rupees_max: 500_000,
};
pub(super) const PRODUCTION: Rules = Rules {
    environment: Environment::Production,
    amount_rupees_max: 20_000,
};

/// The sample of the document, with one field changed; null takes it away.
pub(super) fn sample(name: &str, value: Json) -> String {
    let mut body = json!({
        "payment_mode": "imps", "pid": "2323232323", "order_id": "6876mhnytg", "amount": "8128",
        "account_holder": "user1", "account_no": "78473xxx", "bank": "SBI", "ifsc": "SBI002",
        "bank_address": "icicici pune", "email": "user1@gmail.com", "phone": "8754850254",
    });
    body[name] = value;
    body.to_string()
}

pub(super) fn ask(rules: &Rules, body: &str) -> Result<Order, Refusal> {
    parse(&Fields::read(None, body.as_bytes())?, rules)
}

fn said(rules: &Rules, name: &str, value: Json) -> String {
    ask(rules, &sample(name, value)).map_or_else(|refusal| refusal.to_string(), |_| "taken".to_owned())
}

#[test]
fn the_documents_sample_passes_in_uat() {
    let order = ask(&UAT, &sample("x", Json::Null)).unwrap();
    assert_eq!(order.order_id.as_str(), "6876mhnytg");
    assert_eq!(order.amount, Paise::from_rupees(8_128).unwrap());
    assert_eq!(order.to.account_no.reveal(), "78473xxx");
    assert_eq!(
        (order.to.ifsc.as_str(), order.to.bank.as_str()),
        ("SBI002", "SBI")
    );
    assert_eq!(order.to.phone.reveal(), "8754850254");
}

#[test]
fn the_same_fields_as_a_form_or_a_query_are_the_same_order() {
    let json = r#"{"payment_mode":" IMPS ","pid":2323232323,"order_id":"6876mhnytg","amount":8128,
        "account_holder":"आशा राव","account_no":784731234,"ifsc":"SBI002"}"#;
    let form = "payment_mode=imps&pid=2323232323&order_id=6876mhnytg&amount=8128&account_no=784731234\
        &account_holder=%E0%A4%86%E0%A4%B6%E0%A4%BE+%E0%A4%B0%E0%A4%BE%E0%A4%B5&ifsc=SBI002&bank=";
    let by_query = parse(&Fields::read(Some(form), b"").unwrap(), &UAT).unwrap();
    assert_eq!(ask(&UAT, json).unwrap(), ask(&UAT, form).unwrap());
    assert_eq!(ask(&UAT, json).unwrap(), by_query);
}

#[test]
fn amounts_are_whole_rupees_and_each_other_is_told_why() {
    let most = "amount is at most 20000 rupees";
    let decimals = "amount is in whole rupees, without decimals";
    let number = "amount is in whole rupees, without decimals or exponent";
    let digits = "amount is digits only: no sign, blank, comma, currency or exponent";
    let kind = "amount is a number, or digits in a string";
    let cases = [
        (json!(1), "taken"),
        (json!("1"), "taken"),
        (json!(" 20000 "), "taken"),
        (json!(20_000), "taken"),
        (json!("00008128"), "taken"),
        (json!(20_001), most),
        (json!("9223372036854775807"), most),
        (json!("9".repeat(400)), most),
        (json!(u64::MAX), most),
        (json!(0), "amount is at least 1 rupee"),
        (json!("0"), "amount is at least 1 rupee"),
        (json!(-5), "amount is above zero, without a sign"),
        (json!("-5"), "amount is above zero, without a sign"),
        (json!("8128.00"), decimals),
        (json!(8128.5), number),
        (json!(8128.0), number),
        (json!("1e3"), digits),
        (json!("8,128"), digits),
        (json!("+8128"), digits),
        (json!("₹8128"), digits),
        (json!("८१२८"), digits),
        (json!("."), digits),
        (json!(true), kind),
        (json!([8128]), kind),
        (json!(""), "amount is missing"),
        (Json::Null, "amount is missing"),
    ];
    for (amount, sentence) in cases {
        assert_eq!(
            said(&production_like(), "amount", amount.clone()),
            sentence,
            "{amount}"
        );
    }
    let exponent = sample("amount", json!("@")).replace("\"@\"", "1e3");
    assert_eq!(ask(&UAT, &exponent).unwrap_err().to_string(), number);
}

fn production_like() -> Rules {
    Rules {
        environment: Environment::Uat,
        ..PRODUCTION
    }
}

#[test]
fn no_merchants_limit_is_above_the_ceiling_of_imps() {
    let rules = Rules {
        amount_rupees_max: i64::MAX,
        ..UAT
    };
    assert_eq!(said(&rules, "amount", json!(500_000)), "taken");
    assert_eq!(
        said(&rules, "amount", json!(500_001)),
        "amount is at most 500000 rupees"
    );
    let nothing = Rules {
        amount_rupees_max: 0,
        ..UAT
    };
    assert_eq!(said(&nothing, "amount", json!(1)), "amount is at most 0 rupees");
}

#[test]
fn each_broken_rule_is_named_in_words() {
    let cases = [
        ("payment_mode", json!("neft"), "payment_mode has to be imps"),
        ("payment_mode", Json::Null, "payment_mode is missing"),
        (
            "order_id",
            json!("123456789"),
            "order_id has 10 to 13 characters, this has 9",
        ),
        (
            "order_id",
            json!("12345678901234"),
            "order_id has 10 to 13 characters, this has 14",
        ),
        (
            "order_id",
            json!("1234-67890"),
            "order_id is made of the letters A-Z a-z and digits only",
        ),
        (
            "order_id",
            json!("आआआआआआआआआआ"),
            "order_id is made of the letters A-Z a-z and digits only",
        ),
        (
            "order_id",
            json!(["1234567890"]),
            "order_id is text, this is an array, an object or a file",
        ),
        ("account_holder", json!("   "), "account_holder is missing"),
        (
            "account_holder",
            json!("x".repeat(101)),
            "account_holder has at most 100 characters, this has 101",
        ),
        (
            "account_holder",
            json!("a\u{0}b"),
            "account_holder holds a character that cannot be printed",
        ),
        (
            "account_holder",
            json!("a\nb"),
            "account_holder holds a character that cannot be printed",
        ),
        (
            "account_holder",
            json!("a\u{202E}b"),
            "account_holder holds a character that cannot be printed",
        ),
        ("account_holder", json!("आ".repeat(100)), "taken"),
        ("account_holder", json!("क्\u{200D}ष"), "taken"),
        (
            "account_no",
            json!("12345"),
            "account_no has 6 to 34 characters, this has 5",
        ),
        (
            "account_no",
            json!("12345-"),
            "account_no is made of the letters A-Z a-z and digits only",
        ),
        (
            "account_no",
            json!(true),
            "account_no is text, this is true or false",
        ),
        ("account_no", json!(123456), "taken"),
        ("account_no", json!(1.5), "account_no is text, this is a number"),
        ("ifsc", json!("SBI"), "ifsc has 4 to 11 characters, this has 3"),
        ("ifsc", Json::Null, "ifsc is missing"),
        (
            "bank",
            json!("x".repeat(101)),
            "bank has at most 100 characters, this has 101",
        ),
        (
            "bank",
            json!({}),
            "bank is text, this is an array, an object or a file",
        ),
        (
            "bank_address",
            json!("x".repeat(201)),
            "bank_address has at most 200 characters, this has 201",
        ),
        (
            "email",
            json!("x".repeat(255)),
            "email has at most 254 characters, this has 255",
        ),
        (
            "phone",
            json!("1\t2"),
            "phone holds a character that cannot be printed",
        ),
        ("phone", Json::Null, "taken"),
        ("unknown", json!({"a": [1]}), "taken"),
    ];
    for (name, value, sentence) in cases {
        assert_eq!(said(&UAT, name, value.clone()), sentence, "{name} {value}");
    }
}

#[test]
fn production_takes_real_accounts_and_branches_only() {
    let real = |name: &str, value: Json| {
        let body = sample(name, value)
            .replace("78473xxx", "784731234")
            .replace("\"SBI002\"", "\"SBIN0000002\"");
        ask(&PRODUCTION, &body).map_or_else(|refusal| refusal.to_string(), |_| "taken".to_owned())
    };
    let cases = [
        ("x", Json::Null, "taken"),
        (
            "account_no",
            json!("12345678"),
            "account_no has 9 to 18 characters, this has 8",
        ),
        (
            "account_no",
            json!("1234567890123456789"),
            "account_no has 9 to 18 characters, this has 19",
        ),
        ("account_no", json!("12345678a"), "account_no is digits only"),
        ("ifsc", json!("SBIN000000"), "ifsc has 11 characters, this has 10"),
        (
            "ifsc",
            json!("sbin0000002"),
            "ifsc begins with four capital letters",
        ),
        (
            "ifsc",
            json!("SBIN1000002"),
            "ifsc has a zero as its fifth character",
        ),
        (
            "ifsc",
            json!("SBIN000000a"),
            "ifsc ends in six capital letters or digits",
        ),
        (
            "ifsc",
            json!("SBIN0a00002"),
            "ifsc ends in six capital letters or digits",
        ),
        ("ifsc", json!("SBIN0ABCDEF"), "taken"),
    ];
    for (name, value, sentence) in cases {
        assert_eq!(real(name, value.clone()), sentence, "{name} {value}");
    }
}

#[test]
fn the_pid_is_read_alone() {
    let fields = |body: &'static str| Fields::read(None, body.as_bytes()).unwrap();
    assert_eq!(pid_of(&fields("{\"pid\":2323232323}")), Ok("2323232323"));
    assert_eq!(pid_of(&fields("pid=+77+&amount=-1")), Ok("77"));
    assert_eq!(pid_of(&fields("amount=1")), Err(Refusal::MissingField("pid")));
    assert_eq!(
        pid_of(&fields("{\"pid\":{}}")).unwrap_err().wire().code,
        "payout.invalid_field"
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_its_own_code() {
    let duplicate = ask(&UAT, "{\"amount\":1,\"amount\":2}").unwrap_err();
    assert_eq!(duplicate, Refusal::DuplicateField("amount".to_owned()));
    assert_eq!(
        ask(&UAT, "[]").unwrap_err(),
        Refusal::MalformedBody(FieldsError::NotAnObject)
    );
    let codes = [
        ("amount", json!(0)),
        ("payment_mode", json!("upi")),
        ("ifsc", json!("x")),
        ("ifsc", json!("")),
    ]
    .map(|(name, value)| ask(&UAT, &sample(name, value)).unwrap_err().wire().code);
    assert_eq!(
        codes,
        [
            "payout.invalid_amount",
            "payout.invalid_payment_mode",
            "payout.invalid_field",
            "payout.missing_field"
        ]
    );
}
