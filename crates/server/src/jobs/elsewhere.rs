//! Hears what other nodes did: their commits ring no bells here.

use crate::{app::App, jobs::pause};
use rokad_store::{StoreError, callback, payment};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often is looked. A callback that was made elsewhere waits so long at most.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Changes of payments that one look reads at most; the rest comes with the next.
const CHANGES_MAX: usize = 1_000;

/// Looks, until the stop.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut seen = None;
    while pause(&stop, LOOK_EVERY).await {
        match look(&app, seen).await {
            Ok(now) => seen = Some(now),
            Err(error) => tracing::debug!(%error, "what others did could not be read"),
        }
    }
}

/// The last callback and the last change of a payment that were seen.
type Seen = (i64, i64);

async fn look(app: &App, seen: Option<Seen>) -> Result<Seen, StoreError> {
    let store = &app.house.store;
    let last = store
        .read(|tx| Ok((callback::last_number(tx)?, payment::last_change(tx)?)))
        .await?;
    // At the start everything was looked at a moment ago.
    let Some((callbacks, changes)) = seen else {
        return Ok(last);
    };
    if last.0 > callbacks {
        app.house.bells.callbacks_wait();
    }
    if last.1 > changes {
        let changed = store
            .read(move |tx| payment::changed_after(tx, changes, CHANGES_MAX))
            .await?;
        for (_, payment) in &changed {
            app.house.bells.payment_changed(*payment);
        }
        let read = changed.last().map_or(changes, |(change, _)| *change);
        return Ok((last.0, read));
    }
    Ok(last)
}
