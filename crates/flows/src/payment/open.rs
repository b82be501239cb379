//! A merchant sends a customer to pay: the order is kept, and its checkout is open.

use crate::House;
use rokad_domain::{
    Id, Now,
    charge::{Charge, FeePlan},
    id::kind::{Merchant, Payment},
    payment::{CHECKOUT_MS, PaymentOrder, Status, TxnId, price},
};
use rokad_store::{
    StoreError, Tx,
    payment::{self, NewPayment},
};
use std::collections::HashMap;

/// What a merchant wants to be paid, with what its contract says of the price.
pub struct PaymentRequest {
    /// Who is to be paid.
    pub merchant: Id<Merchant>,
    /// Its price.
    pub plan: FeePlan,
    /// Business days from the capture to the settlement.
    pub settle_after: u32,
    /// What it wants.
    pub order: PaymentOrder,
}

/// A payment whose checkout is open: now, or since the same order was sent before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opened {
    /// Which payment.
    pub payment: Id<Payment>,
    /// Whether it was there before.
    pub resumed: bool,
}

/// Why no checkout is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenRefusal {
    /// The number stands for another order already.
    AnotherOrder,
    /// The order's payment has ended, well or not: nothing is charged twice.
    Ended(Id<Payment>, Status),
    /// The amount does not carry its own price.
    BelowPrice,
}

/// Opens a payment, or finds it open.
///
/// # Errors
/// Those of the store: then sending the same order again finds out.
pub async fn open(house: &House, ask: PaymentRequest) -> Result<Result<Opened, OpenRefusal>, StoreError> {
    house.store.run(open_payments, ask).await
}

/// The step. Answers in the order of `asks`; a later ask sees what an earlier one did. A refusal writes nothing.
///
/// # Errors
/// Only those of the database.
pub fn open_payments(
    tx: &mut Tx<'_>,
    now: Now,
    asks: &[PaymentRequest],
) -> Result<Vec<Result<Opened, OpenRefusal>>, StoreError> {
    let known = payment::find_all(tx, asks.iter().map(|ask| (ask.merchant, &ask.order.txnid)))?;
    let mut in_this_batch: HashMap<(Id<Merchant>, &TxnId), usize> = HashMap::new();
    let mut granted: Vec<NewPayment<'_>> = Vec::new();
    let mut decisions = Vec::with_capacity(asks.len());
    for ask in asks {
        let key = (ask.merchant, &ask.order.txnid);
        decisions.push(if let Some(&at) = in_this_batch.get(&key) {
            if *granted[at].order == ask.order {
                Decision::New { at, resumed: true }
            } else {
                Decision::Answer(Err(OpenRefusal::AnotherOrder))
            }
        } else if let Some(known) = known.get(&(ask.merchant, ask.order.txnid.clone())) {
            Decision::Answer(known_already(&ask.order, known))
        } else if let Some(charge) = price(ask.order.amount, &ask.plan) {
            let at = granted.len();
            in_this_batch.insert(key, at);
            granted.push(new(ask, charge, now));
            Decision::New { at, resumed: false }
        } else {
            Decision::Answer(Err(OpenRefusal::BelowPrice))
        });
    }
    let ids = payment::insert(tx, &granted, now.at())?;
    let answer = |decision| match decision {
        Decision::New { at, resumed } => Ok(Opened {
            payment: ids[at],
            resumed,
        }),
        Decision::Answer(answer) => answer,
    };
    Ok(decisions.into_iter().map(answer).collect())
}

/// What was decided of one ask; `at` is its place among the granted.
enum Decision {
    New { at: usize, resumed: bool },
    Answer(Result<Opened, OpenRefusal>),
}

fn new(ask: &PaymentRequest, charge: Charge, now: Now) -> NewPayment<'_> {
    NewPayment {
        merchant: ask.merchant,
        order: &ask.order,
        charge,
        settle_after: ask.settle_after,
        expires_at: now.at().plus_ms(CHECKOUT_MS),
    }
}

/// The same order resumes its checkout while it is open; an ended one is never begun again.
fn known_already(order: &PaymentOrder, known: &payment::StoredPayment) -> Result<Opened, OpenRefusal> {
    match known.status {
        Status::Open if known.order == *order => Ok(Opened {
            payment: known.id,
            resumed: true,
        }),
        Status::Open => Err(OpenRefusal::AnotherOrder),
        Status::Captured | Status::Failed | Status::Cancelled | Status::Bounced | Status::Dropped => {
            Err(OpenRefusal::Ended(known.id, known.status))
        }
    }
}
