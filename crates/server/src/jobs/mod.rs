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
use rokad_store::StoreError;
use rokad_wire::chance;
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What is taken at most in one look for what is due.
const DUE_MAX: usize = 128;

/// How often what is due is looked for.
const DUE_EVERY: Duration = Duration::from_millis(250);

/// How soon, after a look that may have left some.
const DUE_SOON: Duration = Duration::from_millis(1);

/// How often a job that waits for long looks at the clock.
const CLOCK_LOOK_EVERY: Duration = Duration::from_secs(1);

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

/// Takes what is due of `what` and begins each, until the stop.
async fn work_on_due<T, F: Future<Output = Result<Vec<T>, StoreError>>>(
    stop: &CancellationToken,
    what: &str,
    take: impl Fn(usize) -> F,
    begin: impl Fn(T),
) {
    loop {
        let taken = take(DUE_MAX).await.unwrap_or_else(|error| {
            tracing::error!(%error, what, "what is due could not be taken");
            Vec::new()
        });
        let every = if taken.len() == DUE_MAX {
            DUE_SOON
        } else {
            DUE_EVERY
        };
        taken.into_iter().for_each(&begin);
        if !pause(stop, every).await {
            return;
        }
    }
}

/// Waits until the gateway's clock shows `every` later, or until the stop. Returns whether to go on. A sandbox's clock may be moved
/// meanwhile.
async fn pause_by_clock(app: &App, stop: &CancellationToken, every: Duration) -> bool {
    let now = || app.house.store.clock().now().at();
    let until = now().plus_ms(i64::try_from(every.as_millis()).unwrap_or(i64::MAX));
    while now() < until {
        let left = u64::try_from(until.0 - now().0).unwrap_or(0);
        if !pause(stop, CLOCK_LOOK_EVERY.min(Duration::from_millis(left))).await {
            return false;
        }
    }
    true
}

/// Waits for `every`, or until the stop. Returns whether to go on.
async fn pause(stop: &CancellationToken, every: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(every) => true,
    }
}
