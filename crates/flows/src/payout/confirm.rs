//! A bank has answered: the money is spent or released, or the payout stays Processing and is asked about again.

use crate::House;
use rokad_domain::{
    Id, Now, Paise, UnixMs,
    account::Account,
    entry::Entry,
    id::kind::{BankAccount, Payout},
    payout::{Status, Verdict, decide_answer},
    rail::{Answer, Utr},
    retry::{ASK, Jitter},
};
use rokad_store::{
    StoreError, Tx, bank_account,
    book::{self, About, Balances, Movement},
    discrepancy, merchant,
    payout::{self, Facts, Move, StoredPayout},
    payout_queue,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a bank said of one payout.
pub struct Heard {
    /// Which payout.
    pub payout: Id<Payout>,
    /// What it said.
    pub answer: Answer,
    /// Which question it answers, if it was taken from the queue: 0 is the call that told the bank. Whoever has it plans the next;
    /// an answer that came out of turn moves money, but no plans.
    pub turn: Option<u32>,
    /// For the gap until the next question, if it said nothing certain.
    pub jitter: Jitter,
}

/// Keeps an answer, and wakes the courier.
///
/// # Errors
/// Those of the store: then nothing was kept, and the bank is asked again.
pub async fn confirm(house: &House, heard: Heard) -> Result<Verdict, StoreError> {
    let verdict = house.store.run(confirm_payouts, heard).await?;
    house.bells.callbacks_wait();
    Ok(verdict)
}

/// The step: decides what each answer means, and moves the money.
///
/// # Errors
/// Only those of the database.
pub fn confirm_payouts(tx: &mut Tx<'_>, now: Now, heard: &[Heard]) -> Result<Vec<Verdict>, StoreError> {
    let ids: BTreeSet<Id<Payout>> = heard.iter().map(|heard| heard.payout).collect();
    let ids: Vec<Id<Payout>> = ids.into_iter().collect();
    let mut payouts: BTreeMap<Id<Payout>, StoredPayout> = payout::get_all(tx, &ids)?
        .into_iter()
        .map(|payout| (payout.id, payout))
        .collect();
    let mut settled = Settled::new(lock(tx, payouts.values())?);
    let mut verdicts = Vec::with_capacity(heard.len());
    for heard in heard {
        let payout = payouts
            .get_mut(&heard.payout)
            .ok_or_else(|| StoreError::Corrupt("an answer of nobody".into()))?;
        let verdict = decide_answer(payout.status, payout.utr.as_ref(), &heard.answer);
        match &verdict {
            Verdict::Spend(utr) => settled.spend(payout, utr)?,
            Verdict::Release(reason) => settled.release(payout, reason.sentence())?,
            Verdict::AskAgain => settled
                .again
                .extend(heard.turn.map(|turn| (heard.payout, turn, heard.jitter))),
            Verdict::Known => {}
            Verdict::Contradiction => {
                tracing::error!(payout = %payout.id, status = payout.status.word(), answer = ?heard.answer, "a bank contradicts the book");
                let what = format!(
                    "{} here, but the bank says {:?}",
                    payout.status.word(),
                    heard.answer
                );
                discrepancy::note(tx, payout.id, &what, now.at())?;
            }
        }
        verdicts.push(verdict);
    }
    settled.write(tx, now)?;
    Ok(verdicts)
}

fn lock<'a>(tx: &Tx<'_>, payouts: impl Iterator<Item = &'a StoredPayout>) -> Result<Balances, StoreError> {
    let of_one = |payout: &StoredPayout| {
        let merchant = [
            Account::Available(payout.merchant),
            Account::Held(payout.merchant),
        ];
        merchant.into_iter().chain(payout.bank_account.map(Account::Bank))
    };
    book::lock(tx, payouts.flat_map(of_one).chain([Account::Fee, Account::Gst]))
}

/// What a batch of answers settles, in memory, until it is written.
struct Settled {
    balances: Balances,
    movements: Vec<Movement>,
    changed: Vec<Changed>,
    again: Vec<(Id<Payout>, u32, Jitter)>,
}

/// A payout before its change, and what it becomes.
struct Changed {
    before: StoredPayout,
    to: Status,
    note: &'static str,
    utr: Option<Utr>,
}

impl Settled {
    fn new(balances: Balances) -> Self {
        let (movements, changed, again) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            balances,
            movements,
            changed,
            again,
        }
    }

    fn spend(&mut self, payout: &mut StoredPayout, utr: &Utr) -> Result<(), StoreError> {
        let bank = payout.bank_account.ok_or_else(|| no_account(payout))?;
        self.post(
            payout,
            Entry::spend(payout.merchant, bank, payout.order.amount, payout.charge),
        )?;
        self.change(payout, Status::Approved, "Paid", Some(utr.clone()));
        Ok(())
    }

    fn release(&mut self, payout: &mut StoredPayout, why: &'static str) -> Result<(), StoreError> {
        self.post(
            payout,
            Entry::release(payout.merchant, payout.order.amount, payout.charge),
        )?;
        self.change(payout, Status::Failed, why, None);
        Ok(())
    }

    fn post(&mut self, payout: &StoredPayout, entry: Option<Entry>) -> Result<(), StoreError> {
        let entry =
            entry.ok_or_else(|| StoreError::Corrupt(format!("payout {} moves nothing", payout.id)))?;
        self.balances.apply(&entry)?;
        self.movements.push(Movement {
            entry,
            about: About::Payout(payout.id),
        });
        Ok(())
    }

    /// The payout in memory is changed as well, so that a second answer in the same batch sees it.
    fn change(&mut self, payout: &mut StoredPayout, to: Status, note: &'static str, utr: Option<Utr>) {
        self.changed.push(Changed {
            before: payout.clone(),
            to,
            note,
            utr: utr.clone(),
        });
        (payout.status, payout.utr) = (to, utr);
    }

    fn write(self, tx: &mut Tx<'_>, now: Now) -> Result<(), StoreError> {
        let settled: Vec<Id<Payout>> = self.changed.iter().map(|changed| changed.before.id).collect();
        payout_queue::no_longer_sent(tx, &settled)?;
        let merchants = self
            .changed
            .iter()
            .map(|changed| changed.before.merchant)
            .collect();
        let endpoints = merchant::payout_endpoints(tx, &merchants)?;
        let moves: Vec<Move<'_>> = self
            .changed
            .iter()
            .map(|changed| Move {
                payout: changed.before.id,
                previous: Some(changed.before.last_change),
                to: changed.to,
                note: changed.note,
                endpoint: endpoints.get(&changed.before.merchant).copied(),
            })
            .collect();
        let facts: Vec<Facts> = self
            .changed
            .iter()
            .map(|changed| Facts {
                bank_account: changed.before.bank_account,
                utr: changed.utr.clone(),
            })
            .collect();
        payout::change(tx, &moves, &facts, now.at())?;
        book::write(tx, &self.balances, &self.movements, now.at())?;
        no_longer_under_way(tx, &self.changed, now.at())?;
        plan_questions(tx, &self.again, now.at())
    }
}

/// Takes what was settled off its bank accounts. What is refused on the day on which the bank was told of it did not use
/// that day's limit; on a later day there is nothing to give back.
fn no_longer_under_way(tx: &Tx<'_>, changed: &[Changed], now: UnixMs) -> Result<(), StoreError> {
    let refused = |changed: &&Changed| changed.to == Status::Failed;
    let told: Vec<_> = changed
        .iter()
        .filter(refused)
        .map(|changed| changed.before.last_change)
        .collect();
    let told_at = payout::changed_at(tx, &told)?;
    let told_today = |changed: &Changed| {
        let told_at = told_at.get(&changed.before.last_change);
        told_at.is_some_and(|at| at.day_in_kolkata() == now.day_in_kolkata())
    };
    let mut off: BTreeMap<Id<BankAccount>, (Paise, Paise)> = BTreeMap::new();
    for changed in changed {
        let bank = changed
            .before
            .bank_account
            .ok_or_else(|| no_account(&changed.before))?;
        let (settled, unused) = off.entry(bank).or_default();
        let amount = changed.before.order.amount;
        *settled = settled.plus(amount).unwrap_or(*settled);
        if told_today(changed) {
            *unused = unused.plus(amount).unwrap_or(*unused);
        }
    }
    for (bank, (settled, unused)) in off {
        bank_account::no_longer_under_way(tx, bank, settled, unused)?;
    }
    Ok(())
}

/// Plans the next question about each. Whoever lost its turn to somebody else plans nothing.
fn plan_questions(tx: &Tx<'_>, again: &[(Id<Payout>, u32, Jitter)], now: UnixMs) -> Result<(), StoreError> {
    let turns: BTreeMap<Id<Payout>, (u32, Jitter)> = again
        .iter()
        .map(|(id, turn, jitter)| (*id, (*turn, *jitter)))
        .collect();
    let ids: Vec<Id<Payout>> = turns.keys().copied().collect();
    let next = payout_queue::asks(tx, &ids)?
        .into_iter()
        .filter_map(|(id, asks)| {
            let (turn, jitter) = *turns.get(&id)?;
            (turn == asks).then(|| (id, asks, now.plus_ms(ASK.gap_ms(asks + 1, jitter))))
        });
    payout_queue::ask_next(tx, &next.collect::<Vec<_>>())
}

fn no_account(payout: &StoredPayout) -> StoreError {
    StoreError::Corrupt(format!(
        "payout {} is Processing without a bank account",
        payout.id
    ))
}
