//! An event as a webhook is told of it: the body, and the headers that sign it. The same for the courier, and for whoever lists
//! events.

use crate::{api::collect::outcome, app::App};
use rokad_domain::{Id, id::kind::Event};
use rokad_flows::{
    directory::{MerchantEntry, SecretKind},
    event::Notice,
};
use rokad_store::Clock;
use rokad_wire::{collect, webhook};

/// The body. `None`: the document has no webhook for it.
pub fn body(app: &App, merchant: &MerchantEntry, notice: &Notice) -> Option<Vec<u8>> {
    let outcome = outcome::of(app, merchant, &notice.report);
    let (id, told) = (notice.event.id, &notice.event.told);
    collect::webhook::render(id, told, &outcome, outcome::salt(merchant))
}

/// Names the event, the same at every attempt, and says nothing of how many there are.
pub fn id(app: &App, event: Id<Event>) -> String {
    let name = app.keys.derive(&format!("event {event}"));
    format!("evt_{}", hex::encode(&name[..12]))
}

/// The headers of Standard Webhooks for one attempt. While a secret is being replaced both sign.
pub fn signed(merchant: &MerchantEntry, id: String, body: &[u8]) -> [(&'static str, String); 3] {
    // The receiver compares it with its own clock, which nobody moves.
    let seconds = Clock::system().now().at().0 / 1_000;
    let signatures: Vec<String> = merchant
        .secrets(SecretKind::CallbackSigning)
        .filter_map(webhook::Secret::parse)
        .map(|secret| webhook::sign(&secret, &id, seconds, body))
        .collect();
    [
        (webhook::ID_HEADER, id),
        (webhook::TIMESTAMP_HEADER, seconds.to_string()),
        (webhook::SIGNATURE_HEADER, signatures.join(" ")),
    ]
}
