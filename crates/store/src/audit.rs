//! Streams for `rokad verify`: the whole book, row by row, in an order that can be recomputed.

pub mod collecting;
pub mod orders;
mod recompute;

pub use recompute::{ChainReport, chain};

use crate::{
    book::{About, entry_kind},
    error::StoreError,
    payout::{StoredPayout, read_payout_at, read_status},
    tx::Tx,
};
use rokad_domain::{
    Id,
    account::Account,
    entry::EntryKind,
    id::kind::{Change, Payout},
    payout::Status,
};
use std::collections::HashSet;

/// One posting, with its entry.
#[derive(Clone, Copy, Debug)]
pub struct AuditPosting {
    /// The entry's number.
    pub entry: i64,
    /// What it records.
    pub kind: EntryKind,
    /// What it is about.
    pub about: About,
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
        "SELECT MIN(e.id) FROM entries e WHERE NOT EXISTS (SELECT 1 FROM postings p WHERE p.entry_id = e.id)";
    if let Some(entry) = first(tx, bare)? {
        return Err(StoreError::corrupt(format!("entry {entry} has no postings")));
    }
    let orphans = "SELECT MIN(p.entry_id) FROM postings p WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = p.entry_id)";
    if let Some(entry) = first(tx, orphans)? {
        return Err(StoreError::corrupt(format!(
            "postings of entry {entry}, which does not exist"
        )));
    }
    let sql = "SELECT e.id, e.kind, e.about_id, p.debit_account, p.credit_account, p.amount_paise \
               FROM entries e JOIN postings p ON p.entry_id = e.id ORDER BY e.id, p.line";
    tx.each(sql, &[], |row| {
        let account = |column: usize| {
            let number = row.int(column)?;
            Account::from_number(number)
                .ok_or_else(|| StoreError::corrupt(format!("account number {number}")))
        };
        let kind = entry_kind(row.int(1)?)?;
        take(AuditPosting {
            entry: row.int(0)?,
            kind,
            about: About::of(kind, row.maybe_int(2)?),
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

/// The changes that a callback tells of, owed or delivered.
///
/// # Errors
/// Only those of the database.
pub fn told_changes(tx: &Tx<'_>) -> Result<HashSet<Id<Change>>, StoreError> {
    let sql = "SELECT change_id FROM callbacks WHERE kind = 0 \
               UNION ALL SELECT change_id FROM callbacks_done WHERE kind = 0";
    let told = tx.query(sql, &[], |row| row.int(0).map(Id::new))?;
    Ok(told.into_iter().collect())
}

/// The first callback, owed or delivered, that tells of what never happened.
///
/// # Errors
/// Only those of the database.
pub fn stray_callback(tx: &Tx<'_>) -> Result<Option<i64>, StoreError> {
    first(
        tx,
        "SELECT MIN(k.id) FROM (SELECT id, kind, about_id, change_id FROM callbacks \
         UNION ALL SELECT id, kind, about_id, change_id FROM callbacks_done) k \
         WHERE (k.kind = 0 \
         AND NOT EXISTS (SELECT 1 FROM payout_changes c WHERE c.id = k.change_id AND c.payout_id = k.about_id)) \
         OR (k.kind = 1 \
         AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = k.change_id AND e.payment_id = k.about_id))",
    )
}

/// The first payout whose last callback is neither owed nor delivered, or tells of something else. What was delivered long ago is
/// forgotten: then it is not owed.
///
/// # Errors
/// Only those of the database.
pub fn untold_payout(tx: &Tx<'_>) -> Result<Option<i64>, StoreError> {
    let fits = "WHERE k.id = p.last_callback_id AND k.kind = 0 AND k.about_id = p.id AND k.change_id = p.last_change_id";
    let sql = format!(
        "SELECT MIN(p.id) FROM payouts p WHERE p.last_callback_id IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM callbacks k {fits}) AND NOT EXISTS (SELECT 1 FROM callbacks_done k {fits}) \
         AND NOT (p.last_callback_id <= (SELECT callback_id FROM callbacks_forgotten) \
         AND NOT EXISTS (SELECT 1 FROM callbacks k WHERE k.id = p.last_callback_id))"
    );
    first(tx, &sql)
}

/// The numbers of an append-only table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Numbers {
    /// The table.
    pub table: &'static str,
    /// How many rows there are.
    pub rows: i64,
    /// The highest number among them.
    pub highest: i64,
    /// The last number that was handed out. Numbers are handed out without gaps, so all three must be equal.
    pub handed_out: i64,
}

/// The numbers of every append-only table: they give away what was cut off at the end.
///
/// # Errors
/// Only those of the database.
pub fn numbers(tx: &Tx<'_>) -> Result<Vec<Numbers>, StoreError> {
    const TABLES: [(&str, &str); 15] = [
        ("batches", "batch"),
        ("entries", "entry"),
        ("payouts", "payout"),
        ("payout_changes", "change"),
        ("payments", "payment"),
        ("attempts", "attempt"),
        ("payment_changes", "payment_change"),
        ("settlements", "settlement"),
        ("receipts", "receipt"),
        ("refunds", "refund"),
        ("refund_changes", "refund_change"),
        ("disputes", "dispute"),
        ("dispute_changes", "dispute_change"),
        ("evidence", "evidence"),
        ("events", "event"),
    ];
    let of_one = |(table, counter): (&'static str, &str)| {
        let count = |what: &str| first(tx, &format!("SELECT {what} FROM {table}"));
        let handed_out = first(
            tx,
            &format!("SELECT value FROM counters WHERE name = '{counter}'"),
        )?;
        Ok(Numbers {
            table,
            rows: count("COUNT(*)")?.unwrap_or(0),
            highest: count("MAX(id)")?.unwrap_or(0),
            handed_out: handed_out.unwrap_or(0),
        })
    };
    TABLES.into_iter().map(of_one).collect()
}

/// The number that a query of one row and one column answers.
fn first(tx: &Tx<'_>, sql: &str) -> Result<Option<i64>, StoreError> {
    Ok(tx.query_one(sql, &[], |row| row.maybe_int(0))?.flatten())
}
