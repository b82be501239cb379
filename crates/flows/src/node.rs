//! A node comes, lives, and goes; and of the work that one node does at a time it does its share.
//!
//! A node that lives raises its beats. Whoever sees the beats of another stand still for long enough, by its own clock, takes it for
//! dead: its row goes, and with it its leases. No clocks of two machines are compared. A node that was wrongly taken for dead
//! finds its row gone and begins anew, under another number; what it still tries under the old one is refused
//! where it would be written.

use crate::House;
use rokad_domain::{
    Id, Now,
    id::kind::Node,
    node::{Duty, Lease, decide_shift},
};
use rokad_store::{
    StoreError, Tx,
    clock::Stopwatch,
    node::{self, StoredNode},
};
use std::collections::{BTreeMap, HashMap};

/// Who begins.
#[derive(Clone)]
pub struct Newcomer {
    /// Its name. A process that begins with the name of another takes its place: two never run under one.
    pub name: String,
    /// Whether it takes duties.
    pub works: bool,
}

/// A node that has begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Joined {
    /// Its number.
    pub node: Id<Node>,
    /// Nobody else serves: whatever is under way was left by somebody who is gone.
    pub alone: bool,
}

/// A process begins to serve. Nodes of its name are of starts before this one, and gone. An embedded database has one node at a
/// time, so that all others are.
///
/// # Errors
/// Those of the store.
pub async fn join(house: &House, newcomer: Newcomer) -> Result<Joined, StoreError> {
    let shared = house.store.is_shared();
    house
        .store
        .tx("join", move |tx, now| {
            let known = node::all(tx)?;
            let (gone, others): (Vec<StoredNode>, Vec<StoredNode>) = known
                .into_iter()
                .partition(|known| !shared || known.name == newcomer.name);
            node::remove(tx, &ids(&gone))?;
            enter(tx, now, &newcomer, others.is_empty())
        })
        .await
}

/// A node that was taken for dead begins anew. It removes nobody.
///
/// # Errors
/// Those of the store.
pub async fn rejoin(house: &House, newcomer: Newcomer) -> Result<Joined, StoreError> {
    house
        .store
        .tx("rejoin", move |tx, now| enter(tx, now, &newcomer, false))
        .await
}

fn enter(tx: &Tx<'_>, now: Now, newcomer: &Newcomer, alone: bool) -> Result<Joined, StoreError> {
    let node = node::enter(tx, &newcomer.name, newcomer.works, now.at())?;
    Ok(Joined { node, alone })
}

fn ids(nodes: &[StoredNode]) -> Vec<Id<Node>> {
    nodes.iter().map(|node| node.id).collect()
}

/// A node takes no more duties, and goes on to answer.
///
/// # Errors
/// Those of the store.
pub async fn retire(house: &House, node: Id<Node>) -> Result<(), StoreError> {
    house
        .store
        .tx("retire", move |tx, _| node::retire(tx, node))
        .await
}

/// A node goes; what it had is free at once.
///
/// # Errors
/// Those of the store.
pub async fn leave(house: &House, node: Id<Node>) -> Result<(), StoreError> {
    house
        .store
        .tx("leave", move |tx, _| node::remove(tx, &[node]))
        .await
}

/// What a node says when it beats.
#[derive(Clone, Debug)]
pub struct Beat {
    /// Who.
    pub node: Id<Node>,
    /// Nodes that were silent for too long, with the beats that they had all the while.
    pub silent: Vec<(Id<Node>, i64)>,
    /// Duties that it gives up: nothing of them is under way.
    pub done_with: Vec<Duty>,
}

/// How a node stands after a beat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Its duties.
    pub duties: Vec<Duty>,
    /// Those of them that it should finish with, because others have fewer.
    pub give_up: Vec<Duty>,
    /// All nodes.
    pub nodes: Vec<StoredNode>,
}

/// A node lives: it says so, removes those that are dead, and gets its share. `None`: it was taken for dead itself.
///
/// # Errors
/// Those of the store.
pub async fn beat(house: &House, beat: Beat) -> Result<Option<Standing>, StoreError> {
    house.store.tx("beat", move |tx, _| beat_once(tx, &beat)).await
}

fn beat_once(tx: &Tx<'_>, beat: &Beat) -> Result<Option<Standing>, StoreError> {
    if !node::beat(tx, beat.node)? {
        return Ok(None);
    }
    let mut nodes = node::all(tx)?;
    // Whoever has beaten since it was last looked at lives.
    let (dead, living) = nodes
        .into_iter()
        .partition(|node| beat.silent.contains(&(node.id, node.beats)));
    nodes = living;
    if !dead.is_empty() {
        node::remove(tx, &ids(&dead))?;
        tracing::warn!(nodes = ?dead.iter().map(|node| &node.name).collect::<Vec<_>>(), "taken for dead");
    }
    let lease = |duty: &Duty| Lease {
        duty: *duty,
        node: beat.node,
    };
    if !beat.done_with.is_empty() {
        node::release(tx, &beat.done_with.iter().map(lease).collect::<Vec<_>>())?;
    }
    let mut held = node::duties(tx)?;
    let working: Vec<Id<Node>> = nodes
        .iter()
        .filter(|node| node.works)
        .map(|node| node.id)
        .collect();
    let shift = decide_shift(beat.node, &working, &held);
    node::take(tx, beat.node, &shift.take)?;
    held.extend(shift.take.into_iter().map(|duty| (duty, beat.node)));
    Ok(Some(Standing {
        duties: of(beat.node, &held),
        give_up: shift.give_up,
        nodes,
    }))
}

fn of(node: Id<Node>, held: &BTreeMap<Duty, Id<Node>>) -> Vec<Duty> {
    let mine = held.iter().filter(|(_, holder)| **holder == node);
    mine.map(|(duty, _)| *duty).collect()
}

/// Watches the beats of the other nodes, by a stopwatch of its own.
#[derive(Default)]
pub struct Lookout(HashMap<Id<Node>, (i64, Stopwatch)>);

impl Lookout {
    /// Looks at what all nodes' beats are now.
    pub fn see(&mut self, nodes: &[StoredNode]) {
        self.0.retain(|id, _| nodes.iter().any(|node| node.id == *id));
        for node in nodes {
            let seen = self
                .0
                .get(&node.id)
                .is_some_and(|(beats, _)| *beats == node.beats);
            if !seen {
                self.0.insert(node.id, (node.beats, Stopwatch::start()));
            }
        }
    }

    /// Nodes other than `me` whose beats have stood still for so long.
    #[must_use]
    pub fn silent_for(&self, me: Id<Node>, ms: i64) -> Vec<(Id<Node>, i64)> {
        let silent = self
            .0
            .iter()
            .filter(|(id, (_, since))| **id != me && since.elapsed_ms() >= ms);
        silent.map(|(id, (beats, _))| (*id, *beats)).collect()
    }
}

/// Carries `ask` out like [`rokad_store::Store::run`], under a lease unless somebody does it by hand. `None`: the lease is lost,
/// and nothing was done.
///
/// # Errors
/// Those of the store.
pub async fn run_under<F, A, R>(
    house: &House,
    lease: Option<Lease>,
    step: F,
    ask: A,
) -> Result<Option<R>, StoreError>
where
    F: Fn(&mut Tx<'_>, Now, &[A]) -> Result<Vec<R>, StoreError> + Copy + Send + 'static,
    A: Send + 'static,
    R: Send + 'static,
{
    match lease {
        Some(lease) => house.store.run(under::<F, A, R>, (lease, step, ask)).await,
        None => house.store.run(step, ask).await.map(Some),
    }
}

/// The step behind [`run_under`].
fn under<F, A, R>(tx: &mut Tx<'_>, now: Now, asks: &[(Lease, F, A)]) -> Result<Vec<Option<R>>, StoreError>
where
    F: Fn(&mut Tx<'_>, Now, &[A]) -> Result<Vec<R>, StoreError>,
{
    let leases: Vec<Lease> = asks.iter().map(|(lease, ..)| *lease).collect();
    let held = node::holds(tx, &leases)?;
    let one = |(lease, step, ask): &(Lease, F, A)| {
        if held.contains(lease) {
            Ok(step(tx, now, std::slice::from_ref(ask))?.pop())
        } else {
            tracing::warn!(duty = ?lease.duty, node = %lease.node, "not done: the lease is lost");
            Ok(None)
        }
    };
    asks.iter().map(one).collect()
}
