//! Notices to merchants that are to be mailed. So far they only wait here; whoever mails them sets `sent_at_ms`.

use crate::{
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{Id, UnixMs, id::kind::Mail, id::kind::Merchant};

/// A notice about to be written.
pub struct NewMail<'a> {
    /// To whom.
    pub merchant: Id<Merchant>,
    /// What it is about: `webhook.switched_off`.
    pub kind: &'static str,
    /// Its subject.
    pub subject: &'a str,
    /// Its text.
    pub body: &'a str,
}

/// A notice that waits to be mailed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredMail {
    /// Its number.
    pub id: Id<Mail>,
    /// To whom.
    pub merchant: Id<Merchant>,
    /// What it is about.
    pub kind: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// Since when it waits.
    pub created_at: UnixMs,
}

const MAILS: Insert<6> = Insert {
    table: "mails",
    columns: ["id", "merchant_id", "kind", "subject", "body", "created_at_ms"],
};

/// Writes notices.
///
/// # Errors
/// Only those of the database.
pub fn insert(tx: &Tx<'_>, new: &[NewMail<'_>], at: UnixMs) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let first = tx.next_numbers("mail", new.len())?;
    let rows = (first..).zip(new).map(|(id, mail)| {
        [
            Value::Int(id),
            Value::Int(mail.merchant.get()),
            Value::Text(mail.kind),
            Value::Text(mail.subject),
            Value::Text(mail.body),
            Value::Int(at.0),
        ]
    });
    tx.insert_many(&MAILS, rows)
}

/// Notices that nobody has mailed, oldest first, at most so many.
///
/// # Errors
/// Only those of the database.
pub fn unsent(tx: &Tx<'_>, limit: usize) -> Result<Vec<StoredMail>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT id, merchant_id, kind, subject, body, created_at_ms FROM mails \
               WHERE sent_at_ms IS NULL ORDER BY id LIMIT $1";
    tx.query(sql, &[Value::Int(limit)], |row| {
        Ok(StoredMail {
            id: Id::new(row.int(0)?),
            merchant: Id::new(row.int(1)?),
            kind: row.text(2)?,
            subject: row.text(3)?,
            body: row.text(4)?,
            created_at: UnixMs(row.int(5)?),
        })
    })
}
