//! What was captured becomes the merchants' to use, on the day that their contract says.

use crate::{House, node::run_under};
use rokad_domain::{Id, Now, Paise, account::Account, entry::Entry, id::kind::Merchant, node::Lease};
use rokad_store::{
    StoreError, Tx,
    book::{self, About, Movement},
    settlement::{self, NewSettlement, Unsettled},
};

/// Payments of one look at most; the rest comes with the next.
const PAYMENTS_MAX: usize = 1_000;

/// What to settle: all that is due on this day or before it, in Asia/Kolkata.
#[derive(Clone, Copy)]
pub struct SettleRequest {
    /// The day.
    pub up_to_day: i64,
}

/// What was settled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settled {
    /// How many payments.
    pub payments: usize,
    /// Of how many merchants.
    pub merchants: usize,
    /// Their sum, in paise.
    pub paise: i64,
}

/// Settles all that is due on `up_to_day` or before, look after look; as long as the lease holds, if there is one.
///
/// # Errors
/// Those of the store: what was settled before stays settled.
pub async fn settle(house: &House, lease: Option<Lease>, up_to_day: i64) -> Result<Settled, StoreError> {
    let mut all = Settled::default();
    loop {
        let some = run_under(house, lease, settle_payments, SettleRequest { up_to_day }).await?;
        let some = some.unwrap_or_default();
        if some.payments == 0 {
            return Ok(all);
        }
        all.payments += some.payments;
        all.merchants = all.merchants.max(some.merchants);
        all.paise = all.paise.saturating_add(some.paise);
    }
}

/// The step: one entry for each merchant with payments that are due.
///
/// # Errors
/// Only those of the database.
pub fn settle_payments(
    tx: &mut Tx<'_>,
    now: Now,
    asks: &[SettleRequest],
) -> Result<Vec<Settled>, StoreError> {
    asks.iter().map(|ask| settle_some(tx, now, *ask)).collect()
}

fn settle_some(tx: &mut Tx<'_>, now: Now, ask: SettleRequest) -> Result<Settled, StoreError> {
    let mut due = settlement::due(tx, ask.up_to_day, PAYMENTS_MAX)?;
    due.sort_by_key(|one| (one.merchant, one.payment));
    let groups: Vec<NewSettlement<'_>> = due
        .chunk_by(|one, next| one.merchant == next.merchant)
        .map(group)
        .collect::<Result<_, _>>()?;
    let accounts = |merchant: Id<Merchant>| {
        [
            Account::Collected(merchant),
            Account::Available(merchant),
            Account::Owing(merchant),
        ]
    };
    let mut balances = book::lock(tx, groups.iter().flat_map(|group| accounts(group.merchant)))?;
    let ids = settlement::insert(tx, &groups, now.at())?;
    let mut movements = Vec::with_capacity(groups.len());
    for (group, id) in groups.iter().zip(ids) {
        // A settlement of payments that their price ate up moves nothing.
        let owing = balances.available(Account::Owing(group.merchant));
        if let Some(entry) = Entry::settle(group.merchant, group.net, owing) {
            balances.apply(&entry)?;
            let about = About::Settlement(id);
            movements.push(Movement { entry, about });
        }
    }
    book::write(tx, &balances, &movements, now.at())?;
    Ok(Settled {
        payments: due.len(),
        merchants: groups.len(),
        paise: groups.iter().map(|group| group.net.get()).sum(),
    })
}

fn group(payments: &[Unsettled]) -> Result<NewSettlement<'_>, StoreError> {
    let nothing = || StoreError::Corrupt("a settlement of nothing, or of too much".into());
    let net = payments
        .iter()
        .try_fold(Paise::ZERO, |sum, one| sum.plus(one.net));
    Ok(NewSettlement {
        merchant: payments.first().ok_or_else(nothing)?.merchant,
        payments,
        net: net.ok_or_else(nothing)?,
    })
}
