//! Disputes: each one's entries, log, payment and evidence are those of its state.

use super::{
    Faults,
    aside::{Aside, Part},
    ledger::Ledger,
    payments::Payments,
};
use rokad_domain::{
    Id, Paise,
    account::Account,
    dispute::{Status, TRANSITIONS},
    id::kind::{Acquirer, Dispute, DisputeChange, Merchant, Payment},
};
use rokad_store::{
    StoreError, Tx,
    audit::collecting::{self as audit, AuditDisputeChange},
    dispute::StoredDispute,
};
use std::collections::HashMap;

/// What all disputes add up to.
#[derive(Default)]
pub(super) struct Disputes {
    pub(super) disputed: HashMap<Id<Merchant>, i64>,
    pub(super) paid_out: HashMap<Id<Acquirer>, i64>,
    /// What they add up to for each payment.
    pub(super) payments: HashMap<Id<Payment>, Tally>,
    last: HashMap<Id<Dispute>, (Id<DisputeChange>, Status)>,
    seen: usize,
}

/// What the disputes of one payment add up to.
#[derive(Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) disputed: i64,
    pub(super) lost: i64,
    pub(super) uncleared_out: i64,
    pub(super) disputes: u32,
    pub(super) last: Option<Id<Dispute>>,
}

impl Disputes {
    pub(super) fn check(
        tx: &Tx<'_>,
        ledger: &Ledger,
        payments: &Payments,
        faults: &mut Faults,
    ) -> Result<Self, StoreError> {
        let mut disputes = Self::default();
        audit::each_dispute_change(tx, |change| disputes.step(change, faults))?;
        audit::each_dispute(tx, |dispute| disputes.one(&dispute, ledger, payments, faults))?;
        if disputes.last.len() != disputes.seen || ledger.disputes.len() != disputes.seen {
            faults.add("there are entries or logs of disputes that do not exist".to_owned());
        }
        for dispute in audit::bad_evidence(tx)? {
            faults.add(format!("dispute {dispute}: its evidence is not what was kept"));
        }
        let answered = |status: Status| matches!(status, Status::Contested | Status::Accepted);
        let to_tell = audit::queues(tx)?.disputes_to_tell;
        let stray = |id: &Id<Dispute>| !disputes.last.get(id).is_some_and(|(_, status)| answered(*status));
        if to_tell.iter().any(stray) {
            faults.add("an acquirer is to hear of an answer that there is none of".to_owned());
        }
        Ok(disputes)
    }

    fn step(&mut self, change: AuditDisputeChange, faults: &mut Faults) {
        let before = self.last.insert(change.dispute, (change.id, change.status));
        let follows = match before {
            None => change.previous == 0 && change.status == Status::Open,
            Some((id, status)) => {
                let allowed = |(from, _, to): &(Status, _, Status)| (*from, *to) == (status, change.status);
                id.get() == change.previous && TRANSITIONS.iter().any(allowed)
            }
        };
        if !follows {
            let (dispute, id) = (change.dispute, change.id);
            faults.add(format!(
                "dispute {dispute}: change {id} cannot follow the one before it"
            ));
        }
    }

    fn one(&mut self, dispute: &StoredDispute, ledger: &Ledger, payments: &Payments, faults: &mut Faults) {
        self.seen += 1;
        let sums = ledger.disputes.get(&dispute.id).copied().unwrap_or_default();
        let purse = payments.purse(dispute.attempt, dispute.payment);
        let logged = self.last.get(&dispute.id) == Some(&(dispute.last_change, dispute.status));
        let complaints = [
            misbooked(dispute, sums, purse),
            (!logged).then_some("its log says otherwise"),
            (dispute.ended_at.is_some() == dispute.status.is_open())
                .then_some("its end does not fit its state"),
        ];
        for complaint in complaints.into_iter().flatten() {
            let (id, word) = (dispute.id, dispute.status.word());
            faults.add(format!("dispute {id} ({word}): {complaint}"));
        }
        let amount = dispute.aside.amount.get();
        let tally = self.payments.entry(dispute.payment).or_default();
        if tally.last != dispute.previous {
            let id = dispute.id;
            faults.add(format!(
                "dispute {id}: it does not follow the one of its payment before it"
            ));
        }
        (tally.last, tally.disputes) = (Some(dispute.id), tally.disputes + 1);
        tally.uncleared_out += dispute.aside.source.collected.get() - sums.released.collected;
        match dispute.status {
            Status::Open | Status::Contested | Status::Accepted => {
                tally.disputed += amount;
                *self.disputed.entry(dispute.merchant).or_default() += amount;
            }
            Status::Lost => {
                tally.lost += amount;
                if let Some(Account::Acquirer(acquirer)) = purse {
                    *self.paid_out.entry(acquirer).or_default() += amount;
                }
            }
            Status::Won | Status::Withdrawn => {}
        }
    }
}

/// What does not fit between a dispute's state and its entries.
fn misbooked(dispute: &StoredDispute, sums: Aside, purse: Option<Account>) -> Option<&'static str> {
    let aside = &dispute.aside;
    let once = |collected: Paise, owed: i64| Part {
        entries: 1,
        paise: aside.amount.get(),
        collected: collected.get(),
        owed,
    };
    let none = Part::default();
    if sums.held != once(aside.source.collected, aside.owed.get()) {
        return Some("its money was not set aside exactly once");
    }
    let fits = match dispute.status {
        Status::Open | Status::Contested | Status::Accepted => (sums.gone, sums.released) == (none, none),
        Status::Lost => {
            (sums.gone, sums.released) == (once(Paise::ZERO, 0), none)
                && sums.purse.is_some()
                && sums.purse == purse
        }
        // To where it was, or, once its payment was settled, to what may be used; what was repaid meanwhile is not repaid again.
        Status::Won | Status::Withdrawn => {
            let back = [aside.source.collected, Paise::ZERO];
            sums.gone == none
                && (0..=aside.owed.get()).contains(&sums.released.owed)
                && back
                    .map(|collected| once(collected, sums.released.owed))
                    .contains(&sums.released)
        }
    };
    (!fits).then_some("its entries are not those of its state")
}
