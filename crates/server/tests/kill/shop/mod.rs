//! The merchant's server: it lives through all kills, believes only what is sealed and signed, and is not always
//! in the mood.

mod http;
mod moods;

use crate::{chance::Chance, merchant::Merchant};
use http::Post;
use moods::Mood;
use rokad_store::Clock;
use rokad_wire::{
    payout::{VerifiedCallback, verify_callback},
    webhook::{self, Received, Secret},
};
use std::{
    collections::HashMap,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, OnceLock},
};

/// Seconds by which a signature may be older or newer than now.
const TOLERANCE_S: u32 = 300;

#[derive(Clone)]
pub struct Shop(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    secrets: OnceLock<(String, Secret)>,
    clock: Clock,
    log: Mutex<Log>,
}

struct Log {
    chance: Chance,
    by_order: HashMap<String, Vec<Heard>>,
    /// What each webhook-id stands for: the same at every attempt.
    events: HashMap<String, (String, String)>,
    arrivals: usize,
    faults: Vec<String>,
}

/// A status of an order, as it was first heard.
#[derive(Clone)]
pub struct Heard {
    pub status: String,
    pub ref_code: String,
    pub utr: Option<String>,
    /// Whether the shop ever said yes to it.
    pub acknowledged: bool,
    /// How often it was not acknowledged.
    refused: u32,
}

impl Shop {
    pub fn open(chance: Chance) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let log = Log {
            chance,
            by_order: HashMap::new(),
            events: HashMap::new(),
            arrivals: 0,
            faults: Vec::new(),
        };
        let shop = Self(Arc::new(Inner {
            address: listener.local_addr().unwrap(),
            secrets: OnceLock::new(),
            clock: Clock::system(),
            log: Mutex::new(log),
        }));
        let serving = shop.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (shop, stream) = (serving.clone(), stream.unwrap());
                std::thread::spawn(move || shop.converse(&stream));
            }
        });
        shop
    }

    /// From now on it believes callbacks to this merchant.
    pub fn believes(&self, merchant: &Merchant) {
        let signing = Secret::parse(&merchant.signing).expect("a signing secret");
        let set = self.0.secrets.set((merchant.secret.clone(), signing));
        assert!(set.is_ok(), "one merchant only");
    }

    pub fn url(&self) -> String {
        format!("http://{}/callback", self.0.address)
    }

    /// What was heard of an order, in the order of the first arrivals.
    pub fn heard(&self, order_id: &str) -> Vec<Heard> {
        self.log().by_order.get(order_id).cloned().unwrap_or_default()
    }

    /// Whether this status of an order was heard.
    pub fn knows(&self, order_id: &str, status: &str) -> bool {
        let log = self.log();
        let heard = log.by_order.get(order_id);
        heard.is_some_and(|heard| heard.iter().any(|heard| heard.status == status))
    }

    /// Of how many orders it heard.
    pub fn orders(&self) -> usize {
        self.log().by_order.len()
    }

    /// How many callbacks arrived, repeated ones too.
    pub fn arrivals(&self) -> usize {
        self.log().arrivals
    }

    /// What arrived and should not have.
    pub fn faults(&self) -> Vec<String> {
        self.log().faults.clone()
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.log.lock().unwrap()
    }

    /// Takes callbacks from one connection, until either side ends it.
    fn converse(&self, stream: &TcpStream) {
        let mut buffer = Vec::new();
        while let Some(post) = http::read(stream, &mut buffer) {
            let Some((mood, callback)) = self.take(&post) else {
                return;
            };
            if !mood.answer(stream) {
                return;
            }
            if mood.acknowledges() {
                self.log().acknowledged(&callback);
            }
        }
    }

    /// Writes a callback down, then decides what to answer.
    fn take(&self, post: &Post) -> Option<(Mood, VerifiedCallback)> {
        let verified = self.verify(post);
        let mut log = self.log();
        log.arrivals += 1;
        match verified {
            Ok(callback) => {
                log.event(&post.header(webhook::ID_HEADER), &callback);
                Some((log.write_down(&callback), callback))
            }
            Err(fault) => {
                log.faults.push(fault);
                None
            }
        }
    }

    fn verify(&self, post: &Post) -> Result<VerifiedCallback, String> {
        let (secret, signing) = self
            .0
            .secrets
            .get()
            .ok_or("a callback before there was a merchant")?;
        let received = Received {
            id: &post.header(webhook::ID_HEADER),
            timestamp: &post.header(webhook::TIMESTAMP_HEADER),
            signatures: &post.header(webhook::SIGNATURE_HEADER),
            body: &post.body,
        };
        let now_s = self.0.clock.now().at().0 / 1_000;
        let said = || String::from_utf8_lossy(&post.body).into_owned();
        webhook::verify(std::slice::from_ref(signing), &received, now_s, TOLERANCE_S)
            .map_err(|error| format!("{error}: {}", said()))?;
        verify_callback(&post.body, secret).map_err(|error| format!("{error}: {}", said()))
    }
}

impl Log {
    fn event(&mut self, id: &str, callback: &VerifiedCallback) {
        let this = (callback.order_id.clone(), callback.status.word().to_owned());
        let known = self.events.entry(id.to_owned()).or_insert_with(|| this.clone());
        if *known != this {
            let fault = format!("webhook-id {id} stands for {known:?} and for {this:?}");
            self.faults.push(fault);
        }
    }

    fn write_down(&mut self, callback: &VerifiedCallback) -> Mood {
        let mood = Mood::draw(&mut self.chance);
        let heard = self.by_order.entry(callback.order_id.clone()).or_default();
        let status = callback.status.word();
        let at = heard
            .iter()
            .position(|heard| heard.status == status)
            .unwrap_or_else(|| {
                heard.push(Heard {
                    status: status.to_owned(),
                    ref_code: callback.ref_code.clone(),
                    utr: Some(callback.bank_ref.clone()).filter(|utr| !utr.is_empty()),
                    acknowledged: false,
                    refused: 0,
                });
                heard.len() - 1
            });
        if mood.acknowledges() || heard[at].refused == moods::REFUSALS_MAX {
            return mood.or_yes();
        }
        heard[at].refused += 1;
        mood
    }

    fn acknowledged(&mut self, callback: &VerifiedCallback) {
        let heard = self.by_order.get_mut(&callback.order_id).unwrap();
        let first = heard
            .iter_mut()
            .find(|heard| heard.status == callback.status.word());
        first.unwrap().acknowledged = true;
    }
}
