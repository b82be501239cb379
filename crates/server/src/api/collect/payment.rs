//! `POST /_payment`: a merchant's form, carried here by a customer's browser. Source: contract.md §3.1, §3.2.
//!
//! Good: 302 to the checkout. Bad: a page, or JSON for whoever speaks JSON; with a wrong hash, the signature lab.

use crate::{
    app::App,
    checkout::page::{self, Page},
    http::{
        answer::{CollectRefused, Json, collect_from_store, status},
        call::{Call, CollectCall},
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rokad_domain::{Id, id::kind::Payment, payment};
use rokad_flows::{
    directory::{MerchantEntry, SecretKind},
    payment::open::{OpenRefusal, PaymentRequest, open},
};
use rokad_pages::{
    Lang,
    checkout::{self as pages, HashLab, Message, Problem},
};
use rokad_wire::{
    Fields,
    collect::{self, Diagnosis, Refusal, lab},
};
use std::sync::Arc;

pub async fn handle(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    call: Result<CollectCall, CollectRefused>,
) -> Response {
    let call = match call {
        Ok(CollectCall(call)) => call,
        Err(refused) => return unread(&headers, refused),
    };
    match take(&app, &call).await {
        Ok(payment) => {
            let location = format!(
                "/checkout/{}{}",
                app.checkouts.make(payment),
                page::asked_language(&call)
            );
            (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
        }
        Err(refused) if wants_page(&call) => refused.page(&app, &call),
        Err(refused) => refused.json(),
    }
}

/// A browser asks for a page; whoever posts JSON, or asks for JSON, reads JSON.
fn wants_page(call: &Call) -> bool {
    let accepts = call.header("accept").unwrap_or_default();
    accepts.contains("text/html") || (!accepts.contains("application/json") && !call.has_json_body())
}

/// What there is no order in: it was too large or too slow, or came by another method.
pub fn unread(headers: &HeaderMap, CollectRefused(refusal): CollectRefused) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let answer = CollectRefused(refusal.clone()).into_response();
    if !header(header::ACCEPT).is_some_and(|accepts| accepts.contains("text/html")) {
        return answer;
    }
    let lang = Lang::choose(None, header(header::ACCEPT_LANGUAGE));
    let problem = bad_order(&refusal);
    let again = false;
    let html = pages::message(&Message { lang, problem, again });
    let mut page = Page::checkout(answer.status(), html).into_response();
    for name in [header::ALLOW, header::CONNECTION] {
        if let Some(value) = answer.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

enum NotTaken {
    Refused(Refusal),
    WrongHash(Box<Diagnosis>),
    /// There is a checkout that says how it ended.
    Paid(Arc<MerchantEntry>, String, Id<Payment>),
    Ended(Id<Payment>),
}

impl<T: Into<Refusal>> From<T> for NotTaken {
    fn from(refusal: T) -> Self {
        Self::Refused(refusal.into())
    }
}

async fn take(app: &App, call: &Call) -> Result<Id<Payment>, NotTaken> {
    let fields = call.fields()?;
    let (merchant, ask) = read(app, &fields)?;
    let txnid = ask.order.txnid.as_str().to_owned();
    let answer = open(&app.house, ask)
        .await
        .map_err(|error| collect_from_store(&error).0)?;
    match answer {
        Ok(opened) => Ok(opened.payment),
        Err(OpenRefusal::AnotherOrder) => Err(Refusal::DuplicateTxnId.into()),
        Err(OpenRefusal::BelowPrice) => {
            let sentence = "amount does not carry the price of a payment";
            Err(Refusal::InvalidAmount(sentence.to_owned()).into())
        }
        Err(OpenRefusal::Ended(payment, payment::Status::Captured)) => {
            Err(NotTaken::Paid(merchant, txnid, payment))
        }
        Err(OpenRefusal::Ended(payment, _)) => Err(NotTaken::Ended(payment)),
    }
}

fn read(app: &App, fields: &Fields<'_>) -> Result<(Arc<MerchantEntry>, PaymentRequest), NotTaken> {
    let request = collect::PaymentRequest::read(fields, app.environment)?;
    let merchant = app
        .directory()
        .by_key(request.key)
        .cloned()
        .ok_or(Refusal::UnknownKey)?;
    let salts: Vec<&str> = merchant.secrets(SecretKind::CollectSalt).collect();
    if let Some(diagnosis) = lab::diagnose(&request, &salts) {
        tracing::info!(pid = merchant.stored.pid, mistake = ?diagnosis.mistake, "a payment request's hash does not fit");
        return Err(NotTaken::WrongHash(Box::new(diagnosis)));
    }
    drop(salts);
    if !merchant.stored.active {
        return Err(Refusal::MerchantInactive.into());
    }
    let terms = &merchant.stored.terms;
    let ask = PaymentRequest {
        merchant: merchant.stored.id,
        plan: terms.collect_plan,
        settle_after: terms.settle_after,
        order: request.order,
    };
    Ok((merchant, ask))
}

impl NotTaken {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal.clone(),
            Self::WrongHash(_) => Refusal::WrongHash,
            Self::Paid(..) => Refusal::AlreadyPaid,
            Self::Ended(_) => Refusal::AlreadyEnded,
        }
    }

    fn json(self) -> Response {
        let Self::WrongHash(diagnosis) = self else {
            return CollectRefused(self.refusal()).into_response();
        };
        Json(status(Refusal::WrongHash.wire().status), diagnosis.render()).into_response()
    }

    fn page(self, app: &App, call: &Call) -> Response {
        let (refusal, lang) = (self.refusal(), page::language(call));
        let problem = match self {
            Self::WrongHash(diagnosis) => {
                let html = pages::hash_lab(&shown(&diagnosis));
                return Page::checkout(status(refusal.wire().status), html).into_response();
            }
            // What the customer gave up on is over, and its checkout says so.
            Self::Ended(payment) => {
                let location = format!("/checkout/{}", app.checkouts.make(payment));
                return (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
            }
            Self::Paid(merchant, txnid, payment) => Problem::AlreadyPaid {
                merchant: merchant.stored.terms.name.clone(),
                txnid,
                token: Some(app.checkouts.make(payment)),
            },
            Self::Refused(Refusal::Busy | Refusal::TooManyCalls) => Problem::Busy,
            Self::Refused(Refusal::Internal) => Problem::Broken,
            Self::Refused(refusal) => bad_order(&refusal),
        };
        let again = false;
        let html = pages::message(&Message { lang, problem, again });
        Page::checkout(status(refusal.wire().status), html).into_response()
    }
}

fn bad_order(refusal: &Refusal) -> Problem {
    let code = refusal.wire().error_code().to_owned();
    Problem::BadOrder(vec![code, refusal.to_string()])
}

fn shown(diagnosis: &Diagnosis) -> HashLab {
    HashLab {
        formula: "key|txnid|amount|productinfo|firstname|email|udf1|udf2|udf3|udf4|udf5|udf6|udf7|udf8|udf9|udf10|salt"
            .to_owned(),
        canonical: diagnosis.canonical.reveal().clone(),
        expected: lab::EXPECTED.to_owned(),
        presented: format!("{} characters", diagnosis.presented_chars),
        mistake: Some(diagnosis.mistake.to_string()),
    }
}
