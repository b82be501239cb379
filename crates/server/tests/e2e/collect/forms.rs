//! The forms of the checkout: what is wrong with them is said, what is stale changes nothing, and nothing is done twice.

use super::{
    checkout::{OTP, PAID_AT_ONCE, WITH_PAGE, between, card, upi},
    shop::Shop,
};
use crate::house::House;
use std::{sync::Barrier, thread};

/// A CVV that stands nowhere in the page by itself.
const CVV: &str = "9174";

#[test]
fn a_form_with_a_mistake_comes_back_with_the_mistake_and_without_the_card() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("91");
    let clean = checkout.page().text();
    let amex = |name: &'static str, text: &'static str| {
        let mut typed = card("378282246310005");
        typed[3].1 = CVV;
        let at = typed.iter().position(|(its, _)| *its == name).unwrap();
        typed[at].1 = text;
        typed
    };
    for (what, typed, field, sentence) in [
        (
            "a digit mistyped",
            amex("card_number", "378282246310006"),
            "card_number",
            "mistyped",
        ),
        (
            "letters",
            amex("card_number", "37828224631000O"),
            "card_number",
            "digits only",
        ),
        (
            "too short",
            amex("card_number", "37828224631"),
            "card_number",
            "12 to 19 digits",
        ),
        (
            "too long",
            amex("card_number", "37828224631000537828"),
            "card_number",
            "12 to 19 digits",
        ),
        (
            "no number",
            amex("card_number", ""),
            "card_number",
            "12 to 19 digits",
        ),
        (
            "no scheme",
            amex("card_number", "9999999999999995"),
            "card_number",
            "cards of this kind",
        ),
        ("expired", amex("card_expiry", "01/20"), "card_expiry", "expired"),
        (
            "no month",
            amex("card_expiry", "13/39"),
            "card_expiry",
            "month and year",
        ),
        (
            "no expiry",
            amex("card_expiry", ""),
            "card_expiry",
            "month and year",
        ),
        (
            "a short CVV",
            amex("card_cvv", "917"),
            "card_cvv",
            "3 digits (American Express: 4)",
        ),
        (
            "a long CVV",
            amex("card_cvv", "91749"),
            "card_cvv",
            "3 digits (American Express: 4)",
        ),
        ("no name", amex("card_name", ""), "card_name", "name as it stands"),
        (
            "a long name",
            amex("card_name", "Asha Rao Asha Rao Asha Rao Asha"),
            "card_name",
            "name as it stands",
        ),
        ("no UPI address", upi("asha"), "vpa", "looks like name@bank"),
        (
            "a script as address",
            upi("\"><script>alert(1)</script>@payu"),
            "vpa",
            "looks like name@bank",
        ),
        (
            "no bank",
            vec![("method", "netbanking"), ("bank", "")],
            "bank",
            "Choose your bank",
        ),
        (
            "a bank that is not on offer",
            vec![("method", "netbanking"), ("bank", "OTHER")],
            "bank",
            "Choose your bank",
        ),
        (
            "no wallet",
            vec![("method", "wallet")],
            "wallet",
            "Choose your wallet",
        ),
    ] {
        let answer = checkout.send("/pay", &typed);
        let text = answer.text();
        assert_eq!(answer.status, 422, "{what}: {text}");
        let said = between(&text, &format!("id=\"{field}-fault\">"), "</p>").unwrap();
        assert!(said.contains(sentence), "{what}: {said}");
        assert!(
            text.contains("aria-invalid=\"true\"") && !text.contains("<script>alert"),
            "{what}"
        );
        for (name, secret) in typed
            .iter()
            .filter(|(name, text)| matches!(*name, "card_number" | "card_cvv") && !text.is_empty())
        {
            assert_eq!(
                text.matches(secret).count(),
                clean.matches(secret).count(),
                "{what}: {name} is repeated"
            );
        }
    }
    assert_eq!(shop.word(&order), "Not Started", "no attempt was begun");
    assert_eq!(checkout.pay(&card(PAID_AT_ONCE)).stage(), "paid");
}

#[test]
fn a_form_that_is_none_of_ours_changes_nothing() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("92");
    for attempt in ["0", "2", "7", "-1", "x", "", "4294967297"] {
        for action in ["/pay", "/cancel", "/give-up", "/change"] {
            let answer = checkout.send_as(attempt, action, &card(PAID_AT_ONCE));
            let to = answer.header("location").unwrap_or_default();
            assert!(
                answer.status == 303 && to.starts_with(&checkout.at("?lang=en")),
                "{attempt:?} {action}: {to}"
            );
        }
    }
    for fields in [
        &[("method", "cash")][..],
        &[],
        &[("method", "card"), ("method", "card")],
    ] {
        assert_eq!(checkout.send("/pay", fields).status, 303);
    }
    checkout.send("/give-up", &[]);
    assert_eq!(
        (checkout.page().stage().as_str(), shop.word(&order).as_str()),
        ("choose", "Not Started")
    );
    assert_eq!(house.bank("/v1/charges")["totals"]["charges"], 0);
}

#[test]
fn a_form_sent_twenty_times_at_once_charges_once() {
    let house = House::start();
    let shop = house.shop();
    let (_, checkout) = shop.checkout("93");
    let all = Barrier::new(20);
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                all.wait();
                assert_eq!(checkout.send_as("1", "/pay", &card(PAID_AT_ONCE)).status, 303);
            });
        }
    });
    assert_eq!(checkout.becomes("paid").stage(), "paid");
    assert_eq!(house.captured_at_the_acquirer(93), 1);
    assert_eq!(
        house.bank("/v1/charges")["totals"]["charges"],
        1,
        "one attempt was begun"
    );
}

#[test]
fn of_two_tabs_the_one_behind_neither_pays_nor_stops_what_the_other_does() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("94");
    let at_bank = checkout.pay(&card(WITH_PAGE));
    assert_eq!(at_bank.stage(), "at_bank");
    // The other tab still shows the ways to pay: its forms say attempt 1.
    for action in ["/pay", "/cancel", "/give-up"] {
        checkout.send_as("1", action, &card(PAID_AT_ONCE));
        assert_eq!(checkout.page().stage(), "at_bank", "{action}");
    }
    assert_eq!(checkout.go("/change", &[]).stage(), "choose");
    for action in ["/pay", "/cancel", "/give-up", "/change"] {
        checkout.send_as("1", action, &card(PAID_AT_ONCE));
        assert_eq!(checkout.page().stage(), "choose", "{action}");
    }
    let link = at_bank.link();
    shop.browser.sent_on(&link, OTP[0]);
    assert_eq!(
        checkout.page().stage(),
        "choose",
        "what was called off takes no money any more"
    );
    assert_eq!(checkout.pay(&card(PAID_AT_ONCE)).stage(), "paid");
    shop.told(&order, &checkout.page());
    assert_eq!(house.captured_at_the_acquirer(94), 1);
}

#[test]
fn whoever_calls_off_too_late_has_paid() {
    let house = House::start();
    let shop = house.shop();
    let (order, checkout) = shop.checkout("95");
    let at_bank = checkout.pay(&card(WITH_PAGE));
    shop.browser.sent_on(&at_bank.link(), OTP[0]);
    assert_eq!(
        checkout.go("/change", &[]).stage(),
        "paid",
        "the money was taken before"
    );
    shop.told(&order, &checkout.page());

    let (_, checkout) = shop.checkout("96");
    assert_eq!(checkout.pay(&upi("slow@payu")).stage(), "in_app");
    let page = checkout.go("/change", &[]);
    assert!(
        page.stage() == "choose" && page.notice().contains("You stopped the last try"),
        "{}",
        page.notice()
    );
    assert_eq!(checkout.go("/cancel", &[]).stage(), "cancelled");
    assert_eq!(
        (
            house.captured_at_the_acquirer(95),
            house.captured_at_the_acquirer(96)
        ),
        (1, 0)
    );
}

#[test]
fn what_the_browser_brings_back_from_the_bank_decides_nothing() {
    let house = House::start();
    let shop: Shop = house.shop();
    let (order, checkout) = shop.checkout("97");
    checkout.pay(&card(WITH_PAGE));
    for brought in ["?status=captured", "?status=success&amount=97.00&lang=xx", ""] {
        let back = shop.browser.get(&checkout.at(&format!("/return{brought}")));
        assert_eq!(back.status, 303);
        let back = shop
            .browser
            .post(&checkout.at("/return"), "status=captured&rrn=1", &[]);
        assert_eq!((back.status, checkout.page().stage().as_str()), (303, "at_bank"));
    }
    assert_eq!(
        (shop.word(&order).as_str(), house.captured_at_the_acquirer(97)),
        ("Initiated", 0)
    );
}
