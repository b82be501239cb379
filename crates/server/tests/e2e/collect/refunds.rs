//! Refunds, as a merchant's server asks for them and asks about them. Source: contract.md §3.3, §3.4.

use super::{
    checkout::{PAID_AT_ONCE, card},
    refused::envelope,
    shop::{Order, STATUS, Shop},
};
use crate::{
    house::House,
    http::Answer,
    waiting::{found, until},
};

pub const REFUND: &str = "/payment/merchant/refundPayment";
pub const BY_PAYMENT: &str = "/treasury/ext/merchant/getRefundDetailsByPayment";
pub const DETAILS: &str = "/treasury/ext/merchant/getRefundDetails";

impl Shop {
    /// The paymentId of an order.
    pub fn payment_id(&self, order: &Order) -> String {
        self.result(STATUS, order)["paymentId"].to_string()
    }

    /// Asks for a refund of so many rupees.
    pub fn refund(&self, payment: &str, rupees: &str) -> Answer {
        self.ask(REFUND, &format!("paymentId={payment}&refundAmount={rupees}"))
    }

    /// The refundId of a refund that is made.
    fn refunded(&self, payment: &str, rupees: &str) -> String {
        let answer = self.refund(payment, rupees);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["result"].to_string()
    }

    fn details(&self, refund: &str) -> serde_json::Value {
        self.ask(DETAILS, &format!("refundId={refund}")).json()["result"].clone()
    }

    fn becomes(&self, refund: &str, status: &str) -> serde_json::Value {
        found(&format!("refund {refund} is {status}"), || {
            Some(self.details(refund)).filter(|details| details["Refund Status"] == status)
        })
    }
}

impl House {
    /// How many paise the acquirer paid back.
    fn refunded_at_the_acquirer(&self) -> i64 {
        self.bank("/v1/refunds?limit=1")["totals"]["refunded_paise"]
            .as_i64()
            .unwrap()
    }
}

fn paid(shop: &Shop, rupees: &str) -> (Order, String) {
    let (order, checkout) = shop.checkout(rupees);
    assert_eq!(checkout.pay(&card(PAID_AT_ONCE)).stage(), "paid");
    let payment = shop.payment_id(&order);
    (order, payment)
}

#[test]
fn a_payment_goes_back_in_parts_until_nothing_is_left() {
    let house = House::start();
    let shop = house.shop();
    let (order, payment) = paid(&shop, "1000");
    let first = shop.refunded(&payment, "250.50");
    assert_eq!(shop.word(&order), "Refund in progress");
    let details = shop.becomes(&first, "refundcompleted");
    assert_eq!(
        (
            &details["Refund Amount"],
            &details["Total Amount"],
            &details["PaymentId"]
        ),
        (&"250.5".into(), &"1000.0".into(), &payment.as_str().into())
    );
    assert_ne!(details["Refund Completed On"], "null");
    assert_eq!(shop.word(&order), "Partially Refunded");
    let refused = shop.refund(&payment, "749.51");
    let message = envelope(&refused, (402, "payment.refund_above_left"), "more than is left");
    assert!(message.contains("749.50"), "{message}");
    let second = shop.refunded(&payment, "749.50");
    shop.becomes(&second, "refundcompleted");
    assert_eq!(shop.word(&order), "Refunded");
    let all = shop.ask(BY_PAYMENT, &format!("paymentId={payment}")).json();
    assert_eq!(all["result"]["Amount Left"], "0.0");
    let map = all["result"]["Refund Details Map"].as_str().unwrap();
    assert_eq!(map.matches("RefundId=").count(), 2, "{map}");
    assert!(
        map.contains(&format!("}}, {{RefundId={second}, Refund Amount=749.5,")),
        "{map}"
    );
    assert_eq!(house.refunded_at_the_acquirer(), 100_000);
    let shown = house.tell(&["payment", "show", &payment]);
    assert!(
        shown.contains(&format!("refund {first} of ₹250.50, refundcompleted")),
        "{shown}"
    );
    house.verify();
}

#[test]
fn every_path_and_both_methods_answer() {
    let house = House::start();
    let shop = house.shop();
    let (_, payment) = paid(&shop, "1000");
    let mut refunds = Vec::new();
    for base in ["", "/sandbox"] {
        for part in ["payment", "treasury"] {
            let path = format!("{base}/{part}/merchant/refundPayment");
            let answer = shop.ask(
                &format!("{path}?"),
                &format!("paymentId={payment}&refundAmount=10"),
            );
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            refunds.push(answer.json()["result"].to_string());
            let get = house.say("GET", &path, &[], b"");
            envelope(&get, (405, "payment.method_not_allowed"), "GET moves money");
        }
    }
    let authorization = format!("Authorization: {}", shop.authorization);
    for base in ["", "/sandbox"] {
        for method in ["GET", "POST"] {
            for (path, query) in [
                (BY_PAYMENT, format!("paymentId={payment}")),
                (DETAILS, format!("refundId={}", refunds[0])),
            ] {
                let query = format!("merchantKey={}&{query}", shop.key);
                let in_query = house.say(method, &format!("{base}{path}?{query}"), &[&authorization], b"");
                let in_body = house.say(
                    method,
                    &format!("{base}{path}"),
                    &[&authorization],
                    query.as_bytes(),
                );
                for answer in [in_query, in_body] {
                    assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text());
                    assert!(answer.text().contains(&payment));
                }
            }
        }
    }
}

#[test]
fn whatever_the_acquirer_does_the_merchant_hears_the_truth_and_no_paisa_is_lost() {
    let house = House::start();
    let shop = house.shop();
    let (order, payment) = paid(&shop, "1000");
    let cases = [
        ("100.01", "refundcompleted"),
        ("100.02", "refundfailed"),
        ("100.03", "refundfailed"),
        ("100.04", "refundcompleted"),
        ("100.05", "refundfailed"),
        ("100.07", "refundcompleted"),
    ];
    let refunds = cases.map(|(rupees, _)| shop.refunded(&payment, rupees));
    for (refund, (rupees, end)) in refunds.iter().zip(cases) {
        let details = shop.becomes(refund, end);
        assert_eq!(
            details["Refund Completed On"] == "null",
            end == "refundfailed",
            "{rupees}"
        );
    }
    assert_eq!(house.refunded_at_the_acquirer(), 30_012);
    assert_eq!(shop.word(&order), "Partially Refunded");
    let all = shop.ask(BY_PAYMENT, &format!("paymentId={payment}")).json();
    assert_eq!(all["result"]["Amount Left"], "699.88");
    let shown = house.tell(&["refund", "show", &refunds[1]]);
    assert!(shown.contains("account_closed"), "{shown}");
    house.verify();
}

#[test]
fn a_repeat_with_the_same_key_is_the_same_refund_and_with_another_body_a_conflict() {
    let house = House::start();
    let shop = house.shop();
    let (_, payment) = paid(&shop, "1000");
    let ask = |key: Option<&str>, more: &str| {
        let form = format!("paymentId={payment}&{more}");
        let mut headers = vec![("authorization", shop.authorization.as_str())];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        shop.browser.post(REFUND, &form, &headers)
    };
    let first = ask(Some("K-1"), "refundAmount=10").json()["result"].to_string();
    for _ in 0..3 {
        assert_eq!(
            ask(Some("K-1"), "refundAmount=10").json()["result"].to_string(),
            first
        );
    }
    let by_field = ask(None, "refundAmount=10&refundReference=K-1");
    assert_eq!(by_field.json()["result"].to_string(), first);
    let other = ask(Some("K-1"), "refundAmount=11");
    envelope(&other, (409, "E4150"), "another body");
    envelope(&ask(Some("K 1"), "refundAmount=10"), (400, "E1101"), "no key");
    envelope(
        &ask(Some("K-1"), "refundAmount=10&refundReference=K-2"),
        (400, "E1101"),
        "two keys",
    );
    let plain = ask(None, "refundAmount=10").json()["result"].to_string();
    assert_ne!(plain, first, "without a key each is another");
    let all = shop.ask(BY_PAYMENT, &format!("paymentId={payment}")).json();
    assert_eq!(all["result"]["Amount Left"], "980.0");
}

#[test]
fn what_cannot_be_refunded_is_refused_with_its_reason() {
    let house = House::start();
    let ((other, _), shop) = (house.new_shop_with(&["--collect-fee-bps", "200"]), house.shop());
    let (_, payment) = paid(&shop, "1000");
    let (open, _) = shop.checkout("500");
    let open = shop.payment_id(&open);
    let (_, theirs) = paid(&other, "1000");
    for (what, answer, expected) in [
        ("not paid", shop.refund(&open, "10"), (402, "payment.not_paid")),
        (
            "another's",
            shop.refund(&theirs, "10"),
            (404, "payment.not_found"),
        ),
        (
            "unknown",
            shop.refund("1999999999", "10"),
            (404, "payment.not_found"),
        ),
        (
            "too much",
            shop.refund(&payment, "1000.01"),
            (402, "payment.refund_above_left"),
        ),
        ("nothing", shop.refund(&payment, "0"), (400, "E1101")),
        ("less than nothing", shop.refund(&payment, "-5"), (400, "E1101")),
        ("no number", shop.refund("abc", "5"), (400, "E1101")),
        (
            "no amount",
            shop.ask(REFUND, &format!("paymentId={payment}")),
            (400, "E1101"),
        ),
        // Its price is not there: the other shop has nothing but this payment.
        (
            "balance",
            other.refund(&theirs, "1000"),
            (402, "payment.balance_too_low"),
        ),
        (
            "unknown refund",
            shop.ask(DETAILS, "refundId=999999"),
            (404, "payment.refund_not_found"),
        ),
        (
            "refunds of another's",
            shop.ask(BY_PAYMENT, &format!("paymentId={theirs}")),
            (404, "payment.not_found"),
        ),
    ] {
        envelope(&answer, expected, what);
    }
    for path in [REFUND, BY_PAYMENT, DETAILS] {
        let form = format!("paymentId={payment}&refundAmount=10&refundId=100001");
        envelope(
            &shop.browser.post(path, &form, &[]),
            (401, "payment.unauthorized"),
            path,
        );
    }
    let none = shop.ask(BY_PAYMENT, &format!("paymentId={payment}")).json();
    assert_eq!(none["result"]["Refund Details Map"], "[]");
    let mine = other.refunded(&theirs, "10");
    envelope(
        &shop.ask(DETAILS, &format!("refundId={mine}")),
        (404, "payment.refund_not_found"),
        "another's refund",
    );
    house.verify();
}

#[test]
fn refunds_under_way_when_the_gateway_is_killed_end_once_and_truly() {
    let house = House::start();
    let shop = house.shop();
    let (_, payment) = paid(&shop, "1000");
    let refunds: Vec<String> = (0..8).map(|_| shop.refunded(&payment, "50")).collect();
    let house = house.killed_and_restarted();
    let shop = house.shop();
    until("no refund is under way", || {
        refunds.iter().all(|refund| {
            let status = shop.details(refund)["Refund Status"].as_str().unwrap().to_owned();
            ["refundcompleted", "refundfailed"].contains(&status.as_str())
        })
    });
    let completed = refunds
        .iter()
        .filter(|refund| shop.details(refund)["Refund Status"] == "refundcompleted");
    let completed = i64::try_from(completed.count()).unwrap();
    assert_eq!(house.refunded_at_the_acquirer(), completed * 5_000);
    house.verify();
}
