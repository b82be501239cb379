//! `POST /_payment` that is taken, as contract.md §3.2 has it.

use super::{
    checkout::{PAID_AT_ONCE, card},
    shop::{Order, PAYMENT, Shop},
};
use crate::{house::House, http};
use std::{sync::Barrier, thread};

fn multipart(order: &Order) -> String {
    let part = |(name, text): &(String, String)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    order.0.iter().map(part).collect::<String>() + "--b--\r\n"
}

/// Where an order leads that is taken.
fn taken(shop: &Shop, target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let answer = shop.browser.post(&format!("{PAYMENT}{target}"), body, headers);
    assert_eq!((answer.status, answer.text().as_str()), (302, ""), "{body}");
    answer.header("location").unwrap().to_owned()
}

#[test]
fn a_signed_order_leads_to_its_checkout_however_it_is_written() {
    let house = House::start();
    let shop = house.shop();
    let order = shop.order("1345.50");
    let checkout = taken(&shop, "", &[], &order.form());
    let token = checkout.strip_prefix("/checkout/").unwrap();
    assert_eq!(token.len(), 43, "{token}");
    for kind in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=b",
    ] {
        let url = format!("{}{PAYMENT}", shop.browser.base);
        for body in [order.form(), order.json().to_string(), multipart(&order)] {
            let answer = http::post(&house.client, &url, &[("content-type", kind)], body.as_bytes());
            assert_eq!(
                (answer.status, answer.header("location")),
                (302, Some(checkout.as_str())),
                "{kind} {body}"
            );
        }
    }
    assert_eq!(
        taken(&shop, &format!("?{}", order.form()), &[], ""),
        checkout,
        "by the query alone"
    );
    assert_eq!(
        taken(&shop, "?amount=1345.50", &[], &order.with("amount", "7").form()),
        checkout,
        "the query wins"
    );
    assert_eq!(
        taken(&shop, "?lang=hi", &[], &order.form()),
        format!("{checkout}?lang=hi")
    );
    let page = shop.browser.get(&checkout).text();
    assert!(
        page.contains("₹1,345.50") && page.contains("Blue pen, 2 pieces") && page.contains(order.txnid()),
        "{page}"
    );
    assert_eq!(shop.payments(), 1, "all of it was one payment");
    assert_eq!(shop.word(&order), "Not Started");
}

#[test]
fn what_careless_shops_send_does_no_harm() {
    let house = House::start();
    let shop = house.shop();
    let bare = [
        "lastname", "address1", "address2", "city", "state", "country", "zipcode", "udf1", "udf3",
    ];
    let bare = bare
        .iter()
        .fold(shop.order("5"), |order, name| order.without(name));
    for (what, order) in [
        ("only what must be there", shop.signed(&bare)),
        (
            "more fields",
            shop.order("5")
                .with("colour", "blue")
                .with("salt", "never looked at"),
        ),
        (
            "blanks that were hashed",
            shop.signed(
                &shop
                    .order("5")
                    .with("amount", " 5.00 ")
                    .with("firstname", " Asha "),
            ),
        ),
        (
            "udf6 to udf10",
            shop.signed(&shop.order("5").with("udf6", "six").with("udf10", "ten")),
        ),
        (
            "another case",
            shop.order("5").with("service_provider", "PayU_Paisa"),
        ),
        (
            "a test host",
            shop.order("5")
                .with("surl", "http://127.0.0.1:8080/paid")
                .with("furl", "http://[::1]/failed"),
        ),
        (
            "other scripts",
            shop.signed(&shop.order("5").with("productinfo", "नीली कलम <b>&\"'")),
        ),
        ("the least", shop.order("0.01")),
        ("the most", shop.order("1000000")),
    ] {
        let page = shop.open(&order).page();
        assert_eq!(page.stage(), "choose", "{what}");
        assert!(!page.text().contains("<b>&"), "{what}");
    }
    assert!(!house.program.logged().contains("never looked at"));
}

#[test]
fn the_same_order_resumes_and_another_under_its_txnid_is_refused() {
    let house = House::start();
    let shop = house.shop();
    let order = shop.order("10");
    let all = Barrier::new(20);
    let tokens: Vec<String> = thread::scope(|scope| {
        let one = || {
            all.wait();
            shop.open(&order).token
        };
        let twenty: Vec<_> = (0..20).map(|_| scope.spawn(one)).collect();
        twenty.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    for (name, text) in [
        ("amount", "10.01"),
        ("productinfo", "Red pen"),
        ("udf1", "uno"),
        ("surl", "https://shop.example/other"),
    ] {
        let other = shop.signed(&order.with(name, text));
        let answer = shop.ask_payment(&other, &[("accept", "application/json")]);
        assert_eq!(
            (answer.status, answer.field("errorCode")),
            (409, "E4150".to_owned()),
            "{name}"
        );
        let page = shop.ask_payment(&other, &[("accept", "text/html")]);
        assert!(
            page.status == 409 && page.text().contains("another order"),
            "{name}: {}",
            page.text()
        );
    }
    let (second, _) = house.new_shop();
    let theirs = second.signed(&order.with("key", &second.key));
    assert_ne!(
        second.open(&theirs).token,
        tokens[0],
        "a txnid is a merchant's own"
    );
    assert_eq!((shop.payments(), second.payments()), (1, 1));
}

#[test]
fn a_paid_order_is_not_charged_again() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("211");
    assert_eq!(checkout.pay(&card(PAID_AT_ONCE)).stage(), "paid");
    for again in [order.clone(), shop.signed(&order.with("amount", "212"))] {
        let answer = shop.ask_payment(&again, &[("accept", "application/json")]);
        assert_eq!(
            (answer.status, answer.field("errorCode")),
            (409, "E4150".to_owned())
        );
        assert_eq!(
            (&answer.json()["status"], &answer.json()["result"]),
            (&(-1).into(), &serde_json::Value::Null)
        );
        let page = shop.ask_payment(&again, &[]);
        assert!(
            page.status == 409 && page.text().contains("This order is paid already"),
            "{}",
            page.text()
        );
        assert!(
            page.text().contains(&checkout.at("?lang=en")),
            "it leads to what was paid"
        );
    }
    assert_eq!(checkout.page().stage(), "paid");
    assert_eq!(house.captured_at_the_acquirer(211), 1);
}

#[test]
fn after_cancelling_the_checkout_shows_the_end() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("10");
    assert_eq!(checkout.go("/cancel", &[]).stage(), "cancelled");
    assert_eq!(
        shop.open(&order).page().stage(),
        "cancelled",
        "a browser is led to it"
    );
    let answer = shop.ask_payment(&order, &[("accept", "application/json")]);
    assert_eq!(
        (answer.status, answer.field("errorCode")),
        (409, "E4150".to_owned())
    );
    checkout.send_as("1", "/pay", &card(PAID_AT_ONCE));
    assert_eq!(
        (
            checkout.page().stage().as_str(),
            house.captured_at_the_acquirer(10)
        ),
        ("cancelled", 0)
    );
}
