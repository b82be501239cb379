//! `/api/v1/events`: what happened, listed, waited for, and posted again.

use crate::{
    api::v1::{MerchantCall, Refusal, answer, number, view::EventView},
    app::App,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use rokad_domain::{Id, id::kind::Event};
use rokad_flows::event::{self, From, Notice};
use serde::Serialize;
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::sync::Semaphore;

/// Events of one answer.
const EVENTS_MAX: usize = 100;

/// Seconds that an answer may wait for an event.
const WAIT_SECONDS_MAX: u64 = 25;

/// How often a caller that waits is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Callers that may wait at once. Above it they are answered at once.
const WAITING_MAX: usize = 256;

static WAITING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(WAITING_MAX));

#[derive(Serialize)]
struct List {
    events: Vec<EventView>,
    /// Behind which event to go on.
    position: i64,
}

/// What is asked for.
struct Asked {
    from: From,
    limit: usize,
    wait: Duration,
}

/// `GET /api/v1/events`.
pub async fn list(State(app): State<Arc<App>>, caller: MerchantCall) -> Result<Response, Refusal> {
    let merchant = caller.merchant.stored.id;
    let asked = read(&app, &caller).await?;
    let mut events = event::list(&app.house, merchant, asked.from, asked.limit).await?;
    if events.is_empty()
        && !asked.wait.is_zero()
        && let Ok(_place) = WAITING.try_acquire()
    {
        let wait = tokio::time::timeout(asked.wait, next(&app, &caller, &asked));
        events = wait.await.unwrap_or(Ok(Vec::new()))?;
    }
    let position = match (asked.from, events.last()) {
        (_, Some(last)) => last.event.id,
        (From::After(after), None) => after,
        (From::Before(_), None) => Id::new(0),
    };
    let view = |notice: &Notice| EventView::of(&app, &caller.merchant, notice);
    let list = List {
        events: events.iter().map(view).collect(),
        position: position.get(),
    };
    Ok(answer(200, &list))
}

/// Waits until there is one, or the process stops.
async fn next(app: &App, caller: &MerchantCall, asked: &Asked) -> Result<Vec<Notice>, Refusal> {
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return Ok(Vec::new()),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let events = event::list(&app.house, caller.merchant.stored.id, asked.from, asked.limit).await?;
        if !events.is_empty() {
            return Ok(events);
        }
    }
}

async fn read(app: &App, caller: &MerchantCall) -> Result<Asked, Refusal> {
    const AFTER: Refusal = Refusal::InvalidQuery("after must be the number of an event, 0, or last");
    const BEFORE: Refusal =
        Refusal::InvalidQuery("before must be the number of an event, without after and wait");
    const LIMIT: Refusal = Refusal::InvalidQuery("limit must be from 1 to 100");
    const WAIT: Refusal = Refusal::InvalidQuery("wait must be from 0 to 25 seconds");
    let fields = caller
        .call
        .query()
        .map_err(|_| Refusal::InvalidQuery("the query cannot be read"))?;
    let text = |name: &str| fields.text(name).filter(|text| !text.is_empty());
    let wait = match text("wait") {
        None => 0,
        Some(text) => text
            .parse()
            .ok()
            .filter(|wait| *wait <= WAIT_SECONDS_MAX)
            .ok_or(WAIT)?,
    };
    let limit = match text("limit") {
        None => EVENTS_MAX,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=EVENTS_MAX).contains(limit))
            .ok_or(LIMIT)?,
    };
    let from = match (text("after"), text("before")) {
        (None, None) if wait == 0 => From::Before(Id::new(i64::MAX)),
        (None, None) | (Some("0"), None) => From::After(Id::new(0)),
        (Some("last"), None) => From::After(event::last(&app.house, caller.merchant.stored.id).await?),
        (Some(after), None) => From::After(number(after).ok_or(AFTER)?),
        (None, Some(before)) if wait == 0 => From::Before(number(before).ok_or(BEFORE)?),
        (_, Some(_)) => return Err(BEFORE),
    };
    Ok(Asked {
        from,
        limit,
        wait: Duration::from_secs(wait),
    })
}

#[derive(Serialize)]
struct Resent {
    webhooks: usize,
}

/// `POST /api/v1/events/{id}/resend`.
pub async fn resend(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    caller: MerchantCall,
) -> Result<Response, Refusal> {
    let id: Id<Event> = number(&id).ok_or(Refusal::NoEvent)?;
    let actor = caller.actor();
    let webhooks = event::resend(&app.house, caller.merchant.stored.id, id, actor).await?;
    Ok(answer(200, &Resent { webhooks }))
}
