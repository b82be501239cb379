//! A payout whose outcome is unknown is asked about, never sent again.

use crate::{
    House,
    payout::confirm::{self, Heard},
};
use rokad_domain::{Id, Now, UnixMs, id::kind::Payout, payout::Verdict, rail::Answer, retry::Jitter};
use rokad_rails::{PayoutRail, Question};
use rokad_store::{StoreError, Tx, bank_account, payout_queue};

/// Milliseconds for which a question that was taken is left to whoever took it. Longer than a call lasts.
const TAKEN_MS: i64 = 15_000;

/// One question to a bank.
pub struct Inquiry {
    /// Which payout.
    pub payout: Id<Payout>,
    /// The rail that reaches the bank.
    pub rail: String,
    /// What to ask.
    pub question: Question,
    /// Which question about it this is, if it was taken from the queue.
    pub turn: Option<u32>,
}

/// The step: takes questions that are due, at most so many for each of `limits`.
///
/// # Errors
/// Only those of the database.
pub fn take_questions(tx: &mut Tx<'_>, now: Now, limits: &[usize]) -> Result<Vec<Vec<Inquiry>>, StoreError> {
    limits
        .iter()
        .map(|limit| take_some(tx, now.at(), *limit))
        .collect()
}

fn take_some(tx: &Tx<'_>, now: UnixMs, limit: usize) -> Result<Vec<Inquiry>, StoreError> {
    let due = payout_queue::due_for_question(tx, now, limit)?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let taken: Vec<_> = due
        .iter()
        .map(|sent| (sent.payout, turn(sent), now.plus_ms(TAKEN_MS)))
        .collect();
    payout_queue::ask_next(tx, &taken)?;
    let accounts = bank_account::all(tx)?;
    let inquiry = |sent: payout_queue::Sent| {
        let account = accounts.iter().find(|account| account.id == sent.bank_account)?;
        Some(Inquiry {
            payout: sent.payout,
            turn: Some(turn(&sent)),
            rail: account.declared.rail.clone(),
            question: Question {
                reference: sent.reference,
                from_account: account.declared.number.clone(),
                not_after: sent.not_after,
            },
        })
    };
    Ok(due.into_iter().filter_map(inquiry).collect())
}

/// Its number marks who asks: whoever took the same question before, and was thought dead, has another.
fn turn(sent: &payout_queue::Sent) -> u32 {
    sent.asks.saturating_add(1)
}

/// Takes questions that are due, at most so many. A look first: where nothing is due, nothing is written.
///
/// # Errors
/// Those of the store.
pub async fn take_due(house: &House, limit: usize) -> Result<Vec<Inquiry>, StoreError> {
    let now = house.store.clock().now().at();
    let due = house
        .store
        .read(move |tx| payout_queue::due_for_question(tx, now, 1))
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    house.store.run(take_questions, limit).await
}

/// Asks one bank about one payout, with no transaction open, and keeps its answer.
///
/// # Errors
/// Those of the store: then the bank is asked again later.
pub async fn ask(
    house: &House,
    rail: &dyn PayoutRail,
    inquiry: &Inquiry,
    jitter: Jitter,
) -> Result<Verdict, StoreError> {
    let answer: Answer = rail.ask(&inquiry.question).await;
    confirm::confirm(
        house,
        Heard {
            payout: inquiry.payout,
            answer,
            turn: inquiry.turn,
            jitter,
        },
    )
    .await
}

/// After a start: every payout that was under way is due for a question now. Returns how many there are.
///
/// # Errors
/// Those of the store.
pub async fn take_over(house: &House) -> Result<usize, StoreError> {
    house
        .store
        .tx("ask about all that was under way", |tx, now| {
            payout_queue::ask_about_all(tx, now.at())
        })
        .await
}
