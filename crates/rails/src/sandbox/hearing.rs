//! From the bank's words to ours: what may be believed, and what is silence.

use super::words::{NewsSaid, RETURNED_WORD, Refusal, Said};
use crate::payout::{NewsPage, Question};
use hyper::StatusCode;
use rokad_domain::{
    Paise, UnixMs,
    rail::{Answer, Instruction, News, Notice, Reason, Utr},
};
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// Milliseconds by which the bank's clock must have passed `not_after` before "never heard of it" is certain: room for a
/// request that was still on its way into the bank's book. The clock itself never runs backwards.
pub const UNKNOWN_MARGIN_MS: i64 = 5_000;

/// What an acquirer says about `reference`, if it can be read and is what `fits` the status line. All else is silence.
pub fn read<S: DeserializeOwned + Debug>(
    status: StatusCode,
    body: &[u8],
    reference: &str,
    fits: fn(StatusCode, &S) -> bool,
) -> Option<S> {
    match serde_json::from_slice(body) {
        Ok(said) if fits(status, &said) => return Some(said),
        Ok(said) if status.is_client_error() => {
            tracing::error!(%status, ?said, reference, "the acquirer does not take our request");
        }
        Ok(_) => {}
        Err(error) => {
            tracing::warn!(%status, %error, reference, "the acquirer's answer cannot be read");
        }
    }
    None
}

/// What an answer must agree with to be believed.
pub struct Expected<'a> {
    reference: &'a str,
    /// Known when sending; an ask does not know it.
    amount: Option<Paise>,
    /// Known when asking: from then on, "never heard of it" is a refusal. A send never hears that.
    certain_after: Option<UnixMs>,
}

impl<'a> Expected<'a> {
    /// Of the answer to an instruction.
    pub fn to_send(i: &'a Instruction) -> Self {
        Self {
            reference: &i.reference,
            amount: Some(i.amount),
            certain_after: None,
        }
    }

    /// Of the answer to a question.
    pub fn to_ask(q: &'a Question) -> Self {
        Self {
            reference: &q.reference,
            amount: None,
            certain_after: Some(q.not_after.plus_ms(UNKNOWN_MARGIN_MS)),
        }
    }

    /// Whether the bank speaks of what was asked. If not, somebody should know.
    fn agrees(&self, reference: &str, amount_paise: Option<i64>) -> bool {
        let amount = self.amount.map(Paise::get);
        let agrees = self.reference == reference
            && (amount.is_none() || amount_paise.is_none() || amount == amount_paise);
        if !agrees {
            tracing::error!(
                asked = self.reference,
                answered = reference,
                ?amount,
                ?amount_paise,
                "the bank answers something else"
            );
        }
        agrees
    }
}

/// What the bank's answer to a send or an ask means.
pub fn answer(status: StatusCode, body: &[u8], expected: &Expected<'_>) -> Answer {
    let said = match serde_json::from_slice(body) {
        Ok(said) => said,
        Err(error) => {
            tracing::warn!(%status, %error, reference = expected.reference, "the bank's answer cannot be read");
            return Answer::Silent;
        }
    };
    match (status, said) {
        (StatusCode::OK, said @ (Said::Paid { .. } | Said::Refused { .. })) => final_answer(&said, expected),
        (
            StatusCode::NOT_FOUND,
            Said::Unknown {
                reference,
                bank_time_ms,
            },
        ) => unknown(&reference, bank_time_ms, expected),
        (StatusCode::ACCEPTED, Said::InProgress { .. }) => Answer::Silent,
        (status, said) => {
            if status.is_client_error() {
                tracing::error!(%status, ?said, reference = expected.reference, "the bank does not take our request");
            }
            Answer::Silent
        }
    }
}

fn final_answer(said: &Said, expected: &Expected<'_>) -> Answer {
    match said {
        Said::Paid {
            reference,
            amount_paise,
            utr,
            ..
        } if expected.agrees(reference, Some(*amount_paise)) => paid(utr),
        Said::Refused { reference, reason } if expected.agrees(reference, None) => {
            Answer::Refused(our_reason(reason))
        }
        Said::Paid { .. }
        | Said::Refused { .. }
        | Said::InProgress { .. }
        | Said::Returned { .. }
        | Said::Unknown { .. }
        | Said::Error { .. } => Answer::Silent,
    }
}

fn paid(utr: &str) -> Answer {
    Utr::parse(utr).map_or_else(
        || {
            tracing::error!(utr, "the bank says paid, with a UTR that is none");
            Answer::Silent
        },
        Answer::Paid,
    )
}

fn unknown(reference: &str, bank_time_ms: i64, expected: &Expected<'_>) -> Answer {
    let certain = expected.certain_after.is_some_and(|after| bank_time_ms > after.0);
    if certain && expected.agrees(reference, None) {
        Answer::Refused(Reason::NotReceived)
    } else {
        Answer::Silent
    }
}

/// What a page of the bank's news means. A notice that makes no sense is a silent answer: its payout is then asked about.
pub fn news(status: StatusCode, body: &[u8], after: u64) -> Option<NewsPage> {
    if status != StatusCode::OK {
        tracing::warn!(%status, "the bank has no news for us");
        return None;
    }
    match serde_json::from_slice::<NewsSaid>(body) {
        Ok(said) if said.next >= after => Some(NewsPage {
            notices: said.notices.iter().filter_map(notice).collect(),
            next: said.next,
        }),
        Ok(said) => {
            tracing::error!(after, next = said.next, "the bank's news run backwards");
            None
        }
        Err(error) => {
            tracing::error!(%error, after, "the bank's news cannot be read");
            None
        }
    }
}

fn notice(said: &Said) -> Option<Notice> {
    let (reference, news) = match said {
        Said::Paid { reference, utr, .. } => (reference, News::Answered(paid(utr))),
        Said::Refused { reference, reason } => {
            (reference, News::Answered(Answer::Refused(our_reason(reason))))
        }
        Said::Returned {
            reference, reason, ..
        } => (reference, News::Returned(our_reason(reason))),
        Said::InProgress { reference } | Said::Unknown { reference, .. } => {
            (reference, News::Answered(Answer::Silent))
        }
        Said::Error { .. } => return None,
    };
    Some(Notice {
        reference: reference.clone(),
        news,
    })
}

/// Our word for the bank's. A refusal whose word is new is a refusal all the same.
fn our_reason(word: &str) -> Reason {
    const WORDS: &[(&str, Reason)] = &[
        (Refusal::InvalidAccount.word(), Reason::InvalidAccount),
        (Refusal::AccountFrozen.word(), Reason::AccountFrozen),
        (Refusal::LimitExceeded.word(), Reason::LimitExceeded),
        (Refusal::InsufficientFunds.word(), Reason::OperatorAccountShort),
        (Refusal::Expired.word(), Reason::NotReceived),
        (RETURNED_WORD, Reason::ReturnedByBeneficiaryBank),
    ];
    let found = WORDS.iter().find(|(its, _)| *its == word);
    found.map_or(Reason::Other, |(_, reason)| *reason)
}
