//! Events as they are told: each with its payment, for a body that is the same whenever it is rendered.
//!
//! A step that makes something happen writes its event with `rokad_store::event::write`, in its own transaction; whoever
//! runs the step rings [`crate::Bells::callbacks_wait`] afterwards.

use crate::{
    House,
    payment::status::{Report, reports},
};
use rokad_domain::{
    Id, Now,
    id::kind::{Endpoint, Event, Merchant},
};
use rokad_store::{
    StoreError, Tx, event,
    event::StoredEvent,
    operator,
    webhook::{self, StoredWebhook},
};
use std::collections::{BTreeSet, HashMap};

/// An event with its payment.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The event.
    pub event: StoredEvent,
    /// The payment that it is about, or that the refund or dispute is of.
    pub report: Report,
}

/// An event on its way to a webhook.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What is told.
    pub notice: Notice,
    /// To whom. It is active.
    pub webhook: StoredWebhook,
}

fn with_payments(tx: &Tx<'_>, events: Vec<StoredEvent>, today: i64) -> Result<Vec<Notice>, StoreError> {
    let payments: BTreeSet<_> = events.iter().map(|event| event.payment).collect();
    let payments: Vec<_> = payments.into_iter().collect();
    let reports = reports(tx, &payments, today)?;
    let one = |event: StoredEvent| {
        let report = reports.get(&event.payment).cloned();
        let missing = || StoreError::Corrupt(format!("event {} is about no payment", event.id));
        Ok(Notice {
            report: report.ok_or_else(missing)?,
            event,
        })
    };
    events.into_iter().map(one).collect()
}

/// What is to be posted where, in one look. `None`: the webhook is gone or switched off.
///
/// # Errors
/// Those of the store.
pub async fn deliveries(
    house: &House,
    wanted: Vec<(Id<Endpoint>, Id<Event>)>,
) -> Result<Vec<Option<Delivery>>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let today = house.store.clock().now().at().day_in_kolkata();
    let read = move |tx: &mut Tx<'_>| {
        let endpoints: BTreeSet<_> = wanted.iter().map(|(endpoint, _)| *endpoint).collect();
        let webhooks = webhook::get_all(tx, &endpoints.into_iter().collect::<Vec<_>>())?;
        let webhooks: HashMap<_, _> = webhooks
            .into_iter()
            .filter(|webhook| webhook.active)
            .map(|webhook| (webhook.id, webhook))
            .collect();
        let events: BTreeSet<_> = wanted.iter().map(|(_, event)| *event).collect();
        let events = event::get_all(tx, &events.into_iter().collect::<Vec<_>>())?;
        let notices: HashMap<_, _> = with_payments(tx, events, today)?
            .into_iter()
            .map(|notice| (notice.event.id, notice))
            .collect();
        let one = |(endpoint, event): &(Id<Endpoint>, Id<Event>)| {
            let (notice, webhook) = (notices.get(event)?, webhooks.get(endpoint)?);
            Some(Delivery {
                notice: notice.clone(),
                webhook: webhook.clone(),
            })
        };
        Ok(wanted.iter().map(one).collect())
    };
    house.store.read(read).await
}

/// Where a list begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum From {
    /// Behind this event, oldest first.
    After(Id<Event>),
    /// Before this event, newest first.
    Before(Id<Event>),
}

/// A merchant's events, at most so many.
///
/// # Errors
/// Those of the store.
pub async fn list(
    house: &House,
    merchant: Id<Merchant>,
    from: From,
    limit: usize,
) -> Result<Vec<Notice>, StoreError> {
    let today = house.store.clock().now().at().day_in_kolkata();
    let read = move |tx: &mut Tx<'_>| {
        let events = match from {
            From::After(after) => event::after(tx, merchant, after, limit)?,
            From::Before(before) => event::before(tx, merchant, before, limit)?,
        };
        with_payments(tx, events, today)
    };
    house.store.read(read).await
}

/// A merchant's last event; number 0 without one.
///
/// # Errors
/// Those of the store.
pub async fn last(house: &House, merchant: Id<Merchant>) -> Result<Id<Event>, StoreError> {
    house.store.read(move |tx| event::last_of(tx, merchant)).await
}

/// Why nothing is resent.
#[derive(thiserror::Error, Debug)]
pub enum ResendRefusal {
    /// The merchant has none of this number.
    #[error("there is no such event")]
    Unknown,
    /// No active webhook wants it.
    #[error("no active webhook wants to hear of this event")]
    Nobody,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Posts an event again to every active webhook that wants it. Returns to how many.
///
/// # Errors
/// As [`ResendRefusal`].
pub async fn resend(
    house: &House,
    merchant: Id<Merchant>,
    id: Id<Event>,
    actor: String,
) -> Result<usize, ResendRefusal> {
    let due = house
        .store
        .tx("resend an event", move |tx, now| {
            resend_one(tx, now, merchant, id, &actor)
        })
        .await?;
    house.bells.callbacks_wait();
    Ok(due)
}

fn resend_one(
    tx: &mut Tx<'_>,
    now: Now,
    merchant: Id<Merchant>,
    id: Id<Event>,
    actor: &str,
) -> Result<usize, ResendRefusal> {
    let event = event::get_all(tx, &[id])?.pop();
    let event = event
        .filter(|event| event.merchant == merchant)
        .ok_or(ResendRefusal::Unknown)?;
    let kind = event.told.kind();
    let wanted = webhook::subscriptions(tx, &[merchant].into())?;
    let wanted: Vec<_> = wanted.iter().filter(|webhook| webhook.wants(kind)).collect();
    if wanted.is_empty() {
        return Err(ResendRefusal::Nobody);
    }
    for webhook in &wanted {
        event::owe_anew(tx, &event, webhook.id, now.at())?;
    }
    operator::log_action(tx, actor, "event.resend", &id.to_string(), kind.name(), now.at())?;
    Ok(wanted.len())
}
