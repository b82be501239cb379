//! A page on its way out: never cached, never framed, and with a policy of what it may load.

use crate::http::call::Call;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rokad_pages::{Lang, csp};

/// A page with its status and its policy.
pub struct Page {
    status: StatusCode,
    policy: &'static str,
    html: String,
}

impl Page {
    /// A page whose forms stay here.
    pub const fn checkout(status: StatusCode, html: String) -> Self {
        let policy = csp::CHECKOUT;
        Self { status, policy, html }
    }

    /// The page that posts the outcome back to the merchant.
    pub const fn post_back(html: String) -> Self {
        Self {
            status: StatusCode::OK,
            policy: csp::POST_BACK,
            html,
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.html));
        *response.status_mut() = self.status;
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_SECURITY_POLICY, self.policy),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // The address of a checkout is a secret between us and the customer; that it is we who post is none.
            (header::REFERRER_POLICY, "strict-origin"),
        ] {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// The language of a request: asked for in its address or form, else the browser's.
pub fn language(call: &Call) -> Lang {
    let fields = call.fields().or_else(|_| call.query()).unwrap_or_default();
    Lang::choose(fields.text("lang"), call.header("accept-language"))
}

/// `?lang=…`, if a language was asked for in the address.
pub fn asked_language(call: &Call) -> String {
    let fields = call.query().unwrap_or_default();
    let asked = fields.text("lang").and_then(Lang::from_code);
    asked.map_or_else(String::new, |lang| format!("?lang={}", lang.code()))
}
