//! A node: the store, the app, the jobs and the listeners of one process, from start to stop.

use crate::{app::App, http::listen::Site, jobs, rails::Rails};
use rokad_wire::chance;
use std::{
    fs::{File, TryLockError},
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What is under way has so long to finish after a stop. The rest is asked about after the next start.
const STOP_WITHIN: Duration = Duration::from_secs(8);

/// The running parts of a process.
pub struct Node {
    /// Cancelled when the process stops.
    pub stop: CancellationToken,
    /// Everything that must finish before the process ends.
    pub tasks: TaskTracker,
    tag: String,
}

impl Node {
    /// A node with nothing in it yet.
    pub fn new() -> Self {
        let tag = hex::encode(chance::fill::<4>());
        Self {
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            tag,
        }
    }

    /// A site that stops with this node.
    pub fn site(&self, router: axum::Router) -> Site {
        Site::new(router, &self.tag, self.stop.clone(), self.tasks.clone())
    }

    /// Starts the jobs that every node has, and, if `all`, those that move payouts and carry callbacks.
    pub fn start_jobs(&self, app: &Arc<App>, rails: &Rails, all: bool) {
        self.tasks
            .spawn(jobs::settings::run(app.clone(), self.stop.clone()));
        if all {
            jobs::start(app, rails, &self.stop, &self.tasks);
        }
    }

    /// Waits for Ctrl-C or SIGTERM, then lets what is under way finish.
    pub async fn run_until(self, mut signals: StopSignals) {
        signals.come().await;
        tracing::info!("stopping");
        self.stop(STOP_WITHIN).await;
    }

    /// Lets what is under way finish, within this time.
    pub async fn stop(self, within: Duration) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(within, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                left = self.tasks.len(),
                "stopped with work under way; it goes on after the next start"
            );
        }
    }
}

/// Ctrl-C and SIGTERM, listened for since the process began: one that comes while it still starts is not lost, and does
/// not end it half way.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// From here on they wait to be heard.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn come(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Holds a data directory, so that two servers cannot share the embedded database by mistake.
pub struct Hold {
    _file: File,
}

/// Takes hold of a data directory.
pub fn hold(data: &Path) -> std::io::Result<Hold> {
    let path = data.join("rokad.lock");
    let file = File::create(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Hold { _file: file }),
        Err(TryLockError::WouldBlock) => Err(std::io::Error::other(format!(
            "another rokad serves {}; stop it first",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
