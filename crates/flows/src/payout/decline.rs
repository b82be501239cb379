//! An operator or a rule declines a payout that waits: its money is free again.

use crate::House;
use rokad_domain::{
    Id, Now,
    entry::Entry,
    id::kind::Payout,
    payout::{Event, Status},
};
use rokad_store::{
    StoreError, Tx,
    book::{self, About, Movement},
    merchant, operator,
    payout::{self, Facts, Move, StoredPayout},
    payout_queue,
};

/// Why a payout is not declined.
#[derive(thiserror::Error, Debug)]
pub enum DeclineRefusal {
    /// There is none.
    #[error("there is no such payout")]
    Unknown,
    /// A bank knows of it, or it is over.
    #[error("only a payout that is Pending can be declined; this one is {}", .0.word())]
    NotPending(Status),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Declines a payout that waits. `actor` is who decided so; `reason` is told to the merchant.
///
/// # Errors
/// As [`DeclineRefusal`].
pub async fn decline(
    house: &House,
    id: Id<Payout>,
    actor: String,
    reason: String,
) -> Result<(), DeclineRefusal> {
    house
        .store
        .tx("decline a payout", move |tx, now| {
            decline_one(tx, now, id, &actor, &reason)
        })
        .await?;
    house.bells.callbacks_wait();
    Ok(())
}

fn decline_one(
    tx: &mut Tx<'_>,
    now: Now,
    id: Id<Payout>,
    actor: &str,
    reason: &str,
) -> Result<(), DeclineRefusal> {
    let payout = payout::get(tx, id)?.ok_or(DeclineRefusal::Unknown)?;
    // A Processing one may be declined only with evidence that the bank did not pay: that belongs to the back office.
    if payout.status != Status::Pending {
        return Err(DeclineRefusal::NotPending(payout.status));
    }
    let to = payout
        .status
        .after(Event::Decline)
        .ok_or(DeclineRefusal::NotPending(payout.status))?;
    payout_queue::no_longer_waiting(tx, &[id])?;
    release(tx, now, &payout)?;
    let endpoints = merchant::payout_endpoints(tx, &[payout.merchant].into())?;
    let change = Move {
        payout: id,
        previous: Some(payout.last_change),
        to,
        note: reason,
        endpoint: endpoints.get(&payout.merchant).copied(),
    };
    payout::change(
        tx,
        &[change],
        &[Facts {
            bank_account: None,
            utr: None,
        }],
        now.at(),
    )?;
    operator::log_action(tx, actor, "payout.decline", &id.to_string(), reason, now.at())?;
    Ok(())
}

fn release(tx: &mut Tx<'_>, now: Now, payout: &StoredPayout) -> Result<(), StoreError> {
    let entry = Entry::release(payout.merchant, payout.order.amount, payout.charge)
        .ok_or_else(|| StoreError::Corrupt(format!("payout {} moves nothing", payout.id)))?;
    book::post_one(
        tx,
        Movement {
            entry,
            about: About::Payout(payout.id),
        },
        now.at(),
    )
}
