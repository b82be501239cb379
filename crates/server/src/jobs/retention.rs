//! The job that forgets what was delivered long ago: one node at a time, in pieces with pauses, so that no payout waits.

use crate::{
    app::App,
    jobs::{pause, pause_by_clock},
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
    loop {
        if let Err(error) = forget_all(&app, &stop).await {
            tracing::error!(%error, "what was delivered long ago could not be forgotten");
        }
        if !pause_by_clock(&app, &stop, LOOK_EVERY).await {
            return;
        }
    }
}

async fn forget_all(app: &App, stop: &CancellationToken) -> Result<(), StoreError> {
    while let Some(work) = app.duties.work(Duty::Retention) {
        if !forget_some(&app.house, work.lease(), app.keep_delivered_days).await? {
            return Ok(());
        }
        drop(work);
        if !pause(stop, PIECE_EVERY).await {
            return Ok(());
        }
    }
    Ok(())
}
