//! The jobs of a node: dispatch, questions, news, settings. Each looks at the database; bells only make it look sooner.
//!
//! Payouts and questions are leased row by row: a step takes them, and what was taken is due for a question again after a while.
//! Other work is a duty, which one node has at a time.

pub mod ask;
pub mod beat;
pub mod dispatch;
pub mod disputes;
pub mod elsewhere;
pub mod news;
pub mod payments;
pub mod refunds;
pub mod retention;
pub mod settings;

use crate::{app::App, courier, rails::Rails};
use rokad_domain::retry::Jitter;
use rokad_wire::chance;
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Starts every job of this node.
pub fn start(app: &Arc<App>, rails: &Rails, stop: &CancellationToken, tasks: &TaskTracker) {
    tasks.spawn(dispatch::run(
        app.clone(),
        rails.clone(),
        stop.clone(),
        tasks.clone(),
    ));
    tasks.spawn(ask::run(app.clone(), rails.clone(), stop.clone(), tasks.clone()));
    tasks.spawn(payments::ask_acquirers(app.clone(), stop.clone(), tasks.clone()));
    tasks.spawn(refunds::run(app.clone(), stop.clone(), tasks.clone()));
    tasks.spawn(disputes::listen(app.clone(), stop.clone()));
    tasks.spawn(disputes::answer(app.clone(), stop.clone(), tasks.clone()));
    tasks.spawn(payments::end_overdue(app.clone(), stop.clone()));
    tasks.spawn(payments::settle_due(app.clone(), stop.clone()));
    tasks.spawn(retention::run(app.clone(), stop.clone()));
    tasks.spawn(news::run(app.clone(), rails.clone(), stop.clone()));
    tasks.spawn(courier::run(app.clone(), stop.clone(), tasks.clone()));
}

/// A jitter, drawn now.
pub fn jitter() -> Jitter {
    Jitter::from_random(chance::number())
}

/// Waits for `every`, or until the stop. Returns whether to go on.
async fn pause(stop: &CancellationToken, every: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(every) => true,
    }
}
