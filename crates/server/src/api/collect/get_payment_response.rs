//! `POST /payment/op/getPaymentResponse`. Source: contract.md §3.4.

use crate::{
    api::collect::{caller, outcome},
    app::App,
    http::{
        answer::{CollectRefused, Json, collect_from_store},
        call::CollectCall,
    },
};
use axum::extract::State;
use rokad_domain::{Id, UnixMs, id::kind::Merchant};
use rokad_flows::payment::status::{Report, by_txnids, created_between};
use rokad_wire::collect::{
    Outcome, Refusal, Selection, answers,
    query::{self, PAYMENTS_MAX},
};
use std::sync::Arc;

pub async fn handle(
    State(app): State<Arc<App>>,
    CollectCall(call): CollectCall,
) -> Result<Json, CollectRefused> {
    let fields = call.fields()?;
    let asked = query::read_response_query(&fields);
    // Who asks comes before what is asked.
    let key = asked.as_ref().ok().and_then(|asked| asked.merchant_key);
    let merchant = caller(&app, &call, key)?;
    let (reports, unknown) = find(&app, merchant.stored.id, asked?.selection).await?;
    let outcomes: Vec<Outcome<'_>> = reports
        .iter()
        .map(|report| outcome::of(&app, &merchant, report))
        .collect();
    Ok(Json::ok(answers::responses(
        &outcomes,
        unknown,
        outcome::salt(&merchant),
    )?))
}

/// The payments that are asked for, and how many were not found.
async fn find(
    app: &App,
    merchant: Id<Merchant>,
    selection: Selection,
) -> Result<(Vec<Report>, usize), CollectRefused> {
    let house = &app.house;
    let found = match selection {
        Selection::Ids(ids) => {
            let impossible = ids.impossible;
            let found = by_txnids(house, merchant, ids.txnids)
                .await
                .map_err(|error| collect_from_store(&error))?;
            let asked = found.len();
            let known: Vec<Report> = found.into_iter().flatten().collect();
            let unknown = asked - known.len() + impossible;
            return Ok((known, unknown));
        }
        Selection::Days(days) => {
            let found = created_between(house, merchant, days.start, days.end, PAYMENTS_MAX + 1).await;
            if found.as_ref().is_ok_and(|found| found.len() > PAYMENTS_MAX) {
                return Err(Refusal::TooManyPayments(PAYMENTS_MAX).into());
            }
            found
        }
        Selection::Newest(count) => {
            let count = usize::try_from(count).unwrap_or(PAYMENTS_MAX);
            created_between(house, merchant, UnixMs(0), UnixMs(i64::MAX), count).await
        }
    };
    Ok((found.map_err(|error| collect_from_store(&error))?, 0))
}
