//! Jobs of collecting: asks acquirers about attempts whose outcome is unknown, ends payments whose time is over, and settles
//! what is due.

use crate::{
    app::App,
    duties::OnDuty,
    jobs::{jitter, look_by_clock, pause, work_on_due},
};
use rokad_domain::{Id, UnixMs, account::Account, node::Duty};
use rokad_flows::payment::{
    ask::{Inquiry, ask, take_due},
    end::{expire, overdue},
    settle::settle,
};
use rokad_store::StoreError;
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Payments that one look ends at most.
const OVERDUE_MAX: usize = 256;

/// How often payments whose time is over are looked for.
const END_EVERY: Duration = Duration::from_secs(1);

/// How often settlements that are due are looked for.
const SETTLE_EVERY: Duration = Duration::from_secs(60);

/// Asks, until the stop.
pub async fn ask_acquirers(app: Arc<App>, stop: CancellationToken, tasks: TaskTracker) {
    let take = |count| take_due(&app.house, count);
    let begin = |inquiry| drop(tasks.spawn(one(app.clone(), inquiry)));
    work_on_due(&stop, "questions to acquirers", take, begin).await;
}

async fn one(app: Arc<App>, inquiry: Inquiry) {
    let Some(acquirer) = app.collecting.acquirer_of(Account::Acquirer(inquiry.acquirer)) else {
        tracing::error!(attempt = %inquiry.attempt, acquirer = %inquiry.acquirer, "there is no such acquirer");
        return;
    };
    if let Err(error) = ask(&app.house, acquirer.rail.as_ref(), &inquiry, jitter()).await {
        tracing::error!(%error, attempt = %inquiry.attempt, "an acquirer's answer was not kept; it will be asked again");
    }
}

/// Ends what is over, until the stop.
pub async fn end_overdue(app: Arc<App>, stop: CancellationToken) {
    while pause(&stop, END_EVERY).await {
        if let Err(error) = end_all(&app).await {
            tracing::error!(%error, "payments whose time is over could not be ended");
        }
    }
}

async fn end_all(app: &App) -> Result<(), StoreError> {
    let Some(work) = app.duties.work(Duty::Expiry) else {
        return Ok(());
    };
    let mut after = (UnixMs(0), Id::new(0));
    loop {
        let over = overdue(&app.house, after, OVERDUE_MAX).await?;
        let Some(last) = over.last() else {
            return Ok(());
        };
        after = *last;
        for (_, payment) in over {
            if !work.goes_on() || !expire(&app.house, work.lease(), payment).await? {
                return Ok(());
            }
        }
    }
}

/// Settles what is due, until the stop.
pub async fn settle_due(app: Arc<App>, stop: CancellationToken) {
    let look = || async {
        let Some(work) = app.duties.work(Duty::Settlement) else {
            return false;
        };
        if let Err(error) = settle_all(&app, &work).await {
            tracing::error!(%error, "what is due could not be settled");
        }
        true
    };
    look_by_clock(app.house.store.clock(), &stop, SETTLE_EVERY, look).await;
}

async fn settle_all(app: &App, work: &OnDuty) -> Result<(), StoreError> {
    let today = app.house.store.clock().now().at().day_in_kolkata();
    let settled = settle(&app.house, Some(work.lease()), today).await?;
    if settled.payments > 0 {
        tracing::info!(
            payments = settled.payments,
            merchants = settled.merchants,
            "settled"
        );
    }
    Ok(())
}
