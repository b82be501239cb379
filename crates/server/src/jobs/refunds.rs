//! The errand boy: gives refunds to their acquirers, and asks about those whose outcome is unknown.

use crate::{
    app::App,
    jobs::{jitter, work_on_due},
};
use rokad_domain::account::Account;
use rokad_flows::refund::errand::{Errand, run as run_errand, take_due};
use std::sync::Arc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Runs errands, until the stop.
pub async fn run(app: Arc<App>, stop: CancellationToken, tasks: TaskTracker) {
    let take = |count| take_due(&app.house, count);
    let begin = |errand| drop(tasks.spawn(one(app.clone(), errand)));
    work_on_due(&stop, "errands of refunds", take, begin).await;
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
