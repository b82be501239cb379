//! The log of a payout: its changes of state, each with the callback that it owes.

use super::{Facts, read_status};
use crate::{
    callback::{self, Owed, Tells},
    chain::{Link, Part, Table},
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    id::kind::{BankAccount, Callback, Change, Endpoint, Payout},
    payout::Status,
    rail::Utr,
};
use std::collections::HashMap;

/// One change of state.
#[derive(Clone, Debug)]
pub struct StoredChange {
    /// Its number.
    pub id: Id<Change>,
    /// The state since then.
    pub status: Status,
    /// When.
    pub at: UnixMs,
    /// Why, in words for the merchant.
    pub note: String,
}

/// A change of state that was decided, about to be written.
pub struct Move<'a> {
    /// Which payout.
    pub payout: Id<Payout>,
    /// The change before it.
    pub previous: Option<Id<Change>>,
    /// The state from now on.
    pub to: Status,
    /// Why, in words for the merchant.
    pub note: &'a str,
    /// Where its callback goes, if anywhere.
    pub endpoint: Option<Id<Endpoint>>,
}

/// What a written change is known by.
pub(super) struct Mark {
    pub(super) change: Id<Change>,
    pub(super) callback: Option<Id<Callback>>,
}

const CHANGES: Insert<7> = Insert {
    table: "payout_changes",
    columns: [
        "id",
        "batch_id",
        "payout_id",
        "previous_id",
        "status",
        "at_ms",
        "note",
    ],
};

/// Writes changes and the callback of each: what moves a state owes its merchant word of it, in the same transaction.
/// A move without facts has none yet.
pub(super) fn write_changes(
    tx: &mut Tx<'_>,
    moves: &[Move<'_>],
    facts: &[Facts],
    at: UnixMs,
) -> Result<Vec<Mark>, StoreError> {
    let (first, batch) = (tx.next_numbers("change", moves.len())?, tx.batch()?);
    let numbered = || (first..).zip(moves);
    let facts = facts.iter().map(Some).chain(std::iter::repeat(None));
    for ((id, change), facts) in numbered().zip(facts) {
        let previous = change.previous.map_or(0, Id::get);
        let numbers = [id, change.payout.get(), previous, change.to.code(), at.0];
        let bank_account = facts.and_then(|facts| facts.bank_account);
        let utr = facts.and_then(|facts| facts.utr.as_ref());
        link_change(
            &mut tx.link,
            numbers,
            change.note,
            evidence(change.to, bank_account, utr),
        );
    }
    tx.insert_many(
        &CHANGES,
        numbered().map(|(id, change)| {
            let previous = change.previous.map_or(0, Id::get);
            let [id, batch, payout] = [id, batch, change.payout.get()].map(Value::Int);
            [
                id,
                batch,
                payout,
                Value::Int(previous),
                Value::Int(change.to.code()),
                Value::Int(at.0),
                Value::Text(change.note),
            ]
        }),
    )?;
    let owed = numbered().filter_map(|(id, change)| {
        change.endpoint.map(|endpoint| Owed {
            endpoint,
            tells: Tells::Change(change.payout, Id::new(id)),
        })
    });
    let mut callbacks = callback::owe(tx, &owed.collect::<Vec<_>>(), at)?.into_iter();
    Ok(numbered()
        .map(|(id, change)| Mark {
            change: Id::new(id),
            callback: change.endpoint.and_then(|_| callbacks.next()),
        })
        .collect())
}

/// What the chain covers of a change: all of it, and with a final state the evidence for it.
pub(crate) fn link_change(link: &mut Link, numbers: [i64; 5], note: &str, evidence: (i64, &str)) {
    let [id, payout, previous, status, at] = numbers.map(Part::Int);
    let (bank_account, utr) = evidence;
    link.add(
        Table::Changes,
        &[
            id,
            payout,
            previous,
            status,
            at,
            Part::Text(note),
            Part::Int(bank_account),
            Part::Text(utr),
        ],
    );
}

/// The account that paid and the bank's reference: they stand fast once the outcome is known, and not before.
pub(crate) fn evidence(status: Status, bank: Option<Id<BankAccount>>, utr: Option<&Utr>) -> (i64, &str) {
    match status {
        Status::Pending | Status::Processing => (0, ""),
        Status::Approved | Status::Failed | Status::Declined => {
            (bank.map_or(0, Id::get), utr.map_or("", Utr::as_str))
        }
    }
}

/// When each of these changes happened.
///
/// # Errors
/// Only those of the database.
pub fn changed_at(tx: &Tx<'_>, changes: &[Id<Change>]) -> Result<HashMap<Id<Change>, UnixMs>, StoreError> {
    let numbers: Vec<i64> = changes.iter().map(|change| change.get()).collect();
    let rows = tx.select_in("SELECT id, at_ms FROM payout_changes", "id", &numbers, |row| {
        Ok((Id::new(row.int(0)?), UnixMs(row.int(1)?)))
    })?;
    Ok(rows.into_iter().collect())
}

/// The changes of a payout up to and with `last`, oldest first.
///
/// # Errors
/// When the list is broken.
pub fn changes_up_to(tx: &Tx<'_>, last: Id<Change>) -> Result<Vec<StoredChange>, StoreError> {
    let select = "SELECT status, at_ms, note, previous_id FROM payout_changes";
    tx.log_up_to(select, last.get(), |id, row| {
        let change = StoredChange {
            id: Id::new(id),
            status: read_status(row.int(0)?)?,
            at: UnixMs(row.int(1)?),
            note: row.text(2)?,
        };
        Ok((change, row.int(3)?))
    })
}
