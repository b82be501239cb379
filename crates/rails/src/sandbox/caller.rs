//! One request, one answer: how the clients of the sandbox talk to it, over kept-alive connections.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, StatusCode, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use std::time::Duration;

/// How long a connection may take to be made. A bank that is up takes milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a bank may take from the first byte of a request to the last of its answer. Longer than the sandbox bank ever
/// holds an answer back, short enough that a hung bank does not pile up tasks.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept. Shorter than what servers commonly allow (60 s), so that ours is not the side that
/// writes into a closing connection.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of an answer at most.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Calls one bank. Holds the connections.
pub struct Caller {
    base: String,
    bearer: HeaderValue,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// The bank's address is not `http://host[:port]`, or its key cannot stand in a header.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox bank's address must be http://host[:port], and its key printable ASCII")]
pub struct BadAddress;

impl Caller {
    /// Calls the bank at `base`, like `http://127.0.0.1:9100`, with `key`. Connects when first used, on a tokio runtime.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn new(base: &str, key: &str) -> Result<Self, BadAddress> {
        let base = base.trim_end_matches('/');
        let uri: Uri = base.parse().map_err(|_| BadAddress)?;
        if uri.scheme_str() != Some("http")
            || uri.host().is_none()
            || uri.path() != "/"
            || uri.query().is_some()
        {
            return Err(BadAddress);
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {key}")).map_err(|_| BadAddress)?;
        bearer.set_sensitive(true);
        Ok(Self {
            base: base.to_owned(),
            bearer,
            client: client(),
        })
    }

    /// Where it calls, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// One request to `path`, one answer. `None`: none came, or not in time, or too much of it.
    pub async fn call(&self, method: Method, path: &str, body: Bytes) -> Option<(StatusCode, Bytes)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(AUTHORIZATION, self.bearer.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(Full::new(body))
            .ok()?;
        match tokio::time::timeout(ANSWER_TIMEOUT, self.exchange(request)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                tracing::debug!(error, "the sandbox bank is silent");
                None
            }
            Err(_) => {
                tracing::debug!("the sandbox bank did not answer in time");
                None
            }
        }
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
        let response = self.client.request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await?;
        Ok((status, body.to_bytes()))
    }
}

/// A kept-alive client. It tries again on its own only what it knows was never written to a connection.
fn client() -> Client<HttpConnector, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build(connector)
}
