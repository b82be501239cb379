//! A dispute is raised: its money is set aside at once, and what is missing is what the merchant owes from now on.

use crate::{House, payment::back::keep};
use rokad_domain::{
    Id, Paise, UnixMs,
    account::Account,
    dispute::{Claim, Disputed, RaiseRefusal, SetAside, decide_raise},
    entry::Entry,
    event::{DisputeTold, Told},
    id::kind::{Dispute, Merchant, Payment},
};
use rokad_store::{
    StoreError, Tx,
    book::{self, About, Balances, Movement},
    discrepancy,
    dispute::{self, NewDispute},
    event::{self, NewEvent},
    payment::{self, StoredPayment},
};

/// What somebody claims of a payment.
#[derive(Clone, Debug)]
pub struct Raise {
    /// Which payment.
    pub payment: Id<Payment>,
    /// What is claimed.
    pub claim: Claim,
    /// Who raises it: an acquirer, a file, the operator.
    pub source: String,
    /// Its number there: the same is the same dispute.
    pub reference: String,
    /// Who says so, for the log.
    pub said_by: String,
}

/// A dispute that there is: since now, or since it was raised before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Raised {
    /// Which dispute.
    pub dispute: Id<Dispute>,
    /// Whether it was there before.
    pub known: bool,
}

/// Raises a dispute. Raising it again changes nothing.
///
/// # Errors
/// Those of the store.
pub async fn raise(house: &House, ask: Raise) -> Result<Result<Raised, RaiseRefusal>, StoreError> {
    let payment = ask.payment;
    let raised = house
        .store
        .tx("raise a dispute", move |tx, now| raise_one(tx, now.at(), &ask))
        .await?;
    house.bells.payment_changed(payment);
    house.bells.callbacks_wait();
    Ok(raised)
}

fn raise_one(tx: &mut Tx<'_>, now: UnixMs, ask: &Raise) -> Result<Result<Raised, RaiseRefusal>, StoreError> {
    if let Some(known) = dispute::find(tx, &ask.source, &ask.reference)? {
        return Ok(Ok(Raised {
            dispute: known.id,
            known: true,
        }));
    }
    let Some(mut payment) = payment::get(tx, ask.payment)? else {
        return Ok(Err(RaiseRefusal::NoPayment));
    };
    let mut balances = lock(tx, payment.merchant, None)?;
    let disputed = Disputed {
        status: payment.status,
        amount: payment.order.amount,
        back: payment.back,
        disputes: payment.disputes,
        uncleared: payment.uncleared(),
    };
    let available = balances.available(Account::Available(payment.merchant));
    let aside = match decide_raise(&disputed, ask.claim.amount, available) {
        Ok(aside) => aside,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let id = write(tx, now, ask, &mut payment, &aside)?;
    let entry = Entry::hold_dispute(payment.merchant, &aside).ok_or_else(|| unexplained(id))?;
    balances.apply(&entry)?;
    let about = About::Dispute(id);
    book::write(tx, &balances, &[Movement { entry, about }], now)?;
    Ok(Ok(Raised {
        dispute: id,
        known: false,
    }))
}

/// The dispute, and the payment's own account of it.
fn write(
    tx: &mut Tx<'_>,
    now: UnixMs,
    ask: &Raise,
    payment: &mut StoredPayment,
    aside: &SetAside,
) -> Result<Id<Dispute>, StoreError> {
    let attempt = payment.last_attempt;
    let attempt =
        attempt.ok_or_else(|| StoreError::Corrupt(format!("payment {} was paid by nothing", payment.id)))?;
    let new = NewDispute {
        merchant: payment.merchant,
        payment: payment.id,
        previous: payment.last_dispute,
        attempt,
        claim: &ask.claim,
        aside: *aside,
        source: &ask.source,
        reference: &ask.reference,
        said_by: &ask.said_by,
    };
    let (id, change) = dispute::insert(tx, &new, now)?;
    if aside.amount < ask.claim.amount {
        let (claimed, amount) = (ask.claim.amount, aside.amount);
        let what = format!("dispute {id} claims {claimed}, but only {amount} is left of its payment");
        discrepancy::note_of_attempt(tx, attempt, &what, now)?;
    }
    let too_much = || unexplained(id);
    payment.back.disputed = payment.back.disputed.plus(aside.amount).ok_or_else(too_much)?;
    let out = payment.uncleared_out.plus(aside.source.collected);
    payment.uncleared_out = out.ok_or_else(too_much)?;
    payment.disputes += 1;
    payment.last_dispute = Some(id);
    keep(tx, &[payment])?;
    let told = NewEvent {
        merchant: payment.merchant,
        payment: payment.id,
        change: change.get(),
        told: Told::DisputeRaised(told(id, &ask.claim, aside.amount, (now, now), "")),
    };
    event::write(tx, &[told], now)?;
    Ok(id)
}

/// What the merchant is told of a dispute that was raised at the first of `times`, and changed at the second.
pub(super) fn told(
    dispute: Id<Dispute>,
    claim: &Claim,
    amount: Paise,
    times: (UnixMs, UnixMs),
    outcome: &str,
) -> DisputeTold {
    DisputeTold {
        dispute,
        amount,
        initiated_at: times.0,
        updated_at: times.1,
        issue: claim.reason.sentence().to_owned(),
        initiator: claim.kind.initiator().to_owned(),
        title: claim.title.clone(),
        comment: claim.comment.clone(),
        admin_comment: outcome.to_owned(),
    }
}

/// The accounts that a dispute of this merchant may touch.
pub(super) fn lock(
    tx: &Tx<'_>,
    merchant: Id<Merchant>,
    purse: Option<Account>,
) -> Result<Balances, StoreError> {
    let accounts = [
        Account::Collected(merchant),
        Account::Available(merchant),
        Account::Disputed(merchant),
        Account::Owing(merchant),
    ];
    book::lock(tx, accounts.into_iter().chain(purse))
}

pub(super) fn unexplained(id: Id<Dispute>) -> StoreError {
    StoreError::Corrupt(format!("dispute {id} does not fit its payment"))
}
