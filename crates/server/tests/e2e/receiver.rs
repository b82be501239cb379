//! A merchant's server, to which callbacks go: writes down what it is told, and answers as its test wants.

use rokad_store::Clock;
use rokad_wire::webhook::{self, Received, Secret};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
};

/// One callback, as it came.
#[derive(Clone)]
pub struct Told {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What the server answers.
pub enum Reply {
    Acknowledge,
    Refuse,
    HashMismatch,
    Status(u16),
    /// Sends the caller elsewhere.
    Redirect(String),
    /// Acknowledges, and goes on for so many bytes.
    Lengthy(usize),
    /// Closes the connection.
    HangUp,
    /// Says nothing, and keeps the connection.
    Silence,
}

type Rule = dyn FnMut(&Told, usize) -> Reply + Send;

/// A running one.
pub struct Receiver {
    pub url: String,
    told: Arc<Mutex<Vec<Told>>>,
    rule: Arc<Mutex<Box<Rule>>>,
}

impl Receiver {
    /// One that acknowledges everything.
    pub fn start() -> Self {
        Self::replying(|_, _| Reply::Acknowledge)
    }

    /// One that answers by `rule`: of what it is told, and how many times it was told that.
    pub fn replying(rule: impl FnMut(&Told, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/secret/path?shop=1", listener.local_addr().unwrap());
        let (told, rule) = (
            Arc::<Mutex<Vec<Told>>>::default(),
            Arc::new(Mutex::new(Box::new(rule) as Box<Rule>)),
        );
        let receiver = Self {
            url,
            told: told.clone(),
            rule: rule.clone(),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (told, rule) = (told.clone(), rule.clone());
                thread::spawn(move || converse(&stream, &told, &rule));
            }
        });
        receiver
    }

    /// Answers by another rule from now on.
    pub fn now_replies(&self, rule: impl FnMut(&Told, usize) -> Reply + Send + 'static) {
        *self.rule.lock().unwrap() = Box::new(rule);
    }

    /// Everything that it was told of a payout, in the order in which it came.
    pub fn told_of(&self, ref_code: &str) -> Vec<Told> {
        let told = self.told.lock().unwrap();
        told.iter()
            .filter(|told| told.json()["ref_code"] == ref_code)
            .cloned()
            .collect()
    }

    /// Everything that it was told, in the order in which it came.
    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    /// The states of a payout that it was told of.
    pub fn statuses(&self, ref_code: &str) -> Vec<String> {
        self.told_of(ref_code).iter().map(Told::status).collect()
    }
}

impl Told {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn status(&self) -> String {
        self.json()["status"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(its, _)| its.eq_ignore_ascii_case(name));
        found.map_or_else(|| panic!("no header {name}"), |(_, value)| value)
    }

    /// Which change it tells of.
    pub fn event(&self) -> String {
        self.header(webhook::ID_HEADER).to_owned()
    }

    /// Whether its Standard Webhooks signature is by this secret, and made just now.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let received = Received {
            id: self.header(webhook::ID_HEADER),
            timestamp: self.header(webhook::TIMESTAMP_HEADER),
            signatures: self.header(webhook::SIGNATURE_HEADER),
            body: &self.body,
        };
        let now_s = Clock::system().now().at().0 / 1_000;
        webhook::verify(&[Secret::parse(secret).unwrap()], &received, now_s, 120).is_ok()
    }
}

/// One connection, until either end closes it.
fn converse(stream: &TcpStream, told: &Mutex<Vec<Told>>, rule: &Mutex<Box<Rule>>) {
    let mut reader = BufReader::new(stream);
    while let Some(heard) = read(&mut reader) {
        let times = {
            let mut told = told.lock().unwrap();
            told.push(heard.clone());
            told.iter().filter(|told| told.event() == heard.event()).count()
        };
        let reply = rule.lock().unwrap()(&heard, times);
        let mut more = String::new();
        let lengthy;
        let (status, body) = match reply {
            Reply::Acknowledge => (200, r#"{"hash_status":"Hash Matched","acknowledge":"yes"}"#),
            Reply::Refuse => (200, r#"{"hash_status":"Hash Matched","acknowledge":"no"}"#),
            Reply::HashMismatch => (200, r#"{"hash_status":"Hash Mismatch","acknowledge":"no"}"#),
            Reply::Status(204) => (204, ""),
            Reply::Status(status) => (status, r#"{"acknowledge":"yes"}"#),
            Reply::Redirect(to) => {
                more = format!("Location: {to}\r\n");
                (302, "")
            }
            Reply::Lengthy(bytes) => {
                lengthy = "x".repeat(bytes);
                (200, lengthy.as_str())
            }
            Reply::HangUp => return,
            Reply::Silence => return hold(),
        };
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} Said\r\n{more}Content-Length: {length}\r\n\r\n{body}");
        let mut stream = stream;
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Told> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    assert!(
        lines.first()?.starts_with("POST /secret/path?shop=1 HTTP/1.1"),
        "{lines:?}"
    );
    let headers: Vec<(String, String)> = lines
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    let mut body = vec![0; length.1.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Told { headers, body })
}

/// For ever: the thread ends with the test.
fn hold() {
    let (_held, nothing) = mpsc::channel::<()>();
    let _ = nothing.recv();
}
