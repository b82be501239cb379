//! An attempt whose outcome is unknown is asked about, never charged again.

use crate::{
    House,
    payment::{
        attempt::question,
        hear::{self, Heard},
    },
};
use rokad_domain::{
    Id, Now, UnixMs,
    account::Account,
    id::kind::{Acquirer, Attempt},
    payment::Verdict,
    retry::Jitter,
};
use rokad_rails::collect::{ChargeQuestion, CollectRail};
use rokad_store::{
    StoreError, Tx,
    attempt::{self, StoredAttempt},
    payment::{self, StoredPayment},
};

/// Milliseconds for which a question that was taken is left to whoever took it. Longer than a call lasts.
const TAKEN_MS: i64 = 15_000;

/// One question to an acquirer.
pub struct Inquiry {
    /// Which attempt.
    pub attempt: Id<Attempt>,
    /// Who is asked.
    pub acquirer: Id<Acquirer>,
    /// What to ask.
    pub question: ChargeQuestion,
    /// Which question about it this is, if it was taken from the queue.
    pub turn: Option<u32>,
}

/// The step: takes questions that are due, at most so many for each of `limits`. Of money that comes straight into a bank
/// account nobody can be asked: the account's statement tells.
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
    let due = attempt::due_for_question(tx, now, limit)?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Id<Attempt>> = due.iter().map(|(id, _)| *id).collect();
    let attempts = attempt::get_all(tx, &ids)?;
    let taken: Vec<_> = due
        .iter()
        .zip(&attempts)
        .map(|((id, asks), attempt)| {
            let next = if matches!(attempt.purse, Account::Acquirer(_)) {
                now.plus_ms(TAKEN_MS)
            } else {
                // Never due again: its receipt, or a statement without it, ends it.
                UnixMs(i64::MAX)
            };
            (*id, asks.saturating_add(1), next)
        })
        .collect();
    attempt::ask_next(tx, &taken)?;
    let of: Vec<_> = attempts.iter().map(|attempt| attempt.payment).collect();
    let payments = payment::get_all(tx, &of)?;
    let inquiries = attempts.iter().zip(&payments).zip(&taken);
    let inquiries = inquiries.filter_map(|((attempt, order), (_, turn, _))| {
        let Account::Acquirer(acquirer) = attempt.purse else {
            return None;
        };
        let turn = Some(*turn);
        Some(Inquiry {
            turn,
            ..inquiry(attempt, order, acquirer)
        })
    });
    Ok(inquiries.collect())
}

/// Takes questions that are due, at most so many. A look first: where nothing is due, nothing is written.
///
/// # Errors
/// Those of the store.
pub async fn take_due(house: &House, limit: usize) -> Result<Vec<Inquiry>, StoreError> {
    let now = house.store.clock().now().at();
    let due = house
        .store
        .read(move |tx| attempt::due_for_question(tx, now, 1))
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    house.store.run(take_questions, limit).await
}

/// A question about an attempt beside those that are planned.
#[must_use]
pub fn inquiry(attempt: &StoredAttempt, order: &StoredPayment, acquirer: Id<Acquirer>) -> Inquiry {
    Inquiry {
        attempt: attempt.id,
        acquirer,
        question: question(attempt, order),
        turn: None,
    }
}

/// Asks one acquirer about one attempt, with no transaction open, and keeps its answer.
///
/// # Errors
/// Those of the store: then the acquirer is asked again later.
pub async fn ask(
    house: &House,
    rail: &dyn CollectRail,
    inquiry: &Inquiry,
    jitter: Jitter,
) -> Result<Verdict, StoreError> {
    let answer = rail.ask(&inquiry.question).await;
    let heard = Heard {
        attempt: inquiry.attempt,
        answer,
        turn: inquiry.turn,
        jitter,
    };
    hear::hear(house, heard).await
}

/// After a start: every attempt that was under way is due for a question now. Returns how many there are.
///
/// # Errors
/// Those of the store.
pub async fn take_over(house: &House) -> Result<usize, StoreError> {
    house
        .store
        .tx("ask about all attempts under way", |tx, now| {
            attempt::ask_about_all(tx, now.at())
        })
        .await
}
