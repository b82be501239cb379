//! The dispatcher: gives payouts that wait to their banks, so many at a time.

use crate::{app::App, jobs::jitter, rails::Rails};
use rokad_domain::Id;
use rokad_flows::payout::dispatch::{Claim, Claimed, Sending, carry_out, dispatch_payouts};
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Calls of banks at once.
const CALLS_MAX: usize = 256;

/// Payouts that one look takes at most.
const CLAIM_MAX: usize = 128;

/// How long the dispatcher rests when nobody rings.
const REST: Duration = Duration::from_secs(1);

pub async fn run(app: Arc<App>, rails: Rails, stop: CancellationToken, tasks: TaskTracker) {
    let calls = Arc::new(Semaphore::new(CALLS_MAX));
    let instance_tag = app.keys.instance_tag();
    let mut after = Id::new(0);
    while !stop.is_cancelled() {
        // One place at least; then as many as are free.
        let Ok(first) = calls.clone().acquire_owned().await else {
            return;
        };
        let more = calls.available_permits().min(CLAIM_MAX - 1);
        let limit = 1 + more;
        let claim = Claim {
            after,
            limit,
            instance_tag: instance_tag.clone(),
        };
        let claimed = match app.house.store.run(dispatch_payouts, claim).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "payouts could not be dispatched");
                Claimed::default()
            }
        };
        // Those that no account can pay are passed over until the next round, so that they hold nobody up.
        after = claimed
            .last
            .filter(|_| claimed.without_account > 0)
            .unwrap_or(after);
        let nothing_left = claimed.last.is_none();
        drop(first);
        for sending in claimed.sendings {
            let Ok(place) = calls.clone().acquire_owned().await else {
                return;
            };
            tasks.spawn(call(app.clone(), rails.clone(), sending, place));
        }
        if nothing_left {
            rest(&app, &stop).await;
            after = Id::new(0);
        }
    }
}

async fn rest(app: &App, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = app.house.bells.heard_by_dispatcher() => {}
        () = tokio::time::sleep(REST) => {}
    }
}

async fn call(app: Arc<App>, rails: Rails, sending: Sending, place: OwnedSemaphorePermit) {
    match rails.get(&sending.rail) {
        Some(rail) => {
            if let Err(error) = carry_out(&app.house, rail.as_ref(), &sending, jitter()).await {
                tracing::error!(%error, payout = %sending.payout, "a bank's answer was not kept; it will be asked");
            }
        }
        // The intent is kept, the bank was not called: it will say so when it is asked.
        None => tracing::error!(payout = %sending.payout, rail = sending.rail, "there is no such rail"),
    }
    drop(place);
}
