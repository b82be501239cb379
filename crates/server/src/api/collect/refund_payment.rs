//! `POST /payment/merchant/refundPayment`, also below `/treasury`. Source: contract.md §3.4.

use crate::{
    api::collect::caller,
    app::App,
    http::{
        answer::{CollectRefused, Json, collect_from_store},
        call::{Call, CollectCall},
    },
};
use axum::extract::State;
use rokad_flows::refund::request::{RefundRequest, request};
use rokad_wire::collect::{Refusal, refund};
use std::sync::Arc;

/// The header that makes a repeat safe.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub async fn handle(
    State(app): State<Arc<App>>,
    CollectCall(call): CollectCall,
) -> Result<Json, CollectRefused> {
    let fields = call.fields()?;
    let asked = idempotency_key(&call).and_then(|key| refund::read_refund(&fields, key));
    // Who asks comes before what is asked.
    let key = asked.as_ref().ok().and_then(|asked| asked.merchant_key);
    let merchant = caller(&app, &call, key)?;
    let asked = asked?;
    let ask = RefundRequest {
        merchant: merchant.stored.id,
        payment: asked.payment,
        amount: asked.amount,
        key: asked.reference.map(str::to_owned),
        instance_tag: app.keys.instance_tag(),
    };
    let accepted = request(&app.house, ask)
        .await
        .map_err(|error| collect_from_store(&error))?
        .map_err(Refusal::from)?;
    Ok(Json::ok(refund::initiated(accepted.refund)))
}

/// The key of the header. One that cannot be read is refused: whoever sends it counts on it.
fn idempotency_key(call: &Call) -> Result<Option<&str>, Refusal> {
    let mut given = call.headers.get_all(IDEMPOTENCY_KEY).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => match one.to_str() {
            Ok(key) => Ok(Some(key.trim())),
            Err(_) => Err(refund::unreadable_key()),
        },
        (Some(_), Some(_)) => Err(Refusal::DuplicateField("Idempotency-Key".to_owned())),
    }
}
