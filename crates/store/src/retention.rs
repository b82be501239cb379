//! What was delivered long ago is forgotten: in order, a piece at a time, and how far is written down.
//!
//! What is owed or parked stays, however old. Numbers of callbacks and the instants of their delivery grow together but for a few
//! days of attempts, so that the oldest numbers are walked and no index of instants is needed.

use crate::{dialect::Value, error::StoreError, migrate::known_schema, tx::Tx};
use rokad_domain::{
    Id, UnixMs,
    id::kind::{Callback, Change},
};

/// How far delivered callbacks are forgotten. Those with higher numbers are all there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forgotten {
    /// The highest callback among them; 0 of none.
    pub callback: Id<Callback>,
    /// The highest change that one of them told of.
    pub change: Id<Change>,
}

/// See [`Forgotten`].
///
/// # Errors
/// Only those of the database.
pub fn forgotten(tx: &Tx<'_>) -> Result<Forgotten, StoreError> {
    let sql = "SELECT callback_id, change_id FROM callbacks_forgotten WHERE id = 1";
    let read = |row: &crate::dialect::Row<'_>| {
        Ok(Forgotten {
            callback: Id::new(row.int(0)?),
            change: Id::new(row.int(1)?),
        })
    };
    tx.query_one(sql, &[], read)?
        .ok_or_else(|| StoreError::corrupt("callbacks_forgotten has no row"))
}

/// Whether a node serves whose program does not know that callbacks are forgotten: it would take a forgotten one for one that was
/// never acknowledged.
///
/// # Errors
/// Only those of the database.
pub fn older_node_serves(tx: &Tx<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT MIN(knows) FROM nodes";
    let oldest = tx.query_one(sql, &[], |row| row.maybe_int(0))?.flatten();
    Ok(oldest.is_some_and(|knows| knows < known_schema()))
}

/// Forgets the oldest callbacks that were delivered before `before`, with their attempts; `limit` at most. Returns how many.
///
/// # Errors
/// Only those of the database.
pub fn forget_delivered(tx: &Tx<'_>, before: UnixMs, limit: usize) -> Result<usize, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    // What a webhook acknowledged tells of an event, which is no change of a payout.
    let sql = "SELECT id, CASE WHEN kind = 0 THEN change_id ELSE 0 END, done_at_ms FROM callbacks_done ORDER BY id LIMIT $1";
    let oldest = tx.query(sql, &[Value::Int(limit)], |row| {
        Ok((row.int(0)?, row.int(1)?, row.int(2)?))
    })?;
    // Whoever is younger holds up those behind it, for as long as its attempts took.
    let old: Vec<(i64, i64)> = oldest
        .into_iter()
        .take_while(|(_, _, done_at)| *done_at < before.0)
        .map(|(id, change, _)| (id, change))
        .collect();
    let Some((last, _)) = old.last().copied() else {
        return Ok(0);
    };
    let ids: Vec<i64> = old.iter().map(|(id, _)| *id).collect();
    tx.delete_many("callbacks_done", "id", &ids)?;
    let so_far = forgotten(tx)?;
    // Also attempts under numbers that were given up when it was resent; not those of what is still owed.
    tx.write(
        "DELETE FROM callback_attempts WHERE callback_id > $1 AND callback_id <= $2 \
         AND NOT EXISTS (SELECT 1 FROM callbacks k WHERE k.id = callback_attempts.callback_id)",
        &[so_far.callback.get().min(ids[0] - 1), last].map(Value::Int),
    )?;
    let change = old.iter().map(|(_, change)| *change).max().unwrap_or_default();
    let so_far = [so_far.callback.get().max(last), so_far.change.get().max(change)];
    tx.write(
        "UPDATE callbacks_forgotten SET callback_id = $1, change_id = $2 WHERE id = 1",
        &so_far.map(Value::Int),
    )?;
    Ok(old.len())
}
