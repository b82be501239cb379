//! Disputes: reads what acquirers tell of them, and tells acquirers how merchants answered.

use crate::{
    app::App,
    jobs::{jitter, pause},
};
use rokad_domain::node::Duty;
use rokad_flows::dispute::{
    news::hear,
    tell::{Telling, take_due, tell},
};
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often each acquirer is asked what is new, and answers that are due are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Answers that one look takes at most: each may carry megabytes of files.
const ANSWERS_MAX: usize = 8;

/// Reads the news, until the stop.
pub async fn listen(app: Arc<App>, stop: CancellationToken) {
    while pause(&stop, LOOK_EVERY).await {
        let Some(work) = app.duties.work(Duty::News) else {
            continue;
        };
        let instance_tag = app.keys.instance_tag();
        for acquirer in &app.collecting.acquirers {
            // As long as there is more, go on without a pause.
            while work.goes_on() && !stop.is_cancelled() {
                let (name, rail) = (&acquirer.name, acquirer.rail.as_ref());
                match hear(&app.house, Some(work.lease()), name, rail, &instance_tag).await {
                    Ok(0) => break,
                    Ok(count) => tracing::debug!(count, acquirer = name, "news of disputes heard"),
                    Err(error) => {
                        tracing::warn!(%error, acquirer = name, "news of disputes could not be acted on; they are heard again");
                        break;
                    }
                }
            }
        }
    }
}

/// Tells acquirers, until the stop.
pub async fn answer(app: Arc<App>, stop: CancellationToken, tasks: TaskTracker) {
    while pause(&stop, LOOK_EVERY).await {
        match take_due(&app.house, ANSWERS_MAX).await {
            Ok(due) => due
                .into_iter()
                .for_each(|telling| drop(tasks.spawn(one(app.clone(), telling)))),
            Err(error) => tracing::error!(%error, "no answers to disputes could be taken"),
        }
    }
}

async fn one(app: Arc<App>, telling: Telling) {
    let acquirer = app
        .collecting
        .acquirers
        .iter()
        .find(|acquirer| acquirer.name == telling.acquirer);
    let Some(acquirer) = acquirer else {
        tracing::error!(dispute = %telling.dispute, acquirer = telling.acquirer, "there is no such acquirer");
        return;
    };
    if let Err(error) = tell(&app.house, acquirer.rail.as_ref(), &telling, jitter()).await {
        tracing::error!(%error, dispute = %telling.dispute, "whether an acquirer heard was not kept; it is told again");
    }
}
