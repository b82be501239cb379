//! The customer turns back: to another way to pay, or to the shop.

use crate::{
    app::App,
    checkout::{Checkout, broken, find, page::language, show, to_page},
    http::call::{Call, CollectCall},
    jobs::jitter,
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use rokad_domain::payment::Wish;
use rokad_flows::payment::{
    attempt::call_off,
    end::{EndRequest, end},
};
use rokad_store::StoreError;
use std::sync::Arc;

/// `POST /checkout/{token}/change`: another way to pay. The attempt under way is called off first: only when it is certain
/// that it takes no money may another begin.
pub async fn change(state: State<Arc<App>>, path: Path<String>, call: CollectCall) -> Response {
    leave(state, path, call, None).await
}

/// `POST /checkout/{token}/cancel`.
pub async fn cancel(state: State<Arc<App>>, path: Path<String>, call: CollectCall) -> Response {
    leave(state, path, call, Some(Wish::Cancel)).await
}

/// `POST /checkout/{token}/give-up`: back to the shop after a failure.
pub async fn give_up(state: State<Arc<App>>, path: Path<String>, call: CollectCall) -> Response {
    leave(state, path, call, Some(Wish::GiveUp)).await
}

async fn leave(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    CollectCall(call): CollectCall,
    wish: Option<Wish>,
) -> Response {
    let lang = language(&call);
    let checkout = match find(&app, &token, lang).await {
        Ok(checkout) => checkout,
        Err(page) => return page.into_response(),
    };
    if is_stale(&call, &checkout, wish) {
        return to_page(&token, lang, "");
    }
    match carry_out(&app, &checkout, wish).await {
        Ok(()) => to_page(&token, lang, ""),
        Err(error) => broken(&error, lang).into_response(),
    }
}

/// Whether the form is of a page that shows what is no longer so: it must not call off what another tab has begun since.
/// `change` stands on the pages of an attempt under way, and carries its number. The others stand where none is under way,
/// and carry the number of the next.
fn is_stale(call: &Call, checkout: &Checkout, wish: Option<Wish>) -> bool {
    let sent = call
        .fields()
        .ok()
        .and_then(|fields| fields.text("attempt")?.parse::<u32>().ok());
    let under_way = show::under_way(checkout).map(|attempt| attempt.number);
    let shown = match (wish, under_way) {
        (None, number) => number,
        (Some(_), None) => Some(checkout.report.payment.attempts + 1),
        (Some(_), Some(_)) => None,
    };
    sent.is_none() || sent != shown
}

/// What cannot be done (the money was taken, the bank does not answer, it has ended already) shows on the page.
async fn carry_out(app: &App, checkout: &Checkout, wish: Option<Wish>) -> Result<(), StoreError> {
    let payment = &checkout.report.payment;
    if let Some(wish) = wish {
        let ask = EndRequest {
            payment: payment.id,
            wish,
        };
        if let Err(refusal) = end(&app.house, ask).await? {
            tracing::debug!(?refusal, "the payment goes on");
        }
    } else if let Some(attempt) = show::under_way(checkout)
        && let Some(acquirer) = app.collecting.acquirer_of(attempt.purse)
    {
        call_off(&app.house, acquirer.rail.as_ref(), attempt, payment, jitter()).await?;
    }
    Ok(())
}
