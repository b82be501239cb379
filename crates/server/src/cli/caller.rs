//! How a command talks to a running gateway over HTTP, as a merchant does.

use crate::cli::Failure;
use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{HeaderMap, Method, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use std::{fs, path::PathBuf, time::Duration};

/// How long an answer may take. The gateway holds one back for 25 s at most.
const PATIENCE: Duration = Duration::from_secs(40);

/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The arguments that say which gateway, and as whom.
#[derive(clap::Args, Clone)]
pub struct AsMerchant {
    /// A sandbox's data directory: its demo merchant is who calls
    #[arg(long, value_name = "DIR", default_value = "rokad-data")]
    data: PathBuf,
    /// Another gateway, like https://pay.example
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    url: Option<String>,
    /// The merchant's Authorization value there; else from the environment variable ROKAD_AUTHORIZATION
    #[arg(long, value_name = "VALUE", requires = "url")]
    authorization: Option<String>,
}

/// A gateway, and as whom it is called.
pub struct Gateway {
    /// `http://127.0.0.1:7300`.
    pub url: String,
    /// The merchant's `Authorization` value.
    pub authorization: String,
    /// What a sandbox says of itself.
    pub sandbox: Option<Value>,
}

impl AsMerchant {
    /// Finds it. A sandbox may have come back at another address meanwhile.
    pub fn gateway(&self) -> Result<Gateway, Failure> {
        if let Some(url) = &self.url {
            let authorization = self.authorization.clone();
            let authorization = authorization.or_else(|| std::env::var("ROKAD_AUTHORIZATION").ok());
            return Ok(Gateway {
                url: url.trim_end_matches('/').to_owned(),
                authorization: authorization.ok_or_else(|| {
                    Failure::Said("whose events? give --authorization, or set ROKAD_AUTHORIZATION".to_owned())
                })?,
                sandbox: None,
            });
        }
        let path = self.data.join("sandbox.json");
        let text = fs::read(&path)
            .map_err(|_| Failure::Said(format!("no sandbox runs in {}", self.data.display())))?;
        let facts: Value = serde_json::from_slice(&text)
            .map_err(|_| Failure::Said(format!("{} cannot be read", path.display())))?;
        let text = |pointer: &str| facts.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        Ok(Gateway {
            url: text("/url").to_owned(),
            authorization: text("/collect/authorization").to_owned(),
            sandbox: Some(facts),
        })
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body, if it is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Calls gateways, and whoever is to hear of their events.
pub struct Caller(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Caller {
    /// Trusts the authorities that this machine trusts.
    pub fn new() -> Result<Self, Failure> {
        let provider = rustls::crypto::ring::default_provider();
        let https = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider)?;
        let client = Client::builder(TokioExecutor::new());
        Ok(Self(client.build(https.https_or_http().enable_http1().build())))
    }

    /// One call, or why there is no answer. No redirect is followed.
    pub async fn call(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, String> {
        let request = Request::builder().method(method).uri(url);
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request
            .body(Full::from(body))
            .map_err(|_| "the address or a header cannot be used".to_owned())?;
        let call = async {
            let answer = self.0.request(request).await.map_err(|error| {
                let why = if error.is_connect() {
                    "no connection"
                } else {
                    "the connection broke"
                };
                why.to_owned()
            })?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
            Ok(Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body: body.map_err(|_| "the answer was cut off".to_owned())?.to_bytes(),
            })
        };
        tokio::time::timeout(PATIENCE, call)
            .await
            .unwrap_or_else(|_| Err("no answer in time".to_owned()))
    }

    /// A GET of this gateway's API. `Err`: it does not answer, or refuses.
    pub async fn get(&self, gateway: &Gateway, path: &str) -> Result<Value, Refused> {
        let url = format!("{}{path}", gateway.url);
        let headers = [("authorization", gateway.authorization.as_str())];
        let answer = self.call(Method::GET, &url, &headers, Vec::new()).await;
        let answer = answer.map_err(Refused::Unreached)?;
        match answer.status {
            200 => Ok(answer.json()),
            status @ (500.. | 408 | 429) => Err(Refused::Unreached(format!("HTTP {status}"))),
            status => {
                let said = answer.json();
                let sentence = said["message"].as_str().unwrap_or("it refuses");
                Err(Refused::Said(format!("HTTP {status}: {sentence}")))
            }
        }
    }
}

/// Why a gateway gave no answer.
pub enum Refused {
    /// It may give one later.
    Unreached(String),
    /// It never will.
    Said(String),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unreached(why) => Self::Said(format!("the gateway does not answer: {why}")),
            Refused::Said(why) => Self::Said(why),
        }
    }
}
