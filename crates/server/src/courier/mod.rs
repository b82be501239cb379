//! The courier: carries callbacks and webhooks to merchants, a lane for each endpoint, in order within each payout and each payment.
//!
//! One task holds the lanes; each delivery is a task of its own that calls the endpoint and keeps what came back. The
//! endpoints are divided into rounds, and a node carries those that are its duties.

mod address;
mod carry;
mod lanes;
mod subject;

use crate::{app::App, courier::carry::Carrier, duties::OnDuty};
use lanes::Lanes;
use rokad_domain::{
    Id, UnixMs,
    callback::Fate,
    id::kind::Endpoint,
    node::{Duty, Lease},
};
use rokad_store::{
    StoreError,
    callback::{self, OpenCallback},
};
use std::{collections::HashMap, pin::pin, sync::Arc, time::Duration};
use tokio::sync::{mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Callbacks that one look at the database takes.
const LOAD_MAX: usize = 1_000;

/// Deliveries at once, over all lanes.
const DELIVERIES_MAX: usize = 2_048;

/// How long the courier rests when nothing is due and nobody rings.
const REST_MS: i64 = 1_000;

/// How long it lets bells ring after a look before it looks again: one look then finds what many commits made.
const GATHER: Duration = Duration::from_millis(1);

/// A delivery that has ended.
type Ended = (OpenCallback, Option<Fate>);

pub async fn run(app: Arc<App>, stop: CancellationToken, tasks: TaskTracker) {
    let carrier = match Carrier::new(app.clone()) {
        Ok(carrier) => Arc::new(carrier),
        Err(error) => return tracing::error!(%error, "no callbacks are carried"),
    };
    let (ended, endings) = mpsc::unbounded_channel();
    let changes = app.duties.changes();
    let courier = Courier {
        app,
        carrier,
        rounds: HashMap::new(),
        lanes: Lanes::default(),
        last: Id::new(0),
        unread: true,
        ended,
        tasks,
    };
    courier.work(endings, changes, stop).await;
}

struct Courier {
    app: Arc<App>,
    carrier: Arc<Carrier>,
    lanes: Lanes,
    /// Those that this node carries. While one is here, no other node has it.
    rounds: HashMap<Duty, Round>,
    /// The last callback that was read from the database.
    last: Id<rokad_domain::id::kind::Callback>,
    /// Whether there were more after it.
    unread: bool,
    ended: mpsc::UnboundedSender<Ended>,
    tasks: TaskTracker,
}

/// A round that this node carries.
struct Round {
    work: OnDuty,
    /// It is given up as soon as nothing of it is on its way, and may be taken up anew after that.
    closing: bool,
}

impl Round {
    fn goes_on(&mut self) -> bool {
        self.closing |= !self.work.goes_on();
        !self.closing
    }
}

impl Courier {
    async fn work(
        mut self,
        mut endings: mpsc::UnboundedReceiver<Ended>,
        mut changes: watch::Receiver<()>,
        stop: CancellationToken,
    ) {
        let mut rest = pin!(tokio::time::sleep(Duration::ZERO));
        self.tend_rounds();
        let mut look_is_due = true;
        loop {
            self.send_what_is_due().await;
            tokio::select! {
                () = stop.cancelled() => return,
                Some(ending) = endings.recv() => {
                    self.lanes.finished(&ending.0, ending.1);
                    while let Ok((callback, fate)) = endings.try_recv() {
                        self.lanes.finished(&callback, fate);
                    }
                    if self.rounds.values().any(|round| round.closing) {
                        self.tend_rounds();
                    }
                    look_is_due |= self.has_room_for_more();
                }
                Ok(()) = changes.changed() => {
                    self.tend_rounds();
                    look_is_due |= self.unread;
                }
                () = self.app.house.bells.heard_by_courier(), if !look_is_due => look_is_due = true,
                () = rest.as_mut(), if look_is_due => {
                    look_is_due = self.load().await.unwrap_or_else(|error| {
                        tracing::error!(%error, "callbacks could not be read");
                        false
                    });
                    rest.set(tokio::time::sleep(if look_is_due { Duration::ZERO } else { GATHER }));
                }
                () = tokio::time::sleep(self.pause()) => {}
            }
        }
    }

    /// Takes up rounds that have become this node's, and lets go of those that have not stayed so.
    fn tend_rounds(&mut self) {
        for duty in Duty::all().filter(|duty| matches!(duty, Duty::Round(_))) {
            if let Some(round) = self.rounds.get_mut(&duty)
                && !round.goes_on()
            {
                self.lanes.close(duty);
                if self.lanes.in_flight_of(duty) > 0 {
                    continue;
                }
                self.lanes.forget(duty);
                self.rounds.remove(&duty);
            }
            if !self.rounds.contains_key(&duty)
                && let Some(work) = self.app.duties.work(duty)
            {
                let closing = false;
                self.rounds.insert(duty, Round { work, closing });
                // All that is owed there is read, whenever it came.
                self.last = Id::new(0);
                self.unread = true;
            }
        }
    }

    /// The lease under which callbacks to this endpoint are carried, if they are carried here.
    fn lease(&self, endpoint: Id<Endpoint>) -> Option<Lease> {
        let round = self.rounds.get(&Duty::round_of(endpoint))?;
        (!round.closing).then(|| round.work.lease())
    }

    /// Until the next callback is due. At the limit only an ending makes room.
    fn pause(&self) -> Duration {
        let may_send = self.lanes.in_flight() < DELIVERIES_MAX && self.app.duties.are_sure();
        let due = self.lanes.next_due().filter(|_| may_send);
        let pause = due.map_or(REST_MS, |due| (due.0 - self.now().0).clamp(0, REST_MS));
        Duration::from_millis(pause.unsigned_abs())
    }

    fn now(&self) -> UnixMs {
        self.app.house.store.clock().now().at()
    }

    /// Whether something was left in the database for want of room, and now there is some.
    fn has_room_for_more(&self) -> bool {
        !self.lanes.are_full() && (self.unread || self.lanes.left_out().is_some())
    }

    /// Reads what is new, and what full lanes left out. Returns whether to go on at once.
    async fn load(&mut self) -> Result<bool, StoreError> {
        self.unread = true;
        if self.lanes.are_full() {
            return Ok(false);
        }
        let last = self.last;
        let rows = self
            .app
            .house
            .store
            .read(move |tx| callback::open_after(tx, last, LOAD_MAX))
            .await?;
        self.unread = rows.len() == LOAD_MAX;
        self.last = rows.last().map_or(self.last, |row| row.id);
        for row in rows {
            if self.lease(row.endpoint).is_some() {
                self.lanes.add(row);
            }
        }
        if let Some((endpoint, after)) = self.lanes.left_out() {
            let rows = self
                .app
                .house
                .store
                .read(move |tx| callback::open_of_endpoint(tx, endpoint, after, LOAD_MAX))
                .await?;
            self.lanes.fill(endpoint, rows, LOAD_MAX);
        }
        Ok(self.has_room_for_more())
    }

    async fn send_what_is_due(&mut self) {
        // Whoever slept may have been taken for dead.
        if !self.app.duties.are_sure() {
            return;
        }
        let (now, room) = (
            self.now(),
            DELIVERIES_MAX - self.lanes.in_flight().min(DELIVERIES_MAX),
        );
        let due: Vec<OpenCallback> = std::iter::from_fn(|| self.lanes.next(now)).take(room).collect();
        if due.is_empty() {
            return;
        }
        let subjects = subject::read(&self.app.house, &due).await;
        for (callback, subject) in due.into_iter().zip(subjects) {
            let (carrier, ended) = (self.carrier.clone(), self.ended.clone());
            let Some(lease) = self.lease(callback.endpoint) else {
                self.lanes.finished(&callback, None);
                continue;
            };
            self.tasks.spawn(async move {
                let fate = carrier.carry(&callback, lease, subject).await;
                // Nobody listens: the courier has stopped. What came back is kept in the database.
                let _ = ended.send((callback, fate));
            });
        }
    }
}
