//! Callbacks: none lost, none that tells of what never happened.

use super::Faults;
use rokad_store::{StoreError, Tx, audit};

pub(super) fn check(tx: &Tx<'_>, faults: &mut Faults) -> Result<(), StoreError> {
    if let Some(payout) = audit::untold_payout(tx)? {
        faults.add(format!(
            "payout {payout}: the callback of its present state is neither owed nor delivered"
        ));
    }
    if let Some(callback) = audit::stray_callback(tx)? {
        faults.add(format!("callback {callback} tells of what never happened"));
    }
    Ok(())
}
