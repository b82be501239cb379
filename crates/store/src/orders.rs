//! Which payout an order stands for, on the embedded database: decision 0014.
//!
//! Payouts are divided into *epochs* by their numbers. The orders of the open epoch are found in memory, where they are read
//! from its rows. A full epoch is written once, page by page, in the order of its pages and a few with each batch, and is then found in its
//! rows behind a filter in memory. So a new order costs no scattered page, whatever the age of the book. All of it follows
//! from the payouts, to the byte: several processes write the same, and what is missing is made again.
//!
//! What is in memory was read from rows: first those that others committed since, then what this transaction wrote. What was
//! read in a transaction that is rolled back is forgotten, and read again.

mod epoch;
#[cfg(test)]
mod tests;

use crate::{
    dialect::{Handle, Insert, Value},
    error::StoreError,
    tx::Tx,
};
use epoch::{Entry, Epoch, Glance, Place};
pub(crate) use epoch::{Key, Page, empty_pages};
use std::{cell::RefCell, collections::HashMap};

/// Orders of a batch for each page that is written with it, beside the first. An epoch of 900,000 orders and 2,048 pages is written
/// within the next one, however its batches are made up: 2,048 orders in one transaction at most, of which 512 count here.
const ORDERS_A_PAGE: usize = 128;

/// How epochs are made up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Form {
    /// Orders of an epoch.
    pub(crate) orders: i64,
    /// Pages of an epoch.
    pub(crate) pages: usize,
}

impl Form {
    pub(crate) fn read(tx: &Tx<'_>) -> Result<Self, StoreError> {
        let sql = "SELECT epoch_orders, epoch_pages FROM order_form";
        let form = tx.query_one(sql, &[], |row| Ok((row.int(0)?, row.int(1)?)))?;
        form.and_then(|(orders, pages)| Self::new(orders, pages))
            .ok_or_else(|| StoreError::corrupt("order_form: epochs are made up of nothing"))
    }

    fn new(orders: i64, pages: i64) -> Option<Self> {
        u32::try_from(orders).ok().filter(|orders| *orders > 0)?;
        let pages = usize::try_from(pages).ok().filter(|pages| *pages > 0)?;
        Some(Self { orders, pages })
    }

    /// Which epoch a payout belongs to, and its place there.
    pub(crate) fn place_of(self, payout: i64) -> (usize, u32) {
        let before = payout - 1;
        let epoch = usize::try_from(before.div_euclid(self.orders)).unwrap_or_default();
        (
            epoch,
            u32::try_from(before.rem_euclid(self.orders)).unwrap_or_default(),
        )
    }

    fn payout_at(self, epoch: usize, place: u32) -> i64 {
        self.last_before(epoch) + i64::from(place) + 1
    }

    /// The last payout before this epoch.
    pub(crate) fn last_before(self, epoch: usize) -> i64 {
        i64::try_from(epoch)
            .unwrap_or(i64::MAX)
            .saturating_mul(self.orders)
    }

    /// Puts an order where it belongs.
    pub(crate) fn put(self, pages: &mut [Page], payout: i64, key: Key) {
        let (_, place) = self.place_of(payout);
        let mark = key.mark();
        if let Some(page) = pages.get_mut(key.page(self)) {
            page.add(Entry { mark, place });
        }
    }
}

/// What a connection knows of the orders in the book.
#[derive(Default)]
pub(crate) struct Orders {
    known: Option<Known>,
    /// Read in this transaction.
    learned: Vec<(i64, Key)>,
    /// All was read in this transaction.
    all_new: bool,
    /// Pages were written in this transaction.
    written: bool,
}

struct Known {
    form: Form,
    epochs: Vec<Epoch>,
    /// The last payout whose order is known.
    last: i64,
}

impl Orders {
    /// The transaction is done: what was read in it stands.
    pub(crate) fn keep(&mut self) {
        self.learned.clear();
        (self.all_new, self.written) = (false, false);
    }

    /// The transaction, or a part of it, is undone: what was read in it may never have been. Whoever ends it says [`Self::keep`] then.
    pub(crate) fn take_back(&mut self) {
        if self.all_new {
            self.known = None;
        }
        if let Some(known) = &mut self.known {
            for (payout, key) in self.learned.drain(..).rev() {
                known.forget(payout, key);
            }
        }
        self.learned.clear();
    }

    /// Reads what was committed since, or all of it.
    fn catch_up(&mut self, tx: &Tx<'_>) -> Result<&mut Known, StoreError> {
        let known = match self.known.take() {
            Some(known) => known,
            None => {
                self.all_new = true;
                Known::read(tx)?
            }
        };
        let known = self.known.insert(known);
        let learned = &mut self.learned;
        each_order(tx, (known.last, i64::MAX), |payout, key| {
            known.learn(payout, key)?;
            learned.push((payout, key));
            Ok(())
        })?;
        Ok(known)
    }
}

/// Every order with a number above the first and up to the second.
pub(crate) fn each_order(
    tx: &Tx<'_>,
    (after, up_to): (i64, i64),
    mut take: impl FnMut(i64, Key) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = "SELECT id, merchant_id, order_id FROM payouts WHERE id > $1 AND id <= $2 ORDER BY id";
    tx.each(sql, &[after, up_to].map(Value::Int), |row| {
        take(row.int(0)?, Key::of(row.int(1)?, &row.text(2)?))
    })
}

impl Known {
    /// The epochs that are rows. Each must be whole: a page that is missing would hide orders.
    fn read(tx: &Tx<'_>) -> Result<Self, StoreError> {
        let form = Form::read(tx)?;
        let whole = rows(tx)? / form.pages;
        let mut epochs: Vec<Epoch> = Vec::new();
        epochs.resize_with(whole, Epoch::default);
        let limit = i64::try_from(whole * form.pages).unwrap_or(i64::MAX);
        let sql = "SELECT id, orders FROM order_pages WHERE id < $1 ORDER BY id";
        let mut next = 0;
        tx.each(sql, &[Value::Int(limit)], |row| {
            let (id, orders) = (row.int(0)?, page(row.int(0)?, &row.blob(1)?)?);
            let epoch = epochs.get_mut(next / form.pages);
            let at = usize::try_from(id).ok().filter(|id| *id == next);
            let epoch = epoch.filter(|_| at.is_some()).ok_or_else(|| missing(next))?;
            epoch.keep_out(form, &orders);
            next += 1;
            Ok(())
        })?;
        let last = form.last_before(whole);
        Ok(Self { form, epochs, last })
    }

    fn learn(&mut self, payout: i64, key: Key) -> Result<(), StoreError> {
        let (epoch, place) = self.form.place_of(payout);
        while self.epochs.len() <= epoch {
            self.epochs.push(Epoch::open(self.form));
        }
        let page = self.epochs[epoch].page_mut(key.page(self.form));
        let page =
            page.ok_or_else(|| StoreError::corrupt(format!("payout {payout}: its epoch is closed")))?;
        page.add(Entry {
            mark: key.mark(),
            place,
        });
        self.last = payout;
        Ok(())
    }

    fn forget(&mut self, payout: i64, key: Key) {
        let (epoch, place) = self.form.place_of(payout);
        let page = self.epochs.get_mut(epoch);
        if let Some(page) = page.and_then(|epoch| epoch.page_mut(key.page(self.form))) {
            page.remove(Entry {
                mark: key.mark(),
                place,
            });
        }
        self.last = self.last.min(payout - 1);
    }

    /// So many pages are rows: those of epochs that end before or at the payout `stands` need no memory any more.
    fn keep_out(&mut self, rows: usize, stands: i64) {
        let form = self.form;
        let begun = rows.div_ceil(form.pages);
        for (n, epoch) in self.epochs.iter_mut().enumerate().take(begun).rev() {
            if epoch.is_out(form) {
                break;
            }
            if stands >= form.last_before(n + 1) {
                epoch.keep_out_up_to(form, form.pages.min(rows - n * form.pages));
            }
        }
    }

    /// The payouts that each of `keys` may stand for, with which of them it is.
    fn candidates(&self, tx: &Tx<'_>, keys: &[Key]) -> Result<Vec<(i64, usize)>, StoreError> {
        let looks: Vec<(usize, u32, Glance)> = keys
            .iter()
            .map(|key| (key.page(self.form), key.mark()))
            .map(|(page, mark)| (page, mark, Glance::at(page, mark)))
            .collect();
        let mut found = Vec::new();
        for (n, epoch) in self.epochs.iter().enumerate() {
            for (which, (page, mark, glance)) in looks.iter().enumerate() {
                let payout_at = |place| (self.form.payout_at(n, place), which);
                match epoch.look(*page, glance) {
                    Place::Nowhere => {}
                    Place::Here(orders) => found.extend(orders.places(*mark).map(payout_at)),
                    Place::InARow => {
                        let orders = stored(tx, n * self.form.pages + page)?;
                        found.extend(orders.places(*mark).map(payout_at));
                    }
                }
            }
        }
        Ok(found)
    }
}

/// The payout that each of `orders` stands for: its merchant's number, and its own.
pub(crate) fn find(
    tx: &Tx<'_>,
    orders: &RefCell<Orders>,
    wanted: &[(i64, &str)],
) -> Result<Vec<Option<i64>>, StoreError> {
    let keys: Vec<Key> = wanted
        .iter()
        .map(|(merchant, order)| Key::of(*merchant, order))
        .collect();
    let candidates = orders.borrow_mut().catch_up(tx)?.candidates(tx, &keys)?;
    let ids: Vec<i64> = candidates.iter().map(|(payout, _)| *payout).collect();
    // Only the payout itself says whose order it is.
    let select = "SELECT id, merchant_id, order_id FROM payouts";
    let rows = tx.select_in(select, "id", &ids, |row| {
        Ok((row.int(0)?, (row.int(1)?, row.text(2)?)))
    })?;
    let rows: HashMap<i64, (i64, String)> = rows.into_iter().collect();
    let mut found = vec![None; wanted.len()];
    for (payout, which) in candidates {
        let (merchant, order) = wanted[which];
        if rows
            .get(&payout)
            .is_some_and(|row| (row.0, row.1.as_str()) == (merchant, order))
        {
            found[which] = Some(payout);
        }
    }
    Ok(found)
}

const PAGES: Insert<2> = Insert {
    table: "order_pages",
    columns: ["id", "orders"],
};

/// `new` orders were written: a few pages of an epoch that is full go with them, if there is one.
pub(crate) fn write_some(tx: &Tx<'_>, orders: &RefCell<Orders>, new: usize) -> Result<(), StoreError> {
    let mut orders = orders.borrow_mut();
    let Orders {
        known,
        written,
        learned,
        ..
    } = &mut *orders;
    let Some(known) = known.as_mut().filter(|_| !*written) else {
        return Ok(());
    };
    // The first look of a transaction: what is there was committed.
    let rows = rows(tx)?;
    *written = true;
    // What may still be taken back stays in memory.
    let stands = learned.first().map_or(known.last, |(payout, _)| payout - 1);
    known.keep_out(rows, stands);
    let form = known.form;
    let (epoch, next) = (rows / form.pages, rows % form.pages);
    if stands < form.last_before(epoch + 1) {
        return Ok(());
    }
    let Some(closing) = known.epochs.get(epoch) else {
        return Ok(());
    };
    let until = form.pages.min(next + 1 + new / ORDERS_A_PAGE);
    insert(tx, rows, (next..until).filter_map(|at| closing.page(at)))
}

fn insert<'p>(tx: &Tx<'_>, first: usize, pages: impl Iterator<Item = &'p Page>) -> Result<(), StoreError> {
    let first = i64::try_from(first).unwrap_or(i64::MAX);
    let rows: Vec<(i64, Vec<u8>)> = (first..).zip(pages.map(Page::bytes)).collect();
    tx.insert_many(
        &PAGES,
        rows.iter()
            .map(|(id, bytes)| [Value::Int(*id), Value::Blob(bytes)]),
    )
}

/// So many pages are rows.
pub(crate) fn rows(tx: &Tx<'_>) -> Result<usize, StoreError> {
    let last = tx.query_one("SELECT MAX(id) FROM order_pages", &[], |row| row.maybe_int(0))?;
    let count = last.flatten().map_or(0, |last| last + 1);
    usize::try_from(count).map_err(|_| StoreError::corrupt("order_pages: a page before the first"))
}

pub(crate) fn stored(tx: &Tx<'_>, at: usize) -> Result<Page, StoreError> {
    let id = i64::try_from(at).unwrap_or(i64::MAX);
    let sql = "SELECT orders FROM order_pages WHERE id = $1";
    let bytes = tx.query_one(sql, &[Value::Int(id)], |row| row.blob(0))?;
    page(id, &bytes.ok_or_else(|| missing(at))?)
}

fn page(id: i64, bytes: &[u8]) -> Result<Page, StoreError> {
    Page::read(bytes).ok_or_else(|| StoreError::corrupt(format!("order_pages: {id} is no page")))
}

fn missing(at: usize) -> StoreError {
    StoreError::corrupt(format!(
        "order_pages: page {at} is missing; with no page at all they are made again from the payouts"
    ))
}

/// Makes what a book lacks that was written without epochs, or copied, and reads it all: before anybody waits for an answer.
pub(crate) fn make_ready(handle: &Handle) -> Result<(), StoreError> {
    let Some(orders) = handle.orders() else {
        return Ok(());
    };
    while in_transaction(handle, true, make_one)? {}
    in_transaction(handle, false, |tx| {
        orders.borrow_mut().catch_up(tx)?;
        Ok(())
    })
}

fn in_transaction<R>(
    handle: &Handle,
    writes: bool,
    body: impl FnOnce(&Tx<'_>) -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    if writes {
        handle.begin_write()?;
    } else {
        handle.begin_read()?;
    }
    let done = body(&Tx::new(handle)).and_then(|done| handle.commit().map(|()| done));
    done.inspect_err(|_| {
        // The failure itself is what the caller has to hear of.
        let _ = handle.rollback();
    })
}

/// Writes what is missing of the first full epoch that is not whole. Returns whether there was one.
fn make_one(tx: &Tx<'_>) -> Result<bool, StoreError> {
    let form = Form::read(tx)?;
    let rows = rows(tx)?;
    let (epoch, next) = (rows / form.pages, rows % form.pages);
    let (after, up_to) = (form.last_before(epoch), form.last_before(epoch + 1));
    let last = tx.query_one("SELECT MAX(id) FROM payouts", &[], |row| row.maybe_int(0))?;
    if last.flatten().is_none_or(|last| last < up_to) {
        return Ok(false);
    }
    let mut pages = empty_pages(form);
    each_order(tx, (after, up_to), |payout, key| {
        form.put(&mut pages, payout, key);
        Ok(())
    })?;
    insert(tx, rows, pages.iter().skip(next))?;
    tracing::info!(
        epoch,
        orders = form.orders,
        "the orders of an epoch were written down"
    );
    Ok(true)
}
