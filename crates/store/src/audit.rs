//! Streams for `rokad verify`: the whole book, row by row, in an order that can be recomputed.

use crate::{
    book::entry_kind,
    chain::{Link, Part},
    error::StoreError,
    payout::{StoredPayout, link_change, link_row, read_payout_at, read_status},
    tx::Tx,
};
use rokad_domain::{
    Id,
    account::Account,
    entry::EntryKind,
    id::kind::{Callback, Change, Payout},
    payout::Status,
};
use std::collections::HashMap;

/// One posting, with its entry.
#[derive(Clone, Copy, Debug)]
pub struct AuditPosting {
    /// The entry's number.
    pub entry: i64,
    /// What it records.
    pub kind: EntryKind,
    /// The payout that it moves the money of.
    pub payout: Option<Id<Payout>>,
    /// The account debited.
    pub debit: Account,
    /// The account credited.
    pub credit: Account,
    /// Paise.
    pub amount_paise: i64,
}

/// Every posting, in the order of entries.
///
/// # Errors
/// When an account or a kind of entry is unknown, an entry has no postings, or a posting has no entry.
pub fn each_posting(tx: &Tx<'_>, mut take: impl FnMut(AuditPosting)) -> Result<(), StoreError> {
    let bare =
        "SELECT COUNT(*) FROM entries e WHERE NOT EXISTS (SELECT 1 FROM postings p WHERE p.entry_id = e.id)";
    if tx.query_one(bare, &[], |row| row.int(0))?.unwrap_or(0) != 0 {
        return Err(StoreError::corrupt("an entry without postings"));
    }
    let orphans =
        "SELECT COUNT(*) FROM postings p WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = p.entry_id)";
    if tx.query_one(orphans, &[], |row| row.int(0))?.unwrap_or(0) != 0 {
        return Err(StoreError::corrupt("a posting without an entry"));
    }
    let sql = "SELECT e.id, e.kind, e.payout_id, p.debit_account, p.credit_account, p.amount_paise \
               FROM entries e JOIN postings p ON p.entry_id = e.id ORDER BY e.id, p.line";
    tx.each(sql, &[], |row| {
        let account = |column: usize| {
            let number = row.int(column)?;
            Account::from_number(number)
                .ok_or_else(|| StoreError::corrupt(format!("account number {number}")))
        };
        take(AuditPosting {
            entry: row.int(0)?,
            kind: entry_kind(row.int(1)?)?,
            payout: row.maybe_int(2)?.map(Id::new),
            debit: account(3)?,
            credit: account(4)?,
            amount_paise: row.int(5)?,
        });
        Ok(())
    })
}

/// Every payout, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_payout(tx: &Tx<'_>, mut take: impl FnMut(StoredPayout)) -> Result<(), StoreError> {
    let sql = format!("{} ORDER BY id", crate::payout::COLUMNS);
    tx.each(&sql, &[], |row| {
        take(read_payout_at(row)?);
        Ok(())
    })
}

/// A change of state, with the one before it.
#[derive(Clone, Copy, Debug)]
pub struct AuditChange {
    /// Its number.
    pub id: Id<Change>,
    /// Of which payout.
    pub payout: Id<Payout>,
    /// The number of the change before it; 0 for the first.
    pub previous: i64,
    /// The state since then.
    pub status: Status,
}

/// Every change of state, in the order of arrival.
///
/// # Errors
/// When a row does not make sense.
pub fn each_change(tx: &Tx<'_>, mut take: impl FnMut(AuditChange)) -> Result<(), StoreError> {
    tx.each(
        "SELECT id, payout_id, previous_id, status FROM payout_changes ORDER BY id",
        &[],
        |row| {
            take(AuditChange {
                id: Id::new(row.int(0)?),
                payout: Id::new(row.int(1)?),
                previous: row.int(2)?,
                status: read_status(row.int(3)?)?,
            });
            Ok(())
        },
    )
}

/// What stands in the queues: payouts that wait, payouts that a bank was told of, callbacks owed and delivered.
#[derive(Default, Debug)]
pub struct Queues {
    /// Numbers of payouts that wait.
    pub waiting: Vec<Id<Payout>>,
    /// Numbers of payouts that a bank was told of.
    pub sent: Vec<Id<Payout>>,
    /// Callbacks owed; parked ones among them.
    pub owed: i64,
    /// Callbacks parked.
    pub parked: i64,
    /// Callbacks delivered.
    pub delivered: i64,
}

/// See [`Queues`].
///
/// # Errors
/// Only those of the database.
pub fn queues(tx: &Tx<'_>) -> Result<Queues, StoreError> {
    let count = |sql: &str| Ok::<_, StoreError>(tx.query_one(sql, &[], |row| row.int(0))?.unwrap_or(0));
    Ok(Queues {
        waiting: tx.query("SELECT payout_id FROM payouts_waiting", &[], |row| {
            row.int(0).map(Id::new)
        })?,
        sent: tx.query("SELECT payout_id FROM payouts_sent", &[], |row| {
            row.int(0).map(Id::new)
        })?,
        owed: count("SELECT COUNT(*) FROM callbacks")?,
        parked: count("SELECT COUNT(*) FROM callbacks WHERE parked = 1")?,
        delivered: count("SELECT COUNT(*) FROM callbacks_done")?,
    })
}

/// Whether a callback is owed or delivered.
///
/// # Errors
/// Only those of the database.
pub fn callback_exists(tx: &Tx<'_>, id: Id<Callback>) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM callbacks WHERE id = $1 UNION ALL SELECT 1 FROM callbacks_done WHERE id = $1";
    Ok(tx
        .query_one(sql, &[crate::dialect::Value::Int(id.get())], |row| row.int(0))?
        .is_some())
}

/// What recomputing the hash chain found.
#[derive(Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// How many links there are.
    pub links: usize,
    /// The hash of the last one; note it down elsewhere to prove later that nothing before it changed.
    pub head: Vec<u8>,
    /// The first link that does not fit, if any.
    pub broken_at: Option<i64>,
}

/// Recomputes the hash chain from the rows.
///
/// # Errors
/// When a row does not make sense.
pub fn chain(tx: &mut Tx<'_>) -> Result<ChainReport, StoreError> {
    let mut links = rebuild_links(tx)?;
    let batches = tx.query(
        "SELECT id, previous_id, at_ms, hash FROM batches ORDER BY id",
        &[],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.blob(3)?)),
    )?;
    let mut report = ChainReport {
        links: batches.len(),
        head: Vec::new(),
        broken_at: None,
    };
    let mut last = 0;
    for (id, previous_id, at_ms, hash) in batches {
        let expected = links
            .remove(&id)
            .unwrap_or_default()
            .close(&report.head, id, at_ms);
        if (previous_id != last || expected.as_slice() != hash) && report.broken_at.is_none() {
            report.broken_at = Some(id);
        }
        (last, report.head) = (id, hash);
    }
    // Rows of a batch that has no link.
    let stray = links.keys().min().copied();
    report.broken_at = report.broken_at.or(stray);
    Ok(report)
}

/// The links as the rows say they must have been, by batch.
fn rebuild_links(tx: &mut Tx<'_>) -> Result<HashMap<i64, Link>, StoreError> {
    let mut links: HashMap<i64, Link> = HashMap::new();
    let sql = format!(
        "{} ORDER BY id",
        crate::payout::COLUMNS.replace("utr FROM", "utr, batch_id FROM")
    );
    tx.each(&sql, &[], |row| {
        let payout = read_payout_at(row)?;
        let numbers = [
            payout.id.get(),
            payout.merchant.get(),
            payout.order.amount.get(),
            payout.charge.fee.get(),
            payout.charge.gst.get(),
            payout.requested_at.0,
        ];
        link_row(
            links.entry(row.int(20)?).or_default(),
            numbers,
            payout.on_return,
            &payout.order,
        );
        Ok(())
    })?;
    let sql =
        "SELECT id, payout_id, previous_id, status, at_ms, note, batch_id FROM payout_changes ORDER BY id";
    tx.each(sql, &[], |row| {
        let numbers = [row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?];
        link_change(links.entry(row.int(6)?).or_default(), numbers, &row.text(5)?);
        Ok(())
    })?;
    link_entries(tx, &mut links)?;
    Ok(links)
}

fn link_entries(tx: &Tx<'_>, links: &mut HashMap<i64, Link>) -> Result<(), StoreError> {
    let sql = "SELECT e.id, e.kind, COALESCE(e.payout_id, 0), e.at_ms, e.batch_id, p.debit_account, p.credit_account, \
               p.amount_paise FROM entries e JOIN postings p ON p.entry_id = e.id ORDER BY e.id, p.line";
    // The postings of one entry stand together; an entry is hashed as a whole.
    let mut open: Option<(i64, i64, Vec<i64>)> = None;
    let mut close = |open: &mut Option<(i64, i64, Vec<i64>)>| {
        if let Some((_, batch, numbers)) = open.take() {
            let parts: Vec<Part<'_>> = numbers.into_iter().map(Part::Int).collect();
            links.entry(batch).or_default().entry(&parts);
        }
    };
    tx.each(sql, &[], |row| {
        let id = row.int(0)?;
        if open.as_ref().is_none_or(|(open_id, _, _)| *open_id != id) {
            close(&mut open);
            open = Some((id, row.int(4)?, vec![id, row.int(1)?, row.int(2)?, row.int(3)?]));
        }
        if let Some((_, _, numbers)) = &mut open {
            numbers.extend([row.int(5)?, row.int(6)?, row.int(7)?]);
        }
        Ok(())
    })?;
    close(&mut open);
    Ok(())
}
