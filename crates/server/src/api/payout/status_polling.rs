//! `POST /payout/api/status_polling.php`. Source: contract.md §2.3.

use crate::{
    app::App,
    http::{
        answer::{Json, Refused, from_store},
        call::Call,
    },
};
use axum::extract::State;
use rokad_domain::{
    Id,
    id::kind::{Merchant, Payout},
    payout::Status,
};
use rokad_flows::{
    directory::SecretKind,
    payout::status::{Report, status},
};
use rokad_wire::{
    Refusal, chance,
    payout::{Callback, Change, SealKey, poll},
};
use std::sync::Arc;

pub async fn handle(State(app): State<Arc<App>>, call: Call) -> Result<Json, Refused> {
    let (merchant, id, key) = question(&app, &call)?;
    let found = status(&app.house, merchant, id)
        .await
        .map_err(|error| from_store(&error))?;
    let (report, acknowledged) = found.ok_or(Refusal::UnknownRefCode)?;
    Ok(Json::ok(with_view(&app, &report, |view| {
        view.render_poll_answer(acknowledged, &key, chance::fill())
    })))
}

/// Whose payout is asked about, which, and the key with which the question was sealed: the answer is sealed with it too.
fn question(app: &App, call: &Call) -> Result<(Id<Merchant>, Id<Payout>, SealKey), Refused> {
    let fields = call.fields()?;
    let merchant = super::caller(app, call, &fields)?;
    let asked = poll::parse(&fields)?;
    let mut keys: Vec<SealKey> = merchant
        .secrets(SecretKind::PayoutSecret)
        .map(SealKey::from_secret)
        .collect();
    let fits = poll::check(&asked, &keys).ok_or(Refusal::WrongSeal)?;
    let id = app
        .ref_codes
        .read(asked.ref_code)
        .ok_or(Refusal::UnknownRefCode)?;
    Ok((merchant.stored.id, id, keys.swap_remove(fits)))
}

/// Shows a payout in the words of the contract: to whoever polls, and in callbacks.
pub fn with_view<T>(app: &App, report: &Report, show: impl FnOnce(&Callback<'_>) -> T) -> T {
    let payout = &report.payout;
    let log: Vec<Change<'_>> = report
        .changes
        .iter()
        .map(|change| Change {
            status: change.status,
            at: change.at,
            note: &change.note,
        })
        .collect();
    let last = log.last().copied();
    // What came after the change that is told of is not told yet.
    let has_been = |status: Status| log.iter().any(|change| change.status == status);
    let utr = payout.utr.as_ref().filter(|_| has_been(Status::Approved));
    let given = payout
        .bank_account
        .filter(|_| has_been(Status::Processing) || has_been(Status::Approved));
    let directory = app.directory();
    show(&Callback {
        order: &payout.order,
        ref_code: &app.ref_codes.make(payout.id),
        status: last.map_or(payout.status, |change| change.status),
        bank_ref: utr.map_or("", |utr| utr.as_str()),
        sender_pg: given.and_then(|id| directory.bank_account(id)).unwrap_or(""),
        request_time: payout.requested_at,
        action_time: last.map_or(payout.requested_at, |change| change.at),
        log: &log,
    })
}
