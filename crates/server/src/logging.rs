//! Logs: text on a terminal, JSON otherwise; to standard error, so that standard output is the command's own.
//!
//! What must not be logged is `Private` and cannot be printed.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging. `ROKAD_LOG` says how much, like `debug` or `info,rokad_store=debug`.
pub fn start(usual: &str) {
    let filter = EnvFilter::try_from_env("ROKAD_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.with_target(false).init();
    } else {
        log.json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .init();
    }
}
