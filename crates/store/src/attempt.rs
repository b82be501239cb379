//! Attempts to make a payment: the intent, kept before an acquirer is called, and what became of it.

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, Private, UnixMs,
    account::Account,
    acquirer::{BankRef, Fault, Method},
    card::Scheme,
    id::kind::{Attempt, Payment},
    payment::AttemptStatus,
};

/// With what a customer tries to pay, as far as it may be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// How.
    pub method: Method,
    /// The masked card number, the masked address, the code of a bank or wallet.
    pub shown: String,
    /// The scheme of a card.
    pub scheme: Option<Scheme>,
    /// The name on a card, or empty.
    pub name_on_card: Private<String>,
    /// Of a card number, under a key of its own; empty for other means.
    pub fingerprint: Vec<u8>,
}

/// An attempt that was granted, about to be written.
pub struct NewAttempt {
    /// Of which payment.
    pub payment: Id<Payment>,
    /// The first is 1.
    pub number: u32,
    /// The attempt before it.
    pub previous: Option<Id<Attempt>>,
    /// With what.
    pub means: Shown,
    /// The account of the book that the money comes into.
    pub purse: Account,
    /// The acquirer takes no money after this instant.
    pub not_after: UnixMs,
    /// When the acquirer is asked, if it has not been heard.
    pub ask_at: UnixMs,
}

/// An attempt as it stands.
#[derive(Clone, Debug)]
pub struct StoredAttempt {
    /// Its number among all.
    pub id: Id<Attempt>,
    /// Of which payment.
    pub payment: Id<Payment>,
    /// Its number in its payment.
    pub number: u32,
    /// The attempt before it.
    pub previous: Option<Id<Attempt>>,
    /// With what.
    pub means: Shown,
    /// The account of the book that the money comes into.
    pub purse: Account,
    /// Our reference at the acquirer.
    pub reference: String,
    /// The acquirer takes no money after this instant.
    pub not_after: UnixMs,
    /// When it began.
    pub began_at: UnixMs,
    /// Its state.
    pub status: AttemptStatus,
    /// Where the customer has something to do.
    pub page: Option<String>,
    /// Why it failed.
    pub fault: Option<Fault>,
    /// The bank's reference, once captured.
    pub bank_ref: Option<BankRef>,
    /// When it ended.
    pub ended_at: Option<UnixMs>,
}

pub(crate) const COLUMNS: &str = "SELECT id, payment_id, number, previous_id, method, purse, reference, not_after_ms, shown, scheme, \
     name_on_card, fingerprint, began_at_ms, status, page, fault, bank_ref, ended_at_ms, batch_id FROM attempts";

pub(crate) fn read_attempt(row: &Row<'_>) -> Result<StoredAttempt, StoreError> {
    let id = row.int(0)?;
    let bad = |what: &str| StoreError::corrupt(format!("attempt {id}: {what}"));
    let scheme = Some(row.text(9)?)
        .filter(|code| !code.is_empty())
        .map(|code| Scheme::from_code(&code).ok_or_else(|| bad("scheme")));
    let fault = row
        .maybe_text(15)?
        .map(|code| Fault::from_code(&code).ok_or_else(|| bad("fault")));
    let bank_ref = row
        .maybe_text(16)?
        .map(|text| BankRef::parse(&text).ok_or_else(|| bad("bank_ref")));
    Ok(StoredAttempt {
        id: Id::new(id),
        payment: Id::new(row.int(1)?),
        number: u32::try_from(row.int(2)?).map_err(|_| bad("number"))?,
        previous: Some(row.int(3)?).filter(|id| *id != 0).map(Id::new),
        means: Shown {
            method: Method::from_code(&row.text(4)?).ok_or_else(|| bad("method"))?,
            shown: row.text(8)?,
            scheme: scheme.transpose()?,
            name_on_card: Private::new(row.text(10)?),
            fingerprint: row.blob(11)?,
        },
        purse: Account::from_number(row.int(5)?).ok_or_else(|| bad("purse"))?,
        reference: row.text(6)?,
        not_after: UnixMs(row.int(7)?),
        began_at: UnixMs(row.int(12)?),
        status: AttemptStatus::from_code(row.int(13)?).ok_or_else(|| bad("status"))?,
        page: row.maybe_text(14)?,
        fault: fault.transpose()?,
        bank_ref: bank_ref.transpose()?,
        ended_at: row.maybe_int(17)?.map(UnixMs),
    })
}

/// The attempts with these numbers, in their order.
///
/// # Errors
/// When one does not exist.
pub fn get_all(tx: &Tx<'_>, ids: &[Id<Attempt>]) -> Result<Vec<StoredAttempt>, StoreError> {
    let found = tx.select_ids(COLUMNS, ids, read_attempt, |one| one.id)?;
    if found.len() == ids.len() {
        return Ok(found);
    }
    Err(StoreError::corrupt("an attempt that is known does not exist"))
}

/// The attempt with this number, if there is one.
///
/// # Errors
/// Only those of the database.
pub fn get(tx: &Tx<'_>, id: Id<Attempt>) -> Result<Option<StoredAttempt>, StoreError> {
    Ok(tx.select_in(COLUMNS, "id", &[id.get()], read_attempt)?.pop())
}

const ATTEMPTS: Insert<15> = Insert {
    table: "attempts",
    columns: [
        "id",
        "batch_id",
        "payment_id",
        "number",
        "previous_id",
        "method",
        "purse",
        "reference",
        "not_after_ms",
        "shown",
        "scheme",
        "name_on_card",
        "fingerprint",
        "began_at_ms",
        "status",
    ],
};
const UNDER_WAY: Insert<3> = Insert {
    table: "attempts_under_way",
    columns: ["attempt_id", "asks", "ask_at_ms"],
};

/// Keeps intents, under way from now on. `reference` makes the reference of an attempt from its number. Returns them as
/// they stand.
///
/// # Errors
/// Only those of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    new: Vec<NewAttempt>,
    reference: impl Fn(Id<Attempt>) -> String,
    at: UnixMs,
) -> Result<Vec<StoredAttempt>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let (first, batch) = (tx.next_numbers("attempt", new.len())?, tx.batch()?);
    let ask_at: Vec<i64> = new.iter().map(|new| new.ask_at.0).collect();
    let attempts: Vec<StoredAttempt> = (first..)
        .zip(new)
        .map(|(id, new)| StoredAttempt {
            id: Id::new(id),
            payment: new.payment,
            number: new.number,
            previous: new.previous,
            means: new.means,
            purse: new.purse,
            reference: reference(Id::new(id)),
            not_after: new.not_after,
            began_at: at,
            status: AttemptStatus::Sent,
            page: None,
            fault: None,
            bank_ref: None,
            ended_at: None,
        })
        .collect();
    for attempt in &attempts {
        link_attempt(&mut tx.link, attempt);
    }
    tx.insert_many(
        &ATTEMPTS,
        attempts.iter().map(|attempt| {
            let means = &attempt.means;
            [
                Value::Int(attempt.id.get()),
                Value::Int(batch),
                Value::Int(attempt.payment.get()),
                Value::Int(i64::from(attempt.number)),
                Value::Int(attempt.previous.map_or(0, Id::get)),
                Value::Text(means.method.code()),
                Value::Int(attempt.purse.number()),
                Value::Text(&attempt.reference),
                Value::Int(attempt.not_after.0),
                Value::Text(&means.shown),
                Value::Text(means.scheme.map_or("", Scheme::code)),
                Value::Text(means.name_on_card.reveal()),
                Value::Blob(&means.fingerprint),
                Value::Int(at.0),
                Value::Int(attempt.status.code()),
            ]
        }),
    )?;
    tx.insert_many(
        &UNDER_WAY,
        attempts
            .iter()
            .zip(ask_at)
            .map(|(attempt, ask_at)| [attempt.id.get(), 0, ask_at].map(Value::Int)),
    )?;
    Ok(attempts)
}

/// What the chain covers of an attempt: all of it that never changes.
pub(crate) fn link_attempt(link: &mut Link, attempt: &StoredAttempt) {
    let means = &attempt.means;
    let numbers = [
        attempt.id.get(),
        attempt.payment.get(),
        i64::from(attempt.number),
        attempt.previous.map_or(0, Id::get),
        attempt.purse.number(),
        attempt.not_after.0,
        attempt.began_at.0,
    ];
    let texts = [
        means.method.code(),
        &attempt.reference,
        &means.shown,
        means.scheme.map_or("", Scheme::code),
        means.name_on_card.reveal(),
    ];
    let row: Vec<Part<'_>> = numbers
        .into_iter()
        .map(Part::Int)
        .chain(texts.into_iter().map(Part::Text))
        .collect();
    link.add(Table::Attempts, &row);
}

const OUTCOMES: Update<6> = Update {
    table: "attempts",
    columns: ["id", "status", "page", "fault", "bank_ref", "ended_at_ms"],
};

/// Writes where attempts stand now.
///
/// # Errors
/// Only those of the database.
pub fn keep(tx: &Tx<'_>, attempts: &[&StoredAttempt]) -> Result<(), StoreError> {
    tx.update_many(
        &OUTCOMES,
        attempts.iter().map(|attempt| {
            [
                Value::Int(attempt.id.get()),
                Value::Int(attempt.status.code()),
                Value::maybe_text(attempt.page.as_deref()),
                Value::maybe_text(attempt.fault.map(Fault::code)),
                Value::maybe_text(attempt.bank_ref.as_ref().map(BankRef::as_str)),
                Value::maybe(attempt.ended_at.map(|at| at.0)),
            ]
        }),
    )
}

/// Takes attempts out of those under way: their outcome is known.
///
/// # Errors
/// When one was not there: somebody else was faster.
pub fn no_longer_under_way(tx: &Tx<'_>, attempts: &[Id<Attempt>]) -> Result<(), StoreError> {
    let numbers: Vec<i64> = attempts.iter().map(|attempt| attempt.get()).collect();
    tx.delete_many("attempts_under_way", "attempt_id", &numbers)
}

/// Attempts whose next question is due at `now`, with how often they were asked about, the longest due first.
///
/// # Errors
/// Only those of the database.
pub fn due_for_question(
    tx: &Tx<'_>,
    now: UnixMs,
    limit: usize,
) -> Result<Vec<(Id<Attempt>, u32)>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql =
        "SELECT attempt_id, asks FROM attempts_under_way WHERE ask_at_ms <= $1 ORDER BY ask_at_ms LIMIT $2";
    tx.query(sql, &[Value::Int(now.0), Value::Int(limit)], |row| {
        Ok((
            Id::new(row.int(0)?),
            u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
        ))
    })
}

/// Attempts under way whose money comes into `purse`, and whose time was over at `until`.
///
/// # Errors
/// Only those of the database.
pub fn under_way_into(tx: &Tx<'_>, purse: Account, until: UnixMs) -> Result<Vec<Id<Attempt>>, StoreError> {
    let sql = "SELECT a.id FROM attempts_under_way u JOIN attempts a ON a.id = u.attempt_id \
               WHERE a.purse = $1 AND a.not_after_ms < $2 ORDER BY a.id";
    let values = [purse.number(), until.0].map(Value::Int);
    tx.query(sql, &values, |row| row.int(0).map(Id::new))
}

/// How often each was asked about, of those that are under way.
///
/// # Errors
/// Only those of the database.
pub fn asks(tx: &Tx<'_>, attempts: &[Id<Attempt>]) -> Result<Vec<(Id<Attempt>, u32)>, StoreError> {
    let numbers: Vec<i64> = attempts.iter().map(|attempt| attempt.get()).collect();
    let select = "SELECT attempt_id, asks FROM attempts_under_way";
    tx.select_in(select, "attempt_id", &numbers, |row| {
        Ok((
            Id::new(row.int(0)?),
            u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
        ))
    })
}

const QUESTIONS: Update<3> = Update {
    table: "attempts_under_way",
    columns: ["attempt_id", "asks", "ask_at_ms"],
};

/// Sets how often each was asked about, and when it is asked about next.
///
/// # Errors
/// When one is not there any more.
pub fn ask_next(tx: &Tx<'_>, next: &[(Id<Attempt>, u32, UnixMs)]) -> Result<(), StoreError> {
    let rows = next
        .iter()
        .map(|(id, asks, at)| [id.get(), i64::from(*asks), at.0].map(Value::Int));
    tx.update_many(&QUESTIONS, rows)
}

/// Makes every attempt under way due for a question now. Returns how many there are.
///
/// # Errors
/// Only those of the database.
pub fn ask_about_all(tx: &Tx<'_>, now: UnixMs) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE attempts_under_way SET ask_at_ms = $1, asks = 0",
        &[Value::Int(now.0)],
    )
}
