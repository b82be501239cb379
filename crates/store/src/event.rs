//! Events: what merchants are told of. Append-only, written with their cause.

use crate::{
    callback::{self, Owed, Tells},
    chain::{Link, Part, Table},
    dialect::{Insert, Row, Value},
    error::StoreError,
    tx::Tx,
    webhook::{self, Subscription},
};
use rokad_domain::{
    Id, UnixMs,
    event::{Kind, Kinds, Told},
    id::kind::{Endpoint, Event, Merchant, Payment},
};
use std::collections::BTreeSet;

/// An event about to be written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Who is told.
    pub merchant: Id<Merchant>,
    /// The payment, or the payment of the refund or dispute.
    pub payment: Id<Payment>,
    /// The line of the log that it tells of: of the payment's, the refund's or the dispute's.
    pub change: i64,
    /// What is told.
    pub told: Told,
}

/// An event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvent {
    /// Its number.
    pub id: Id<Event>,
    /// Who is told.
    pub merchant: Id<Merchant>,
    /// The payment, or the payment of the refund or dispute.
    pub payment: Id<Payment>,
    /// The line of the log that it tells of.
    pub change: i64,
    /// When it happened.
    pub at: UnixMs,
    /// What is told.
    pub told: Told,
}

const EVENTS: Insert<9> = Insert {
    table: "events",
    columns: [
        "id",
        "batch_id",
        "merchant_id",
        "kind",
        "payment_id",
        "about_id",
        "change_id",
        "at_ms",
        "detail",
    ],
};

/// Writes what happened, and owes it to the webhooks that want to hear of it. Returns how many deliveries are due.
///
/// # Errors
/// Only those of the database.
pub fn write(tx: &mut Tx<'_>, new: &[NewEvent], at: UnixMs) -> Result<usize, StoreError> {
    if new.is_empty() {
        return Ok(0);
    }
    let (first, batch) = (tx.next_numbers("event", new.len())?, tx.batch()?);
    let details: Vec<String> = new.iter().map(|event| event.told.detail()).collect();
    let numbers = |id: i64, event: &NewEvent| {
        let payment = event.payment.get();
        let about = event.told.about().unwrap_or(payment);
        [
            id,
            event.merchant.get(),
            event.told.kind().code(),
            payment,
            about,
            event.change,
            at.0,
        ]
    };
    for ((id, event), detail) in (first..).zip(new).zip(&details) {
        link_event(&mut tx.link, numbers(id, event), detail);
    }
    tx.insert_many(
        &EVENTS,
        (first..).zip(new).zip(&details).map(|((id, event), detail)| {
            let [id, merchant, kind, payment, about, change, at] = numbers(id, event).map(Value::Int);
            let (batch, detail) = (Value::Int(batch), Value::Text(detail));
            [id, batch, merchant, kind, payment, about, change, at, detail]
        }),
    )?;
    let merchants: BTreeSet<Id<Merchant>> = new.iter().map(|event| event.merchant).collect();
    let wanted = webhook::subscriptions(tx, &merchants)?;
    let mut owed = Vec::new();
    for (id, event) in (first..).zip(new) {
        let tells = Tells::Event(event.payment, Id::new(id));
        let wants =
            |webhook: &&Subscription| webhook.merchant == event.merchant && webhook.wants(event.told.kind());
        owed.extend(wanted.iter().filter(wants).map(|webhook| Owed {
            endpoint: webhook.id,
            tells,
        }));
    }
    callback::owe(tx, &owed, at)?;
    Ok(owed.len())
}

/// What the chain covers of an event: all of it.
pub(crate) fn link_event(link: &mut Link, numbers: [i64; 7], detail: &str) {
    let [id, merchant, kind, payment, about, change, at] = numbers.map(Part::Int);
    link.add(
        Table::Events,
        &[id, merchant, kind, payment, about, change, at, Part::Text(detail)],
    );
}

const COLUMNS: &str =
    "SELECT id, merchant_id, kind, payment_id, about_id, change_id, at_ms, detail FROM events";

fn read(row: &Row<'_>) -> Result<StoredEvent, StoreError> {
    let id = row.int(0)?;
    let told = Kind::from_code(row.int(2)?).and_then(|kind| {
        let (about, detail) = (row.int(4).ok()?, row.text(7).ok()?);
        Told::read(kind, about, &detail)
    });
    Ok(StoredEvent {
        id: Id::new(id),
        merchant: Id::new(row.int(1)?),
        payment: Id::new(row.int(3)?),
        change: row.int(5)?,
        at: UnixMs(row.int(6)?),
        told: told.ok_or_else(|| StoreError::corrupt(format!("event {id} tells of nothing")))?,
    })
}

/// The events with these numbers, those that there are, in their order.
///
/// # Errors
/// When a row does not make sense.
pub fn get_all(tx: &Tx<'_>, ids: &[Id<Event>]) -> Result<Vec<StoredEvent>, StoreError> {
    tx.select_ids(COLUMNS, ids, read, |one| one.id)
}

/// A merchant's events with numbers above `after`, oldest first, at most so many.
///
/// # Errors
/// When a row does not make sense.
pub fn after(
    tx: &Tx<'_>,
    merchant: Id<Merchant>,
    after: Id<Event>,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!("{COLUMNS} WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3");
    tx.query(&sql, &[merchant.get(), after.get(), limit].map(Value::Int), read)
}

/// A merchant's events with numbers below `before`, newest first, at most so many.
///
/// # Errors
/// When a row does not make sense.
pub fn before(
    tx: &Tx<'_>,
    merchant: Id<Merchant>,
    before: Id<Event>,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!("{COLUMNS} WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    tx.query(&sql, &[merchant.get(), before.get(), limit].map(Value::Int), read)
}

/// The number of a merchant's last event; 0 without one.
///
/// # Errors
/// Only those of the database.
pub fn last_of(tx: &Tx<'_>, merchant: Id<Merchant>) -> Result<Id<Event>, StoreError> {
    let sql = "SELECT id FROM events WHERE merchant_id = $1 ORDER BY id DESC LIMIT 1";
    let last = tx.query_one(sql, &[Value::Int(merchant.get())], |row| row.int(0))?;
    Ok(Id::new(last.unwrap_or(0)))
}

/// An event, behind the payment that it is about.
pub type OfPayment = (Id<Payment>, Id<Event>);

/// What a webhook may have missed.
#[derive(Clone, Copy, Debug)]
pub struct Missed {
    /// Whose.
    pub merchant: Id<Merchant>,
    /// Which webhook.
    pub webhook: Id<Endpoint>,
    /// What it wants to hear of.
    pub kinds: Kinds,
    /// From when on.
    pub since: UnixMs,
    /// Up to and with this event.
    pub until: Id<Event>,
}

/// Forgets those that are owed already: they are owed anew. Returns how many there were.
///
/// # Errors
/// Only those of the database.
pub fn forget_owed(tx: &Tx<'_>, missed: &Missed) -> Result<usize, StoreError> {
    let sql = "DELETE FROM callbacks WHERE endpoint_id = $1 AND kind = 1 AND change_id IN \
               (SELECT id FROM events WHERE merchant_id = $2 AND id <= $3 AND at_ms >= $4)";
    let values = [
        missed.webhook.get(),
        missed.merchant.get(),
        missed.until.get(),
        missed.since.0,
    ];
    tx.execute(sql, &values.map(Value::Int))
}

/// Owes an event to a webhook anew, whatever became of it before.
///
/// # Errors
/// Only those of the database.
pub fn owe_anew(
    tx: &Tx<'_>,
    event: &StoredEvent,
    webhook: Id<Endpoint>,
    at: UnixMs,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM callbacks WHERE endpoint_id = $1 AND kind = 1 AND change_id = $2";
    tx.execute(sql, &[webhook.get(), event.id.get()].map(Value::Int))?;
    let tells = Tells::Event(event.payment, event.id);
    callback::owe(
        tx,
        &[Owed {
            endpoint: webhook,
            tells,
        }],
        at,
    )
    .map(drop)
}

/// When the oldest event happened that a webhook is owed. `None`: it is owed nothing.
///
/// # Errors
/// Only those of the database.
pub fn oldest_owed(tx: &Tx<'_>, webhook: Id<Endpoint>) -> Result<Option<UnixMs>, StoreError> {
    let sql = "SELECT MIN(e.at_ms) FROM callbacks k JOIN events e ON e.id = k.change_id \
               WHERE k.endpoint_id = $1 AND k.kind = 1";
    let oldest = tx.query_one(sql, &[Value::Int(webhook.get())], |row| row.maybe_int(0))?;
    Ok(oldest.flatten().map(UnixMs))
}

/// Events after this number that a webhook has not acknowledged, oldest first, at most so many.
///
/// # Errors
/// Only those of the database.
pub fn missed(
    tx: &Tx<'_>,
    missed: &Missed,
    after: Id<Event>,
    limit: usize,
) -> Result<Vec<OfPayment>, StoreError> {
    // The numbers are our own.
    let kinds: Vec<String> = missed.kinds.iter().map(|kind| kind.code().to_string()).collect();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT e.payment_id, e.id FROM events e WHERE e.merchant_id = $1 AND e.id > $2 AND e.id <= $3 AND e.at_ms >= $4 \
         AND e.kind IN ({}) AND NOT EXISTS (SELECT 1 FROM callbacks_done d \
         WHERE d.kind = 1 AND d.endpoint_id = $5 AND d.change_id = e.id) ORDER BY e.id LIMIT $6",
        kinds.join(", ")
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [
        missed.merchant.get(),
        after.get(),
        missed.until.get(),
        missed.since.0,
        missed.webhook.get(),
        limit,
    ];
    tx.query(&sql, &values.map(Value::Int), |row| {
        Ok((Id::new(row.int(0)?), Id::new(row.int(1)?)))
    })
}

/// Every event, in the order in which they happened.
///
/// # Errors
/// When a row does not make sense.
pub fn each(tx: &Tx<'_>, mut take: impl FnMut(StoredEvent)) -> Result<(), StoreError> {
    tx.each(&format!("{COLUMNS} ORDER BY id"), &[], |row| {
        take(read(row)?);
        Ok(())
    })
}

/// The last lines of the logs of payments, refunds and disputes that were written before there were events: what stands up to
/// there has none.
///
/// # Errors
/// Only those of the database.
pub fn begin_after_changes(tx: &Tx<'_>) -> Result<[i64; 3], StoreError> {
    Ok([
        tx.last_number("payment_change_before_events")?,
        tx.last_number("refund_change_before_events")?,
        tx.last_number("dispute_change_before_events")?,
    ])
}
