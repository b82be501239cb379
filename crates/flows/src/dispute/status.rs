//! Where disputes stand, for merchants who ask.

use crate::House;
use rokad_domain::{
    Id,
    id::kind::{Dispute, Merchant},
};
use rokad_store::{
    StoreError, Tx,
    dispute::{self, StoredChange, StoredDispute, StoredEvidence},
};

/// A dispute with its log and its evidence.
#[derive(Clone, Debug)]
pub struct Report {
    /// The dispute.
    pub dispute: StoredDispute,
    /// What happened to it, oldest first.
    pub log: Vec<StoredChange>,
    /// The merchant's files.
    pub evidence: Vec<StoredEvidence>,
}

/// A merchant's disputes with numbers below `before`, newest first, at most so many.
///
/// # Errors
/// Those of the store.
pub async fn of_merchant(
    house: &House,
    merchant: Id<Merchant>,
    before: i64,
    limit: usize,
) -> Result<Vec<StoredDispute>, StoreError> {
    house
        .store
        .read(move |tx| dispute::of_merchant(tx, merchant, before, limit))
        .await
}

/// The dispute with this number, of this merchant if one is given.
///
/// # Errors
/// Those of the store.
pub async fn by_id(
    house: &House,
    merchant: Option<Id<Merchant>>,
    id: Id<Dispute>,
) -> Result<Option<Report>, StoreError> {
    let read = move |tx: &mut Tx<'_>| {
        let theirs = |dispute: &StoredDispute| merchant.is_none_or(|merchant| merchant == dispute.merchant);
        let Some(dispute) = dispute::get(tx, id)?.filter(theirs) else {
            return Ok(None);
        };
        Ok(Some(Report {
            log: dispute::log_up_to(tx, dispute.last_change)?,
            evidence: dispute::evidence_of(tx, id)?,
            dispute,
        }))
    };
    house.store.read(read).await
}
