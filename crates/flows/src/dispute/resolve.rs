//! A dispute is decided: the customer has the money, or it is the merchant's again.

use crate::{
    House,
    dispute::raise::{lock, told, unexplained},
    payment::back::keep,
};
use rokad_domain::{
    Id, Now, UnixMs,
    account::Account,
    dispute::{Outcome, Status, Verdict, decide_outcome, decide_release},
    entry::Entry,
    event::Told,
    id::kind::{Dispute, Payment},
};
use rokad_store::{
    StoreError, Tx, attempt,
    book::{self, About, Movement},
    discrepancy,
    dispute::{self, StoredDispute},
    event::{self, NewEvent},
    payment::{self, StoredPayment},
};

/// Somebody's decision.
#[derive(Clone, Debug)]
pub struct Resolve {
    /// Which dispute.
    pub dispute: Id<Dispute>,
    /// How it ends.
    pub outcome: Outcome,
    /// Who says so.
    pub said_by: String,
}

/// Ends a dispute. `None`: there is no such dispute. Saying the same again changes nothing, and a contradiction moves nothing.
///
/// # Errors
/// Those of the store.
pub async fn resolve(house: &House, ask: Resolve) -> Result<Option<Verdict>, StoreError> {
    let ended = house
        .store
        .tx("resolve a dispute", move |tx, now| resolve_one(tx, now, &ask))
        .await?;
    if let Some((payment, _)) = ended {
        house.bells.payment_changed(payment);
        house.bells.callbacks_wait();
    }
    Ok(ended.map(|(_, verdict)| verdict))
}

fn resolve_one(
    tx: &mut Tx<'_>,
    now: Now,
    ask: &Resolve,
) -> Result<Option<(Id<Payment>, Verdict)>, StoreError> {
    let Some(mut dispute) = dispute::get(tx, ask.dispute)? else {
        return Ok(None);
    };
    let verdict = decide_outcome(dispute.status, ask.outcome);
    match verdict {
        Verdict::Pay => end(tx, now.at(), &mut dispute, Status::Lost, &ask.said_by)?,
        Verdict::Release(to) => end(tx, now.at(), &mut dispute, to, &ask.said_by)?,
        Verdict::Known => {}
        Verdict::Contradiction => {
            tracing::error!(dispute = %dispute.id, status = dispute.status.word(), outcome = ?ask.outcome, "a decision contradicts the book");
            let (id, word, by) = (dispute.id, dispute.status.word(), &ask.said_by);
            let what = format!("dispute {id} is {word} here, but {by} says {:?}", ask.outcome);
            discrepancy::note_of_attempt(tx, dispute.attempt, &what, now.at())?;
        }
    }
    Ok(Some((dispute.payment, verdict)))
}

/// Moves the money, and writes it all down.
fn end(
    tx: &mut Tx<'_>,
    now: UnixMs,
    dispute: &mut StoredDispute,
    to: Status,
    said_by: &str,
) -> Result<(), StoreError> {
    let (id, merchant) = (dispute.id, dispute.merchant);
    let purse = attempt::get(tx, dispute.attempt)?.map(|attempt| attempt.purse);
    let payment = payment::get(tx, dispute.payment)?;
    let (mut payment, purse) = payment.zip(purse).ok_or_else(|| unexplained(id))?;
    let mut balances = lock(tx, merchant, Some(purse))?;
    let owing = balances.available(Account::Owing(merchant));
    let entry = if to == Status::Lost {
        paid_back(&mut payment, dispute)?;
        Entry::lose_dispute(merchant, purse, dispute.aside.amount)
    } else {
        let released = decide_release(&dispute.aside, owing, payment.settlement.is_some());
        let released = released.ok_or_else(|| unexplained(id))?;
        let out = payment.uncleared_out.minus(released.to.collected);
        payment.uncleared_out = out.ok_or_else(|| unexplained(id))?;
        Entry::release_dispute(merchant, &released)
    };
    let disputed = payment.back.disputed.minus(dispute.aside.amount);
    payment.back.disputed = disputed.ok_or_else(|| unexplained(id))?;
    let entry = entry.ok_or_else(|| unexplained(id))?;
    balances.apply(&entry)?;
    let about = About::Dispute(id);
    book::write(tx, &balances, &[Movement { entry, about }], now)?;
    dispute.status = to;
    dispute.ended_at = Some(now);
    dispute.last_change = dispute::write_change(tx, id, Some(dispute.last_change), to, said_by, now)?;
    dispute::keep(tx, dispute)?;
    dispute::told(tx, id)?;
    keep(tx, &[&payment])?;
    let times = (dispute.created_at, now);
    let told = told(id, &dispute.claim, dispute.aside.amount, times, to.word());
    let event = NewEvent {
        merchant,
        payment: payment.id,
        change: dispute.last_change.get(),
        told: Told::DisputeResolved(told),
    };
    event::write(tx, &[event], now).map(drop)
}

fn paid_back(payment: &mut StoredPayment, dispute: &StoredDispute) -> Result<(), StoreError> {
    let refunded = payment.back.refunded.plus(dispute.aside.amount);
    payment.back.refunded = refunded.ok_or_else(|| unexplained(dispute.id))?;
    Ok(())
}
