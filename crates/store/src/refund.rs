//! Refunds: the money that goes back to customers, and what happened to it.

mod log;

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, Paise, UnixMs,
    acquirer::BankRef,
    id::kind::{Attempt, Merchant, Payment, Refund, RefundChange},
    payment::Source,
    refund::{Fault, Status},
};
use std::collections::HashMap;

pub(crate) use log::link_change;
pub use log::{Change, StoredChange, log_up_to, write_changes};

/// A refund that was granted, about to be written.
pub struct NewRefund<'a> {
    /// Who pays it.
    pub merchant: Id<Merchant>,
    /// Of which payment.
    pub payment: Id<Payment>,
    /// The refund of that payment before it.
    pub previous: Before,
    /// The attempt that took the money.
    pub attempt: Id<Attempt>,
    /// How much.
    pub amount: Paise,
    /// Where its money was.
    pub source: Source,
    /// The merchant's own key of it.
    pub key: Option<&'a str>,
}

/// The refund of a payment before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Before {
    /// There is none.
    None,
    /// One that is written.
    Refund(Id<Refund>),
    /// One that is written with it: its place.
    InBatch(usize),
}

/// A refund as it stands.
#[derive(Clone, Debug)]
pub struct StoredRefund {
    /// Its number.
    pub id: Id<Refund>,
    /// Who pays it.
    pub merchant: Id<Merchant>,
    /// Of which payment.
    pub payment: Id<Payment>,
    /// The refund of that payment before it.
    pub previous: Option<Id<Refund>>,
    /// How much.
    pub amount: Paise,
    /// Where its money was.
    pub source: Source,
    /// The attempt that took the money.
    pub attempt: Id<Attempt>,
    /// Our reference at the acquirer.
    pub reference: String,
    /// When it was asked for.
    pub created_at: UnixMs,
    /// Its state.
    pub status: Status,
    /// The last change of it.
    pub last_change: Id<RefundChange>,
    /// The acquirer refuses it after this instant. Known once it was given to the acquirer.
    pub not_after: Option<UnixMs>,
    /// The bank's reference, once completed.
    pub bank_ref: Option<BankRef>,
    /// Why it failed.
    pub fault: Option<Fault>,
    /// When it was completed, or failed.
    pub ended_at: Option<UnixMs>,
}

pub(crate) const COLUMNS: &str = "SELECT id, merchant_id, payment_id, previous_id, amount_paise, collected_paise, attempt_id, reference, \
     created_at_ms, status, last_change_id, not_after_ms, bank_ref, fault, ended_at_ms, batch_id FROM refunds";

pub(crate) fn read_refund(row: &Row<'_>) -> Result<StoredRefund, StoreError> {
    let id = row.int(0)?;
    let bad = |what: &str| StoreError::corrupt(format!("refund {id}: {what}"));
    let paise = |column: usize| Paise::new(row.int(column)?).ok_or_else(|| bad("amount"));
    let (amount, collected) = (paise(4)?, paise(5)?);
    let bank_ref = row
        .maybe_text(12)?
        .map(|text| BankRef::parse(&text).ok_or_else(|| bad("bank_ref")));
    let fault = row
        .maybe_text(13)?
        .map(|code| Fault::from_code(&code).ok_or_else(|| bad("fault")));
    Ok(StoredRefund {
        id: Id::new(id),
        merchant: Id::new(row.int(1)?),
        payment: Id::new(row.int(2)?),
        previous: Some(row.int(3)?).filter(|id| *id != 0).map(Id::new),
        amount,
        source: Source {
            collected,
            available: amount.minus(collected).ok_or_else(|| bad("source"))?,
        },
        attempt: Id::new(row.int(6)?),
        reference: row.text(7)?,
        created_at: UnixMs(row.int(8)?),
        status: Status::from_code(row.int(9)?).ok_or_else(|| bad("status"))?,
        last_change: Id::new(row.int(10)?),
        not_after: row.maybe_int(11)?.map(UnixMs),
        bank_ref: bank_ref.transpose()?,
        fault: fault.transpose()?,
        ended_at: row.maybe_int(14)?.map(UnixMs),
    })
}

/// The refunds with these numbers, in their order. In a transaction that writes, their rows are locked.
///
/// # Errors
/// When one does not exist.
pub fn get_all(tx: &Tx<'_>, ids: &[Id<Refund>]) -> Result<Vec<StoredRefund>, StoreError> {
    let found = tx.select_ids(COLUMNS, ids, read_refund, |one| one.id)?;
    if found.len() == ids.len() {
        return Ok(found);
    }
    Err(StoreError::corrupt("a refund that is known does not exist"))
}

/// The refund with this number, if there is one.
///
/// # Errors
/// Only those of the database.
pub fn get(tx: &Tx<'_>, id: Id<Refund>) -> Result<Option<StoredRefund>, StoreError> {
    Ok(tx.select_in(COLUMNS, "id", &[id.get()], read_refund)?.pop())
}

/// The refunds of a payment up to and with `last`, oldest first.
///
/// # Errors
/// When the list is broken.
pub fn list_up_to(tx: &Tx<'_>, last: Option<Id<Refund>>) -> Result<Vec<StoredRefund>, StoreError> {
    let (mut list, mut next) = (Vec::new(), last);
    while let Some(id) = next {
        let refund = get(tx, id)?.ok_or_else(|| StoreError::corrupt(format!("no refund {id}")))?;
        next = refund.previous;
        if next.is_some_and(|previous| previous >= id) {
            return Err(StoreError::corrupt(format!("refund {id} comes before itself")));
        }
        list.push(refund);
    }
    list.reverse();
    Ok(list)
}

/// A key by which a merchant asks for a refund once.
pub type OfMerchant = (Id<Merchant>, String);
/// A refund, and its first change.
pub type Started = (Id<Refund>, Id<RefundChange>);

/// The columns of a merchant's key.
const KEY: [&str; 2] = ["merchant_id", "refund_key"];

/// The refunds that merchants' keys stand for, those that there are.
///
/// # Errors
/// Only those of the database.
pub fn find_keys<'a>(
    tx: &Tx<'_>,
    keys: impl IntoIterator<Item = (Id<Merchant>, &'a str)>,
) -> Result<HashMap<OfMerchant, Id<Refund>>, StoreError> {
    let keys: Vec<_> = keys
        .into_iter()
        .map(|(merchant, key)| [Value::Int(merchant.get()), Value::Text(key)])
        .collect();
    let select = "SELECT merchant_id, refund_key, refund_id FROM refund_keys";
    let found = tx.select_keys(select, KEY, &keys, |row| {
        Ok(((Id::new(row.int(0)?), row.text(1)?), Id::new(row.int(2)?)))
    })?;
    Ok(found.into_iter().collect())
}

const REFUNDS: Insert<12> = Insert {
    table: "refunds",
    columns: [
        "id",
        "batch_id",
        "merchant_id",
        "payment_id",
        "previous_id",
        "amount_paise",
        "collected_paise",
        "attempt_id",
        "reference",
        "created_at_ms",
        "status",
        "last_change_id",
    ],
};
const KEYS: Insert<3> = Insert {
    table: "refund_keys",
    columns: ["merchant_id", "refund_key", "refund_id"],
};
const UNDER_WAY: Insert<3> = Insert {
    table: "refunds_under_way",
    columns: ["refund_id", "asks", "ask_at_ms"],
};

/// Writes new refunds, due for their acquirer at once. `reference` makes the reference of a refund from its number. Returns their
/// numbers, and those of their first changes.
///
/// # Errors
/// Only those of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    new: &[NewRefund<'_>],
    reference: impl Fn(Id<Refund>) -> String,
    at: UnixMs,
) -> Result<Vec<Started>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let (first, batch) = (tx.next_numbers("refund", new.len())?, tx.batch()?);
    let ids: Vec<Id<Refund>> = (first..).zip(new).map(|(id, _)| Id::new(id)).collect();
    let initiated: Vec<Change<'_>> = ids
        .iter()
        .map(|id| Change {
            refund: *id,
            previous: None,
            to: Status::Initiated,
            detail: "",
        })
        .collect();
    let changes = write_changes(tx, &initiated, at)?;
    let references: Vec<String> = ids.iter().map(|id| reference(*id)).collect();
    let mut rows = Vec::with_capacity(new.len());
    for (((id, new), reference), change) in ids.iter().zip(new).zip(&references).zip(&changes) {
        let numbers = [
            id.get(),
            new.merchant.get(),
            new.payment.get(),
            previous(new.previous, &ids),
            new.amount.get(),
            new.source.collected.get(),
            new.attempt.get(),
            at.0,
        ];
        link_refund(&mut tx.link, numbers, reference);
        let [
            id,
            merchant,
            payment,
            previous,
            amount,
            collected,
            attempt,
            created,
        ] = numbers.map(Value::Int);
        rows.push([
            id,
            Value::Int(batch),
            merchant,
            payment,
            previous,
            amount,
            collected,
            attempt,
            Value::Text(reference),
            created,
            Value::Int(Status::Initiated.code()),
            Value::Int(change.get()),
        ]);
    }
    tx.insert_many(&REFUNDS, rows)?;
    let keyed = ids.iter().zip(new).filter_map(|(id, new)| {
        let key = Value::Text(new.key?);
        Some([Value::Int(new.merchant.get()), key, Value::Int(id.get())])
    });
    tx.insert_many(&KEYS, keyed)?;
    tx.insert_many(
        &UNDER_WAY,
        ids.iter().map(|id| [id.get(), 0, at.0].map(Value::Int)),
    )?;
    Ok(ids.into_iter().zip(changes).collect())
}

fn previous(before: Before, ids: &[Id<Refund>]) -> i64 {
    match before {
        Before::None => 0,
        Before::Refund(id) => id.get(),
        Before::InBatch(at) => ids.get(at).map_or(0, |id| id.get()),
    }
}

/// What the chain covers of a refund: all of it that never changes.
pub(crate) fn link_refund(link: &mut Link, numbers: [i64; 8], reference: &str) {
    let mut row: Vec<Part<'_>> = numbers.into_iter().map(Part::Int).collect();
    row.push(Part::Text(reference));
    link.add(Table::Refunds, &row);
}

pub(crate) fn read_status(code: i64) -> Result<Status, StoreError> {
    Status::from_code(code).ok_or_else(|| StoreError::corrupt(format!("status {code} of a refund")))
}

const OUTCOMES: Update<7> = Update {
    table: "refunds",
    columns: [
        "id",
        "status",
        "last_change_id",
        "not_after_ms",
        "bank_ref",
        "fault",
        "ended_at_ms",
    ],
};

/// Writes where refunds stand now.
///
/// # Errors
/// Only those of the database.
pub fn keep(tx: &Tx<'_>, refunds: &[&StoredRefund]) -> Result<(), StoreError> {
    tx.update_many(
        &OUTCOMES,
        refunds.iter().map(|refund| {
            [
                Value::Int(refund.id.get()),
                Value::Int(refund.status.code()),
                Value::Int(refund.last_change.get()),
                Value::maybe(refund.not_after.map(|at| at.0)),
                Value::maybe_text(refund.bank_ref.as_ref().map(BankRef::as_str)),
                Value::maybe_text(refund.fault.map(Fault::code)),
                Value::maybe(refund.ended_at.map(|at| at.0)),
            ]
        }),
    )
}

/// Refunds that are due for their acquirer at `now`, with how often it was asked about each, the longest due first.
///
/// # Errors
/// Only those of the database.
pub fn due(tx: &Tx<'_>, now: UnixMs, limit: usize) -> Result<Vec<(Id<Refund>, u32)>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT refund_id, asks FROM refunds_under_way WHERE ask_at_ms <= $1 ORDER BY ask_at_ms, refund_id LIMIT $2";
    tx.query(sql, &[Value::Int(now.0), Value::Int(limit)], read_asks)
}

/// How often each was asked about, of those that are under way.
///
/// # Errors
/// Only those of the database.
pub fn asks(tx: &Tx<'_>, refunds: &[Id<Refund>]) -> Result<Vec<(Id<Refund>, u32)>, StoreError> {
    let numbers: Vec<i64> = refunds.iter().map(|refund| refund.get()).collect();
    let select = "SELECT refund_id, asks FROM refunds_under_way";
    tx.select_in(select, "refund_id", &numbers, read_asks)
}

fn read_asks(row: &Row<'_>) -> Result<(Id<Refund>, u32), StoreError> {
    let asks = u32::try_from(row.int(1)?).unwrap_or(u32::MAX);
    Ok((Id::new(row.int(0)?), asks))
}

const QUESTIONS: Update<3> = Update {
    table: "refunds_under_way",
    columns: ["refund_id", "asks", "ask_at_ms"],
};

/// Sets how often each was asked about, and when it is asked about next.
///
/// # Errors
/// When one is not there any more.
pub fn ask_next(tx: &Tx<'_>, next: &[(Id<Refund>, u32, UnixMs)]) -> Result<(), StoreError> {
    let rows = next
        .iter()
        .map(|(id, asks, at)| [id.get(), i64::from(*asks), at.0].map(Value::Int));
    tx.update_many(&QUESTIONS, rows)
}

/// Takes refunds out of those under way: their outcome is known.
///
/// # Errors
/// When one was not there: somebody else was faster.
pub fn no_longer_under_way(tx: &Tx<'_>, refunds: &[Id<Refund>]) -> Result<(), StoreError> {
    let numbers: Vec<i64> = refunds.iter().map(|refund| refund.get()).collect();
    tx.delete_many("refunds_under_way", "refund_id", &numbers)
}

/// Refunds under way, oldest first.
///
/// # Errors
/// When a row does not make sense.
pub fn under_way(tx: &Tx<'_>) -> Result<Vec<StoredRefund>, StoreError> {
    let sql = format!("{COLUMNS} WHERE id IN (SELECT refund_id FROM refunds_under_way) ORDER BY id");
    tx.query(&sql, &[], read_refund)
}

/// Makes every refund under way due now. Returns how many there are.
///
/// # Errors
/// Only those of the database.
pub fn all_due(tx: &Tx<'_>, now: UnixMs) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE refunds_under_way SET ask_at_ms = $1, asks = 0",
        &[Value::Int(now.0)],
    )
}
