//! Callbacks that were delivered long ago are forgotten, so that the book grows by what must be kept alone.

use crate::{House, node::run_under};
use rokad_domain::{Now, UnixMs, node::Lease};
use rokad_store::{StoreError, Tx, retention};

/// Callbacks of one piece: a millisecond or two of the writer's time.
const PIECE: usize = 500;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Forgets a piece of what was delivered so many days ago or earlier. Returns whether there may be more. Under a lease that is lost
/// nothing is done.
///
/// # Errors
/// Those of the store.
pub async fn forget_some(house: &House, lease: Lease, keep_days: u32) -> Result<bool, StoreError> {
    let forgotten = run_under(house, Some(lease), forget_delivered, keep_days).await?;
    Ok(forgotten == Some(PIECE))
}

/// The step: one piece for each of `asks`, which say how many days a delivered callback is kept. While a node serves whose program
/// knows nothing of it, nothing is forgotten.
///
/// # Errors
/// Only those of the database.
pub fn forget_delivered(tx: &mut Tx<'_>, now: Now, asks: &[u32]) -> Result<Vec<usize>, StoreError> {
    if retention::older_node_serves(tx)? {
        return Ok(vec![0; asks.len()]);
    }
    let before = |days: &u32| UnixMs(now.at().0 - i64::from(*days) * DAY_MS);
    asks.iter()
        .map(|days| retention::forget_delivered(tx, before(days), PIECE))
        .collect()
}
