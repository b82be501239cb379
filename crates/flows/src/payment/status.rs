//! Where payments stand, for merchants who ask and for pages that show it.

use crate::House;
use rokad_domain::{
    Id, UnixMs,
    id::kind::{Merchant, Payment},
    payment::{Settlement, TxnId, WireStatus, wire_status},
};
use rokad_store::{
    StoreError, Tx,
    attempt::{self, StoredAttempt},
    payment::{self, Brief, StoredPayment},
};
use std::collections::HashMap;

/// A payment with its last attempt, as of one moment.
#[derive(Clone, Debug)]
pub struct Report {
    /// The payment.
    pub payment: StoredPayment,
    /// Its last attempt.
    pub attempt: Option<StoredAttempt>,
    /// The day of that moment, in Asia/Kolkata.
    pub today: i64,
}

impl Report {
    /// Its status in the words of the wire: derived from the book, never stored.
    #[must_use]
    pub fn status(&self) -> WireStatus {
        let payment = &self.payment;
        let settlement = settlement(payment.settlement.is_some(), payment.settle_day, self.today);
        wire_status(
            payment.status,
            payment.attempts,
            settlement,
            payment.order.amount,
            payment.back,
        )
    }
}

fn settlement(settled: bool, settle_day: Option<i64>, today: i64) -> Settlement {
    match settle_day {
        _ if settled => Settlement::Settled,
        Some(day) if day <= today => Settlement::Due,
        _ => Settlement::NotDue,
    }
}

/// Where the payments of these numbers stand, in the words of the wire; those that the merchant does not have are `None`.
///
/// # Errors
/// Those of the store.
pub async fn statuses(
    house: &House,
    merchant: Id<Merchant>,
    txnids: Vec<TxnId>,
) -> Result<Vec<(TxnId, Option<(Brief, WireStatus)>)>, StoreError> {
    let today = house.store.clock().now().at().day_in_kolkata();
    let read = move |tx: &mut Tx<'_>| {
        let briefs = payment::briefs(tx, merchant, &txnids)?;
        let one = |txnid: TxnId| {
            let found = briefs.get(&txnid).map(|brief| {
                let settlement = settlement(brief.settled, brief.settle_day, today);
                let word = wire_status(brief.status, brief.attempts, settlement, brief.amount, brief.back);
                (brief.clone(), word)
            });
            (txnid, found)
        };
        Ok(txnids.into_iter().map(one).collect())
    };
    house.store.read(read).await
}

fn with_attempt(tx: &Tx<'_>, payment: StoredPayment, today: i64) -> Result<Report, StoreError> {
    let attempt = match payment.last_attempt {
        Some(id) => attempt::get(tx, id)?,
        None => None,
    };
    Ok(Report {
        payment,
        attempt,
        today,
    })
}

/// These payments, each once, with their last attempts; in two looks.
pub(crate) fn reports(
    tx: &Tx<'_>,
    payments: &[Id<Payment>],
    today: i64,
) -> Result<HashMap<Id<Payment>, Report>, StoreError> {
    let payments = payment::get_all(tx, payments)?;
    let last: Vec<_> = payments
        .iter()
        .filter_map(|payment| payment.last_attempt)
        .collect();
    let attempts = attempt::get_all(tx, &last)?;
    let mut attempts: HashMap<_, _> = attempts
        .into_iter()
        .map(|attempt| (attempt.payment, attempt))
        .collect();
    let one = |payment: StoredPayment| {
        let attempt = attempts.remove(&payment.id);
        (
            payment.id,
            Report {
                payment,
                attempt,
                today,
            },
        )
    };
    Ok(payments.into_iter().map(one).collect())
}

/// The payment with this number.
///
/// # Errors
/// Those of the store.
pub async fn by_id(house: &House, id: Id<Payment>) -> Result<Option<Report>, StoreError> {
    let today = house.store.clock().now().at().day_in_kolkata();
    let read = move |tx: &mut Tx<'_>| {
        payment::get(tx, id)?
            .map(|payment| with_attempt(tx, payment, today))
            .transpose()
    };
    house.store.read(read).await
}

/// A merchant's payments with these numbers; those that it does not have are `None`.
///
/// # Errors
/// Those of the store.
pub async fn by_txnids(
    house: &House,
    merchant: Id<Merchant>,
    txnids: Vec<TxnId>,
) -> Result<Vec<Option<Report>>, StoreError> {
    let today = house.store.clock().now().at().day_in_kolkata();
    let read = move |tx: &mut Tx<'_>| {
        let found = payment::find_all(tx, txnids.iter().map(|txnid| (merchant, txnid)))?;
        let one = |txnid: TxnId| {
            let payment = found.get(&(merchant, txnid)).cloned();
            payment
                .map(|payment| with_attempt(tx, payment, today))
                .transpose()
        };
        txnids.into_iter().map(one).collect()
    };
    house.store.read(read).await
}

/// A merchant's payments of a time, newest first, at most so many.
///
/// # Errors
/// Those of the store.
pub async fn created_between(
    house: &House,
    merchant: Id<Merchant>,
    from: UnixMs,
    before: UnixMs,
    limit: usize,
) -> Result<Vec<Report>, StoreError> {
    let today = house.store.clock().now().at().day_in_kolkata();
    let read = move |tx: &mut Tx<'_>| {
        let payments = payment::created_between(tx, merchant, from, before, limit)?;
        payments
            .into_iter()
            .map(|payment| with_attempt(tx, payment, today))
            .collect()
    };
    house.store.read(read).await
}
