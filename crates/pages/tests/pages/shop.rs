//! What the pages of the demo shop promise.

use crate::read::{attribute, forms, ids, tags};
use rokad_domain::{Paise, Private};
use rokad_pages::{
    PageUrl,
    shop::{
        Basket, Buyer, CSS, Good, Line, MARK, OrderPage, OrderView, Orders, PayForm, PayoutRow, Payouts,
        Shelf, Standing, Verdict, Wrong, draw, policy,
    },
};

const STRANGE: &str = "<b>\"Asha\" & 'Rao'";
const ESCAPED: &str = "&#60;b&#62;&#34;Asha&#34; &#38; &#39;Rao&#39;";

fn order(standing: Standing) -> OrderView {
    OrderView {
        txnid: "SHOP-000123".to_owned(),
        time: "November 22, 2026, 7:39 am".to_owned(),
        at_ms: 1,
        what: STRANGE.to_owned(),
        amount: Paise::from_rupees(124_500).unwrap(),
        standing,
        facts: vec![("Payment id", "1000000042".to_owned())],
    }
}

fn page(verdict: Option<Verdict>) -> OrderPage {
    OrderPage {
        order: Some(order(Standing::Waiting)),
        verdict,
        pay: Some(PayForm {
            url: PageUrl::parse("http://127.0.0.1:7300/_payment").unwrap(),
            fields: vec![("productinfo", STRANGE.to_owned())],
        }),
        question: Some("curl".to_owned()),
        answer: Some(STRANGE.to_owned()),
    }
}

fn all() -> Vec<(&'static str, String)> {
    let goods = [Good {
        code: "pen",
        name: "Pen",
        about: "Fine.",
        price: Paise::from_rupees(1_250).unwrap(),
        picture: "M0 0",
        quantity: 1,
    }];
    let line = Line {
        code: "pen",
        name: "Pen",
        quantity: 2,
        price: Paise::from_rupees(2_500).unwrap(),
    };
    let strange = || Private::new(STRANGE.to_owned());
    let buyer = Buyer {
        name: strange(),
        email: strange(),
        phone: strange(),
    };
    let wrong = [Wrong {
        field: "email",
        sentence: "E-mail: an address.",
    }];
    let row = PayoutRow {
        time: "now".to_owned(),
        at_ms: 1,
        order_id: STRANGE.to_owned(),
        status: "Approved".to_owned(),
        processed: Paise::from_rupees(100).unwrap(),
        bank_ref: String::new(),
    };
    let unknown = OrderPage {
        order: None,
        verdict: Some(Verdict::NotVerified("Why.".to_owned())),
        pay: None,
        question: None,
        answer: None,
    };
    vec![
        (
            "shelf",
            draw(&Shelf {
                goods: &goods,
                quantity_max: 5,
                nothing_chosen: true,
            }),
        ),
        (
            "basket",
            draw(&Basket {
                lines: &[line],
                total: Paise::from_rupees(2_500).unwrap(),
                buyer: &buyer,
                wrong: &wrong,
            }),
        ),
        ("order", draw(&page(None))),
        ("verified", draw(&page(Some(Verdict::Verified("Written down."))))),
        (
            "not-verified",
            draw(&page(Some(Verdict::NotVerified(STRANGE.to_owned())))),
        ),
        ("unknown", draw(&unknown)),
        (
            "orders",
            draw(&Orders {
                orders: &[order(Standing::Paid)],
            }),
        ),
        ("no-orders", draw(&Orders { orders: &[] })),
        ("payouts", draw(&Payouts { rows: &[row] })),
        ("no-payouts", draw(&Payouts { rows: &[] })),
    ]
}

#[test]
fn every_page_of_the_shop_stands_by_itself_and_needs_no_script() {
    for (name, html) in all() {
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{name}");
        for part in ["<h1>", "<main>", "<title>"] {
            assert_eq!(html.matches(part).count(), 1, "{name}: {part}");
        }
        for word in ["<script", " style=", "<style", "javascript:"] {
            assert!(!html.contains(word), "{name}: {word}");
        }
        assert!(html.len() + CSS.len() + MARK.len() < 30_000, "{name}");
        let ids = ids(&html);
        for tag in tags(&html) {
            let linked = attribute(tag, "href").and_then(|href| href.strip_prefix('#'));
            for id in linked
                .into_iter()
                .chain(attribute(tag, "for"))
                .chain(attribute(tag, "aria-describedby"))
            {
                assert!(ids.contains(&id), "{name}: {id}");
            }
        }
    }
}

#[test]
fn what_people_typed_never_becomes_markup() {
    for (name, html) in all() {
        assert!(!html.contains("<b>\""), "{name}");
    }
    let (_, basket) = all().swap_remove(1);
    assert!(basket.contains(&format!("value=\"{ESCAPED}\"")), "{basket}");
}

#[test]
fn an_order_says_whether_what_came_back_is_verified_and_never_both() {
    for (verdict, says) in [
        (None, [false, false]),
        (Some(Verdict::Verified("Written down.")), [true, false]),
        (Some(Verdict::NotVerified("No.".to_owned())), [false, true]),
    ] {
        let html = draw(&page(verdict));
        assert_eq!([html.contains("Verified."), html.contains("NOT verified.")], says);
    }
}

#[test]
fn only_the_form_that_pays_leaves_the_shop_and_the_policy_lets_it_go_there_alone() {
    for (name, html) in all() {
        for form in forms(&html) {
            let pays = form.contains("id=\"pay\"");
            assert_eq!(
                form.contains("action=\"http://127.0.0.1:7300/_payment\""),
                pays,
                "{name}"
            );
        }
    }
    let policy = policy("http://127.0.0.1:7300");
    assert!(policy.starts_with("default-src 'none';"));
    assert!(policy.ends_with("form-action 'self' http://127.0.0.1:7300"));
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"));
}
