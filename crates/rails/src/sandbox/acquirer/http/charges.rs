//! `POST /v1/charges`, `GET /v1/charges`, `GET /v1/charges/{reference}`, `POST /v1/charges/{reference}/call-off`.

use super::super::{
    Acquirer,
    accept::{self, Heard},
    book::Book,
    charge::State as ChargeState,
};
use crate::sandbox::{
    BankError,
    charge_words::{CardAsked, ChargeAsked, ChargeSaid},
    door::{Paging, cut, error, garbage},
    words::is_reference,
};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use hyper::Uri;
use rokad_domain::{
    Paise, Private, UnixMs,
    acquirer::{Card, ChargeOrder, Means, Method},
    card::{CardNumber, Cvv, Expiry},
};
use serde::{Deserialize, Serialize};

/// Characters of a return address at most.
const RETURN_URL_LEN_MAX: usize = 2_048;
/// Characters of a name on a card, a VPA or a code at most.
const TEXT_LEN_MAX: usize = 255;
const OTHER: &str = "other_charge";
const OTHER_SENTENCE: &str = "The reference stands for another charge";
/// Captured charges of a page, if the caller does not say.
const LIMIT_DEFAULT: usize = 100;
/// Captured charges of a page at most: some 1.5 MB.
const LIMIT_MAX: usize = 10_000;

/// Takes a payment, once for each reference.
pub async fn charge(State(acquirer): State<Acquirer>, body: Bytes) -> Response {
    let order = match parse(&body) {
        Ok(order) => order,
        Err((code, message)) => return error(StatusCode::BAD_REQUEST, code, message),
    };
    let token = acquirer.new_token();
    let heard = acquirer.at_desk(|desk, now| accept::charge(desk, &order, token, now));
    respond(heard.await, OTHER, OTHER_SENTENCE, say)
}

/// How much it is said to be.
#[derive(Deserialize)]
pub struct Asker {
    amount_paise: Option<i64>,
}

/// Says what became of a reference.
pub async fn ask(
    State(acquirer): State<Acquirer>,
    Path(reference): Path<String>,
    Query(asker): Query<Asker>,
) -> Response {
    let amount = match asked(&reference, &asker) {
        Ok(amount) => amount,
        Err((code, message)) => return error(StatusCode::BAD_REQUEST, code, message),
    };
    let heard = acquirer.at_desk(|desk, now| Ok(accept::ask(&desk.book, &reference, amount, now)));
    respond(heard.await, OTHER, OTHER_SENTENCE, say)
}

/// Sees to it that no money is taken any more.
pub async fn call_off(
    State(acquirer): State<Acquirer>,
    Path(reference): Path<String>,
    Query(asker): Query<Asker>,
) -> Response {
    let amount = match asked(&reference, &asker) {
        Ok(amount) => amount,
        Err((code, message)) => return error(StatusCode::BAD_REQUEST, code, message),
    };
    let heard = acquirer.at_desk(|desk, now| accept::call_off(desk, &reference, amount, now));
    respond(heard.await, OTHER, OTHER_SENTENCE, say)
}

/// A captured charge. `entry` counts from 1 in the order of capture.
#[derive(Serialize)]
struct CapturedView {
    entry: usize,
    reference: String,
    amount_paise: i64,
    rrn: String,
    method: &'static str,
    shown: String,
    at_ms: i64,
}

/// What all charges come to.
#[derive(Serialize)]
struct TotalsView {
    charges: usize,
    waiting: usize,
    refused: usize,
    captured: usize,
    captured_paise: i64,
}

/// Some of what was captured. `next`: the `after` of the next page; the same again when there is no more.
#[derive(Serialize)]
pub struct StatementView {
    entries: Vec<CapturedView>,
    next: u64,
    totals: TotalsView,
}

/// Everything that was captured, a page at a time, and what all charges come to.
pub async fn statement(
    State(acquirer): State<Acquirer>,
    paging: Paging,
) -> Result<Json<StatementView>, BankError> {
    acquirer
        .at_desk(|desk, _| Ok(Json(statement_page(&desk.book, &paging))))
        .await
}

fn statement_page(book: &Book, paging: &Paging) -> StatementView {
    let limit = paging.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
    let start = usize::try_from(paging.after).unwrap_or(usize::MAX);
    let captured = book.captured.iter().enumerate().skip(start).take(limit);
    let entries: Vec<_> = captured
        .filter_map(|(at, number)| captured_view(book, at + 1, *number))
        .collect();
    let (charges, captured, waiting) = (book.charges.len(), book.captured.len(), book.open_count());
    StatementView {
        next: entries.last().map_or(paging.after, |last| last.entry as u64),
        entries,
        totals: TotalsView {
            charges,
            waiting,
            refused: charges.saturating_sub(captured + waiting),
            captured,
            captured_paise: book.captured_sum.get(),
        },
    }
}

fn captured_view(book: &Book, entry: usize, number: u32) -> Option<CapturedView> {
    let charge = book.charges.get(number as usize)?;
    let ChargeState::Captured { at } = charge.state else {
        return None;
    };
    Some(CapturedView {
        entry,
        reference: charge.reference.to_string(),
        amount_paise: charge.amount.get(),
        rrn: book.rrn(number),
        method: charge.method.code(),
        shown: charge.shown.to_string(),
        at_ms: at.0,
    })
}

/// Answers what was heard; `say` knows its words, and a conflict has this code and sentence.
pub fn respond<S>(
    heard: Result<Heard<S>, BankError>,
    conflict: &'static str,
    sentence: &'static str,
    say: impl FnOnce(S) -> Response,
) -> Response {
    match heard {
        Ok(Heard::Said(said)) => say(said),
        Ok(Heard::Nothing) => error(
            StatusCode::GATEWAY_TIMEOUT,
            "no_answer",
            "The customer's bank has not answered",
        ),
        Ok(Heard::Garbage) => garbage(),
        Ok(Heard::Cut) => cut(),
        Ok(Heard::Conflict) => error(StatusCode::CONFLICT, conflict, sentence),
        Err(error) => error.into_response(),
    }
}

fn say(said: ChargeSaid) -> Response {
    let status = match said {
        ChargeSaid::Captured { .. } | ChargeSaid::Refused { .. } => StatusCode::OK,
        ChargeSaid::Waiting { .. } => StatusCode::ACCEPTED,
        ChargeSaid::Unknown { .. } => StatusCode::NOT_FOUND,
        ChargeSaid::Error { .. } => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(said)).into_response()
}

/// The code and the sentence of a 400.
pub type Wrong = (&'static str, &'static str);
const MALFORMED: Wrong = ("malformed", "The body is not a charge in JSON");
pub const BAD_REFERENCE: Wrong = ("bad_reference", "reference: 1 to 64 characters A-Z a-z 0-9 - _");
pub const BAD_AMOUNT: Wrong = ("bad_amount", "amount_paise: a whole number above zero");
const BAD_RETURN: Wrong = (
    "bad_return_url",
    "return_url: http:// or https://, up to 2048 characters",
);
const BAD_MEANS: Wrong = (
    "bad_method",
    "method: card, upi, netbanking or wallet, with card, vpa, bank or wallet of up to 255 characters",
);
const BAD_CARD: Wrong = (
    "bad_card",
    "card: number, expiry, cvv and name of a card; its last digit checks the others",
);

fn asked(reference: &str, asker: &Asker) -> Result<Option<Paise>, Wrong> {
    if !is_reference(reference) {
        return Err(BAD_REFERENCE);
    }
    asker.amount_paise.map(amount).transpose()
}

/// An amount above zero.
pub fn amount(paise: i64) -> Result<Paise, Wrong> {
    Paise::new(paise)
        .filter(|amount| !amount.is_zero())
        .ok_or(BAD_AMOUNT)
}

fn parse(body: &[u8]) -> Result<ChargeOrder, Wrong> {
    let asked: ChargeAsked = serde_json::from_slice(body).map_err(|_| MALFORMED)?;
    if !is_reference(&asked.reference) {
        return Err(BAD_REFERENCE);
    }
    if !is_return_url(&asked.return_url) {
        return Err(BAD_RETURN);
    }
    Ok(ChargeOrder {
        amount: amount(asked.amount_paise)?,
        not_after: UnixMs(asked.not_after_ms),
        means: means(
            asked.method.as_str(),
            asked.card,
            [asked.vpa, asked.bank, asked.wallet],
        )?,
        reference: asked.reference,
        return_url: asked.return_url,
    })
}

/// A customer's browser is sent there, in a header and in a page's policy.
fn is_return_url(text: &str) -> bool {
    let plain = text.len() <= RETURN_URL_LEN_MAX && text.bytes().all(|b| b.is_ascii_graphic());
    plain
        && text.parse::<Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.authority().is_some_and(|at| !at.as_str().contains('@'))
        })
}

fn means(
    method: &str,
    card: Option<CardAsked>,
    [vpa, bank, wallet]: [Option<String>; 3],
) -> Result<Means, Wrong> {
    let text = |text: Option<String>| text.filter(|t| is_text(t)).ok_or(BAD_MEANS);
    match Method::from_code(method).ok_or(BAD_MEANS)? {
        Method::Card => read_card(card.ok_or(BAD_MEANS)?).map(Means::Card),
        Method::Upi => text(vpa).map(|vpa| Means::Upi(Private::new(vpa))),
        Method::NetBanking => text(bank).map(Means::NetBanking),
        Method::Wallet => text(wallet).map(Means::Wallet),
        Method::UpiQr => Err(BAD_MEANS),
    }
}

fn is_text(text: &str) -> bool {
    (1..=TEXT_LEN_MAX).contains(&text.len()) && !text.contains(char::is_control)
}

fn read_card(asked: CardAsked) -> Result<Card, Wrong> {
    let number = CardNumber::read(&asked.number).map_err(|_| BAD_CARD)?;
    let scheme = number.scheme().ok_or(BAD_CARD)?;
    if asked.name.len() > TEXT_LEN_MAX {
        return Err(BAD_CARD);
    }
    Ok(Card {
        expiry: Expiry::read(&asked.expiry).map_err(|_| BAD_CARD)?,
        cvv: Cvv::read(&asked.cvv, scheme).map_err(|_| BAD_CARD)?,
        name: Private::new(asked.name),
        number,
    })
}
