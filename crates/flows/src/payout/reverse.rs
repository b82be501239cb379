//! A payout that had been paid came back: the money returns to the merchant, the price by rule.

use crate::House;
use rokad_domain::{
    Id, Now,
    entry::Entry,
    id::kind::Payout,
    payout::{Event, Return, decide_return},
    rail::Reason,
};
use rokad_store::{
    StoreError, Tx,
    book::{self, About, Movement},
    discrepancy, merchant,
    payout::{self, Facts, Move, StoredPayout},
};

/// The news that a payout came back.
pub struct CameBack {
    /// Which payout.
    pub payout: Id<Payout>,
    /// Why.
    pub reason: Reason,
}

/// Gives the money back, and wakes the courier.
///
/// # Errors
/// Those of the store: then nothing moved, and the news is heard again.
pub async fn reverse(house: &House, news: CameBack) -> Result<Return, StoreError> {
    let outcome = house.store.run(reverse_payouts, news).await?;
    house.bells.callbacks_wait();
    Ok(outcome)
}

/// The step: decides what each return means, and moves the money.
///
/// # Errors
/// Only those of the database.
pub fn reverse_payouts(tx: &mut Tx<'_>, now: Now, news: &[CameBack]) -> Result<Vec<Return>, StoreError> {
    // Returns are rare: one after the other, so that a second one sees what the first did.
    news.iter().map(|news| reverse_one(tx, now, news)).collect()
}

fn reverse_one(tx: &mut Tx<'_>, now: Now, news: &CameBack) -> Result<Return, StoreError> {
    let payout = payout::get(tx, news.payout)?
        .ok_or_else(|| StoreError::Corrupt(format!("payout {} came back, but never was", news.payout)))?;
    let outcome = decide_return(payout.status, payout.utr.as_ref());
    match outcome {
        Return::GiveBack => give_back(tx, now, &payout, news.reason)?,
        Return::TooEarly | Return::Known => {}
        Return::Contradiction => {
            tracing::error!(payout = %payout.id, status = payout.status.word(), "a bank returns what was never paid");
            let what = format!(
                "{} here, but the bank says it was paid and came back",
                payout.status.word()
            );
            discrepancy::note(tx, payout.id, &what, now.at())?;
        }
    }
    Ok(outcome)
}

fn give_back(tx: &mut Tx<'_>, now: Now, payout: &StoredPayout, reason: Reason) -> Result<(), StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("payout {}: {what}", payout.id));
    let to = payout
        .status
        .after(Event::RailReturned)
        .ok_or_else(|| corrupt("cannot be returned"))?;
    let bank = payout
        .bank_account
        .ok_or_else(|| corrupt("paid from no bank account"))?;
    let entry = Entry::give_back(
        payout.merchant,
        bank,
        payout.order.amount,
        payout.charge,
        payout.on_return,
    );
    let entry = entry.ok_or_else(|| corrupt("moves nothing"))?;
    book::post_one(
        tx,
        Movement {
            entry,
            about: About::Payout(payout.id),
        },
        now.at(),
    )?;
    let endpoints = merchant::payout_endpoints(tx, &[payout.merchant].into())?;
    let change = Move {
        payout: payout.id,
        previous: Some(payout.last_change),
        to,
        note: reason.sentence(),
        endpoint: endpoints.get(&payout.merchant).copied(),
    };
    let facts = Facts {
        bank_account: payout.bank_account,
        utr: payout.utr.clone(),
    };
    payout::change(tx, &[change], &[facts], now.at())
}
