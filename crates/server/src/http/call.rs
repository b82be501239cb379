//! A request as the APIs see it: who sent it, its query, and its whole body within the limits.

use crate::{
    app::App,
    http::{
        CLIENT_TIMEOUT_MS,
        answer::{CollectRefused, Refused},
        source::{Peer, source_address},
    },
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::HeaderMap,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use rokad_wire::{Fields, FieldsError, Refusal, collect, fields::BODY_BYTES_MAX};
use std::{net::IpAddr, sync::Arc, time::Duration};

/// One call of an API, or one request of a browser.
pub struct Call {
    /// From where it comes.
    pub source: IpAddr,
    /// Its header fields.
    pub headers: HeaderMap,
    query: Option<String>,
    body: Bytes,
}

/// Why a call could not be read.
pub enum Unread {
    /// It did not arrive in time.
    TooSlow,
    /// Its body is too large.
    TooLarge,
    /// Its body ended before its time.
    CutOff,
    /// Nobody said from where it comes.
    NoPeer,
}

impl Call {
    /// Its parameters, in the query and in the body.
    pub fn fields(&self) -> Result<Fields<'_>, FieldsError> {
        Fields::read(self.query.as_deref(), &self.body)
    }

    /// The parameters in its query alone.
    pub fn query(&self) -> Result<Fields<'_>, FieldsError> {
        Fields::read(self.query.as_deref(), b"")
    }

    /// A header field, if it is there once and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Its body, as it came.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether its body is JSON, by its look: a wrong or missing `Content-Type` decides nothing.
    pub fn has_json_body(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"{")
    }

    /// Reads a request whose body has at most `most` bytes.
    pub(crate) async fn read(request: Request, app: &App, most: usize) -> Result<Self, Unread> {
        let (head, body) = request.into_parts();
        let peer = head.extensions.get::<Peer>().ok_or(Unread::NoPeer)?;
        let source = source_address(peer.0, &head.headers, &app.trusted_proxies);
        let read = Limited::new(body, most).collect();
        let read = tokio::time::timeout(Duration::from_millis(CLIENT_TIMEOUT_MS), read).await;
        let body = match read {
            Err(_) => return Err(Unread::TooSlow),
            Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(Unread::TooLarge),
            Ok(Err(_)) => return Err(Unread::CutOff),
            Ok(Ok(body)) => body.to_bytes(),
        };
        Ok(Self {
            source,
            query: head.uri.query().map(str::to_owned),
            headers: head.headers,
            body,
        })
    }
}

/// A call of the payout API.
impl FromRequest<Arc<App>> for Call {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refused> {
        Self::read(request, app, BODY_BYTES_MAX).await.map_err(|unread| {
            Refused(match unread {
                Unread::TooSlow => Refusal::TooSlow,
                Unread::TooLarge => Refusal::BodyTooLarge,
                Unread::CutOff => FieldsError::CutOff.into(),
                Unread::NoPeer => Refusal::Internal,
            })
        })
    }
}

/// A call of collecting: the same, refused in its own envelope.
pub struct CollectCall(pub Call);

impl FromRequest<Arc<App>> for CollectCall {
    type Rejection = CollectRefused;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, CollectRefused> {
        Call::read(request, app, BODY_BYTES_MAX)
            .await
            .map(Self)
            .map_err(|unread| {
                CollectRefused(match unread {
                    Unread::TooSlow => collect::Refusal::TooSlow,
                    Unread::TooLarge => collect::Refusal::BodyTooLarge,
                    Unread::CutOff => FieldsError::CutOff.into(),
                    Unread::NoPeer => collect::Refusal::Internal,
                })
            })
    }
}
