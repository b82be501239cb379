//! The log of states: that every change was one of the table, and that word of it was owed.

use super::Faults;
use rokad_domain::{
    Id,
    id::kind::{Change, Payout},
    payout::{Status, TRANSITIONS},
};
use rokad_store::{
    StoreError, Tx,
    audit::{self, AuditChange},
    retention,
};
use std::collections::{HashMap, HashSet};

/// The last change of each payout.
#[derive(Default)]
pub(super) struct Road {
    last: HashMap<Id<Payout>, Last>,
}

#[derive(Clone, Copy)]
struct Last {
    change: Id<Change>,
    status: Status,
    told: bool,
}

/// What merchants were told, or will be.
struct Told {
    changes: HashSet<Id<Change>>,
    /// Of changes up to this one it may be forgotten.
    forgotten: Id<Change>,
}

impl Road {
    pub(super) fn walk(tx: &Tx<'_>, faults: &mut Faults) -> Result<Self, StoreError> {
        let mut road = Self::default();
        let told = Told {
            changes: audit::told_changes(tx)?,
            forgotten: retention::forgotten(tx)?.change,
        };
        audit::each_change(tx, |change| road.step(change, &told, faults))?;
        Ok(road)
    }

    fn step(&mut self, change: AuditChange, told: &Told, faults: &mut Faults) {
        let now = Last {
            change: change.id,
            status: change.status,
            told: told.changes.contains(&change.id),
        };
        let before = self.last.insert(change.payout, now);
        if !follows(before, change) {
            faults.add(format!(
                "payout {}: change {} cannot follow the one before it",
                change.payout, change.id
            ));
        }
        // A merchant that wanted callbacks once wants them ever after: an endpoint can be moved, not taken away.
        // What was told long ago is forgotten.
        if before.is_some_and(|before| before.told) && !now.told && change.id > told.forgotten {
            faults.add(format!(
                "payout {}: the callback of change {} is neither owed nor delivered",
                change.payout, change.id
            ));
        }
    }

    /// Whether the log says that this is where the payout stands.
    pub(super) fn ends(&self, payout: Id<Payout>, change: Id<Change>, status: Status) -> bool {
        let last = self.last.get(&payout);
        last.is_some_and(|last| (last.change, last.status) == (change, status))
    }

    /// How many payouts have changes.
    pub(super) fn payouts(&self) -> usize {
        self.last.len()
    }
}

fn follows(before: Option<Last>, change: AuditChange) -> bool {
    match before {
        None => change.previous == 0 && change.status == Status::Pending,
        Some(before) => {
            let allowed =
                |(from, _, to): &(Status, _, Status)| (*from, *to) == (before.status, change.status);
            change.previous == before.change.get() && TRANSITIONS.iter().any(allowed)
        }
    }
}
