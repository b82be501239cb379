//! A payout is given to a bank: the intent is kept, then the bank is called, then its answer is kept.

use crate::{
    House,
    payout::confirm::{self, Heard},
    payout::reference,
};
use rokad_domain::{
    Id, Now, UnixMs,
    account::Account,
    bank_account::{Candidate, choose},
    id::kind::{BankAccount, Payout},
    payout::{Event, Status},
    rail::Instruction,
    retry::Jitter,
};
use rokad_rails::PayoutRail;
use rokad_store::{
    StoreError, Tx, bank_account, book, merchant,
    payout::{self, Facts, Move, StoredPayout},
    payout_queue::{self, Sent},
};

/// Milliseconds after the intent during which the bank may take the instruction. Later it refuses it, so that its
/// "never heard of it" is certain. Longer than any call of ours lasts.
pub const VALID_MS: i64 = 20_000;

/// Milliseconds after the intent before anybody else asks about it: the call itself has ended by then.
pub const FIRST_QUESTION_MS: i64 = 15_000;

const _: () = assert!(FIRST_QUESTION_MS < VALID_MS);

/// Asks for work: payouts that wait, with numbers above `after`.
pub struct Claim {
    /// Look above this number.
    pub after: Id<Payout>,
    /// At most so many.
    pub limit: usize,
    /// Stands for this instance in references.
    pub instance_tag: String,
}

/// Payouts whose intent is kept: now their banks must be called, once.
#[derive(Default)]
pub struct Claimed {
    /// What to tell the banks.
    pub sendings: Vec<Sending>,
    /// The last number that was looked at.
    pub last: Option<Id<Payout>>,
    /// How many no account can pay at present. They go on waiting.
    pub without_account: usize,
}

/// One call of a bank.
pub struct Sending {
    /// Which payout.
    pub payout: Id<Payout>,
    /// The rail that reaches the bank.
    pub rail: String,
    /// What to tell it.
    pub instruction: Instruction,
}

/// The step: chooses an account for each payout that waits, and keeps the intent to pay from it.
///
/// # Errors
/// Only those of the database.
pub fn dispatch_payouts(tx: &mut Tx<'_>, now: Now, claims: &[Claim]) -> Result<Vec<Claimed>, StoreError> {
    claims.iter().map(|claim| dispatch_some(tx, now, claim)).collect()
}

fn dispatch_some(tx: &mut Tx<'_>, now: Now, claim: &Claim) -> Result<Claimed, StoreError> {
    let waiting = payout_queue::waiting(tx, claim.after, claim.limit)?;
    let Some(last) = waiting.last().copied() else {
        return Ok(Claimed::default());
    };
    let payouts = payout::get_all(tx, &waiting)?;
    let today = now.at().day_in_kolkata();
    let accounts = bank_account::all(tx)?;
    let balances = book::lock(tx, accounts.iter().map(|account| Account::Bank(account.id)))?;
    let mut candidates: Vec<Candidate> = accounts
        .iter()
        .map(|account| account.candidate(today, balances.of(Account::Bank(account.id))))
        .collect();
    let mut chosen: Vec<(&StoredPayout, usize)> = Vec::with_capacity(payouts.len());
    for payout in &payouts {
        if let Some(at) = choose(&candidates, payout.order.amount, payout.id.get()) {
            candidates[at].reserve(payout.order.amount);
            chosen.push((payout, at));
        }
    }
    let intents: Vec<Sent> = chosen
        .iter()
        .map(|(payout, at)| intent(&claim.instance_tag, payout.id, accounts[*at].id, now.at()))
        .collect();
    if !chosen.is_empty() {
        keep(tx, now, &chosen, &intents)?;
        bank_account::keep_use(tx, today, &candidates)?;
    }
    let sendings = chosen.iter().zip(intents).map(|((payout, at), intent)| Sending {
        payout: payout.id,
        rail: accounts[*at].declared.rail.clone(),
        instruction: Instruction {
            reference: intent.reference,
            from_account: accounts[*at].declared.number.clone(),
            amount: payout.order.amount,
            to: payout.order.to.clone(),
            not_after: intent.not_after,
        },
    });
    Ok(Claimed {
        sendings: sendings.collect(),
        last: Some(last),
        without_account: payouts.len() - chosen.len(),
    })
}

fn intent(instance_tag: &str, payout: Id<Payout>, bank_account: Id<BankAccount>, at: UnixMs) -> Sent {
    Sent {
        payout,
        bank_account,
        reference: reference::make(instance_tag, payout),
        not_after: at.plus_ms(VALID_MS),
        asks: 0,
        ask_at: at.plus_ms(FIRST_QUESTION_MS),
    }
}

fn keep(
    tx: &mut Tx<'_>,
    now: Now,
    chosen: &[(&StoredPayout, usize)],
    intents: &[Sent],
) -> Result<(), StoreError> {
    let ids: Vec<Id<Payout>> = intents.iter().map(|intent| intent.payout).collect();
    payout_queue::no_longer_waiting(tx, &ids)?;
    payout_queue::keep_intents(tx, intents)?;
    let endpoints =
        merchant::payout_endpoints(tx, &chosen.iter().map(|(payout, _)| payout.merchant).collect())?;
    let mut moves = Vec::with_capacity(chosen.len());
    for (payout, _) in chosen {
        let to = payout
            .status
            .after(Event::Dispatch)
            .filter(|to| *to == Status::Processing);
        moves.push(Move {
            payout: payout.id,
            previous: Some(payout.last_change),
            to: to.ok_or_else(|| {
                StoreError::Corrupt(format!("payout {} waits, but is not Pending", payout.id))
            })?,
            note: "Given to the bank",
            endpoint: endpoints.get(&payout.merchant).copied(),
        });
    }
    let facts: Vec<Facts> = intents
        .iter()
        .map(|intent| Facts {
            bank_account: Some(intent.bank_account),
            utr: None,
        })
        .collect();
    payout::change(tx, &moves, &facts, now.at())
}

/// Carries one sending out: calls the bank, once, with no transaction open, and keeps its answer. Not after its time.
///
/// # Errors
/// Those of the store: then the answer is lost, and the bank is asked for it later.
pub async fn carry_out(
    house: &House,
    rail: &dyn PayoutRail,
    sending: &Sending,
    jitter: Jitter,
) -> Result<(), StoreError> {
    if house.store.clock().now().at() >= sending.instruction.not_after {
        // Whoever slept over it, and was thought dead: others ask about it by now.
        tracing::warn!(payout = %sending.payout, "not sent: its time is over");
        return Ok(());
    }
    let answer = rail.send(&sending.instruction).await;
    confirm::confirm(
        house,
        Heard {
            payout: sending.payout,
            answer,
            turn: Some(0),
            jitter,
        },
    )
    .await
    .map(|_| ())
}
