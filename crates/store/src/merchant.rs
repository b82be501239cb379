//! Merchants, their sealed secrets and their endpoints. Rows that change rarely.

use crate::{
    book,
    dialect::{Insert, Row, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    BasisPoints, Id, Paise, UnixMs,
    account::Account,
    charge::{FeeOnReturn, FeePlan},
    id::kind::{Endpoint, Merchant},
};
use std::collections::{BTreeSet, HashMap};

/// What an operator sets of a merchant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The merchant's name.
    pub name: String,
    /// Address ranges from which its servers call, with blanks between.
    pub addresses: String,
    /// The most that one payout may carry, in rupees.
    pub amount_rupees_max: i64,
    /// What it pays for a payout.
    pub plan: FeePlan,
    /// What it pays for a payment.
    pub collect_plan: FeePlan,
    /// Business days from a capture to its settlement.
    pub settle_after: u32,
}

/// A merchant as it stands.
#[derive(Clone, Debug)]
pub struct StoredMerchant {
    /// Its number.
    pub id: Id<Merchant>,
    /// The name by which it calls itself on the wire.
    pub pid: String,
    /// The name of its key for collecting.
    pub collect_key: String,
    /// Whether it may use the APIs.
    pub active: bool,
    /// What the operator set.
    pub terms: Terms,
    /// Where its payout callbacks go.
    pub callbacks: Option<StoredEndpoint>,
    /// Since when it is here.
    pub created_at: UnixMs,
}

/// Where callbacks go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEndpoint {
    /// Its number.
    pub id: Id<Endpoint>,
    /// Its address.
    pub url: String,
}

/// A secret of a merchant, sealed under the instance key.
#[derive(Clone, Debug)]
pub struct SealedSecret {
    /// Whose.
    pub merchant: Id<Merchant>,
    /// What for.
    pub kind: String,
    /// The highest is the present one.
    pub version: i64,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// From when on it is not valid any more.
    pub retires_at: Option<UnixMs>,
}

const COLUMNS: &str = "SELECT m.id, m.pid, m.name, m.active, m.addresses, m.amount_rupees_max, m.fee_flat_paise, \
     m.fee_basis_points, m.gst_basis_points, m.fee_given_back, m.collect_key, m.created_at_ms, e.id, e.url, \
     m.collect_fee_flat_paise, m.collect_fee_basis_points, m.settle_after_days \
     FROM merchants m LEFT JOIN endpoints e ON e.merchant_id = m.id AND e.purpose = 'payout'";

fn read(row: &Row<'_>) -> Result<StoredMerchant, StoreError> {
    let bad = || StoreError::corrupt("price of a merchant");
    let gst = BasisPoints::new(row.int(8)?).ok_or_else(bad)?;
    let price = |flat: i64, rate: i64, on_return: FeeOnReturn| {
        Ok::<_, StoreError>(FeePlan {
            flat: Paise::new(flat).ok_or_else(bad)?,
            rate: BasisPoints::new(rate).ok_or_else(bad)?,
            gst,
            on_return,
        })
    };
    let on_return = if row.flag(9)? {
        FeeOnReturn::GiveBack
    } else {
        FeeOnReturn::Keep
    };
    let callbacks = match (row.maybe_int(12)?, row.maybe_text(13)?) {
        (Some(id), Some(url)) => Some(StoredEndpoint { id: Id::new(id), url }),
        _ => None,
    };
    Ok(StoredMerchant {
        id: Id::new(row.int(0)?),
        pid: row.text(1)?,
        collect_key: row.text(10)?,
        active: row.flag(3)?,
        terms: Terms {
            name: row.text(2)?,
            addresses: row.text(4)?,
            amount_rupees_max: row.int(5)?,
            plan: price(row.int(6)?, row.int(7)?, on_return)?,
            collect_plan: price(row.int(14)?, row.int(15)?, FeeOnReturn::Keep)?,
            settle_after: u32::try_from(row.int(16)?).map_err(|_| bad())?,
        },
        callbacks,
        created_at: UnixMs(row.int(11)?),
    })
}

/// Every merchant, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn all(tx: &Tx<'_>) -> Result<Vec<StoredMerchant>, StoreError> {
    tx.query(&format!("{COLUMNS} ORDER BY m.id"), &[], read)
}

/// The merchant with this number.
///
/// # Errors
/// Only those of the database.
pub fn get(tx: &Tx<'_>, id: Id<Merchant>) -> Result<Option<StoredMerchant>, StoreError> {
    let sql = format!("{COLUMNS} WHERE m.id = $1");
    tx.query_one(&sql, &[Value::Int(id.get())], read)
}

/// The merchant of this PID.
///
/// # Errors
/// Only those of the database.
pub fn by_pid(tx: &Tx<'_>, pid: &str) -> Result<Option<StoredMerchant>, StoreError> {
    tx.query_one(&format!("{COLUMNS} WHERE m.pid = $1"), &[Value::Text(pid)], read)
}

/// Every secret that is still valid at `now`, present ones last.
///
/// # Errors
/// Only those of the database.
pub fn secrets(tx: &Tx<'_>, now: UnixMs) -> Result<Vec<SealedSecret>, StoreError> {
    let sql = "SELECT merchant_id, kind, version, sealed, retires_at_ms FROM merchant_secrets \
               WHERE retires_at_ms IS NULL OR retires_at_ms > $1 ORDER BY merchant_id, kind, version";
    tx.query(sql, &[Value::Int(now.0)], |row| {
        Ok(SealedSecret {
            merchant: Id::new(row.int(0)?),
            kind: row.text(1)?,
            version: row.int(2)?,
            sealed: row.blob(3)?,
            retires_at: row.maybe_int(4)?.map(UnixMs),
        })
    })
}

const MERCHANTS: Insert<15> = Insert {
    table: "merchants",
    columns: [
        "id",
        "pid",
        "name",
        "active",
        "addresses",
        "amount_rupees_max",
        "fee_flat_paise",
        "fee_basis_points",
        "gst_basis_points",
        "fee_given_back",
        "collect_key",
        "created_at_ms",
        "collect_fee_flat_paise",
        "collect_fee_basis_points",
        "settle_after_days",
    ],
};

/// Writes a merchant and opens its accounts.
///
/// # Errors
/// When the PID or the key is taken.
pub fn insert(
    tx: &mut Tx<'_>,
    pid: &str,
    key: &str,
    terms: &Terms,
    at: UnixMs,
) -> Result<Id<Merchant>, StoreError> {
    let id = tx.next_numbers("merchant", 1)?;
    let plan = &terms.plan;
    let given_back = i64::from(plan.on_return == FeeOnReturn::GiveBack);
    tx.insert_many(
        &MERCHANTS,
        [[
            Value::Int(id),
            Value::Text(pid),
            Value::Text(&terms.name),
            Value::Int(1),
            Value::Text(&terms.addresses),
            Value::Int(terms.amount_rupees_max),
            Value::Int(plan.flat.get()),
            Value::Int(plan.rate.get()),
            Value::Int(plan.gst.get()),
            Value::Int(given_back),
            Value::Text(key),
            Value::Int(at.0),
            Value::Int(terms.collect_plan.flat.get()),
            Value::Int(terms.collect_plan.rate.get()),
            Value::Int(i64::from(terms.settle_after)),
        ]],
    )?;
    let merchant = Id::new(id);
    let accounts = [
        Account::Available,
        Account::Held,
        Account::Collected,
        Account::Disputed,
        Account::Owing,
    ];
    book::open_accounts(tx, &accounts.map(|account| account(merchant)))?;
    Ok(merchant)
}

/// Writes where a merchant's payout callbacks go.
///
/// # Errors
/// Only those of the database.
pub fn set_callback_url(tx: &Tx<'_>, merchant: Id<Merchant>, url: &str) -> Result<(), StoreError> {
    let id = tx.next_numbers("endpoint", 1)?;
    let sql = "INSERT INTO endpoints (id, merchant_id, purpose, url) VALUES ($1, $2, 'payout', $3) \
               ON CONFLICT (merchant_id, purpose) DO UPDATE SET url = excluded.url";
    tx.write(
        sql,
        &[Value::Int(id), Value::Int(merchant.get()), Value::Text(url)],
    )
}

/// Where the payout callbacks of each of these merchants go; those who want none are left out.
///
/// # Errors
/// Only those of the database.
pub fn payout_endpoints(
    tx: &Tx<'_>,
    merchants: &BTreeSet<Id<Merchant>>,
) -> Result<HashMap<Id<Merchant>, Id<Endpoint>>, StoreError> {
    let numbers: Vec<i64> = merchants.iter().map(|merchant| merchant.get()).collect();
    // A merchant has one endpoint for payouts; other purposes are passed over.
    let rows = tx.select_in(
        "SELECT merchant_id, id, purpose FROM endpoints",
        "merchant_id",
        &numbers,
        |row| Ok((Id::new(row.int(0)?), Id::new(row.int(1)?), row.text(2)?)),
    )?;
    Ok(rows
        .into_iter()
        .filter(|(_, _, purpose)| purpose == "payout")
        .map(|(m, e, _)| (m, e))
        .collect())
}

/// Writes a secret as the present one of its kind; the one before it retires at `old_until`.
///
/// # Errors
/// Only those of the database.
pub fn put_secret(
    tx: &Tx<'_>,
    merchant: Id<Merchant>,
    kind: &str,
    sealed: &[u8],
    at: UnixMs,
    old_until: UnixMs,
) -> Result<(), StoreError> {
    let (merchant, kind) = (Value::Int(merchant.get()), Value::Text(kind));
    retire(tx, merchant, kind, old_until)?;
    let sql = "INSERT INTO merchant_secrets (merchant_id, kind, version, sealed, created_at_ms) SELECT $1, $2, \
               COALESCE(MAX(version), 0) + 1, $3, $4 FROM merchant_secrets WHERE merchant_id = $1 AND kind = $2";
    tx.write(sql, &[merchant, kind, Value::Blob(sealed), Value::Int(at.0)])
}

fn retire(tx: &Tx<'_>, merchant: Value<'_>, kind: Value<'_>, until: UnixMs) -> Result<(), StoreError> {
    let sql = "UPDATE merchant_secrets SET retires_at_ms = $3 WHERE merchant_id = $1 AND kind = $2 \
               AND (retires_at_ms IS NULL OR retires_at_ms > $3)";
    tx.write(sql, &[merchant, kind, Value::Int(until.0)])
}

/// Retires at `now` every secret of a merchant that is being replaced. Returns how many there were.
///
/// # Errors
/// Only those of the database.
pub fn finish_rotation(tx: &Tx<'_>, merchant: Id<Merchant>, now: UnixMs) -> Result<usize, StoreError> {
    let sql = "UPDATE merchant_secrets SET retires_at_ms = $2 WHERE merchant_id = $1 AND retires_at_ms > $2";
    tx.execute(sql, &[Value::Int(merchant.get()), Value::Int(now.0)])
}

/// Takes note that a setting changed, so that a running server reads them again.
///
/// # Errors
/// Only those of the database.
pub fn settings_changed(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.next_numbers("settings", 1).map(|_| ())
}

/// A number that grows with every change of a setting.
///
/// # Errors
/// Only those of the database.
pub fn settings_version(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let sql = "SELECT value FROM counters WHERE name = 'settings'";
    Ok(tx.query_one(sql, &[], |row| row.int(0))?.unwrap_or(0))
}
