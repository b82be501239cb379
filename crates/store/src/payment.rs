//! Payments. What happens to them stands in their log.

mod brief;
mod log;
mod texts;

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, Paise, UnixMs,
    charge::Charge,
    id::kind::{Attempt, Dispute, Merchant, Payment, PaymentChange, Refund, Settlement},
    payment::{Back, PaymentOrder, Status, Step, TxnId},
};
use std::collections::HashMap;
use texts::{SharedTexts, read_customer, split};

pub use brief::{Brief, briefs};
pub use log::{NewStep, StoredStep, changed_after, last_change, log_up_to, write_steps};
pub(crate) use log::{link_step, read_step};

/// A payment as it stands.
#[derive(Clone, Debug)]
pub struct StoredPayment {
    /// Its number.
    pub id: Id<Payment>,
    /// Who is paid.
    pub merchant: Id<Merchant>,
    /// What was ordered.
    pub order: PaymentOrder,
    /// What it costs the merchant.
    pub charge: Charge,
    /// Business days from the capture to the settlement.
    pub settle_after: u32,
    /// When it was ordered.
    pub created_at: UnixMs,
    /// Until when the customer may pay.
    pub expires_at: UnixMs,
    /// Its state.
    pub status: Status,
    /// How many attempts there were.
    pub attempts: u32,
    /// The last of them.
    pub last_attempt: Option<Id<Attempt>>,
    /// The last thing that happened to it.
    pub last_change: Id<PaymentChange>,
    /// Since when it is open no more.
    pub ended_at: Option<UnixMs>,
    /// The day on which it is due for settlement, in Asia/Kolkata, once captured.
    pub settle_day: Option<i64>,
    /// The settlement that it is part of.
    pub settlement: Option<Id<Settlement>>,
    /// What went back of it.
    pub back: Back,
    /// What was taken out of its money before it was settled.
    pub uncleared_out: Paise,
    /// How many refunds there were.
    pub refunds: u32,
    /// The last of them.
    pub last_refund: Option<Id<Refund>>,
    /// How many disputes there were.
    pub disputes: u32,
    /// The last of them.
    pub last_dispute: Option<Id<Dispute>>,
}

impl StoredPayment {
    /// What its settlement gives the merchant, or gave: less the price, and less what was taken out of it before.
    #[must_use]
    pub fn to_settle(&self) -> Option<Paise> {
        let net = self.order.amount.minus(self.charge.total()?)?;
        net.minus(self.uncleared_out)
    }

    /// What of it lies among the merchant's unsettled money.
    #[must_use]
    pub fn uncleared(&self) -> Paise {
        match (self.status, self.settlement) {
            (Status::Captured, None) => self.to_settle().unwrap_or(Paise::ZERO),
            (Status::Captured, Some(_))
            | (Status::Open | Status::Failed | Status::Cancelled | Status::Bounced | Status::Dropped, _) => {
                Paise::ZERO
            }
        }
    }
}

/// A payment that was granted, about to be written.
pub struct NewPayment<'a> {
    /// Who is paid.
    pub merchant: Id<Merchant>,
    /// What was ordered.
    pub order: &'a PaymentOrder,
    /// What it costs the merchant.
    pub charge: Charge,
    /// Business days from the capture to the settlement.
    pub settle_after: u32,
    /// Until when the customer may pay.
    pub expires_at: UnixMs,
}

pub(crate) const COLUMNS: &str = "SELECT id, merchant_id, txnid, amount_paise, fee_paise, gst_paise, settle_after, productinfo, \
     customer, udf, surl, furl, created_at_ms, expires_at_ms, status, attempts, last_attempt_id, last_change_id, \
     ended_at_ms, settle_day, settlement_id, refunding_paise, refunded_paise, uncleared_out_paise, refunds, last_refund_id, \
     disputed_paise, disputes, last_dispute_id, batch_id FROM payments";

/// What went back of a payment, from these columns.
fn read_back(row: &Row<'_>, [refunding, refunded, disputed]: [usize; 3]) -> Result<Back, StoreError> {
    let paise = |column: usize| {
        Paise::new(row.int(column)?).ok_or_else(|| StoreError::corrupt("what went back of a payment"))
    };
    Ok(Back {
        refunding: paise(refunding)?,
        refunded: paise(refunded)?,
        disputed: paise(disputed)?,
    })
}

pub(crate) fn read_payment(row: &Row<'_>) -> Result<StoredPayment, StoreError> {
    let id = row.int(0)?;
    let bad = |what: &str| StoreError::corrupt(format!("payment {id}: {what}"));
    let paise = |column: usize| {
        row.int(column)
            .and_then(|paise| Paise::new(paise).ok_or_else(|| bad("amount")))
    };
    let count = |column: usize| row.int(column).map(|count| u32::try_from(count).unwrap_or(0));
    let status = row.int(14)?;
    Ok(StoredPayment {
        id: Id::new(id),
        merchant: Id::new(row.int(1)?),
        order: PaymentOrder {
            txnid: TxnId::parse(&row.text(2)?).ok_or_else(|| bad("txnid"))?,
            amount: paise(3)?,
            productinfo: row.text(7)?,
            customer: read_customer(&row.text(8)?).ok_or_else(|| bad("customer"))?,
            udf: split(&row.text(9)?).ok_or_else(|| bad("udf"))?,
            surl: row.text(10)?,
            furl: row.text(11)?,
        },
        charge: Charge {
            fee: paise(4)?,
            gst: paise(5)?,
        },
        settle_after: count(6)?,
        created_at: UnixMs(row.int(12)?),
        expires_at: UnixMs(row.int(13)?),
        status: Status::from_code(status).ok_or_else(|| bad("status"))?,
        attempts: count(15)?,
        last_attempt: row.maybe_int(16)?.map(Id::new),
        last_change: Id::new(row.int(17)?),
        ended_at: row.maybe_int(18)?.map(UnixMs),
        settle_day: row.maybe_int(19)?,
        settlement: row.maybe_int(20)?.map(Id::new),
        back: read_back(row, [21, 22, 26])?,
        uncleared_out: paise(23)?,
        refunds: count(24)?,
        last_refund: row.maybe_int(25)?.map(Id::new),
        disputes: count(27)?,
        last_dispute: row.maybe_int(28)?.map(Id::new),
    })
}

/// The payments with these numbers, in their order. In a transaction that writes, their rows are locked.
///
/// # Errors
/// When one does not exist.
pub fn get_all(tx: &Tx<'_>, ids: &[Id<Payment>]) -> Result<Vec<StoredPayment>, StoreError> {
    let found = known(tx, ids)?;
    if found.len() == ids.len() {
        return Ok(found);
    }
    Err(StoreError::corrupt("a payment that is known does not exist"))
}

/// Those of the payments with these numbers that there are, in their order.
///
/// # Errors
/// Only those of the database.
pub fn known(tx: &Tx<'_>, ids: &[Id<Payment>]) -> Result<Vec<StoredPayment>, StoreError> {
    tx.select_ids(COLUMNS, ids, read_payment, |one| one.id)
}

/// The payment with this number, if there is one.
///
/// # Errors
/// Only those of the database.
pub fn get(tx: &Tx<'_>, id: Id<Payment>) -> Result<Option<StoredPayment>, StoreError> {
    Ok(known(tx, &[id])?.pop())
}

/// The payments that merchants' numbers stand for, those that there are.
///
/// # Errors
/// Only those of the database.
pub fn find_all<'a>(
    tx: &Tx<'_>,
    numbers: impl IntoIterator<Item = (Id<Merchant>, &'a TxnId)>,
) -> Result<HashMap<(Id<Merchant>, TxnId), StoredPayment>, StoreError> {
    // Of new numbers, by far the usual case, the index alone tells that there is none.
    let keys = number_keys(numbers);
    let mut ids = tx.select_keys("SELECT id FROM payments", NUMBER, &keys, |row| {
        row.int(0).map(Id::new)
    })?;
    // A number may be asked for twice.
    ids.sort_unstable();
    ids.dedup();
    let by_number = |payment: StoredPayment| ((payment.merchant, payment.order.txnid.clone()), payment);
    Ok(get_all(tx, &ids)?.into_iter().map(by_number).collect())
}

/// The columns of a merchant's number.
const NUMBER: [&str; 2] = ["merchant_id", "txnid"];

fn number_keys<'a>(numbers: impl IntoIterator<Item = (Id<Merchant>, &'a TxnId)>) -> Vec<[Value<'a>; 2]> {
    let key = |(merchant, txnid): (Id<Merchant>, &'a TxnId)| {
        [Value::Int(merchant.get()), Value::Text(txnid.as_str())]
    };
    numbers.into_iter().map(key).collect()
}

/// A merchant's payments of a time, newest first, at most so many.
///
/// # Errors
/// Only those of the database.
pub fn created_between(
    tx: &Tx<'_>,
    merchant: Id<Merchant>,
    from: UnixMs,
    before: UnixMs,
    limit: usize,
) -> Result<Vec<StoredPayment>, StoreError> {
    let sql = format!(
        "{COLUMNS} WHERE merchant_id = $1 AND created_at_ms >= $2 AND created_at_ms < $3 \
         ORDER BY created_at_ms DESC, id DESC LIMIT $4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [merchant.get(), from.0, before.0, limit].map(Value::Int);
    tx.query(&sql, &values, read_payment)
}

const PAYMENTS: Insert<19> = Insert {
    table: "payments",
    columns: [
        "id",
        "batch_id",
        "merchant_id",
        "txnid",
        "amount_paise",
        "fee_paise",
        "gst_paise",
        "settle_after",
        "productinfo",
        "customer",
        "udf",
        "surl",
        "furl",
        "created_at_ms",
        "expires_at_ms",
        "status",
        "attempts",
        "last_attempt_id",
        "last_change_id",
    ],
};
const OPEN: Insert<2> = Insert {
    table: "payments_open",
    columns: ["expires_at_ms", "payment_id"],
};

/// Writes new payments with the first line of their log, and puts them among the open ones. Returns their numbers.
///
/// # Errors
/// Only those of the database.
pub fn insert(tx: &mut Tx<'_>, new: &[NewPayment<'_>], at: UnixMs) -> Result<Vec<Id<Payment>>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let (first, batch) = (tx.next_numbers("payment", new.len())?, tx.batch()?);
    let opened: Vec<NewStep<'_>> = (first..)
        .zip(new)
        .map(|(id, _)| NewStep {
            payment: Id::new(id),
            previous: None,
            step: Step::Opened,
            attempt: None,
            detail: "",
        })
        .collect();
    let changes = write_steps(tx, &opened, at)?;
    let texts = new
        .iter()
        .map(|payment| SharedTexts::of(payment.order))
        .collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::with_capacity(new.len());
    for (((id, payment), shared), change) in (first..).zip(new).zip(&texts).zip(changes) {
        let numbers = [
            id,
            payment.merchant.get(),
            payment.order.amount.get(),
            payment.charge.fee.get(),
            payment.charge.gst.get(),
            i64::from(payment.settle_after),
            at.0,
            payment.expires_at.0,
        ];
        let texts = shared.with(payment.order);
        link_payment(&mut tx.link, numbers, texts);
        let [id, merchant, amount, fee, gst, settle_after, created, expires] = numbers.map(Value::Int);
        let [txnid, productinfo, customer, udf, surl, furl] = texts.map(Value::Text);
        rows.push([
            id,
            Value::Int(batch),
            merchant,
            txnid,
            amount,
            fee,
            gst,
            settle_after,
            productinfo,
            customer,
            udf,
            surl,
            furl,
            created,
            expires,
            Value::Int(Status::Open.code()),
            Value::Int(0),
            Value::Null,
            Value::Int(change.get()),
        ]);
    }
    tx.insert_many(&PAYMENTS, rows)?;
    let open = (first..)
        .zip(new)
        .map(|(id, payment)| [payment.expires_at.0, id].map(Value::Int));
    tx.insert_many(&OPEN, open)?;
    Ok((first..).zip(new).map(|(id, _)| Id::new(id)).collect())
}

/// What the chain covers of a payment: all of it that never changes.
pub(crate) fn link_payment(link: &mut Link, numbers: [i64; 8], texts: [&str; 6]) {
    let [id, merchant, amount, fee, gst, settle_after, created, expires] = numbers.map(Part::Int);
    let [txnid, productinfo, customer, udf, surl, furl] = texts.map(Part::Text);
    link.add(
        Table::Payments,
        &[
            id,
            merchant,
            amount,
            fee,
            gst,
            settle_after,
            created,
            expires,
            txnid,
            productinfo,
            customer,
            udf,
            surl,
            furl,
        ],
    );
}

const STATES: Update<8> = Update {
    table: "payments",
    columns: [
        "id",
        "status",
        "attempts",
        "last_attempt_id",
        "last_change_id",
        "ended_at_ms",
        "settle_day",
        "settlement_id",
    ],
};

/// Writes where payments stand now.
///
/// # Errors
/// Only those of the database.
pub fn keep(tx: &Tx<'_>, payments: &[&StoredPayment]) -> Result<(), StoreError> {
    tx.update_many(
        &STATES,
        payments.iter().map(|payment| {
            [
                Value::Int(payment.id.get()),
                Value::Int(payment.status.code()),
                Value::Int(i64::from(payment.attempts)),
                Value::maybe(payment.last_attempt.map(Id::get)),
                Value::Int(payment.last_change.get()),
                Value::maybe(payment.ended_at.map(|at| at.0)),
                Value::maybe(payment.settle_day),
                Value::maybe(payment.settlement.map(Id::get)),
            ]
        }),
    )
}

const BACK: Update<9> = Update {
    table: "payments",
    columns: [
        "id",
        "refunding_paise",
        "refunded_paise",
        "uncleared_out_paise",
        "refunds",
        "last_refund_id",
        "disputed_paise",
        "disputes",
        "last_dispute_id",
    ],
};

/// Writes what went back of payments.
///
/// # Errors
/// Only those of the database.
pub fn keep_back(tx: &Tx<'_>, payments: &[&StoredPayment]) -> Result<(), StoreError> {
    tx.update_many(
        &BACK,
        payments.iter().map(|payment| {
            [
                Value::Int(payment.id.get()),
                Value::Int(payment.back.refunding.get()),
                Value::Int(payment.back.refunded.get()),
                Value::Int(payment.uncleared_out.get()),
                Value::Int(i64::from(payment.refunds)),
                Value::maybe(payment.last_refund.map(Id::get)),
                Value::Int(payment.back.disputed.get()),
                Value::Int(i64::from(payment.disputes)),
                Value::maybe(payment.last_dispute.map(Id::get)),
            ]
        }),
    )
}

/// Takes payments out of the open ones.
///
/// # Errors
/// When one was not there: somebody else was faster.
pub fn no_longer_open(tx: &Tx<'_>, payments: &[&StoredPayment]) -> Result<(), StoreError> {
    let key = |payment: &&StoredPayment| [payment.expires_at.0, payment.id.get()].map(Value::Int);
    let keys: Vec<_> = payments.iter().map(key).collect();
    tx.delete_keys("payments_open", ["expires_at_ms", "payment_id"], &keys)
}

/// Open payments whose time is over at `now`, and that stand behind `after` in the order of their time. Those with an attempt
/// under way are left out: they cannot end yet.
///
/// # Errors
/// Only those of the database.
pub fn overdue(
    tx: &Tx<'_>,
    now: UnixMs,
    after: (UnixMs, Id<Payment>),
    limit: usize,
) -> Result<Vec<(UnixMs, Id<Payment>)>, StoreError> {
    let sql = "SELECT o.expires_at_ms, o.payment_id FROM payments_open o JOIN payments p ON p.id = o.payment_id \
               WHERE (o.expires_at_ms > $1 OR (o.expires_at_ms = $1 AND o.payment_id > $2)) AND o.expires_at_ms <= $3 \
               AND NOT EXISTS (SELECT 1 FROM attempts_under_way u WHERE u.attempt_id = p.last_attempt_id) \
               ORDER BY o.expires_at_ms, o.payment_id LIMIT $4";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [after.0.0, after.1.get(), now.0, limit].map(Value::Int);
    tx.query(sql, &values, |row| {
        Ok((UnixMs(row.int(0)?), Id::new(row.int(1)?)))
    })
}
