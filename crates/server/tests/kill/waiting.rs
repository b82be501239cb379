//! Waiting for what another process does; and for the moment that was drawn.

use rokad_store::clock::Stopwatch;
use std::{sync::mpsc, time::Duration};

/// How long to wait between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Lets so much time pass.
pub fn pause(how_long: Duration) {
    let (_held, nothing) = mpsc::channel::<()>();
    let _ = nothing.recv_timeout(how_long);
}

/// Looks until `look` says yes. Returns whether it did within `limit`.
pub fn within(limit: Duration, mut look: impl FnMut() -> bool) -> bool {
    let watch = Stopwatch::start();
    while !look() {
        if watch.elapsed_ms() > i64::try_from(limit.as_millis()).unwrap() {
            return false;
        }
        pause(LOOK_EVERY);
    }
    true
}

/// Looks until `look` says yes, and stops the test when that takes more than `limit`.
pub fn until(what: &str, limit: Duration, look: impl FnMut() -> bool) {
    assert!(
        within(limit, look),
        "waited {} s in vain: {what}",
        limit.as_secs()
    );
}
