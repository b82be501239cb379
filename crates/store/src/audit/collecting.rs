//! Streams of collecting: payments, attempts, their log, settlements, receipts and queues.

use crate::{
    attempt::{self, StoredAttempt, read_attempt},
    error::StoreError,
    payment::{self, StoredPayment, read_payment, read_step},
    receipt::{self, StoredReceipt, read_receipt},
    settlement::{Unsettled, due},
    tx::Tx,
};
use rokad_domain::{
    Id,
    id::kind::{Attempt, Merchant, Payment, PaymentChange, Settlement},
    payment::Step,
};

/// Every payment, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_payment(tx: &Tx<'_>, mut take: impl FnMut(StoredPayment)) -> Result<(), StoreError> {
    tx.each(&format!("{} ORDER BY id", payment::COLUMNS), &[], |row| {
        take(read_payment(row)?);
        Ok(())
    })
}

/// Every attempt, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_attempt(tx: &Tx<'_>, mut take: impl FnMut(StoredAttempt)) -> Result<(), StoreError> {
    tx.each(&format!("{} ORDER BY id", attempt::COLUMNS), &[], |row| {
        take(read_attempt(row)?);
        Ok(())
    })
}

/// A line of a payment's log, with the one before it.
#[derive(Clone, Debug)]
pub struct AuditStep {
    /// Its number.
    pub id: Id<PaymentChange>,
    /// Of which payment.
    pub payment: Id<Payment>,
    /// The number of the line before it; 0 for the first.
    pub previous: i64,
    /// What happened.
    pub step: Step,
    /// The number of the attempt that it is about; 0 when it is about none.
    pub attempt: i64,
    /// The method, the fault, or the bank's reference.
    pub detail: String,
}

/// Every line of every payment's log, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_step(tx: &Tx<'_>, mut take: impl FnMut(AuditStep)) -> Result<(), StoreError> {
    let sql = "SELECT id, payment_id, previous_id, what, attempt_id, detail FROM payment_changes ORDER BY id";
    tx.each(sql, &[], |row| {
        take(AuditStep {
            id: Id::new(row.int(0)?),
            payment: Id::new(row.int(1)?),
            previous: row.int(2)?,
            step: read_step(row.int(3)?)?,
            attempt: row.int(4)?,
            detail: row.text(5)?,
        });
        Ok(())
    })
}

/// A settlement, as its row says.
#[derive(Clone, Copy, Debug)]
pub struct AuditSettlement {
    /// Its number.
    pub id: Id<Settlement>,
    /// Whose.
    pub merchant: Id<Merchant>,
    /// How many payments.
    pub payments: i64,
    /// Their sum, in paise.
    pub net_paise: i64,
}

/// Every settlement.
///
/// # Errors
/// Only those of the database.
pub fn settlements(tx: &Tx<'_>) -> Result<Vec<AuditSettlement>, StoreError> {
    let sql = "SELECT id, merchant_id, payments, net_paise FROM settlements ORDER BY id";
    tx.query(sql, &[], |row| {
        Ok(AuditSettlement {
            id: Id::new(row.int(0)?),
            merchant: Id::new(row.int(1)?),
            payments: row.int(2)?,
            net_paise: row.int(3)?,
        })
    })
}

/// Every receipt.
///
/// # Errors
/// When a row does not make sense.
pub fn receipts(tx: &Tx<'_>) -> Result<Vec<StoredReceipt>, StoreError> {
    tx.query(&format!("{} ORDER BY id", receipt::COLUMNS), &[], read_receipt)
}

/// What stands in the queues of collecting.
pub struct Queues {
    /// Open payments, with their time.
    pub open: Vec<(Id<Payment>, i64)>,
    /// Attempts under way.
    pub under_way: Vec<Id<Attempt>>,
    /// Captured payments that are not settled.
    pub unsettled: Vec<Unsettled>,
}

/// See [`Queues`].
///
/// # Errors
/// Only those of the database.
pub fn queues(tx: &Tx<'_>) -> Result<Queues, StoreError> {
    let open = "SELECT payment_id, expires_at_ms FROM payments_open";
    let under_way = "SELECT attempt_id FROM attempts_under_way";
    Ok(Queues {
        open: tx.query(open, &[], |row| Ok((Id::new(row.int(0)?), row.int(1)?)))?,
        under_way: tx.query(under_way, &[], |row| row.int(0).map(Id::new))?,
        unsettled: due(tx, i64::MAX, usize::MAX)?,
    })
}
