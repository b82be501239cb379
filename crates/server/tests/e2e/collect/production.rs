//! `rokad serve` collects: over HTTPS, with the acquirer as a process beside it that outlives it.

use super::{
    checkout::{Browser, Checkout, OTP, PAID_AT_ONCE, WITH_PAGE, card},
    shop::{PAYMENT, RESPONSE, STATUS, Shop},
};
use crate::{
    gateway::Gateway,
    http::{bytes, say},
};
use serde_json::Value;

/// `BANK` is where the bank turns out to be.
const COLLECTING: &str = r#"
    public_url = "https://pay.example/"
    [[acquirer]]
    name = "ACQ"
    kind = "sandbox"
    url = "BANK"
    key_file = "bank.key"
"#;

impl Gateway {
    fn shop(&self) -> Shop {
        let add = [
            "merchant",
            "add",
            "--name",
            "Shop",
            "--json",
            "--address",
            "127.0.0.1",
        ];
        let added: Value = serde_json::from_str(&self.tell(&add)).unwrap();
        let text = |name: &str| added["collect"][name].as_str().unwrap().to_owned();
        let shop = Shop {
            key: text("key"),
            salt: text("salt"),
            authorization: text("authorization"),
            browser: self.browser(),
        };
        crate::waiting::until("the server knows the shop", || {
            shop.ask(RESPONSE, "count=1").status == 200
        });
        shop
    }

    fn browser(&self) -> Browser {
        Browser::new(self.client.clone(), &format!("https://{}", self.address))
    }
}

#[test]
fn a_payment_goes_through_over_https_with_the_bank_beside() {
    let mut gateway = Gateway::start(COLLECTING);
    let shop = gateway.shop();
    let (order, checkout) = shop.checkout("501");
    let page = checkout.pay(&card(WITH_PAGE));
    assert!(!page.text().contains("id=\"test-mode\""), "real money");
    let bank = page.link();
    assert!(shop.browser.get(&bank).text().contains("Sandbox bank"));
    let back = shop.browser.sent_on(&bank, OTP[0]);
    assert!(back.starts_with("https://pay.example/checkout/"), "{back}");
    let back = shop
        .browser
        .get(back.strip_prefix("https://pay.example").unwrap());
    assert_eq!(back.status, 303);
    let told = shop.told(&order, &checkout.page());
    assert_eq!(
        (told.status.as_str(), told.unmapped.as_str()),
        ("success", "captured")
    );
    let rail = told.fields.iter().find(|(name, _)| name == "PG_TYPE");
    assert_eq!(rail.map(|(_, text)| text.as_str()), Some("ACQ"));
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
    assert_eq!(gateway.program.stop().code(), Some(0));
}

#[test]
fn a_customer_who_pays_at_the_bank_while_the_gateway_is_down_has_paid() {
    let mut gateway = Gateway::start(COLLECTING);
    let shop = gateway.shop();
    let (order, checkout) = shop.checkout("502");
    let bank = checkout.pay(&card(WITH_PAGE)).link();
    gateway.program.signal("KILL");
    gateway.program.ended();
    let back = shop.browser.sent_on(&bank, OTP[0]);
    assert!(back.contains(&checkout.at("/return")), "{back}");
    gateway.serve_again();
    let shop = Shop {
        browser: gateway.browser(),
        ..shop
    };
    let checkout = Checkout {
        browser: gateway.browser(),
        ..checkout
    };
    assert_eq!(shop.told(&order, &checkout.becomes("paid")).status, "success");
    assert!(gateway.tell(&["verify"]).contains("Sound: "));
}

#[test]
fn in_production_shops_are_reached_over_https_alone_and_so_are_we() {
    let gateway = Gateway::start(COLLECTING);
    let shop = gateway.shop();
    for name in ["surl", "furl"] {
        let order = shop.order("503").with(name, "http://shop.example/back");
        let answer = shop.ask_payment(&order, &[("accept", "application/json")]);
        assert_eq!(
            (answer.status, answer.field("errorCode")),
            (400, "E1101".to_owned())
        );
        assert!(
            answer
                .field("message")
                .contains(&format!("{name} begins with https://")),
            "{}",
            answer.text()
        );
    }
    for (method, path) in [
        ("POST", PAYMENT),
        ("GET", "/checkout/x"),
        ("POST", STATUS),
        ("POST", RESPONSE),
        ("GET", "/"),
    ] {
        let answer = say(
            &gateway.address,
            &bytes(
                method,
                path,
                &["Accept: application/json"],
                shop.order("1").form().as_bytes(),
            ),
        );
        let said = answer.json();
        assert_eq!(
            (answer.status, &said["status"], said["errorCode"].as_str()),
            (403, &(-1).into(), Some("payment.https_required")),
            "{path}"
        );
        assert!(answer.field("message").contains("HTTPS"));
    }
    let (_, checkout) = shop.checkout("504");
    assert_eq!(checkout.pay(&card(PAID_AT_ONCE)).stage(), "paid");
}
