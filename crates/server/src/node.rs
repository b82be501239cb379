//! A node: the store, the app, the jobs and the listeners of one process, from start to stop.

use crate::{
    app::App,
    http::listen::{Ends, Site},
    jobs,
    rails::Rails,
};
use rokad_flows::node::{leave, retire};
use rokad_wire::chance;
use std::{
    fs::{self, File, TryLockError},
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What is under way has so long to finish. The rest is asked about by the other nodes, or after the next start.
const STOP_WITHIN: Duration = Duration::from_secs(8);

/// The running parts of a process.
pub struct Node {
    /// Cancelled when the process stops: no work is begun from then on.
    pub stop: CancellationToken,
    /// Cancelled when it takes no more requests.
    closed: CancellationToken,
    /// Jobs, and the calls that they make.
    pub work: TaskTracker,
    /// Requests.
    requests: TaskTracker,
    tag: String,
}

impl Node {
    /// A node with nothing in it yet.
    pub fn new() -> Self {
        let tag = hex::encode(chance::fill::<4>());
        Self {
            stop: CancellationToken::new(),
            closed: CancellationToken::new(),
            work: TaskTracker::new(),
            requests: TaskTracker::new(),
            tag,
        }
    }

    /// A site that stops with this node.
    pub fn site(&self, router: axum::Router) -> Site {
        let ends = Ends {
            stop: self.stop.clone(),
            closed: self.closed.clone(),
        };
        Site::new(router, &self.tag, ends, self.requests.clone())
    }

    /// Starts the jobs that every node has, and, if `all`, those that move payouts and carry callbacks.
    pub fn start_jobs(&self, app: &Arc<App>, rails: &Rails, all: bool) {
        // As long as it answers: what answers depend on, and that the others know it lives.
        let closed = || self.closed.clone();
        self.requests.spawn(jobs::settings::run(app.clone(), closed()));
        if let Some(term) = app.duties.term() {
            self.requests.spawn(jobs::beat::run(app.clone(), term, closed()));
            self.requests.spawn(jobs::elsewhere::run(app.clone(), closed()));
        }
        if all {
            jobs::start(app, rails, &self.stop, &self.work);
        }
    }

    /// Waits for Ctrl-C or SIGTERM, then lets what is under way finish.
    pub async fn run_until(self, mut signals: StopSignals) {
        signals.come().await;
        tracing::info!("stopping");
        self.stop(STOP_WITHIN).await;
    }

    /// Serves until Ctrl-C or SIGTERM; then begins no more work, and answers for `drain` more where other nodes serve, so that
    /// whoever sends requests here sees that it should not. A second signal cuts that short. Then the node leaves.
    pub async fn serve_until(self, app: &App, mut signals: StopSignals, drain: Duration) {
        signals.come().await;
        tracing::info!("stopping");
        self.stop.cancel();
        if app.duties.others_serve() {
            tokio::select! {
                () = tokio::time::sleep(drain) => {}
                () = signals.come() => {}
                () = self.hand_over(app) => {}
            }
        }
        self.stop(STOP_WITHIN).await;
        if let Err(error) = leave(&app.house, app.duties.node()).await {
            tracing::warn!(%error, "the other nodes were not told; they find out by themselves");
        }
    }

    /// What this node had is the others' as soon as nothing of it is under way. Never ends: it goes on to answer.
    async fn hand_over(&self, app: &App) {
        self.work.close();
        self.work.wait().await;
        if let Err(error) = retire(&app.house, app.duties.node()).await {
            tracing::warn!(%error, "duties were not handed over yet");
        }
        std::future::pending().await
    }

    /// Lets what is under way finish, within this time.
    pub async fn stop(self, within: Duration) {
        self.stop.cancel();
        self.closed.cancel();
        self.work.close();
        self.requests.close();
        let all = async {
            self.work.wait().await;
            self.requests.wait().await;
        };
        if tokio::time::timeout(within, all).await.is_err() {
            tracing::warn!(
                left = self.work.len() + self.requests.len(),
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

/// A name that no other node has while it runs: a data directory is held by one process.
pub fn node_name(data: &Path) -> std::io::Result<String> {
    let machine = fs::read_to_string("/proc/sys/kernel/hostname")?;
    let data = data.canonicalize()?;
    Ok(format!("{}:{}", machine.trim(), data.display()))
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
