//! The inquirer: asks banks about payouts whose outcome is unknown.

use crate::{
    app::App,
    jobs::{jitter, pause},
    rails::Rails,
};
use rokad_flows::payout::ask::{Inquiry, ask, take_due};
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Questions that one look takes at most.
const QUESTIONS_MAX: usize = 128;

/// How often it looks for questions that are due.
const LOOK_EVERY: Duration = Duration::from_millis(250);

pub async fn run(app: Arc<App>, rails: Rails, stop: CancellationToken, tasks: TaskTracker) {
    loop {
        let taken = take_due(&app.house, QUESTIONS_MAX).await.unwrap_or_else(|error| {
            tracing::error!(%error, "no questions could be taken");
            Vec::new()
        });
        let full = taken.len() == QUESTIONS_MAX;
        for inquiry in taken {
            tasks.spawn(one(app.clone(), rails.clone(), inquiry));
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

async fn one(app: Arc<App>, rails: Rails, inquiry: Inquiry) {
    let Some(rail) = rails.get(&inquiry.rail) else {
        tracing::error!(payout = %inquiry.payout, rail = inquiry.rail, "there is no such rail");
        return;
    };
    if let Err(error) = ask(&app.house, rail.as_ref(), &inquiry, jitter()).await {
        tracing::error!(%error, payout = %inquiry.payout, "a bank's answer was not kept; it will be asked again");
    }
}
