//! From where a request comes.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;

/// The other end of the connection. Put into each request by the listener.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The source address: the peer, or what trusted proxies say of it.
///
/// `X-Forwarded-For` is read from its end, where our own proxy wrote, and only as far as each hop is a trusted proxy:
/// what a client wrote into it is never believed. Source: contract.md §2.1.
pub fn source_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut source = peer.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.contains(&address));
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|v| v.to_str().unwrap_or("?"))
        .collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(source) {
            break;
        }
        match read_hop(hop.trim()) {
            Some(address) => source = address,
            None => break,
        }
    }
    source
}

/// An address, perhaps with a port behind it.
fn read_hop(hop: &str) -> Option<IpAddr> {
    let alone = hop.parse::<IpAddr>().ok();
    let with_port = || {
        hop.parse::<std::net::SocketAddr>()
            .ok()
            .map(|address| address.ip())
    };
    alone.or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|range| range.parse().unwrap()).collect();
        source_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn without_trusted_proxies_the_peer_is_the_source_whatever_it_says() {
        assert_eq!(source("192.0.2.1", &["10.0.0.1"], &[]), "192.0.2.1");
        assert_eq!(source("::ffff:192.0.2.1", &[], &[]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_is_believed_as_far_as_it_reaches() {
        let proxies = &["10.0.0.0/8"];
        assert_eq!(source("10.0.0.1", &["198.51.100.7"], proxies), "198.51.100.7");
        assert_eq!(
            source("10.0.0.1", &["198.51.100.7, 10.0.0.2"], proxies),
            "198.51.100.7"
        );
        assert_eq!(
            source("10.0.0.1", &["127.0.0.1, 198.51.100.7, 10.0.0.2"], proxies),
            "198.51.100.7"
        );
        assert_eq!(
            source("10.0.0.1", &["127.0.0.1", "198.51.100.7"], proxies),
            "198.51.100.7"
        );
        assert_eq!(source("192.0.2.1", &["127.0.0.1"], proxies), "192.0.2.1");
        assert_eq!(source("10.0.0.1", &["[2001:db8::1]:443"], proxies), "2001:db8::1");
    }

    #[test]
    fn what_cannot_be_read_stops_the_search() {
        assert_eq!(
            source("10.0.0.1", &["127.0.0.1, junk"], &["10.0.0.0/8"]),
            "10.0.0.1"
        );
    }
}
