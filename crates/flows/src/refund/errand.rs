//! A refund is given to its acquirer: the intent is kept, then the acquirer is told, once. From then on it is only asked.

use crate::{
    House,
    refund::hear::{self, Heard},
};
use rokad_domain::{
    Id, Now, UnixMs,
    account::Account,
    id::kind::{Acquirer, Attempt, Refund},
    refund::{Event, RefundOrder, Status, Verdict},
    retry::Jitter,
};
use rokad_rails::collect::CollectRail;
use rokad_store::{
    StoreError, Tx,
    attempt::{self, StoredAttempt},
    refund::{self, Change, StoredRefund},
};
use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds after the intent during which the acquirer may take the refund. Later it refuses it, so that its "never heard
/// of it" is certain. Longer than any call of ours lasts.
pub const VALID_MS: i64 = 20_000;

/// Milliseconds for which an errand is left to whoever took it. Longer than a call lasts.
const TAKEN_MS: i64 = 15_000;

const _: () = assert!(TAKEN_MS < VALID_MS);

/// One call of an acquirer.
pub struct Errand {
    /// Which refund.
    pub refund: Id<Refund>,
    /// Who is called.
    pub acquirer: Id<Acquirer>,
    /// What it is told, or was.
    pub order: RefundOrder,
    /// Which question about it this is; 0: the acquirer is told.
    pub turn: u32,
}

/// The step: takes errands that are due, at most so many for each of `limits`. A refund of money that came straight into a bank
/// account is nobody's errand: a person pays it.
///
/// # Errors
/// Only those of the database.
pub fn take_errands(tx: &mut Tx<'_>, now: Now, limits: &[usize]) -> Result<Vec<Vec<Errand>>, StoreError> {
    limits
        .iter()
        .map(|limit| take_some(tx, now.at(), *limit))
        .collect()
}

fn take_some(tx: &mut Tx<'_>, now: UnixMs, limit: usize) -> Result<Vec<Errand>, StoreError> {
    let due: BTreeMap<Id<Refund>, u32> = refund::due(tx, now, limit)?.into_iter().collect();
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let mut refunds = refund::get_all(tx, &due.keys().copied().collect::<Vec<_>>())?;
    let attempts = attempts_of(tx, &refunds)?;
    let (mut next, mut errands) = (Vec::with_capacity(refunds.len()), Vec::new());
    let told = dispatch(tx, &mut refunds, now)?;
    for (refund, asks) in refunds.iter().zip(due.values()) {
        let attempt = attempts
            .get(&refund.attempt)
            .ok_or_else(|| StoreError::Corrupt(format!("refund {} of no attempt", refund.id)))?;
        let turn = if told.contains(&refund.id) {
            0
        } else {
            asks.saturating_add(1)
        };
        let Account::Acquirer(acquirer) = attempt.purse else {
            // Never due again: a person ends it.
            next.push((refund.id, turn, UnixMs(i64::MAX)));
            continue;
        };
        next.push((refund.id, turn, now.plus_ms(TAKEN_MS)));
        errands.push(Errand {
            refund: refund.id,
            acquirer,
            order: order(refund, attempt),
            turn,
        });
    }
    refund::ask_next(tx, &next)?;
    Ok(errands)
}

/// The attempts that took the money of these refunds.
pub(super) fn attempts_of(
    tx: &Tx<'_>,
    refunds: &[StoredRefund],
) -> Result<BTreeMap<Id<Attempt>, StoredAttempt>, StoreError> {
    let ids: BTreeSet<Id<Attempt>> = refunds.iter().map(|refund| refund.attempt).collect();
    let attempts = attempt::get_all(tx, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(attempts
        .into_iter()
        .map(|attempt| (attempt.id, attempt))
        .collect())
}

/// Keeps the intent of those that were only initiated. Returns which they are.
fn dispatch(
    tx: &mut Tx<'_>,
    refunds: &mut [StoredRefund],
    now: UnixMs,
) -> Result<BTreeSet<Id<Refund>>, StoreError> {
    let mut sent: Vec<&mut StoredRefund> = refunds
        .iter_mut()
        .filter(|refund| refund.status.after(Event::Dispatch).is_some())
        .collect();
    let changes: Vec<Change<'_>> = sent
        .iter()
        .map(|refund| Change {
            refund: refund.id,
            previous: Some(refund.last_change),
            to: Status::InProgress,
            detail: "",
        })
        .collect();
    let changes = refund::write_changes(tx, &changes, now)?;
    for (refund, change) in sent.iter_mut().zip(changes) {
        (refund.status, refund.last_change) = (Status::InProgress, change);
        refund.not_after = Some(now.plus_ms(VALID_MS));
    }
    let sent: Vec<&StoredRefund> = sent.into_iter().map(|refund| &*refund).collect();
    refund::keep(tx, &sent)?;
    Ok(sent.iter().map(|refund| refund.id).collect())
}

fn order(refund: &StoredRefund, attempt: &StoredAttempt) -> RefundOrder {
    RefundOrder {
        reference: refund.reference.clone(),
        charge: attempt.reference.clone(),
        amount: refund.amount,
        not_after: refund.not_after.unwrap_or_default(),
    }
}

/// Takes errands that are due, at most so many. A look first: where nothing is due, nothing is written.
///
/// # Errors
/// Those of the store.
pub async fn take_due(house: &House, limit: usize) -> Result<Vec<Errand>, StoreError> {
    let now = house.store.clock().now().at();
    let due = house.store.read(move |tx| refund::due(tx, now, 1)).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    house.store.run(take_errands, limit).await
}

/// Runs one errand, with no transaction open, and keeps the answer. The acquirer is not told after its time. `None`: nobody was
/// called.
///
/// # Errors
/// Those of the store: then the acquirer is asked again later.
pub async fn run(
    house: &House,
    rail: &dyn CollectRail,
    errand: &Errand,
    jitter: Jitter,
) -> Result<Option<Verdict>, StoreError> {
    let answer = if errand.turn > 0 {
        rail.ask_refund(&errand.order).await
    } else if house.store.clock().now().at() < errand.order.not_after {
        rail.refund(&errand.order).await
    } else {
        // Whoever slept over it, and was thought dead: others ask about it by now.
        tracing::warn!(refund = %errand.refund, "not told: its time is over");
        return Ok(None);
    };
    let heard = Heard {
        refund: errand.refund,
        answer,
        turn: errand.turn,
        jitter,
    };
    hear::hear(house, heard).await.map(Some)
}

/// After a start: every refund that was under way is due now. Returns how many there are.
///
/// # Errors
/// Those of the store.
pub async fn take_over(house: &House) -> Result<usize, StoreError> {
    house
        .store
        .tx("see after all refunds under way", |tx, now| {
            refund::all_due(tx, now.at())
        })
        .await
}
