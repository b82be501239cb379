//! Where deliveries may go in production: to public addresses only.
//!
//! A name is resolved once for each connection, every address that came back is checked, and the connection goes to exactly
//! those that were checked: a name that resolves to something else a moment later gains nothing by it. Addresses that
//! stand in the URL itself are checked too, since no resolver sees them.

use hyper::Uri;
use hyper_util::client::legacy::connect::{
    HttpConnector,
    dns::{GaiResolver, Name},
};
use std::{
    error::Error,
    future::Future,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
};
use tower_service::Service;

type Failure = Box<dyn Error + Send + Sync>;
type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// The address is private, or otherwise none of the public network.
#[derive(Debug, thiserror::Error)]
#[error("the address is not public")]
pub struct NotPublic;

/// Whom a connection may go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allowed {
    /// The public network: production.
    Public,
    /// Everybody: the test environment, where merchants' servers run on the same machine.
    Everybody,
}

impl Allowed {
    fn check(self, address: IpAddr) -> Result<(), NotPublic> {
        match self {
            Self::Public if !is_public(address) => Err(NotPublic),
            Self::Public | Self::Everybody => Ok(()),
        }
    }
}

/// Whether this is an address of the public network. An address of another network inside IPv6 counts as what it carries, and
/// what carries a private one is refused.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = a == 0 // this network
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local() // metadata services among them
        || (a == 100 && (64..128).contains(&b)) // carriers' own, RFC 6598
        || (a == 192 && b == 0 && c == 0) // protocol assignments, RFC 6890
        || address.is_documentation()
        || (a == 192 && b == 88 && c == 99) // the old 6to4 relays
        || (a == 198 && (b == 18 || b == 19)) // benchmarking, RFC 2544
        || a >= 224; // multicast, reserved, broadcast
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let v4_of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        // NAT64: what it carries. The local-use prefix 64:ff9b:1::/48 carries whatever an operator wants.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(v4_of(high, low)),
        [0x64, 0xff9b, ..] => false,
        // 6to4: what it carries.
        [0x2002, high, low, ..] => is_public_v4(v4_of(high, low)),
        // Teredo: the server, and the client behind it, whose bits are turned.
        [0x2001, 0, s_high, s_low, _, _, high, low] => {
            is_public_v4(v4_of(s_high, s_low)) && is_public_v4(v4_of(!high, !low))
        }
        // Protocol assignments, benchmarking and ORCHID; documentation, old and new.
        [0x2001, second, ..] if second < 0x0200 || second == 0x0db8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // ISATAP: what it carries.
        [_, _, _, _, 0 | 0x0200, 0x5efe, high, low] if !is_public_v4(v4_of(high, low)) => false,
        // Only 2000::/3 is handed out. Not in it: unspecified, loopback, IPv4-mapped and -compatible, unique-local, link-local,
        // site-local and multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Resolves names, and answers only when every address may be connected to.
#[derive(Clone)]
pub struct Checked<R> {
    resolver: R,
    allowed: Allowed,
}

/// What a resolver is: this machine's, or one of a test.
pub trait Resolve:
    Service<Name, Error: Into<Failure>, Future: Send, Response: Iterator<Item = SocketAddr>>
    + Clone
    + Send
    + 'static
{
}
impl<R> Resolve for R where
    R: Service<Name, Error: Into<Failure>, Future: Send, Response: Iterator<Item = SocketAddr>>
        + Clone
        + Send
        + 'static
{
}

impl<R: Resolve> Service<Name> for Checked<R> {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Failure;
    type Future = Answer<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.resolver.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (asked, allowed) = (self.resolver.call(name), self.allowed);
        Box::pin(async move {
            let found: Vec<SocketAddr> = asked.await.map_err(Into::into)?.collect();
            // One that is not public beside others is no accident.
            for address in &found {
                allowed.check(address.ip())?;
            }
            Ok(found.into_iter())
        })
    }
}

/// Connects to whom it may.
#[derive(Clone)]
pub struct Guarded<R = GaiResolver> {
    connector: HttpConnector<Checked<R>>,
    allowed: Allowed,
}

impl Guarded {
    /// One that asks this machine's resolver.
    pub fn new(allowed: Allowed) -> Self {
        Self::with(GaiResolver::new(), allowed)
    }
}

impl<R: Resolve> Guarded<R> {
    /// One that asks this resolver.
    pub fn with(resolver: R, allowed: Allowed) -> Self {
        let mut connector = HttpConnector::new_with_resolver(Checked { resolver, allowed });
        // TLS comes on top of it.
        connector.enforce_http(false);
        connector.set_nodelay(true);
        Self { connector, allowed }
    }
}

impl<R: Resolve + Sync> Service<Uri> for Guarded<R> {
    type Response = <HttpConnector<Checked<R>> as Service<Uri>>::Response;
    type Error = Failure;
    type Future = Answer<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.connector.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let refused = host
            .parse()
            .ok()
            .and_then(|address| self.allowed.check(address).err());
        if let Some(refused) = refused {
            return Box::pin(async move { Err(refused.into()) });
        }
        let connected = self.connector.call(uri);
        Box::pin(async move { connected.await.map_err(Into::into) })
    }
}

/// Whether this failure is, at its root, an address that may not be connected to.
pub fn was_not_public(error: &(dyn Error + 'static)) -> bool {
    let mut at = Some(error);
    while let Some(error) = at {
        if error.is::<NotPublic>() {
            return true;
        }
        at = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
