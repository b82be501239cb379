//! The orders of an embedded database, where no index keeps two of them apart: on a server there is nothing to say.

use crate::{
    error::StoreError,
    orders::{Form, Key, each_order, empty_pages, rows, stored},
    tx::Tx,
};
use rokad_domain::{
    Id,
    id::kind::{Merchant, Payout},
};
use std::collections::{HashMap, HashSet};

/// What is wrong with the orders.
#[derive(Default, PartialEq, Eq, Debug)]
pub struct OrderFaults {
    /// Payouts of one order.
    pub twins: Vec<Twins>,
    /// Pages of closed epochs that are not what the payouts say.
    pub pages: Vec<usize>,
}

/// Two payouts of one order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Twins {
    /// Whose order it is.
    pub merchant: Id<Merchant>,
    /// The one that came first.
    pub first: Id<Payout>,
    /// The one that should not be.
    pub second: Id<Payout>,
}

/// Compares all orders with each other, and the pages of closed epochs with their payouts. Keeps eight bytes of every order, and one
/// epoch.
///
/// # Errors
/// Only those of the database.
pub fn orders(tx: &Tx<'_>) -> Result<OrderFaults, StoreError> {
    if tx.orders().is_none() {
        return Ok(OrderFaults::default());
    }
    let form = Form::read(tx)?;
    let mut keys = Vec::new();
    let mut pages = Vec::new();
    for epoch in 0.. {
        let limits = (form.last_before(epoch), form.last_before(epoch + 1));
        let mut all = empty_pages(form);
        let before = keys.len();
        each_order(tx, limits, |payout, key| {
            form.put(&mut all, payout, key);
            keys.push(key);
            Ok(())
        })?;
        let written = rows(tx)?;
        let numbered = (epoch * form.pages..)
            .zip(&all)
            .take_while(|(at, _)| *at < written);
        for (at, page) in numbered {
            if stored(tx, at).ok().as_ref() != Some(page) {
                pages.push(at);
            }
        }
        if keys.len() == before && (epoch + 1) * form.pages >= written {
            break;
        }
    }
    let twins = twins(tx, keys)?;
    Ok(OrderFaults { twins, pages })
}

/// Two orders that are the same have the same key; nearly always there are none with the same key.
fn twins(tx: &Tx<'_>, mut keys: Vec<Key>) -> Result<Vec<Twins>, StoreError> {
    keys.sort_unstable();
    let same = keys.windows(2).filter(|pair| pair[0] == pair[1]);
    let suspects: HashSet<Key> = same.map(|pair| pair[0]).collect();
    drop(keys);
    let (mut seen, mut twins) = (HashMap::new(), Vec::new());
    if suspects.is_empty() {
        return Ok(twins);
    }
    tx.each(
        "SELECT id, merchant_id, order_id FROM payouts ORDER BY id",
        &[],
        |row| {
            let (second, merchant, order) = (Id::new(row.int(0)?), row.int(1)?, row.text(2)?);
            if suspects.contains(&Key::of(merchant, &order))
                && let Some(first) = seen.insert((merchant, order), second)
            {
                let merchant = Id::new(merchant);
                twins.push(Twins {
                    merchant,
                    first,
                    second,
                });
            }
            Ok(())
        },
    )?;
    Ok(twins)
}
