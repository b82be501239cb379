//! Receipts: money that came into a bank account of the operator, each known by its UTR.

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Row, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, Paise, UnixMs,
    id::kind::{Attempt, BankAccount, Receipt},
    rail::Utr,
};

/// Money that came in, as a bank's statement or an operator says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewReceipt {
    /// Into which account.
    pub bank_account: Id<BankAccount>,
    /// The bank's reference: one receipt for each.
    pub utr: Utr,
    /// How much.
    pub amount: Paise,
    /// What the statement says beside it.
    pub remark: String,
    /// The statement's name, or the operator's.
    pub said_by: String,
    /// The attempt that it pays, or why it pays none and is in suspense.
    pub pays: Result<Id<Attempt>, &'static str>,
}

/// A receipt as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredReceipt {
    /// Its number.
    pub id: Id<Receipt>,
    /// Into which account.
    pub bank_account: Id<BankAccount>,
    /// The bank's reference.
    pub utr: String,
    /// How much.
    pub amount: Paise,
    /// What the statement says beside it.
    pub remark: String,
    /// Who said so.
    pub said_by: String,
    /// When we heard of it.
    pub at: UnixMs,
    /// The attempt that it pays, or why it is in suspense.
    pub pays: Result<Id<Attempt>, String>,
}

pub(crate) const COLUMNS: &str = "SELECT id, bank_account_id, utr, amount_paise, remark, said_by, at_ms, attempt_id, why, batch_id \
     FROM receipts";

pub(crate) fn read_receipt(row: &Row<'_>) -> Result<StoredReceipt, StoreError> {
    let id = row.int(0)?;
    let pays = match row.maybe_int(7)? {
        Some(attempt) => Ok(Id::new(attempt)),
        None => Err(row.maybe_text(8)?.unwrap_or_default()),
    };
    Ok(StoredReceipt {
        id: Id::new(id),
        bank_account: Id::new(row.int(1)?),
        utr: row.text(2)?,
        amount: Paise::new(row.int(3)?)
            .ok_or_else(|| StoreError::corrupt(format!("amount of receipt {id}")))?,
        remark: row.text(4)?,
        said_by: row.text(5)?,
        at: UnixMs(row.int(6)?),
        pays,
    })
}

/// Whether this account's receipt with this UTR is known.
///
/// # Errors
/// Only those of the database.
pub fn find(
    tx: &Tx<'_>,
    bank_account: Id<BankAccount>,
    utr: &Utr,
) -> Result<Option<StoredReceipt>, StoreError> {
    let sql = format!("{COLUMNS} WHERE bank_account_id = $1 AND utr = $2");
    let key = [Value::Int(bank_account.get()), Value::Text(utr.as_str())];
    tx.query_one(&sql, &key, read_receipt)
}

/// Receipts in suspense, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn in_suspense(tx: &Tx<'_>) -> Result<Vec<StoredReceipt>, StoreError> {
    tx.query(
        &format!("{COLUMNS} WHERE attempt_id IS NULL ORDER BY id"),
        &[],
        read_receipt,
    )
}

const RECEIPTS: Insert<10> = Insert {
    table: "receipts",
    columns: [
        "id",
        "batch_id",
        "bank_account_id",
        "utr",
        "amount_paise",
        "remark",
        "said_by",
        "at_ms",
        "attempt_id",
        "why",
    ],
};

/// Writes a receipt. Returns its number.
///
/// # Errors
/// When the account's UTR is known already.
pub fn insert(tx: &mut Tx<'_>, new: &NewReceipt, at: UnixMs) -> Result<Id<Receipt>, StoreError> {
    let (id, batch) = (tx.next_numbers("receipt", 1)?, tx.batch()?);
    let (attempt, why) = match &new.pays {
        Ok(attempt) => (Some(attempt.get()), None),
        Err(why) => (None, Some(*why)),
    };
    let numbers = [
        id,
        new.bank_account.get(),
        new.amount.get(),
        at.0,
        attempt.unwrap_or(0),
    ];
    let texts = [new.utr.as_str(), &new.remark, &new.said_by, why.unwrap_or("")];
    link_receipt(&mut tx.link, numbers, texts);
    tx.insert_many(
        &RECEIPTS,
        [[
            Value::Int(id),
            Value::Int(batch),
            Value::Int(new.bank_account.get()),
            Value::Text(new.utr.as_str()),
            Value::Int(new.amount.get()),
            Value::Text(&new.remark),
            Value::Text(&new.said_by),
            Value::Int(at.0),
            Value::maybe(attempt),
            Value::maybe_text(why),
        ]],
    )?;
    Ok(Id::new(id))
}

pub(crate) fn link_receipt(link: &mut Link, numbers: [i64; 5], texts: [&str; 4]) {
    let row: Vec<Part<'_>> = numbers
        .into_iter()
        .map(Part::Int)
        .chain(texts.into_iter().map(Part::Text))
        .collect();
    link.add(Table::Receipts, &row);
}
