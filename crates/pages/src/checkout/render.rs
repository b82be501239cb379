//! From the values of a page to its HTML.

use super::{
    view::{
        AtBank, Checking, Choose, Ended, FormFault, HashLab, InApp, Message, Notice, Offer, Order, Outcome,
        Problem, Qr,
    },
    words::{self, Words},
};
use crate::{Lang, assets, qr as code};
use askama::Template;
use rokad_domain::{
    acquirer::{Fault, Method},
    card::{CardFault, RANGES, Scheme},
};
use std::sync::LazyLock;

/// What surrounds every page.
struct Frame<'a> {
    w: &'static Words,
    css: &'static str,
    js: &'static str,
    mark: &'static str,
    title: String,
    order: Option<&'a Order>,
    /// Where the same page is in the other language.
    switch: Option<String>,
    left: Option<Left>,
    follow: Option<Follow>,
}

/// A countdown.
struct Left {
    seconds: i64,
    /// As it stands until the script counts: `14:32`.
    clock: String,
    here: String,
}

/// A page that goes on by itself.
struct Follow {
    /// The server-sent events; an event `changed` says that another page is to be shown now.
    events: String,
    /// The page itself, to be asked for again.
    here: String,
}

impl<'a> Frame<'a> {
    fn bare(lang: Lang, title: &str) -> Self {
        let (css, js, mark) = assets::checkout_paths();
        let w = words::of(lang);
        let title = format!("{title} · {}", w.brand);
        Self {
            w,
            css,
            js,
            mark,
            title,
            order: None,
            switch: None,
            left: None,
            follow: None,
        }
    }

    fn of(order: &'a Order) -> Self {
        let title = words::of(order.lang).title(&order.amount.to_string(), &order.merchant);
        let switch = format!("/checkout/{}?lang={}", order.token, order.lang.other().code());
        Self {
            order: Some(order),
            switch: Some(switch),
            ..Self::bare(order.lang, &title)
        }
    }

    fn counting(self, left_ms: i64) -> Self {
        let seconds = left_ms.max(0) / 1_000;
        let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
        let here = self.order.map(here).unwrap_or_default();
        Self {
            left: Some(Left { seconds, clock, here }),
            ..self
        }
    }

    fn following(self, order: &Order, attempt: u32, page: &str) -> Self {
        let events = format!("/checkout/{}/events?attempt={attempt}&page={page}", order.token);
        Self {
            follow: Some(Follow {
                events,
                here: here(order),
            }),
            ..self
        }
    }
}

/// The page of a checkout, in its language.
fn here(order: &Order) -> String {
    format!("/checkout/{}?lang={}", order.token, order.lang.code())
}

#[derive(Template)]
#[template(path = "checkout/choose.html")]
struct ChoosePage<'a> {
    frame: Frame<'a>,
    page: &'a Choose,
    amount: String,
    schemes: &'static str,
}

impl ChoosePage<'_> {
    /// The method whose form was sent, or the only one.
    fn is_open(&self, method: &Method) -> bool {
        match (self.page.typed.method, self.page.offer.as_slice()) {
            (Some(typed), _) => typed == *method,
            (None, [only]) => only.method() == *method,
            (None, _) => false,
        }
    }

    /// After a failure the way back tells the merchant so; otherwise it is a cancellation.
    fn gives_up(&self) -> bool {
        match self.page.notice {
            Some(Notice::Failed(fault)) => fault != Fault::CalledOff,
            Some(Notice::TooManyAttempts) => true,
            None => false,
        }
    }

    fn say(&self, fault: &CardFault) -> &'static str {
        self.frame.w.form_fault(&FormFault::Card(*fault))
    }

    const fn icon(&self, method: &Method) -> &'static str {
        match method {
            Method::Card => "M3 6h18v12H3zM3 10h18M6.5 14.5h4",
            Method::Upi => "M7 2.5h10v19H7zM11 18.5h2M10 12l3-5v4h2l-3 5",
            Method::NetBanking => "M3 9.5 12 4l9 5.5zM5.5 12v5M10 12v5M14 12v5M18.5 12v5M3 20h18",
            Method::Wallet => "M4 7.5h16v12H4zM4 7.5 16 4v3.5M20 11.5h-5v4h5",
            Method::UpiQr => "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v2h-2M14 20v-2M18 20h2",
        }
    }
}

/// The page on which the customer chooses how to pay.
#[must_use]
pub fn choose(page: &Choose) -> String {
    drawn(&ChoosePage {
        frame: Frame::of(&page.order).counting(page.left_ms),
        amount: page.order.amount.to_string(),
        schemes: &SCHEMES,
        page,
    })
}

/// The first digits of every scheme for the script: `340000-349999 4 American Express|…`, the first that fits counts.
static SCHEMES: LazyLock<String> = LazyLock::new(|| {
    let row = |(from, to, scheme): &(u32, u32, Scheme)| {
        format!("{from}-{to} {} {}", scheme.cvv_len(), scheme.name())
    };
    RANGES.iter().map(row).collect::<Vec<_>>().join("|")
});

#[derive(Template)]
#[template(path = "checkout/at_bank.html")]
struct AtBankPage<'a> {
    frame: Frame<'a>,
    page: &'a AtBank,
}

/// The page from which an attempt goes on at a bank.
#[must_use]
pub fn at_bank(page: &AtBank) -> String {
    drawn(&AtBankPage {
        frame: Frame::of(&page.order).counting(page.left_ms),
        page,
    })
}

#[derive(Template)]
#[template(path = "checkout/in_app.html")]
struct InAppPage<'a> {
    frame: Frame<'a>,
    page: &'a InApp,
    here: String,
}

/// The page that waits for a UPI app.
#[must_use]
pub fn in_app(page: &InApp) -> String {
    let frame = Frame::of(&page.order).counting(page.left_ms);
    drawn(&InAppPage {
        frame: frame.following(&page.order, page.attempt, "in_app"),
        here: here(&page.order),
        page,
    })
}

#[derive(Template)]
#[template(path = "checkout/checking.html")]
struct CheckingPage<'a> {
    frame: Frame<'a>,
    here: String,
}

/// The page that waits for a bank's answer.
#[must_use]
pub fn checking(page: &Checking) -> String {
    drawn(&CheckingPage {
        frame: Frame::of(&page.order).following(&page.order, page.attempt, "checking"),
        here: here(&page.order),
    })
}

#[derive(Template)]
#[template(path = "checkout/qr.html")]
struct QrPage<'a> {
    frame: Frame<'a>,
    page: &'a Qr,
    picture: Option<String>,
    here: String,
}

/// The page with a QR code.
#[must_use]
pub fn qr(page: &Qr) -> String {
    let order = &page.order;
    let label = (words::of(order.lang).qr_label)(&order.amount.to_string(), &page.payee_name);
    drawn(&QrPage {
        frame: Frame::of(order)
            .counting(page.left_ms)
            .following(order, page.attempt, "qr"),
        picture: code::svg(page.link.as_str(), &label),
        here: here(order),
        page,
    })
}

#[derive(Template)]
#[template(path = "checkout/ended.html")]
struct EndedPage<'a> {
    frame: Frame<'a>,
    page: &'a Ended,
    headline: &'static str,
    tone: &'static str,
    shape: &'static str,
}

/// The page that says how it ended, and carries that to the merchant. Its policy is [`crate::csp::POST_BACK`].
#[must_use]
pub fn ended(page: &Ended) -> String {
    const TICK: &str = "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M7.5 12.5l3 3 6-6.5";
    const CROSS: &str = "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M8.5 8.5l7 7M15.5 8.5l-7 7";
    const CLOCK: &str = "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M12 7v5.5l3.5 2";
    let w = words::of(page.order.lang);
    let (headline, tone, shape) = match page.outcome {
        Outcome::Paid { .. } => (w.paid_title, "paid", TICK),
        Outcome::Failed(_) => (w.failed_title, "failed", CROSS),
        Outcome::Cancelled => (w.cancelled_title, "cancelled", CROSS),
        Outcome::Expired => (w.expired_title, "expired", CLOCK),
        Outcome::Pending => (w.pending_title, "pending", CLOCK),
    };
    drawn(&EndedPage {
        frame: Frame::of(&page.order),
        page,
        headline,
        tone,
        shape,
    })
}

#[derive(Template)]
#[template(path = "checkout/message.html")]
struct MessagePage<'a> {
    frame: Frame<'a>,
    page: &'a Message,
    headline: &'static str,
    text: &'static str,
}

/// The page instead of a checkout.
#[must_use]
pub fn message(page: &Message) -> String {
    let w = words::of(page.lang);
    let (headline, text) = match page.problem {
        Problem::NotFound => (w.not_found_title, w.not_found),
        Problem::Expired => (w.link_expired_title, w.link_expired),
        Problem::AlreadyPaid { .. } => (w.already_paid_title, ""),
        Problem::BadOrder(_) => (w.bad_order_title, w.bad_order),
        Problem::Busy => (w.busy_title, w.busy),
        Problem::Broken => (w.broken_title, w.broken),
    };
    let mut frame = Frame::bare(page.lang, headline);
    frame.switch = page.again.then(|| format!("?lang={}", page.lang.other().code()));
    drawn(&MessagePage {
        frame,
        page,
        headline,
        text,
    })
}

#[derive(Template)]
#[template(path = "checkout/hash_lab.html")]
struct HashLabPage<'a> {
    frame: Frame<'a>,
    page: &'a HashLab,
}

/// The page that helps a merchant's developers to find out why a hash does not fit.
#[must_use]
pub fn hash_lab(page: &HashLab) -> String {
    drawn(&HashLabPage {
        frame: Frame::bare(Lang::En, "Hash validation failed"),
        page,
    })
}

/// A page that cannot be drawn is one that says nothing wrong about money.
fn drawn(page: &impl Template) -> String {
    page.render().unwrap_or_else(|_| {
        "<!doctype html><html lang=\"en\"><title>Rokad</title><p>This page could not be drawn. Please reload it.</p>".to_owned()
    })
}
