//! The one file that reads the machine's clock.

use rokad_domain::{Now, UnixMs};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Where time comes from. Cloned into whatever needs to stamp a request, a batch or a tick.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> UnixMs + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(|| {
            #[expect(clippy::disallowed_methods, reason = "this is the one place")]
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or(Duration::ZERO);
            UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        }))
    }

    /// A clock that shows what `read` says: for tests.
    pub fn from_fn(read: impl Fn() -> UnixMs + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The instant at which something happens now.
    #[must_use]
    pub fn now(&self) -> Now {
        Now((self.0)())
    }
}

/// Measures how long something took, independent of the calendar.
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}
