//! Every state of every page, with sample data: for the tests here, for tests in a browser, and to look at.

use super::{
    AtBank, Checking, Choice, Choose, Ended, FormFault, HashLab, InApp, Message, Notice, Offer, Order,
    Outcome, PostBack, Problem, Qr, Typed,
};
use crate::{Lang, PageUrl, UpiLink, checkout as draw};
use rokad_domain::{
    Paise, Private,
    acquirer::{Fault, Method},
    card::CardFault,
};

/// Every page in every language, as `(name, html)`; the name is `choose-en`, fit for a file.
#[must_use]
pub fn samples() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (lang, code, _) in Lang::ALL {
        let mut add = |name: &str, html: String| all.push((format!("{name}-{code}"), html));
        chosen(*lang, &mut add);
        waiting(*lang, &mut add);
        over(*lang, &mut add);
        instead(*lang, &mut add);
    }
    all.push(("hash-lab".to_owned(), draw::hash_lab(&lab())));
    all
}

/// An order of the sandbox.
#[must_use]
pub fn order(lang: Lang) -> Order {
    Order {
        token: "q7mXk2T9vLw4RzB8nHs1Yd".to_owned(),
        merchant: "Sharma Sarees".to_owned(),
        txnid: "SS-2026-004127".to_owned(),
        productinfo: "Banarasi silk saree, red".to_owned(),
        amount: Paise::new(12_345_600).unwrap_or_default(),
        test_mode: true,
        lang,
    }
}

/// Everything on offer, nothing chosen yet.
#[must_use]
pub fn fresh(lang: Lang) -> Choose {
    Choose {
        order: order(lang),
        left_ms: 872_000,
        attempt: 1,
        offer: vec![
            Offer::Upi,
            Offer::UpiQr,
            Offer::Card,
            Offer::NetBanking(vec![
                choice("TESTPGNB", "Sandbox Bank"),
                choice("TESTPGN2", "Second Sandbox Bank"),
            ]),
            Offer::Wallet(vec![choice("TESTWALLET", "Sandbox Wallet")]),
        ],
        notice: None,
        typed: Typed::default(),
        faults: Vec::new(),
    }
}

fn choice(code: &str, name: &str) -> Choice {
    Choice {
        code: code.to_owned(),
        name: name.to_owned(),
    }
}

fn chosen(lang: Lang, add: &mut impl FnMut(&str, String)) {
    add("choose", draw::choose(&fresh(lang)));
    for (method, code) in Method::ALL {
        let typed = Typed {
            method: Some(*method),
            ..Typed::default()
        };
        add(
            &format!("choose-{}", code.replace('_', "-")),
            draw::choose(&Choose { typed, ..fresh(lang) }),
        );
    }
    let live = Order {
        test_mode: false,
        productinfo: String::new(),
        ..order(lang)
    };
    add(
        "choose-live",
        draw::choose(&Choose {
            order: live,
            offer: vec![Offer::Card],
            ..fresh(lang)
        }),
    );
    for (fault, code) in Fault::ALL {
        let notice = Some(Notice::Failed(*fault));
        add(
            &format!("choose-after-{}", code.replace('_', "-")),
            draw::choose(&Choose {
                notice,
                attempt: 2,
                ..fresh(lang)
            }),
        );
    }
    let notice = Some(Notice::TooManyAttempts);
    add(
        "choose-too-many",
        draw::choose(&Choose {
            notice,
            offer: Vec::new(),
            attempt: 11,
            ..fresh(lang)
        }),
    );
    add(
        "choose-card-faults",
        draw::choose(&with_faults(lang, Method::Card)),
    );
    add("choose-upi-faults", draw::choose(&with_faults(lang, Method::Upi)));
    add(
        "choose-netbanking-faults",
        draw::choose(&with_faults(lang, Method::NetBanking)),
    );
    add(
        "choose-wallet-faults",
        draw::choose(&with_faults(lang, Method::Wallet)),
    );
}

/// A form of `method` that was sent with everything wrong in it.
#[must_use]
pub fn with_faults(lang: Lang, method: Method) -> Choose {
    let faults = match method {
        Method::Card => vec![
            FormFault::Card(CardFault::NumberMistyped),
            FormFault::Card(CardFault::Expired),
            FormFault::Card(CardFault::CvvLength),
            FormFault::NameMissing,
        ],
        Method::Upi => vec![FormFault::VpaUnreadable],
        Method::NetBanking => vec![FormFault::BankMissing],
        Method::Wallet => vec![FormFault::WalletMissing],
        Method::UpiQr => Vec::new(),
    };
    let typed = Typed {
        method: Some(method),
        card_expiry: Private::new("02/21".to_owned()),
        card_name: Private::new(String::new()),
        vpa: Private::new("ravi at okbank".to_owned()),
        bank: String::new(),
        wallet: String::new(),
    };
    Choose {
        typed,
        faults,
        ..fresh(lang)
    }
}

fn waiting(lang: Lang, add: &mut impl FnMut(&str, String)) {
    if let Some(url) = PageUrl::parse("https://bank.example/3ds?id=8f1c&step=1") {
        let page = |by, fresh| AtBank {
            order: order(lang),
            left_ms: 600_000,
            attempt: 1,
            by,
            url: url.clone(),
            fresh,
        };
        add("at-bank-fresh", draw::at_bank(&page(Method::Card, true)));
        add("at-bank-again", draw::at_bank(&page(Method::NetBanking, false)));
        add("at-wallet-again", draw::at_bank(&page(Method::Wallet, false)));
    }
    let vpa_masked = "ra…@okbank".to_owned();
    add(
        "in-app",
        draw::in_app(&InApp {
            order: order(lang),
            left_ms: 290_000,
            attempt: 1,
            vpa_masked,
        }),
    );
    add(
        "checking",
        draw::checking(&Checking {
            order: order(lang),
            attempt: 1,
        }),
    );
    let link = "upi://pay?pa=rokad@sandboxbank&pn=Rokad%20Payments&tr=RKQ4127A9F3C2E81&am=123456.00&cu=INR&tn=SS-2026-004127";
    if let Some(link) = UpiLink::parse(link) {
        let page = Qr {
            order: order(lang),
            left_ms: 540_000,
            attempt: 1,
            link,
            reference: "RKQ4127A9F3C2E81".to_owned(),
            payee_vpa: "rokad@sandboxbank".to_owned(),
            payee_name: "Rokad Payments".to_owned(),
        };
        add("qr", draw::qr(&page));
    }
}

fn over(lang: Lang, add: &mut impl FnMut(&str, String)) {
    let paid = Outcome::Paid {
        paid: order(lang).amount,
        payment_id: "403993715531000127".to_owned(),
    };
    for (name, outcome) in [
        ("paid", paid.clone()),
        ("failed", Outcome::Failed(Fault::Declined)),
        ("cancelled", Outcome::Cancelled),
        ("expired", Outcome::Expired),
        ("pending", Outcome::Pending),
    ] {
        add(
            name,
            draw::ended(&Ended {
                order: order(lang),
                outcome,
                post_back: post_back(),
            }),
        );
    }
    add(
        "paid-invoice",
        draw::ended(&Ended {
            order: order(lang),
            outcome: paid,
            post_back: None,
        }),
    );
}

/// A post-back with every field of the contract.
#[must_use]
pub fn post_back() -> Option<PostBack> {
    const NAMES: &[&str] = &[
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
    let value = |name: &&'static str| (*name, format!("{name} of the sample"));
    let fields = NAMES.iter().map(value).collect();
    PageUrl::parse("https://shop.example/back?from=rokad&x=1").map(|url| PostBack { url, fields })
}

fn instead(lang: Lang, add: &mut impl FnMut(&str, String)) {
    let paid = Problem::AlreadyPaid {
        merchant: "Sharma Sarees".to_owned(),
        txnid: "SS-2026-004127".to_owned(),
        token: Some("q7mXk2T9vLw4RzB8nHs1Yd".to_owned()),
    };
    let bad = Problem::BadOrder(vec![
        "E1101".to_owned(),
        "amount: write rupees with at most two decimals, like 100.00".to_owned(),
    ]);
    for (name, problem) in [
        ("not-found", Problem::NotFound),
        ("link-expired", Problem::Expired),
        ("already-paid", paid),
        ("bad-order", bad),
        ("busy", Problem::Busy),
        ("broken", Problem::Broken),
    ] {
        add(
            name,
            draw::message(&Message {
                lang,
                problem,
                again: true,
            }),
        );
    }
}

fn lab() -> HashLab {
    HashLab {
        formula: "key|txnid|amount|productinfo|firstname|email|udf1|udf2|udf3|udf4|udf5|udf6|udf7|udf8|udf9|udf10|salt".to_owned(),
        canonical: "sKey01|SS-2026-004127|123456.00|Banarasi silk saree, red|Ravi|ravi@example.in|||||||||||••••••••".to_owned(),
        expected: "128 hexadecimal digits, lower case".to_owned(),
        presented: "64 hexadecimal digits, lower case".to_owned(),
        mistake: Some("64 digits are a SHA-256; this contract asks for SHA-512.".to_owned()),
    }
}
