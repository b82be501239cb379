//! What a bank said that the book contradicts. Kept for a person to look at; nothing moves by it.

use crate::{
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    id::kind::{Attempt, Payout},
};

/// Writes a contradiction down, once for each payout and text.
///
/// # Errors
/// Only those of the database.
pub fn note(tx: &Tx<'_>, payout: Id<Payout>, what: &str, at: UnixMs) -> Result<(), StoreError> {
    const DISCREPANCIES: Insert<4> = Insert {
        table: "discrepancies",
        columns: ["id", "payout_id", "at_ms", "what"],
    };
    let (payout, what) = (Value::Int(payout.get()), Value::Text(what));
    let known = "SELECT id FROM discrepancies WHERE payout_id = $1 AND what = $2";
    if tx.query_one(known, &[payout, what], |row| row.int(0))?.is_some() {
        return Ok(());
    }
    let id = tx.next_numbers("discrepancy", 1)?;
    tx.insert_many(&DISCREPANCIES, [[Value::Int(id), payout, Value::Int(at.0), what]])
}

/// The same of an acquirer and an attempt.
///
/// # Errors
/// Only those of the database.
pub fn note_of_attempt(tx: &Tx<'_>, attempt: Id<Attempt>, what: &str, at: UnixMs) -> Result<(), StoreError> {
    const DISCREPANCIES: Insert<4> = Insert {
        table: "payment_discrepancies",
        columns: ["id", "attempt_id", "at_ms", "what"],
    };
    let (attempt, what) = (Value::Int(attempt.get()), Value::Text(what));
    let known = "SELECT id FROM payment_discrepancies WHERE attempt_id = $1 AND what = $2";
    if tx.query_one(known, &[attempt, what], |row| row.int(0))?.is_some() {
        return Ok(());
    }
    let id = tx.next_numbers("payment_discrepancy", 1)?;
    tx.insert_many(
        &DISCREPANCIES,
        [[Value::Int(id), attempt, Value::Int(at.0), what]],
    )
}

/// All that was written down of attempts, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn of_attempts(tx: &Tx<'_>) -> Result<Vec<(Id<Attempt>, UnixMs, String)>, StoreError> {
    tx.query(
        "SELECT attempt_id, at_ms, what FROM payment_discrepancies ORDER BY id",
        &[],
        |row| Ok((Id::new(row.int(0)?), UnixMs(row.int(1)?), row.text(2)?)),
    )
}

/// All that was written down, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn all(tx: &Tx<'_>) -> Result<Vec<(Id<Payout>, UnixMs, String)>, StoreError> {
    tx.query(
        "SELECT payout_id, at_ms, what FROM discrepancies ORDER BY id",
        &[],
        |row| Ok((Id::new(row.int(0)?), UnixMs(row.int(1)?), row.text(2)?)),
    )
}
