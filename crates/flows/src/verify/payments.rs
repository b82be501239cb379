//! Payments: each one's entries, log, attempts, queues and settlement are those of its state.

use super::{
    Faults,
    ledger::{Ledger, Moved},
};
use crate::payment::reference;
use rokad_domain::{
    Id, Paise,
    account::Account,
    id::kind::{Acquirer, Attempt, Dispute, Merchant, Payment, PaymentChange, Refund, Settlement},
    payment::{AttemptStatus, Status, Step},
};
use rokad_store::{
    StoreError, Tx,
    attempt::StoredAttempt,
    audit::collecting::{self as audit, AuditStep},
    payment::StoredPayment,
    settlement::Unsettled,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What all payments and receipts add up to.
#[derive(Default)]
pub(super) struct Payments {
    pub(super) by_status: BTreeMap<&'static str, (usize, i64)>,
    pub(super) earned: i64,
    pub(super) taxed: i64,
    pub(super) collected: HashMap<Id<Merchant>, i64>,
    pub(super) acquired: HashMap<Id<Acquirer>, i64>,
    pub(super) suspense: i64,
    /// Of each payment of which money went back, or was to: what it says about that.
    pub(super) backs: HashMap<Id<Payment>, Says>,
    last_step: HashMap<Id<Payment>, (Id<PaymentChange>, Step)>,
    attempts: HashMap<Id<Attempt>, StoredAttempt>,
    /// What the log says became of an attempt: its fault, or the bank's reference.
    outcomes: HashMap<Id<Attempt>, (Step, String)>,
    open: HashMap<Id<Payment>, i64>,
    under_way: HashSet<Id<Attempt>>,
    unsettled: HashMap<Id<Payment>, Unsettled>,
    settled: HashMap<Id<Settlement>, (Id<Merchant>, i64, i64)>,
    seen: usize,
    seen_open: usize,
    seen_unsettled: usize,
    seen_captured: usize,
}

/// What a payment says about money that went back of it, in paise.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Says {
    pub(super) refunding: i64,
    pub(super) refunded: i64,
    pub(super) disputed: i64,
    pub(super) uncleared_out: i64,
    pub(super) refunds: (u32, Option<Id<Refund>>),
    pub(super) disputes: (u32, Option<Id<Dispute>>),
}

impl Payments {
    pub(super) fn check(tx: &Tx<'_>, ledger: &Ledger, faults: &mut Faults) -> Result<Self, StoreError> {
        let queues = audit::queues(tx)?;
        let mut payments = Self {
            open: queues.open.into_iter().collect(),
            under_way: queues.under_way.into_iter().collect(),
            unsettled: queues
                .unsettled
                .into_iter()
                .map(|one| (one.payment, one))
                .collect(),
            ..Self::default()
        };
        audit::each_step(tx, |step| payments.step(step, faults))?;
        audit::each_attempt(tx, |attempt| payments.attempt(attempt, faults))?;
        audit::each_payment(tx, |payment| payments.one(&payment, ledger, faults))?;
        payments.all(ledger, faults);
        payments.settlements(tx, ledger, faults)?;
        payments.receipts(tx, ledger, faults)?;
        Ok(payments)
    }

    fn step(&mut self, step: AuditStep, faults: &mut Faults) {
        if matches!(step.step, Step::Captured | Step::AttemptFailed) {
            self.outcomes
                .insert(Id::new(step.attempt), (step.step, step.detail));
        }
        let before = self.last_step.insert(step.payment, (step.id, step.step));
        let follows = before.map_or(0, |(id, _)| id.get()) == step.previous
            && step.step.may_follow(before.map(|(_, step)| step));
        if !follows {
            let (payment, id) = (step.payment, step.id);
            faults.add(format!(
                "payment {payment}: line {id} of its log cannot follow the one before it"
            ));
        }
    }

    fn attempt(&mut self, attempt: StoredAttempt, faults: &mut Faults) {
        let id = attempt.id;
        let complaints = [
            (self.under_way.contains(&id) != attempt.status.is_under_way())
                .then_some("it stands in the wrong queue"),
            (!reference::names(&attempt.reference, id)).then_some("its reference is not its own"),
            (attempt.bank_ref.is_some() != (attempt.status == AttemptStatus::Captured)
                || attempt.fault.is_some() != (attempt.status == AttemptStatus::Failed))
                .then_some("what it says does not fit its state"),
            (!self.is_logged(&attempt)).then_some("its log says otherwise"),
        ];
        for complaint in complaints.into_iter().flatten() {
            faults.add(format!("attempt {id} ({:?}): {complaint}", attempt.status));
        }
        self.attempts.insert(id, attempt);
    }

    fn is_logged(&self, attempt: &StoredAttempt) -> bool {
        let bank_ref = attempt.bank_ref.as_ref().map(|utr| utr.as_str());
        let said = match attempt.status {
            AttemptStatus::Sent | AttemptStatus::Waiting => None,
            AttemptStatus::Captured => bank_ref.map(|bank_ref| (Step::Captured, bank_ref)),
            AttemptStatus::Failed => attempt.fault.map(|fault| (Step::AttemptFailed, fault.code())),
        };
        let logged = self.outcomes.get(&attempt.id);
        logged.map(|(step, detail)| (*step, detail.as_str())) == said
    }

    fn one(&mut self, payment: &StoredPayment, ledger: &Ledger, faults: &mut Faults) {
        self.seen += 1;
        let (count, sum) = self.by_status.entry(word(payment.status)).or_default();
        (*count, *sum) = (*count + 1, *sum + payment.order.amount.get());
        let complaints = [
            self.misplaced(payment),
            self.misattempted(payment),
            self.misbooked(payment, ledger.captures.get(&payment.id)),
        ];
        for complaint in complaints.into_iter().flatten() {
            faults.add(format!(
                "payment {} ({}): {complaint}",
                payment.id,
                word(payment.status)
            ));
        }
        if payment.status == Status::Captured {
            self.count(payment);
        }
        let says = Says {
            refunding: payment.back.refunding.get(),
            refunded: payment.back.refunded.get(),
            disputed: payment.back.disputed.get(),
            uncleared_out: payment.uncleared_out.get(),
            refunds: (payment.refunds, payment.last_refund),
            disputes: (payment.disputes, payment.last_dispute),
        };
        if says != Says::default() {
            self.backs.insert(payment.id, says);
        }
    }

    /// The account of the book that the money of this attempt came into, if it is this payment's and took it.
    pub(super) fn purse(&self, attempt: Id<Attempt>, payment: Id<Payment>) -> Option<Account> {
        let attempt = self.attempts.get(&attempt)?;
        let took = attempt.payment == payment && attempt.status == AttemptStatus::Captured;
        took.then_some(attempt.purse)
    }

    fn misplaced(&mut self, payment: &StoredPayment) -> Option<&'static str> {
        let log = self.last_step.get(&payment.id);
        let logged =
            log.is_some_and(|(id, step)| *id == payment.last_change && step.leads_to() == payment.status);
        let open = payment.status == Status::Open;
        self.seen_open += usize::from(open);
        let queued = self.open.get(&payment.id).copied();
        let awaits = payment.status == Status::Captured && payment.settlement.is_none();
        self.seen_unsettled += usize::from(awaits);
        let unsettled = self.unsettled.get(&payment.id).is_some_and(|one| {
            (one.merchant, Some(one.settle_day), one.net.get())
                == (payment.merchant, payment.settle_day, net(payment))
        });
        if !logged {
            Some("its log says otherwise")
        } else if queued != open.then_some(payment.expires_at.0) {
            Some("it stands among the open ones wrongly")
        } else if unsettled != awaits {
            Some("it awaits settlement wrongly")
        } else if payment.ended_at.is_some() == open {
            Some("its end does not fit its state")
        } else {
            None
        }
    }

    /// The chain of a payment's attempts: numbered from 1, only the last of them not failed.
    fn misattempted(&self, payment: &StoredPayment) -> Option<&'static str> {
        let mut number = payment.attempts;
        let mut next = payment.last_attempt;
        while let Some(attempt) = next.map(|id| self.attempts.get(&id)) {
            let Some(attempt) = attempt.filter(|a| a.payment == payment.id && a.number == number) else {
                return Some("its attempts are not its own");
            };
            let last = payment.last_attempt == Some(attempt.id);
            let fits = match attempt.status {
                AttemptStatus::Failed => !last || payment.status != Status::Captured,
                AttemptStatus::Captured => last && payment.status == Status::Captured,
                AttemptStatus::Sent | AttemptStatus::Waiting => last && payment.status == Status::Open,
            };
            if !fits {
                return Some("an attempt does not fit its state");
            }
            next = attempt.previous;
            number = number.saturating_sub(1);
        }
        (number != 0).then_some("an attempt is missing")
    }

    fn misbooked(&self, payment: &StoredPayment, moved: Option<&Moved>) -> Option<&'static str> {
        let purse = payment
            .last_attempt
            .and_then(|id| self.attempts.get(&id))
            .map(|attempt| attempt.purse);
        match (payment.status, moved) {
            (Status::Captured, Some(moved)) => {
                let right = moved.entries == 1
                    && moved.paise == payment.order.amount.get()
                    && Some(moved.debit) == purse;
                (!right).then_some("it was not captured exactly once")
            }
            (Status::Captured, None) => Some("it has no entry"),
            (_, Some(_)) => Some("it has an entry, but was not captured"),
            (_, None) => None,
        }
    }

    fn count(&mut self, payment: &StoredPayment) {
        self.seen_captured += 1;
        self.earned += payment.charge.fee.get();
        self.taxed += payment.charge.gst.get();
        let attempt = payment.last_attempt.and_then(|id| self.attempts.get(&id));
        if let Some(Account::Acquirer(acquirer)) = attempt.map(|attempt| attempt.purse) {
            *self.acquired.entry(acquirer).or_default() += payment.order.amount.get();
        }
        match payment.settlement {
            None => *self.collected.entry(payment.merchant).or_default() += net(payment),
            Some(settlement) => {
                let (_, count, sum) = self.settled.entry(settlement).or_insert((payment.merchant, 0, 0));
                (*count, *sum) = (*count + 1, *sum + net(payment));
            }
        }
    }

    /// What can only be seen of all together.
    fn all(&self, ledger: &Ledger, faults: &mut Faults) {
        let strays = [
            (
                self.last_step.len() != self.seen,
                "there are logs of payments that do not exist",
            ),
            (
                ledger.captures.len() != self.seen_captured,
                "there are captures of payments that do not exist",
            ),
            (
                self.open.len() != self.seen_open || self.unsettled.len() != self.seen_unsettled,
                "payments stand in a queue that do not belong there",
            ),
            (
                self.under_way.iter().any(|id| !self.attempts.contains_key(id)),
                "attempts stand in a queue that do not exist",
            ),
        ];
        for (_, fault) in strays.into_iter().filter(|(found, _)| *found) {
            faults.add(fault.to_owned());
        }
    }

    fn settlements(&self, tx: &Tx<'_>, ledger: &Ledger, faults: &mut Faults) -> Result<(), StoreError> {
        let rows = audit::settlements(tx)?;
        for row in &rows {
            let parts = self.settled.get(&row.id);
            let booked = ledger.settlements.get(&row.id);
            let right = parts == Some(&(row.merchant, row.payments, row.net_paise))
                && match booked {
                    None => row.net_paise == 0,
                    Some(moved) => {
                        (moved.entries, moved.paise) == (1, row.net_paise)
                            && moved.debit == Account::Collected(row.merchant)
                            && [Account::Available(row.merchant), Account::Owing(row.merchant)]
                                .contains(&moved.credit)
                    }
                };
            if !right {
                faults.add(format!(
                    "settlement {} is not what its payments add up to",
                    row.id
                ));
            }
        }
        let known: HashSet<Id<Settlement>> = rows.iter().map(|row| row.id).collect();
        let named = self.settled.keys().chain(ledger.settlements.keys());
        if named.into_iter().any(|id| !known.contains(id)) {
            faults.add("there are parts of settlements that do not exist".to_owned());
        }
        Ok(())
    }

    fn receipts(&mut self, tx: &Tx<'_>, ledger: &Ledger, faults: &mut Faults) -> Result<(), StoreError> {
        let mut in_suspense = 0;
        let mut paid: HashSet<Id<Attempt>> = HashSet::new();
        for receipt in audit::receipts(tx)? {
            let (amount, purse) = (receipt.amount.get(), Account::Bank(receipt.bank_account));
            let right = match receipt.pays {
                Ok(id) => self.attempts.get(&id).is_some_and(|attempt| {
                    let its = attempt.bank_ref.as_ref().map(|utr| utr.as_str());
                    attempt.purse == purse && its == Some(receipt.utr.as_str()) && paid.insert(id)
                }),
                Err(_) => {
                    in_suspense += 1;
                    self.suspense += amount;
                    ledger
                        .into_suspense
                        .get(&receipt.id)
                        .is_some_and(|moved| (moved.entries, moved.paise, moved.debit) == (1, amount, purse))
                }
            };
            if !right {
                faults.add(format!(
                    "receipt {} does not stand in the book as it says",
                    receipt.id
                ));
            }
        }
        let unreceived = self.attempts.values().any(|attempt| {
            matches!(attempt.purse, Account::Bank(_))
                && attempt.status == AttemptStatus::Captured
                && !paid.contains(&attempt.id)
        });
        if unreceived || ledger.into_suspense.len() != in_suspense {
            faults.add("money came into a bank account without a receipt".to_owned());
        }
        Ok(())
    }
}

fn net(payment: &StoredPayment) -> i64 {
    payment.to_settle().map_or(0, Paise::get)
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Open => "Open",
        Status::Captured => "Captured",
        Status::Failed => "Failed",
        Status::Cancelled => "Cancelled",
        Status::Bounced => "Bounced",
        Status::Dropped => "Dropped",
    }
}
