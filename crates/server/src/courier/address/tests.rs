use super::*;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

#[test]
fn only_addresses_of_the_public_network_are_public() {
    let public = [
        "1.1.1.1",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "192.167.0.1",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "64:ff9b::1.1.1.1",
        "2002:0101:0101::1",
    ];
    for address in public {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
    let other = [
        // IPv4.
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        // IPv6.
        "::",
        "::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "3fff::1",
        "2001:2::1",
        "2001:20::1",
        "4000::1",
        // Others inside IPv6.
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:1.1.1.1",
        "::ffff:0:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::1.1.1.1",
        "2002:7f00:0001::1",
        "2002:0a00:0001::",
        "2002:a9fe:a9fe::1",
        "2001:0:7f00:1::1",
        "2001:0:101:101:0:0:80ff:fffe",
        "2606:4700::5efe:10.0.0.1",
    ];
    for address in other {
        assert!(!is_public(address.parse().unwrap()), "{address}");
    }
}

/// Answers with one list after the other, and with the last from then on.
#[derive(Clone)]
struct ChangesItsMind {
    answers: &'static [&'static [&'static str]],
    asked: Arc<AtomicUsize>,
}

impl ChangesItsMind {
    fn new(answers: &'static [&'static [&'static str]]) -> Self {
        let asked = Arc::default();
        Self { answers, asked }
    }

    fn times_asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Service<Name> for ChangesItsMind {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = std::future::Ready<std::io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        let at = self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers[at.min(self.answers.len() - 1)];
        let address = |text: &&str| SocketAddr::new(text.parse().unwrap(), 0);
        let found: Vec<SocketAddr> = answer.iter().map(address).collect();
        std::future::ready(Ok(found.into_iter()))
    }
}

/// A server that counts who connects, and answers each.
fn server() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connected = Arc::<AtomicUsize>::default();
    let counted = connected.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(b"HTTP/1.1 204 Ok\r\nConnection: close\r\n\r\n");
        }
    });
    (port, connected)
}

/// Posts to this URL. Whether it was answered; if not, whether because the address is not public.
fn post(guarded: Guarded<ChangesItsMind>, url: &str) -> Result<u16, bool> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = Client::builder(TokioExecutor::new()).build(guarded);
    let request = Request::post(url).body(Full::new(Bytes::new())).unwrap();
    match runtime.block_on(client.request(request)) {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) => Err(was_not_public(&error)),
    }
}

#[test]
fn a_name_is_checked_at_each_connection_whatever_it_was_before() {
    let mind = ChangesItsMind::new(&[&["93.184.216.34"], &["127.0.0.1"]]);
    let mut checked = Checked {
        resolver: mind.clone(),
        allowed: Allowed::Public,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut ask = || {
        let found = runtime.block_on(checked.call("shop.example".parse().unwrap()));
        found.map(|found| found.map(|address| address.ip().to_string()).collect::<Vec<_>>())
    };
    assert_eq!(ask().unwrap(), ["93.184.216.34"]);
    assert!(was_not_public(&*ask().unwrap_err()), "it changed its mind");

    // The same with a connection: after the name has changed its mind, nobody is connected to.
    let (port, connected) = server();
    let refused = post(
        Guarded::with(mind.clone(), Allowed::Public),
        &format!("http://shop.example:{port}/hook"),
    );
    assert_eq!((refused, connected.load(Ordering::SeqCst)), (Err(true), 0));
    assert_eq!(mind.times_asked(), 3);
}

#[test]
fn what_was_checked_is_what_is_connected_to() {
    // A second look would find another address, and would not be checked.
    let mind = ChangesItsMind::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let (port, connected) = server();
    let url = format!("http://shop.example:{port}/hook");
    let answered = post(Guarded::with(mind.clone(), Allowed::Everybody), &url);
    assert_eq!((answered, connected.load(Ordering::SeqCst)), (Ok(204), 1));
    assert_eq!(mind.times_asked(), 1);
}

#[test]
fn one_address_that_is_not_public_refuses_all_of_them() {
    let (port, connected) = server();
    let mind = ChangesItsMind::new(&[&["127.0.0.1", "93.184.216.34"]]);
    let refused = post(
        Guarded::with(mind, Allowed::Public),
        &format!("http://shop.example:{port}/"),
    );
    assert_eq!((refused, connected.load(Ordering::SeqCst)), (Err(true), 0));
}

#[test]
fn an_address_in_the_url_itself_is_checked_too() {
    let (port, connected) = server();
    for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]"] {
        let mind = ChangesItsMind::new(&[&["93.184.216.34"]]);
        let refused = post(
            Guarded::with(mind.clone(), Allowed::Public),
            &format!("http://{host}:{port}/"),
        );
        assert_eq!((refused, mind.times_asked()), (Err(true), 0), "{host}");
    }
    let mind = ChangesItsMind::new(&[&["93.184.216.34"]]);
    let answered = post(
        Guarded::with(mind, Allowed::Everybody),
        &format!("http://127.0.0.1:{port}/"),
    );
    assert_eq!((answered, connected.load(Ordering::SeqCst)), (Ok(204), 1));
}
