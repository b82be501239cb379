//! The payout API. Source: contract.md §2.

pub mod request;
pub mod status_polling;

use crate::{
    app::App,
    http::{answer::Refused, call::Call},
};
use rokad_flows::directory::MerchantEntry;
use rokad_wire::{Fields, Refusal, payout::request::pid_of};
use std::sync::Arc;

/// The merchant that calls, if it may call from where it does. Nothing else about the request is looked at before.
fn caller(app: &App, call: &Call, fields: &Fields<'_>) -> Result<Arc<MerchantEntry>, Refused> {
    let merchant = app
        .directory()
        .by_pid(pid_of(fields)?)
        .cloned()
        .ok_or(Refusal::UnknownPid)?;
    if !merchant.allows(call.source) {
        tracing::info!(pid = merchant.stored.pid, source = %call.source, "refused: address not on the merchant's list");
        return Err(Refusal::AddressNotAllowed.into());
    }
    if merchant.stored.active {
        Ok(merchant)
    } else {
        Err(Refusal::MerchantInactive.into())
    }
}
