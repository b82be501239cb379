//! `POST /checkout/{token}/pay`: the customer pays.

use crate::{
    app::App,
    checkout::{
        Checkout, broken, find,
        form::{BadForm, Form},
        page::language,
        show, to_page,
    },
    http::call::CollectCall,
    jobs::jitter,
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use rokad_domain::account::Account;
use rokad_flows::payment::attempt::{AttemptRequest, pay, show_qr};
use rokad_pages::Lang;
use std::sync::Arc;

/// Asks the page to send the browser on to the bank by itself.
const GO: &str = "&go=1";

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
    let Ok(fields) = call.fields() else {
        return to_page(&token, lang, "");
    };
    let now = app.house.store.clock().now().at();
    match Form::read(&fields, &app.collecting, &app.keys, now) {
        Ok(form) => carry_out(app, checkout, form, lang).await,
        // A form whose attempt exists is answered by how that stands, whatever is in it.
        Err(BadForm::Faults(typed, faults)) if show::stage(&checkout) == "choose" => {
            show::choose(&app, &checkout, lang, Some((*typed, faults))).into_response()
        }
        Err(BadForm::Faults(..) | BadForm::NotOurs) => to_page(&token, lang, ""),
    }
}

/// Pays on a task of its own: a browser that hangs up in the middle leaves no attempt half done.
async fn carry_out(app: Arc<App>, checkout: Checkout, form: Form, lang: Lang) -> Response {
    let token = checkout.token.clone();
    let paying = tokio::spawn(async move { attempt(&app, &checkout, form, lang).await });
    match paying.await {
        Ok(Ok(())) => to_page(&token, lang, GO),
        Ok(Err(error)) => broken(&error, lang).into_response(),
        // The task died. What it kept is found out about; the page shows it.
        Err(_) => to_page(&token, lang, ""),
    }
}

/// Begins the attempt. Whatever stands in its way (a form sent twice, another tab, the time) shows on the page.
async fn attempt(
    app: &App,
    checkout: &Checkout,
    form: Form,
    lang: Lang,
) -> Result<(), rokad_store::StoreError> {
    let ask = |purse: Account| AttemptRequest {
        payment: checkout.report.payment.id,
        number: form.number,
        means: form.shown.clone(),
        purse,
        instance_tag: app.keys.instance_tag(),
    };
    let Some(means) = form.means else {
        if let Some(qr) = &app.collecting.upi_qr {
            let _ = show_qr(&app.house, ask(Account::Bank(qr.bank_account))).await?;
        }
        return Ok(());
    };
    let Some(acquirer) = app.collecting.acquirer_for(means.method()) else {
        return Ok(());
    };
    let ask = ask(Account::Acquirer(acquirer.id));
    let back = return_url(app, &checkout.token, lang);
    let answer = pay(&app.house, acquirer.rail.as_ref(), ask, means, back, jitter()).await?;
    if let Err(refusal) = answer {
        tracing::debug!(?refusal, "no attempt was begun");
    }
    Ok(())
}

fn return_url(app: &App, token: &str, lang: Lang) -> String {
    let base = &app.collecting.public_url;
    format!("{base}/checkout/{token}/return?lang={}", lang.code())
}
