//! What this node may do at present of the work that one node does at a time: `flows/node.rs`.
//!
//! Whoever works on a duty holds an [`OnDuty`] meanwhile. A duty that is to be given up takes no new work, and is given up when the
//! last of these is gone. A node whose beats do not get through stops by itself, before others take it for dead.

use rokad_domain::{
    Id, UnixMs,
    id::kind::Node,
    node::{Duty, Lease},
};
use rokad_flows::{
    House,
    node::{Beat, Joined, Newcomer, Standing, beat, join, rejoin},
    payment, payout, refund,
};
use rokad_store::{Clock, StoreError, clock::Stopwatch};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// Seconds after which others have what a dead node held, unless the operator says otherwise.
pub const LEASE_SECONDS: u32 = 15;

/// How long a lease holds, and what follows from that. In milliseconds.
#[derive(Clone, Copy)]
pub struct Term(i64);

impl Term {
    /// From the whole of it: the time within which others have what a dead node held.
    pub fn from_seconds(seconds: u32) -> Self {
        Self(i64::from(seconds) * 1_000)
    }

    /// Between two beats.
    pub fn beat(self) -> Duration {
        Duration::from_millis((self.0 / 15).unsigned_abs())
    }

    /// How long a node must be silent to be taken for dead: with a few beats to see it, and to take what it had, this is less
    /// than the whole.
    pub fn silence_ms(self) -> i64 {
        self.0 * 2 / 3
    }

    /// How long a node goes on after the last of its beats that got through. Others need longer to take it for dead.
    fn holds_ms(self) -> i64 {
        self.0 / 2
    }
}

/// See the module.
pub struct Duties {
    newcomer: Newcomer,
    /// Of an embedded database there is one node, whose leases nobody else takes.
    term: Option<Term>,
    clock: Clock,
    state: Mutex<State>,
    /// Told when duties come or go.
    changes: watch::Sender<()>,
}

struct State {
    node: Id<Node>,
    /// When the last beat was sent that got through.
    beat: Sent,
    held: BTreeMap<Duty, Held>,
    /// Whether other nodes serve.
    others: bool,
}

struct Held {
    giving_up: bool,
    /// Cloned into whoever works on it.
    work: Arc<()>,
}

/// When a beat was sent, by stopwatch and by clock: on a machine that slept, one of them may have stood still.
struct Sent(Stopwatch, UnixMs);

/// Work on a duty. While it is there, this node does not give the duty up.
pub struct OnDuty {
    duties: Arc<Duties>,
    lease: Lease,
    _work: Arc<()>,
}

impl OnDuty {
    /// What the work must be written under.
    pub fn lease(&self) -> Lease {
        self.lease
    }

    /// Whether to begin with anything more.
    pub fn goes_on(&self) -> bool {
        self.duties.holds(self.lease)
    }
}

impl Duties {
    /// This process begins to serve. If nobody else does, what was under way is due for a question now.
    pub async fn begin(house: &House, newcomer: Newcomer, term: Term) -> Result<Arc<Self>, StoreError> {
        let joined = join(house, newcomer.clone()).await?;
        // The machine's: that a sandbox's clock was moved does not mean that the machine slept.
        let clock = Clock::system();
        let duties = Arc::new(Self {
            term: house.store.is_shared().then_some(term),
            state: Mutex::new(State::new(joined.node, &clock)),
            newcomer,
            clock,
            changes: watch::Sender::new(()),
        });
        duties.beat(house, Vec::new()).await?;
        if joined.alone && duties.newcomer.works {
            take_over(house).await?;
        }
        Ok(duties)
    }

    /// How this node and others know that it lives; `None` where there is only one.
    pub fn term(&self) -> Option<Term> {
        self.term
    }

    /// Its number at present.
    pub fn node(&self) -> Id<Node> {
        self.state().node
    }

    /// Whether other nodes serve.
    pub fn others_serve(&self) -> bool {
        self.state().others
    }

    /// Whether this node is sure that others know it lives.
    pub fn are_sure(&self) -> bool {
        self.is_sure(&self.state())
    }

    /// Hears when duties come or go.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Begins work on a duty, if it is this node's.
    pub fn work(self: &Arc<Self>, duty: Duty) -> Option<OnDuty> {
        let state = self.state();
        let held = state.held.get(&duty).filter(|held| !held.giving_up)?;
        self.is_sure(&state).then(|| OnDuty {
            duties: self.clone(),
            lease: Lease {
                duty,
                node: state.node,
            },
            _work: held.work.clone(),
        })
    }

    /// One beat: says that this node lives, and takes and gives up duties. `silent` are nodes that are dead. Returns how all
    /// stand.
    pub async fn beat(
        self: &Arc<Self>,
        house: &House,
        silent: Vec<(Id<Node>, i64)>,
    ) -> Result<Standing, StoreError> {
        let sent = Sent::now(&self.clock);
        let says = Beat {
            node: self.node(),
            silent,
            done_with: self.state().done_with(),
        };
        if let Some(standing) = beat(house, says).await? {
            self.stand(sent, &standing);
            return Ok(standing);
        }
        tracing::warn!(node = %self.node(), "others took this node for dead; it begins anew");
        let Joined { node, .. } = rejoin(house, self.newcomer.clone()).await?;
        *self.state() = State::new(node, &self.clock);
        self.changes.send_replace(());
        Ok(Standing::default())
    }

    fn stand(&self, sent: Sent, standing: &Standing) {
        let mut state = self.state();
        let before = state.active();
        state.beat = sent;
        state.others = standing.nodes.len() > 1;
        state.held.retain(|duty, _| standing.duties.contains(duty));
        for duty in &standing.duties {
            let held = state.held.entry(*duty).or_insert_with(Held::new);
            held.giving_up = standing.give_up.contains(duty);
        }
        let after = state.active();
        drop(state);
        if before != after && self.term.is_some() {
            tracing::info!(duties = after.len(), nodes = standing.nodes.len(), "duties");
        }
        if before != after {
            self.changes.send_replace(());
        }
    }

    fn holds(&self, lease: Lease) -> bool {
        let state = self.state();
        let held = state.held.get(&lease.duty);
        lease.node == state.node && held.is_some_and(|held| !held.giving_up) && self.is_sure(&state)
    }

    fn is_sure(&self, state: &State) -> bool {
        self.term
            .is_none_or(|term| state.beat.ms_ago(&self.clock) < term.holds_ms())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take_over(house: &House) -> Result<(), StoreError> {
    let payouts = payout::ask::take_over(house).await?;
    let attempts = payment::ask::take_over(house).await?;
    let refunds = refund::errand::take_over(house).await?;
    if payouts + attempts + refunds > 0 {
        tracing::info!(
            payouts,
            attempts,
            refunds,
            "under way at the last stop; their banks are asked"
        );
    }
    Ok(())
}

impl Held {
    fn new() -> Self {
        Self {
            giving_up: false,
            work: Arc::new(()),
        }
    }
}

impl State {
    fn new(node: Id<Node>, clock: &Clock) -> Self {
        Self {
            node,
            beat: Sent::now(clock),
            held: BTreeMap::new(),
            others: false,
        }
    }

    /// Duties that are not to be given up.
    fn active(&self) -> Vec<Duty> {
        let active = self.held.iter().filter(|(_, held)| !held.giving_up);
        active.map(|(duty, _)| *duty).collect()
    }

    /// Duties to be given up on which nobody works any more.
    fn done_with(&self) -> Vec<Duty> {
        let idle = self
            .held
            .iter()
            .filter(|(_, held)| held.giving_up && Arc::strong_count(&held.work) == 1);
        idle.map(|(duty, _)| *duty).collect()
    }
}

impl Sent {
    fn now(clock: &Clock) -> Self {
        Self(Stopwatch::start(), clock.now().at())
    }

    fn ms_ago(&self, clock: &Clock) -> i64 {
        self.0.elapsed_ms().max(clock.now().at().0 - self.1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_stops_before_others_take_it_for_dead_and_they_are_done_within_the_term() {
        for seconds in [3, LEASE_SECONDS, 60] {
            let term = Term::from_seconds(seconds);
            let beat = i64::try_from(term.beat().as_millis()).unwrap();
            assert!(term.holds_ms() + beat < term.silence_ms());
            assert!(
                term.silence_ms() + 3 * beat < i64::from(seconds) * 1_000,
                "seen, looked at and taken"
            );
        }
    }
}
