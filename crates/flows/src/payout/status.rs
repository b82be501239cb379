//! What a merchant may know of a payout: its row, its log, and whether its callback was acknowledged.

use crate::House;
use rokad_domain::{
    Id,
    id::kind::{Change, Merchant, Payout},
};
use rokad_store::{
    StoreError, Tx, callback,
    payout::{self, StoredChange, StoredPayout},
};

/// A payout as it was after one of its changes.
#[derive(Debug)]
pub struct Report {
    /// The payout, as it stands now.
    pub payout: StoredPayout,
    /// Its changes, oldest first; the last is the one that is told of. Never empty.
    pub changes: Vec<StoredChange>,
    /// Whether the merchant acknowledged the present state.
    pub acknowledged: bool,
}

/// The payout of this merchant, as it stands. `None`: there is none, or it is another's.
///
/// # Errors
/// Those of the store.
pub async fn status(
    house: &House,
    merchant: Id<Merchant>,
    id: Id<Payout>,
) -> Result<Option<Report>, StoreError> {
    house
        .store
        .read(move |tx| {
            let Some(payout) = payout::get(tx, id)?.filter(|payout| payout.merchant == merchant) else {
                return Ok(None);
            };
            let last = payout.last_change;
            report(tx, payout, last).map(Some)
        })
        .await
}

/// A payout as it was after `change`, for the callback that tells of it.
///
/// # Errors
/// Those of the store.
pub async fn as_of(house: &House, id: Id<Payout>, change: Id<Change>) -> Result<Option<Report>, StoreError> {
    house
        .store
        .read(move |tx| match payout::get(tx, id)? {
            Some(payout) => report(tx, payout, change).map(Some),
            None => Ok(None),
        })
        .await
}

fn report(tx: &Tx<'_>, payout: StoredPayout, last: Id<Change>) -> Result<Report, StoreError> {
    let changes = payout::changes_up_to(tx, last)?;
    let acknowledged = match payout.last_callback {
        Some(id) => callback::is_acknowledged(tx, id)?,
        None => false,
    };
    Ok(Report {
        payout,
        changes,
        acknowledged,
    })
}
