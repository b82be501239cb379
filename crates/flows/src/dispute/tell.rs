//! An acquirer hears how a merchant answered a dispute: as often as it takes, since telling again changes nothing there.

use crate::{House, dispute::ACQUIRER};
use rokad_domain::{
    Id, Now, UnixMs,
    dispute::{Answer, Piece, Reply, Status},
    id::kind::Dispute,
    retry::{ASK, Jitter},
};
use rokad_rails::collect::CollectRail;
use rokad_store::{StoreError, Tx, dispute};

/// Milliseconds for which an answer is left to whoever took it. Longer than a call lasts.
const TAKEN_MS: i64 = 15_000;

/// An answer that an acquirer is to hear.
pub struct Telling {
    /// Which dispute.
    pub dispute: Id<Dispute>,
    /// The acquirer's name.
    pub acquirer: String,
    /// What it is told.
    pub answer: Answer,
    /// How often it was told before.
    asks: u32,
}

/// Takes answers that are due, at most so many. A look first: where nothing is due, nothing is written.
///
/// # Errors
/// Those of the store.
pub async fn take_due(house: &House, limit: usize) -> Result<Vec<Telling>, StoreError> {
    let now = house.store.clock().now().at();
    let due = house
        .store
        .read(move |tx| dispute::due_to_tell(tx, now, 1))
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    house
        .store
        .tx("tell acquirers of answers", move |tx, now| take(tx, now, limit))
        .await
}

fn take(tx: &mut Tx<'_>, now: Now, limit: usize) -> Result<Vec<Telling>, StoreError> {
    let mut tellings = Vec::new();
    for (id, asks) in dispute::due_to_tell(tx, now.at(), limit)? {
        dispute::tell_next(tx, id, asks.saturating_add(1), now.at().plus_ms(TAKEN_MS))?;
        tellings.extend(telling(tx, id, asks)?);
    }
    Ok(tellings)
}

fn telling(tx: &Tx<'_>, id: Id<Dispute>, asks: u32) -> Result<Option<Telling>, StoreError> {
    let stored = dispute::get(tx, id)?.ok_or_else(|| StoreError::Corrupt(format!("no dispute {id}")))?;
    let reply = match stored.status {
        Status::Contested => Reply::Contest,
        Status::Accepted => Reply::Accept,
        Status::Open | Status::Won | Status::Lost | Status::Withdrawn => return Ok(None),
    };
    let Some(acquirer) = stored.source.strip_prefix(ACQUIRER) else {
        return Ok(None);
    };
    let mut evidence = Vec::new();
    for stored in dispute::evidence_of(tx, id)? {
        evidence.push(Piece {
            content: dispute::content(tx, &stored)?,
            name: stored.name,
            media_type: stored.media_type,
            sha256: stored.sha256,
        });
    }
    Ok(Some(Telling {
        dispute: id,
        acquirer: acquirer.to_owned(),
        answer: Answer {
            reference: stored.reference,
            reply,
            evidence,
        },
        asks,
    }))
}

/// Tells the acquirer, with no transaction open, and keeps whether it heard. Returns that.
///
/// # Errors
/// Those of the store: then it is told again later.
pub async fn tell(
    house: &House,
    rail: &dyn CollectRail,
    telling: &Telling,
    jitter: Jitter,
) -> Result<bool, StoreError> {
    let heard = rail.answer_dispute(&telling.answer).await;
    let (id, asks, reply) = (telling.dispute, telling.asks, telling.answer.reply);
    house
        .store
        .tx("keep whether an acquirer heard", move |tx, now| {
            keep(tx, now.at(), id, (heard, reply), asks, jitter)
        })
        .await?;
    Ok(heard)
}

/// A merchant that contested may have accepted meanwhile: that is to be told still.
fn keep(
    tx: &Tx<'_>,
    now: UnixMs,
    id: Id<Dispute>,
    (heard, reply): (bool, Reply),
    asks: u32,
    jitter: Jitter,
) -> Result<(), StoreError> {
    let status = dispute::get(tx, id)?.map(|dispute| dispute.status);
    let said = match reply {
        Reply::Contest => Status::Contested,
        Reply::Accept => Status::Accepted,
    };
    match status {
        Some(status) if status == said && heard => dispute::told(tx, id),
        Some(status) if status == said => {
            let gap = ASK.gap_ms(asks.saturating_add(1), jitter);
            dispute::tell_next(tx, id, asks.saturating_add(1), now.plus_ms(gap))
        }
        Some(_) | None => Ok(()),
    }
}
