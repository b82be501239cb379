//! The open loop: requests fall due at a fixed rate, and latency counts from the moment they were due.
//!
//! A thread of its own keeps the time (the timers of tokio tick in whole milliseconds) and hands out permits; idle
//! connections wait for one. When all connections are busy, permits pile up and their requests grow old: that is
//! the latency which a closed loop would not show.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connection::Connection;
use super::random::Random;
use super::request::Requests;
use super::tally::Tally;
use crate::Result;

/// Time that the last answers may take after the last request was due.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Clone, Copy)]
pub struct Open {
    pub connections: usize,
    pub per_second: u32,
    pub warm_up: Duration,
    pub window: Duration,
}

struct Schedule {
    start: Instant,
    gap: Duration,
    /// Requests of the warm-up, and of the whole run.
    warm_up: u64,
    whole: u64,
    due: Semaphore,
    taken: AtomicU64,
}

impl Open {
    pub async fn run(&self, address: SocketAddr, requests: Arc<Requests>) -> Result<Tally> {
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(address).await?);
        }
        let schedule = Arc::new(self.schedule());
        let mut drivers = JoinSet::new();
        for connection in connections {
            drivers.spawn(bounded(connection, Arc::clone(&requests), Arc::clone(&schedule)));
        }
        let keeper = std::thread::spawn(move || schedule.keep_time());
        let mut total = Tally::default();
        for tally in drivers.join_all().await {
            total.add(tally);
        }
        keeper.join().map_err(|_| "the time keeper panicked")?;
        total.checked()
    }

    fn schedule(&self) -> Schedule {
        let count = |span: Duration| (span.as_secs_f64() * f64::from(self.per_second)) as u64;
        Schedule {
            start: Instant::now() + Duration::from_millis(10),
            gap: Duration::from_secs(1) / self.per_second,
            warm_up: count(self.warm_up),
            whole: count(self.warm_up + self.window),
            due: Semaphore::new(0),
            taken: AtomicU64::new(0),
        }
    }
}

impl Schedule {
    fn due_at(&self, number: u64) -> Instant {
        self.start + self.gap * u32::try_from(number).unwrap_or(u32::MAX)
    }

    fn keep_time(&self) {
        for number in 0..self.whole {
            std::thread::sleep(self.due_at(number).saturating_duration_since(Instant::now()));
            self.due.add_permits(1);
        }
        self.due.close();
    }

    /// The number of the next request, once it is due; `None` after the last.
    async fn next(&self) -> Option<u64> {
        if let Ok(permit) = self.due.acquire().await {
            permit.forget();
        }
        // A closed semaphore gives no permits, but requests that fell due before it closed are still to be sent.
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        (number < self.whole).then_some(number)
    }

    fn length(&self) -> Duration {
        self.due_at(self.whole).saturating_duration_since(Instant::now())
    }
}

async fn bounded(mut connection: Connection, requests: Arc<Requests>, schedule: Arc<Schedule>) -> Tally {
    let mut tally = Tally::default();
    let limit = schedule.length() + PATIENCE;
    match timeout(limit, drive(&mut connection, &requests, &schedule, &mut tally)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tally.fail(error.to_string()),
        Err(_) => tally.fail(format!("no answer within {} s", PATIENCE.as_secs())),
    }
    tally
}

async fn drive(
    connection: &mut Connection,
    requests: &Requests,
    schedule: &Schedule,
    tally: &mut Tally,
) -> Result<()> {
    let mut random = Random::fresh();
    let mut request = Vec::new();
    while let Some(number) = schedule.next().await {
        requests.next(&mut random, &mut request);
        let reply = connection.exchange(&request).await?;
        if reply.status == requests.good_status() {
            tally.accept(schedule.due_at(number).elapsed(), number >= schedule.warm_up);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_fall_due_evenly_and_the_warm_up_comes_first() {
        let second = Duration::from_secs(1);
        let open = Open {
            connections: 1,
            per_second: 1000,
            warm_up: second,
            window: 3 * second,
        };
        let schedule = open.schedule();
        assert_eq!((schedule.warm_up, schedule.whole), (1000, 4000));
        assert_eq!(
            schedule.due_at(2500) - schedule.start,
            Duration::from_millis(2500)
        );
    }
}
