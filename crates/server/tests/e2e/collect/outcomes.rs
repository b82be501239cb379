//! Every way a payment can go, and what its shop is told: post-back, getPaymentResponse and chkMerchantTxnStatus agree.
//! Source: contract.md §3.2, §3.6; docs/sandbox-bank.md.

use super::{
    checkout::{Checkout, OTP, PAID_AT_ONCE, Page, Typed, WITH_PAGE, card, upi},
    shop::{FURL, Order, RESPONSE, SURL, Shop, Told},
};
use crate::house::House;

/// The fields of a post-back, in order. Source: contract.md §3.2; `additionalCharges` stays out when there are none.
const FIELDS: [&str; 53] = [
    "isConsentPayment",
    "mihpayid",
    "mode",
    "status",
    "unmappedstatus",
    "key",
    "txnid",
    "amount",
    "addedon",
    "productinfo",
    "firstname",
    "lastname",
    "address1",
    "address2",
    "city",
    "state",
    "country",
    "zipcode",
    "email",
    "phone",
    "udf1",
    "udf2",
    "udf3",
    "udf4",
    "udf5",
    "udf6",
    "udf7",
    "udf8",
    "udf9",
    "udf10",
    "hash",
    "field1",
    "field2",
    "field3",
    "field4",
    "field5",
    "field6",
    "field7",
    "field8",
    "field9",
    "PG_TYPE",
    "encryptedPaymentId",
    "bank_ref_num",
    "bankcode",
    "error",
    "error_Message",
    "name_on_card",
    "cardnum",
    "cardhash",
    "amount_split",
    "payuMoneyId",
    "discount",
    "net_amount_debit",
];

/// What a customer does at the bank.
type AtBank = &'static [&'static [(&'static str, &'static str)]];

const NET_BANKING: AtBank = &[
    &[("user", "payu"), ("password", "payu"), ("choice", "login")],
    &[("otp", "123456"), ("choice", "pay")],
];
const WALLET: AtBank = &[&[("otp", "123456"), ("choice", "pay")], &[("choice", "confirm")]];
const WRONG_OTP: AtBank = &[
    &[("otp", "000000"), ("choice", "pay")],
    &[("otp", "111111"), ("choice", "pay")],
    &[("otp", ""), ("choice", "pay")],
];
const CANCEL: AtBank = &[&[("choice", "cancel")]];

fn netbanking() -> Typed<'static> {
    vec![("method", "netbanking"), ("bank", "TESTPGNB")]
}

fn wallet() -> Typed<'static> {
    vec![("method", "wallet"), ("wallet", "PAYUW")]
}

fn wrong_cvv() -> Typed<'static> {
    let mut typed = card(WITH_PAGE);
    typed[3].1 = "999";
    typed
}

/// A customer who has begun to pay.
struct Begun {
    what: &'static str,
    order: Order,
    checkout: Checkout,
    page: Page,
}

fn begin(shop: &Shop, what: &'static str, amount: &str, means: &[(&str, &str)], at_bank: AtBank) -> Begun {
    let (order, checkout) = shop.checkout(amount);
    assert_eq!(shop.word(&order), "Not Started", "{what}");
    let mut page = checkout.pay(means);
    if !at_bank.is_empty() {
        assert_eq!(
            (page.stage().as_str(), shop.word(&order).as_str()),
            ("at_bank", "Initiated"),
            "{what}"
        );
        page = checkout.at_the_bank(&page, at_bank);
    }
    Begun {
        what,
        order,
        checkout,
        page,
    }
}

fn field<'t>(told: &'t Told, name: &str) -> &'t str {
    told.fields
        .iter()
        .find(|(its, _)| its == name)
        .map_or("", |(_, text)| text)
}

#[test]
fn every_way_to_pay_pays_and_all_three_ways_of_telling_agree() {
    let house = House::start();
    let shop = house.shop();
    // What takes a while is begun first.
    let rows = [
        ("UPI", "301.00", upi("anything@payu"), &[][..], ("UPI", "UPI", "")),
        (
            "UPI in capitals",
            "302.50",
            upi("Anything@PAYU"),
            &[],
            ("UPI", "UPI", ""),
        ),
        (
            "a slow customer",
            "303.00",
            upi("slow@payu"),
            &[],
            ("UPI", "UPI", ""),
        ),
        (
            "a card, no page",
            "304.00",
            card(PAID_AT_ONCE),
            &[],
            ("CC", "CC", "401200XXXXXX0015"),
        ),
        (
            "a card, with a page",
            "305.00",
            card("4012 0010 3714 1112"),
            OTP,
            ("CC", "CC", "401200XXXXXX1112"),
        ),
        (
            "a debit card",
            "306.00",
            card("6082015309577308"),
            OTP,
            ("DC", "DC", "608201XXXXXX7308"),
        ),
        (
            "net banking",
            "307.00",
            netbanking(),
            NET_BANKING,
            ("NB", "TESTPGNB", ""),
        ),
        ("a wallet", "308.00", wallet(), WALLET, ("WALLET", "PAYUW", "")),
    ];
    let begun: Vec<_> = rows
        .into_iter()
        .map(|(what, amount, means, at_bank, expected)| {
            (begin(&shop, what, amount, &means, at_bank), expected)
        })
        .collect();
    for (
        Begun {
            what,
            order,
            checkout,
            page,
        },
        (mode, bankcode, cardnum),
    ) in &begun
    {
        if order.get("amount") == "303.00" {
            let said = &shop.result(RESPONSE, order)["postBackParam"];
            assert_eq!(
                (&said["status"], &said["unmappedstatus"], page.stage().as_str()),
                (&"pending".into(), &"pending".into(), "in_app")
            );
            assert_eq!(
                (
                    &said["error"],
                    &said["net_amount_debit"],
                    shop.word(order).as_str()
                ),
                (&"E000".into(), &"0".into(), "Initiated")
            );
        }
        let told = shop.told(order, &checkout.becomes_by_asking("paid"));
        let names: Vec<&str> = told.fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, FIELDS, "{what}");
        assert_eq!(
            (told.url.as_str(), told.status.as_str(), told.unmapped.as_str()),
            (SURL, "success", "captured"),
            "{what}"
        );
        let texts = ["error", "error_Message", "mode", "bankcode", "cardnum", "amount"]
            .map(|name| field(&told, name));
        assert_eq!(
            texts,
            ["E000", "No Error", mode, bankcode, cardnum, order.get("amount")],
            "{what}"
        );
        for name in super::shop::HASHED.iter().filter(|name| **name != "amount") {
            assert_eq!(field(&told, name), order.get(name), "{what}");
        }
        let rupees: i64 = order.get("amount")[..3].parse().unwrap();
        let book = house.bank("/v1/charges?limit=10000");
        let of_it = |entry: &&serde_json::Value| entry["amount_paise"].as_i64().unwrap() / 100 == rupees;
        let entries: Vec<_> = book["entries"].as_array().unwrap().iter().filter(of_it).collect();
        assert_eq!(
            (entries.len(), entries[0]["rrn"].as_str()),
            (1, Some(field(&told, "bank_ref_num"))),
            "{what}"
        );
        let again = checkout.pay_again(PAID_AT_ONCE);
        assert_eq!(
            (again.stage().as_str(), house.captured_at_the_acquirer(rupees)),
            ("paid", entries.len() - usize::from(rupees == 302)),
            "{what}"
        );
    }
    house.verify();
}

impl Checkout {
    /// Sends the form of every attempt that there may be, as a customer with old tabs might.
    fn pay_again(&self, number: &str) -> Page {
        for attempt in ["1", "2"] {
            assert_eq!(self.send_as(attempt, "/pay", &card(number)).status, 303);
        }
        self.page()
    }
}

#[test]
fn every_way_to_fail_fails_and_all_three_ways_of_telling_agree() {
    let house = House::start();
    let shop = house.shop();
    let rows = [
        (
            "declined in the app",
            upi("fail@payu"),
            &[][..],
            "E308",
            "declined the payment",
        ),
        (
            "too little money, in the app",
            upi("poor@payu"),
            &[],
            "E308",
            "not enough money",
        ),
        (
            "no such UPI address",
            upi("asha@elsewhere"),
            &[],
            "E1101",
            "does not exist",
        ),
        (
            "UPI not reachable",
            upi("unreachable@payu"),
            &[],
            "E208",
            "could not be reached",
        ),
        (
            "a declined card",
            card("6011111111111117"),
            &[],
            "E308",
            "declined the payment",
        ),
        (
            "any other card",
            card("4111111111111111"),
            &[],
            "E308",
            "declined the payment",
        ),
        ("a wrong CVV", wrong_cvv(), &[], "E1670", "CVV was wrong"),
        (
            "a brand that is not taken",
            card("4012001037140049"),
            &[],
            "E201",
            "not taken",
        ),
        (
            "a bank that is not reached",
            card("4012001037140056"),
            &[],
            "E208",
            "could not be reached",
        ),
        (
            "too little money",
            card("4012001037140023"),
            OTP,
            "E308",
            "not enough money",
        ),
        (
            "3-D Secure fails",
            card("4012001037140031"),
            OTP,
            "E300",
            "confirm that it is you",
        ),
        (
            "wrong passwords",
            card(WITH_PAGE),
            WRONG_OTP,
            "E301",
            "wrong too often",
        ),
        (
            "turned back at the bank",
            card(WITH_PAGE),
            CANCEL,
            "E302",
            "cancelled at your bank",
        ),
        (
            "turned back at net banking",
            netbanking(),
            CANCEL,
            "E302",
            "cancelled at your bank",
        ),
        (
            "turned back at the wallet",
            wallet(),
            CANCEL,
            "E302",
            "cancelled at your bank",
        ),
        (
            "silent, then declined",
            card("4012001037140072"),
            &[],
            "E308",
            "declined the payment",
        ),
    ];
    let begun: Vec<_> = rows
        .into_iter()
        .map(|(what, means, at_bank, error, sentence)| {
            (begin(&shop, what, "77", &means, at_bank), error, sentence)
        })
        .collect();
    for (
        Begun {
            what,
            order,
            checkout,
            ..
        },
        error,
        sentence,
    ) in &begun
    {
        let page = checkout.becomes("choose");
        assert!(
            page.notice().contains(sentence) && page.notice().contains("No money was taken"),
            "{what}: {}",
            page.notice()
        );
        assert_eq!(
            shop.word(order),
            "Initiated",
            "{what}: the customer may try again"
        );
        assert_eq!(
            shop.result(RESPONSE, order)["postBackParam"]["status"],
            "pending",
            "{what}"
        );
        let page = checkout.go("/give-up", &[]);
        let told = shop.told(order, &page);
        assert_eq!(page.stage(), "failed", "{what}");
        assert_eq!(
            [&told.url, &told.status, &told.unmapped, &told.error],
            [FURL, "failure", "failed", error],
            "{what}"
        );
        assert_eq!(
            (field(&told, "bank_ref_num"), field(&told, "net_amount_debit")),
            ("", "0"),
            "{what}"
        );
    }
    assert_eq!(house.captured_at_the_acquirer(77), 0);
    house.verify();
}

#[test]
fn a_customer_who_cancels_is_told_as_such_and_who_fails_first_may_pay_in_the_end() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("81");
    let told = shop.told(&order, &checkout.go("/cancel", &[]));
    assert_eq!(
        [&told.url, &told.status, &told.unmapped, &told.error],
        [FURL, "failure", "userCancelled", "E000"]
    );
    assert_eq!(
        [
            field(&told, "mode"),
            field(&told, "bankcode"),
            field(&told, "cardnum"),
            field(&told, "PG_TYPE")
        ],
        [""; 4]
    );

    let (order, checkout) = shop.checkout("82");
    checkout.pay(&card("6011111111111117"));
    let told = shop.told(&order, &checkout.go("/cancel", &[]));
    assert_eq!(
        [told.unmapped.as_str(), &told.error],
        ["userCancelled", "E000"],
        "cancelling counts, not what failed before"
    );

    let (order, checkout) = shop.checkout("83");
    for number in ["6011111111111117", "4012001037140056", PAID_AT_ONCE] {
        checkout.pay(&card(number));
    }
    let told = shop.told(&order, &checkout.page());
    assert_eq!(
        [&told.url, &told.status, &told.error, field(&told, "cardnum")],
        [SURL, "success", "E000", "401200XXXXXX0015"]
    );
    assert_eq!(house.captured_at_the_acquirer(83), 1);
}

#[test]
fn who_fails_ten_times_has_no_way_left_and_goes_back_to_the_shop() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("84");
    for _ in 0..10 {
        assert_eq!(checkout.pay(&card("6011111111111117")).stage(), "choose");
    }
    assert!(checkout.page().text().contains("Too many tries"));
    checkout.send_as("11", "/pay", &card(PAID_AT_ONCE));
    assert_eq!(house.captured_at_the_acquirer(84), 0);
    let told = shop.told(&order, &checkout.go("/give-up", &[]));
    assert_eq!([told.unmapped.as_str(), &told.error], ["failed", "E308"]);
}
