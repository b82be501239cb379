//! A customer tries to pay: the intent is kept, then the acquirer is called, then its answer is kept.

use crate::{
    House,
    payment::{
        hear::{self, Heard},
        reference,
    },
};
use rokad_domain::{
    Id, Now, UnixMs,
    account::Account,
    acquirer::{ChargeOrder, Means},
    id::kind::{Attempt, Payment},
    payment::{AttemptRefusal, AttemptStatus, Standing, Step, Verdict, decide_attempt},
    retry::Jitter,
};
use rokad_rails::collect::{ChargeQuestion, CollectRail};
use rokad_store::{
    StoreError, Tx,
    attempt::{self, NewAttempt, Shown, StoredAttempt},
    payment::{self, NewStep, StoredPayment},
};
use std::collections::BTreeMap;

/// Milliseconds after the intent before anybody else asks about it: the call itself has ended by then.
pub const FIRST_QUESTION_MS: i64 = 15_000;

/// A customer wants to pay.
pub struct AttemptRequest {
    /// Which payment.
    pub payment: Id<Payment>,
    /// The number of the attempt, as it stood in the form: a form sent twice begins one attempt.
    pub number: u32,
    /// With what.
    pub means: Shown,
    /// The account of the book that the money comes into.
    pub purse: Account,
    /// Stands for this instance in references.
    pub instance_tag: String,
}

/// An attempt whose intent is kept: now its acquirer must be called, once.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The attempt.
    pub attempt: StoredAttempt,
    /// What to charge.
    pub order: payment::StoredPayment,
}

/// Where a payment stands, for a decision about it.
pub(crate) fn standing(payment: &StoredPayment, last: Option<AttemptStatus>) -> Standing {
    Standing {
        status: payment.status,
        expires_at: payment.expires_at,
        attempts: payment.attempts,
        last,
    }
}

/// The step: keeps the intent of each attempt that may begin.
///
/// # Errors
/// Only those of the database.
pub fn begin_attempts(
    tx: &mut Tx<'_>,
    now: Now,
    asks: &[AttemptRequest],
) -> Result<Vec<Result<Begun, AttemptRefusal>>, StoreError> {
    let mut payments = Payments::read(tx, asks.iter().map(|ask| ask.payment))?;
    let mut new = Vec::new();
    let mut decisions = Vec::with_capacity(asks.len());
    for ask in asks {
        let payment = payments.get_mut(ask.payment)?;
        let decision = decide_attempt(&standing(&payment.stored, payment.last()), ask.number, now.at());
        if decision.is_ok() {
            new.push(NewAttempt {
                payment: ask.payment,
                number: ask.number,
                previous: payment.stored.last_attempt,
                means: ask.means.clone(),
                purse: ask.purse,
                not_after: payment.stored.expires_at,
                ask_at: now.at().plus_ms(FIRST_QUESTION_MS),
            });
            // What comes later in this batch sees it under way.
            payment.begun = true;
            payment.stored.attempts = ask.number;
        }
        decisions.push(decision);
    }
    let tag = asks.first().map_or("", |ask| &ask.instance_tag);
    let begun = attempt::insert(tx, new, |id| reference::make(tag, id), now.at())?;
    payments.write_down(tx, &begun, now.at())?;
    let mut begun = begun.into_iter();
    asks.iter()
        .zip(decisions)
        .map(|(ask, decision)| {
            Ok(match decision {
                Err(refusal) => Err(refusal),
                Ok(()) => Ok(Begun {
                    attempt: begun
                        .next()
                        .ok_or_else(|| StoreError::Corrupt("an attempt was not written".into()))?,
                    order: payments.get_mut(ask.payment)?.stored.clone(),
                }),
            })
        })
        .collect()
}

/// Payments with their last attempts, in memory.
struct Payments(BTreeMap<Id<Payment>, One>);

struct One {
    stored: StoredPayment,
    last: Option<AttemptStatus>,
    begun: bool,
}

impl One {
    fn last(&self) -> Option<AttemptStatus> {
        if self.begun {
            Some(AttemptStatus::Sent)
        } else {
            self.last
        }
    }
}

impl Payments {
    fn read(tx: &Tx<'_>, ids: impl Iterator<Item = Id<Payment>>) -> Result<Self, StoreError> {
        let mut ids: Vec<Id<Payment>> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let payments = payment::get_all(tx, &ids)?;
        let last: Vec<Id<Attempt>> = payments.iter().filter_map(|p| p.last_attempt).collect();
        let last: BTreeMap<Id<Attempt>, AttemptStatus> = attempt::get_all(tx, &last)?
            .into_iter()
            .map(|attempt| (attempt.id, attempt.status))
            .collect();
        let one = |stored: StoredPayment| {
            let last = stored.last_attempt.and_then(|id| last.get(&id)).copied();
            (
                stored.id,
                One {
                    stored,
                    last,
                    begun: false,
                },
            )
        };
        Ok(Self(payments.into_iter().map(one).collect()))
    }

    fn get_mut(&mut self, id: Id<Payment>) -> Result<&mut One, StoreError> {
        self.0
            .get_mut(&id)
            .ok_or_else(|| StoreError::Corrupt(format!("no payment {id}")))
    }

    /// Writes into each payment's log that an attempt began.
    fn write_down(&mut self, tx: &mut Tx<'_>, begun: &[StoredAttempt], at: UnixMs) -> Result<(), StoreError> {
        let mut steps = Vec::with_capacity(begun.len());
        for attempt in begun {
            let payment = self.get_mut(attempt.payment)?;
            payment.stored.last_attempt = Some(attempt.id);
            steps.push(NewStep {
                payment: attempt.payment,
                previous: Some(payment.stored.last_change),
                step: Step::AttemptBegan,
                attempt: Some(attempt.id),
                detail: attempt.means.method.code(),
            });
        }
        let changes = payment::write_steps(tx, &steps, at)?;
        for (attempt, change) in begun.iter().zip(changes) {
            self.get_mut(attempt.payment)?.stored.last_change = change;
        }
        let changed: Vec<&StoredPayment> = begun
            .iter()
            .filter_map(|attempt| self.0.get(&attempt.payment))
            .map(|one| &one.stored)
            .collect();
        payment::keep(tx, &changed)
    }
}

/// Begins an attempt and calls the acquirer, once, with no transaction open. Says where the payment stands then.
///
/// The card's data in `means` is wiped when the acquirer has been called; nothing of it is kept.
///
/// # Errors
/// Those of the store. When the answer could not be kept, the acquirer is asked for it later.
pub async fn pay(
    house: &House,
    rail: &dyn CollectRail,
    ask: AttemptRequest,
    means: Means,
    return_url: String,
    jitter: Jitter,
) -> Result<Result<Verdict, AttemptRefusal>, StoreError> {
    let begun = match house.store.run(begin_attempts, ask).await? {
        Ok(begun) => begun,
        Err(refusal) => return Ok(Err(refusal)),
    };
    house.bells.payment_changed(begun.order.id);
    let order = ChargeOrder {
        reference: begun.attempt.reference.clone(),
        amount: begun.order.order.amount,
        means,
        return_url,
        not_after: begun.attempt.not_after,
    };
    let answer = rail.charge(order).await;
    let heard = Heard {
        attempt: begun.attempt.id,
        answer,
        turn: Some(0),
        jitter,
    };
    hear::hear(house, heard).await.map(Ok)
}

/// Begins an attempt that no acquirer is told of: the customer pays into the operator's own account.
///
/// # Errors
/// Those of the store.
pub async fn show_qr(
    house: &House,
    ask: AttemptRequest,
) -> Result<Result<Begun, AttemptRefusal>, StoreError> {
    let begun = house.store.run(begin_attempts, ask).await?;
    if let Ok(begun) = &begun {
        house.bells.payment_changed(begun.order.id);
    }
    Ok(begun)
}

/// Asks the acquirer to take no money for an attempt any more, and keeps what it says.
///
/// # Errors
/// Those of the store.
pub async fn call_off(
    house: &House,
    rail: &dyn CollectRail,
    attempt: &StoredAttempt,
    order: &StoredPayment,
    jitter: Jitter,
) -> Result<Verdict, StoreError> {
    let answer = rail.call_off(&question(attempt, order)).await;
    let heard = Heard {
        attempt: attempt.id,
        answer,
        turn: None,
        jitter,
    };
    hear::hear(house, heard).await
}

/// What to ask the acquirer about an attempt.
pub(crate) fn question(attempt: &StoredAttempt, order: &StoredPayment) -> ChargeQuestion {
    ChargeQuestion {
        reference: attempt.reference.clone(),
        amount: order.order.amount,
        not_after: attempt.not_after,
    }
}
