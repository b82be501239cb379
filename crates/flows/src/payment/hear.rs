//! An acquirer has answered: the money is the merchant's, or the attempt failed, or the customer has something to do.

use crate::House;
use rokad_domain::{
    Id, Now, UnixMs,
    account::Account,
    acquirer::{Answer, BankRef, Fault},
    entry::Entry,
    event::Told,
    id::kind::{Attempt, Payment},
    payment::{AttemptStatus, Event, Step, Verdict, decide_answer},
    retry::{ASK_ATTEMPT, Jitter},
    settlement::Calendar,
};
use rokad_store::{
    StoreError, Tx,
    attempt::{self, StoredAttempt},
    book::{self, About, Balances, Movement},
    discrepancy,
    event::{self, NewEvent},
    holiday,
    payment::{self, NewStep, StoredPayment},
    settlement::{self, Unsettled},
};
use std::collections::{BTreeMap, BTreeSet};

/// What an acquirer, or a bank's statement, said of one attempt.
pub struct Heard {
    /// Which attempt.
    pub attempt: Id<Attempt>,
    /// What it said.
    pub answer: Answer,
    /// Which question it answers, if it was taken from the queue: 0 is the call that told the acquirer. Whoever has it plans the next;
    /// an answer that came out of turn moves money, but no plans.
    pub turn: Option<u32>,
    /// For the gap until the next question, if it said nothing certain.
    pub jitter: Jitter,
}

/// Keeps an answer, and tells whoever looks at the payment.
///
/// # Errors
/// Those of the store: then nothing was kept, and the acquirer is asked again.
pub async fn hear(house: &House, heard: Heard) -> Result<Verdict, StoreError> {
    let (payment, verdict) = house.store.run(hear_answers, heard).await?;
    house.bells.payment_changed(payment);
    if matches!(verdict, Verdict::Capture(_)) {
        house.bells.callbacks_wait();
    }
    Ok(verdict)
}

/// The step: decides what each answer means, and moves the money.
///
/// # Errors
/// Only those of the database.
pub fn hear_answers(
    tx: &mut Tx<'_>,
    now: Now,
    heard: &[Heard],
) -> Result<Vec<(Id<Payment>, Verdict)>, StoreError> {
    let mut room = Room::read(tx, heard.iter().map(|heard| heard.attempt))?;
    let mut verdicts = Vec::with_capacity(heard.len());
    for heard in heard {
        let verdict = room.decide(tx, now.at(), heard)?;
        verdicts.push((room.payment_of(heard.attempt)?, verdict));
    }
    room.write(tx, now.at())?;
    Ok(verdicts)
}

/// The attempts and payments of a batch of answers, in memory, until they are written.
pub(crate) struct Room {
    attempts: BTreeMap<Id<Attempt>, StoredAttempt>,
    payments: BTreeMap<Id<Payment>, StoredPayment>,
    pub(crate) balances: Balances,
    calendar: Calendar,
    pub(crate) movements: Vec<Movement>,
    /// What is written into the logs: attempts that ended, in order.
    ended: Vec<(Id<Attempt>, Step, String)>,
    /// Attempts that go on.
    changed: BTreeSet<Id<Attempt>>,
    again: Vec<(Id<Attempt>, u32, Jitter)>,
}

impl Room {
    pub(crate) fn read(tx: &Tx<'_>, ids: impl Iterator<Item = Id<Attempt>>) -> Result<Self, StoreError> {
        let ids: BTreeSet<Id<Attempt>> = ids.collect();
        let ids: Vec<Id<Attempt>> = ids.into_iter().collect();
        let attempts = attempt::get_all(tx, &ids)?;
        let of: BTreeSet<Id<Payment>> = attempts.iter().map(|attempt| attempt.payment).collect();
        let of: Vec<Id<Payment>> = of.into_iter().collect();
        let payments = payment::get_all(tx, &of)?;
        let touched = attempts.iter().map(|attempt| attempt.purse).chain(
            payments
                .iter()
                .map(|payment| Account::Collected(payment.merchant)),
        );
        let balances = book::lock(tx, touched.chain([Account::Fee, Account::Gst, Account::Suspense]))?;
        Ok(Self {
            attempts: attempts
                .into_iter()
                .map(|attempt| (attempt.id, attempt))
                .collect(),
            payments: payments
                .into_iter()
                .map(|payment| (payment.id, payment))
                .collect(),
            balances,
            calendar: holiday::calendar(tx)?,
            movements: Vec::new(),
            ended: Vec::new(),
            changed: BTreeSet::new(),
            again: Vec::new(),
        })
    }

    pub(crate) fn attempt(&self, id: Id<Attempt>) -> Result<&StoredAttempt, StoreError> {
        self.attempts
            .get(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no attempt {id}")))
    }

    pub(crate) fn payment(&self, id: Id<Payment>) -> Result<&StoredPayment, StoreError> {
        self.payments
            .get(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no payment {id}")))
    }

    fn payment_of(&self, id: Id<Attempt>) -> Result<Id<Payment>, StoreError> {
        Ok(self.attempt(id)?.payment)
    }

    fn decide(&mut self, tx: &Tx<'_>, now: UnixMs, heard: &Heard) -> Result<Verdict, StoreError> {
        let attempt = self.attempt(heard.attempt)?;
        let (status, id) = (attempt.status, attempt.id);
        let verdict = decide_answer(status, attempt.bank_ref.as_ref(), &heard.answer);
        match &verdict {
            Verdict::Capture(bank_ref) => self.capture(id, bank_ref, now)?,
            Verdict::Fail(fault) => self.fail(id, *fault, now)?,
            Verdict::Wait(page) => {
                self.wait(id, page.clone())?;
                self.ask_again(heard);
            }
            Verdict::AskAgain => self.ask_again(heard),
            Verdict::Known => {}
            Verdict::Contradiction => {
                tracing::error!(attempt = %id, ?status, answer = ?heard.answer, "an acquirer contradicts the book");
                let what = format!("{status:?} here, but the acquirer says {:?}", heard.answer);
                discrepancy::note_of_attempt(tx, id, &what, now)?;
            }
        }
        Ok(verdict)
    }

    /// The customer paid: the money is the merchant's, less the price.
    pub(crate) fn capture(
        &mut self,
        id: Id<Attempt>,
        bank_ref: &BankRef,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let attempt = self.attempt_mut(id)?;
        (attempt.status, attempt.bank_ref, attempt.ended_at) =
            (AttemptStatus::Captured, Some(bank_ref.clone()), Some(now));
        attempt.page = None;
        let (payment, purse) = (attempt.payment, attempt.purse);
        let settle_day = {
            let after = self.payment(payment)?.settle_after;
            self.calendar.settle_day(now, after)
        };
        let payment = self.payment_mut(payment)?;
        payment.status = payment.status.after(Event::Capture).ok_or_else(|| {
            StoreError::Corrupt(format!(
                "payment {} has ended, but an attempt is under way",
                payment.id
            ))
        })?;
        (payment.ended_at, payment.settle_day) = (Some(now), Some(settle_day));
        let entry = Entry::capture(purse, payment.merchant, payment.order.amount, payment.charge);
        let (entry, about) = (entry, About::Payment(payment.id));
        let entry = entry.ok_or_else(|| StoreError::Corrupt(format!("attempt {id} captures nothing")))?;
        self.balances.apply(&entry)?;
        self.movements.push(Movement { entry, about });
        self.ended
            .push((id, Step::Captured, bank_ref.as_str().to_owned()));
        Ok(())
    }

    fn ask_again(&mut self, heard: &Heard) {
        let again = heard.turn.map(|turn| (heard.attempt, turn, heard.jitter));
        self.again.extend(again);
    }

    /// The attempt took nothing; the customer may try again.
    pub(crate) fn fail(&mut self, id: Id<Attempt>, fault: Fault, now: UnixMs) -> Result<(), StoreError> {
        let attempt = self.attempt_mut(id)?;
        (attempt.status, attempt.fault, attempt.ended_at) = (AttemptStatus::Failed, Some(fault), Some(now));
        attempt.page = None;
        self.ended
            .push((id, Step::AttemptFailed, fault.code().to_owned()));
        Ok(())
    }

    fn wait(&mut self, id: Id<Attempt>, page: Option<String>) -> Result<(), StoreError> {
        let attempt = self.attempt_mut(id)?;
        if attempt.status != AttemptStatus::Waiting || attempt.page != page {
            (attempt.status, attempt.page) = (AttemptStatus::Waiting, page);
            self.changed.insert(id);
        }
        Ok(())
    }

    fn attempt_mut(&mut self, id: Id<Attempt>) -> Result<&mut StoredAttempt, StoreError> {
        self.attempts
            .get_mut(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no attempt {id}")))
    }

    fn payment_mut(&mut self, id: Id<Payment>) -> Result<&mut StoredPayment, StoreError> {
        self.payments
            .get_mut(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no payment {id}")))
    }

    pub(crate) fn write(mut self, tx: &mut Tx<'_>, now: UnixMs) -> Result<(), StoreError> {
        let ended: Vec<Id<Attempt>> = self.ended.iter().map(|(id, _, _)| *id).collect();
        attempt::no_longer_under_way(tx, &ended)?;
        self.write_down(tx, now)?;
        self.changed.extend(&ended);
        let attempts = self.changed.iter().filter_map(|id| self.attempts.get(id));
        attempt::keep(tx, &attempts.collect::<Vec<_>>())?;
        book::write(tx, &self.balances, &self.movements, now)?;
        self.await_settlement(tx)?;
        self.tell(tx, now)?;
        plan_questions(tx, &self.again, now)
    }

    /// Writes what ended into the logs of the payments, and where these stand now.
    fn write_down(&mut self, tx: &mut Tx<'_>, now: UnixMs) -> Result<(), StoreError> {
        // Of each payment one attempt at most is under way, so one line: each names the line before it.
        let mut lines = BTreeMap::new();
        for (id, step, detail) in &self.ended {
            let payment = self.payment(self.payment_of(*id)?)?;
            let line = NewStep {
                payment: payment.id,
                previous: Some(payment.last_change),
                step: *step,
                attempt: Some(*id),
                detail,
            };
            if lines.insert(payment.id, line).is_some() {
                let what = format!("two attempts of payment {} were under way", payment.id);
                return Err(StoreError::Corrupt(what));
            }
        }
        let (ids, lines): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        let changes = payment::write_steps(tx, &lines, now)?;
        for (payment, change) in ids.iter().zip(changes) {
            self.payment_mut(*payment)?.last_change = change;
        }
        let written: Result<Vec<_>, _> = ids.iter().map(|id| self.payment(*id)).collect();
        payment::keep(tx, &written?)
    }

    fn captured(&self) -> impl Iterator<Item = &StoredPayment> {
        self.movements.iter().filter_map(|movement| match movement.about {
            About::Payment(id) => self.payments.get(&id),
            About::Nothing
            | About::Payout(_)
            | About::Settlement(_)
            | About::Receipt(_)
            | About::Refund(_)
            | About::Dispute(_) => None,
        })
    }

    /// The merchants of what was captured are told.
    fn tell(&self, tx: &mut Tx<'_>, now: UnixMs) -> Result<(), StoreError> {
        let events = self.captured().map(|payment| NewEvent {
            merchant: payment.merchant,
            payment: payment.id,
            change: payment.last_change.get(),
            told: Told::PaymentSucceeded,
        });
        event::write(tx, &events.collect::<Vec<_>>(), now).map(drop)
    }

    fn await_settlement(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        let captured: Vec<&StoredPayment> = self.captured().collect();
        payment::no_longer_open(tx, &captured)?;
        let unsettled = captured.into_iter().map(|payment| {
            Ok(Unsettled {
                settle_day: payment.settle_day.unwrap_or(0),
                merchant: payment.merchant,
                payment: payment.id,
                net: payment.to_settle().ok_or_else(|| {
                    StoreError::Corrupt(format!("payment {} costs more than it is", payment.id))
                })?,
            })
        });
        settlement::await_settlement(tx, &unsettled.collect::<Result<Vec<_>, StoreError>>()?)
    }
}

/// Plans the next question about each. Whoever lost its turn to somebody else plans nothing.
fn plan_questions(tx: &Tx<'_>, again: &[(Id<Attempt>, u32, Jitter)], now: UnixMs) -> Result<(), StoreError> {
    let turns: BTreeMap<Id<Attempt>, (u32, Jitter)> = again
        .iter()
        .map(|(id, turn, jitter)| (*id, (*turn, *jitter)))
        .collect();
    let ids: Vec<Id<Attempt>> = turns.keys().copied().collect();
    let next = attempt::asks(tx, &ids)?.into_iter().filter_map(|(id, asks)| {
        let (turn, jitter) = *turns.get(&id)?;
        (turn == asks).then(|| (id, asks, now.plus_ms(ASK_ATTEMPT.gap_ms(asks + 1, jitter))))
    });
    attempt::ask_next(tx, &next.collect::<Vec<_>>())
}
