//! `GET /checkout/{token}/events?attempt=N&page=…`: tells the page that waits when it is out of date (server-sent events).

use crate::{
    app::App,
    checkout::{Checkout, find, page::language, show},
    http::call::CollectCall,
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::channel::{Channel, Sender};
use rokad_domain::{Id, id::kind::Payment};
use rokad_pages::Lang;
use std::{
    convert::Infallible,
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::sync::{
    OwnedSemaphorePermit, Semaphore,
    broadcast::{Receiver, error::RecvError},
};

/// Pages that may wait at once. Above it a page reloads by itself instead.
const WATCHERS_MAX: usize = 10_000;

/// How often a waiting page is looked at although nobody rang: another node may have heard the bank.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Looks before the browser is asked to connect anew, so that nothing is held for ever: fifteen minutes.
const LOOKS_MAX: usize = 300;

static WATCHERS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(WATCHERS_MAX)));

pub async fn handle(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    CollectCall(call): CollectCall,
) -> Response {
    let lang = language(&call);
    let checkout = match find(&app, &token, lang).await {
        Ok(checkout) => checkout,
        Err(page) => return page.into_response(),
    };
    let Ok(place) = WATCHERS.clone().try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let Ok(fields) = call.query() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    let shown = (text("attempt"), text("page"));
    let (sender, body) = Channel::<Bytes, Infallible>::new(4);
    tokio::spawn(watch(app, checkout, shown, lang, sender, place));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that buffer would make this useless.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::new(body)).into_response()
}

/// What the page shows is what `shown` names: the number of the attempt, and the stage.
fn is_current(checkout: &Checkout, shown: &(String, String)) -> bool {
    let attempt = checkout.report.payment.attempts.to_string();
    (attempt.as_str(), show::stage(checkout)) == (shown.0.as_str(), shown.1.as_str())
}

async fn watch(
    app: Arc<App>,
    mut checkout: Checkout,
    shown: (String, String),
    lang: Lang,
    mut sender: Sender<Bytes, Infallible>,
    _place: OwnedSemaphorePermit,
) {
    let mut changes = app.house.bells.payment_changes();
    for _ in 0..LOOKS_MAX {
        let payment = &checkout.report.payment;
        let over = app.house.store.clock().now().at() >= payment.expires_at;
        if over || !is_current(&checkout, &shown) {
            let _ = sender
                .send_data(Bytes::from_static(b"event: changed\ndata: 1\n\n"))
                .await;
            return;
        }
        // A comment keeps proxies from closing, and tells us when nobody listens any more.
        if sender
            .send_data(Bytes::from_static(b": waiting\n\n"))
            .await
            .is_err()
        {
            return;
        }
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = rung(&mut changes, payment.id) => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let token = checkout.token.clone();
        match find(&app, &token, lang).await {
            Ok(found) => checkout = found,
            Err(_) => return,
        }
    }
}

async fn rung(changes: &mut Receiver<Id<Payment>>, payment: Id<Payment>) {
    loop {
        match changes.recv().await {
            Ok(changed) if changed != payment => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            // Nobody can ring any more; the look by time goes on.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
