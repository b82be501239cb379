//! `/api/v1/webhooks`: where a merchant is told of events.

use crate::{
    api::v1::{MerchantCall, Refusal, answer, number, view::WebhookView},
    app::App,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rokad_domain::{
    Id, Private,
    event::Kinds,
    id::kind::Endpoint,
    webhook::{WebhookUrl, check_header},
};
use rokad_flows::webhook::{self, Changes, Header, Registration, Replay};
use rokad_wire::{chance, date::read_time, payout::Environment};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use std::sync::Arc;

#[derive(Serialize)]
struct List {
    webhooks: Vec<WebhookView>,
}

/// `GET /api/v1/webhooks`.
pub async fn list(State(app): State<Arc<App>>, asked: MerchantCall) -> Result<Response, Refusal> {
    let webhooks = webhook::list(&app.house, asked.merchant.stored.id).await?;
    let webhooks = webhooks.into_iter().map(WebhookView::from).collect();
    Ok(answer(200, &List { webhooks }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderBody {
    name: String,
    value: String,
}

impl HeaderBody {
    fn checked(self) -> Result<Header, Refusal> {
        check_header(&self.name, &self.value).map_err(Refusal::InvalidHeader)?;
        Ok(Header {
            name: self.name,
            value: Private::new(self.value),
            nonce: chance::fill(),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateBody {
    url: String,
    events: Vec<String>,
    header: Option<HeaderBody>,
}

/// `POST /api/v1/webhooks`.
pub async fn create(State(app): State<Arc<App>>, asked: MerchantCall) -> Result<Response, Refusal> {
    let body: CreateBody = read(asked.call.body())?;
    let new = Registration {
        url: url(&app, &body.url)?,
        kinds: kinds(&body.events)?,
        header: body.header.map(HeaderBody::checked).transpose()?,
    };
    let merchant = asked.merchant.stored.id;
    let webhook = webhook::register(&app.house, &app.keys, merchant, new, asked.actor()).await?;
    Ok(answer(201, &WebhookView::from(webhook)))
}

/// `GET /api/v1/webhooks/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    asked: MerchantCall,
) -> Result<Response, Refusal> {
    let id = named(&id)?;
    let webhooks = webhook::list(&app.house, asked.merchant.stored.id).await?;
    let webhook = webhooks.into_iter().find(|webhook| webhook.id == id);
    Ok(answer(
        200,
        &WebhookView::from(webhook.ok_or(Refusal::NoWebhook)?),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    url: Option<String>,
    events: Option<Vec<String>>,
    /// Left out: it stays. Null: none any more.
    #[serde(default, deserialize_with = "given")]
    header: Option<Option<HeaderBody>>,
}

fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<HeaderBody>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// `PATCH /api/v1/webhooks/{id}`.
pub async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    asked: MerchantCall,
) -> Result<Response, Refusal> {
    let id = named(&id)?;
    let body: ChangeBody = read(asked.call.body())?;
    let header = body
        .header
        .map(|header| header.map(HeaderBody::checked).transpose());
    let changes = Changes {
        url: body.url.map(|text| url(&app, &text)).transpose()?,
        kinds: body.events.map(|words| kinds(&words)).transpose()?,
        header: header.transpose()?,
    };
    let merchant = asked.merchant.stored.id;
    let webhook = webhook::change(&app.house, &app.keys, merchant, id, changes, asked.actor()).await?;
    Ok(answer(200, &WebhookView::from(webhook)))
}

/// `DELETE /api/v1/webhooks/{id}`.
pub async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    asked: MerchantCall,
) -> Result<Response, Refusal> {
    let id = named(&id)?;
    webhook::remove(&app.house, asked.merchant.stored.id, id, asked.actor()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SwitchOnBody {
    replay_since: Option<String>,
}

#[derive(Serialize)]
struct SwitchedOn {
    webhook: WebhookView,
    replayed: usize,
}

/// `POST /api/v1/webhooks/{id}/switch-on`.
pub async fn switch_on(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    asked: MerchantCall,
) -> Result<Response, Refusal> {
    let id = named(&id)?;
    let body: SwitchOnBody = match asked.call.body() {
        b"" => SwitchOnBody::default(),
        body => read(body)?,
    };
    let replay = body.replay_since.as_deref().map(replay).transpose()?;
    let merchant = asked.merchant.stored.id;
    let (webhook, replayed) = webhook::switch_on(&app.house, merchant, id, replay, asked.actor()).await?;
    let webhook = webhook.into();
    Ok(answer(200, &SwitchedOn { webhook, replayed }))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    // Left alone, serde would take an array for a struct as well.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(Refusal::MalformedBody("it is no JSON object".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| Refusal::MalformedBody(error.to_string()))
}

fn named(id: &str) -> Result<Id<Endpoint>, Refusal> {
    number(id).ok_or(Refusal::NoWebhook)
}

fn url(app: &App, text: &str) -> Result<WebhookUrl, Refusal> {
    let https_only = app.environment == Environment::Production;
    WebhookUrl::parse(text, https_only).map_err(Refusal::InvalidUrl)
}

/// What the words stand for; the first that stands for nothing is an error.
pub fn kinds(words: &[String]) -> Result<Kinds, Refusal> {
    let mut all = Kinds::default();
    for word in words {
        let kinds = Kinds::named(word).ok_or_else(|| Refusal::InvalidEvents(word.clone()))?;
        all = all.and(kinds);
    }
    if all == Kinds::default() {
        return Err(Refusal::InvalidEvents(String::new()));
    }
    Ok(all)
}

/// From when on is replayed.
pub fn replay(text: &str) -> Result<Replay, Refusal> {
    match text {
        "missed" => Ok(Replay::Missed),
        _ => read_time(text).map(Replay::Since).ok_or(Refusal::InvalidReplay),
    }
}
