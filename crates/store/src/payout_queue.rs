//! Payouts under way: those that wait for a bank, and those that a bank was told of.

use crate::{
    dialect::{Insert, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    id::kind::{BankAccount, Payout},
};

/// The intent to pay, kept before the bank is called.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Which payout.
    pub payout: Id<Payout>,
    /// From which account.
    pub bank_account: Id<BankAccount>,
    /// Our reference at the bank.
    pub reference: String,
    /// The bank refuses the instruction after this instant.
    pub not_after: UnixMs,
    /// How often the bank was asked, and knew nothing certain.
    pub asks: u32,
    /// When to ask next.
    pub ask_at: UnixMs,
}

/// Payouts that wait, with numbers above `after`, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn waiting(tx: &Tx<'_>, after: Id<Payout>, limit: usize) -> Result<Vec<Id<Payout>>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT payout_id FROM payouts_waiting WHERE payout_id > $1 ORDER BY payout_id LIMIT $2";
    tx.query(sql, &[Value::Int(after.get()), Value::Int(limit)], |row| {
        row.int(0).map(Id::new)
    })
}

/// Takes payouts out of the queue of those that wait.
///
/// # Errors
/// When one did not wait: somebody else was faster.
pub fn no_longer_waiting(tx: &Tx<'_>, payouts: &[Id<Payout>]) -> Result<(), StoreError> {
    remove(tx, "payouts_waiting", payouts)
}

/// Takes payouts out of those that a bank was told of: their outcome is known.
///
/// # Errors
/// When one was not there: somebody else was faster.
pub fn no_longer_sent(tx: &Tx<'_>, payouts: &[Id<Payout>]) -> Result<(), StoreError> {
    remove(tx, "payouts_sent", payouts)
}

fn remove(tx: &Tx<'_>, table: &'static str, payouts: &[Id<Payout>]) -> Result<(), StoreError> {
    let numbers: Vec<i64> = payouts.iter().map(|payout| payout.get()).collect();
    tx.delete_many(table, "payout_id", &numbers)
}

const SENT: Insert<6> = Insert {
    table: "payouts_sent",
    columns: [
        "payout_id",
        "bank_account_id",
        "reference",
        "not_after_ms",
        "asks",
        "ask_at_ms",
    ],
};

/// Keeps intents.
///
/// # Errors
/// Only those of the database.
pub fn keep_intents(tx: &Tx<'_>, sent: &[Sent]) -> Result<(), StoreError> {
    tx.insert_many(
        &SENT,
        sent.iter().map(|sent| {
            [
                Value::Int(sent.payout.get()),
                Value::Int(sent.bank_account.get()),
                Value::Text(&sent.reference),
                Value::Int(sent.not_after.0),
                Value::Int(i64::from(sent.asks)),
                Value::Int(sent.ask_at.0),
            ]
        }),
    )
}

/// Intents whose next question is due at `now`.
///
/// # Errors
/// Only those of the database.
pub fn due_for_question(tx: &Tx<'_>, now: UnixMs, limit: usize) -> Result<Vec<Sent>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT payout_id, bank_account_id, reference, not_after_ms, asks, ask_at_ms FROM payouts_sent \
               WHERE ask_at_ms <= $1 ORDER BY payout_id LIMIT $2";
    tx.query(sql, &[Value::Int(now.0), Value::Int(limit)], |row| {
        Ok(Sent {
            payout: Id::new(row.int(0)?),
            bank_account: Id::new(row.int(1)?),
            reference: row.text(2)?,
            not_after: UnixMs(row.int(3)?),
            asks: u32::try_from(row.int(4)?).unwrap_or(u32::MAX),
            ask_at: UnixMs(row.int(5)?),
        })
    })
}

const QUESTIONS: Update<3> = Update {
    table: "payouts_sent",
    columns: ["payout_id", "asks", "ask_at_ms"],
};

/// Sets how often each was asked about, and when it is asked about next.
///
/// # Errors
/// When one is not there any more.
pub fn ask_next(tx: &Tx<'_>, next: &[(Id<Payout>, u32, UnixMs)]) -> Result<(), StoreError> {
    let rows = next
        .iter()
        .map(|(id, asks, at)| [id.get(), i64::from(*asks), at.0].map(Value::Int));
    tx.update_many(&QUESTIONS, rows)
}

/// How often the outcome of each was asked for, of those that are under way.
///
/// # Errors
/// Only those of the database.
pub fn asks(tx: &Tx<'_>, payouts: &[Id<Payout>]) -> Result<Vec<(Id<Payout>, u32)>, StoreError> {
    let numbers: Vec<i64> = payouts.iter().map(|payout| payout.get()).collect();
    tx.select_in(
        "SELECT payout_id, asks FROM payouts_sent",
        "payout_id",
        &numbers,
        |row| {
            Ok((
                Id::new(row.int(0)?),
                u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
            ))
        },
    )
}

/// Makes every intent due for a question now, with the gaps begun anew: whoever kept them before has died. Returns how many
/// there are.
///
/// # Errors
/// Only those of the database.
pub fn ask_about_all(tx: &Tx<'_>, now: UnixMs) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE payouts_sent SET ask_at_ms = $1, asks = 0",
        &[Value::Int(now.0)],
    )
}

/// How far the news of a rail was read.
///
/// # Errors
/// Only those of the database.
pub fn news_position(tx: &Tx<'_>, rail: &str) -> Result<u64, StoreError> {
    let sql = "SELECT position FROM rail_news WHERE rail = $1";
    let position = tx
        .query_one(sql, &[Value::Text(rail)], |row| row.int(0))?
        .unwrap_or(0);
    Ok(u64::try_from(position).unwrap_or(0))
}

/// Keeps how far the news of a rail was read and acted on.
///
/// # Errors
/// Only those of the database.
pub fn keep_news_position(tx: &Tx<'_>, rail: &str, position: u64) -> Result<(), StoreError> {
    let position = i64::try_from(position).unwrap_or(i64::MAX);
    let sql = "INSERT INTO rail_news (rail, position) VALUES ($1, $2) \
               ON CONFLICT (rail) DO UPDATE SET position = excluded.position";
    tx.write(sql, &[Value::Text(rail), Value::Int(position)])
}
