//! `GET /checkout/{token}`: the page of a payment, as it stands.

use crate::{
    api::collect::outcome,
    app::App,
    checkout::{Checkout, broken, find, form::Form, page::Page},
    http::call::CollectCall,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rokad_domain::{
    acquirer::{Fault, Method},
    payment::{ATTEMPTS_MAX, AttemptStatus, Status, Wish},
};
use rokad_flows::payment::end::{EndRequest, end};
use rokad_pages::{
    Lang, PageUrl, UpiLink,
    checkout::{
        self as pages, AtBank, Checking, Choose, Ended, FormFault, InApp, Notice, Order, Outcome, PostBack,
        Qr, Typed,
    },
};
use rokad_store::attempt::StoredAttempt;
use rokad_wire::collect::payment_id::payment_id;
use std::sync::Arc;

pub async fn handle(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    CollectCall(call): CollectCall,
) -> Response {
    let lang = super::page::language(&call);
    // Only right after the form was sent: whoever comes back by the back button stays.
    let fresh = call.query().is_ok_and(|fields| fields.text("go") == Some("1"));
    match open(&app, &token, lang).await {
        Ok(checkout) => draw(&app, &checkout, lang, fresh).into_response(),
        Err(page) => page.into_response(),
    }
}

/// Finds a checkout, and ends it if its time is over: nobody has to wait for a job to see that.
async fn open(app: &App, token: &str, lang: Lang) -> Result<Checkout, Page> {
    let checkout = find(app, token, lang).await?;
    let payment = &checkout.report.payment;
    let over = app.house.store.clock().now().at() >= payment.expires_at;
    if payment.status != Status::Open || !over || under_way(&checkout).is_some() {
        return Ok(checkout);
    }
    let expire = EndRequest {
        payment: payment.id,
        wish: Wish::Expire,
    };
    // Somebody else may have been faster: what it is now is what counts.
    let _ = end(&app.house, expire)
        .await
        .map_err(|error| broken(&error, lang))?;
    find(app, token, lang).await
}

/// The attempt under way, if there is one.
pub fn under_way(checkout: &Checkout) -> Option<&StoredAttempt> {
    let attempt = checkout.report.attempt.as_ref()?;
    attempt.status.is_under_way().then_some(attempt)
}

/// What a page shows, in a word: whoever watches it is told when that changes.
pub fn stage(checkout: &Checkout) -> &'static str {
    match under_way(checkout) {
        _ if checkout.report.payment.status != Status::Open => "ended",
        None => "choose",
        Some(attempt) => match (attempt.means.method, attempt.status, &attempt.page) {
            (Method::UpiQr, _, _) => "qr",
            (_, AttemptStatus::Waiting, Some(_)) => "at_bank",
            (_, AttemptStatus::Waiting, None) => "in_app",
            _ => "checking",
        },
    }
}

fn draw(app: &App, checkout: &Checkout, lang: Lang, fresh: bool) -> Page {
    let now = app.house.store.clock().now().at();
    let payment = &checkout.report.payment;
    let left_ms = (payment.expires_at.0 - now.0).max(0);
    let order = order(app, checkout, lang);
    let Some(attempt) = under_way(checkout) else {
        return if payment.status == Status::Open {
            choose(app, checkout, lang, None)
        } else {
            ended(app, checkout, order)
        };
    };
    // The time is over and nobody knows yet: the merchant hears that it is pending, and the customer need not wait.
    if left_ms == 0 {
        return ended(app, checkout, order);
    }
    let number = attempt.number;
    let page = attempt.page.as_deref().and_then(PageUrl::parse);
    let html = match (stage(checkout), page) {
        ("qr", _) => match qr(app, attempt, &order, left_ms) {
            Some(qr) => pages::qr(&qr),
            None => pages::checking(&Checking {
                order,
                attempt: number,
            }),
        },
        ("at_bank", Some(url)) => pages::at_bank(&AtBank {
            order,
            left_ms,
            attempt: number,
            by: attempt.means.method,
            url,
            fresh,
        }),
        ("in_app", _) => pages::in_app(&InApp {
            order,
            left_ms,
            attempt: number,
            vpa_masked: attempt.means.shown.clone(),
        }),
        _ => pages::checking(&Checking {
            order,
            attempt: number,
        }),
    };
    Page::checkout(StatusCode::OK, html)
}

fn order(app: &App, checkout: &Checkout, lang: Lang) -> Order {
    let order = &checkout.report.payment.order;
    Order {
        token: checkout.token.clone(),
        merchant: checkout.merchant.stored.terms.name.clone(),
        txnid: order.txnid.as_str().to_owned(),
        productinfo: order.productinfo.clone(),
        amount: order.amount,
        test_mode: app.collecting.test_mode,
        lang,
    }
}

/// The page on which the customer chooses how to pay; with `form`, what was typed and what is wrong with it.
pub fn choose(app: &App, checkout: &Checkout, lang: Lang, form: Option<(Typed, Vec<FormFault>)>) -> Page {
    let payment = &checkout.report.payment;
    let now = app.house.store.clock().now().at();
    let too_many = payment.attempts >= ATTEMPTS_MAX;
    let failed = checkout.report.attempt.as_ref().and_then(|attempt| attempt.fault);
    let status = if form.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let (typed, faults) = form.unwrap_or_default();
    let html = pages::choose(&Choose {
        order: order(app, checkout, lang),
        left_ms: (payment.expires_at.0 - now.0).max(0),
        attempt: payment.attempts + 1,
        offer: if too_many {
            Vec::new()
        } else {
            app.collecting.offers()
        },
        notice: if too_many {
            Some(Notice::TooManyAttempts)
        } else {
            failed.map(Notice::Failed)
        },
        typed,
        faults,
    });
    Page::checkout(status, html)
}

fn ended(app: &App, checkout: &Checkout, order: Order) -> Page {
    let (merchant, report) = (&checkout.merchant, &checkout.report);
    let told = outcome::of(app, merchant, report);
    let fields = told.post_back(outcome::salt(merchant));
    let fields = fields
        .into_iter()
        .map(|(name, text)| (name, text.into_owned()))
        .collect();
    let post_back = PageUrl::parse(told.url()).map(|url| PostBack { url, fields });
    let payment = &report.payment;
    let outcome = match payment.status {
        Status::Open => Outcome::Pending,
        Status::Captured => Outcome::Paid {
            paid: payment.order.amount,
            payment_id: payment_id(payment.id).to_string(),
        },
        Status::Failed => Outcome::Failed(told.fault.unwrap_or(Fault::Other)),
        Status::Cancelled => Outcome::Cancelled,
        Status::Bounced | Status::Dropped => Outcome::Expired,
    };
    Page::post_back(pages::ended(&Ended {
        order,
        outcome,
        post_back,
    }))
}

/// The code that an app scans: the payee, the amount and our reference, by which the receipt is found.
fn qr(app: &App, attempt: &StoredAttempt, order: &Order, left_ms: i64) -> Option<Qr> {
    let payee = app.collecting.upi_qr.as_ref()?;
    let (rupees, paise) = (order.amount.get() / 100, order.amount.get() % 100);
    let link = format!(
        "upi://pay?pa={}&pn={}&tr={reference}&tn={reference}&am={rupees}.{paise:02}&cu=INR",
        Form::encode(&payee.vpa),
        Form::encode(&payee.name),
        reference = attempt.reference,
    );
    Some(Qr {
        order: order.clone(),
        left_ms,
        attempt: attempt.number,
        link: UpiLink::parse(&link)?,
        reference: attempt.reference.clone(),
        payee_vpa: payee.vpa.clone(),
        payee_name: payee.name.clone(),
    })
}
