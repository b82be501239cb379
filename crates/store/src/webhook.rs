//! Webhooks: where merchants are told of events.

use crate::{
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    event::{Kind, Kinds},
    id::kind::{Endpoint, Merchant},
};
use std::collections::BTreeSet;

/// A webhook as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredWebhook {
    /// Its number, of the endpoints'.
    pub id: Id<Endpoint>,
    /// Whose it is.
    pub merchant: Id<Merchant>,
    /// Where events are posted.
    pub url: String,
    /// What it wants to hear of.
    pub kinds: Kinds,
    /// A header that the merchant wants beside ours: its name, and its value under the instance key.
    pub header: Option<(String, Vec<u8>)>,
    /// Whether anything is posted.
    pub active: bool,
    /// How it fares.
    pub failing: Failing,
    /// Since when it is switched off, and why.
    pub off: Option<(UnixMs, String)>,
    /// When it was registered.
    pub created_at: UnixMs,
}

/// The failures of a webhook since its last acknowledgement.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Failing {
    /// How many.
    pub in_a_row: u32,
    /// When the first of them was; once it is switched off, when the oldest event happened that it missed.
    pub since: Option<UnixMs>,
    /// What came back last, in a few words.
    pub last: Option<String>,
}

/// A webhook about to be registered.
pub struct NewWebhook<'a> {
    /// Its number: [`next_number`].
    pub id: Id<Endpoint>,
    /// Whose it is.
    pub merchant: Id<Merchant>,
    /// Where events are posted.
    pub url: &'a str,
    /// What it wants to hear of.
    pub kinds: Kinds,
    /// A header that the merchant wants beside ours, its value sealed.
    pub header: Option<(&'a str, &'a [u8])>,
}

/// Who wants to hear of what.
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    /// The webhook.
    pub id: Id<Endpoint>,
    /// Whose it is.
    pub merchant: Id<Merchant>,
    kinds: Kinds,
    active: bool,
}

impl Subscription {
    /// Whether this is posted there.
    #[must_use]
    pub const fn wants(&self, kind: Kind) -> bool {
        self.active && kind.is_posted() && self.kinds.has(kind)
    }
}

const COLUMNS: &str = "SELECT id, merchant_id, url, kinds, header_name, header_sealed, active, failures, \
     failing_since_ms, last_failure, off_at_ms, off_reason, created_at_ms FROM webhooks";

fn read(row: &Row<'_>) -> Result<StoredWebhook, StoreError> {
    let header = match row.maybe_text(4)? {
        Some(name) => Some((name, row.blob(5)?)),
        None => None,
    };
    let off = match (row.maybe_int(10)?, row.maybe_text(11)?) {
        (Some(at), Some(why)) => Some((UnixMs(at), why)),
        _ => None,
    };
    Ok(StoredWebhook {
        id: Id::new(row.int(0)?),
        merchant: Id::new(row.int(1)?),
        url: row.text(2)?,
        kinds: read_kinds(row.int(3)?)?,
        header,
        active: row.flag(6)?,
        failing: Failing {
            in_a_row: u32::try_from(row.int(7)?).unwrap_or(u32::MAX),
            since: row.maybe_int(8)?.map(UnixMs),
            last: row.maybe_text(9)?,
        },
        off,
        created_at: UnixMs(row.int(12)?),
    })
}

fn read_kinds(bits: i64) -> Result<Kinds, StoreError> {
    Kinds::from_bits(bits).ok_or_else(|| StoreError::corrupt(format!("kinds {bits} of events")))
}

/// A merchant's webhooks, oldest first.
///
/// # Errors
/// When a row does not make sense.
pub fn of_merchant(tx: &Tx<'_>, merchant: Id<Merchant>) -> Result<Vec<StoredWebhook>, StoreError> {
    let sql = format!("{COLUMNS} WHERE merchant_id = $1 ORDER BY id");
    tx.query(&sql, &[Value::Int(merchant.get())], read)
}

/// The webhooks with these numbers, those that there are, in their order.
///
/// # Errors
/// When a row does not make sense.
pub fn get_all(tx: &Tx<'_>, ids: &[Id<Endpoint>]) -> Result<Vec<StoredWebhook>, StoreError> {
    tx.select_ids(COLUMNS, ids, read, |one| one.id)
}

/// Who wants to hear of what, of these merchants.
///
/// # Errors
/// When a row does not make sense.
pub fn subscriptions(
    tx: &Tx<'_>,
    merchants: &BTreeSet<Id<Merchant>>,
) -> Result<Vec<Subscription>, StoreError> {
    let numbers: Vec<i64> = merchants.iter().map(|merchant| merchant.get()).collect();
    let select = "SELECT id, merchant_id, kinds, active FROM webhooks";
    tx.select_in(select, "merchant_id", &numbers, |row| {
        Ok(Subscription {
            id: Id::new(row.int(0)?),
            merchant: Id::new(row.int(1)?),
            kinds: read_kinds(row.int(2)?)?,
            active: row.flag(3)?,
        })
    })
}

/// A number for a webhook about to be registered.
///
/// # Errors
/// Only those of the database.
pub fn next_number(tx: &Tx<'_>) -> Result<Id<Endpoint>, StoreError> {
    tx.next_numbers("endpoint", 1).map(Id::new)
}

const WEBHOOKS: Insert<9> = Insert {
    table: "webhooks",
    columns: [
        "id",
        "merchant_id",
        "url",
        "kinds",
        "header_name",
        "header_sealed",
        "active",
        "failures",
        "created_at_ms",
    ],
};

/// Registers a webhook.
///
/// # Errors
/// Only those of the database.
pub fn insert(tx: &Tx<'_>, new: &NewWebhook<'_>, at: UnixMs) -> Result<(), StoreError> {
    let row = [
        Value::Int(new.id.get()),
        Value::Int(new.merchant.get()),
        Value::Text(new.url),
        Value::Int(new.kinds.bits()),
        Value::maybe_text(new.header.map(|(name, _)| name)),
        new.header.map_or(Value::Null, |(_, sealed)| Value::Blob(sealed)),
        Value::Int(1),
        Value::Int(0),
        Value::Int(at.0),
    ];
    tx.insert_many(&WEBHOOKS, [row])
}

const SETTINGS: Update<5> = Update {
    table: "webhooks",
    columns: ["id", "url", "kinds", "header_name", "header_sealed"],
};

/// Writes what a merchant set of a webhook.
///
/// # Errors
/// When there is none.
pub fn keep_settings(tx: &Tx<'_>, webhook: &StoredWebhook) -> Result<(), StoreError> {
    let header = webhook.header.as_ref();
    let row = [
        Value::Int(webhook.id.get()),
        Value::Text(&webhook.url),
        Value::Int(webhook.kinds.bits()),
        Value::maybe_text(header.map(|(name, _)| name.as_str())),
        header.map_or(Value::Null, |(_, sealed)| Value::Blob(sealed)),
    ];
    tx.update_many(&SETTINGS, [row])
}

const STANDINGS: Update<7> = Update {
    table: "webhooks",
    columns: [
        "id",
        "active",
        "failures",
        "failing_since_ms",
        "last_failure",
        "off_at_ms",
        "off_reason",
    ],
};

/// Writes how webhooks fare, and whether they are on.
///
/// # Errors
/// When there is none.
pub fn keep_standing(tx: &Tx<'_>, webhooks: &[&StoredWebhook]) -> Result<(), StoreError> {
    tx.update_many(
        &STANDINGS,
        webhooks.iter().map(|webhook| {
            let (failing, off) = (&webhook.failing, webhook.off.as_ref());
            [
                Value::Int(webhook.id.get()),
                Value::Int(i64::from(webhook.active)),
                Value::Int(i64::from(failing.in_a_row)),
                Value::maybe(failing.since.map(|at| at.0)),
                Value::maybe_text(failing.last.as_deref()),
                Value::maybe(off.map(|(at, _)| at.0)),
                Value::maybe_text(off.map(|(_, why)| why.as_str())),
            ]
        }),
    )
}

/// Removes a webhook.
///
/// # Errors
/// When there is none.
pub fn remove(tx: &Tx<'_>, id: Id<Endpoint>) -> Result<(), StoreError> {
    tx.delete_many("webhooks", "id", &[id.get()])
}
