//! A payment request whose hash does not fit: the signature lab names the mistake and never the salt.

use super::shop::{HASHED, Order, Shop, sha512};
use crate::house::House;

/// The usual mistakes: how the hash is made, and what the lab says of it.
fn mistakes(shop: &Shop) -> Vec<(&'static str, Order, &'static str)> {
    let order = shop.order("100.00");
    let texts = HASHED.map(|name| order.get(name)).join("|");
    let hashed = |text: &str| order.with("hash", &sha512(text));
    let five_pipes = format!(
        "{}|||||{}",
        HASHED[..11]
            .iter()
            .map(|name| order.get(name))
            .collect::<Vec<_>>()
            .join("|"),
        shop.salt
    );
    vec![
        ("no hash", order.without("hash"), "There is no hash"),
        ("five pipes", hashed(&five_pipes), "udf places"),
        (
            "upper case",
            order.with("hash", &shop.hash(&order).to_uppercase()),
            "upper case",
        ),
        (
            "the amount in another form",
            order.with("amount", "100"),
            "over the amount 100.00",
        ),
        (
            "another salt",
            hashed(&format!("{texts}|other")),
            "None of the usual mistakes fits",
        ),
        ("no salt", hashed(&format!("{texts}|")), "without the salt"),
        (
            "the salt in front",
            hashed(&format!("{}|{texts}", shop.salt)),
            "in front",
        ),
        (
            "a line break behind the salt",
            hashed(&format!("{texts}|{}\n", shop.salt)),
            "blank or a line break",
        ),
        ("cut off", order.with("hash", &shop.hash(&order)[..100]), "length"),
        (
            "base64",
            order.with("hash", "q83vEjRWeJCrze8SNFZ4kA=="),
            "hex digits",
        ),
        (
            "another firstname",
            order.with("firstname", "Usha"),
            "None of the usual mistakes fits",
        ),
    ]
}

#[test]
fn the_lab_names_the_mistake_and_never_the_salt() {
    let house = House::start_on(tempfile::tempdir().unwrap(), &[], |command| {
        command.env("ROKAD_LOG", "trace");
    });
    let shop = house.shop();
    for (what, order, sentence) in mistakes(&shop) {
        let json = shop.ask_payment(&order, &[("accept", "application/json")]);
        assert_eq!(
            (json.status, json.field("errorCode")),
            (401, "E700".to_owned()),
            "{what}"
        );
        let message = json.field("message");
        assert!(message.contains(sentence), "{what}: {message}");
        assert!(
            message.contains(&format!("{}|{}|", shop.key, order.txnid())) && message.contains("|********"),
            "{message}"
        );

        let page = shop.ask_payment(&order, &[("accept", "text/html,application/xhtml+xml")]);
        assert_eq!(
            (page.status, page.header("content-type")),
            (401, Some("text/html; charset=utf-8")),
            "{what}"
        );
        assert!(
            page.text().contains(sentence) && page.text().contains("(E700)"),
            "{what}: {}",
            page.text()
        );
        for answer in [json, page] {
            assert!(
                !answer.text().contains(&shop.salt) && !answer.text().contains(&shop.hash(&order)),
                "{what}"
            );
        }
    }
    assert_eq!(shop.payments(), 0);
    let log = house.program.logged();
    assert!(log.contains("a payment request's hash does not fit") && !log.contains(&shop.salt));
    assert!(!log.contains("asha@example.com") && !log.contains("9876543210"));
}

#[test]
fn what_is_shown_in_the_lab_is_text_and_not_a_page() {
    let house = House::start();
    let shop = house.shop();
    let order = shop
        .order("1")
        .with("productinfo", "<script>alert(1)</script>")
        .with("udf1", "\"><img src=x>");
    let page = shop.ask_payment(&order, &[]).text();
    assert!(
        page.contains("alert(1)") && !page.contains("<script>alert") && !page.contains("<img src=x>"),
        "{page}"
    );
}

#[test]
fn during_a_rotation_both_salts_sign_and_afterwards_only_the_new() {
    let house = House::start();
    let (old, pid) = house.new_shop();
    let rotated = house.tell(&["merchant", "rotate-keys", &pid]);
    let after = |name: &str| {
        let line = rotated
            .lines()
            .find(|line| line.contains(name))
            .unwrap_or_else(|| panic!("{rotated}"));
        line.split(name)
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    let new = Shop {
        salt: after("collect_salt"),
        authorization: after("collect_authorization"),
        ..old.clone()
    };
    assert_ne!((&new.salt, &new.authorization), (&old.salt, &old.authorization));
    crate::waiting::until("the server knows the new salt", || {
        new.ask_payment(&new.order("1"), &[]).status == 302
    });
    for shop in [&old, &new] {
        let (order, checkout) = shop.checkout("3");
        let page = checkout.go("/cancel", &[]);
        new.told(&order, &page);
        assert_eq!(shop.word(&order), "CancelledByUser", "both authorizations ask");
    }
    house.tell(&["merchant", "rotate-keys", &pid, "--finish"]);
    crate::waiting::until("the old salt is valid no more", || {
        old.ask_payment(&old.order("1"), &[("accept", "application/json")])
            .status
            == 401
    });
    let (old_asks, new_asks) = (
        old.ask(super::shop::RESPONSE, "count=1"),
        new.ask(super::shop::RESPONSE, "count=1"),
    );
    assert_eq!((old_asks.status, new_asks.status), (401, 200));
}
