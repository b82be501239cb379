//! Everything that this API answers when it does not do what it was asked: one enum, one table.

use crate::{api::v1::answer, http::answer::status};
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use rokad_domain::{
    dispute::ReplyRefusal,
    webhook::{HeaderRefusal, UrlRefusal, WEBHOOKS_MAX},
};
use rokad_flows::{event::ResendRefusal, webhook::WebhookRefusal};
use rokad_store::StoreError;
use rokad_wire::evidence::FILES_MAX;
use serde::Serialize;

/// Why a call is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The body is none that this call takes: where and why.
    MalformedBody(String),
    /// The query is none that this call takes: the sentence that names the parameter.
    InvalidQuery(&'static str),
    /// The URL is not taken.
    InvalidUrl(UrlRefusal),
    /// A word among the events stands for none: which.
    InvalidEvents(String),
    /// The header is not taken.
    InvalidHeader(HeaderRefusal),
    /// From when on is to be replayed cannot be read.
    InvalidReplay,
    /// `Authorization` is missing or nobody's.
    Unauthorized,
    /// The merchant is switched off.
    MerchantInactive,
    /// The merchant has no such webhook.
    NoWebhook,
    /// The merchant has no such event.
    NoEvent,
    /// The merchant has no such dispute.
    NoDispute,
    /// The dispute was answered already, or has ended: its state.
    DisputeNotOpen(&'static str),
    /// The dispute's deadline is over.
    DisputeTooLate,
    /// A file is not taken: its name, and why.
    InvalidFile(String),
    /// There are no files, or too many.
    InvalidFiles,
    /// The path takes other methods: which.
    MethodNotAllowed(&'static str),
    /// The request did not arrive in time.
    TooSlow,
    /// The merchant has as many webhooks as it may have.
    TooManyWebhooks,
    /// No active webhook wants the event.
    NobodyListens,
    /// The body is too large.
    BodyTooLarge,
    /// Something broke on our side.
    Internal,
    /// More calls than can be served now.
    Busy,
}

impl Refusal {
    /// The public contract of this refusal: HTTP status and code.
    pub const fn wire(&self) -> (u16, &'static str) {
        match self {
            Self::MalformedBody(_) => (400, "api.malformed_body"),
            Self::InvalidQuery(_) => (400, "api.invalid_query"),
            Self::InvalidUrl(_) => (400, "webhook.invalid_url"),
            Self::InvalidEvents(_) => (400, "webhook.invalid_events"),
            Self::InvalidHeader(_) => (400, "webhook.invalid_header"),
            Self::InvalidReplay => (400, "webhook.invalid_replay_since"),
            Self::Unauthorized => (401, "api.unauthorized"),
            Self::MerchantInactive => (403, "api.merchant_inactive"),
            Self::NoWebhook => (404, "webhook.not_found"),
            Self::NoEvent => (404, "event.not_found"),
            Self::NoDispute => (404, "dispute.not_found"),
            Self::DisputeNotOpen(_) => (409, "dispute.not_open"),
            Self::DisputeTooLate => (409, "dispute.too_late"),
            Self::InvalidFile(_) => (400, "dispute.invalid_file"),
            Self::InvalidFiles => (400, "dispute.invalid_files"),
            Self::MethodNotAllowed(_) => (405, "api.method_not_allowed"),
            Self::TooSlow => (408, "api.too_slow"),
            Self::TooManyWebhooks => (409, "webhook.too_many"),
            Self::NobodyListens => (409, "event.nobody_listens"),
            Self::BodyTooLarge => (413, "api.body_too_large"),
            Self::Internal => (500, "api.internal"),
            Self::Busy => (503, "api.busy"),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::MalformedBody(why) => format!("The body cannot be read: {why}"),
            Self::InvalidQuery(sentence) => (*sentence).to_owned(),
            Self::InvalidUrl(refusal) => refusal.sentence().to_owned(),
            Self::InvalidEvents(word) => format!(
                "The events must be a list of payment.succeeded, payment.failed, refund, dispute or all; {word:?} is none"
            ),
            Self::InvalidHeader(refusal) => refusal.sentence().to_owned(),
            Self::InvalidReplay => {
                "The replay_since must be \"missed\", or an instant like 2026-01-31T18:05:00+05:30".to_owned()
            }
            Self::Unauthorized => "Authorization is missing or wrong".to_owned(),
            Self::MerchantInactive => "The merchant is switched off".to_owned(),
            Self::NoWebhook => "There is no such webhook".to_owned(),
            Self::NoEvent => "There is no such event".to_owned(),
            Self::NoDispute => "There is no such dispute".to_owned(),
            Self::DisputeNotOpen(word) => format!("The dispute is {word} already"),
            Self::DisputeTooLate => "The dispute's deadline is over; it may still be accepted".to_owned(),
            Self::InvalidFile(why) => why.clone(),
            Self::InvalidFiles => format!("Give 1 to {FILES_MAX} files"),
            Self::MethodNotAllowed(allowed) => format!("This path takes {allowed}"),
            Self::TooSlow => "The request did not arrive in time".to_owned(),
            Self::TooManyWebhooks => format!("A merchant has at most {WEBHOOKS_MAX} webhooks"),
            Self::NobodyListens => "No active webhook wants to hear of this event".to_owned(),
            Self::BodyTooLarge => "The body is above 64 KiB, or above 8 MiB with files".to_owned(),
            Self::Internal => "Something went wrong on our side".to_owned(),
            Self::Busy => "Too busy at present; try again in a moment".to_owned(),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if error.is_busy() {
            return Self::Busy;
        }
        tracing::error!(%error, "a request failed");
        Self::Internal
    }
}

impl From<WebhookRefusal> for Refusal {
    fn from(refusal: WebhookRefusal) -> Self {
        match refusal {
            WebhookRefusal::Unknown => Self::NoWebhook,
            WebhookRefusal::TooMany => Self::TooManyWebhooks,
            WebhookRefusal::Store(error) => error.into(),
        }
    }
}

impl From<ReplyRefusal> for Refusal {
    fn from(refusal: ReplyRefusal) -> Self {
        match refusal {
            ReplyRefusal::NoDispute => Self::NoDispute,
            ReplyRefusal::NotOpen(status) => Self::DisputeNotOpen(status.word()),
            ReplyRefusal::TooLate => Self::DisputeTooLate,
        }
    }
}

impl From<ResendRefusal> for Refusal {
    fn from(refusal: ResendRefusal) -> Self {
        match refusal {
            ResendRefusal::Unknown => Self::NoEvent,
            ResendRefusal::Nobody => Self::NobodyListens,
            ResendRefusal::Store(error) => error.into(),
        }
    }
}

#[derive(Serialize)]
struct View<'a> {
    status: &'a str,
    code: &'a str,
    message: &'a str,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (code, word) = self.wire();
        let view = View {
            status: "error",
            code: word,
            message: &self.sentence(),
        };
        let mut response = answer(status(code).as_u16(), &view);
        let headers = response.headers_mut();
        if let Self::MethodNotAllowed(allowed) = self {
            headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
        }
        if matches!(self, Self::TooSlow | Self::BodyTooLarge) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_refusal_has_a_code_of_its_own() {
        let all = [
            Refusal::MalformedBody(String::new()),
            Refusal::InvalidQuery(""),
            Refusal::InvalidUrl(UrlRefusal::NoUrl),
            Refusal::InvalidEvents(String::new()),
            Refusal::InvalidHeader(HeaderRefusal::Name),
            Refusal::InvalidReplay,
            Refusal::Unauthorized,
            Refusal::MerchantInactive,
            Refusal::NoWebhook,
            Refusal::NoEvent,
            Refusal::NoDispute,
            Refusal::DisputeNotOpen(""),
            Refusal::DisputeTooLate,
            Refusal::InvalidFile(String::new()),
            Refusal::InvalidFiles,
            Refusal::MethodNotAllowed(""),
            Refusal::TooSlow,
            Refusal::TooManyWebhooks,
            Refusal::NobodyListens,
            Refusal::BodyTooLarge,
            Refusal::Internal,
            Refusal::Busy,
        ];
        let codes: BTreeSet<&str> = all.iter().map(|refusal| refusal.wire().1).collect();
        assert_eq!(codes.len(), all.len());
        assert!(all.iter().all(|refusal| (400..=599).contains(&refusal.wire().0)));
    }
}
