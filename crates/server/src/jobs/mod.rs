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
use rokad_store::{Clock, StoreError};
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

/// Looks at once, and again when the gateway's clock shows `every` later than when the last look began, until the stop. A sandbox's
/// clock may be moved at any time, also during a look. `look` says whether it could; if not, it is asked again soon.
async fn look_by_clock<F: Future<Output = bool>>(
    clock: &Clock,
    stop: &CancellationToken,
    every: Duration,
    look: impl Fn() -> F,
) {
    let every_ms = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    let mut next = clock.now().at();
    loop {
        let now = clock.now().at();
        if now >= next && look().await {
            next = now.plus_ms(every_ms);
        }
        if !pause(stop, CLOCK_LOOK_EVERY).await {
            return;
        }
    }
}

/// Waits for `every`, or until the stop. Returns whether to go on.
async fn pause(stop: &CancellationToken, every: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(every) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rokad_domain::UnixMs;
    use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst};

    const MINUTE: Duration = Duration::from_secs(60);
    const DAY_MS: i64 = 86_400_000;

    /// A clock that is moved by hand, looks that each do `one` with the clock, and how often it was looked when the clock stood
    /// still again for half a minute.
    async fn looks(one: impl Fn(usize, &AtomicI64) -> bool) -> usize {
        tokio::time::pause(); // from here on, time jumps to whatever is waited for
        let moved = Arc::new(AtomicI64::new(0));
        let shows = moved.clone();
        let clock = Clock::from_fn(move || UnixMs(shows.load(SeqCst)));
        let (stop, count) = (CancellationToken::new(), AtomicUsize::new(0));
        let look = || async { one(count.fetch_add(1, SeqCst), &moved) };
        let half_a_minute = tokio::time::sleep(MINUTE / 2);
        tokio::select! {
            () = look_by_clock(&clock, &stop, MINUTE, look) => {}
            () = half_a_minute => stop.cancel(),
        }
        count.into_inner()
    }

    #[tokio::test]
    async fn as_long_as_the_clock_stands_still_one_look_is_enough() {
        assert_eq!(looks(|_, _| true).await, 1);
    }

    #[tokio::test]
    async fn a_clock_that_is_moved_during_a_look_is_looked_at_again() {
        let moved_twice = |nth, clock: &AtomicI64| {
            if nth < 2 {
                clock.fetch_add(DAY_MS, SeqCst);
            }
            true
        };
        assert_eq!(looks(moved_twice).await, 3);
    }

    #[tokio::test]
    async fn what_could_not_be_done_is_tried_again_before_the_clock_goes_on() {
        assert_eq!(looks(|nth, _| nth == 4).await, 5);
    }
}
