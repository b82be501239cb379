//! Settings that a command beside the server changed, and work that it made, are noticed within a moment.

use crate::{app::App, jobs::pause};
use rokad_store::{StoreError, merchant};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often the settings' number is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How often settings are read anyway: old keys retire by the clock.
const READ_ANYWAY_LOOKS: u32 = 120;

pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut looks = 0;
    while pause(&stop, LOOK_EVERY).await {
        looks += 1;
        if let Err(error) = look(&app, looks % READ_ANYWAY_LOOKS == 0).await {
            tracing::error!(%error, "settings could not be read; the old ones stay");
        }
        app.house.bells.callbacks_wait();
    }
}

async fn look(app: &App, anyway: bool) -> Result<(), StoreError> {
    let version = app.house.store.read(|tx| merchant::settings_version(tx)).await?;
    if anyway || version != app.directory().version() {
        app.refresh().await
    } else {
        Ok(())
    }
}
