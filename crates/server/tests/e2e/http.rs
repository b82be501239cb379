//! The two clients of these tests: an ordinary one, and one that says byte for byte what it is told.

use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
};

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A field of the body, as text.
    pub fn field(&self, name: &str) -> String {
        let json = self.json();
        json[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {json}"))
            .to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(its, _)| its.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Status, code and sentence of a refusal.
    pub fn refusal(&self) -> (u16, String, String) {
        assert_eq!(self.field("status"), "error");
        (self.status, self.field("code"), self.field("message"))
    }
}

/// A client that trusts this certificate alone, or none. It follows no redirect: where one leads is part of the answer.
pub fn client(certificate: Option<&[u8]>) -> Agent {
    let trusted = certificate.map(|pem| Certificate::from_pem(pem).unwrap());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(trusted.as_slice()))
        .build();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .tls_config(tls);
    config.timeout_global(Some(PATIENCE)).build().into()
}

pub fn get(client: &Agent, url: &str) -> Answer {
    get_with(client, url, &[])
}

pub fn get_with(client: &Agent, url: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(client.get(url), |request, (name, value)| {
        request.header(*name, *value)
    });
    read(
        request
            .call()
            .unwrap_or_else(|error| panic!("GET {url}: {error}")),
    )
}

/// What stands where an answer leads in the end: itself, unless it redirects. `url` was asked for.
pub fn followed(client: &Agent, url: &str, mut answer: Answer) -> Answer {
    let site: String = url.split('/').take(3).collect::<Vec<_>>().join("/");
    for _ in 0..5 {
        let Some(location) = answer.header("location") else {
            break;
        };
        let next = if location.starts_with('/') {
            format!("{site}{location}")
        } else {
            location.to_owned()
        };
        answer = get(client, &next);
    }
    answer
}

pub fn post(client: &Agent, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    try_post(client, url, headers, body).unwrap_or_else(|error| panic!("POST {url}: {error}"))
}

/// A post whose server may be gone.
pub fn try_post(
    client: &Agent,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, ureq::Error> {
    let request = headers.iter().fold(client.post(url), |request, (name, value)| {
        request.header(*name, *value)
    });
    request.send(body).map(read)
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let header = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap_or_default().to_owned())
    };
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().iter().map(header).collect(),
        body: response.body_mut().read_to_vec().unwrap(),
    }
}

/// A request, byte for byte, on a connection of its own.
pub fn bytes(method: &str, target: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: rokad\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Says `request` to `address` ("127.0.0.1:1234"), and reads to the end.
pub fn say(address: &str, request: &[u8]) -> Answer {
    let mut stream = connect(address);
    // A server may refuse, and close, before it has read all.
    let _ = stream.write_all(request);
    hear(&mut stream)
}

pub fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads the answer on a connection that closes after it.
pub fn hear(stream: &mut TcpStream) -> Answer {
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    parse(&read)
}

fn parse(read: &[u8]) -> Answer {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer, but {:?}", String::from_utf8_lossy(read)));
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let header = |line: &str| {
        line.split_once(": ")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    Answer {
        status: status.expect("a status line"),
        headers: lines.filter_map(header).collect(),
        body: read[end + 4..].to_vec(),
    }
}
