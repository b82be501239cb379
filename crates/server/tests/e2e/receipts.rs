//! A customer pays by UPI QR code; the operator takes the bank's statement, settles, and looks.

use crate::{
    house::House,
    http::{self, Answer},
};
use rokad_store::Clock;
use rokad_wire::collect::{Ask, Paise, sign_payment};
use std::fs;

/// A form, as a browser posts it; redirects are followed.
fn submit(house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
    let encode = |text: &str| {
        let byte = |b: u8| match b {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        };
        text.bytes().map(byte).collect::<String>()
    };
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/html"),
    ];
    let url = format!("{}{path}", house.fact("/url"));
    let answer = http::post(&house.client, &url, &headers, body.join("&").as_bytes());
    http::followed(&house.client, &url, answer)
}

/// The text between two others.
fn between<'p>(page: &'p str, before: &str, after: &str) -> &'p str {
    let rest = page
        .split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split(after).next().unwrap()
}

/// The path of a checkout whose customer looks at a QR code, and the reference under the code.
fn scanned(house: &House, txnid: &str, rupees: i64) -> (String, String) {
    let ask = Ask {
        txnid,
        amount: Paise::from_rupees(rupees).unwrap(),
        productinfo: "Blue pen",
        firstname: "Asha",
        email: "asha@example.com",
        phone: "9876543210",
        surl: "https://shop.example/paid",
        furl: "https://shop.example/failed",
        ..Ask::default()
    };
    let form = sign_payment(&ask, house.fact("/collect/key"), house.fact("/collect/salt"));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, text)| (*name, text.as_ref())).collect();
    let page = submit(house, "/_payment", &form).text();
    let path = format!("/checkout/{}", between(&page, "action=\"/checkout/", "/"));
    let chosen = [("attempt", "1"), ("method", "upi_qr"), ("lang", "en")];
    let code = submit(house, &format!("{path}/pay"), &chosen).text();
    let reference = between(&code, "tr=", "&").to_owned();
    assert!(code.contains("<svg") && code.contains("upi://pay?"), "{code}");
    (path, reference)
}

fn status(house: &House, txnid: &str) -> String {
    let url = format!(
        "{}/payment/payment/chkMerchantTxnStatus?merchantTransactionIds={txnid}",
        house.fact("/url")
    );
    let headers = [("authorization", house.fact("/collect/authorization"))];
    let answer = http::post(&house.client, &url, &headers, b"").json();
    answer["result"][0]["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_statement_pays_what_it_names_and_the_rest_stands_in_the_open() {
    let house = House::start();
    let (path, reference) = scanned(&house, "QR-1", 1_250);
    assert_eq!(status(&house, "QR-1"), "Initiated");

    let csv = house.data().join("statement.csv");
    let now = rokad_wire::date::day_and_time(Clock::system().now().at());
    let text = format!(
        "at,utr,amount,remark\n{now},403212345678,\"1,250.00\",UPI/{reference}/asha@bank\n{now},403212345679,70.00,rent\n"
    );
    fs::write(&csv, text).unwrap();
    let take = [
        "statement",
        "take",
        csv.to_str().unwrap(),
        "--account",
        "sandbox-main",
    ];
    assert_eq!(
        house.tell(&take),
        "1 payments paid, 1 receipts in suspense, 0 known before, 0 attempts not paid\n"
    );
    assert_eq!(
        house.tell(&take),
        "0 payments paid, 0 receipts in suspense, 2 known before, 0 attempts not paid\n"
    );
    let page = http::get(&house.client, &format!("{}{path}", house.fact("/url"))).text();
    assert!(
        page.contains("data-outcome=\"paid\"") && page.contains("UPIQR"),
        "{page}"
    );
    let suspense = house.tell(&["suspense"]);
    assert!(
        suspense.contains("403212345679") && suspense.contains("no reference of ours"),
        "{suspense}"
    );
    assert_eq!(house.verify().row_beginning("suspense"), 7_000);
}

#[test]
fn an_operator_names_a_receipt_and_settles() {
    let house = House::start();
    let (_, reference) = scanned(&house, "QR-1", 1_000);
    let confirm = |utr: &str, amount: &str| {
        let account = "sandbox-main";
        house.tell(&[
            "statement",
            "confirm",
            &reference,
            "--account",
            account,
            "--utr",
            utr,
            "--amount",
            amount,
        ])
    };
    assert!(confirm("UTR1", "999").starts_with("0 payments paid, 1 receipts in suspense"));
    assert!(confirm("UTR2", "1000").starts_with("1 payments paid"));
    assert!(confirm("UTR3", "1000").starts_with("0 payments paid, 1 receipts in suspense"));
    assert_eq!(status(&house, "QR-1"), "Money with Payumoney");
    assert_eq!(
        house.tell(&["settle"]),
        "0 payments of 0 merchants settled, ₹0.00\n"
    );
    // The demo merchant pays 2 % and 18 % of that.
    assert_eq!(
        house.tell(&["settle", "--all"]),
        "1 payments of 1 merchants settled, ₹976.40\n"
    );
    assert_eq!(status(&house, "QR-1"), "Money Settled");
    let shown = house.tell(&["payment", "show", "QR-1", "--pid", house.fact("/payout/pid")]);
    for part in [
        "Money Settled",
        "captured",
        "UTR2",
        &reference,
        "₹23.60 for fee and GST",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    house.verify();
}

#[test]
fn holidays_are_declared_and_listed() {
    let house = House::start();
    house.tell(&["holiday", "add", "26-01-2027", "Republic Day"]);
    assert_eq!(house.tell(&["holiday", "list"]), "2027-01-26  Republic Day\n");
    let wrong = house.command(&["holiday", "add", "30-02-2027", "x"]);
    assert!(!wrong.ok && wrong.err.contains("not a day"), "{}", wrong.err);
}
