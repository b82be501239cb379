//! Disputes: who wants a payment back, what happened to that, and the merchants' evidence.

mod evidence;

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, Paise, UnixMs,
    dispute::{Claim, Kind, Reason, SetAside, Status},
    id::kind::{Attempt, Dispute, DisputeChange, Merchant, Payment},
    payment::Source,
};

pub(crate) use evidence::link_evidence;
pub use evidence::{NewEvidence, StoredEvidence, content, evidence_of, insert_evidence};

/// A dispute that was granted, about to be written.
pub struct NewDispute<'a> {
    /// Whose payment.
    pub merchant: Id<Merchant>,
    /// Which payment.
    pub payment: Id<Payment>,
    /// The dispute of that payment before it.
    pub previous: Option<Id<Dispute>>,
    /// The attempt that took the money.
    pub attempt: Id<Attempt>,
    /// What is claimed.
    pub claim: &'a Claim,
    /// What is set aside.
    pub aside: SetAside,
    /// Who raised it.
    pub source: &'a str,
    /// Its number there.
    pub reference: &'a str,
    /// Who said so.
    pub said_by: &'a str,
}

/// A dispute as it stands.
#[derive(Clone, Debug)]
pub struct StoredDispute {
    /// Its number.
    pub id: Id<Dispute>,
    /// Whose payment.
    pub merchant: Id<Merchant>,
    /// Which payment.
    pub payment: Id<Payment>,
    /// The dispute of that payment before it.
    pub previous: Option<Id<Dispute>>,
    /// The attempt that took the money.
    pub attempt: Id<Attempt>,
    /// What is claimed.
    pub claim: Claim,
    /// What was set aside.
    pub aside: SetAside,
    /// Who raised it.
    pub source: String,
    /// Its number there.
    pub reference: String,
    /// When it was raised.
    pub created_at: UnixMs,
    /// Its state.
    pub status: Status,
    /// The last change of it.
    pub last_change: Id<DisputeChange>,
    /// When it was won, lost or withdrawn.
    pub ended_at: Option<UnixMs>,
}

pub(crate) const COLUMNS: &str = "SELECT id, merchant_id, payment_id, previous_id, attempt_id, kind, reason, claimed_paise, amount_paise, \
     collected_paise, owed_paise, title, comment, source, reference, deadline_ms, created_at_ms, status, last_change_id, \
     ended_at_ms, batch_id FROM disputes";

pub(crate) fn read_dispute(row: &Row<'_>) -> Result<StoredDispute, StoreError> {
    let id = row.int(0)?;
    let bad = |what: &str| StoreError::corrupt(format!("dispute {id}: {what}"));
    let paise = |column: usize| Paise::new(row.int(column)?).ok_or_else(|| bad("amount"));
    let (amount, collected, owed) = (paise(8)?, paise(9)?, paise(10)?);
    let available = amount.minus(collected).and_then(|rest| rest.minus(owed));
    Ok(StoredDispute {
        id: Id::new(id),
        merchant: Id::new(row.int(1)?),
        payment: Id::new(row.int(2)?),
        previous: Some(row.int(3)?).filter(|id| *id != 0).map(Id::new),
        attempt: Id::new(row.int(4)?),
        claim: Claim {
            kind: Kind::from_code(&row.text(5)?).ok_or_else(|| bad("kind"))?,
            reason: Reason::from_code(&row.text(6)?).ok_or_else(|| bad("reason"))?,
            amount: paise(7)?,
            deadline: UnixMs(row.int(15)?),
            title: row.text(11)?,
            comment: row.text(12)?,
        },
        aside: SetAside {
            amount,
            source: Source {
                collected,
                available: available.ok_or_else(|| bad("source"))?,
            },
            owed,
        },
        source: row.text(13)?,
        reference: row.text(14)?,
        created_at: UnixMs(row.int(16)?),
        status: Status::from_code(row.int(17)?).ok_or_else(|| bad("status"))?,
        last_change: Id::new(row.int(18)?),
        ended_at: row.maybe_int(19)?.map(UnixMs),
    })
}

/// The dispute with this number, if there is one.
///
/// # Errors
/// Only those of the database.
pub fn get(tx: &Tx<'_>, id: Id<Dispute>) -> Result<Option<StoredDispute>, StoreError> {
    Ok(tx.select_in(COLUMNS, "id", &[id.get()], read_dispute)?.pop())
}

/// The dispute that has this number at whoever raised it, if there is one.
///
/// # Errors
/// Only those of the database.
pub fn find(tx: &Tx<'_>, source: &str, reference: &str) -> Result<Option<StoredDispute>, StoreError> {
    let sql = format!("{COLUMNS} WHERE source = $1 AND reference = $2");
    tx.query_one(&sql, &[Value::Text(source), Value::Text(reference)], read_dispute)
}

/// A merchant's disputes with numbers below `before`, newest first, at most so many.
///
/// # Errors
/// Only those of the database.
pub fn of_merchant(
    tx: &Tx<'_>,
    merchant: Id<Merchant>,
    before: i64,
    limit: usize,
) -> Result<Vec<StoredDispute>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!("{COLUMNS} WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    let values = [merchant.get(), before, limit].map(Value::Int);
    tx.query(&sql, &values, read_dispute)
}

/// Disputes that have not ended, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn open(tx: &Tx<'_>) -> Result<Vec<StoredDispute>, StoreError> {
    let sql = format!("{COLUMNS} WHERE ended_at_ms IS NULL ORDER BY id");
    tx.query(&sql, &[], read_dispute)
}

const DISPUTES: Insert<20> = Insert {
    table: "disputes",
    columns: [
        "id",
        "batch_id",
        "merchant_id",
        "payment_id",
        "previous_id",
        "attempt_id",
        "kind",
        "reason",
        "claimed_paise",
        "amount_paise",
        "collected_paise",
        "owed_paise",
        "title",
        "comment",
        "source",
        "reference",
        "deadline_ms",
        "created_at_ms",
        "status",
        "last_change_id",
    ],
};

/// Writes a new dispute. Returns its number, and that of its first change.
///
/// # Errors
/// When whoever raised it used its number before.
pub fn insert(
    tx: &mut Tx<'_>,
    new: &NewDispute<'_>,
    at: UnixMs,
) -> Result<(Id<Dispute>, Id<DisputeChange>), StoreError> {
    let id = Id::new(tx.next_numbers("dispute", 1)?);
    let batch = tx.batch()?;
    let change = write_change(tx, id, None, Status::Open, new.said_by, at)?;
    let numbers = [
        id.get(),
        new.merchant.get(),
        new.payment.get(),
        new.previous.map_or(0, Id::get),
        new.attempt.get(),
        new.claim.amount.get(),
        new.aside.amount.get(),
        new.aside.source.collected.get(),
        new.aside.owed.get(),
        new.claim.deadline.0,
        at.0,
    ];
    let texts = [
        new.claim.kind.code(),
        new.claim.reason.code(),
        &new.claim.title,
        &new.claim.comment,
        new.source,
        new.reference,
    ];
    link_dispute(&mut tx.link, numbers, texts);
    let [
        id_,
        merchant,
        payment,
        previous,
        attempt,
        claimed,
        amount,
        collected,
        owed,
        deadline,
        created,
    ] = numbers.map(Value::Int);
    let [kind, reason, title, comment, source, reference] = texts.map(Value::Text);
    tx.insert_many(
        &DISPUTES,
        [[
            id_,
            Value::Int(batch),
            merchant,
            payment,
            previous,
            attempt,
            kind,
            reason,
            claimed,
            amount,
            collected,
            owed,
            title,
            comment,
            source,
            reference,
            deadline,
            created,
            Value::Int(Status::Open.code()),
            Value::Int(change.get()),
        ]],
    )?;
    Ok((id, change))
}

/// What the chain covers of a dispute: all of it that never changes.
pub(crate) fn link_dispute(link: &mut Link, numbers: [i64; 11], texts: [&str; 6]) {
    let row: Vec<Part<'_>> = numbers
        .into_iter()
        .map(Part::Int)
        .chain(texts.into_iter().map(Part::Text))
        .collect();
    link.add(Table::Disputes, &row);
}

/// Writes a change of state. Returns its number.
///
/// # Errors
/// Only those of the database.
pub fn write_change(
    tx: &mut Tx<'_>,
    dispute: Id<Dispute>,
    previous: Option<Id<DisputeChange>>,
    to: Status,
    said_by: &str,
    at: UnixMs,
) -> Result<Id<DisputeChange>, StoreError> {
    const CHANGES: Insert<7> = Insert {
        table: "dispute_changes",
        columns: [
            "id",
            "batch_id",
            "dispute_id",
            "previous_id",
            "status",
            "at_ms",
            "said_by",
        ],
    };
    let (id, batch) = (tx.next_numbers("dispute_change", 1)?, tx.batch()?);
    let numbers = [id, dispute.get(), previous.map_or(0, Id::get), to.code(), at.0];
    link_change(&mut tx.link, numbers, said_by);
    let [id_, dispute, previous, status, at] = numbers.map(Value::Int);
    let row = [
        id_,
        Value::Int(batch),
        dispute,
        previous,
        status,
        at,
        Value::Text(said_by),
    ];
    tx.insert_many(&CHANGES, [row])?;
    Ok(Id::new(id))
}

pub(crate) fn link_change(link: &mut Link, numbers: [i64; 5], said_by: &str) {
    let [id, dispute, previous, status, at] = numbers.map(Part::Int);
    link.add(
        Table::DisputeChanges,
        &[id, dispute, previous, status, at, Part::Text(said_by)],
    );
}

/// A change of state of a dispute, as its log tells it.
#[derive(Clone, Debug)]
pub struct StoredChange {
    /// Its state since then.
    pub status: Status,
    /// When.
    pub at: UnixMs,
    /// Who said so.
    pub said_by: String,
}

/// The log of a dispute, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn log_up_to(tx: &Tx<'_>, last: Id<DisputeChange>) -> Result<Vec<StoredChange>, StoreError> {
    let select = "SELECT status, at_ms, said_by, previous_id FROM dispute_changes";
    tx.log_up_to(select, last.get(), |_, row| {
        let change = StoredChange {
            status: read_status(row.int(0)?)?,
            at: UnixMs(row.int(1)?),
            said_by: row.text(2)?,
        };
        Ok((change, row.int(3)?))
    })
}

pub(crate) fn read_status(code: i64) -> Result<Status, StoreError> {
    Status::from_code(code).ok_or_else(|| StoreError::corrupt(format!("status {code} of a dispute")))
}

/// Writes where a dispute stands now.
///
/// # Errors
/// Only those of the database.
pub fn keep(tx: &Tx<'_>, dispute: &StoredDispute) -> Result<(), StoreError> {
    const OUTCOMES: Update<4> = Update {
        table: "disputes",
        columns: ["id", "status", "last_change_id", "ended_at_ms"],
    };
    let row = [
        Value::Int(dispute.id.get()),
        Value::Int(dispute.status.code()),
        Value::Int(dispute.last_change.get()),
        Value::maybe(dispute.ended_at.map(|at| at.0)),
    ];
    tx.update_many(&OUTCOMES, [row])
}

/// An acquirer is to hear of this dispute's answer.
///
/// # Errors
/// Only those of the database.
pub fn to_tell(tx: &Tx<'_>, dispute: Id<Dispute>, at: UnixMs) -> Result<(), StoreError> {
    let sql = "INSERT INTO disputes_to_tell (dispute_id, asks, ask_at_ms) VALUES ($1, 0, $2) \
               ON CONFLICT (dispute_id) DO UPDATE SET asks = 0, ask_at_ms = excluded.ask_at_ms";
    tx.write(sql, &[dispute.get(), at.0].map(Value::Int))
}

/// Answers that an acquirer is due to hear of, with how often it was told, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn due_to_tell(tx: &Tx<'_>, now: UnixMs, limit: usize) -> Result<Vec<(Id<Dispute>, u32)>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql =
        "SELECT dispute_id, asks FROM disputes_to_tell WHERE ask_at_ms <= $1 ORDER BY dispute_id LIMIT $2";
    tx.query(sql, &[Value::Int(now.0), Value::Int(limit)], |row| {
        Ok((
            Id::new(row.int(0)?),
            u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
        ))
    })
}

/// Sets how often an acquirer was told, and when it is told next.
///
/// # Errors
/// When it is not there any more.
pub fn tell_next(tx: &Tx<'_>, dispute: Id<Dispute>, asks: u32, at: UnixMs) -> Result<(), StoreError> {
    const NEXT: Update<3> = Update {
        table: "disputes_to_tell",
        columns: ["dispute_id", "asks", "ask_at_ms"],
    };
    let row = [dispute.get(), i64::from(asks), at.0].map(Value::Int);
    tx.update_many(&NEXT, [row])
}

/// The acquirer has heard of it, or need not any more. Nothing happens when that was known.
///
/// # Errors
/// Only those of the database.
pub fn told(tx: &Tx<'_>, dispute: Id<Dispute>) -> Result<(), StoreError> {
    let sql = "DELETE FROM disputes_to_tell WHERE dispute_id = $1";
    tx.write(sql, &[Value::Int(dispute.get())])
}
