//! What went back of payments, and what is left to settle of them: written together, for refunds and disputes.

use rokad_store::{
    StoreError, Tx,
    payment::{self, StoredPayment},
    settlement::{self, Unsettled},
};

/// Writes what went back of payments, and what is left to settle of those that are not settled.
pub(crate) fn keep(tx: &Tx<'_>, payments: &[&StoredPayment]) -> Result<(), StoreError> {
    payment::keep_back(tx, payments)?;
    let unsettled = payments.iter().filter(|payment| payment.settlement.is_none());
    let unsettled = unsettled.map(|payment| {
        let missing = || StoreError::Corrupt(format!("payment {} cannot be settled", payment.id));
        Ok(Unsettled {
            settle_day: payment.settle_day.ok_or_else(missing)?,
            merchant: payment.merchant,
            payment: payment.id,
            net: payment.to_settle().ok_or_else(missing)?,
        })
    });
    settlement::still_await(tx, &unsettled.collect::<Result<Vec<_>, StoreError>>()?)
}
