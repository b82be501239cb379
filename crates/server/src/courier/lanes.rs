//! The lanes: which callback is next. Pure; the database holds the truth, this only orders it.
//!
//! Each endpoint has a lane. Within a lane each payout, and each payment, has a queue of which only the head may be on its way, so
//! that a merchant hears of changes in order. A lane widens while its endpoint acknowledges and shrinks to one when it does
//! not, so that a dead endpoint holds one delivery, and delays nobody else.

use rokad_domain::{
    Id, UnixMs,
    callback::Fate,
    id::kind::{Callback, Endpoint},
    node::Duty,
};
use rokad_store::callback::{OpenCallback, Queue};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Deliveries at once to one endpoint that acknowledges.
const WIDTH_MAX: usize = 64;

/// Deliveries at once to an endpoint of which nothing is known yet.
const WIDTH_AT_FIRST: usize = 8;

/// Callbacks of one lane that are held in memory. The rest stays in the database until there is room.
const LANE_MAX: usize = 10_000;

/// Callbacks of all lanes that are held in memory: with 100 bytes each, 20 MB.
const ALL_MAX: usize = 200_000;

/// See the module.
#[derive(Default)]
pub struct Lanes {
    lanes: HashMap<Id<Endpoint>, Lane>,
    /// Lanes with room and something ready, by the instant when it is due.
    open: BTreeSet<(UnixMs, Id<Endpoint>)>,
    /// Lanes that left callbacks in the database.
    behind: BTreeSet<Id<Endpoint>>,
    held: usize,
    in_flight: usize,
}

struct Lane {
    queues: HashMap<Queue, VecDeque<OpenCallback>>,
    /// Heads that are not on their way.
    ready: BTreeSet<(UnixMs, Id<Callback>, Queue)>,
    held: usize,
    in_flight: usize,
    width: usize,
    /// Callbacks after this one were left in the database.
    left_out_after: Option<Id<Callback>>,
    last: Id<Callback>,
    /// Under which instant the lane stands among the open ones.
    listed: Option<UnixMs>,
    /// Nothing more is sent: another node will carry the rest.
    closed: bool,
}

impl Lane {
    fn new() -> Self {
        Self {
            queues: HashMap::new(),
            ready: BTreeSet::new(),
            held: 0,
            in_flight: 0,
            width: WIDTH_AT_FIRST,
            left_out_after: None,
            last: Id::new(0),
            listed: None,
            closed: false,
        }
    }

    /// Returns whether it holds one more.
    fn add(&mut self, callback: OpenCallback) -> bool {
        self.last = callback.id;
        let name = callback.tells.queue();
        let queue = self.queues.entry(name).or_default();
        // Sent again by hand: it takes the place of its older self, which nobody is owed any more.
        if let Some(known) = queue.iter_mut().find(|known| known.tells == callback.tells) {
            let old = std::mem::replace(known, callback);
            if self.ready.remove(&(old.due_at, old.id, name)) {
                self.ready.insert((known.due_at, known.id, name));
            }
            return false;
        }
        self.held += 1;
        if queue.is_empty() {
            self.ready.insert((callback.due_at, callback.id, name));
        }
        queue.push_back(callback);
        true
    }

    fn next_due(&self) -> Option<UnixMs> {
        let (due, _, _) = self.ready.first()?;
        (self.in_flight < self.width && !self.closed).then_some(*due)
    }
}

impl Lanes {
    /// Takes a callback in, or leaves it in the database when its lane is full.
    pub fn add(&mut self, callback: OpenCallback) {
        let endpoint = callback.endpoint;
        let lane = self.lanes.entry(endpoint).or_insert_with(Lane::new);
        // What the lane holds already, or will fetch when it has room.
        if callback.id <= lane.last || lane.left_out_after.is_some() {
            return;
        }
        if lane.held >= LANE_MAX {
            lane.left_out_after = Some(lane.last);
            self.behind.insert(endpoint);
            return;
        }
        self.held += usize::from(lane.add(callback));
        self.list(endpoint);
    }

    /// A lane that left callbacks in the database and has room again: from where on.
    pub fn left_out(&self) -> Option<(Id<Endpoint>, Id<Callback>)> {
        let room = |id: &Id<Endpoint>| {
            let lane = self.lanes.get(id).filter(|lane| lane.held < LANE_MAX / 2)?;
            Some((*id, lane.left_out_after?))
        };
        self.behind.iter().find_map(room)
    }

    /// Takes in what a lane left out; fewer than `asked` rows mean that nothing is left.
    pub fn fill(&mut self, endpoint: Id<Endpoint>, rows: Vec<OpenCallback>, asked: usize) {
        let all = rows.len() < asked;
        let lane = self.lanes.entry(endpoint).or_insert_with(Lane::new);
        lane.left_out_after = if all { None } else { rows.last().map(|row| row.id) };
        if all {
            self.behind.remove(&endpoint);
        }
        for row in rows {
            self.held += usize::from(lane.add(row));
        }
        self.list(endpoint);
    }

    /// Sends nothing more of this round.
    pub fn close(&mut self, round: Duty) {
        for endpoint in self.of(round) {
            if let Some(lane) = self.lanes.get_mut(&endpoint) {
                lane.closed = true;
            }
            self.list(endpoint);
        }
    }

    /// How many of this round are on their way.
    pub fn in_flight_of(&self, round: Duty) -> usize {
        let lanes = self.of(round);
        let in_flight = |endpoint| self.lanes.get(endpoint).map_or(0, |lane| lane.in_flight);
        lanes.iter().map(in_flight).sum()
    }

    /// Leaves this round, of which nothing is on its way, in the database.
    pub fn forget(&mut self, round: Duty) {
        for endpoint in self.of(round) {
            self.behind.remove(&endpoint);
            if let Some(lane) = self.lanes.remove(&endpoint) {
                self.held -= lane.held;
                lane.listed.map(|listed| self.open.remove(&(listed, endpoint)));
            }
        }
    }

    fn of(&self, round: Duty) -> Vec<Id<Endpoint>> {
        let mine = self
            .lanes
            .keys()
            .filter(|endpoint| Duty::round_of(**endpoint) == round);
        mine.copied().collect()
    }

    /// Whether no more should be read at present.
    pub fn are_full(&self) -> bool {
        self.held >= ALL_MAX
    }

    /// How many are on their way.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// When the next one is due that may be sent.
    pub fn next_due(&self) -> Option<UnixMs> {
        self.open.first().map(|(due, _)| *due)
    }

    /// The next callback that is due at `now`: it is on its way from here on.
    pub fn next(&mut self, now: UnixMs) -> Option<OpenCallback> {
        let (due, endpoint) = self.open.first().copied()?;
        if due > now {
            return None;
        }
        let lane = self.lanes.get_mut(&endpoint)?;
        let (_, _, queue) = lane.ready.pop_first()?;
        let callback = lane.queues.get(&queue)?.front()?.clone();
        lane.in_flight += 1;
        self.in_flight += 1;
        self.list(endpoint);
        Some(callback)
    }

    /// A delivery has ended. `None`: its end could not be kept, or it is not owed any more; it leaves the lanes.
    pub fn finished(&mut self, callback: &OpenCallback, fate: Option<Fate>) {
        let Some(lane) = self.lanes.get_mut(&callback.endpoint) else {
            return;
        };
        lane.in_flight -= 1;
        self.in_flight -= 1;
        lane.width = match fate {
            Some(Fate::Done) => (lane.width * 2).min(WIDTH_MAX),
            Some(Fate::Retry(_) | Fate::Parked) => 1,
            None => lane.width,
        };
        let name = callback.tells.queue();
        if let Some(queue) = lane.queues.get_mut(&name) {
            let replaced = queue.front().is_some_and(|head| head.id != callback.id);
            if replaced {
                // Its newer self goes on.
            } else if let (Some(Fate::Retry(at)), Some(head)) = (fate, queue.front_mut()) {
                (head.due_at, head.attempts) = (at, head.attempts + 1);
            } else {
                queue.pop_front();
                lane.held -= 1;
                self.held -= 1;
            }
            match queue.front() {
                Some(head) => drop(lane.ready.insert((head.due_at, head.id, name))),
                None => drop(lane.queues.remove(&name)),
            }
        }
        self.list(callback.endpoint);
    }

    /// Puts a lane among the open ones, or takes it out, as it is now.
    fn list(&mut self, endpoint: Id<Endpoint>) {
        let Some(lane) = self.lanes.get_mut(&endpoint) else {
            return;
        };
        let due = lane.next_due();
        if lane.listed == due {
            return;
        }
        if let Some(listed) = lane.listed {
            self.open.remove(&(listed, endpoint));
        }
        if let Some(due) = due {
            self.open.insert((due, endpoint));
        }
        lane.listed = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rokad_store::callback::Tells;

    fn callback(id: i64, endpoint: i64, payout: i64) -> OpenCallback {
        OpenCallback {
            id: Id::new(id),
            endpoint: Id::new(endpoint),
            tells: Tells::Change(Id::new(payout), Id::new(id)),
            since: UnixMs(0),
            attempts: 0,
            due_at: UnixMs(0),
            parked: false,
        }
    }

    fn sent(lanes: &mut Lanes, now: i64) -> Vec<i64> {
        std::iter::from_fn(|| lanes.next(UnixMs(now)))
            .map(|callback| callback.id.get())
            .collect()
    }

    #[test]
    fn a_payouts_callbacks_go_one_after_the_other() {
        let mut lanes = Lanes::default();
        for id in 1..=3 {
            lanes.add(callback(id, 1, 7));
        }
        lanes.add(callback(4, 1, 8));
        assert_eq!(sent(&mut lanes, 0), [1, 4]);
        lanes.finished(&callback(1, 1, 7), Some(Fate::Done));
        assert_eq!(sent(&mut lanes, 0), [2]);
        lanes.finished(&callback(2, 1, 7), Some(Fate::Retry(UnixMs(50))));
        assert_eq!(sent(&mut lanes, 49), [0; 0], "the third waits for the second");
        lanes.finished(&callback(4, 1, 8), Some(Fate::Done));
        assert_eq!(sent(&mut lanes, 50), [2]);
        lanes.finished(&callback(2, 1, 7), Some(Fate::Parked));
        assert_eq!(sent(&mut lanes, 50), [3], "a parked one makes room for the next");
    }

    #[test]
    fn a_dead_endpoint_holds_one_delivery_and_delays_nobody() {
        let mut lanes = Lanes::default();
        for id in 1..=100 {
            lanes.add(callback(id, 1, id));
        }
        let first = sent(&mut lanes, 0);
        assert_eq!(first.len(), WIDTH_AT_FIRST);
        for id in first {
            lanes.finished(&callback(id, 1, id), Some(Fate::Retry(UnixMs(1_000_000))));
        }
        assert_eq!(sent(&mut lanes, 0).len(), 1);
        lanes.add(callback(101, 2, 101));
        assert_eq!(sent(&mut lanes, 0), [101]);
    }

    #[test]
    fn an_endpoint_that_acknowledges_is_served_faster() {
        let mut lanes = Lanes::default();
        for id in 1..=1_000 {
            lanes.add(callback(id, 1, id));
        }
        for _ in 0..4 {
            for id in sent(&mut lanes, 0) {
                lanes.finished(&callback(id, 1, id), Some(Fate::Done));
            }
        }
        assert_eq!(sent(&mut lanes, 0).len(), WIDTH_MAX);
    }

    #[test]
    fn what_is_read_twice_is_sent_once() {
        let mut lanes = Lanes::default();
        for id in [1, 2, 2, 1] {
            lanes.add(callback(id, 1, id));
        }
        assert_eq!(sent(&mut lanes, 0), [1, 2]);
    }

    #[test]
    fn a_round_that_is_given_up_sends_nothing_more_and_is_read_again_when_it_comes_back() {
        let mut lanes = Lanes::default();
        for (id, endpoint) in [(1, 1), (2, 1), (3, 2)] {
            lanes.add(callback(id, endpoint, id));
        }
        let round = Duty::round_of(Id::new(1));
        assert_eq!(lanes.next(UnixMs(0)).map(|one| one.id.get()), Some(1));
        lanes.close(round);
        assert_eq!(sent(&mut lanes, 0), [3], "the other round goes on");
        assert_eq!(lanes.in_flight_of(round), 1);
        lanes.finished(&callback(1, 1, 1), Some(Fate::Done));
        assert_eq!((lanes.in_flight_of(round), sent(&mut lanes, 0)), (0, vec![]));
        lanes.forget(round);
        for (id, endpoint) in [(2, 1), (3, 2)] {
            lanes.add(callback(id, endpoint, id));
        }
        assert_eq!(sent(&mut lanes, 0), [2], "the third is on its way already");
        lanes.finished(&callback(2, 1, 2), Some(Fate::Done));
        lanes.finished(&callback(3, 2, 3), Some(Fate::Done));
        assert_eq!((lanes.held, lanes.in_flight()), (0, 0));
    }

    #[test]
    fn a_full_lane_leaves_the_rest_in_the_database_and_fetches_it_later() {
        let mut lanes = Lanes::default();
        let all = LANE_MAX as i64 + 500;
        for id in 1..=all {
            lanes.add(callback(id, 1, id));
        }
        assert_eq!(lanes.left_out(), None, "full: no room yet");
        let mut delivered = Vec::new();
        while lanes.left_out().is_none() {
            for id in sent(&mut lanes, 0) {
                lanes.finished(&callback(id, 1, id), Some(Fate::Done));
                delivered.push(id);
            }
        }
        let (endpoint, after) = lanes.left_out().unwrap();
        assert_eq!((endpoint.get(), after.get()), (1, LANE_MAX as i64));
        let rest = (after.get() + 1..=all).map(|id| callback(id, 1, id)).collect();
        lanes.fill(endpoint, rest, 1_000);
        loop {
            let more = sent(&mut lanes, 0);
            if more.is_empty() {
                break;
            }
            for id in more {
                lanes.finished(&callback(id, 1, id), Some(Fate::Done));
                delivered.push(id);
            }
        }
        assert_eq!(delivered, (1..=all).collect::<Vec<_>>());
        assert_eq!((lanes.held, lanes.in_flight()), (0, 0));
    }
}
