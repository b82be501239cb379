//! `POST /payout/api/request.php`. Source: contract.md §2.1.

use crate::{
    app::App,
    http::{
        answer::{Json, Refused, from_store},
        call::Call,
    },
};
use axum::extract::State;
use rokad_domain::payout::RequestRefusal;
use rokad_flows::payout::request::{PayoutRequest, request};
use rokad_wire::{
    Refusal,
    payout::{Rules, accepted, request::parse},
};
use std::sync::Arc;

pub async fn handle(State(app): State<Arc<App>>, call: Call) -> Result<Json, Refused> {
    let ask = ask(&app, &call)?;
    match request(&app.house, ask)
        .await
        .map_err(|error| from_store(&error))?
    {
        Ok(saved) => Ok(Json::ok(accepted::render(
            &app.ref_codes.make(saved.payout),
            saved.status,
        ))),
        Err(RequestRefusal::InsufficientBalance) => Err(Refusal::InsufficientBalance.into()),
        Err(RequestRefusal::DuplicateOrder) => Err(Refusal::DuplicateOrderId.into()),
    }
}

fn ask(app: &App, call: &Call) -> Result<PayoutRequest, Refused> {
    let fields = call.fields()?;
    let merchant = super::caller(app, call, &fields)?;
    let terms = &merchant.stored.terms;
    let rules = Rules {
        environment: app.environment,
        amount_rupees_max: terms.amount_rupees_max,
    };
    Ok(PayoutRequest {
        merchant: merchant.stored.id,
        plan: terms.plan,
        endpoint: merchant.stored.callbacks.as_ref().map(|endpoint| endpoint.id),
        order: parse(&fields, &rules)?,
    })
}
