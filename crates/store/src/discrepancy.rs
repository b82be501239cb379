//! What a bank said that the book contradicts. Kept for a person to look at; nothing moves by it.

use crate::{
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{Id, UnixMs, id::kind::Payout};

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
