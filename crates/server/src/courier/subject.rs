//! What deliveries tell of, as it is committed: read for many at once.

use rokad_flows::{
    House,
    event::{Delivery, deliveries},
    payout::status::{Report, as_of},
};
use rokad_store::callback::{OpenCallback, Tells};

/// What one delivery tells of.
pub enum Subject {
    /// A payout, as of one of its changes.
    Payout(Box<Report>),
    /// An event, for a webhook.
    Event(Box<Delivery>),
    /// Nobody wants to hear it any more: the webhook is gone or switched off.
    NotWanted,
    /// It could not be read.
    Unread,
}

/// One for each, in their order.
pub async fn read(house: &House, due: &[OpenCallback]) -> Vec<Subject> {
    let (mut changes, mut events) = (Vec::new(), Vec::new());
    for callback in due {
        match callback.tells {
            Tells::Change(payout, change) => changes.push((payout, change)),
            Tells::Event(_, event) => events.push((callback.endpoint, event)),
        }
    }
    let changes = if changes.is_empty() {
        Ok(Vec::new())
    } else {
        as_of(house, changes).await
    };
    let changes = changes.unwrap_or_else(|error| {
        tracing::error!(%error, "what callbacks tell of could not be read");
        Vec::new()
    });
    let events = deliveries(house, events).await.map_err(|error| {
        tracing::error!(%error, "what webhooks tell of could not be read");
    });
    let (mut changes, were_read) = (changes.into_iter(), events.is_ok());
    let mut events = events.unwrap_or_default().into_iter();
    let mut one = |callback: &OpenCallback| match callback.tells {
        Tells::Change(..) => changes
            .next()
            .flatten()
            .map_or(Subject::Unread, |report| Subject::Payout(Box::new(report))),
        Tells::Event(..) if !were_read => Subject::Unread,
        Tells::Event(..) => events
            .next()
            .flatten()
            .map_or(Subject::NotWanted, |delivery| Subject::Event(Box::new(delivery))),
    };
    due.iter().map(&mut one).collect()
}
