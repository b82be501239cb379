//! From the acquirer's words to ours: what may be believed, and what is silence.

use super::{
    charge_words::ChargeSaid,
    hearing::{UNKNOWN_MARGIN_MS, read},
};
use crate::collect::ChargeQuestion;
use hyper::StatusCode;
use rokad_domain::{
    UnixMs,
    acquirer::{Answer, BankRef, Fault},
};

/// What an answer must agree with to be believed.
pub struct Expected<'a> {
    question: &'a ChargeQuestion,
    /// Where the acquirer's pages are.
    pages: &'a str,
    /// Known when asking: from then on, "never heard of it" is a refusal. A charge never hears that.
    certain_after: Option<UnixMs>,
}

impl<'a> Expected<'a> {
    /// Of the answer to a charge.
    pub const fn to_charge(question: &'a ChargeQuestion, pages: &'a str) -> Self {
        Self {
            question,
            pages,
            certain_after: None,
        }
    }

    /// Of the answer to a question or a call-off.
    pub const fn to_ask(question: &'a ChargeQuestion, pages: &'a str) -> Self {
        Self {
            question,
            pages,
            certain_after: Some(question.not_after.plus_ms(UNKNOWN_MARGIN_MS)),
        }
    }

    /// Whether the acquirer speaks of what was asked. If not, somebody should know.
    fn agrees(&self, reference: &str, amount_paise: Option<i64>) -> bool {
        let amount = self.question.amount.get();
        let agrees =
            self.question.reference == reference && amount_paise.is_none_or(|theirs| theirs == amount);
        if !agrees {
            tracing::error!(
                asked = self.question.reference,
                answered = reference,
                amount,
                ?amount_paise,
                "the acquirer answers something else"
            );
        }
        agrees
    }
}

/// What the acquirer's answer to a charge, a question or a call-off means.
pub fn answer(status: StatusCode, body: &[u8], expected: &Expected<'_>) -> Answer {
    let said = read(status, body, &expected.question.reference, fits);
    said.map_or(Answer::Silent, |said| heard(&said, expected))
}

/// Whether the status line and the body say the same.
fn fits(status: StatusCode, said: &ChargeSaid) -> bool {
    match said {
        ChargeSaid::Captured { .. } | ChargeSaid::Refused { .. } => status == StatusCode::OK,
        ChargeSaid::Waiting { .. } => status == StatusCode::ACCEPTED,
        ChargeSaid::Unknown { .. } => status == StatusCode::NOT_FOUND,
        ChargeSaid::Error { .. } => false,
    }
}

fn heard(said: &ChargeSaid, expected: &Expected<'_>) -> Answer {
    match said {
        ChargeSaid::Captured {
            reference,
            amount_paise,
            rrn,
        } if expected.agrees(reference, Some(*amount_paise)) => captured(rrn),
        ChargeSaid::Refused { reference, fault } if expected.agrees(reference, None) => {
            // A refusal whose word is new is a refusal all the same.
            Answer::Refused(Fault::from_code(fault).unwrap_or(Fault::Other))
        }
        ChargeSaid::Waiting {
            reference,
            amount_paise,
            page,
        } if expected.agrees(reference, Some(*amount_paise)) => waiting(page.as_deref(), expected.pages),
        ChargeSaid::Unknown {
            reference,
            bank_time_ms,
        } if expected.agrees(reference, None) => unknown(*bank_time_ms, expected),
        ChargeSaid::Captured { .. }
        | ChargeSaid::Refused { .. }
        | ChargeSaid::Waiting { .. }
        | ChargeSaid::Unknown { .. }
        | ChargeSaid::Error { .. } => Answer::Silent,
    }
}

fn captured(rrn: &str) -> Answer {
    BankRef::parse(rrn).map_or_else(
        || {
            tracing::error!(rrn, "the acquirer says captured, with an RRN that is none");
            Answer::Silent
        },
        Answer::Captured,
    )
}

/// The page is a path of the acquirer's own, so that a customer is never sent to another host.
fn waiting(page: Option<&str>, pages: &str) -> Answer {
    let Some(path) = page else {
        return Answer::Waiting(None);
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_');
    if path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain) {
        Answer::Waiting(Some(format!("{pages}{path}")))
    } else {
        tracing::error!("the acquirer names a page that is no path");
        Answer::Silent
    }
}

fn unknown(bank_time_ms: i64, expected: &Expected<'_>) -> Answer {
    if expected.certain_after.is_some_and(|after| bank_time_ms > after.0) {
        Answer::Refused(Fault::NotReceived)
    } else {
        Answer::Silent
    }
}
