//! Listening: connections, limits on heads, request ids, and a stop that lets what is under way finish.

use crate::http::{
    CLIENT_TIMEOUT_MS, HEADER_BYTES_MAX, HEADERS_MAX,
    answer::{CollectRefused, Refused},
    source::Peer,
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Request, header},
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rokad_wire::{Refusal, collect};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Header fields that the parser takes: a little more than the limit, so that we can say what is wrong.
const HEADERS_PARSED: usize = 2 * HEADERS_MAX;

/// Bytes that the whole head of a request may have.
const HEAD_BYTES_MAX: usize = 256 * 1024;

/// Milliseconds to wait when the machine has no more file handles, before accepting again.
const OUT_OF_HANDLES_PAUSE_MS: u64 = 50;

/// How a site ends.
#[derive(Clone)]
pub struct Ends {
    /// Cancelled when the process is to stop: connections are closed after their next answer.
    pub stop: CancellationToken,
    /// Cancelled when no more requests are taken.
    pub closed: CancellationToken,
}

/// A site that can be served at one or several addresses.
#[derive(Clone)]
pub struct Site {
    router: Router,
    requests: Arc<AtomicU64>,
    tag: Arc<str>,
    ends: Ends,
    tasks: TaskTracker,
}

impl Site {
    /// `tag` makes its request ids differ from those of every other start.
    pub fn new(router: Router, tag: &str, ends: Ends, tasks: TaskTracker) -> Self {
        Self {
            router,
            requests: Arc::default(),
            tag: tag.into(),
            ends,
            tasks,
        }
    }

    /// Serves plain HTTP until the stop.
    pub fn serve_plain(&self, listener: TcpListener) {
        let site = self.clone();
        self.tasks.spawn(async move {
            while let Some((stream, peer)) = site.accept(&listener).await {
                let one = site.clone();
                site.tasks
                    .spawn(async move { one.converse(stream, peer.ip()).await });
            }
        });
    }

    /// Serves HTTPS until the stop. Who speaks plain HTTP to it is told to use HTTPS.
    pub fn serve_tls(&self, listener: TcpListener, acceptor: TlsAcceptor) {
        let (site, refusing) = (self.clone(), self.refusing_plain_http());
        self.tasks.spawn(async move {
            while let Some((stream, peer)) = site.accept(&listener).await {
                let (one, refusing, acceptor) = (site.clone(), refusing.clone(), acceptor.clone());
                site.tasks
                    .spawn(async move { one.shake_hands(stream, peer.ip(), &acceptor, refusing).await });
            }
        });
    }

    fn refusing_plain_http(&self) -> Self {
        let router = Router::new().fallback(|request: Request<Body>| async move {
            if is_payout(request.uri().path()) {
                Refused(Refusal::HttpsRequired).into_response()
            } else {
                CollectRefused(collect::Refusal::HttpsRequired).into_response()
            }
        });
        Self {
            router,
            ..self.clone()
        }
    }

    async fn accept(&self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
        loop {
            let accepted = tokio::select! {
                () = self.ends.closed.cancelled() => return None,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    // Answers are small and complete: waiting to fill a packet only delays them.
                    let _ = stream.set_nodelay(true);
                    return Some((stream, peer));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(OUT_OF_HANDLES_PAUSE_MS)).await;
                }
            }
        }
    }

    async fn shake_hands(self, stream: TcpStream, peer: IpAddr, acceptor: &TlsAcceptor, refusing: Self) {
        /// The first byte of a TLS handshake record.
        const HANDSHAKE: u8 = 0x16;
        let limit = Duration::from_millis(CLIENT_TIMEOUT_MS);
        let mut first = [0];
        match tokio::time::timeout(limit, stream.peek(&mut first)).await {
            Ok(Ok(1)) if first[0] == HANDSHAKE => {}
            Ok(Ok(1)) => return refusing.converse(stream, peer).await,
            _ => return,
        }
        match tokio::time::timeout(limit, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => self.converse(stream, peer).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
        }
    }

    async fn converse(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: IpAddr) {
        let service = service_fn(|request| self.answer(request, peer));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(CLIENT_TIMEOUT_MS))
            .max_headers(HEADERS_PARSED)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.ends.closed.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "connection ended");
        }
    }

    async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Result<Response, Infallible> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let id = format!("{}-{number}", self.tag);
        let mut request = request.map(Body::new);
        let response = if within_limits(request.headers()) {
            request.extensions_mut().insert(Peer(peer));
            self.route(request, &id).await
        } else if is_payout(request.uri().path()) {
            Refused(Refusal::HeadersTooLarge).into_response()
        } else {
            CollectRefused(collect::Refusal::HeadersTooLarge).into_response()
        };
        let mut response = with_id(response, &id);
        if self.ends.stop.is_cancelled() {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        Ok(response)
    }

    async fn route(&self, request: Request<Body>, id: &str) -> Response {
        use tracing::Instrument as _;
        // Every line that is logged on the way of this request carries its id.
        let span = tracing::info_span!("request", id);
        let (method, path) = (request.method().clone(), loggable(request.uri().path()));
        let mut router = self.router.clone();
        let answering = async move {
            let response = tower_service::Service::call(&mut router, request)
                .await
                .unwrap_or_else(|never| match never {});
            tracing::debug!(%method, path, status = response.status().as_u16(), "answered");
            response
        };
        answering.instrument(span).await
    }
}

/// Whether a path belongs to the payout API; all others answer in the envelope of collecting.
pub fn is_payout(path: &str) -> bool {
    path.starts_with("/payout/") || path.starts_with("/api/")
}

/// A path as it may be logged: whoever knows the name of a checkout sees who pays there.
fn loggable(path: &str) -> String {
    match path.strip_prefix("/checkout/") {
        Some(rest) => {
            let action = rest.split_once('/').map_or("", |(_, action)| action);
            format!("/checkout/…/{action}")
        }
        None => path.to_owned(),
    }
}

fn within_limits(headers: &HeaderMap) -> bool {
    let fits =
        |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() <= HEADER_BYTES_MAX;
    headers.len() <= HEADERS_MAX && headers.iter().all(fits)
}

fn with_id(mut response: Response, id: &str) -> Response {
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
