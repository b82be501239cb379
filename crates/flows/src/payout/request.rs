//! A merchant asks for a payout: its money is set aside, and it is Pending.

use crate::House;
use rokad_domain::{
    Id, Now,
    account::Account,
    charge::FeePlan,
    entry::Entry,
    id::kind::{Endpoint, Merchant, Payout},
    payout::{Order, OrderId, RequestRefusal, Status, decide_request},
};
use rokad_store::{
    StoreError, Tx,
    book::{self, About, Movement},
    payout::{self, NewPayout},
};
use std::collections::HashMap;

/// What a merchant asks for, with what its contract says of the price.
pub struct PayoutRequest {
    /// Who asks.
    pub merchant: Id<Merchant>,
    /// Its price.
    pub plan: FeePlan,
    /// Where its callbacks go.
    pub endpoint: Option<Id<Endpoint>>,
    /// What it asks for.
    pub order: Order,
}

/// A payout that is accepted: now, or when the same order was sent before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// Which payout.
    pub payout: Id<Payout>,
    /// Its state.
    pub status: Status,
}

/// Asks for a payout, and wakes who has to do with it.
///
/// # Errors
/// Those of the store: then nothing was accepted, or nobody can say; sending the same order again finds out.
pub async fn request(
    house: &House,
    ask: PayoutRequest,
) -> Result<Result<Accepted, RequestRefusal>, StoreError> {
    let answer = house.store.run(request_payouts, ask).await?;
    if answer.is_ok() {
        house.bells.payouts_wait();
        house.bells.callbacks_wait();
    }
    Ok(answer)
}

/// The step: sets the money of each payout aside and records it. Answers in the order of `asks`; a later ask sees what
/// an earlier one did. A refusal writes nothing.
///
/// # Errors
/// Only those of the database.
pub fn request_payouts(
    tx: &mut Tx<'_>,
    now: Now,
    asks: &[PayoutRequest],
) -> Result<Vec<Result<Accepted, RequestRefusal>>, StoreError> {
    let known = payout::find_orders(tx, asks.iter().map(|ask| (ask.merchant, &ask.order.order_id)))?;
    let mut balances = book::lock(
        tx,
        asks.iter()
            .flat_map(|ask| [Account::Available(ask.merchant), Account::Held(ask.merchant)]),
    )?;
    let mut in_this_batch: HashMap<(Id<Merchant>, &OrderId), usize> = HashMap::new();
    let (mut granted, mut entries) = (Vec::new(), Vec::new());
    let mut decisions = Vec::with_capacity(asks.len());
    for (ask, known) in asks.iter().zip(known) {
        decisions.push(if let Some(payout) = known {
            Decision::Known(payout)
        } else if let Some(&at) = in_this_batch.get(&(ask.merchant, &ask.order.order_id)) {
            Decision::Twin(at)
        } else {
            let available = balances.available(Account::Available(ask.merchant));
            match decide_request(available, ask.order.amount, &ask.plan) {
                Err(refusal) => Decision::Refused(refusal),
                Ok(grant) => {
                    let entry = Entry::hold(ask.merchant, ask.order.amount, grant.charge)
                        .ok_or_else(|| StoreError::Corrupt("a payout of nothing was granted".into()))?;
                    balances.apply(&entry)?;
                    entries.push(entry);
                    in_this_batch.insert((ask.merchant, &ask.order.order_id), granted.len());
                    granted.push(NewPayout {
                        merchant: ask.merchant,
                        order: &ask.order,
                        charge: grant.charge,
                        on_return: ask.plan.on_return,
                        endpoint: ask.endpoint,
                    });
                    Decision::Granted(granted.len() - 1)
                }
            }
        });
    }
    let ids = payout::insert(tx, &granted, now.at(), "Request saved")?;
    let movements: Vec<Movement> = entries
        .into_iter()
        .zip(&ids)
        .map(|(entry, id)| Movement {
            entry,
            about: About::Payout(*id),
        })
        .collect();
    book::write(tx, &balances, &movements, now.at())?;
    asks.iter()
        .zip(decisions)
        .map(|(ask, decision)| answer(tx, ask, decision, &granted, &ids))
        .collect()
}

/// What was decided of one ask. The places are those among the granted.
enum Decision {
    Granted(usize),
    Twin(usize),
    Known(Id<Payout>),
    Refused(RequestRefusal),
}

fn answer(
    tx: &Tx<'_>,
    ask: &PayoutRequest,
    decision: Decision,
    granted: &[NewPayout<'_>],
    ids: &[Id<Payout>],
) -> Result<Result<Accepted, RequestRefusal>, StoreError> {
    Ok(match decision {
        Decision::Granted(at) => Ok(Accepted {
            payout: ids[at],
            status: Status::Pending,
        }),
        Decision::Twin(at) => same_order(&ask.order, granted[at].order, ids[at], Status::Pending),
        Decision::Refused(refusal) => Err(refusal),
        Decision::Known(id) => {
            let stored =
                payout::get(tx, id)?.ok_or_else(|| StoreError::Corrupt(format!("no payout {id}")))?;
            same_order(&ask.order, &stored.order, id, stored.status)
        }
    })
}

/// The same order again is answered as the first was; another order under its number is refused.
fn same_order(
    new: &Order,
    old: &Order,
    payout: Id<Payout>,
    status: Status,
) -> Result<Accepted, RequestRefusal> {
    if new == old {
        Ok(Accepted { payout, status })
    } else {
        Err(RequestRefusal::DuplicateOrder)
    }
}
