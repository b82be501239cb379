//! Payouts and their changes of state.

mod log;

use crate::{
    chain::{Link, Part, Table},
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
    orders,
    tx::Tx,
};
use rokad_domain::{
    Id, Paise, Private, UnixMs,
    charge::{Charge, FeeOnReturn},
    id::kind::{BankAccount, Callback, Change, Endpoint, Merchant, Payout},
    payout::{Beneficiary, Order, OrderId, Status},
    rail::Utr,
};
use std::collections::HashMap;

use log::write_changes;
pub use log::{Move, StoredChange, changed_at, changes_up_to};
pub(crate) use log::{evidence, link_change};

/// A payout as it stands.
#[derive(Clone, Debug)]
pub struct StoredPayout {
    /// Its number.
    pub id: Id<Payout>,
    /// Whose money it is.
    pub merchant: Id<Merchant>,
    /// What was asked for.
    pub order: Order,
    /// What it costs.
    pub charge: Charge,
    /// What becomes of the price if it comes back.
    pub on_return: FeeOnReturn,
    /// When it was requested.
    pub requested_at: UnixMs,
    /// Its state.
    pub status: Status,
    /// The last change of its state.
    pub last_change: Id<Change>,
    /// The callback of that change, if the merchant wants callbacks.
    pub last_callback: Option<Id<Callback>>,
    /// The account that pays or paid it.
    pub bank_account: Option<Id<BankAccount>>,
    /// The bank's reference, once paid; stays when the money is returned.
    pub utr: Option<Utr>,
}

/// A payout that was granted, about to be written.
pub struct NewPayout<'a> {
    /// Whose money it is.
    pub merchant: Id<Merchant>,
    /// What was asked for.
    pub order: &'a Order,
    /// What it costs.
    pub charge: Charge,
    /// What becomes of the price if it comes back.
    pub on_return: FeeOnReturn,
    /// Where its callbacks go, if anywhere.
    pub endpoint: Option<Id<Endpoint>>,
}

pub(crate) const COLUMNS: &str = "SELECT id, merchant_id, order_id, amount_paise, fee_paise, gst_paise, fee_given_back, account_no, \
     account_holder, ifsc, bank, bank_address, email, phone, requested_at_ms, status, last_change_id, \
     last_callback_id, bank_account_id, utr FROM payouts";

pub(crate) fn read_payout_at(row: &Row<'_>) -> Result<StoredPayout, StoreError> {
    let id = row.int(0)?;
    let bad = |what: &str| StoreError::corrupt(format!("payout {id}: {what}"));
    let paise = |column: usize| {
        row.int(column)
            .and_then(|p| Paise::new(p).ok_or_else(|| bad("amount")))
    };
    let private = |column: usize| row.text(column).map(Private::new);
    let to = Beneficiary {
        account_no: private(7)?,
        account_holder: private(8)?,
        ifsc: row.text(9)?,
        bank: row.text(10)?,
        bank_address: row.text(11)?,
        email: private(12)?,
        phone: private(13)?,
    };
    let order_id = OrderId::parse(&row.text(2)?).ok_or_else(|| bad("order_id"))?;
    let utr = row
        .maybe_text(19)?
        .map(|utr| Utr::parse(&utr).ok_or_else(|| bad("utr")))
        .transpose()?;
    Ok(StoredPayout {
        id: Id::new(id),
        merchant: Id::new(row.int(1)?),
        order: Order {
            order_id,
            amount: paise(3)?,
            to,
        },
        charge: Charge {
            fee: paise(4)?,
            gst: paise(5)?,
        },
        on_return: if row.flag(6)? {
            FeeOnReturn::GiveBack
        } else {
            FeeOnReturn::Keep
        },
        requested_at: UnixMs(row.int(14)?),
        status: read_status(row.int(15)?)?,
        last_change: Id::new(row.int(16)?),
        last_callback: row.maybe_int(17)?.map(Id::new),
        bank_account: row.maybe_int(18)?.map(Id::new),
        utr,
    })
}

pub(crate) fn read_status(code: i64) -> Result<Status, StoreError> {
    Status::from_code(code).ok_or_else(|| StoreError::corrupt(format!("status {code}")))
}

/// The payouts with these numbers, in their order. In a transaction that writes, their rows are locked.
///
/// # Errors
/// When one does not exist.
pub fn get_all(tx: &Tx<'_>, ids: &[Id<Payout>]) -> Result<Vec<StoredPayout>, StoreError> {
    let found = tx.select_ids(COLUMNS, ids, read_payout_at, |one| one.id)?;
    if found.len() == ids.len() {
        return Ok(found);
    }
    Err(StoreError::corrupt("a payout that is under way does not exist"))
}

/// The payout with this number, if there is one.
///
/// # Errors
/// Only those of the database.
pub fn get(tx: &Tx<'_>, id: Id<Payout>) -> Result<Option<StoredPayout>, StoreError> {
    Ok(tx.select_in(COLUMNS, "id", &[id.get()], read_payout_at)?.pop())
}

/// The payout that a merchant's order number stands for, for each of `orders`.
///
/// # Errors
/// Only those of the database.
pub fn find_orders<'a>(
    tx: &Tx<'_>,
    orders: impl IntoIterator<Item = (Id<Merchant>, &'a OrderId)>,
) -> Result<Vec<Option<Id<Payout>>>, StoreError> {
    let wanted: Vec<(i64, &str)> = orders
        .into_iter()
        .map(|(merchant, order)| (merchant.get(), order.as_str()))
        .collect();
    let found = match tx.orders() {
        Some(orders) => orders::find(tx, orders, &wanted)?,
        None => find_by_index(tx, &wanted)?,
    };
    Ok(found.into_iter().map(|payout| payout.map(Id::new)).collect())
}

/// On a server, whose nodes share an index.
fn find_by_index(tx: &Tx<'_>, wanted: &[(i64, &str)]) -> Result<Vec<Option<i64>>, StoreError> {
    let keys: Vec<_> = wanted
        .iter()
        .map(|(merchant, order)| [Value::Int(*merchant), Value::Text(order)])
        .collect();
    let select = "SELECT merchant_id, order_id, id FROM payouts";
    let found = tx.select_keys(select, ["merchant_id", "order_id"], &keys, |row| {
        Ok(((row.int(0)?, row.text(1)?), row.int(2)?))
    })?;
    let found: HashMap<(i64, String), i64> = found.into_iter().collect();
    let of = |(merchant, order): &(i64, &str)| found.get(&(*merchant, (*order).to_owned())).copied();
    Ok(wanted.iter().map(of).collect())
}

const PAYOUTS: Insert<19> = Insert {
    table: "payouts",
    columns: [
        "id",
        "batch_id",
        "merchant_id",
        "order_id",
        "amount_paise",
        "fee_paise",
        "gst_paise",
        "fee_given_back",
        "account_no",
        "account_holder",
        "ifsc",
        "bank",
        "bank_address",
        "email",
        "phone",
        "requested_at_ms",
        "status",
        "last_change_id",
        "last_callback_id",
    ],
};
const WAITING: Insert<1> = Insert {
    table: "payouts_waiting",
    columns: ["payout_id"],
};

/// Writes new payouts with their first change, callback and place in the dispatcher's queue. Returns their numbers.
///
/// # Errors
/// Only those of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    new: &[NewPayout<'_>],
    at: UnixMs,
    note: &str,
) -> Result<Vec<Id<Payout>>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let (first, batch) = (tx.next_numbers("payout", new.len())?, tx.batch()?);
    let numbered = || (first..).zip(new);
    let moves: Vec<Move<'_>> = numbered()
        .map(|(id, payout)| Move {
            payout: Id::new(id),
            previous: None,
            to: Status::Pending,
            note,
            endpoint: payout.endpoint,
        })
        .collect();
    let marks = write_changes(tx, &moves, &[], at)?;
    for (id, payout) in numbered() {
        link(tx, id, payout, at);
    }
    tx.insert_many(
        &PAYOUTS,
        numbered().zip(&marks).map(|((id, payout), mark)| {
            let (order, to) = (payout.order, &payout.order.to);
            [
                Value::Int(id),
                Value::Int(batch),
                Value::Int(payout.merchant.get()),
                Value::Text(order.order_id.as_str()),
                Value::Int(order.amount.get()),
                Value::Int(payout.charge.fee.get()),
                Value::Int(payout.charge.gst.get()),
                Value::Int(i64::from(payout.on_return == FeeOnReturn::GiveBack)),
                Value::Text(to.account_no.reveal()),
                Value::Text(to.account_holder.reveal()),
                Value::Text(&to.ifsc),
                Value::Text(&to.bank),
                Value::Text(&to.bank_address),
                Value::Text(to.email.reveal()),
                Value::Text(to.phone.reveal()),
                Value::Int(at.0),
                Value::Int(Status::Pending.code()),
                Value::Int(mark.change.get()),
                Value::maybe(mark.callback.map(Id::get)),
            ]
        }),
    )?;
    tx.insert_many(&WAITING, numbered().map(|(id, _)| [Value::Int(id)]))?;
    if let Some(orders) = tx.orders() {
        orders::write_some(tx, orders, new.len())?;
    }
    Ok(numbered().map(|(id, _)| Id::new(id)).collect())
}

fn link(tx: &mut Tx<'_>, id: i64, payout: &NewPayout<'_>, at: UnixMs) {
    let (order, charge) = (payout.order, payout.charge);
    let numbers = [
        id,
        payout.merchant.get(),
        order.amount.get(),
        charge.fee.get(),
        charge.gst.get(),
        at.0,
    ];
    link_row(&mut tx.link, numbers, payout.on_return, order);
}

/// What the chain covers of a payout: all of it that never changes.
pub(crate) fn link_row(link: &mut Link, numbers: [i64; 6], on_return: FeeOnReturn, order: &Order) {
    let to = &order.to;
    let [id, merchant, amount, fee, gst, at] = numbers.map(Part::Int);
    link.add(
        Table::Payouts,
        &[
            id,
            merchant,
            amount,
            fee,
            gst,
            at,
            Part::Int(i64::from(on_return == FeeOnReturn::GiveBack)),
            Part::Text(order.order_id.as_str()),
            Part::Text(to.account_no.reveal()),
            Part::Text(to.account_holder.reveal()),
            Part::Text(&to.ifsc),
            Part::Text(&to.bank),
            Part::Text(&to.bank_address),
            Part::Text(to.email.reveal()),
            Part::Text(to.phone.reveal()),
        ],
    );
}

/// What changes in a payout's row beside its status.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The account that pays or paid it.
    pub bank_account: Option<Id<BankAccount>>,
    /// The bank's reference.
    pub utr: Option<Utr>,
}

const STATES: Update<6> = Update {
    table: "payouts",
    columns: [
        "id",
        "status",
        "last_change_id",
        "last_callback_id",
        "bank_account_id",
        "utr",
    ],
};

/// Writes decided changes of state with their callbacks. `facts` belong to `moves`, one each.
///
/// # Errors
/// Only those of the database.
pub fn change(tx: &mut Tx<'_>, moves: &[Move<'_>], facts: &[Facts], at: UnixMs) -> Result<(), StoreError> {
    if moves.is_empty() {
        return Ok(());
    }
    let marks = write_changes(tx, moves, facts, at)?;
    tx.update_many(
        &STATES,
        moves
            .iter()
            .zip(&marks)
            .zip(facts)
            .map(|((change, mark), facts)| {
                [
                    Value::Int(change.payout.get()),
                    Value::Int(change.to.code()),
                    Value::Int(mark.change.get()),
                    Value::maybe(mark.callback.map(Id::get)),
                    Value::maybe(facts.bank_account.map(Id::get)),
                    Value::maybe_text(facts.utr.as_ref().map(Utr::as_str)),
                ]
            }),
    )
}
