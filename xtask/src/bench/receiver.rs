//! A merchant's callback endpoint: acknowledges everything at once and remembers which payouts were Approved.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Result;
use crate::load::http;

/// What contract.md §2.4 takes for an acknowledgement.
const ACKNOWLEDGED: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n\
    {\"hash_status\":\"Hash Matched\",\"acknowledge\":\"yes\"}";

pub struct Receiver {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

/// A callback may come twice (a lost answer): payouts are counted by their order.
#[derive(Default)]
struct Seen {
    callbacks: u64,
    approved: HashSet<String>,
    last_approved: Option<Instant>,
}

/// Where the receiver stands.
#[derive(Clone, Copy)]
pub struct Progress {
    pub callbacks: u64,
    pub approved: u64,
    pub last_approved: Option<Instant>,
}

impl Receiver {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Mutex::new(Seen::default()));
        tokio::spawn(accept(listener, Arc::clone(&seen)));
        Ok(Self { address, seen })
    }

    pub fn url(&self) -> String {
        format!("http://{}/callback", self.address)
    }

    pub fn progress(&self) -> Progress {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (callbacks, last_approved) = (seen.callbacks, seen.last_approved);
        Progress {
            callbacks,
            approved: seen.approved.len() as u64,
            last_approved,
        }
    }

    /// Waits until `payouts` were Approved, or until none has been for `patience`.
    pub async fn until_approved(&self, payouts: u64, patience: Duration) -> Result<Progress> {
        let (mut best, mut moved) = (0, Instant::now());
        loop {
            let progress = self.progress();
            if progress.approved >= payouts {
                return Ok(progress);
            }
            if progress.approved > best {
                (best, moved) = (progress.approved, Instant::now());
            }
            if moved.elapsed() > patience {
                let (approved, callbacks) = (progress.approved, progress.callbacks);
                return Err(format!(
                    "only {approved} of {payouts} payouts were acknowledged as Approved ({callbacks} callbacks), \
                     and none within the last {} s",
                    patience.as_secs()
                )
                .into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn accept(listener: TcpListener, seen: Arc<Mutex<Seen>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let seen = Arc::clone(&seen);
        tokio::spawn(async move {
            match serve(stream, &seen).await {
                // A program that stops lets its connections fall: nothing to speak of.
                Err(error) if !error.is::<std::io::Error>() => eprintln!("bench: callback receiver: {error}"),
                _ => {}
            }
        });
    }
}

async fn serve(mut stream: TcpStream, seen: &Mutex<Seen>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(8192);
    loop {
        while let Some(framed) = http::frame(&buffer)? {
            let order = approved_order(&buffer[framed.head..framed.whole]);
            buffer.drain(..framed.whole);
            stream.write_all(ACKNOWLEDGED).await?;
            seen.lock().unwrap_or_else(PoisonError::into_inner).note(order);
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

impl Seen {
    fn note(&mut self, approved_order: Option<String>) {
        self.callbacks += 1;
        if approved_order.is_some_and(|order| self.approved.insert(order)) {
            self.last_approved = Some(Instant::now());
        }
    }
}

/// The order of a callback whose own status is Approved; the log inside it may name other states.
fn approved_order(body: &[u8]) -> Option<String> {
    if !body.windows(8).any(|word| word == b"Approved") {
        return None;
    }
    let callback: serde_json::Value = serde_json::from_slice(body).ok()?;
    if callback["status"] != "Approved" {
        return None;
    }
    callback["order_id"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_acknowledgement_is_a_whole_message() {
        let framed = http::frame(ACKNOWLEDGED).unwrap().unwrap();
        assert_eq!(framed.whole, ACKNOWLEDGED.len());
        let body: serde_json::Value = serde_json::from_slice(&ACKNOWLEDGED[framed.head..]).unwrap();
        assert_eq!(body["acknowledge"], "yes");
    }

    #[test]
    fn only_a_payout_that_is_approved_now_counts() {
        let approved = br#"{"order_id":"A1","status":"Approved"}"#;
        let returned = br#"{"order_id":"A1","status":"Failed","transaction_info":[{"status":"Approved"}]}"#;
        assert_eq!(approved_order(approved).as_deref(), Some("A1"));
        assert_eq!(approved_order(returned), None);
        assert_eq!(approved_order(b"Approved, but no JSON"), None);
    }

    #[test]
    fn the_same_payout_told_twice_counts_once() {
        let mut seen = Seen::default();
        seen.note(Some("A1".to_owned()));
        seen.note(Some("A1".to_owned()));
        assert_eq!((seen.callbacks, seen.approved.len()), (2, 1));
    }
}
