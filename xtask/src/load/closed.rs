//! The closed loop: as many requests as the server answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connection::Connection;
use super::random::Random;
use super::request::Requests;
use super::tally::Tally;
use crate::Result;

/// Time that answers may still take when a run is over. A server's own limit is 10 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// Requests of one run at most, whatever the server can do: bounds memory (4 bytes each) and disk.
pub const REQUESTS_MAX: i64 = 2_000_000;

#[derive(Clone, Copy)]
pub struct Closed {
    pub connections: usize,
    pub warm_up: Duration,
    pub window: Duration,
    /// Requests at most.
    pub requests: i64,
}

struct Shared {
    requests: Arc<Requests>,
    left: AtomicI64,
    /// The window.
    from: Instant,
    until: Instant,
}

impl Closed {
    pub async fn run(&self, address: SocketAddr, requests: Arc<Requests>) -> Result<Tally> {
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(address).await?);
        }
        let from = Instant::now() + self.warm_up;
        let until = from + self.window;
        let shared = Arc::new(Shared {
            requests,
            left: AtomicI64::new(self.requests),
            from,
            until,
        });
        let mut drivers = JoinSet::new();
        for connection in connections {
            drivers.spawn(bounded(connection, Arc::clone(&shared)));
        }
        let mut total = Tally::default();
        for tally in drivers.join_all().await {
            total.add(tally);
        }
        total.checked()
    }
}

async fn bounded(mut connection: Connection, shared: Arc<Shared>) -> Tally {
    let mut tally = Tally::default();
    let limit = shared.until.saturating_duration_since(Instant::now()) + PATIENCE;
    match timeout(limit, drive(&mut connection, &shared, &mut tally)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tally.fail(error.to_string()),
        Err(_) => tally.fail(format!("no answer within {} s", PATIENCE.as_secs())),
    }
    tally
}

async fn drive(connection: &mut Connection, shared: &Shared, tally: &mut Tally) -> Result<()> {
    let mut random = Random::fresh();
    let mut request = Vec::new();
    while shared.left.fetch_sub(1, Ordering::Relaxed) > 0 {
        let sent = Instant::now();
        if sent >= shared.until {
            break;
        }
        shared.requests.next(&mut random, &mut request);
        let reply = connection.exchange(&request).await?;
        if reply.status == shared.requests.good_status() {
            let now = Instant::now();
            tally.accept(now - sent, now >= shared.from && now < shared.until);
        } else {
            tally.fail(format!(
                "status {}: {}",
                reply.status,
                String::from_utf8_lossy(reply.body)
            ));
        }
    }
    Ok(())
}
