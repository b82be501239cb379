//! `POST /v1/refunds`, `GET /v1/refunds`, `GET /v1/refunds/{reference}`.

use super::{
    super::{
        Acquirer,
        book::Book,
        refund::{self, State as RefundState},
    },
    charges::{BAD_AMOUNT, BAD_REFERENCE, Wrong, amount, respond},
};
use crate::sandbox::{
    BankError,
    door::{Paging, error},
    refund_words::{RefundAsked, RefundSaid},
    words::is_reference,
};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use rokad_domain::{UnixMs, refund::RefundOrder};
use serde::{Deserialize, Serialize};

/// Refunds of a page, if the caller does not say.
const LIMIT_DEFAULT: usize = 100;
/// Refunds of a page at most.
const LIMIT_MAX: usize = 10_000;

const MALFORMED: Wrong = ("malformed", "The body is not a refund in JSON");
const BAD_CHARGE: Wrong = ("bad_charge", "charge: the reference of a charge");

/// Pays money of a charge back, once for each reference.
pub async fn refund(State(acquirer): State<Acquirer>, body: Bytes) -> Response {
    let order = match parse(&body) {
        Ok(order) => order,
        Err((code, message)) => return error(StatusCode::BAD_REQUEST, code, message),
    };
    let heard = acquirer.at_desk(|desk, now| refund::refund(desk, &order, now));
    respond(
        heard.await,
        "other_refund",
        "The reference stands for another refund",
        say,
    )
}

fn parse(body: &[u8]) -> Result<RefundOrder, Wrong> {
    let asked: RefundAsked = serde_json::from_slice(body).map_err(|_| MALFORMED)?;
    if !is_reference(&asked.reference) {
        return Err(BAD_REFERENCE);
    }
    if !is_reference(&asked.charge) {
        return Err(BAD_CHARGE);
    }
    Ok(RefundOrder {
        amount: amount(asked.amount_paise)?,
        not_after: UnixMs(asked.not_after_ms),
        reference: asked.reference,
        charge: asked.charge,
    })
}

/// What it is said to be of.
#[derive(Deserialize)]
pub struct Asker {
    charge: String,
    amount_paise: i64,
}

/// Says what became of a reference.
pub async fn ask(
    State(acquirer): State<Acquirer>,
    Path(reference): Path<String>,
    asker: Result<Query<Asker>, QueryRejection>,
) -> Response {
    let wrong = |(code, message)| error(StatusCode::BAD_REQUEST, code, message);
    if !is_reference(&reference) {
        return wrong(BAD_REFERENCE);
    }
    let Ok(Query(asker)) = asker else {
        return wrong(BAD_CHARGE);
    };
    let Ok(amount) = amount(asker.amount_paise) else {
        return wrong(BAD_AMOUNT);
    };
    let heard =
        acquirer.at_desk(|desk, now| Ok(refund::ask(&desk.book, &reference, &asker.charge, amount, now)));
    respond(
        heard.await,
        "other_refund",
        "The reference stands for another refund",
        say,
    )
}

fn say(said: RefundSaid) -> Response {
    let status = match said {
        RefundSaid::Refunded { .. } | RefundSaid::Refused { .. } => StatusCode::OK,
        RefundSaid::UnderWay { .. } => StatusCode::ACCEPTED,
        RefundSaid::Unknown { .. } => StatusCode::NOT_FOUND,
        RefundSaid::Error { .. } => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(said)).into_response()
}

/// A refund that was paid. `entry` counts from 1 in the order of payment.
#[derive(Serialize)]
struct PaidView {
    entry: usize,
    reference: String,
    charge: String,
    amount_paise: i64,
    arn: String,
    at_ms: i64,
}

/// What all refunds come to.
#[derive(Serialize)]
struct TotalsView {
    refunds: usize,
    under_way: usize,
    refused: usize,
    refunded: usize,
    refunded_paise: i64,
}

/// Some of what was paid back. `next`: the `after` of the next page; the same again when there is no more.
#[derive(Serialize)]
pub struct StatementView {
    entries: Vec<PaidView>,
    next: u64,
    totals: TotalsView,
}

/// Everything that was paid back, a page at a time, and what all refunds come to.
pub async fn statement(
    State(acquirer): State<Acquirer>,
    paging: Paging,
) -> Result<Json<StatementView>, BankError> {
    acquirer
        .at_desk(|desk, _| Ok(Json(page(&desk.book, &paging))))
        .await
}

fn page(book: &Book, paging: &Paging) -> StatementView {
    let limit = paging.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
    let start = usize::try_from(paging.after).unwrap_or(usize::MAX);
    let refunds = &book.refunds;
    let paid = refunds.paid.iter().enumerate().skip(start).take(limit);
    let entries: Vec<_> = paid
        .filter_map(|(at, number)| view(book, at + 1, *number))
        .collect();
    let (all, paid, under_way) = (refunds.all.len(), refunds.paid.len(), refunds.open_count());
    StatementView {
        next: entries.last().map_or(paging.after, |last| last.entry as u64),
        entries,
        totals: TotalsView {
            refunds: all,
            under_way,
            refused: all.saturating_sub(paid + under_way),
            refunded: paid,
            refunded_paise: refunds.paid_sum.get(),
        },
    }
}

fn view(book: &Book, entry: usize, number: u32) -> Option<PaidView> {
    let refund = book.refunds.all.get(number as usize)?;
    let RefundState::Paid { at } = refund.state else {
        return None;
    };
    Some(PaidView {
        entry,
        reference: refund.reference.to_string(),
        charge: refund.charge_reference.to_string(),
        amount_paise: refund.amount.get(),
        arn: book.arn(number),
        at_ms: at.0,
    })
}
