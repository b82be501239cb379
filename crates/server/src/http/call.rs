//! A request as the APIs see it: who sent it, its query, and its whole body within the limits.

use crate::{
    app::App,
    http::{
        CLIENT_TIMEOUT_MS,
        answer::Refused,
        source::{Peer, source_address},
    },
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use rokad_wire::{Fields, FieldsError, Refusal, fields::BODY_BYTES_MAX};
use std::{net::IpAddr, sync::Arc, time::Duration};

/// One call of an API.
pub struct Call {
    /// From where it comes.
    pub source: IpAddr,
    query: Option<String>,
    body: Bytes,
}

impl Call {
    /// Its parameters.
    pub fn fields(&self) -> Result<Fields<'_>, Refused> {
        Ok(Fields::read(self.query.as_deref(), &self.body)?)
    }
}

impl FromRequest<Arc<App>> for Call {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refused> {
        let (head, body) = request.into_parts();
        let peer = head.extensions.get::<Peer>().ok_or(Refusal::Internal)?;
        let source = source_address(peer.0, &head.headers, &app.trusted_proxies);
        let read = Limited::new(body, BODY_BYTES_MAX).collect();
        let read = tokio::time::timeout(Duration::from_millis(CLIENT_TIMEOUT_MS), read).await;
        let body = match read {
            Err(_) => return Err(Refusal::TooSlow.into()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(Refusal::BodyTooLarge.into()),
            Ok(Err(_)) => return Err(FieldsError::CutOff.into()),
            Ok(Ok(body)) => body.to_bytes(),
        };
        Ok(Self {
            source,
            query: head.uri.query().map(str::to_owned),
            body,
        })
    }
}
