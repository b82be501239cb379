//! Several nodes serve one database. Some work is done by one of them at a time: each piece is a duty, and a lease on it says
//! whose it is.

use crate::{
    Id,
    id::kind::{Endpoint, Node},
};
use std::collections::BTreeMap;

/// Rounds of the courier: the endpoints are divided among so many, and each round is carried by one node.
const ROUNDS: u8 = 64;

/// Work that one node does at a time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Duty {
    /// Carries the callbacks of the endpoints of this round.
    Round(u8),
    /// Settles what is due.
    Settlement,
    /// Ends payments whose time is over.
    Expiry,
    /// Reads what is new at the banks.
    News,
    /// Forgets what was delivered long ago.
    Retention,
}

impl Duty {
    /// Every duty.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = [Self::Settlement, Self::Expiry, Self::News, Self::Retention];
        (0..ROUNDS).map(Self::Round).chain(others)
    }

    /// The duty with this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::all().find(|duty| duty.number() == number)
    }

    /// Its number in the database.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Settlement => 1,
            Self::Expiry => 2,
            Self::News => 3,
            Self::Retention => 4,
            Self::Round(round) => 100 + round as i64,
        }
    }

    /// The round that this endpoint belongs to, for ever. Neighbours in number are far apart, so that a few endpoints are already
    /// carried by several nodes.
    #[must_use]
    pub fn round_of(endpoint: Id<Endpoint>) -> Self {
        /// Has no factor in common with the number of rounds.
        const APART: i64 = 37;
        let round = endpoint.get().wrapping_mul(APART).rem_euclid(i64::from(ROUNDS));
        Self::Round(u8::try_from(round).unwrap_or_default())
    }
}

/// A lease on a duty. The number of a node is drawn once, for one start: whoever was taken for dead comes back under another,
/// so that a lease that was lost is never mistaken for one that is held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Lease {
    /// What it is on.
    pub duty: Duty,
    /// Who has it.
    pub node: Id<Node>,
}

/// What a node should do so that all get the same share, within one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shift {
    /// Duties that nobody has, and that are to be this node's.
    pub take: Vec<Duty>,
    /// Duties that it has beyond its share: they are given up when nothing of them is under way.
    pub give_up: Vec<Duty>,
}

/// Decides what `me` should take and give up. `working` are the nodes that have duties at all, in the order of their
/// numbers.
#[must_use]
pub fn decide_shift(me: Id<Node>, working: &[Id<Node>], held: &BTreeMap<Duty, Id<Node>>) -> Shift {
    let share = share_of(me, working);
    let mine: Vec<Duty> = Duty::all().filter(|duty| held.get(duty) == Some(&me)).collect();
    let free = Duty::all().filter(|duty| !held.contains_key(duty));
    Shift {
        take: free.take(share.saturating_sub(mine.len())).collect(),
        give_up: mine.into_iter().skip(share).collect(),
    }
}

fn share_of(me: Id<Node>, working: &[Id<Node>]) -> usize {
    let Some(place) = working.iter().position(|node| *node == me) else {
        return 0;
    };
    let all = Duty::all().count();
    all / working.len() + usize::from(place < all % working.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_duty_is_found_by_its_number() {
        for duty in Duty::all() {
            assert_eq!(Duty::from_number(duty.number()), Some(duty));
        }
        assert_eq!(Duty::from_number(0), None);
    }

    #[test]
    fn as_many_endpoints_as_rounds_have_each_their_own_and_a_few_are_spread() {
        let rounds: BTreeSet<Duty> = (1..=64).map(|id| Duty::round_of(Id::new(id))).collect();
        assert_eq!(rounds.len(), usize::from(ROUNDS));
        let in_first_half = (1..=6).filter(|id| Duty::round_of(Id::new(*id)) < Duty::Round(ROUNDS / 2));
        assert_eq!(in_first_half.count(), 3);
    }

    /// Every node acts once, in order.
    fn one_turn(working: &[Id<Node>], held: &mut BTreeMap<Duty, Id<Node>>) {
        for me in working {
            let shift = decide_shift(*me, working, held);
            for duty in shift.give_up {
                assert_eq!(held.remove(&duty), Some(*me));
            }
            for duty in shift.take {
                assert_eq!(held.insert(duty, *me), None, "it was free");
            }
        }
    }

    proptest! {
        #[test]
        fn whoever_comes_and_goes_every_duty_is_soon_held_in_equal_shares(
            changes in prop::collection::vec((any::<bool>(), 0..8usize), 1..12),
        ) {
            let (mut next, mut working, mut held) = (1, vec![Id::new(0)], BTreeMap::new());
            for (comes, at) in changes {
                if comes || working.len() == 1 {
                    working.push(Id::new(next));
                    next += 1;
                } else {
                    let gone = working.remove(at % working.len());
                    held.retain(|_, holder| *holder != gone);
                }
                one_turn(&working, &mut held);
                one_turn(&working, &mut held);
                prop_assert_eq!(held.len(), Duty::all().count());
                let shares = working.iter().map(|node| held.values().filter(|holder| *holder == node).count());
                let (least, most) = (shares.clone().min(), shares.max());
                prop_assert!(most.unwrap_or(0) - least.unwrap_or(0) <= 1);
                let before = held.clone();
                one_turn(&working, &mut held);
                prop_assert_eq!(&held, &before, "then nothing moves");
            }
        }
    }
}
