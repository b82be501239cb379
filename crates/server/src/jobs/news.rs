//! The listener: reads what is new at each bank.

use crate::{
    app::App,
    duties::OnDuty,
    jobs::{jitter, pause},
    rails::Rails,
};
use rokad_domain::node::Duty;
use rokad_flows::payout::news::hear;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often each bank is asked what is new.
const LISTEN_EVERY: Duration = Duration::from_millis(500);

pub async fn run(app: Arc<App>, rails: Rails, stop: CancellationToken) {
    while pause(&stop, LISTEN_EVERY).await {
        if let Some(work) = app.duties.work(Duty::News) {
            listen(&app, &rails, &work, &stop).await;
        }
    }
}

async fn listen(app: &App, rails: &Rails, work: &OnDuty, stop: &CancellationToken) {
    let instance_tag = app.keys.instance_tag();
    for (name, rail) in rails.iter() {
        // As long as there is more, go on without a pause.
        while work.goes_on() && !stop.is_cancelled() {
            let heard = hear(
                &app.house,
                Some(work.lease()),
                name,
                rail.as_ref(),
                &instance_tag,
                jitter(),
            );
            match heard.await {
                Ok(0) => break,
                Ok(count) => tracing::debug!(count, rail = name, "news heard"),
                Err(error) => {
                    tracing::warn!(%error, rail = name, "news could not be acted on; they are heard again");
                    break;
                }
            }
        }
    }
}
