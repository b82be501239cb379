//! One delivery: the callback is rendered from its committed row, posted, and what came back is kept.

use crate::{api::payout::status_polling::with_view, app::App, jobs::jitter};
use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Uri,
    header::{CONTENT_TYPE, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rokad_domain::{
    callback::{Fate, Reply},
    node::Lease,
};
use rokad_flows::{
    callback::{Tried, settle_callbacks},
    directory::{MerchantEntry, SecretKind},
    payout::status::Report,
};
use rokad_store::{callback::OpenCallback, clock::Stopwatch};
use rokad_wire::{
    chance,
    payout::{Environment, SealKey, acknowledgement},
    webhook,
};
use std::{sync::Arc, time::Duration};

/// Milliseconds that an endpoint has to connect and answer. Source: contract.md §1.
const ANSWER_TIMEOUT_MS: u64 = 10_000;

/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// How long an idle connection to an endpoint is kept.
const IDLE: Duration = Duration::from_secs(30);

/// Carries callbacks. Holds the connections.
pub struct Carrier {
    app: Arc<App>,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Carrier {
    /// Trusts the authorities that this machine trusts.
    pub fn new(app: Arc<App>) -> std::io::Result<Self> {
        let provider = rustls::crypto::ring::default_provider();
        let https = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider)?;
        // In production nothing leaves in the clear.
        let https = match app.environment {
            Environment::Production => https.https_only(),
            Environment::Uat => https.https_or_http(),
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(https.enable_http1().build());
        Ok(Self { app, client })
    }

    /// Carries one callback, with the payout as of its change, and keeps what came back. `None`: it could not be kept, or is not owed any more, or not by this
    /// node.
    pub async fn carry(
        &self,
        callback: &OpenCallback,
        lease: Lease,
        report: Option<&Report>,
    ) -> Option<Fate> {
        let watch = Stopwatch::start();
        let limit = Duration::from_millis(ANSWER_TIMEOUT_MS);
        let reply = tokio::time::timeout(limit, self.post(callback, report)).await;
        let reply = reply
            .unwrap_or(Err("no answer in time"))
            .unwrap_or_else(Reply::Unreachable);
        if reply == Reply::HashMismatch {
            tracing::warn!(callback = %callback.id, payout = %callback.payout, "the endpoint says: Hash Mismatch");
        }
        let tried = Tried {
            callback: callback.id,
            lease,
            reply,
            took_ms: watch.elapsed_ms(),
            jitter: jitter(),
        };
        match self.app.house.store.run(settle_callbacks, tried).await {
            Ok(fate) => fate,
            Err(error) => {
                tracing::error!(%error, callback = %callback.id, "the end of a delivery was not kept");
                Some(Fate::Retry(
                    self.app.house.store.clock().now().at().plus_ms(1_000),
                ))
            }
        }
    }

    async fn post(&self, callback: &OpenCallback, report: Option<&Report>) -> Result<Reply, &'static str> {
        let report = report.ok_or("what it tells of could not be read")?;
        let directory = self.app.directory();
        let merchant = directory
            .merchant(report.payout.merchant)
            .ok_or("the merchant is gone")?;
        let url = directory
            .url(callback.endpoint)
            .ok_or("the merchant has no callback URL any more")?;
        let request = self.request(callback, report, merchant, url)?;
        let answer = self.client.request(request).await.map_err(|error| why(&error))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|_| "the answer was cut off, or is above 64 KiB")?;
        Ok(acknowledgement(status, &body.to_bytes()))
    }

    fn request(
        &self,
        callback: &OpenCallback,
        report: &Report,
        merchant: &MerchantEntry,
        url: &str,
    ) -> Result<Request<Full<Bytes>>, &'static str> {
        // During a rotation the merchant still verifies with the older key.
        let secret = merchant
            .secrets(SecretKind::PayoutSecret)
            .next()
            .ok_or("the merchant has no secret")?;
        let key = SealKey::from_secret(secret);
        let body = with_view(&self.app, report, |view| view.render(&key, chance::fill()));
        let id = self.event_id(callback);
        let seconds = self.app.house.store.clock().now().at().0 / 1_000;
        let signatures: Vec<String> = merchant
            .secrets(SecretKind::CallbackSigning)
            .filter_map(webhook::Secret::parse)
            .map(|secret| webhook::sign(&secret, &id, seconds, &body))
            .collect();
        let uri: Uri = url.parse().map_err(|_| "the callback URL is none")?;
        Request::post(uri)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("Rokad/", env!("CARGO_PKG_VERSION")))
            .header(webhook::ID_HEADER, id)
            .header(webhook::TIMESTAMP_HEADER, seconds)
            .header(webhook::SIGNATURE_HEADER, signatures.join(" "))
            .body(Full::from(body))
            .map_err(|_| "the callback URL is none")
    }

    /// Names the change that is told of, the same at every attempt, and says nothing of how many there are.
    fn event_id(&self, callback: &OpenCallback) -> String {
        let name = self
            .app
            .keys
            .derive(&format!("payout change {}", callback.change));
        format!("evt_{}", hex::encode(&name[..12]))
    }
}

fn why(error: &hyper_util::client::legacy::Error) -> &'static str {
    if error.is_connect() {
        "no connection"
    } else {
        "the connection broke before an answer"
    }
}
