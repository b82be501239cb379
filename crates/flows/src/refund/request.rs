//! A merchant wants money of a payment to go back: it is set aside, and the refund is Initiated.

use crate::{House, payment::back::keep, refund::reference};
use rokad_domain::{
    Id, Now, Paise,
    account::Account,
    entry::Entry,
    event::{RefundTold, Told},
    id::kind::{Merchant, Payment, Refund},
    payment::Source,
    refund::{Paid, RefundRefusal, Status, decide_refund},
};
use rokad_store::{
    StoreError, Tx,
    book::{self, About, Balances, Movement},
    event::{self, NewEvent},
    payment::{self, StoredPayment},
    refund::{self, Before, NewRefund, StoredRefund},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a merchant asks for.
pub struct RefundRequest {
    /// Who asks.
    pub merchant: Id<Merchant>,
    /// Of which payment.
    pub payment: Id<Payment>,
    /// How much. Never zero.
    pub amount: Paise,
    /// The merchant's own key: the same key is the same refund.
    pub key: Option<String>,
    /// Stands for this instance in references.
    pub instance_tag: String,
}

/// A refund that is made: now, or when the same was asked for before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// Which refund.
    pub refund: Id<Refund>,
    /// Its state.
    pub status: Status,
}

/// Asks for a refund.
///
/// # Errors
/// Those of the store: then nobody can say whether it was made; with a key, asking again finds out.
pub async fn request(
    house: &House,
    ask: RefundRequest,
) -> Result<Result<Accepted, RefundRefusal>, StoreError> {
    let payment = ask.payment;
    let answer = house.store.run(request_refunds, ask).await?;
    if answer.is_ok() {
        house.bells.payment_changed(payment);
        house.bells.callbacks_wait();
    }
    Ok(answer)
}

/// The step: sets the money of each refund aside and records it. Answers in the order of `asks`; a later ask sees what an
/// earlier one did. A refusal writes nothing.
///
/// # Errors
/// Only those of the database.
pub fn request_refunds(
    tx: &mut Tx<'_>,
    now: Now,
    asks: &[RefundRequest],
) -> Result<Vec<Result<Accepted, RefundRefusal>>, StoreError> {
    let known = Known::read(tx, asks)?;
    let mut room = Room::read(tx, asks)?;
    let mut keys: HashMap<(Id<Merchant>, &str), usize> = HashMap::new();
    let mut decisions = Vec::with_capacity(asks.len());
    for ask in asks {
        let key = ask.key.as_deref().map(|key| (ask.merchant, key));
        decisions.push(if let Some(refund) = known.of(ask) {
            Decision::Answer(same(ask, refund.payment, refund.amount).map(|()| Accepted {
                refund: refund.id,
                status: refund.status,
            }))
        } else if let Some(&at) = key.and_then(|key| keys.get(&key)) {
            let twin = &room.granted[at];
            match same(ask, twin.payment, twin.amount) {
                Ok(()) => Decision::New(at),
                Err(refusal) => Decision::Answer(Err(refusal)),
            }
        } else {
            match room.decide(ask)? {
                Ok(at) => {
                    keys.extend(key.map(|key| (key, at)));
                    Decision::New(at)
                }
                Err(refusal) => Decision::Answer(Err(refusal)),
            }
        });
    }
    let tag = asks.first().map_or("", |ask| &ask.instance_tag);
    let ids = room.write(tx, now, tag)?;
    let answer = |decision| match decision {
        Decision::New(at) => Ok(Accepted {
            refund: ids[at],
            status: Status::Initiated,
        }),
        Decision::Answer(answer) => answer,
    };
    Ok(decisions.into_iter().map(answer).collect())
}

/// What was decided of one ask: the place of a new refund among the granted, or an answer.
enum Decision {
    New(usize),
    Answer(Result<Accepted, RefundRefusal>),
}

/// A key stands for one refund for ever.
fn same(ask: &RefundRequest, payment: Id<Payment>, amount: Paise) -> Result<(), RefundRefusal> {
    if (ask.payment, ask.amount) == (payment, amount) {
        Ok(())
    } else {
        Err(RefundRefusal::KeyReused)
    }
}

/// Refunds that the keys of a batch stand for already.
struct Known {
    keys: HashMap<(Id<Merchant>, String), Id<Refund>>,
    refunds: BTreeMap<Id<Refund>, StoredRefund>,
}

impl Known {
    fn read(tx: &Tx<'_>, asks: &[RefundRequest]) -> Result<Self, StoreError> {
        let keyed = asks
            .iter()
            .filter_map(|ask| Some((ask.merchant, ask.key.as_deref()?)));
        let keys = refund::find_keys(tx, keyed)?;
        let ids: BTreeSet<Id<Refund>> = keys.values().copied().collect();
        let refunds = refund::get_all(tx, &ids.into_iter().collect::<Vec<_>>())?;
        Ok(Self {
            keys,
            refunds: refunds.into_iter().map(|refund| (refund.id, refund)).collect(),
        })
    }

    fn of(&self, ask: &RefundRequest) -> Option<&StoredRefund> {
        let id = self.keys.get(&(ask.merchant, ask.key.clone()?))?;
        self.refunds.get(id)
    }
}

/// The payments of a batch, in memory, until they are written.
struct Room<'a> {
    payments: BTreeMap<Id<Payment>, One>,
    balances: Balances,
    granted: Vec<NewRefund<'a>>,
    entries: Vec<Entry>,
}

struct One {
    stored: StoredPayment,
    /// The place of its last refund among the granted.
    last: Option<usize>,
}

impl<'a> Room<'a> {
    fn read(tx: &Tx<'_>, asks: &[RefundRequest]) -> Result<Self, StoreError> {
        let ids: BTreeSet<Id<Payment>> = asks.iter().map(|ask| ask.payment).collect();
        let payments = payment::known(tx, &ids.into_iter().collect::<Vec<_>>())?;
        let accounts = |merchant| {
            [
                Account::Collected(merchant),
                Account::Available(merchant),
                Account::Held(merchant),
            ]
        };
        let balances = book::lock(tx, asks.iter().flat_map(|ask| accounts(ask.merchant)))?;
        let one = |stored: StoredPayment| (stored.id, One { stored, last: None });
        Ok(Self {
            payments: payments.into_iter().map(one).collect(),
            balances,
            granted: Vec::new(),
            entries: Vec::new(),
        })
    }

    /// The place of the new refund among the granted, or why there is none.
    fn decide(&mut self, ask: &'a RefundRequest) -> Result<Result<usize, RefundRefusal>, StoreError> {
        let its = self.payments.get_mut(&ask.payment);
        let Some(one) = its.filter(|one| one.stored.merchant == ask.merchant) else {
            return Ok(Err(RefundRefusal::NoPayment));
        };
        let payment = &mut one.stored;
        let paid = Paid {
            status: payment.status,
            amount: payment.order.amount,
            back: payment.back,
            refunds: payment.refunds,
            uncleared: payment.uncleared(),
        };
        let available = self.balances.available(Account::Available(ask.merchant));
        let source = match decide_refund(&paid, ask.amount, available) {
            Ok(source) => source,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let entry = Entry::hold_refund(ask.merchant, source).ok_or_else(too_much)?;
        self.balances.apply(&entry)?;
        self.entries.push(entry);
        self.granted.push(NewRefund {
            merchant: ask.merchant,
            payment: payment.id,
            previous: match (one.last, payment.last_refund) {
                (Some(at), _) => Before::InBatch(at),
                (None, Some(id)) => Before::Refund(id),
                (None, None) => Before::None,
            },
            attempt: payment
                .last_attempt
                .ok_or_else(|| StoreError::Corrupt(format!("payment {} was paid by nothing", payment.id)))?,
            amount: ask.amount,
            source,
            key: ask.key.as_deref(),
        });
        take_back(payment, ask.amount, source)?;
        one.last = Some(self.granted.len() - 1);
        Ok(Ok(self.granted.len() - 1))
    }

    fn write(mut self, tx: &mut Tx<'_>, now: Now, tag: &str) -> Result<Vec<Id<Refund>>, StoreError> {
        let written = refund::insert(tx, &self.granted, |id| reference::make(tag, id), now.at())?;
        let ids: Vec<Id<Refund>> = written.iter().map(|(id, _)| *id).collect();
        let movements: Vec<Movement> = self
            .entries
            .into_iter()
            .zip(&ids)
            .map(|(entry, id)| Movement {
                entry,
                about: About::Refund(*id),
            })
            .collect();
        book::write(tx, &self.balances, &movements, now.at())?;
        for one in self.payments.values_mut() {
            one.stored.last_refund = one.last.map(|at| ids[at]).or(one.stored.last_refund);
        }
        let changed = self.payments.values().filter(|one| one.last.is_some());
        keep(tx, &changed.map(|one| &one.stored).collect::<Vec<_>>())?;
        let told = written
            .iter()
            .zip(&self.granted)
            .map(|((id, change), new)| NewEvent {
                merchant: new.merchant,
                payment: new.payment,
                change: change.get(),
                told: Told::RefundInitiated(RefundTold {
                    refund: *id,
                    amount: new.amount,
                    added_at: now.at(),
                    completed_at: None,
                }),
            });
        event::write(tx, &told.collect::<Vec<_>>(), now.at())?;
        Ok(ids)
    }
}

/// The payment's own account of the refund.
fn take_back(payment: &mut StoredPayment, amount: Paise, source: Source) -> Result<(), StoreError> {
    payment.back.refunding = payment.back.refunding.plus(amount).ok_or_else(too_much)?;
    payment.uncleared_out = payment
        .uncleared_out
        .plus(source.collected)
        .ok_or_else(too_much)?;
    payment.refunds += 1;
    Ok(())
}

fn too_much() -> StoreError {
    StoreError::Corrupt("a refund of nothing, or of too much, was granted".into())
}
