//! The job that forgets what was delivered long ago: one node at a time, in pieces with pauses, so that no payout waits.

use crate::{
    app::App,
    duties::OnDuty,
    jobs::{look_by_clock, pause},
};
use rokad_domain::node::Duty;
use rokad_flows::retention::forget_some;
use rokad_store::StoreError;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often what is old enough is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// Between two pieces: 20,000 callbacks a second at most.
const PIECE_EVERY: Duration = Duration::from_millis(25);

/// Forgets, until the stop.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let look = || async {
        let Some(work) = app.duties.work(Duty::Retention) else {
            return false;
        };
        if let Err(error) = forget_all(&app, &work, &stop).await {
            tracing::error!(%error, "what was delivered long ago could not be forgotten");
        }
        true
    };
    look_by_clock(app.house.store.clock(), &stop, LOOK_EVERY, look).await;
}

async fn forget_all(app: &App, work: &OnDuty, stop: &CancellationToken) -> Result<(), StoreError> {
    while work.goes_on() && forget_some(&app.house, work.lease(), app.keep_delivered_days).await? {
        if !pause(stop, PIECE_EVERY).await {
            break;
        }
    }
    Ok(())
}
