//! Where refunds stand, for merchants who ask.

use crate::House;
use rokad_domain::{
    Id,
    id::kind::{Merchant, Payment, Refund},
};
use rokad_store::{
    StoreError, Tx,
    payment::{self, StoredPayment},
    refund::{self, StoredRefund},
};

/// A merchant's payment with all its refunds, oldest first. `None`: it has no such payment.
///
/// # Errors
/// Those of the store.
pub async fn of_payment(
    house: &House,
    merchant: Id<Merchant>,
    id: Id<Payment>,
) -> Result<Option<(StoredPayment, Vec<StoredRefund>)>, StoreError> {
    let read = move |tx: &mut Tx<'_>| {
        let Some(payment) = payment::get(tx, id)?.filter(|payment| payment.merchant == merchant) else {
            return Ok(None);
        };
        let refunds = refund::list_up_to(tx, payment.last_refund)?;
        Ok(Some((payment, refunds)))
    };
    house.store.read(read).await
}

/// A merchant's refund, with its payment. `None`: it has no such refund.
///
/// # Errors
/// Those of the store.
pub async fn by_id(
    house: &House,
    merchant: Id<Merchant>,
    id: Id<Refund>,
) -> Result<Option<(StoredRefund, StoredPayment)>, StoreError> {
    let read = move |tx: &mut Tx<'_>| {
        let Some(refund) = refund::get(tx, id)?.filter(|refund| refund.merchant == merchant) else {
            return Ok(None);
        };
        let payment = payment::get(tx, refund.payment)?;
        let payment = payment.ok_or_else(|| StoreError::Corrupt(format!("refund {id} of no payment")))?;
        Ok(Some((refund, payment)))
    };
    house.store.read(read).await
}
