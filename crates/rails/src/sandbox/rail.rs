//! The client of the sandbox bank.
//!
//! One request for each call, over kept-alive connections. What is certain becomes `Paid` or `Refused`; all else is
//! `Silent`, and what contradicts our own question is silent *and* an error in the log.

use super::{
    hearing::{self, Expected},
    words::{TransferAsked, is_reference},
};
use crate::payout::{NewsPage, PayoutRail, Question, Reply};
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
use rokad_domain::rail::{Answer, Instruction};
use std::time::Duration;

/// How long a connection may take to be made. A bank that is up takes milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a bank may take from the first byte of a request to the last of its answer. Longer than the sandbox bank ever
/// holds an answer back, short enough that a hung bank does not pile up tasks.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept. Shorter than what servers commonly allow (60 s), so that ours is not the side that
/// writes into a closing connection.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of an answer at most. [`NEWS_LIMIT`] notices stay below it.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Notices of a page of news at most.
const NEWS_LIMIT: usize = 200;
/// Bytes of a notice at most: a reference of 64, a UTR, an amount, the longest reason, and the names of the fields.
const NOTICE_BYTES_MAX: usize = 256;
const _: () = assert!(NEWS_LIMIT * NOTICE_BYTES_MAX + 64 <= ANSWER_BYTES_MAX);

/// The sandbox bank, as a rail. Cheap to keep, meant to be shared: it holds the connections.
pub struct SandboxRail {
    base: String,
    bearer: HeaderValue,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// The bank's address is not `http://host[:port]`, or its key cannot stand in a header.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox bank's address must be http://host[:port], and its key printable ASCII")]
pub struct BadAddress;

impl SandboxRail {
    /// The bank at `base`, like `http://127.0.0.1:9100`, opened with `key`. Connects when first used, on a tokio runtime.
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

    async fn say(&self, i: &Instruction) -> Answer {
        if !is_reference(&i.reference) {
            tracing::error!(
                reference = i.reference,
                "not sent: the sandbox bank takes no such reference"
            );
            return Answer::Silent;
        }
        let Ok(body) = serde_json::to_vec(&asked(i)) else {
            return Answer::Silent;
        };
        let expected = Expected::to_send(i);
        let uri = format!("{}/v1/transfers", self.base);
        match self.call(Method::POST, uri, body.into()).await {
            Some((status, body)) => hearing::answer(status, &body, &expected),
            None => Answer::Silent,
        }
    }

    async fn question(&self, q: &Question) -> Answer {
        if !is_reference(&q.reference) || !is_reference(&q.from_account) {
            tracing::error!(
                reference = q.reference,
                "not asked: the sandbox bank takes no such reference"
            );
            return Answer::Silent;
        }
        let uri = format!(
            "{}/v1/transfers/{}?from_account={}",
            self.base, q.reference, q.from_account
        );
        match self.call(Method::GET, uri, Bytes::new()).await {
            Some((status, body)) => hearing::answer(status, &body, &Expected::to_ask(q)),
            None => Answer::Silent,
        }
    }

    async fn page(&self, after: u64) -> Option<NewsPage> {
        let uri = format!("{}/v1/news?after={after}&limit={NEWS_LIMIT}", self.base);
        let (status, body) = self.call(Method::GET, uri, Bytes::new()).await?;
        hearing::news(status, &body, after)
    }

    /// One request, one answer. `None`: none came, or not in time, or too much of it.
    async fn call(&self, method: Method, uri: String, body: Bytes) -> Option<(StatusCode, Bytes)> {
        let request = Request::builder()
            .method(method)
            .uri(uri)
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

/// The instruction in the bank's words.
fn asked(i: &Instruction) -> TransferAsked {
    TransferAsked {
        reference: i.reference.clone(),
        from_account: i.from_account.clone(),
        amount_paise: i.amount.get(),
        account_no: i.to.account_no.reveal().clone(),
        ifsc: i.to.ifsc.clone(),
        account_holder: i.to.account_holder.reveal().clone(),
        not_after_ms: i.not_after.0,
    }
}

impl PayoutRail for SandboxRail {
    fn send<'a>(&'a self, i: &'a Instruction) -> Reply<'a, Answer> {
        Box::pin(self.say(i))
    }

    fn ask<'a>(&'a self, q: &'a Question) -> Reply<'a, Answer> {
        Box::pin(self.question(q))
    }

    fn news<'a>(&'a self, after: u64) -> Reply<'a, Option<NewsPage>> {
        Box::pin(self.page(after))
    }
}
