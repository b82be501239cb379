//! The errand boy: gives refunds to their acquirers, and asks about those whose outcome is unknown.

use crate::{
    app::App,
    jobs::{jitter, pause},
};
use rokad_domain::account::Account;
use rokad_flows::refund::errand::{Errand, run as run_errand, take_due};
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Errands that one look takes at most.
const ERRANDS_MAX: usize = 128;

/// How often errands that are due are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Runs errands, until the stop.
pub async fn run(app: Arc<App>, stop: CancellationToken, tasks: TaskTracker) {
    loop {
        let taken = take_due(&app.house, ERRANDS_MAX).await.unwrap_or_else(|error| {
            tracing::error!(%error, "no errands of refunds could be taken");
            Vec::new()
        });
        let full = taken.len() == ERRANDS_MAX;
        for errand in taken {
            tasks.spawn(one(app.clone(), errand));
        }
        let wait = if full {
            Duration::from_millis(1)
        } else {
            LOOK_EVERY
        };
        if !pause(&stop, wait).await {
            return;
        }
    }
}

async fn one(app: Arc<App>, errand: Errand) {
    let Some(acquirer) = app.collecting.acquirer_of(Account::Acquirer(errand.acquirer)) else {
        tracing::error!(refund = %errand.refund, acquirer = %errand.acquirer, "there is no such acquirer");
        return;
    };
    if let Err(error) = run_errand(&app.house, acquirer.rail.as_ref(), &errand, jitter()).await {
        tracing::error!(%error, refund = %errand.refund, "an acquirer's answer was not kept; it will be asked again");
    }
}
