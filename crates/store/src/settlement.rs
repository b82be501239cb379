//! Settlements: captured payments become the merchants' to use.

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, Paise, UnixMs,
    id::kind::{Merchant, Payment, Settlement},
};

/// A captured payment that is not settled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unsettled {
    /// The day on which it is due, in Asia/Kolkata.
    pub settle_day: i64,
    /// Whose it is.
    pub merchant: Id<Merchant>,
    /// Which payment.
    pub payment: Id<Payment>,
    /// What the merchant has of it.
    pub net: Paise,
}

const UNSETTLED: Insert<4> = Insert {
    table: "payments_unsettled",
    columns: ["settle_day", "merchant_id", "payment_id", "net_paise"],
};

/// Puts captured payments among the unsettled.
///
/// # Errors
/// Only those of the database.
pub fn await_settlement(tx: &Tx<'_>, captured: &[Unsettled]) -> Result<(), StoreError> {
    let rows = captured
        .iter()
        .map(|c| [c.settle_day, c.merchant.get(), c.payment.get(), c.net.get()].map(Value::Int));
    tx.insert_many(&UNSETTLED, rows)
}

/// Of payments among the unsettled, what the merchant has of each changed.
///
/// # Errors
/// When one was not there.
pub fn still_await(tx: &Tx<'_>, changed: &[Unsettled]) -> Result<(), StoreError> {
    no_longer_unsettled(tx, changed)?;
    await_settlement(tx, changed)
}

/// Payments that are due on `day` or were due before, oldest day first, at most so many.
///
/// # Errors
/// When an amount does not make sense.
pub fn due(tx: &Tx<'_>, day: i64, limit: usize) -> Result<Vec<Unsettled>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT settle_day, merchant_id, payment_id, net_paise FROM payments_unsettled WHERE settle_day <= $1 \
               ORDER BY settle_day, merchant_id, payment_id LIMIT $2";
    tx.query(sql, &[Value::Int(day), Value::Int(limit)], |row| {
        Ok(Unsettled {
            settle_day: row.int(0)?,
            merchant: Id::new(row.int(1)?),
            payment: Id::new(row.int(2)?),
            net: Paise::new(row.int(3)?)
                .ok_or_else(|| StoreError::corrupt("amount of an unsettled payment"))?,
        })
    })
}

/// A settlement of one merchant's payments, about to be written.
pub struct NewSettlement<'a> {
    /// Whose.
    pub merchant: Id<Merchant>,
    /// The payments.
    pub payments: &'a [Unsettled],
    /// Their sum.
    pub net: Paise,
}

const SETTLEMENTS: Insert<6> = Insert {
    table: "settlements",
    columns: ["id", "batch_id", "merchant_id", "payments", "net_paise", "at_ms"],
};
const SETTLED: Update<2> = Update {
    table: "payments",
    columns: ["id", "settlement_id"],
};

/// Writes settlements and takes their payments out of the unsettled. Returns their numbers.
///
/// # Errors
/// When a payment was not there: somebody else was faster.
pub fn insert(
    tx: &mut Tx<'_>,
    new: &[NewSettlement<'_>],
    at: UnixMs,
) -> Result<Vec<Id<Settlement>>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let (first, batch) = (tx.next_numbers("settlement", new.len())?, tx.batch()?);
    for (id, new) in (first..).zip(new) {
        let count = i64::try_from(new.payments.len()).unwrap_or(i64::MAX);
        let numbers = [id, new.merchant.get(), count, new.net.get(), at.0];
        link_settlement(&mut tx.link, numbers);
        let [id, merchant, count, net, at] = numbers.map(Value::Int);
        tx.insert_many(&SETTLEMENTS, [[id, Value::Int(batch), merchant, count, net, at]])?;
        let payments = new.payments.iter();
        tx.update_many(&SETTLED, payments.map(|one| [Value::Int(one.payment.get()), id]))?;
        no_longer_unsettled(tx, new.payments)?;
    }
    Ok((first..).zip(new).map(|(id, _)| Id::new(id)).collect())
}

fn no_longer_unsettled(tx: &Tx<'_>, payments: &[Unsettled]) -> Result<(), StoreError> {
    let key = |one: &Unsettled| [one.settle_day, one.merchant.get(), one.payment.get()].map(Value::Int);
    let keys: Vec<_> = payments.iter().map(key).collect();
    let columns = ["settle_day", "merchant_id", "payment_id"];
    tx.delete_keys("payments_unsettled", columns, &keys)
}

pub(crate) fn link_settlement(link: &mut Link, numbers: [i64; 5]) {
    link.add(Table::Settlements, &numbers.map(Part::Int));
}
