//! How webhooks and events look in this API.

use crate::{app::App, notice};
use rokad_domain::event::Kind;
use rokad_flows::{directory::MerchantEntry, event::Notice};
use rokad_store::webhook::StoredWebhook;
use rokad_wire::{collect::payment_id::payment_id, date::rfc3339};
use serde::Serialize;
use std::collections::BTreeMap;

/// A webhook. The value of its header is never shown.
#[derive(Serialize)]
pub struct WebhookView {
    id: i64,
    url: String,
    events: Vec<&'static str>,
    header_name: Option<String>,
    active: bool,
    consecutive_failures: u32,
    failing_since: Option<String>,
    last_failure: Option<String>,
    switched_off_at: Option<String>,
    switched_off_reason: Option<String>,
    created_at: String,
}

impl From<StoredWebhook> for WebhookView {
    fn from(webhook: StoredWebhook) -> Self {
        let (off_at, reason) = webhook.off.unzip();
        Self {
            id: webhook.id.get(),
            url: webhook.url,
            events: webhook.kinds.iter().map(Kind::name).collect(),
            header_name: webhook.header.map(|(name, _)| name),
            active: webhook.active,
            consecutive_failures: webhook.failing.in_a_row,
            failing_since: webhook.failing.since.map(rfc3339),
            last_failure: webhook.failing.last,
            switched_off_at: off_at.map(rfc3339),
            switched_off_reason: reason,
            created_at: rfc3339(webhook.created_at),
        }
    }
}

/// An event, with what a webhook is posted of it.
#[derive(Serialize)]
pub struct EventView {
    id: i64,
    #[serde(rename = "type")]
    kind: &'static str,
    created_at: String,
    payment_id: String,
    merchant_transaction_id: String,
    /// The body, byte for byte; null when the document has no webhook for it.
    body: Option<String>,
    /// The headers that sign it, made for this answer.
    headers: BTreeMap<&'static str, String>,
}

impl EventView {
    pub fn of(app: &App, merchant: &MerchantEntry, notice: &Notice) -> Self {
        let (event, payment) = (&notice.event, &notice.report.payment);
        let body = notice::body(app, merchant, notice);
        let headers = body.as_ref().map(|body| {
            let id = notice::id(app, event.id);
            notice::signed(merchant, id, body).into()
        });
        Self {
            id: event.id.get(),
            kind: event.told.kind().name(),
            created_at: rfc3339(event.at),
            payment_id: payment_id(payment.id).to_string(),
            merchant_transaction_id: payment.order.txnid.as_str().to_owned(),
            body: body.and_then(|body| String::from_utf8(body).ok()),
            headers: headers.unwrap_or_default(),
        }
    }
}
