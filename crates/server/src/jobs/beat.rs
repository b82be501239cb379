//! The heart: says that this node lives, and watches whether the others do.

use crate::{app::App, duties::Term, jobs::pause};
use rokad_flows::node::Lookout;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Beats, until the stop.
pub async fn run(app: Arc<App>, term: Term, stop: CancellationToken) {
    let (mut lookout, mut fails) = (Lookout::default(), false);
    while pause(&stop, term.beat()).await {
        let silent = lookout.silent_for(app.duties.node(), term.silence_ms());
        match app.duties.beat(&app.house, silent).await {
            Ok(standing) => {
                lookout.see(&standing.nodes);
                if fails {
                    tracing::info!("the database takes this node's beats again");
                }
                fails = false;
            }
            Err(error) if fails => tracing::debug!(%error, "a beat did not get through"),
            Err(error) => {
                tracing::warn!(%error, "a beat did not get through; this node's duties rest until one does");
                fails = true;
            }
        }
    }
}
