//! Refunds: each one's entries, log, queue and payment are those of its state.

use super::{
    Faults,
    aside::{Aside, Part},
    disputes::Disputes,
    ledger::Ledger,
    payments::{Payments, Says},
};
use crate::refund::reference;
use rokad_domain::{
    Id, Paise,
    account::Account,
    id::kind::{Acquirer, Merchant, Payment, Refund, RefundChange},
    payment::Back,
    refund::{Fault, Status, TRANSITIONS},
};
use rokad_store::{
    StoreError, Tx,
    audit::collecting::{self as audit, AuditRefundChange},
    refund::StoredRefund,
};
use std::collections::{HashMap, HashSet};

/// What all refunds add up to.
#[derive(Default)]
pub(super) struct Refunds {
    pub(super) held: HashMap<Id<Merchant>, i64>,
    pub(super) paid_out: HashMap<Id<Acquirer>, i64>,
    last: HashMap<Id<Refund>, Last>,
    under_way: HashSet<Id<Refund>>,
    payments: HashMap<Id<Payment>, Tally>,
    seen: usize,
    seen_under_way: usize,
}

struct Last {
    change: Id<RefundChange>,
    status: Status,
    detail: String,
}

/// What the refunds of one payment add up to.
#[derive(Default)]
pub(super) struct Tally {
    back: Back,
    uncleared_out: i64,
    refunds: u32,
    last: Option<Id<Refund>>,
}

impl Refunds {
    pub(super) fn check(
        tx: &Tx<'_>,
        ledger: &Ledger,
        (payments, disputes): (&Payments, &Disputes),
        faults: &mut Faults,
    ) -> Result<Self, StoreError> {
        let queues = audit::queues(tx)?;
        let mut refunds = Self {
            under_way: queues.refunds.into_iter().collect(),
            ..Self::default()
        };
        let mut merchants = HashMap::new();
        audit::each_refund_change(tx, |change| refunds.step(change, faults))?;
        audit::each_refund(tx, |refund| {
            merchants.insert(refund.id, refund.merchant);
            refunds.one(&refund, ledger, payments, faults);
        })?;
        refunds.all(ledger, (payments, disputes), faults);
        let stray = |(merchant, refund): &(_, _)| merchants.get(refund) != Some(merchant);
        if queues.refund_keys.iter().any(stray) {
            faults.add("a merchant's key stands for a refund that is not its own".to_owned());
        }
        Ok(refunds)
    }

    fn step(&mut self, change: AuditRefundChange, faults: &mut Faults) {
        let (id, refund) = (change.id, change.refund);
        let (previous, status) = (change.previous, change.status);
        let now = Last {
            change: id,
            status,
            detail: change.detail,
        };
        let follows = match self.last.insert(refund, now) {
            None => previous == 0 && status == Status::Initiated,
            Some(before) => {
                let allowed = |(from, _, to): &(Status, _, Status)| (*from, *to) == (before.status, status);
                before.change.get() == previous && before.status != status && TRANSITIONS.iter().any(allowed)
            }
        };
        if !follows {
            faults.add(format!(
                "refund {refund}: change {id} cannot follow the one before it"
            ));
        }
    }

    fn one(&mut self, refund: &StoredRefund, ledger: &Ledger, payments: &Payments, faults: &mut Faults) {
        self.seen += 1;
        let sums = ledger.refunds.get(&refund.id).copied().unwrap_or_default();
        let purse = payments.purse(refund.attempt, refund.payment);
        let complaints = [
            self.misplaced(refund),
            misbooked(refund, sums, purse),
            (!self.is_logged(refund)).then_some("its log says otherwise"),
        ];
        for complaint in complaints.into_iter().flatten() {
            faults.add(format!("refund {} ({:?}): {complaint}", refund.id, refund.status));
        }
        let tally = self.payments.entry(refund.payment).or_default();
        if tally.last != refund.previous {
            faults.add(format!(
                "refund {}: it does not follow the one of its payment before it",
                refund.id
            ));
        }
        (tally.last, tally.refunds) = (Some(refund.id), tally.refunds + 1);
        tally.uncleared_out += refund.source.collected.get() - sums.released.collected;
        let sum = match refund.status {
            Status::Initiated | Status::InProgress => &mut tally.back.refunding,
            Status::Completed => &mut tally.back.refunded,
            Status::Failed => return,
        };
        *sum = sum.plus(refund.amount).unwrap_or(*sum);
        if refund.status.is_under_way() {
            self.seen_under_way += 1;
            *self.held.entry(refund.merchant).or_default() += refund.amount.get();
        } else if let Some(Account::Acquirer(acquirer)) = purse {
            *self.paid_out.entry(acquirer).or_default() += refund.amount.get();
        }
    }

    fn misplaced(&self, refund: &StoredRefund) -> Option<&'static str> {
        let completed = refund.status == Status::Completed;
        let failed = refund.status == Status::Failed;
        if self.under_way.contains(&refund.id) != refund.status.is_under_way() {
            Some("it stands in the wrong queue")
        } else if !reference::names(&refund.reference, refund.id) {
            Some("its reference is not its own")
        } else if refund.bank_ref.is_some() != completed
            || refund.fault.is_some() != failed
            || refund.ended_at.is_some() != (completed || failed)
            || refund.not_after.is_some() != (refund.status != Status::Initiated)
        {
            Some("what it says does not fit its state")
        } else {
            None
        }
    }

    fn is_logged(&self, refund: &StoredRefund) -> bool {
        let said = match refund.status {
            Status::Initiated | Status::InProgress => Some(""),
            Status::Completed => refund.bank_ref.as_ref().map(|bank_ref| bank_ref.as_str()),
            Status::Failed => refund.fault.map(Fault::code),
        };
        self.last.get(&refund.id).is_some_and(|last| {
            (last.change, last.status, Some(last.detail.as_str()))
                == (refund.last_change, refund.status, said)
        })
    }

    /// What can only be seen of all together.
    fn all(&self, ledger: &Ledger, (payments, disputes): (&Payments, &Disputes), faults: &mut Faults) {
        if self.last.len() != self.seen || ledger.refunds.len() != self.seen {
            faults.add("there are entries or logs of refunds that do not exist".to_owned());
        }
        if self.under_way.len() != self.seen_under_way {
            faults.add("refunds stand in a queue that do not belong there".to_owned());
        }
        let nothing = Tally::default();
        let named = self
            .payments
            .keys()
            .chain(disputes.payments.keys())
            .chain(payments.backs.keys());
        for payment in named.collect::<HashSet<_>>() {
            let tally = self.payments.get(payment).unwrap_or(&nothing);
            let disputed = disputes.payments.get(payment).copied().unwrap_or_default();
            let is = Says {
                refunding: tally.back.refunding.get(),
                refunded: tally.back.refunded.get() + disputed.lost,
                disputed: disputed.disputed,
                uncleared_out: tally.uncleared_out + disputed.uncleared_out,
                refunds: (tally.refunds, tally.last),
                disputes: (disputed.disputes, disputed.last),
            };
            if payments.backs.get(payment) != Some(&is) {
                faults.add(format!(
                    "payment {payment}: what went back of it is not what its refunds and disputes add up to"
                ));
            }
        }
    }
}

/// What does not fit between a refund's state and its entries.
fn misbooked(refund: &StoredRefund, sums: Aside, purse: Option<Account>) -> Option<&'static str> {
    let once = |collected: Paise| Part {
        entries: 1,
        paise: refund.amount.get(),
        collected: collected.get(),
        owed: 0,
    };
    let none = Part::default();
    if sums.held != once(refund.source.collected) {
        return Some("its money was not set aside exactly once");
    }
    let fits = match refund.status {
        Status::Initiated | Status::InProgress => (sums.gone, sums.released) == (none, none),
        Status::Completed => {
            (sums.gone, sums.released) == (once(Paise::ZERO), none)
                && sums.purse.is_some()
                && sums.purse == purse
        }
        // To where it was, or, once its payment was settled, all to what may be used.
        Status::Failed => {
            let back = [once(refund.source.collected), once(Paise::ZERO)];
            sums.gone == none && back.contains(&sums.released)
        }
    };
    (!fits).then_some("its entries are not those of its state")
}
