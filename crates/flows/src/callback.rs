//! What becomes of a callback after an attempt to deliver it, and how one is sent again by hand.

use crate::House;
use rokad_domain::{
    Id, Now,
    callback::{Fate, Reply, decide_fate},
    id::kind::{Callback, Payout},
    node::Lease,
    retry::Jitter,
};
use rokad_store::{
    StoreError, Tx,
    callback::{self, Attempt, OpenCallback},
    merchant, node, operator, payout,
};
use std::collections::HashMap;

mod webhooks;
use webhooks::Webhooks;

/// An attempt that has ended.
pub struct Tried {
    /// Which callback.
    pub callback: Id<Callback>,
    /// Under which lease it was carried.
    pub lease: Lease,
    /// What came back.
    pub reply: Reply,
    /// How many milliseconds it took.
    pub took_ms: i64,
    /// For the gap until the next attempt.
    pub jitter: Jitter,
}

/// The step: decides what follows from each attempt, and writes it down. `None`: the callback is not owed any more,
/// somebody resent it under another number, or its webhook was switched off; or the lease is lost, and somebody else plans.
/// What was acknowledged is acknowledged, whoever carried it.
///
/// # Errors
/// Only those of the database.
pub fn settle_callbacks(tx: &mut Tx<'_>, now: Now, tried: &[Tried]) -> Result<Vec<Option<Fate>>, StoreError> {
    let ids: Vec<Id<Callback>> = tried.iter().map(|tried| tried.callback).collect();
    let mut open: HashMap<Id<Callback>, OpenCallback> = callback::still_open(tx, &ids)?
        .into_iter()
        .map(|callback| (callback.id, callback))
        .collect();
    // Each callback is settled once in a batch, whoever says what twice.
    let owed: Vec<Option<OpenCallback>> = ids.iter().map(|id| open.remove(id)).collect();
    let leases: Vec<Lease> = tried.iter().map(|tried| tried.lease).collect();
    let held = node::holds(tx, &leases)?;
    let fate = |(tried, owed): (&Tried, &Option<OpenCallback>)| {
        let owed = owed.as_ref()?;
        let fate = decide_fate(
            &tried.reply,
            owed.attempts + 1,
            owed.since,
            now.at(),
            tried.jitter,
        );
        (fate == Fate::Done || held.contains(&tried.lease)).then_some(fate)
    };
    let mut fates: Vec<Option<Fate>> = tried.iter().zip(&owed).map(fate).collect();
    let words: Vec<String> = tried.iter().map(|tried| in_words(&tried.reply)).collect();
    let mut webhooks = Webhooks::read(tx, owed.iter().flatten())?;
    let (mut done, mut attempts) = (Vec::new(), Vec::new());
    for (((tried, owed), fate), words) in tried.iter().zip(&owed).zip(&fates).zip(&words) {
        let (Some(owed), Some(fate)) = (owed, fate) else {
            continue;
        };
        let attempt = |next| Attempt {
            callback: owed.id,
            number: owed.attempts + 1,
            took_ms: tried.took_ms,
            reply: words,
            next,
        };
        match fate {
            Fate::Done => done.push((owed, tried.took_ms)),
            Fate::Retry(at) => attempts.push(attempt(Some(*at))),
            Fate::Parked => attempts.push(attempt(None)),
        }
        webhooks.count(owed.endpoint, *fate, words, now.at());
    }
    callback::acknowledge(tx, &done, now.at())?;
    callback::not_acknowledged(tx, &attempts, now.at())?;
    webhooks.write(tx, now.at())?;
    for (fate, owed) in fates.iter_mut().zip(&owed) {
        let is_off = owed
            .as_ref()
            .is_some_and(|owed| webhooks.is_switched_off(owed.endpoint));
        if is_off && *fate != Some(Fate::Done) {
            *fate = None;
        }
    }
    Ok(fates)
}

fn in_words(reply: &Reply) -> String {
    match reply {
        Reply::Acknowledged => "acknowledged".to_owned(),
        Reply::HashMismatch => "the endpoint says: Hash Mismatch".to_owned(),
        Reply::NotAcknowledged(status @ 300..=399) => format!("HTTP {status}: no redirect is followed"),
        Reply::NotAcknowledged(status) => format!("HTTP {status} without an acknowledgement"),
        Reply::Unreachable(why) => format!("not reached: {why}"),
    }
}

/// Why nothing is resent.
#[derive(thiserror::Error, Debug)]
pub enum ResendRefusal {
    /// There is none.
    #[error("there is no such payout")]
    Unknown,
    /// Its merchant wants none.
    #[error("the merchant of this payout has no callback URL")]
    NoEndpoint,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sends the callbacks of a payout again: those that are owed, parked ones too; if none is, the one of its present
/// state. Returns how many are due now.
///
/// # Errors
/// As [`ResendRefusal`].
pub async fn resend(house: &House, payout: Id<Payout>, actor: String) -> Result<usize, ResendRefusal> {
    let due = house
        .store
        .tx("resend callbacks", move |tx, now| {
            resend_one(tx, now, payout, &actor)
        })
        .await?;
    house.bells.callbacks_wait();
    Ok(due)
}

fn resend_one(tx: &mut Tx<'_>, now: Now, id: Id<Payout>, actor: &str) -> Result<usize, ResendRefusal> {
    let payout = payout::get(tx, id)?.ok_or(ResendRefusal::Unknown)?;
    let endpoint = merchant::payout_endpoints(tx, &[payout.merchant].into())?
        .get(&payout.merchant)
        .copied();
    let endpoint = endpoint.ok_or(ResendRefusal::NoEndpoint)?;
    operator::log_action(tx, actor, "callback.resend", &id.to_string(), "", now.at())?;
    let owed = callback::open_of_payout(tx, id)?;
    for callback in &owed {
        callback::owe_again(tx, callback, now.at())?;
    }
    if owed.is_empty() {
        callback::owe_present(tx, endpoint, (id, payout.last_change), now.at())?;
        return Ok(1);
    }
    Ok(owed.len())
}

/// Sends every parked callback again. Returns how many there were.
///
/// # Errors
/// Those of the store.
pub async fn resend_parked(house: &House, actor: String) -> Result<usize, StoreError> {
    /// Parked callbacks that one call sends again at most; more wait for the next call.
    const AT_ONCE: usize = 10_000;
    let resent = house
        .store
        .tx("resend parked callbacks", move |tx, now| {
            let parked = callback::parked(tx, AT_ONCE)?;
            for callback in &parked {
                callback::owe_again(tx, callback, now.at())?;
            }
            operator::log_action(
                tx,
                &actor,
                "callback.resend_parked",
                "",
                &parked.len().to_string(),
                now.at(),
            )?;
            Ok::<_, StoreError>(parked.len())
        })
        .await?;
    house.bells.callbacks_wait();
    Ok(resent)
}
