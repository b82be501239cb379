//! What holds for every page of the checkout: its headers, its methods, its language, and that its address cannot be guessed.

use super::{
    checkout::{Checkout, PAID_AT_ONCE, WITH_PAGE, card, upi},
    shop::PAYMENT,
};
use crate::{
    house::House,
    http::{Answer, bytes, say},
};

fn is_guarded(what: &str, answer: &Answer) {
    let header = |name: &str| answer.header(name).unwrap_or_else(|| panic!("{what}: no {name}"));
    assert_eq!(header("content-type"), "text/html; charset=utf-8", "{what}");
    assert_eq!(header("cache-control"), "no-store", "{what}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("referrer-policy"), "strict-origin", "{what}");
    let policy = header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(
            policy.contains(part) && !policy.contains("unsafe"),
            "{what}: {policy}"
        );
    }
    let posts_away = answer.text().contains("id=\"post-back\"");
    assert_eq!(
        policy.contains("form-action 'self'"),
        !posts_away,
        "{what}: {policy}"
    );
    let text = answer.text();
    assert!(
        !text.contains("style=\"") && !text.contains("<script>") && !text.contains("onclick"),
        "{what}: inline code"
    );
}

#[test]
fn every_page_is_guarded() {
    let house = House::start();
    let shop = house.shop();
    let begun = |means: &[(&str, &str)]| {
        let (_, checkout) = shop.checkout("11");
        checkout.pay(means);
        checkout.page()
    };
    let stages = [
        ("choose", begun(&card("6011111111111117"))),
        ("at_bank", begun(&card(WITH_PAGE))),
        ("in_app", begun(&upi("slow@payu"))),
        ("checking", begun(&card("4012001037140098"))),
        ("qr", begun(&[("method", "upi_qr")])),
        ("paid", begun(&card(PAID_AT_ONCE))),
    ];
    for (stage, page) in &stages {
        assert_eq!(page.stage(), *stage);
        is_guarded(stage, &page.0);
    }
    let (order, checkout) = shop.checkout("12");
    is_guarded("422", &checkout.send("/pay", &card("1")));
    is_guarded("404", &shop.browser.get("/checkout/nothing"));
    is_guarded("cancelled", &checkout.go("/cancel", &[]).0);
    is_guarded(
        "an order that cannot start",
        &shop.ask_payment(&order.with("amount", "0"), &[]),
    );
    is_guarded("the lab", &shop.ask_payment(&order.with("amount", "13"), &[]));
    is_guarded(
        "no order at all",
        &house.say("POST", PAYMENT, &["Accept: text/html"], b""),
    );
}

#[test]
fn an_address_that_was_not_given_out_leads_nowhere() {
    let (house, other) = (House::start(), House::start());
    let shop = house.shop();
    let (order, checkout) = shop.checkout("13");
    let foreign = other.shop().checkout("13").1.token;
    let token = &checkout.token;
    let other = |than: u8| if than == b'A' { 'E' } else { 'A' };
    let (first, last) = (token.as_bytes()[0], token.as_bytes()[42]);
    for forged in [
        format!("{}{}", other(first), &token[1..]),
        format!("{}{}", &token[..42], other(last)),
        // The same bytes, written in another way.
        format!("{}{}", &token[..42], char::from(last + 1)),
        token[..42].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        token.to_lowercase(),
        foreign,
        "A".repeat(43),
        "1".to_owned(),
        "%00".to_owned(),
        "%ff".to_owned(),
        "..%2f..%2fetc".to_owned(),
        "A".repeat(4_000),
    ] {
        let at = Checkout {
            browser: shop.browser.clone(),
            token: forged,
        };
        for action in ["", "/return", "/events?attempt=1&page=choose"] {
            let answer = shop.browser.get(&at.at(action));
            assert!(
                [400, 404].contains(&answer.status),
                "{}: {}",
                at.at(action),
                answer.status
            );
        }
        for action in ["/pay", "/cancel", "/give-up", "/change"] {
            let answer = at.send_as("1", action, &card(PAID_AT_ONCE));
            assert!(
                [400, 404].contains(&answer.status),
                "{}: {}",
                at.at(action),
                answer.status
            );
        }
    }
    assert_eq!(
        (checkout.page().stage().as_str(), shop.word(&order).as_str()),
        ("choose", "Not Started")
    );
}

#[test]
fn each_address_takes_its_methods_and_no_other() {
    let house = House::start();
    let (_, checkout) = house.shop().checkout("14");
    let send =
        |method: &str, action: &str| say(house.address(), &bytes(method, &checkout.at(action), &[], b""));
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        for action in ["", "/pay", "/cancel", "/give-up", "/change", "/return", "/events"] {
            let answer = send(method, action);
            assert_eq!(
                (answer.status, answer.header("allow").is_some()),
                (405, true),
                "{method} {action}"
            );
        }
    }
    for action in ["/pay", "/cancel", "/give-up", "/change"] {
        assert_eq!(
            (send("GET", action).status, send("HEAD", action).status),
            (405, 405),
            "{action}"
        );
    }
    assert_eq!(send("POST", "").status, 405);
    let head = send("HEAD", "");
    assert_eq!(
        (head.status, head.body.len()),
        (200, 0),
        "a HEAD is a GET without its body"
    );
    assert_eq!(head.header("cache-control"), Some("no-store"));
    assert_eq!(checkout.page().stage(), "choose");
}

#[test]
fn the_checkout_speaks_the_language_that_is_asked_for() {
    let house = House::start();
    let shop = house.shop();
    let (_, checkout) = shop.checkout("15");
    let (english, hindi) = ("<html lang=\"en\">", "<html lang=\"hi\">");
    for (query, accept, expected) in [
        ("", "", english),
        ("", "hi-IN,hi;q=0.9,en;q=0.8", hindi),
        ("", "ta,en;q=0.5", english),
        ("?lang=hi", "en", hindi),
        ("?lang=en", "hi", english),
        ("?lang=xx", "hi", hindi),
        ("?lang=%3Cscript%3E", "", english),
        ("?lang=hi&lang=en", "", english),
    ] {
        let answer = shop
            .browser
            .get_with(&checkout.at(query), &[("accept-language", accept)]);
        assert!(
            answer.status == 200 && answer.text().contains(expected),
            "{query} {accept}"
        );
    }
    let mut form = card("1");
    form.push(("lang", "hi"));
    let form: Vec<String> = form.iter().map(|(name, text)| format!("{name}={text}")).collect();
    let body = format!("attempt=1&{}", form.join("&"));
    let answer = shop
        .browser
        .post(&checkout.at("/pay"), &body, &[("accept-language", "en")]);
    assert!(
        answer.status == 422 && answer.text().contains(hindi),
        "the form carries the language"
    );
    let answer = shop
        .browser
        .post(&checkout.at("/cancel"), "attempt=1&lang=hi", &[]);
    assert_eq!(answer.header("location"), Some(&*checkout.at("?lang=hi")));
    let missing = shop
        .browser
        .get_with("/checkout/none", &[("accept-language", "hi")]);
    assert!(missing.text().contains(hindi));
}

#[test]
fn what_the_pages_load_is_there_and_may_be_kept() {
    let house = House::start();
    let (_, checkout) = house.shop().checkout("16");
    let text = checkout.page().text();
    let assets: Vec<&str> = text
        .split('"')
        .filter(|part| part.starts_with("/assets/"))
        .collect();
    assert!(assets.len() >= 3, "{text}");
    for asset in assets {
        let answer = checkout.browser.get(asset);
        assert_eq!(
            (answer.status, answer.header("x-content-type-options")),
            (200, Some("nosniff")),
            "{asset}"
        );
        assert!(
            answer.header("cache-control").unwrap().contains("immutable"),
            "{asset}"
        );
        let known = checkout
            .browser
            .get_with(asset, &[("if-none-match", answer.header("etag").unwrap())]);
        assert_eq!((known.status, known.body.len()), (304, 0), "{asset}");
    }
    for nothing in ["/assets/none.js", "/assets/..%2frokad.db", "/assets/"] {
        assert_eq!(checkout.browser.get(nothing).status, 404, "{nothing}");
    }
}
