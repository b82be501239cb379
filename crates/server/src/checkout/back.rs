//! `/checkout/{token}/return`: the customer comes back from the bank. What the browser brings is not looked at: the acquirer
//! is asked.

use crate::{
    app::App,
    checkout::{broken, find, page::language, show, to_page},
    http::call::CollectCall,
    jobs::jitter,
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use rokad_flows::payment::ask;
use std::sync::Arc;

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
    if let Some(attempt) = show::under_way(&checkout)
        && let Some(acquirer) = app.collecting.acquirer_of(attempt.purse)
    {
        let inquiry = ask::inquiry(attempt, &checkout.report.payment, acquirer.id);
        if let Err(error) = ask::ask(&app.house, acquirer.rail.as_ref(), &inquiry, jitter()).await {
            return broken(&error, lang).into_response();
        }
    }
    to_page(&token, lang, "")
}
