//! Streams of collecting: payments, attempts, their log, settlements, receipts and queues.

use crate::{
    attempt::{self, StoredAttempt, read_attempt},
    dispute::{self, StoredDispute, read_dispute},
    error::StoreError,
    payment::{self, StoredPayment, read_payment, read_step},
    receipt::{self, StoredReceipt, read_receipt},
    refund::{self, StoredRefund, read_refund},
    settlement::{Unsettled, due},
    tx::Tx,
};
use rokad_domain::{
    Id,
    dispute::Status as DisputeStatus,
    id::kind::{
        Attempt, Dispute, DisputeChange, Merchant, Payment, PaymentChange, Refund, RefundChange, Settlement,
    },
    payment::Step,
    refund::Status as RefundStatus,
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

/// Every refund, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_refund(tx: &Tx<'_>, mut take: impl FnMut(StoredRefund)) -> Result<(), StoreError> {
    tx.each(&format!("{} ORDER BY id", refund::COLUMNS), &[], |row| {
        take(read_refund(row)?);
        Ok(())
    })
}

/// A change of state of a refund, with the one before it.
#[derive(Clone, Debug)]
pub struct AuditRefundChange {
    /// Its number.
    pub id: Id<RefundChange>,
    /// Of which refund.
    pub refund: Id<Refund>,
    /// The number of the change before it; 0 for the first.
    pub previous: i64,
    /// The state since then.
    pub status: RefundStatus,
    /// The bank's reference, the fault, or who said so.
    pub detail: String,
}

/// Every change of state of every refund, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_refund_change(tx: &Tx<'_>, mut take: impl FnMut(AuditRefundChange)) -> Result<(), StoreError> {
    let sql = "SELECT id, refund_id, previous_id, status, detail FROM refund_changes ORDER BY id";
    tx.each(sql, &[], |row| {
        take(AuditRefundChange {
            id: Id::new(row.int(0)?),
            refund: Id::new(row.int(1)?),
            previous: row.int(2)?,
            status: refund::read_status(row.int(3)?)?,
            detail: row.text(4)?,
        });
        Ok(())
    })
}

/// Every dispute, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_dispute(tx: &Tx<'_>, mut take: impl FnMut(StoredDispute)) -> Result<(), StoreError> {
    tx.each(&format!("{} ORDER BY id", dispute::COLUMNS), &[], |row| {
        take(read_dispute(row)?);
        Ok(())
    })
}

/// A change of state of a dispute, with the one before it.
#[derive(Clone, Copy, Debug)]
pub struct AuditDisputeChange {
    /// Its number.
    pub id: Id<DisputeChange>,
    /// Of which dispute.
    pub dispute: Id<Dispute>,
    /// The number of the change before it; 0 for the first.
    pub previous: i64,
    /// The state since then.
    pub status: DisputeStatus,
}

/// Every change of state of every dispute, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_dispute_change(tx: &Tx<'_>, mut take: impl FnMut(AuditDisputeChange)) -> Result<(), StoreError> {
    let sql = "SELECT id, dispute_id, previous_id, status FROM dispute_changes ORDER BY id";
    tx.each(sql, &[], |row| {
        take(AuditDisputeChange {
            id: Id::new(row.int(0)?),
            dispute: Id::new(row.int(1)?),
            previous: row.int(2)?,
            status: dispute::read_status(row.int(3)?)?,
        });
        Ok(())
    })
}

/// Every piece of evidence whose file is not what was kept, or that belongs to no dispute.
///
/// # Errors
/// Only those of the database.
pub fn bad_evidence(tx: &Tx<'_>) -> Result<Vec<Id<Dispute>>, StoreError> {
    let of: Vec<Id<Dispute>> = tx.query("SELECT DISTINCT dispute_id FROM evidence", &[], |row| {
        row.int(0).map(Id::new)
    })?;
    let mut bad = Vec::new();
    for dispute in of {
        let mut fits = dispute::get(tx, dispute)?.is_some();
        for evidence in dispute::evidence_of(tx, dispute)? {
            fits &= dispute::content(tx, &evidence).is_ok();
        }
        if !fits {
            bad.push(dispute);
        }
    }
    Ok(bad)
}

/// What stands in the queues of collecting.
pub struct Queues {
    /// Open payments, with their time.
    pub open: Vec<(Id<Payment>, i64)>,
    /// Attempts under way.
    pub under_way: Vec<Id<Attempt>>,
    /// Captured payments that are not settled.
    pub unsettled: Vec<Unsettled>,
    /// Refunds under way.
    pub refunds: Vec<Id<Refund>>,
    /// Disputes whose answers an acquirer is to hear of.
    pub disputes_to_tell: Vec<Id<Dispute>>,
    /// Refunds that merchants' keys stand for.
    pub refund_keys: Vec<(Id<Merchant>, Id<Refund>)>,
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
        refunds: tx.query("SELECT refund_id FROM refunds_under_way", &[], |row| {
            row.int(0).map(Id::new)
        })?,
        disputes_to_tell: tx.query("SELECT dispute_id FROM disputes_to_tell", &[], |row| {
            row.int(0).map(Id::new)
        })?,
        refund_keys: tx.query("SELECT merchant_id, refund_id FROM refund_keys", &[], |row| {
            Ok((Id::new(row.int(0)?), Id::new(row.int(1)?)))
        })?,
    })
}
