//! Webhooks are registered, changed, removed, switched on again, and told what they missed.

use crate::{House, Keyring};
use rokad_domain::{
    Id, Now, Private, UnixMs,
    event::Kinds,
    id::kind::{Endpoint, Event, Merchant},
    webhook::{WEBHOOKS_MAX, WebhookUrl},
};
use rokad_store::{
    StoreError, Tx,
    callback::{self, Owed, Tells},
    event::{self, Missed},
    operator,
    webhook::{self, Failing, NewWebhook, StoredWebhook},
};

/// Events that are owed anew in one transaction.
const REPLAYED_AT_ONCE: usize = 5_000;

/// A header that a merchant wants beside ours. The name and the value were checked.
#[derive(Clone, Debug)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value: a secret.
    pub value: Private<String>,
    /// For its sealing; random.
    pub nonce: [u8; 24],
}

/// A webhook about to be registered.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Where events are posted.
    pub url: WebhookUrl,
    /// What it wants to hear of.
    pub kinds: Kinds,
    /// A header beside ours.
    pub header: Option<Header>,
}

/// What is changed of a webhook. What is `None` stays.
#[derive(Clone, Default, Debug)]
pub struct Changes {
    /// Where events are posted.
    pub url: Option<WebhookUrl>,
    /// What it wants to hear of.
    pub kinds: Option<Kinds>,
    /// A header beside ours, or none any more.
    pub header: Option<Option<Header>>,
}

/// From when on a webhook is told what it missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replay {
    /// All that it missed since it began to fail.
    Missed,
    /// Since this instant.
    Since(UnixMs),
}

/// Why nothing is changed.
#[derive(thiserror::Error, Debug)]
pub enum WebhookRefusal {
    /// The merchant has none of this number.
    #[error("there is no such webhook")]
    Unknown,
    /// It has as many as it may have.
    #[error("a merchant has at most {WEBHOOKS_MAX} webhooks")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Under what a header's value is sealed: it opens for this webhook alone.
fn sealed_as(id: Id<Endpoint>) -> String {
    format!("webhook {id} header")
}

/// The header of a webhook. `None`: it wants none, or the value does not open under this instance key.
#[must_use]
pub fn open_header(keys: &Keyring, webhook: &StoredWebhook) -> Option<(String, Private<String>)> {
    let (name, sealed) = webhook.header.as_ref()?;
    let value = keys.open(webhook.merchant, &sealed_as(webhook.id), sealed)?;
    Some((name.clone(), Private::new(value)))
}

fn seal(keys: &Keyring, merchant: Id<Merchant>, id: Id<Endpoint>, header: &Header) -> (String, Vec<u8>) {
    let value = header.value.reveal();
    let sealed = keys.seal(merchant, &sealed_as(id), value, header.nonce);
    (header.name.clone(), sealed)
}

/// A merchant's webhooks, oldest first.
///
/// # Errors
/// Those of the store.
pub async fn list(house: &House, merchant: Id<Merchant>) -> Result<Vec<StoredWebhook>, StoreError> {
    house
        .store
        .read(move |tx| webhook::of_merchant(tx, merchant))
        .await
}

fn find(tx: &Tx<'_>, merchant: Id<Merchant>, id: Id<Endpoint>) -> Result<StoredWebhook, WebhookRefusal> {
    let found = webhook::get_all(tx, &[id])?.pop();
    found
        .filter(|webhook| webhook.merchant == merchant)
        .ok_or(WebhookRefusal::Unknown)
}

/// Registers a webhook, which hears of everything from now on.
///
/// # Errors
/// As [`WebhookRefusal`].
pub async fn register(
    house: &House,
    keys: &Keyring,
    merchant: Id<Merchant>,
    new: Registration,
    actor: String,
) -> Result<StoredWebhook, WebhookRefusal> {
    let keys = keys.clone();
    house
        .store
        .tx("register a webhook", move |tx, now| {
            if webhook::of_merchant(tx, merchant)?.len() >= WEBHOOKS_MAX {
                return Err(WebhookRefusal::TooMany);
            }
            let id = webhook::next_number(tx)?;
            let header = new
                .header
                .as_ref()
                .map(|header| seal(&keys, merchant, id, header));
            let row = NewWebhook {
                id,
                merchant,
                url: new.url.as_str(),
                kinds: new.kinds,
                header: header
                    .as_ref()
                    .map(|(name, sealed)| (name.as_str(), sealed.as_slice())),
            };
            webhook::insert(tx, &row, now.at())?;
            operator::log_action(
                tx,
                &actor,
                "webhook.add",
                &id.to_string(),
                new.url.as_str(),
                now.at(),
            )?;
            find(tx, merchant, id)
        })
        .await
}

/// Changes a webhook. What is owed to it goes to the new address.
///
/// # Errors
/// As [`WebhookRefusal`].
pub async fn change(
    house: &House,
    keys: &Keyring,
    merchant: Id<Merchant>,
    id: Id<Endpoint>,
    changes: Changes,
    actor: String,
) -> Result<StoredWebhook, WebhookRefusal> {
    let keys = keys.clone();
    house
        .store
        .tx("change a webhook", move |tx, now| {
            let mut webhook = find(tx, merchant, id)?;
            if let Some(url) = &changes.url {
                url.as_str().clone_into(&mut webhook.url);
            }
            webhook.kinds = changes.kinds.unwrap_or(webhook.kinds);
            if let Some(header) = &changes.header {
                webhook.header = header.as_ref().map(|header| seal(&keys, merchant, id, header));
            }
            webhook::keep_settings(tx, &webhook)?;
            operator::log_action(
                tx,
                &actor,
                "webhook.change",
                &id.to_string(),
                &webhook.url,
                now.at(),
            )?;
            Ok(webhook)
        })
        .await
}

/// Removes a webhook. What was owed to it is posted nowhere; the events stay.
///
/// # Errors
/// As [`WebhookRefusal`].
pub async fn remove(
    house: &House,
    merchant: Id<Merchant>,
    id: Id<Endpoint>,
    actor: String,
) -> Result<(), WebhookRefusal> {
    house
        .store
        .tx("remove a webhook", move |tx, now| {
            let webhook = find(tx, merchant, id)?;
            callback::owe_nothing(tx, id)?;
            webhook::remove(tx, id)?;
            operator::log_action(
                tx,
                &actor,
                "webhook.remove",
                &id.to_string(),
                &webhook.url,
                now.at(),
            )?;
            Ok(())
        })
        .await
}

/// Switches a webhook on, whatever it was, and has it told what it missed. Returns it, and how much that is.
///
/// # Errors
/// As [`WebhookRefusal`]. When the store fails after more than one transaction, a part may be owed: called again, all of it is
/// owed once.
pub async fn switch_on(
    house: &House,
    merchant: Id<Merchant>,
    id: Id<Endpoint>,
    replay: Option<Replay>,
    actor: String,
) -> Result<(StoredWebhook, usize), WebhookRefusal> {
    let begin = move |tx: &mut Tx<'_>, now: Now| switch_one_on(tx, now, merchant, id, replay, &actor);
    let (webhook, mut replayed, mut rest) = house.store.tx("switch a webhook on", begin).await?;
    house.bells.callbacks_wait();
    while let Some((missed, after)) = rest {
        let owe = move |tx: &mut Tx<'_>, now: Now| owe_missed(tx, now, missed, after);
        let (count, more) = house.store.tx("replay events", owe).await?;
        (replayed, rest) = (replayed + count, more);
        house.bells.callbacks_wait();
    }
    Ok((webhook, replayed))
}

/// What is left to be replayed, and behind which event.
type Rest = Option<(Missed, Id<Event>)>;

fn switch_one_on(
    tx: &Tx<'_>,
    now: Now,
    merchant: Id<Merchant>,
    id: Id<Endpoint>,
    replay: Option<Replay>,
    actor: &str,
) -> Result<(StoredWebhook, usize, Rest), WebhookRefusal> {
    let mut webhook = find(tx, merchant, id)?;
    let since = match replay {
        None => None,
        Some(Replay::Since(since)) => Some(since),
        // One that is not failing has missed nothing but what it is owed.
        Some(Replay::Missed) => event::oldest_owed(tx, id)?
            .into_iter()
            .chain(webhook.failing.since)
            .min(),
    };
    (webhook.active, webhook.failing, webhook.off) = (true, Failing::default(), None);
    webhook::keep_standing(tx, &[&webhook])?;
    let detail = since.map_or_else(String::new, |since| format!("replay since {}", since.0));
    operator::log_action(tx, actor, "webhook.switch_on", &id.to_string(), &detail, now.at())?;
    let Some(since) = since else {
        return Ok((webhook, 0, None));
    };
    let missed = Missed {
        merchant,
        webhook: id,
        kinds: webhook.kinds,
        since,
        until: event::last_of(tx, merchant)?,
    };
    event::forget_owed(tx, &missed)?;
    // With the first part in the same transaction nothing newer comes before it.
    let (count, rest) = owe_missed(tx, now, missed, Id::new(0))?;
    Ok((webhook, count, rest))
}

/// Owes the next part of what was missed. Returns how much, and what may be left.
fn owe_missed(tx: &Tx<'_>, now: Now, missed: Missed, after: Id<Event>) -> Result<(usize, Rest), StoreError> {
    let found = event::missed(tx, &missed, after, REPLAYED_AT_ONCE)?;
    let owed: Vec<Owed> = found
        .iter()
        .map(|(payment, event)| Owed {
            endpoint: missed.webhook,
            tells: Tells::Event(*payment, *event),
        })
        .collect();
    callback::owe(tx, &owed, now.at())?;
    let last = found.last().filter(|_| found.len() == REPLAYED_AT_ONCE);
    Ok((found.len(), last.map(|(_, event)| (missed, *event))))
}
