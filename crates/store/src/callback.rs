//! Callbacks owed, tried, delivered and parked.

use crate::{
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    id::kind::{Callback, Change, Endpoint, Event, Payment, Payout},
};

/// What a callback tells of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tells {
    /// A change of a payout.
    Change(Id<Payout>, Id<Change>),
    /// An event that is about a payment.
    Event(Id<Payment>, Id<Event>),
}

/// Within an endpoint what is about one payout, or one payment, is told in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Queue {
    /// The changes of a payout.
    Payout(Id<Payout>),
    /// The events of a payment.
    Payment(Id<Payment>),
}

impl Tells {
    /// In which queue it stands.
    #[must_use]
    pub const fn queue(self) -> Queue {
        match self {
            Self::Change(payout, _) => Queue::Payout(payout),
            Self::Event(payment, _) => Queue::Payment(payment),
        }
    }

    /// The columns `kind`, `about_id` and `change_id`.
    const fn columns(self) -> [i64; 3] {
        match self {
            Self::Change(payout, change) => [0, payout.get(), change.get()],
            Self::Event(payment, event) => [1, payment.get(), event.get()],
        }
    }

    fn read(kind: i64, about: i64, change: i64) -> Result<Self, StoreError> {
        match kind {
            0 => Ok(Self::Change(Id::new(about), Id::new(change))),
            1 => Ok(Self::Event(Id::new(about), Id::new(change))),
            _ => Err(StoreError::corrupt(format!("callback of kind {kind}"))),
        }
    }
}

/// A callback about to be owed.
pub struct Owed {
    /// Where it goes.
    pub endpoint: Id<Endpoint>,
    /// What it tells of.
    pub tells: Tells,
}

/// A callback that is owed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenCallback {
    /// Its number.
    pub id: Id<Callback>,
    /// Where it goes.
    pub endpoint: Id<Endpoint>,
    /// What it tells of.
    pub tells: Tells,
    /// Since when it is owed, or was last resent.
    pub since: UnixMs,
    /// How often it was tried.
    pub attempts: u32,
    /// When to try next.
    pub due_at: UnixMs,
    /// Given up, until somebody resends it.
    pub parked: bool,
}

const CALLBACKS: Insert<9> = Insert {
    table: "callbacks",
    columns: [
        "id",
        "endpoint_id",
        "kind",
        "about_id",
        "change_id",
        "since_ms",
        "attempts",
        "due_at_ms",
        "parked",
    ],
};

/// Writes down what is owed, due at once. Returns their numbers.
///
/// # Errors
/// Only those of the database.
pub fn owe(tx: &Tx<'_>, owed: &[Owed], at: UnixMs) -> Result<Vec<Id<Callback>>, StoreError> {
    if owed.is_empty() {
        return Ok(Vec::new());
    }
    let first = tx.next_numbers("callback", owed.len())?;
    tx.insert_many(
        &CALLBACKS,
        (first..).zip(owed).map(|(id, owed)| {
            let [kind, about, change] = owed.tells.columns();
            [id, owed.endpoint.get(), kind, about, change, at.0, 0, at.0, 0].map(Value::Int)
        }),
    )?;
    Ok((first..).zip(owed).map(|(id, _)| Id::new(id)).collect())
}

const OPEN: &str =
    "SELECT id, endpoint_id, kind, about_id, change_id, since_ms, attempts, due_at_ms, parked FROM callbacks";

fn read_open(row: &Row<'_>) -> Result<OpenCallback, StoreError> {
    Ok(OpenCallback {
        id: Id::new(row.int(0)?),
        endpoint: Id::new(row.int(1)?),
        tells: Tells::read(row.int(2)?, row.int(3)?, row.int(4)?)?,
        since: UnixMs(row.int(5)?),
        attempts: u32::try_from(row.int(6)?).unwrap_or(u32::MAX),
        due_at: UnixMs(row.int(7)?),
        parked: row.flag(8)?,
    })
}

/// Callbacks that are owed and not parked, with numbers above `after`, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn open_after(tx: &Tx<'_>, after: Id<Callback>, limit: usize) -> Result<Vec<OpenCallback>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!("{OPEN} WHERE id > $1 AND parked = 0 ORDER BY id LIMIT $2");
    tx.query(&sql, &[Value::Int(after.get()), Value::Int(limit)], read_open)
}

/// The number of the last callback that was ever owed.
///
/// # Errors
/// Only those of the database.
pub fn last_number(tx: &Tx<'_>) -> Result<i64, StoreError> {
    tx.last_number("callback")
}

/// The same for one endpoint.
///
/// # Errors
/// Only those of the database.
pub fn open_of_endpoint(
    tx: &Tx<'_>,
    endpoint: Id<Endpoint>,
    after: Id<Callback>,
    limit: usize,
) -> Result<Vec<OpenCallback>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!("{OPEN} WHERE id > $1 AND endpoint_id = $2 AND parked = 0 ORDER BY id LIMIT $3");
    tx.query(
        &sql,
        &[
            Value::Int(after.get()),
            Value::Int(endpoint.get()),
            Value::Int(limit),
        ],
        read_open,
    )
}

/// Those of these callbacks that are still owed.
///
/// # Errors
/// Only those of the database.
pub fn still_open(tx: &Tx<'_>, ids: &[Id<Callback>]) -> Result<Vec<OpenCallback>, StoreError> {
    tx.select_ids(OPEN, ids, read_open, |one| one.id)
}

/// Callbacks of a payout that are owed, oldest first; parked ones too.
///
/// # Errors
/// Only those of the database.
pub fn open_of_payout(tx: &Tx<'_>, payout: Id<Payout>) -> Result<Vec<OpenCallback>, StoreError> {
    tx.query(
        &format!("{OPEN} WHERE about_id = $1 AND kind = 0 ORDER BY id"),
        &[Value::Int(payout.get())],
        read_open,
    )
}

/// Parked callbacks, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn parked(tx: &Tx<'_>, limit: usize) -> Result<Vec<OpenCallback>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(
        &format!("{OPEN} WHERE parked = 1 ORDER BY id LIMIT $1"),
        &[Value::Int(limit)],
        read_open,
    )
}

/// Whether the merchant acknowledged this callback: what is owed no more was acknowledged, also if that is so long ago that it is
/// forgotten.
///
/// # Errors
/// Only those of the database.
pub fn is_acknowledged(tx: &Tx<'_>, id: Id<Callback>) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM callbacks WHERE id = $1";
    Ok(tx
        .query_one(sql, &[Value::Int(id.get())], |row| row.int(0))?
        .is_none())
}

const DONE: Insert<8> = Insert {
    table: "callbacks_done",
    columns: [
        "id",
        "endpoint_id",
        "kind",
        "about_id",
        "change_id",
        "attempts",
        "done_at_ms",
        "took_ms",
    ],
};

/// Moves acknowledged callbacks out of those that are owed. With each, how many milliseconds the endpoint took.
///
/// # Errors
/// When one is not owed any more.
pub fn acknowledge(tx: &Tx<'_>, done: &[(&OpenCallback, i64)], at: UnixMs) -> Result<(), StoreError> {
    let numbers: Vec<i64> = done.iter().map(|(callback, _)| callback.id.get()).collect();
    tx.delete_many("callbacks", "id", &numbers)?;
    tx.insert_many(
        &DONE,
        done.iter().map(|(callback, took_ms)| {
            let [kind, about, change] = callback.tells.columns();
            [
                callback.id.get(),
                callback.endpoint.get(),
                kind,
                about,
                change,
                i64::from(callback.attempts) + 1,
                at.0,
                *took_ms,
            ]
            .map(Value::Int)
        }),
    )
}

/// An attempt that was not acknowledged.
pub struct Attempt<'a> {
    /// Which callback.
    pub callback: Id<Callback>,
    /// The first is 1.
    pub number: u32,
    /// How many milliseconds it took.
    pub took_ms: i64,
    /// What came back, in a few words.
    pub reply: &'a str,
    /// When to try again; `None`: parked.
    pub next: Option<UnixMs>,
}

const ATTEMPTS: Insert<5> = Insert {
    table: "callback_attempts",
    columns: ["callback_id", "attempt", "at_ms", "took_ms", "reply"],
};
const PLANS: Update<4> = Update {
    table: "callbacks",
    columns: ["id", "attempts", "due_at_ms", "parked"],
};

/// Writes down attempts that were not acknowledged.
///
/// # Errors
/// When a callback is not owed any more.
pub fn not_acknowledged(tx: &Tx<'_>, attempts: &[Attempt<'_>], at: UnixMs) -> Result<(), StoreError> {
    tx.insert_many(
        &ATTEMPTS,
        attempts.iter().map(|attempt| {
            let [callback, number] = [attempt.callback.get(), i64::from(attempt.number)].map(Value::Int);
            [
                callback,
                number,
                Value::Int(at.0),
                Value::Int(attempt.took_ms),
                Value::Text(attempt.reply),
            ]
        }),
    )?;
    tx.update_many(
        &PLANS,
        attempts.iter().map(|attempt| {
            let due = attempt.next.unwrap_or(at);
            let parked = i64::from(attempt.next.is_none());
            [attempt.callback.get(), i64::from(attempt.number), due.0, parked].map(Value::Int)
        }),
    )
}

/// Makes a callback due at once, as if it were owed since now; under a new number, so that the courier meets it again.
///
/// # Errors
/// Only those of the database.
pub fn owe_again(tx: &Tx<'_>, callback: &OpenCallback, at: UnixMs) -> Result<Id<Callback>, StoreError> {
    tx.delete_many("callbacks", "id", &[callback.id.get()])?;
    let again = Owed {
        endpoint: callback.endpoint,
        tells: callback.tells,
    };
    let id = owe(tx, &[again], at)?
        .pop()
        .ok_or_else(|| StoreError::corrupt("nothing was owed"))?;
    if let Tells::Change(payout, _) = callback.tells {
        tx.write(
            "UPDATE payouts SET last_callback_id = $1 WHERE id = $2 AND last_callback_id = $3",
            &[id.get(), payout.get(), callback.id.get()].map(Value::Int),
        )?;
    }
    Ok(id)
}

/// Owes the callback of a payout's present state once more, under a new number. It stands for the state where none did,
/// because the merchant wanted no callbacks then.
///
/// # Errors
/// Only those of the database.
pub fn owe_present(
    tx: &Tx<'_>,
    endpoint: Id<Endpoint>,
    (payout, change): (Id<Payout>, Id<Change>),
    at: UnixMs,
) -> Result<(), StoreError> {
    let tells = Tells::Change(payout, change);
    let ids = owe(tx, &[Owed { endpoint, tells }], at)?;
    let id = ids
        .first()
        .ok_or_else(|| StoreError::corrupt("nothing was owed"))?;
    let sql = "UPDATE payouts SET last_callback_id = $1 WHERE id = $2 AND last_callback_id IS NULL";
    tx.write(sql, &[id.get(), payout.get()].map(Value::Int))
}

/// Forgets what is owed to a webhook: its events stay, and can be replayed. Returns how many there were.
///
/// # Errors
/// Only those of the database.
pub fn owe_nothing(tx: &Tx<'_>, webhook: Id<Endpoint>) -> Result<usize, StoreError> {
    let sql = "DELETE FROM callbacks WHERE endpoint_id = $1 AND kind = 1";
    tx.execute(sql, &[Value::Int(webhook.get())])
}

/// The attempts of a callback that were not acknowledged: number, instant, reply.
///
/// # Errors
/// Only those of the database.
pub fn attempts(tx: &Tx<'_>, id: Id<Callback>) -> Result<Vec<(u32, UnixMs, String)>, StoreError> {
    let sql = "SELECT attempt, at_ms, reply FROM callback_attempts WHERE callback_id = $1 ORDER BY attempt";
    tx.query(sql, &[Value::Int(id.get())], |row| {
        Ok((
            u32::try_from(row.int(0)?).unwrap_or(u32::MAX),
            UnixMs(row.int(1)?),
            row.text(2)?,
        ))
    })
}
