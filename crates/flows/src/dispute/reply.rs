//! A merchant answers a dispute: with evidence, which is kept, or by accepting it.

use crate::{House, dispute::ACQUIRER};
use rokad_domain::{
    Id, UnixMs,
    dispute::{Reply, ReplyRefusal, Status, decide_reply},
    id::kind::{Dispute, Merchant},
};
use rokad_store::{
    StoreError, Tx,
    dispute::{self, NewEvidence},
};

/// What a merchant answers.
pub struct ReplyRequest {
    /// Who answers.
    pub merchant: Id<Merchant>,
    /// Which dispute.
    pub dispute: Id<Dispute>,
    /// How.
    pub reply: Reply,
    /// The files; none when it accepts.
    pub evidence: Vec<NewEvidence>,
    /// Who said so, for the log.
    pub said_by: String,
}

/// Keeps an answer. Whoever raised the dispute hears of it, and decides.
///
/// # Errors
/// Those of the store.
pub async fn reply(house: &House, ask: ReplyRequest) -> Result<Result<Status, ReplyRefusal>, StoreError> {
    house
        .store
        .tx("answer a dispute", move |tx, now| reply_one(tx, now.at(), &ask))
        .await
}

fn reply_one(
    tx: &mut Tx<'_>,
    now: UnixMs,
    ask: &ReplyRequest,
) -> Result<Result<Status, ReplyRefusal>, StoreError> {
    let found = dispute::get(tx, ask.dispute)?;
    let Some(mut dispute) = found.filter(|dispute| dispute.merchant == ask.merchant) else {
        return Ok(Err(ReplyRefusal::NoDispute));
    };
    let to = match decide_reply(dispute.status, dispute.claim.deadline, ask.reply, now) {
        Ok(to) => to,
        Err(refusal) => return Ok(Err(refusal)),
    };
    dispute::insert_evidence(tx, dispute.id, &ask.evidence, &ask.said_by, now)?;
    let (id, last) = (dispute.id, Some(dispute.last_change));
    dispute.last_change = dispute::write_change(tx, id, last, to, &ask.said_by, now)?;
    dispute.status = to;
    dispute::keep(tx, &dispute)?;
    if dispute.source.starts_with(ACQUIRER) {
        dispute::to_tell(tx, id, now)?;
    }
    Ok(Ok(to))
}
