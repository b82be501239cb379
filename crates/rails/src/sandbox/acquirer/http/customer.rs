//! `GET` and `POST /customer/{token}`: the pages of the customer's bank.
//!
//! Every answer to a form is a redirect, so that reloading a page never sends a form again.

use super::{
    super::{
        Acquirer,
        customer::{self, Form, Page},
    },
    html,
};
use crate::sandbox::BankError;
use axum::{
    extract::{Form as Posted, Path, State, rejection::FormRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use hyper::Uri;

/// The pages' stylesheet.
pub async fn style() -> impl IntoResponse {
    let css = include_str!("../../../../../../web/bank/customer.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], css)
}

/// Shows what the customer has to do, or how it ended.
pub async fn look(State(acquirer): State<Acquirer>, Path(token): Path<String>) -> Response {
    let page = acquirer
        .at_desk(|desk, _| Ok(customer::look(&desk.book, &token)))
        .await;
    match page {
        Ok(Some(page)) => show(&page),
        Ok(None) => nowhere(),
        Err(error) => broken(&error),
    }
}

/// Takes an answer.
pub async fn answer(
    State(acquirer): State<Acquirer>,
    Path(token): Path<String>,
    form: Result<Posted<Form>, FormRejection>,
) -> Response {
    // What cannot be read answers nothing: the customer sees the page again.
    let form = form.map(|Posted(form)| form).unwrap_or_default();
    let to = acquirer
        .at_desk(|desk, now| customer::answer(desk, &token, &form, now))
        .await;
    match to {
        Ok(Some(to)) => see_other(&to),
        Ok(None) => nowhere(),
        Err(error) => broken(&error),
    }
}

fn see_other(to: &str) -> Response {
    let location = HeaderValue::try_from(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    let mut headers = guards("'none'");
    headers.insert(header::LOCATION, location);
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn show(page: &Page) -> Response {
    // Browsers hold the redirect that follows a form against the policy of the form's page.
    let targets = format!("'self' {}", origin(&page.return_url));
    match html::page(page) {
        Ok(html) => (guards(&targets), Html(html)).into_response(),
        Err(_) => broken(&BankError::Impossible),
    }
}

fn nowhere() -> Response {
    (StatusCode::NOT_FOUND, guards("'none'"), Html(html::nowhere())).into_response()
}

fn broken(error: &BankError) -> Response {
    tracing::error!(%error, "the bank does not answer its customer");
    let status = StatusCode::SERVICE_UNAVAILABLE;
    (status, guards("'none'"), Html(html::broken())).into_response()
}

/// The origin of an address, as a policy can name it. A policy has no way to write an IPv6 address: then its scheme.
fn origin(url: &str) -> String {
    let Ok(uri) = url.parse::<Uri>() else {
        return String::new();
    };
    let scheme = if uri.scheme_str() == Some("https") {
        "https"
    } else {
        "http"
    };
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let named = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
    if authority.bytes().all(named) {
        format!("{scheme}://{authority}")
    } else {
        format!("{scheme}:")
    }
}

/// What every page says to a browser. `targets`: where its forms may lead.
pub fn guards(targets: &str) -> HeaderMap {
    let policy = format!(
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action {targets}; frame-ancestors 'none'"
    );
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let mut headers: HeaderMap = fixed
        .into_iter()
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_the_origin_of_the_shop_and_nothing_more() {
        for (url, named) in [
            ("https://shop.example/back?a=b;c", "https://shop.example"),
            ("http://127.0.0.1:7300/x", "http://127.0.0.1:7300"),
            ("http://[::1]:7300/x", "http:"),
            ("https://shop.example;script-src/x", "https:"),
        ] {
            assert_eq!(origin(url), named);
        }
    }
}
