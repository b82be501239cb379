use super::*;
use crate::fields::FieldsError;
use rokad_domain::Paise;
use serde_json::{Value as Json, json};

pub(crate) const SALT: &str = "eCwWELxi";
pub(crate) const HASH: &str = "1980bd28053bb7e9d446d08a2f7d30ee1bda159f4f9b01ffbdb6939779e40552e10b6589b8080e6d875a3273b1e84db64fdfe37427afdd2edc82e9202c6de034";

/// A request that is good and signed, with one field changed; null takes it away.
pub(crate) fn sample(name: &str, value: Json) -> Json {
    let mut body = json!({
        "key": "gtKFFx", "txnid": "T100000001", "amount": "125.00", "productinfo": "Blue pen", "firstname": "Asha",
        "email": "asha@example.com", "phone": "9876543210", "udf1": "a", "udf2": "b", "udf3": "c", "udf4": "d",
        "udf5": "e", "surl": "https://shop.example/paid", "furl": "https://shop.example/failed", "hash": HASH,
        "service_provider": "payu_paisa",
    });
    body[name] = value;
    body
}

/// What is read from `body`, and whether it is signed.
fn ask(body: &Json, environment: Environment) -> Result<(PaymentOrder, bool), Refusal> {
    let body = body.to_string();
    let fields = Fields::read(None, body.as_bytes())?;
    let request = PaymentRequest::read(&fields, environment)?;
    let signed = request.is_signed_with(&[SALT]);
    Ok((request.order, signed))
}

fn said(name: &str, value: Json) -> String {
    let sample = sample(name, value);
    ask(&sample, Environment::Uat).map_or_else(|refusal| refusal.to_string(), |_| "taken".to_owned())
}

/// Each value with the sentence that answers it.
fn table(name: &str, cases: &[(Json, &str)]) {
    for (value, sentence) in cases {
        assert_eq!(said(name, value.clone()), *sentence, "{name}: {value}");
    }
}

fn x(count: usize) -> Json {
    json!("x".repeat(count))
}

#[test]
fn a_good_request_is_read_and_believed() {
    let (order, signed) = ask(&sample("x", Json::Null), Environment::Production).unwrap();
    assert!(signed);
    assert_eq!((order.txnid.as_str(), order.amount.get()), ("T100000001", 12_500));
    assert_eq!(order.productinfo, "Blue pen");
    assert_eq!(order.customer.firstname.reveal(), "Asha");
    assert_eq!(order.customer.phone.reveal(), "9876543210");
    assert_eq!(order.udf, ["a", "b", "c", "d", "e", "", "", "", "", ""]);
    assert_eq!(order.surl, "https://shop.example/paid");
}

#[test]
fn the_same_fields_as_a_form_are_the_same_request() {
    let form = format!(
        "key=gtKFFx&txnid=T100000001&amount=125.00&productinfo=Blue+pen&firstname=Asha&email=asha%40example.com\
        &phone=9876543210&udf1=a&udf2=b&udf3=c&udf4=d&udf5=e&surl=https%3A%2F%2Fshop.example%2Fpaid\
        &furl=https%3A%2F%2Fshop.example%2Ffailed&hash={HASH}&service_provider=payu_paisa&salt={SALT}&x=1"
    );
    let fields = Fields::read(None, form.as_bytes()).unwrap();
    let request = PaymentRequest::read(&fields, Environment::Production).unwrap();
    assert!(request.is_signed_with(&["next", SALT]));
    let (order, _) = ask(&sample("x", Json::Null), Environment::Production).unwrap();
    assert_eq!(request.order, order);
    let shown = format!("{request:?}");
    for secret in [SALT, "Asha", "asha@", "9876543210"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn blanks_are_hashed_as_posted_and_trimmed_after() {
    let (order, signed) = ask(&sample("firstname", json!(" Asha ")), Environment::Uat).unwrap();
    assert_eq!(
        (order.customer.firstname.reveal().as_str(), signed),
        ("Asha", false)
    );
    let signer = Signed {
        key: "gtKFFx",
        txnid: "T1 ",
        amount: " 5",
        productinfo: "p",
        firstname: "f",
        email: "e@x.in",
        udf: ["", "", "", "", "", " six", "", "", "", ""],
    };
    let mut body = sample("hash", json!(signer.request_hash(SALT)));
    for (name, text) in ["key", "txnid", "amount", "productinfo", "firstname", "email"]
        .into_iter()
        .chain(UDF)
        .zip(signer.of_request())
    {
        body[name] = json!(text);
    }
    let (order, signed) = ask(&body, Environment::Uat).unwrap();
    assert!(signed);
    assert_eq!((order.txnid.as_str(), order.udf[5].as_str()), ("T1", "six"));
}

#[test]
fn a_missing_or_wrong_hash_is_read_and_not_believed() {
    for hash in [Json::Null, json!(""), json!(HASH.to_uppercase()), json!("0")] {
        let (_, signed) = ask(&sample("hash", hash.clone()), Environment::Uat).unwrap();
        assert!(!signed, "{hash}");
    }
    let (_, signed) = ask(&sample("hash", json!(format!(" {HASH}\n"))), Environment::Uat).unwrap();
    assert!(signed);
}

#[test]
fn every_mandatory_field_is_asked_for_and_no_other() {
    let mandatory = [
        "key",
        "txnid",
        "amount",
        "productinfo",
        "firstname",
        "email",
        "phone",
        "surl",
        "furl",
        "service_provider",
    ];
    for name in mandatory {
        for nothing in [Json::Null, json!(""), json!("  ")] {
            let refusal = ask(&sample(name, nothing), Environment::Uat).unwrap_err();
            assert_eq!(refusal, Refusal::MissingField(name));
        }
        assert_eq!(said(name, json!([1])).split(' ').next(), Some(name));
    }
    for (name, value) in sample("x", Json::Null).as_object().unwrap() {
        let taken = said(name, Json::Null) == "taken" && !value.is_null();
        assert_eq!(
            taken,
            !mandatory.contains(&name.as_str()) && name != "x",
            "{name}"
        );
    }
}

#[test]
fn amounts_are_rupees_with_up_to_two_decimals() {
    let digits = "amount is digits, and decimals after a point: no sign, blank, comma or exponent";
    let most = "amount is at most 1000000 rupees";
    let text = "amount with decimals is a string, like \"1345.50\": its text counts";
    table(
        "amount",
        &[
            (json!("0.01"), "taken"),
            (json!("1345"), "taken"),
            (json!(1345), "taken"),
            (json!("1345.0"), "taken"),
            (json!(" 1345.00 "), "taken"),
            (json!("1000000.00"), "taken"),
            (json!("1000000.01"), most),
            (json!("9".repeat(400)), most),
            (json!("0"), "amount is above zero"),
            (json!("0.00"), "amount is above zero"),
            (json!("1.234"), "amount has at most two decimals"),
            (json!(1345.5), text),
            (json!("-1"), digits),
            (json!(-1), digits),
            (json!("+1"), digits),
            (json!("1e3"), digits),
            (json!("1,000"), digits),
            (json!("1."), digits),
            (json!(".5"), digits),
            (json!("1.2.3"), digits),
            (json!("₹5"), digits),
            (json!("५"), digits),
            (json!(true), "amount is text, this is true or false"),
        ],
    );
    let (order, _) = ask(&sample("amount", json!("7.5")), Environment::Uat).unwrap();
    assert_eq!(order.amount, Paise::new(750).unwrap());
}

#[test]
fn texts_of_the_merchant_are_printable_and_bounded() {
    let hidden = |name: &str| format!("{name} holds a character that cannot be printed");
    let long = |name: &str| format!("{name} has at most 255 characters, this has 256");
    for name in ["productinfo", "udf1", "udf10"] {
        table(
            name,
            &[
                (json!("चाय & <tea>"), "taken"),
                (x(255), "taken"),
                (x(256), &long(name)),
                (json!("a\nb"), &hidden(name)),
                (json!("a\u{202E}b"), &hidden(name)),
            ],
        );
    }
    let ascii = "txnid is made of printable ASCII characters, without |";
    table(
        "txnid",
        &[
            (json!("ORDER 7 / a_b.c#1"), "taken"),
            (x(50), "taken"),
            (x(51), "txnid has 1 to 50 characters, this has 51"),
            (json!("चाय"), ascii),
            (json!("a\tb"), ascii),
        ],
    );
    let letters = "key is made of the letters A-Z a-z and digits only";
    table(
        "key",
        &[
            (json!(" eM8ZaP"), "taken"),
            (json!("a-b"), letters),
            (x(51), "key has 1 to 50 characters, this has 51"),
        ],
    );
}

#[test]
fn the_customer_is_described_by_the_documents_characters() {
    for name in ["firstname", "lastname"] {
        let letters = format!("{name} is made of the letters a-z, with blanks between them");
        let long = format!("{name} has at most 60 characters, this has 61");
        table(
            name,
            &[
                (json!("test mayank"), "taken"),
                (x(60), "taken"),
                (x(61), &long),
                (json!("O'Neil"), &letters),
                (json!("José"), &letters),
                (json!("R2"), &letters),
            ],
        );
    }
    for name in ["address1", "address2", "city", "state", "country"] {
        let allowed = format!("{name} is made of A-Z a-z 0-9 @ - _ / . and blanks only");
        let long = format!("{name} has at most 100 characters, this has 101");
        table(
            name,
            &[
                (json!("12/A-1 M.G._Road @ 5"), "taken"),
                (json!(""), "taken"),
                (x(100), "taken"),
                (x(101), &long),
                (json!("a,b"), &allowed),
                (json!("a\\b"), &allowed),
                (json!("#5"), &allowed),
            ],
        );
    }
    table(
        "zipcode",
        &[
            (json!(411001), "taken"),
            (json!("123456789012"), "taken"),
            (
                json!("1234567890123"),
                "zipcode has 0 to 12 characters, this has 13",
            ),
            (json!("SW1A"), "zipcode is digits only"),
        ],
    );
    table(
        "phone",
        &[
            (json!("12345"), "taken"),
            (json!(9876543210_i64), "taken"),
            (json!("1234"), "phone has 5 to 15 characters, this has 4"),
            (
                json!("1234567890123456"),
                "phone has 5 to 15 characters, this has 16",
            ),
            (json!("+919876543210"), "phone is digits only"),
        ],
    );
}

#[test]
fn an_email_is_something_that_a_mail_can_be_sent_to() {
    let separator = "email holds a blank, a bracket, a quote or another separator";
    let local = "email has 1 to 64 characters before its one @";
    let domain = "email ends in a domain, like example.com";
    let long = format!("{}@x.in", "a".repeat(250));
    table(
        "email",
        &[
            (json!("a+b_c.d@mail.example.co.in"), "taken"),
            (json!("o'neil@example.com"), "taken"),
            (json!("asha"), "email has an @"),
            (json!("@x.in"), local),
            (json!("a@b@x.in"), local),
            (json!("a@x"), domain),
            (json!("a@x..in"), domain),
            (json!("a@.in"), domain),
            (json!("a b@x.in"), separator),
            (json!("a@x.in,b@x.in"), separator),
            (json!("<a@x.in>"), separator),
            (
                json!("a@x.in\r\nBcc:b@x.in"),
                "email holds a character that cannot be printed",
            ),
            (json!(long), "email has at most 254 characters, this has 255"),
        ],
    );
}

#[test]
fn urls_are_absolute_and_without_anybodys_password() {
    let scheme = |name: &str| format!("{name} begins with https:// or http://");
    for name in ["surl", "furl"] {
        let host = format!("{name} has a host of letters, digits, points and hyphens, and may have a port");
        let user = format!("{name} has no user name or password in it");
        let odd = format!("{name} holds a blank, a backslash, a quote or an angle bracket");
        let long = format!("{name} has at most 2000 characters, this has 2001");
        table(
            name,
            &[
                (json!("http://localhost:8080/x?a={b}|c#d@e"), "taken"),
                (json!("HTTPS://shop.example"), "taken"),
                (json!("https://[::1]:443/"), "taken"),
                (json!("https://shop.example/चाय"), "taken"),
                (json!("shop.example/paid"), &scheme(name)),
                (json!("javascript:alert(1)"), &scheme(name)),
                (json!("ftp://shop.example"), &scheme(name)),
                (json!("//shop.example"), &scheme(name)),
                (json!("https://"), &host),
                (json!("https:///paid"), &host),
                (json!("https://shop.example:99999"), &host),
                (json!("https://shop.example:+1"), &host),
                (json!("https://a%2eb"), &host),
                (json!("https://[::g]"), &host),
                (json!("https://good.example@evil.example"), &user),
                (json!("https://good.example\\@evil.example"), &odd),
                (json!("https://shop.example/a b"), &odd),
                (json!("https://shop.example/\""), &odd),
                (json!("https://shop.example/\n"), "taken"),
                (json!(format!("https://shop.example/{}", "x".repeat(1980))), &long),
            ],
        );
        let body = sample(name, json!("http://shop.example/"));
        let refusal = ask(&body, Environment::Production).unwrap_err();
        assert_eq!(refusal.to_string(), format!("{name} begins with https://"));
    }
}

#[test]
fn only_payu_paisa_serves() {
    table(
        "service_provider",
        &[
            (json!("PayU_Paisa"), "taken"),
            (json!("payu"), "service_provider has to be payu_paisa"),
        ],
    );
}

#[test]
fn a_pipe_is_refused_in_each_hashed_field_and_nowhere_else() {
    for name in ["key", "txnid", "amount", "productinfo", "firstname", "email"]
        .into_iter()
        .chain(UDF)
    {
        let refusal = ask(&sample(name, json!("a|b")), Environment::Uat).unwrap_err();
        assert_eq!(refusal, Refusal::PipeInHashedField(name));
    }
    let body = sample("x", json!("a|b"));
    assert!(ask(&body, Environment::Uat).unwrap().1);
}

#[test]
fn a_field_given_twice_or_a_broken_body_is_refused() {
    let twice = Fields::read(None, b"key=a&key=b").unwrap_err();
    assert_eq!(Refusal::from(twice), Refusal::DuplicateField("key".to_owned()));
    let broken = Refusal::from(FieldsError::NotUtf8);
    assert_eq!(broken.wire().code, "payment.malformed_body");
}
