//! The sandbox's clock: the machine's, moved forward by whoever tests, so that a month passes in a second.
//!
//! How far it was moved stands in a file of the data directory. The gateway, the bank and every command on that directory show the
//! same time. It never goes back.

use crate::keyfile::write_private;
use rokad_domain::UnixMs;
use rokad_store::Clock;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// The file that says how far the clock was moved, in milliseconds.
const FILE: &str = "clock";

/// Milliseconds that it can be moved in all: ten years.
pub const MOVED_MS_MAX: i64 = 10 * 365 * 24 * 3_600_000;

/// How often a running gateway looks whether it was moved.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A clock that can be moved.
#[derive(Clone)]
pub struct TestClock {
    file: PathBuf,
    moved_ms: Arc<AtomicI64>,
}

impl TestClock {
    /// The clock of this data directory.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn of(data: &Path) -> io::Result<Self> {
        let file = data.join(FILE);
        let moved_ms = Arc::new(AtomicI64::new(read(&file)?));
        Ok(Self { file, moved_ms })
    }

    /// What it shows.
    #[must_use]
    pub fn clock(&self) -> Clock {
        let (machine, moved_ms) = (Clock::system(), self.moved_ms.clone());
        Clock::from_fn(move || {
            let UnixMs(machine) = machine.now().at();
            UnixMs(machine.saturating_add(moved_ms.load(Ordering::Relaxed)))
        })
    }

    /// Follows its file, until the stop.
    pub async fn follow(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            match read(&self.file) {
                Ok(moved_ms) => {
                    if self.moved_ms.fetch_max(moved_ms, Ordering::Relaxed) < moved_ms {
                        tracing::info!(moved_ms, "the sandbox's clock was moved");
                    }
                }
                Err(error) => tracing::warn!(%error, "the sandbox's clock cannot be read"),
            }
        }
    }

    /// Moves it forward, for every process on this directory.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn advance(&self, by_ms: i64) -> io::Result<()> {
        let moved_ms = read(&self.file)?.saturating_add(by_ms);
        write_private(&self.file, moved_ms.to_string().as_bytes())?;
        self.moved_ms.fetch_max(moved_ms, Ordering::Relaxed);
        Ok(())
    }

    /// How far it was moved.
    #[must_use]
    pub fn moved_ms(&self) -> i64 {
        self.moved_ms.load(Ordering::Relaxed)
    }
}

/// Nothing, as long as nobody has moved it.
fn read(file: &Path) -> io::Result<i64> {
    match fs::read_to_string(file) {
        Ok(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|moved_ms| (0..=MOVED_MS_MAX).contains(moved_ms))
            .ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the file of the clock holds no number",
                )
            }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_moved_forward_for_all_who_look_and_stays_so() {
        let data = tempfile::tempdir().unwrap();
        let one = TestClock::of(data.path()).unwrap();
        let before = Clock::system().now().at();
        assert!(one.clock().now().at() >= before && one.moved_ms() == 0);
        one.advance(1_000).unwrap();
        one.advance(86_400_000).unwrap();
        let other = TestClock::of(data.path()).unwrap();
        assert_eq!((one.moved_ms(), other.moved_ms()), (86_401_000, 86_401_000));
        assert!(other.clock().now().at() >= before.plus_ms(86_401_000));
        fs::write(data.path().join(FILE), "-5").unwrap();
        assert!(TestClock::of(data.path()).is_err());
    }
}
