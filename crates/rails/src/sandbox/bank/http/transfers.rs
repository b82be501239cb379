//! `POST /v1/transfers` and `GET /v1/transfers/{reference}`.

use super::super::{Bank, BankError, Heard, accept};
use crate::sandbox::{
    door::{cut, error, garbage},
    words::{Said, TransferAsked, is_reference},
};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use rokad_domain::Paise;
use serde::Deserialize;

/// Characters of a holder's name at most.
const HOLDER_CHARS_MAX: usize = 100;
/// Characters of an account's number at most, as in an IBAN.
const NUMBER_LEN_MAX: usize = 34;
/// Characters of a branch's code.
const IFSC_LEN: std::ops::RangeInclusive<usize> = 4..=11;

/// Pays, once for each reference.
pub async fn send(State(bank): State<Bank>, body: Bytes) -> Response {
    let (asked, amount) = match parse(&body) {
        Ok(parsed) => parsed,
        Err((code, message)) => return error(StatusCode::BAD_REQUEST, code, message),
    };
    let heard = bank
        .at_desk(|desk, now| accept::transfer(desk, asked, amount, now))
        .await;
    match heard {
        Ok(heard) => respond(&bank, heard).await,
        Err(error) => error.into_response(),
    }
}

/// Whose transfer it is said to be.
#[derive(Deserialize)]
pub struct Asker {
    from_account: Option<String>,
}

/// Says what became of a reference. With `from_account`, it must be the account that pays: a caller that asks the wrong bank
/// must not hear "unknown".
pub async fn ask(
    State(bank): State<Bank>,
    Path(reference): Path<String>,
    Query(asker): Query<Asker>,
) -> Response {
    if !is_reference(&reference) {
        return error(StatusCode::BAD_REQUEST, BAD_REFERENCE.0, BAD_REFERENCE.1);
    }
    let heard = bank.at_desk(|desk, now| {
        let book = &desk.book;
        let account = asker
            .from_account
            .as_deref()
            .map(|number| book.account_index(number));
        Ok::<_, BankError>(match (book.find(&reference), account) {
            (Some((_, transfer)), Some(account)) if transfer.account != account => Heard::Conflict,
            (Some((number, _)), _) => accept::answer(book, number),
            (None, Some(None)) => Heard::Conflict,
            (None, _) => Heard::Said(Said::Unknown {
                reference,
                bank_time_ms: now.0,
            }),
        })
    });
    match heard.await {
        Ok(heard) => respond(&bank, heard).await,
        Err(error) => error.into_response(),
    }
}

async fn respond(bank: &Bank, heard: Heard) -> Response {
    match heard {
        Heard::Said(said) => say(said),
        Heard::Held(said, until) => {
            bank.hold(until).await;
            say(said)
        }
        Heard::Nothing => error(
            StatusCode::GATEWAY_TIMEOUT,
            "no_answer",
            "The beneficiary's bank has not answered",
        ),
        Heard::Garbage => garbage(),
        Heard::Cut => cut(),
        Heard::Conflict => error(
            StatusCode::CONFLICT,
            "other_instruction",
            "The reference stands for another instruction",
        ),
    }
}

fn say(said: Said) -> Response {
    let status = match said {
        Said::Paid { .. } | Said::Refused { .. } | Said::Returned { .. } => StatusCode::OK,
        Said::InProgress { .. } => StatusCode::ACCEPTED,
        Said::Unknown { .. } => StatusCode::NOT_FOUND,
        Said::Error { .. } => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(said)).into_response()
}

type Wrong = (&'static str, &'static str);
const MALFORMED: Wrong = ("malformed", "The body is not an instruction in JSON");
const BAD_REFERENCE: Wrong = ("bad_reference", "reference: 1 to 64 characters A-Z a-z 0-9 - _");
const BAD_ACCOUNT: Wrong = (
    "bad_account",
    "from_account, account_no: 1 to 34 characters A-Z a-z 0-9",
);
const BAD_AMOUNT: Wrong = ("bad_amount", "amount_paise: a whole number above zero");
const BAD_IFSC: Wrong = ("bad_ifsc", "ifsc: 4 to 11 characters A-Z a-z 0-9");
const BAD_HOLDER: Wrong = (
    "bad_holder",
    "account_holder: 1 to 100 characters, no control characters",
);

fn parse(body: &[u8]) -> Result<(TransferAsked, Paise), Wrong> {
    let asked: TransferAsked = serde_json::from_slice(body).map_err(|_| MALFORMED)?;
    let amount = Paise::new(asked.amount_paise)
        .filter(|amount| !amount.is_zero())
        .ok_or(BAD_AMOUNT)?;
    let holder = &asked.account_holder;
    let alphanumeric = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
    let checks = [
        (is_reference(&asked.reference), BAD_REFERENCE),
        (
            is_number(&asked.from_account) && is_number(&asked.account_no),
            BAD_ACCOUNT,
        ),
        (
            IFSC_LEN.contains(&asked.ifsc.len()) && alphanumeric(&asked.ifsc),
            BAD_IFSC,
        ),
        (
            (1..=HOLDER_CHARS_MAX).contains(&holder.chars().count()) && !holder.contains(char::is_control),
            BAD_HOLDER,
        ),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, wrong)) => Err(wrong),
        None => Ok((asked, amount)),
    }
}

/// Whether `text` can be an account's number.
pub fn is_number(text: &str) -> bool {
    (1..=NUMBER_LEN_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}
