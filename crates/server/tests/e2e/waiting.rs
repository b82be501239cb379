//! Waiting for what other processes do: looks again and again, and gives up with a sentence.

use std::{sync::mpsc, time::Duration};

/// Milliseconds between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks before a test gives up: more than half a minute, for machines that are busy.
const LOOKS_MAX: usize = 1_800;

/// Looks until `look` finds something.
pub fn found<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    found_within(what, LOOKS_MAX, look)
}

/// Looks until `look` says yes.
pub fn until(what: &str, mut look: impl FnMut() -> bool) {
    found(what, || look().then_some(()));
}

/// The same, for what has to happen within so many seconds.
pub fn within_s(seconds: usize, what: &str, mut look: impl FnMut() -> bool) {
    found_within(what, seconds * 50, || look().then_some(()));
}

fn found_within<T>(what: &str, looks: usize, mut look: impl FnMut() -> Option<T>) -> T {
    let (_held, nothing) = mpsc::channel::<()>();
    for _ in 0..looks {
        if let Some(found) = look() {
            return found;
        }
        let _ = nothing.recv_timeout(LOOK_EVERY);
    }
    panic!("waited in vain: {what}");
}
