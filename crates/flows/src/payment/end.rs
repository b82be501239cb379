//! A payment ends without money: the customer cancels or gives up, or the time is over.

use crate::{House, node::run_under, payment::attempt::standing};
use rokad_domain::{
    Id, Now, UnixMs,
    acquirer::Fault,
    event::Told,
    id::kind::Payment,
    node::Lease,
    payment::{EndRefusal, Status, Step, Wish, decide_end},
};
use rokad_store::{
    StoreError, Tx, attempt,
    event::{self, NewEvent},
    payment::{self, NewStep},
};

/// Somebody wants a payment to end.
#[derive(Clone, Copy)]
pub struct EndRequest {
    /// Which payment.
    pub payment: Id<Payment>,
    /// Who, and how.
    pub wish: Wish,
}

/// Ends a payment, and tells whoever looks at it.
///
/// # Errors
/// Those of the store.
pub async fn end(house: &House, ask: EndRequest) -> Result<Result<Status, EndRefusal>, StoreError> {
    let answer = house.store.run(end_payments, ask).await?;
    if answer.is_ok() {
        house.bells.payment_changed(ask.payment);
        house.bells.callbacks_wait();
    }
    Ok(answer)
}

/// Ends a payment whose time is over, unless its attempt is under way: then its acquirer is asked first. `false`: the lease is
/// lost.
///
/// # Errors
/// Those of the store.
pub async fn expire(house: &House, lease: Lease, payment: Id<Payment>) -> Result<bool, StoreError> {
    let ask = EndRequest {
        payment,
        wish: Wish::Expire,
    };
    let answer = run_under(house, Some(lease), end_payments, ask).await?;
    if matches!(answer, Some(Ok(_))) {
        house.bells.payment_changed(payment);
        house.bells.callbacks_wait();
    }
    Ok(answer.is_some())
}

/// The step. A payment whose attempt is under way does not end: money may still be taken.
///
/// # Errors
/// Only those of the database.
pub fn end_payments(
    tx: &mut Tx<'_>,
    now: Now,
    asks: &[EndRequest],
) -> Result<Vec<Result<Status, EndRefusal>>, StoreError> {
    asks.iter().map(|ask| end_one(tx, now.at(), *ask)).collect()
}

fn end_one(tx: &mut Tx<'_>, now: UnixMs, ask: EndRequest) -> Result<Result<Status, EndRefusal>, StoreError> {
    let mut payment = payment::get(tx, ask.payment)?
        .ok_or_else(|| StoreError::Corrupt(format!("no payment {}", ask.payment)))?;
    let last = match payment.last_attempt {
        Some(id) => attempt::get(tx, id)?,
        None => None,
    };
    let (status, fault) = (
        last.as_ref().map(|last| last.status),
        last.as_ref().and_then(|last| last.fault),
    );
    let event = match decide_end(&standing(&payment, status), fault, ask.wish, now) {
        Ok(event) => event,
        Err(refusal) => return Ok(Err(refusal)),
    };
    payment.status = payment
        .status
        .after(event)
        .ok_or_else(|| StoreError::Corrupt(format!("payment {} cannot end so", payment.id)))?;
    payment.ended_at = Some(now);
    let line = NewStep {
        payment: payment.id,
        previous: Some(payment.last_change),
        step: Step::of(event),
        attempt: payment.last_attempt,
        detail: fault.map_or("", Fault::code),
    };
    let change = payment::write_steps(tx, &[line], now)?;
    payment.last_change = change.first().copied().unwrap_or(payment.last_change);
    payment::no_longer_open(tx, &[&payment])?;
    payment::keep(tx, &[&payment])?;
    let told = NewEvent {
        merchant: payment.merchant,
        payment: payment.id,
        change: payment.last_change.get(),
        told: Told::PaymentFailed,
    };
    event::write(tx, &[told], now)?;
    Ok(Ok(payment.status))
}

/// Open payments whose time is over, behind `after`, at most so many.
///
/// # Errors
/// Those of the store.
pub async fn overdue(
    house: &House,
    after: (UnixMs, Id<Payment>),
    limit: usize,
) -> Result<Vec<(UnixMs, Id<Payment>)>, StoreError> {
    let now = house.store.clock().now().at();
    house
        .store
        .read(move |tx| payment::overdue(tx, now, after, limit))
        .await
}
