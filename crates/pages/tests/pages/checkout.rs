//! What the pages of the checkout promise, one by one.

use crate::read::{attribute, between, fields, forms, tags};
use rokad_domain::{
    Paise, Private,
    acquirer::{Fault, Method},
    card::CardFault,
};
use rokad_pages::{
    Lang, PageUrl, UpiLink,
    checkout::{self, *},
};

const HERE: &str = "/checkout/q7mXk2T9vLw4RzB8nHs1Yd";

#[test]
fn each_method_has_a_form_with_its_fields_and_says_what_is_paid() {
    let html = checkout::choose(&samples::fresh(Lang::En));
    for (method, names, button) in [
        (
            Method::Card,
            &["card_number", "card_expiry", "card_cvv", "card_name"][..],
            ">Pay ₹1,23,456.00<",
        ),
        (Method::Upi, &["vpa"], ">Pay ₹1,23,456.00<"),
        (Method::NetBanking, &["bank"], ">Pay ₹1,23,456.00<"),
        (Method::Wallet, &["wallet"], ">Pay ₹1,23,456.00<"),
        (Method::UpiQr, &[], ">Show the QR code<"),
    ] {
        let sent = format!("name=\"method\" value=\"{}\"", method.code());
        let form = forms(&html).find(|form| form.contains(&sent)).unwrap();
        assert!(
            form.starts_with(&format!("method=\"post\" action=\"{HERE}/pay\"")),
            "{method:?}"
        );
        assert!(form.contains("name=\"attempt\" value=\"1\""), "{method:?}");
        assert_eq!(
            (fields(form).as_slice(), form.contains(button)),
            (names, true),
            "{method:?}"
        );
    }
    assert!(html.contains("<option value=\"TESTPGNB\">Sandbox Bank</option>"));
}

#[test]
fn a_method_that_is_not_on_offer_is_not_shown_and_the_only_one_is_open() {
    let html = checkout::choose(&Choose {
        offer: vec![Offer::Upi],
        ..samples::fresh(Lang::En)
    });
    assert!(html.contains("id=\"method-upi\" open") && !html.contains("method-card"));
    let html = checkout::choose(&samples::fresh(Lang::En));
    assert!(tags(&html).all(|tag| !tag.starts_with("details") || !tag.ends_with(" open")));
}

#[test]
fn what_was_typed_is_kept_but_never_a_cards_number_or_cvv() {
    let typed = Typed {
        method: Some(Method::Card),
        card_expiry: Private::new("08/29".into()),
        card_name: Private::new("Ravi Kumar".into()),
        vpa: Private::new("ravi@okbank".into()),
        bank: "TESTPGN2".into(),
        wallet: "TESTWALLET".into(),
    };
    let html = checkout::choose(&Choose {
        typed,
        ..samples::fresh(Lang::Hi)
    });
    for kept in [
        "value=\"08/29\"",
        "value=\"Ravi Kumar\"",
        "value=\"ravi@okbank\"",
        "\"TESTPGN2\" selected",
        "\"TESTWALLET\" selected",
        "id=\"method-card\" open",
    ] {
        assert!(html.contains(kept), "{kept}");
    }
    for secret in ["card_number", "card_cvv"] {
        let field = tags(&html)
            .find(|tag| attribute(tag, "name") == Some(secret))
            .unwrap();
        assert_eq!(attribute(field, "value"), None, "{secret}");
    }
}

#[test]
fn a_fault_is_said_on_top_and_beside_its_field_in_both_languages() {
    let card = [
        CardFault::NumberNotDigits,
        CardFault::NumberLength,
        CardFault::NumberMistyped,
        CardFault::SchemeUnknown,
        CardFault::ExpiryUnreadable,
        CardFault::Expired,
        CardFault::CvvLength,
    ];
    let others = [
        FormFault::NameMissing,
        FormFault::VpaUnreadable,
        FormFault::BankMissing,
        FormFault::WalletMissing,
    ];
    for fault in card.map(FormFault::Card).into_iter().chain(others) {
        let said = [Lang::En, Lang::Hi].map(|lang| {
            let html = checkout::choose(&Choose {
                faults: vec![fault],
                ..samples::fresh(lang)
            });
            let field = fault.field().name();
            let beside = between(&html, &format!("id=\"{field}-fault\">"), "</p>").to_owned();
            let on_top = format!("<a href=\"#{field}\">{beside}</a>");
            assert!(!beside.is_empty() && html.contains(&on_top), "{fault:?}");
            assert_eq!(html.matches("aria-invalid=\"true\"").count(), 1, "{fault:?}");
            assert!(html.contains("id=\"errors\" role=\"alert\" tabindex=\"-1\" autofocus"));
            beside
        });
        assert_ne!(said[0], said[1], "{fault:?}");
    }
}

#[test]
fn every_reason_has_words_of_its_own_and_says_that_no_money_was_taken() {
    for (lang, no_money) in [(Lang::En, "No money was taken."), (Lang::Hi, "आपके पैसे नहीं कटे हैं।")]
    {
        let mut said = Vec::new();
        for (fault, _) in Fault::ALL {
            let notice = Some(Notice::Failed(*fault));
            let html = checkout::choose(&Choose {
                notice,
                attempt: 2,
                ..samples::fresh(lang)
            });
            let notice = between(&html, "id=\"notice\"", "</div>").to_owned();
            assert!(notice.contains(no_money), "{fault:?}");
            assert!(!said.contains(&notice), "{fault:?} has no words of its own");
            said.push(notice);
            let outcome = Outcome::Failed(*fault);
            let order = samples::order(lang);
            assert!(
                checkout::ended(&Ended {
                    order,
                    outcome,
                    post_back: None
                })
                .contains(no_money),
                "{fault:?}"
            );
        }
    }
}

#[test]
fn only_who_has_not_paid_is_told_that_no_money_was_taken() {
    for (outcome, nothing_taken) in [
        (
            Outcome::Paid {
                paid: Paise::ZERO,
                payment_id: "1".into(),
            },
            false,
        ),
        (Outcome::Pending, false),
        (Outcome::Cancelled, true),
        (Outcome::Expired, true),
    ] {
        let html = checkout::ended(&Ended {
            order: samples::order(Lang::En),
            outcome,
            post_back: samples::post_back(),
        });
        assert_eq!(html.contains("No money was taken."), nothing_taken);
    }
}

#[test]
fn after_a_failure_the_way_back_gives_up_and_otherwise_it_cancels() {
    for (notice, action) in [
        (None, "/cancel\""),
        (Some(Notice::Failed(Fault::CalledOff)), "/cancel\""),
        (Some(Notice::Failed(Fault::Declined)), "/give-up\""),
        (Some(Notice::TooManyAttempts), "/give-up\""),
    ] {
        let html = checkout::choose(&Choose {
            notice,
            ..samples::fresh(Lang::En)
        });
        let ways: Vec<_> = forms(&html).filter(|form| !form.contains("/pay\"")).collect();
        assert!(ways.len() == 1 && ways[0].contains(action), "{action}");
    }
}

#[test]
fn only_a_fresh_page_goes_to_the_bank_by_itself() {
    let url = "https://bank.example/3ds?id=8f1c&#38;step=1";
    for (name, html) in samples::samples()
        .into_iter()
        .filter(|(name, _)| name.starts_with("at-"))
    {
        let by_itself = html.contains(&format!("http-equiv=\"refresh\" content=\"0;url={url}\""));
        assert_eq!(by_itself, name.contains("fresh"), "{name}");
        assert!(
            html.contains(&format!("id=\"continue\" href=\"{url}\"")),
            "{name}"
        );
        assert!(html.contains(&format!("action=\"{HERE}/change\"")), "{name}");
    }
}

#[test]
fn a_page_that_waits_goes_on_by_itself_with_and_without_the_script() {
    for (name, page) in [
        ("in-app-hi", "in_app"),
        ("checking-hi", "checking"),
        ("qr-hi", "qr"),
    ] {
        let html = samples::samples()
            .into_iter()
            .find(|(its, _)| its == name)
            .unwrap()
            .1;
        let follow = format!("data-follow=\"{HERE}/events?attempt=1&#38;page={page}\"");
        assert!(
            html.contains(&format!("{follow} data-here=\"{HERE}?lang=hi\"")),
            "{name}"
        );
        let refresh = format!("<meta http-equiv=\"refresh\" content=\"5;url={HERE}?lang=hi\">");
        assert!(
            html.contains(&format!("<noscript>{refresh}</noscript>")),
            "{name}"
        );
        // Money that may have been taken already is not taken another way, nor can a code that was shown be taken back.
        assert_eq!(html.contains("/change\""), page == "in_app");
    }
}

#[test]
fn the_post_back_carries_every_field_in_order_and_needs_no_script() {
    let fields = vec![
        ("status", "success".to_owned()),
        ("udf1", "\"<&>'".to_owned()),
        ("hash", "ab".to_owned()),
    ];
    let url = PageUrl::parse("https://shop.example/back?a=1&b=2").unwrap();
    let post_back = Some(PostBack { url, fields });
    let html = checkout::ended(&Ended {
        order: samples::order(Lang::En),
        outcome: Outcome::Cancelled,
        post_back,
    });
    let form = forms(&html).next().unwrap();
    assert!(form.contains("method=\"post\" action=\"https://shop.example/back?a=1&#38;b=2\" data-auto="));
    let posted: Vec<_> = tags(form)
        .filter(|tag| tag.starts_with("input "))
        .map(|tag| (attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap()))
        .collect();
    assert_eq!(
        posted,
        [
            ("status", "success"),
            ("udf1", "&#34;&#60;&#38;&#62;&#39;"),
            ("hash", "ab")
        ]
    );
    assert!(form.contains("<button class=\"pay\" id=\"back\">Back to Sharma Sarees</button>"));
}

#[test]
fn the_time_left_is_said_in_minutes_and_seconds_and_never_below_zero() {
    for (left_ms, clock) in [
        (872_999, ">14:32<"),
        (900_000, ">15:00<"),
        (9_000, ">0:09<"),
        (-1, ">0:00<"),
        (i64::MIN, ">0:00<"),
    ] {
        assert!(
            checkout::choose(&Choose {
                left_ms,
                ..samples::fresh(Lang::En)
            })
            .contains(clock),
            "{clock}"
        );
    }
}

#[test]
fn only_the_sandbox_shows_test_data() {
    for test_mode in [true, false] {
        let order = Order {
            test_mode,
            ..samples::order(Lang::En)
        };
        let html = checkout::choose(&Choose {
            order,
            ..samples::fresh(Lang::En)
        });
        assert_eq!(
            (html.contains("Test mode"), html.contains("5123 4567")),
            (test_mode, test_mode)
        );
    }
}

/// A merchant, and whoever writes into its orders, may be anybody.
#[test]
fn whatever_a_value_says_it_is_text() {
    let url = PageUrl::parse("https://bank.example/\"><script>alert(1)</script>").unwrap();
    let link = UpiLink::parse("upi://pay?pa=\"><script>alert(1)</script>").unwrap();
    let draw = |lang| evil_pages(lang, url.clone(), link.clone());
    for html in [Lang::En, Lang::Hi].into_iter().flat_map(draw) {
        assert!(html.contains("alert(1)"));
        for markup in ["<script>", "<img src=x", "\"'>"] {
            assert!(!html.contains(markup), "{html}");
        }
    }
}

fn evil() -> String {
    "\"'><script>alert(1)</script><img src=x onerror=y>{{7}}".to_owned()
}

fn evil_pages(lang: Lang, url: PageUrl, link: UpiLink) -> Vec<String> {
    let order = || Order {
        token: evil(),
        merchant: evil(),
        txnid: evil(),
        productinfo: evil(),
        ..samples::order(lang)
    };
    let typed = Typed {
        method: None,
        card_expiry: Private::new(evil()),
        card_name: Private::new(evil()),
        vpa: Private::new(evil()),
        bank: evil(),
        wallet: evil(),
    };
    let choices = || {
        vec![Choice {
            code: evil(),
            name: evil(),
        }]
    };
    let offer = vec![
        Offer::Card,
        Offer::Upi,
        Offer::NetBanking(choices()),
        Offer::Wallet(choices()),
        Offer::UpiQr,
    ];
    let (left_ms, attempt, by) = (1, 1, Method::Card);
    let outcome = Outcome::Paid {
        paid: Paise::ZERO,
        payment_id: evil(),
    };
    let post_back = Some(PostBack {
        url: url.clone(),
        fields: vec![("udf1", evil())],
    });
    let (reference, payee_vpa, payee_name) = (evil(), evil(), evil());
    let paid = Problem::AlreadyPaid {
        merchant: evil(),
        txnid: evil(),
        token: Some(evil()),
    };
    let bad = Problem::BadOrder(vec![evil()]);
    vec![
        checkout::choose(&Choose {
            order: order(),
            typed,
            offer,
            ..samples::fresh(lang)
        }),
        checkout::at_bank(&AtBank {
            order: order(),
            left_ms,
            attempt,
            by,
            url,
            fresh: true,
        }),
        checkout::in_app(&InApp {
            order: order(),
            left_ms,
            attempt,
            vpa_masked: evil(),
        }),
        checkout::checking(&Checking {
            order: order(),
            attempt,
        }),
        checkout::qr(&Qr {
            order: order(),
            left_ms,
            attempt,
            link,
            reference,
            payee_vpa,
            payee_name,
        }),
        checkout::ended(&Ended {
            order: order(),
            outcome,
            post_back,
        }),
        checkout::message(&Message {
            lang,
            problem: paid,
            again: true,
        }),
        checkout::message(&Message {
            lang,
            problem: bad,
            again: true,
        }),
        checkout::hash_lab(&HashLab {
            formula: evil(),
            canonical: evil(),
            expected: evil(),
            presented: evil(),
            mistake: Some(evil()),
        }),
    ]
}
