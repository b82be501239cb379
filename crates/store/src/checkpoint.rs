//! Checkpoints of the embedded database: off the hot path.
//!
//! A thread of its own writes the pages of the log back while the writer goes on, then those that came meanwhile, and so on.
//! When next to nothing is left it asks the writer to finish the rest between two transactions, so that the log begins anew and
//! does not grow for ever. Requests wait for that rest, and for one flush of the disk.

use crate::dialect::{Checkpoint, Handle};
use std::{
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Pages of 4 KiB in the log before they are written back: 64 MiB, of which a start after a crash reads each once.
const LOG_PAGES: i64 = 16_000;

/// Pages that are left for the writer: a flush of so many costs it little more than one of a commit.
const REST_PAGES: i64 = 150;

/// Pages that the writer itself may have to write back between two transactions, when it writes too fast for fewer.
const REST_PAGES_MAX: i64 = 2_000;

/// How often the thread goes after what came meanwhile. Each time less is left.
const ROUNDS_MAX: usize = 8;

/// How often the log is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What the thread and the writer tell each other.
#[derive(Default)]
pub(crate) struct Checkpoints {
    restart_due: AtomicBool,
    stop: Mutex<bool>,
    bell: Condvar,
}

impl Checkpoints {
    /// The thread's work, until [`Self::stop`].
    pub(crate) fn run(&self, handle: &Handle) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        while !*stop {
            (stop, _) = self
                .bell
                .wait_timeout(stop, LOOK_EVERY)
                .unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = self.look(handle) {
                tracing::warn!(%error, "checkpoint failed; the log grows until one succeeds");
            }
        }
    }

    fn look(&self, handle: &Handle) -> Result<(), crate::StoreError> {
        if handle.checkpoint(Checkpoint::Look)?.in_log < LOG_PAGES {
            return Ok(());
        }
        let mut rest = i64::MAX;
        for _ in 0..ROUNDS_MAX {
            handle.checkpoint(Checkpoint::Passive)?;
            // Of what came while those were written.
            let pages = handle.checkpoint(Checkpoint::Look)?;
            let left = pages.in_log - pages.written_back;
            if left >= rest {
                break;
            }
            rest = left;
            if rest <= REST_PAGES {
                break;
            }
        }
        if rest <= REST_PAGES_MAX {
            self.restart_due.store(true, Ordering::Release);
        }
        Ok(())
    }

    /// Called by the writer between two transactions.
    pub(crate) fn restart_if_due(&self, handle: &Handle) {
        if self.restart_due.swap(false, Ordering::AcqRel)
            && let Err(error) = handle.checkpoint(Checkpoint::Restart)
        {
            tracing::warn!(%error, "the log could not begin anew");
        }
    }

    pub(crate) fn stop(&self) {
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }
}
