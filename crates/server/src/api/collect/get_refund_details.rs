//! `GET /treasury/ext/merchant/getRefundDetails`, also by POST. Source: contract.md §3.4.

use crate::{
    api::collect::{caller, get_refund_details_by_payment::details},
    app::App,
    http::{
        answer::{CollectRefused, Json, collect_from_store},
        call::CollectCall,
    },
};
use axum::extract::State;
use rokad_flows::refund::status::by_id;
use rokad_wire::collect::{Refusal, refund};
use std::sync::Arc;

pub async fn handle(
    State(app): State<Arc<App>>,
    CollectCall(call): CollectCall,
) -> Result<Json, CollectRefused> {
    let fields = call.fields()?;
    let asked = refund::read_details(&fields);
    // Who asks comes before what is asked.
    let key = asked.as_ref().ok().and_then(|asked| asked.merchant_key);
    let merchant = caller(&app, &call, key)?;
    let (refund, payment) = by_id(&app.house, merchant.stored.id, asked?.of)
        .await
        .map_err(|error| collect_from_store(&error))?
        .ok_or(Refusal::RefundNotFound)?;
    Ok(Json::ok(refund::details_of(
        &details(&refund),
        payment.id,
        payment.order.amount,
    )))
}
