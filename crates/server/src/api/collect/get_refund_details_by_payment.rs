//! `GET /treasury/ext/merchant/getRefundDetailsByPayment`, also by POST. Source: contract.md §3.4.

use crate::{
    api::collect::caller,
    app::App,
    http::{
        answer::{CollectRefused, Json, collect_from_store},
        call::CollectCall,
    },
};
use axum::extract::State;
use rokad_domain::refund::Status;
use rokad_flows::refund::status::of_payment;
use rokad_store::refund::StoredRefund;
use rokad_wire::collect::{
    Refusal,
    refund::{self, Details},
};
use std::sync::Arc;

pub async fn handle(
    State(app): State<Arc<App>>,
    CollectCall(call): CollectCall,
) -> Result<Json, CollectRefused> {
    let fields = call.fields()?;
    let asked = refund::read_details_by_payment(&fields);
    // Who asks comes before what is asked.
    let key = asked.as_ref().ok().and_then(|asked| asked.merchant_key);
    let merchant = caller(&app, &call, key)?;
    let (payment, refunds) = of_payment(&app.house, merchant.stored.id, asked?.of)
        .await
        .map_err(|error| collect_from_store(&error))?
        .ok_or(Refusal::NotFound)?;
    let refunds: Vec<Details> = refunds.iter().map(details).collect();
    Ok(Json::ok(refund::details_by_payment(
        payment.id,
        payment.order.amount,
        payment.back,
        &refunds,
    )))
}

/// A refund in the words of the contract.
pub fn details(refund: &StoredRefund) -> Details {
    let completed = refund.status == Status::Completed;
    Details {
        refund: refund.id,
        amount: refund.amount,
        status: refund.status,
        created_at: refund.created_at,
        completed_at: refund.ended_at.filter(|_| completed),
    }
}
