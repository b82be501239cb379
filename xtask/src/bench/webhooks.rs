//! Webhooks: deliveries a second to a hundred endpoints, and the time from a commit to the first byte at an endpoint; both also
//! at a gateway of whose hundred endpoints ten are dead: five answer after 29 s, five refuse every connection. The others must
//! hear of everything, and of nothing twice.
//!
//! The rates are measured in turn, several times, so that their ratio is not moved by what else the machine does. A p99 is made by
//! the few moments in which the disk stalls, so that both gateways are offered payments at the same time: a stall is there for both.
//!
//! Ten merchants with ten endpoints each: every payment that ends owes ten deliveries.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::accept::NOBODY;
use super::figures::{Figures, median};
use super::rokad::{Instance, Jobs, Running};
use super::{Bench, say};
use crate::Result;
use crate::load::connection::Connection;
use crate::load::http;
use crate::load::payment::{Keys, Orders, post};
use crate::load::tally::Tally;

/// Turns of one gateway whose endpoints are all well and one with a tenth dead.
const TURNS: usize = 7;

const MERCHANTS: usize = 10;
const WEBHOOKS_EACH: usize = 10;

/// Payments of each merchant that end for each second asked for, before anything is carried: ten deliveries each.
const BACKLOG_A_SECOND: u64 = 300;

/// Payments that end in a second, over all merchants: ten deliveries each.
const OFFERED_PER_SECOND: u32 = 50;

/// So many times the seconds asked for: a p99 is made by a hundredth of the payments, and that should be more than two or three.
const LATENCY_TIMES: u32 = 4;

/// Between two payments.
const EVERY: Duration = Duration::from_millis(1_000 / OFFERED_PER_SECOND as u64);

/// After so long a slow endpoint answers: Rokad waits for ten seconds.
const SLOW: Duration = Duration::from_secs(29);

/// So long may nothing be delivered before the measure is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Numbers that a merchant may use for its orders.
const ORDERS_EACH: u64 = 10_000_000;

/// Ends an open payment.
const CANCEL: &str = "attempt=1&lang=en";

/// What an endpoint answers.
const ACKNOWLEDGED: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

pub async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let (mut all_well, mut tenth_dead) = (Turns::default(), Turns::default());
    for turn in 1..=TURNS {
        say(&format!("webhooks: a hundred endpoints, {turn} of {TURNS}"));
        let (well, rate) = Gateway::carry(bench, &format!("webhooks-{turn}"), 0).await?;
        say(&format!("webhooks: ten of them are dead, {turn} of {TURNS}"));
        let (ill, ill_rate) = Gateway::carry(bench, &format!("webhooks-{turn}-dead"), MERCHANTS).await?;
        let (ms, ill_ms) = latencies(bench, [well, ill]).await?;
        all_well.add(rate, ms);
        tenth_dead.add(ill_rate, ill_ms);
    }
    (figures.webhooks_per_s, figures.webhook_ms) = all_well.medians();
    (figures.webhooks_per_s_tenth_dead, figures.webhook_ms_tenth_dead) = tenth_dead.medians();
    Ok(())
}

/// What turns measured.
#[derive(Default)]
struct Turns {
    rates: Vec<f64>,
    p50s: Vec<f64>,
    p99s: Vec<f64>,
}

impl Turns {
    fn add(&mut self, rate: f64, [p50, p99]: [f64; 2]) {
        say(&format!(
            "webhooks: {rate:.0}/s, p50 {p50:.2} ms, p99 {p99:.2} ms"
        ));
        self.rates.push(rate);
        self.p50s.push(p50);
        self.p99s.push(p99);
    }

    fn medians(self) -> (Option<f64>, Option<[f64; 2]>) {
        let ms = median(self.p50s).zip(median(self.p99s)).map(<[f64; 2]>::from);
        (median(self.rates), ms)
    }
}

/// One of the two, running.
struct Gateway {
    instance: Instance,
    running: Running,
    sellers: Vec<Seller>,
    seen: Arc<Mutex<Seen>>,
    /// Endpoints of each merchant that live.
    healthy: u64,
}

impl Gateway {
    /// With `dead` endpoints: carries a backlog. How many a second the others acknowledged.
    async fn carry(bench: &Bench, name: &str, dead: usize) -> Result<(Self, f64)> {
        let instance = Instance::create(bench, name).await?;
        let shops = instance.collecting_merchants(MERCHANTS)?;
        let seen = Arc::new(Mutex::new(Seen::default()));
        for (at, (pid, _)) in shops.iter().enumerate() {
            let is_ill = at < dead;
            for _ in 0..WEBHOOKS_EACH - usize::from(is_ill) {
                instance.webhook(pid, &endpoint(Some(Arc::clone(&seen))).await?)?;
            }
            if is_ill && at % 2 == 0 {
                instance.webhook(pid, &endpoint(None).await?)?;
            } else if is_ill {
                instance.webhook(pid, NOBODY)?;
            }
        }
        let healthy = (MERCHANTS * WEBHOOKS_EACH - dead) as u64 / MERCHANTS as u64;
        let running = instance.start(Jobs::Off).await?;
        let payments = BACKLOG_A_SECOND * bench.options.seconds;
        let mut selling = JoinSet::new();
        for (n, (_, keys)) in (0..).zip(&shops) {
            selling.spawn(Seller::new(n, keys).sell(running.address, payments));
        }
        let sellers: Result<Vec<Seller>> = selling.join_all().await.into_iter().collect();
        running.stop().await?;
        let gateway = Self {
            running: instance.start(Jobs::On).await?,
            instance,
            sellers: sellers?,
            seen,
            healthy,
        };
        let owed = payments * MERCHANTS as u64 * healthy;
        let (first, last) = until(&gateway.seen, owed).await?;
        Ok((gateway, owed as f64 / (last - first).as_secs_f64()))
    }

    /// Opens payments, to be ended later.
    async fn open(&mut self, count: u32) -> Result<Vec<Open>> {
        let mut connection = Connection::open(self.running.address).await?;
        let mut open = Vec::new();
        for seller in (0..self.sellers.len()).cycle().take(count as usize) {
            let checkout = self.sellers[seller].open(&mut connection).await?;
            open.push(Open {
                seller,
                txnid: self.sellers[seller].last_txnid(),
                checkout,
            });
        }
        Ok(open)
    }

    /// Ends them one by one, from `start` on. Percentiles of the time until an endpoint had the first byte of it.
    async fn latency(&self, open: &[Open], start: Instant) -> Result<[f64; 2]> {
        let before = self.seen().deliveries;
        let mut connection = Connection::open(self.running.address).await?;
        let mut sent = HashMap::new();
        for (n, payment) in (0u32..).zip(open) {
            tokio::time::sleep_until((start + EVERY * n).into()).await;
            sent.insert(payment.txnid.clone(), Instant::now());
            let seller = &self.sellers[payment.seller];
            seller.cancel(&mut connection, &payment.checkout).await?;
        }
        until(&self.seen, before + open.len() as u64 * self.healthy).await?;
        let (seen, mut tally) = (self.seen(), Tally::default());
        for (txnid, sent) in &sent {
            for told in seen.told.get(txnid).into_iter().flatten() {
                tally.accept(told.saturating_duration_since(*sent), true);
            }
        }
        Ok(tally.percentiles_ms([0.5, 0.99]))
    }

    /// Stops it: by then everybody who lives was told everything, once.
    async fn close(self) -> Result<()> {
        let (healthy, seen) = (self.healthy, Arc::clone(&self.seen));
        self.running.stop().await?;
        self.instance.remove()?;
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut times = seen.told.values().map(Vec::len);
        match times.find(|times| *times as u64 != healthy) {
            None => Ok(()),
            Some(times) => Err(format!(
                "{healthy} endpoints should hear of a payment once each, but it was told {times} times"
            )
            .into()),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A payment that waits to be ended.
struct Open {
    seller: usize,
    txnid: Vec<u8>,
    checkout: String,
}

/// Of both at the same time, a payment here, a payment there.
async fn latencies(bench: &Bench, [mut one, mut other]: [Gateway; 2]) -> Result<([f64; 2], [f64; 2])> {
    let count = OFFERED_PER_SECOND * LATENCY_TIMES * u32::try_from(bench.options.seconds)?;
    let (open, others) = (one.open(count).await?, other.open(count).await?);
    let start = Instant::now();
    let ms = tokio::try_join!(
        one.latency(&open, start),
        other.latency(&others, start + EVERY / 2)
    )?;
    one.close().await?;
    other.close().await?;
    Ok(ms)
}

/// What the healthy endpoints were told.
#[derive(Default)]
struct Seen {
    deliveries: u64,
    first: Option<Instant>,
    last: Option<Instant>,
    /// When which order was first told of at each endpoint.
    told: HashMap<Vec<u8>, Vec<Instant>>,
}

async fn until(seen: &Mutex<Seen>, deliveries: u64) -> Result<(Instant, Instant)> {
    let (mut best, mut moved) = (0, Instant::now());
    loop {
        let (count, first, last) = {
            let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            (seen.deliveries, seen.first, seen.last)
        };
        if let (Some(first), Some(last)) = (first, last)
            && count >= deliveries
        {
            return Ok((first, last));
        }
        if count > best {
            (best, moved) = (count, Instant::now());
        }
        if moved.elapsed() > PATIENCE {
            return Err(format!("only {count} of {deliveries} deliveries came").into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A merchant whose customers order and cancel.
struct Seller {
    orders: Orders,
    request: Vec<u8>,
}

impl Seller {
    /// Number `n` of them: its orders are none of another's.
    fn new(n: u64, keys: &Keys) -> Self {
        Self {
            orders: Orders::from(n * ORDERS_EACH, keys),
            request: Vec::new(),
        }
    }

    /// Opens so many payments and ends them, one after the other.
    async fn sell(mut self, gateway: SocketAddr, payments: u64) -> Result<Self> {
        let mut connection = Connection::open(gateway).await?;
        for _ in 0..payments {
            let checkout = self.open(&mut connection).await?;
            self.cancel(&mut connection, &checkout).await?;
        }
        Ok(self)
    }

    /// Opens a payment. Its checkout.
    async fn open(&mut self, connection: &mut Connection) -> Result<String> {
        self.orders.next(&mut self.request);
        Ok(connection.exchange(&self.request).await?.location()?.to_owned())
    }

    /// The txnid of what was opened last.
    fn last_txnid(&self) -> Vec<u8> {
        let text = String::from_utf8_lossy(&self.request);
        let txnid = text
            .split("txnid=")
            .nth(1)
            .and_then(|rest| rest.split('&').next());
        txnid.unwrap_or_default().as_bytes().to_vec()
    }

    async fn cancel(&self, connection: &mut Connection, checkout: &str) -> Result<()> {
        let request = post(&format!("{checkout}/cancel"), "", CANCEL);
        match connection.exchange(request.as_bytes()).await?.status {
            303 => Ok(()),
            status => Err(format!("a payment was not cancelled: HTTP {status}").into()),
        }
    }
}

/// An endpoint of its own; without `seen` one that answers too late.
async fn endpoint(seen: Option<Arc<Mutex<Seen>>>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address: SocketAddr = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            match &seen {
                Some(seen) => drop(tokio::spawn(serve(stream, Arc::clone(seen)))),
                None => drop(tokio::spawn(answer_late(stream))),
            }
        }
    });
    Ok(format!("http://{address}/hook"))
}

async fn answer_late(mut stream: TcpStream) {
    tokio::time::sleep(SLOW).await;
    // Nobody waited for it.
    let _ = stream.write_all(ACKNOWLEDGED).await;
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Seen>>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4096);
    let mut arrived = None;
    loop {
        while let Some(framed) = http::frame(&buffer)? {
            let txnid = txnid(&buffer[framed.head..framed.whole]);
            buffer.drain(..framed.whole);
            stream.write_all(ACKNOWLEDGED).await?;
            let (at, now) = (arrived.take().unwrap_or_else(Instant::now), Instant::now());
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.deliveries += 1;
            seen.first.get_or_insert(at);
            seen.last = Some(now);
            seen.told.entry(txnid).or_default().push(at);
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
        arrived.get_or_insert_with(Instant::now);
    }
}

/// The merchant's number in a body.
fn txnid(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let rest = text.split("\"merchantTransactionId\":\"").nth(1);
    rest.and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
        .as_bytes()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_acknowledgement_is_a_whole_message_and_a_body_names_its_order() {
        assert!(http::frame(ACKNOWLEDGED).unwrap().is_some());
        let body = br#"{"status":"failed","merchantTransactionId":"T7","amount":"1.0"}"#;
        assert_eq!(txnid(body), b"T7");
        assert_eq!(txnid(b"{}"), b"");
    }
}
