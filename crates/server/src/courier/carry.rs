//! One delivery: the body is rendered from committed rows, posted, and what came back is kept.

use crate::{
    api::payout::status_polling::with_view,
    app::App,
    courier::{
        address::{Allowed, Guarded, was_not_public},
        subject::Subject,
    },
    jobs::jitter,
    notice,
};
use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Uri,
    header::{CONTENT_TYPE, HeaderValue, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use rokad_domain::{
    Private,
    callback::{Fate, Reply},
    node::Lease,
};
use rokad_flows::{
    callback::{Tried, settle_callbacks},
    directory::{MerchantEntry, SecretKind},
    event::Delivery,
    payout::status::Report,
    webhook::open_header,
};
use rokad_store::{
    callback::{OpenCallback, Tells},
    clock::Stopwatch,
};
use rokad_wire::{
    chance,
    payout::{Environment, SealKey, acknowledgement},
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
    client: Client<HttpsConnector<Guarded>, Full<Bytes>>,
}

impl Carrier {
    /// Trusts the authorities that this machine trusts.
    pub fn new(app: Arc<App>) -> std::io::Result<Self> {
        let provider = rustls::crypto::ring::default_provider();
        let https = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider)?;
        // In production nothing leaves in the clear, and nothing goes to the operator's own network.
        let (https, allowed) = match app.environment {
            Environment::Production => (https.https_only(), Allowed::Public),
            Environment::Uat => (https.https_or_http(), Allowed::Everybody),
        };
        let https = https.enable_http1().wrap_connector(Guarded::new(allowed));
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(https);
        Ok(Self { app, client })
    }

    /// Carries one callback, with what it tells of, and keeps what came back. `None`: it could not be kept, or is not owed any
    /// more, or not by this node.
    pub async fn carry(&self, callback: &OpenCallback, lease: Lease, subject: Subject) -> Option<Fate> {
        if matches!(subject, Subject::NotWanted) {
            return None;
        }
        let watch = Stopwatch::start();
        let limit = Duration::from_millis(ANSWER_TIMEOUT_MS);
        let reply = tokio::time::timeout(limit, self.post(callback, &subject)).await;
        let reply = reply
            .unwrap_or(Err("no answer in time"))
            .unwrap_or_else(Reply::Unreachable);
        if reply == Reply::HashMismatch {
            tracing::warn!(callback = %callback.id, about = ?callback.tells.queue(), "the endpoint says: Hash Mismatch");
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

    async fn post(&self, callback: &OpenCallback, subject: &Subject) -> Result<Reply, &'static str> {
        let (request, read): (_, fn(u16, &[u8]) -> Reply) = match subject {
            Subject::Payout(report) => (self.of_payout(callback, report)?, acknowledgement),
            Subject::Event(delivery) => (self.of_event(delivery)?, any_success),
            Subject::NotWanted | Subject::Unread => return Err("what it tells of could not be read"),
        };
        let answer = self.client.request(request).await.map_err(|error| why(&error))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|_| "the answer was cut off, or is above 64 KiB")?;
        Ok(read(status, &body.to_bytes()))
    }

    fn of_payout(
        &self,
        callback: &OpenCallback,
        report: &Report,
    ) -> Result<Request<Full<Bytes>>, &'static str> {
        let directory = self.app.directory();
        let merchant = directory
            .merchant(report.payout.merchant)
            .ok_or("the merchant is gone")?;
        let url = directory
            .url(callback.endpoint)
            .ok_or("the merchant has no callback URL any more")?;
        // During a rotation the merchant still verifies with the older key.
        let secret = merchant
            .secrets(SecretKind::PayoutSecret)
            .next()
            .ok_or("the merchant has no secret")?;
        let key = SealKey::from_secret(secret);
        let body = with_view(&self.app, report, |view| view.render(&key, chance::fill()));
        self.request(url, merchant, self.change_id(callback), None, body)
    }

    fn of_event(&self, delivery: &Delivery) -> Result<Request<Full<Bytes>>, &'static str> {
        let (notice, webhook) = (&delivery.notice, &delivery.webhook);
        let directory = self.app.directory();
        let merchant = directory
            .merchant(webhook.merchant)
            .ok_or("the merchant is gone")?;
        let body = notice::body(&self.app, merchant, notice).ok_or("there is no webhook for this event")?;
        let header = match &webhook.header {
            None => None,
            Some(_) => Some(open_header(&self.app.keys, webhook).ok_or("the header does not open")?),
        };
        let id = notice::id(&self.app, notice.event.id);
        self.request(&webhook.url, merchant, id, header, body)
    }

    fn request(
        &self,
        url: &str,
        merchant: &MerchantEntry,
        id: String,
        header: Option<(String, Private<String>)>,
        body: Vec<u8>,
    ) -> Result<Request<Full<Bytes>>, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "the callback URL is none")?;
        let mut request = Request::post(uri)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("Rokad/", env!("CARGO_PKG_VERSION")));
        for (name, value) in notice::signed(merchant, id, &body) {
            request = request.header(name, value);
        }
        if let Some((name, value)) = header {
            let mut value = HeaderValue::from_str(value.reveal()).map_err(|_| "the header cannot be sent")?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        request
            .body(Full::from(body))
            .map_err(|_| "the callback URL is none")
    }

    /// Names the change that is told of, the same at every attempt, and says nothing of how many there are.
    fn change_id(&self, callback: &OpenCallback) -> String {
        let change = match callback.tells {
            Tells::Change(_, change) => change.get(),
            Tells::Event(_, event) => event.get(),
        };
        let name = self.app.keys.derive(&format!("payout change {change}"));
        format!("evt_{}", hex::encode(&name[..12]))
    }
}

/// What a webhook's answer means: any 2xx acknowledges, whatever else it says.
fn any_success(status: u16, _body: &[u8]) -> Reply {
    match status {
        200..=299 => Reply::Acknowledged,
        _ => Reply::NotAcknowledged(status),
    }
}

fn why(error: &hyper_util::client::legacy::Error) -> &'static str {
    if was_not_public(error) {
        "the address is not public, and production posts to no other"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke before an answer"
    }
}
