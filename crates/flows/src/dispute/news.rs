//! What an acquirer tells of disputes: raised, and decided.

use crate::{
    House,
    dispute::{
        raise::{Raise, raise},
        resolve::{Resolve, resolve},
        source_of,
    },
    node::run_under,
    payment::reference,
    payout::news::keep_positions,
};
use rokad_domain::{
    Id,
    dispute::{Claim, News, Notice, Outcome, Verdict},
    id::kind::{Attempt, Payment},
    node::Lease,
};
use rokad_rails::collect::CollectRail;
use rokad_store::{StoreError, Tx, attempt, discrepancy, dispute, payout_queue};

/// Reads what is new about disputes at one acquirer and acts on it. Returns how many notices there were.
///
/// The position is kept after everything before it was acted on; a notice heard twice moves money once.
///
/// # Errors
/// Those of the store: then the same news are read again.
pub async fn hear(
    house: &House,
    lease: Option<Lease>,
    acquirer: &str,
    rail: &dyn CollectRail,
    instance_tag: &str,
) -> Result<usize, StoreError> {
    let key = format!("disputes:{acquirer}");
    let position = {
        let key = key.clone();
        let read = move |tx: &mut Tx<'_>| payout_queue::news_position(tx, &key);
        house.store.read(read).await?
    };
    let Some(page) = rail.disputes(position).await else {
        return Ok(0);
    };
    for notice in &page.notices {
        act(house, acquirer, instance_tag, notice).await?;
    }
    if page.next != position {
        let kept = run_under(house, lease, keep_positions, (key, page.next)).await?;
        if kept.is_none() {
            return Ok(0);
        }
    }
    Ok(page.notices.len())
}

async fn act(house: &House, acquirer: &str, instance_tag: &str, notice: &Notice) -> Result<(), StoreError> {
    // The acquirer may serve others beside us: their charges are not ours.
    let Some(attempt) = reference::read(instance_tag, &notice.charge) else {
        return Ok(());
    };
    let read = move |tx: &mut Tx<'_>| Ok(attempt::get(tx, attempt)?.map(|attempt| attempt.payment));
    let Some(payment) = house.store.read(read).await? else {
        tracing::error!(%attempt, "an acquirer has a dispute of an attempt that never was");
        return Ok(());
    };
    match &notice.news {
        News::Raised(claim) => raised(house, acquirer, &notice.reference, (payment, attempt), claim).await,
        News::Resolved(outcome) => resolved(house, acquirer, &notice.reference, attempt, *outcome).await,
    }
}

async fn raised(
    house: &House,
    acquirer: &str,
    reference: &str,
    (payment, attempt): (Id<Payment>, Id<Attempt>),
    claim: &Claim,
) -> Result<(), StoreError> {
    let ask = Raise {
        payment,
        claim: claim.clone(),
        source: source_of(acquirer),
        reference: reference.to_owned(),
        said_by: source_of(acquirer),
    };
    match raise(house, ask).await? {
        Ok(_) => Ok(()),
        Err(refusal) => {
            let what = format!("a dispute {reference} of {}, but {refusal:?}", claim.amount);
            note(house, attempt, what).await
        }
    }
}

async fn resolved(
    house: &House,
    acquirer: &str,
    reference: &str,
    attempt: Id<Attempt>,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let found = {
        let (source, reference) = (source_of(acquirer), reference.to_owned());
        let read = move |tx: &mut Tx<'_>| dispute::find(tx, &source, &reference);
        house.store.read(read).await?
    };
    let Some(found) = found else {
        let what = format!("dispute {reference} was {outcome:?}, but was never raised here");
        return note(house, attempt, what).await;
    };
    let ask = Resolve {
        dispute: found.id,
        outcome,
        said_by: source_of(acquirer),
    };
    let _: Option<Verdict> = resolve(house, ask).await?;
    Ok(())
}

/// A person must look, and the news after it must not wait for that.
async fn note(house: &House, attempt: Id<Attempt>, what: String) -> Result<(), StoreError> {
    tracing::error!(%attempt, what, "an acquirer's dispute does not fit the book");
    house
        .store
        .tx("note a discrepancy", move |tx, now| {
            discrepancy::note_of_attempt(tx, attempt, &what, now.at())
        })
        .await
}
