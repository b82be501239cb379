//! Merchants that send orders, and repeat each by its order_id until it is answered.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

use super::gateway::NODES;
use crate::Result;

const CLIENTS: usize = 8;

/// Between two orders of one client, so that the load stays bounded.
const BETWEEN: Duration = Duration::from_millis(10);

/// Before an order that failed is sent again.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// How often a balancer asks each node whether it is ready.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A node that does not say that it is ready within this time is not.
const SAYS_WITHIN: Duration = Duration::from_secs(1);

/// Numbers of orders, over all scenarios.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// An order that was answered.
#[derive(Clone)]
pub struct Told {
    pub order: Value,
    pub ref_code: String,
    at: Instant,
}

/// What the clients were told.
pub struct AllTold {
    pub told: Vec<Told>,
    pub failed: u64,
    pub last_failure: String,
}

pub struct Clients {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    addresses: [String; NODES],
    ready: [AtomicBool; NODES],
    client: Agent,
    pid: String,
    enough: AtomicBool,
    told: Mutex<Vec<Told>>,
    failed: AtomicU64,
    last_failure: Mutex<String>,
}

impl Clients {
    pub fn start(addresses: [String; NODES], client: Agent, pid: &str) -> Self {
        let shared = Arc::new(Shared {
            addresses,
            ready: std::array::from_fn(|_| AtomicBool::new(true)),
            client,
            pid: pid.to_owned(),
            enough: AtomicBool::new(false),
            told: Mutex::default(),
            failed: AtomicU64::new(0),
            last_failure: Mutex::default(),
        });
        let mut threads = Vec::new();
        for node in 0..NODES {
            let shared = Arc::clone(&shared);
            threads.push(thread::spawn(move || shared.watch(node)));
        }
        for turn in 0..CLIENTS {
            let shared = Arc::clone(&shared);
            threads.push(thread::spawn(move || shared.send(turn)));
        }
        Self { shared, threads }
    }

    /// Waits for an answer that came after `from`.
    pub async fn answers_after(&self, from: Instant, limit: Duration) -> Result<()> {
        let answered = || self.shared.last().is_some_and(|last| last > from);
        until(limit, "nobody answers any more", answered).await
    }

    /// Waits until nobody has answered for so long.
    pub async fn fail_for(&self, silence: Duration, limit: Duration) -> Result<()> {
        let fails = || self.shared.last().is_none_or(|last| last.elapsed() > silence);
        until(limit, "everything is answered, as if nothing had happened", fails).await
    }

    /// Each client ends when its last order is answered.
    pub fn finish(self) -> AllTold {
        self.shared.enough.store(true, Ordering::Relaxed);
        for thread in self.threads {
            let _ = thread.join();
        }
        AllTold {
            told: std::mem::take(&mut *lock(&self.shared.told)),
            failed: self.shared.failed.load(Ordering::Relaxed),
            last_failure: lock(&self.shared.last_failure).clone(),
        }
    }
}

async fn until(limit: Duration, complaint: &str, mut there: impl FnMut() -> bool) -> Result<()> {
    let deadline = Instant::now() + limit;
    while !there() {
        if Instant::now() > deadline {
            return Err(complaint.into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn last(&self) -> Option<Instant> {
        lock(&self.told).last().map(|told| told.at)
    }

    /// As a load balancer does.
    fn watch(&self, node: usize) {
        let url = format!("{}/readyz", self.addresses[node]);
        while !self.enough.load(Ordering::Relaxed) {
            let asked = self.client.get(&url).config().timeout_global(Some(SAYS_WITHIN));
            let ready = asked.build().call().is_ok_and(|said| said.status() == 200);
            self.ready[node].store(ready, Ordering::Relaxed);
            thread::sleep(LOOK_EVERY);
        }
    }

    fn send(&self, client: usize) {
        let mut turn = client;
        while !self.enough.load(Ordering::Relaxed) {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let order = json!({
                "payment_mode": "imps", "pid": self.pid, "order_id": format!("DRILL{number:08}"),
                "amount": 1 + number % 97, "account_holder": "Asha Rao", "account_no": "784731234567",
                "bank": "SBI", "ifsc": "SBIN0000300", "bank_address": "Pune", "email": "asha@example.com",
                "phone": "8754850254",
            });
            loop {
                turn += 1;
                match self.ask(turn, &order) {
                    Ok(ref_code) => {
                        let at = Instant::now();
                        lock(&self.told).push(Told { order, ref_code, at });
                        break;
                    }
                    Err(error) => {
                        self.failed.fetch_add(1, Ordering::Relaxed);
                        *lock(&self.last_failure) = error;
                        thread::sleep(AGAIN_AFTER);
                    }
                }
            }
            thread::sleep(BETWEEN);
        }
    }

    /// Asks the next node that is ready; if none is, the next.
    fn ask(&self, turn: usize, order: &Value) -> std::result::Result<String, String> {
        let nodes = (0..NODES).map(|after| (turn + after) % NODES);
        let ready = |node: &usize| self.ready[*node].load(Ordering::Relaxed);
        let node = nodes.clone().find(ready).unwrap_or(turn % NODES);
        ask(&self.client, &self.addresses[node], order)
    }
}

/// The ref_code, or why there is none.
pub fn ask(client: &Agent, address: &str, order: &Value) -> std::result::Result<String, String> {
    let url = format!("{address}/payout/api/request.php");
    let mut answer = client
        .post(url)
        .send(order.to_string())
        .map_err(|error| format!("{address}: {error}"))?;
    let text = answer
        .body_mut()
        .read_to_string()
        .map_err(|error| error.to_string())?;
    if answer.status() != 200 {
        return Err(format!("{address}: {} {text}", answer.status()));
    }
    let said: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let ref_code = said["ref_code"].as_str().map(str::to_owned);
    ref_code.ok_or_else(|| format!("no ref_code in {text}"))
}

impl AllTold {
    pub fn answered_after(&self, from: Instant) -> usize {
        self.told.iter().filter(|told| told.at > from).count()
    }

    /// The longest time after `from` in which nobody was answered.
    pub fn longest_gap_after(&self, from: Instant) -> Duration {
        let mut instants: Vec<Instant> = self.told.iter().map(|told| told.at).collect();
        instants.sort_unstable();
        let gaps = instants.windows(2).filter(|pair| pair[1] > from);
        gaps.map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }
}
