//! An acquirer has answered: the customer has the money, or the merchant has it again, or the acquirer is asked once more.

use crate::{House, payment::back::keep, refund::errand::attempts_of};
use rokad_domain::{
    Id, Now, UnixMs,
    account::Account,
    acquirer::BankRef,
    entry::Entry,
    event::{RefundTold, Told},
    id::kind::{Attempt, Payment, Refund},
    refund::{Answer, Event, Fault, Status, Verdict, decide_answer},
    retry::{ASK, Jitter},
};
use rokad_store::{
    StoreError, Tx,
    attempt::StoredAttempt,
    book::{self, About, Balances, Movement},
    discrepancy,
    event::{self, NewEvent},
    payment::{self, StoredPayment},
    refund::{self, Change, StoredRefund},
};
use std::collections::{BTreeMap, BTreeSet};

/// What an acquirer said of one refund.
pub struct Heard {
    /// Which refund.
    pub refund: Id<Refund>,
    /// What it said.
    pub answer: Answer,
    /// Which question it answers: 0 is the call that told the acquirer. Whoever has it plans the next.
    pub turn: u32,
    /// For the gap until the next question, if it said nothing certain.
    pub jitter: Jitter,
}

/// Keeps an answer, and tells whoever looks at the payment.
///
/// # Errors
/// Those of the store: then nothing was kept, and the acquirer is asked again.
pub async fn hear(house: &House, heard: Heard) -> Result<Verdict, StoreError> {
    let (payment, verdict) = house.store.run(hear_refunds, heard).await?;
    house.bells.payment_changed(payment);
    if matches!(verdict, Verdict::Complete(_) | Verdict::Fail(_)) {
        house.bells.callbacks_wait();
    }
    Ok(verdict)
}

/// The step: decides what each answer means, and moves the money.
///
/// # Errors
/// Only those of the database.
pub fn hear_refunds(
    tx: &mut Tx<'_>,
    now: Now,
    heard: &[Heard],
) -> Result<Vec<(Id<Payment>, Verdict)>, StoreError> {
    let mut room = Room::read(tx, heard.iter().map(|heard| heard.refund))?;
    let mut again = Vec::new();
    let mut verdicts = Vec::with_capacity(heard.len());
    for heard in heard {
        let refund = room.refund(heard.refund)?;
        let (payment, attempt, status) = (refund.payment, refund.attempt, refund.status);
        let verdict = decide_answer(status, refund.bank_ref.as_ref(), &heard.answer);
        match &verdict {
            Verdict::Complete(bank_ref) => room.complete(heard.refund, bank_ref, now.at())?,
            Verdict::Fail(fault) => room.fail(heard.refund, *fault, now.at())?,
            Verdict::AskAgain => again.push((heard.refund, heard.turn, heard.jitter)),
            Verdict::Known => {}
            Verdict::Contradiction => {
                tracing::error!(refund = %heard.refund, ?status, answer = ?heard.answer, "an acquirer contradicts the book");
                let (id, answer) = (heard.refund, &heard.answer);
                let what = format!("refund {id} is {status:?} here, but the acquirer says {answer:?}");
                discrepancy::note_of_attempt(tx, attempt, &what, now.at())?;
            }
        }
        verdicts.push((payment, verdict));
    }
    room.write(tx, now.at())?;
    plan_questions(tx, &again, now.at())?;
    Ok(verdicts)
}

/// Refunds with their payments, in memory, until they are written.
pub(super) struct Room {
    refunds: BTreeMap<Id<Refund>, StoredRefund>,
    payments: BTreeMap<Id<Payment>, StoredPayment>,
    attempts: BTreeMap<Id<Attempt>, StoredAttempt>,
    balances: Balances,
    movements: Vec<Movement>,
    /// Those that ended, with what their log says of it.
    ended: Vec<(Id<Refund>, String)>,
}

impl Room {
    pub(super) fn read(tx: &Tx<'_>, ids: impl Iterator<Item = Id<Refund>>) -> Result<Self, StoreError> {
        let ids: BTreeSet<Id<Refund>> = ids.collect();
        let refunds = refund::get_all(tx, &ids.into_iter().collect::<Vec<_>>())?;
        let attempts = attempts_of(tx, &refunds)?;
        let of: BTreeSet<Id<Payment>> = refunds.iter().map(|refund| refund.payment).collect();
        let payments = payment::get_all(tx, &of.into_iter().collect::<Vec<_>>())?;
        let accounts = payments.iter().flat_map(|payment| {
            let merchant = payment.merchant;
            [
                Account::Collected(merchant),
                Account::Available(merchant),
                Account::Held(merchant),
            ]
        });
        let purses = attempts.values().map(|attempt| attempt.purse);
        let balances = book::lock(tx, accounts.chain(purses))?;
        Ok(Self {
            refunds: refunds.into_iter().map(|refund| (refund.id, refund)).collect(),
            payments: payments
                .into_iter()
                .map(|payment| (payment.id, payment))
                .collect(),
            attempts,
            balances,
            movements: Vec::new(),
            ended: Vec::new(),
        })
    }

    pub(super) fn refund(&self, id: Id<Refund>) -> Result<&StoredRefund, StoreError> {
        self.refunds
            .get(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no refund {id}")))
    }

    /// The account of the book that the refund's money came into, and leaves.
    pub(super) fn purse(&self, refund: &StoredRefund) -> Result<Account, StoreError> {
        let attempt = self.attempts.get(&refund.attempt);
        let attempt =
            attempt.ok_or_else(|| StoreError::Corrupt(format!("refund {} of no attempt", refund.id)))?;
        Ok(attempt.purse)
    }

    /// The customer has the money.
    pub(super) fn complete(
        &mut self,
        id: Id<Refund>,
        bank_ref: &BankRef,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let refund = self.refund(id)?;
        let entry = Entry::pay_refund(refund.merchant, self.purse(refund)?, refund.amount);
        self.end(id, Event::RailPaid, entry, now)?;
        let refund = self.refund_mut(id)?;
        refund.bank_ref = Some(bank_ref.clone());
        let (amount, payment) = (refund.amount, refund.payment);
        let back = &mut self.payment_mut(payment)?.back;
        back.refunded = back.refunded.plus(amount).ok_or_else(|| unexplained(id))?;
        self.ended.push((id, bank_ref.as_str().to_owned()));
        Ok(())
    }

    /// The merchant has the money again.
    pub(super) fn fail(&mut self, id: Id<Refund>, fault: Fault, now: UnixMs) -> Result<(), StoreError> {
        let refund = self.refund(id)?;
        let settled = self.payment(refund.payment)?.settlement.is_some();
        let to = refund.source.returns(settled).ok_or_else(|| unexplained(id))?;
        let entry = Entry::release_refund(refund.merchant, to);
        self.end(id, Event::RailRefused, entry, now)?;
        let refund = self.refund_mut(id)?;
        refund.fault = Some(fault);
        let payment = refund.payment;
        let payment = self.payment_mut(payment)?;
        let out = payment.uncleared_out.minus(to.collected);
        payment.uncleared_out = out.ok_or_else(|| unexplained(id))?;
        self.ended.push((id, fault.code().to_owned()));
        Ok(())
    }

    fn end(
        &mut self,
        id: Id<Refund>,
        event: Event,
        entry: Option<Entry>,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let entry = entry.ok_or_else(|| unexplained(id))?;
        self.balances.apply(&entry)?;
        let about = About::Refund(id);
        self.movements.push(Movement { entry, about });
        let refund = self.refund_mut(id)?;
        refund.status = refund.status.after(event).ok_or_else(|| unexplained(id))?;
        refund.ended_at = Some(now);
        let (amount, payment) = (refund.amount, refund.payment);
        let back = &mut self.payment_mut(payment)?.back;
        back.refunding = back.refunding.minus(amount).ok_or_else(|| unexplained(id))?;
        Ok(())
    }

    fn payment(&self, id: Id<Payment>) -> Result<&StoredPayment, StoreError> {
        self.payments
            .get(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no payment {id}")))
    }

    fn payment_mut(&mut self, id: Id<Payment>) -> Result<&mut StoredPayment, StoreError> {
        self.payments
            .get_mut(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no payment {id}")))
    }

    fn refund_mut(&mut self, id: Id<Refund>) -> Result<&mut StoredRefund, StoreError> {
        self.refunds
            .get_mut(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no refund {id}")))
    }

    pub(super) fn write(mut self, tx: &mut Tx<'_>, now: UnixMs) -> Result<(), StoreError> {
        let ids: Vec<Id<Refund>> = self.ended.iter().map(|(id, _)| *id).collect();
        refund::no_longer_under_way(tx, &ids)?;
        let mut changes = Vec::with_capacity(ids.len());
        for (id, detail) in &self.ended {
            let refund = self.refund(*id)?;
            changes.push(Change {
                refund: *id,
                previous: Some(refund.last_change),
                to: refund.status,
                detail,
            });
        }
        let changes = refund::write_changes(tx, &changes, now)?;
        for (id, change) in ids.iter().zip(changes) {
            self.refund_mut(*id)?.last_change = change;
        }
        let ended: Result<Vec<_>, _> = ids.iter().map(|id| self.refund(*id)).collect();
        let ended = ended?;
        refund::keep(tx, &ended)?;
        book::write(tx, &self.balances, &self.movements, now)?;
        let changed: BTreeSet<Id<Payment>> = ended.iter().map(|refund| refund.payment).collect();
        let changed: Result<Vec<_>, _> = changed.into_iter().map(|id| self.payment(id)).collect();
        keep(tx, &changed?)?;
        let told: Vec<NewEvent> = ended.iter().map(|refund| told(refund)).collect();
        event::write(tx, &told, now).map(drop)
    }
}

/// What the merchant is told of a refund that has ended.
fn told(refund: &StoredRefund) -> NewEvent {
    let completed = refund.status == Status::Completed;
    let told = RefundTold {
        refund: refund.id,
        amount: refund.amount,
        added_at: refund.created_at,
        completed_at: refund.ended_at.filter(|_| completed),
    };
    NewEvent {
        merchant: refund.merchant,
        payment: refund.payment,
        change: refund.last_change.get(),
        told: if completed {
            Told::RefundCompleted(told)
        } else {
            Told::RefundFailed(told)
        },
    }
}

fn unexplained(id: Id<Refund>) -> StoreError {
    StoreError::Corrupt(format!("refund {id} does not fit its payment"))
}

/// Plans the next question about each. Whoever lost its turn to somebody else plans nothing.
fn plan_questions(tx: &Tx<'_>, again: &[(Id<Refund>, u32, Jitter)], now: UnixMs) -> Result<(), StoreError> {
    let turns: BTreeMap<Id<Refund>, (u32, Jitter)> = again
        .iter()
        .map(|(id, turn, jitter)| (*id, (*turn, *jitter)))
        .collect();
    let ids: Vec<Id<Refund>> = turns.keys().copied().collect();
    let next = refund::asks(tx, &ids)?.into_iter().filter_map(|(id, asks)| {
        let (turn, jitter) = *turns.get(&id)?;
        (turn == asks).then(|| (id, asks, now.plus_ms(ASK.gap_ms(asks + 1, jitter))))
    });
    refund::ask_next(tx, &next.collect::<Vec<_>>())
}
