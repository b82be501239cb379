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
}

/// The payout of this merchant, as it stands, and whether the merchant acknowledged that. `None`: there is none, or it
/// is another's.
///
/// # Errors
/// Those of the store.
pub async fn status(
    house: &House,
    merchant: Id<Merchant>,
    id: Id<Payout>,
) -> Result<Option<(Report, bool)>, StoreError> {
    house
        .store
        .read(move |tx| {
            let Some(payout) = payout::get(tx, id)?.filter(|payout| payout.merchant == merchant) else {
                return Ok(None);
            };
            let acknowledged = match payout.last_callback {
                Some(callback) => callback::is_acknowledged(tx, callback)?,
                None => false,
            };
            let changes = payout::changes_up_to(tx, payout.last_change)?;
            Ok(Some((Report { payout, changes }, acknowledged)))
        })
        .await
}

/// Payouts as they were after a change of theirs, for the callbacks that tell of them; in one look. `None`: there is no
/// such payout.
///
/// # Errors
/// Those of the store.
pub async fn as_of(
    house: &House,
    wanted: Vec<(Id<Payout>, Id<Change>)>,
) -> Result<Vec<Option<Report>>, StoreError> {
    let one = |tx: &Tx<'_>, (id, change): &(Id<Payout>, Id<Change>)| {
        let Some(payout) = payout::get(tx, *id)? else {
            return Ok(None);
        };
        let changes = payout::changes_up_to(tx, *change)?;
        Ok(Some(Report { payout, changes }))
    };
    house
        .store
        .read(move |tx| wanted.iter().map(|wanted| one(tx, wanted)).collect())
        .await
}
