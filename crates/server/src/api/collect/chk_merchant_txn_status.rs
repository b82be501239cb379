//! `POST /payment/payment/chkMerchantTxnStatus`. Source: contract.md §3.4.

use crate::{
    api::collect::caller,
    app::App,
    http::{
        answer::{CollectRefused, Json, collect_from_store},
        call::CollectCall,
    },
};
use axum::extract::State;
use rokad_flows::payment::status::statuses;
use rokad_wire::collect::{
    answers::{self, Standing},
    query,
};
use std::sync::Arc;

pub async fn handle(
    State(app): State<Arc<App>>,
    CollectCall(call): CollectCall,
) -> Result<Json, CollectRefused> {
    let fields = call.fields()?;
    let asked = query::read_status_query(&fields);
    // Who asks comes before what is asked.
    let key = asked.as_ref().ok().and_then(|asked| asked.merchant_key);
    let merchant = caller(&app, &call, key)?;
    let ids = asked?.ids;
    let found = statuses(&app.house, merchant.stored.id, ids.txnids)
        .await
        .map_err(|error| collect_from_store(&error))?;
    let known: Vec<Standing<'_>> = found
        .iter()
        .filter_map(|(txnid, found)| {
            let (brief, status) = found.as_ref()?;
            Some(Standing {
                txnid: txnid.as_str(),
                payment: brief.id,
                status: *status,
                amount: brief.amount,
            })
        })
        .collect();
    let unknown = found.len() - known.len() + ids.impossible;
    Ok(Json::ok(answers::statuses(&known, unknown)?))
}
