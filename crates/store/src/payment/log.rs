//! The log of a payment: what happened to it, line by line.

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    id::kind::{Attempt, Payment, PaymentChange},
    payment::Step,
};

/// Something that happened to a payment, as its log tells it.
#[derive(Clone, Debug)]
pub struct StoredStep {
    /// Its number.
    pub id: Id<PaymentChange>,
    /// What happened.
    pub step: Step,
    /// Which attempt it is about.
    pub attempt: Option<Id<Attempt>>,
    /// When.
    pub at: UnixMs,
    /// The method, the fault, or the bank's reference.
    pub detail: String,
}

/// Something that was decided of a payment, about to be written into its log.
pub struct NewStep<'a> {
    /// Which payment.
    pub payment: Id<Payment>,
    /// The line before it.
    pub previous: Option<Id<PaymentChange>>,
    /// What happens.
    pub step: Step,
    /// Which attempt it is about.
    pub attempt: Option<Id<Attempt>>,
    /// The method, the fault, or the bank's reference.
    pub detail: &'a str,
}

const STEPS: Insert<8> = Insert {
    table: "payment_changes",
    columns: [
        "id",
        "batch_id",
        "payment_id",
        "previous_id",
        "what",
        "attempt_id",
        "at_ms",
        "detail",
    ],
};

/// The number of the last line of all logs.
///
/// # Errors
/// Only those of the database.
pub fn last_change(tx: &Tx<'_>) -> Result<i64, StoreError> {
    tx.last_number("payment_change")
}

/// The lines after this number, and which payments they are about; at most so many.
///
/// # Errors
/// Only those of the database.
pub fn changed_after(tx: &Tx<'_>, after: i64, limit: usize) -> Result<Vec<(i64, Id<Payment>)>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT id, payment_id FROM payment_changes WHERE id > $1 ORDER BY id LIMIT $2";
    tx.query(sql, &[Value::Int(after), Value::Int(limit)], |row| {
        Ok((row.int(0)?, Id::new(row.int(1)?)))
    })
}

/// Writes lines of the log. Returns their numbers.
///
/// # Errors
/// Only those of the database.
pub fn write_steps(
    tx: &mut Tx<'_>,
    steps: &[NewStep<'_>],
    at: UnixMs,
) -> Result<Vec<Id<PaymentChange>>, StoreError> {
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let (first, batch) = (tx.next_numbers("payment_change", steps.len())?, tx.batch()?);
    let numbers = |id: i64, step: &NewStep<'_>| {
        [
            id,
            step.payment.get(),
            step.previous.map_or(0, Id::get),
            step.step.code(),
            step.attempt.map_or(0, Id::get),
            at.0,
        ]
    };
    for (id, step) in (first..).zip(steps) {
        link_step(&mut tx.link, numbers(id, step), step.detail);
    }
    tx.insert_many(
        &STEPS,
        (first..).zip(steps).map(|(id, step)| {
            let [id, payment, previous, what, attempt, at] = numbers(id, step).map(Value::Int);
            let detail = Value::Text(step.detail);
            [
                id,
                Value::Int(batch),
                payment,
                previous,
                what,
                attempt,
                at,
                detail,
            ]
        }),
    )?;
    Ok((first..).zip(steps).map(|(id, _)| Id::new(id)).collect())
}

pub(crate) fn link_step(link: &mut Link, numbers: [i64; 6], detail: &str) {
    let [id, payment, previous, what, attempt, at] = numbers.map(Part::Int);
    link.add(
        Table::PaymentChanges,
        &[id, payment, previous, what, attempt, at, Part::Text(detail)],
    );
}

/// The log of a payment up to and with `last`, oldest first.
///
/// # Errors
/// When the list is broken.
pub fn log_up_to(tx: &Tx<'_>, last: Id<PaymentChange>) -> Result<Vec<StoredStep>, StoreError> {
    let select = "SELECT what, attempt_id, at_ms, detail, previous_id FROM payment_changes";
    tx.log_up_to(select, last.get(), |id, row| {
        let line = StoredStep {
            id: Id::new(id),
            step: read_step(row.int(0)?)?,
            attempt: Some(row.int(1)?).filter(|id| *id != 0).map(Id::new),
            at: UnixMs(row.int(2)?),
            detail: row.text(3)?,
        };
        Ok((line, row.int(4)?))
    })
}

pub(crate) fn read_step(code: i64) -> Result<Step, StoreError> {
    Step::from_code(code).ok_or_else(|| StoreError::corrupt(format!("step {code} of a payment")))
}
