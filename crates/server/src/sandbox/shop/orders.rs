//! `/orders` and `/orders/{txnid}`; `/paid` and `/failed`, where customers come back with a post-back.

use crate::{
    cli::print,
    sandbox::shop::{
        Shop, ask,
        book::{Book, Doubt, Known},
        not_kept,
    },
};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use rokad_domain::{Paise, UnixMs};
use rokad_flows::directory::SecretKind;
use rokad_pages::{
    PageUrl,
    shop::{Fact, OrderPage, OrderView, Orders, PayForm, Standing, Verdict, draw},
};
use rokad_wire::{
    Fields,
    collect::{Ask, NotVerified, VerifiedPostBack, sign_payment, verify_post_back},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The book, for a moment.
pub fn look_up(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `GET /orders`.
pub async fn all(State(shop): State<Arc<Shop>>) -> Response {
    let orders: Vec<OrderView> = look_up(&shop.book).newest_first().map(view).collect();
    shop.page(StatusCode::OK, draw(&Orders { orders: &orders }))
}

/// `GET /orders/{txnid}`; with `?ask=1` the gateway is asked, too.
pub async fn one(
    State(shop): State<Arc<Shop>>,
    Path(txnid): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(known) = look_up(&shop.book).find(&txnid).cloned() else {
        return order_page(&shop, StatusCode::NOT_FOUND, None, None, None);
    };
    let answer = match query.as_deref() {
        Some("ask=1") => Some(ask::ask(&shop, &known.txnid).await),
        _ => None,
    };
    order_page(&shop, StatusCode::OK, Some(&known), None, answer)
}

/// `POST /paid` and `POST /failed`: what the customer's browser brings back. Believed only if it verifies.
pub async fn post_back(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let said = match verify(&shop, &body) {
        Ok(said) => said,
        Err(why) => return doubted(&shop, &body, &Doubt::NotVerified(why)),
    };
    let heard = look_up(&shop.book).hear(&said, shop.now());
    match heard {
        Ok(Ok(news)) => {
            let known = look_up(&shop.book).find(&said.txnid).cloned();
            let verdict = Some(Verdict::Verified(news.sentence()));
            order_page(&shop, StatusCode::OK, known.as_ref(), verdict, None)
        }
        Ok(Err(doubt)) => doubted(&shop, &body, &doubt),
        Err(error) => not_kept(&error),
    }
}

/// With any salt that is valid: the shop may be replacing its salt.
fn verify(shop: &Shop, body: &[u8]) -> Result<VerifiedPostBack, NotVerified> {
    let directory = shop.app.directory();
    let merchant = directory.by_pid(&shop.pid).ok_or(NotVerified::OtherKey)?;
    let salts: Vec<&str> = merchant.secrets(SecretKind::CollectSalt).collect();
    verify_post_back(body, &merchant.stored.collect_key, &salts)
}

/// Shows the order that is named, as it stands, and says that what came back is not believed.
fn doubted(shop: &Shop, body: &[u8], doubt: &Doubt) -> Response {
    tracing::warn!(?doubt, "the shop does not believe a post-back");
    let fields = Fields::read(None, body).unwrap_or_default();
    let named = fields.text("txnid").unwrap_or_default();
    let known = look_up(&shop.book).find(named).cloned();
    let verdict = Some(Verdict::NotVerified(doubt.to_string()));
    order_page(shop, StatusCode::BAD_REQUEST, known.as_ref(), verdict, None)
}

fn order_page(
    shop: &Shop,
    status: StatusCode,
    known: Option<&Known>,
    verdict: Option<Verdict>,
    answer: Option<String>,
) -> Response {
    let page = OrderPage {
        order: known.map(view),
        verdict,
        pay: known.and_then(|known| pay_form(shop, known)),
        question: known.map(|known| ask::as_command(shop, &known.txnid)),
        answer,
    };
    shop.page(status, draw(&page))
}

/// The form that goes to the gateway, signed with the present salt. What has ended is not paid again.
fn pay_form(shop: &Shop, known: &Known) -> Option<PayForm> {
    if matches!(known.standing(), Standing::Paid | Standing::Failed) {
        return None;
    }
    let directory = shop.app.directory();
    let merchant = directory.by_pid(&shop.pid)?;
    let salt = merchant.secrets(SecretKind::CollectSalt).next_back()?;
    let (surl, furl) = (format!("{}/paid", shop.url), format!("{}/failed", shop.url));
    let order = &known.order;
    let ask = Ask {
        txnid: &known.txnid,
        amount: known.amount(),
        productinfo: &order.what,
        firstname: &order.name,
        email: &order.email,
        phone: &order.phone,
        surl: &surl,
        furl: &furl,
        ..Ask::default()
    };
    let fields = sign_payment(&ask, &merchant.stored.collect_key, salt);
    Some(PayForm {
        url: PageUrl::parse(&format!("{}/_payment", shop.gateway))?,
        fields: fields
            .into_iter()
            .map(|(name, text)| (name, text.into_owned()))
            .collect(),
    })
}

fn view(known: &Known) -> OrderView {
    OrderView {
        txnid: known.txnid.clone(),
        time: print::time(UnixMs(known.order.at_ms)),
        at_ms: known.order.at_ms,
        what: known.order.what.clone(),
        amount: known.amount(),
        standing: known.standing(),
        facts: facts(known),
    }
}

/// What the verified post-back said. What it left empty is left out.
fn facts(known: &Known) -> Vec<Fact> {
    let Some(told) = &known.told else {
        return Vec::new();
    };
    let paid = Paise::new(told.amount_paise).unwrap_or_default();
    let facts = [
        ("Status", format!("{} ({})", told.status, told.reason)),
        ("Amount, as told", paid.to_string()),
        ("Payment id", told.payment_id.clone()),
        ("Mode", told.mode.clone()),
        ("Bank reference", told.bank_ref.clone()),
        ("Error", told.error.clone()),
        ("Told", print::time(UnixMs(told.at_ms))),
    ];
    facts.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}
