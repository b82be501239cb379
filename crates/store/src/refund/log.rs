//! The log of a refund: its changes of state.

use super::read_status;
use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    id::kind::{Refund, RefundChange},
    refund::Status,
};

/// A change of state that was decided, about to be written.
pub struct Change<'a> {
    /// Which refund.
    pub refund: Id<Refund>,
    /// The change before it.
    pub previous: Option<Id<RefundChange>>,
    /// Its state from now on.
    pub to: Status,
    /// The bank's reference, the fault, or who said so.
    pub detail: &'a str,
}

/// Writes changes of state. Returns their numbers.
///
/// # Errors
/// Only those of the database.
pub fn write_changes(
    tx: &mut Tx<'_>,
    changes: &[Change<'_>],
    at: UnixMs,
) -> Result<Vec<Id<RefundChange>>, StoreError> {
    const CHANGES: Insert<7> = Insert {
        table: "refund_changes",
        columns: [
            "id",
            "batch_id",
            "refund_id",
            "previous_id",
            "status",
            "at_ms",
            "detail",
        ],
    };
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let (first, batch) = (tx.next_numbers("refund_change", changes.len())?, tx.batch()?);
    let mut rows = Vec::with_capacity(changes.len());
    for (id, change) in (first..).zip(changes) {
        let numbers = [
            id,
            change.refund.get(),
            change.previous.map_or(0, Id::get),
            change.to.code(),
            at.0,
        ];
        link_change(&mut tx.link, numbers, change.detail);
        let [id, refund, previous, status, at] = numbers.map(Value::Int);
        rows.push([
            id,
            Value::Int(batch),
            refund,
            previous,
            status,
            at,
            Value::Text(change.detail),
        ]);
    }
    tx.insert_many(&CHANGES, rows)?;
    Ok((first..).zip(changes).map(|(id, _)| Id::new(id)).collect())
}

pub(crate) fn link_change(link: &mut Link, numbers: [i64; 5], detail: &str) {
    let [id, refund, previous, status, at] = numbers.map(Part::Int);
    link.add(
        Table::RefundChanges,
        &[id, refund, previous, status, at, Part::Text(detail)],
    );
}

/// A change of state of a refund, as its log tells it.
#[derive(Clone, Debug)]
pub struct StoredChange {
    /// Its number.
    pub id: Id<RefundChange>,
    /// Its state since then.
    pub status: Status,
    /// When.
    pub at: UnixMs,
    /// The bank's reference, the fault, or who said so.
    pub detail: String,
}

/// The log of a refund up to and with `last`, oldest first.
///
/// # Errors
/// When the list is broken.
pub fn log_up_to(tx: &Tx<'_>, last: Id<RefundChange>) -> Result<Vec<StoredChange>, StoreError> {
    let select = "SELECT status, at_ms, detail, previous_id FROM refund_changes";
    tx.log_up_to(select, last.get(), |id, row| {
        let change = StoredChange {
            id: Id::new(id),
            status: read_status(row.int(0)?)?,
            at: UnixMs(row.int(1)?),
            detail: row.text(2)?,
        };
        Ok((change, row.int(3)?))
    })
}
