//! The inquirer: asks banks about payouts whose outcome is unknown.

use crate::{
    app::App,
    jobs::{jitter, work_on_due},
    rails::Rails,
};
use rokad_flows::payout::ask::{Inquiry, ask, take_due};
use std::sync::Arc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub async fn run(app: Arc<App>, rails: Rails, stop: CancellationToken, tasks: TaskTracker) {
    let take = |count| take_due(&app.house, count);
    let begin = |inquiry| drop(tasks.spawn(one(app.clone(), rails.clone(), inquiry)));
    work_on_due(&stop, "questions to banks", take, begin).await;
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
