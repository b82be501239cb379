//! From the acquirer's words about disputes to ours: what may be believed.

use super::dispute_words::{DisputeSaid, DisputesSaid};
use crate::collect::DisputePage;
use hyper::StatusCode;
use rokad_domain::{
    Paise, UnixMs,
    dispute::{Claim, Kind, News, Notice, Outcome, Reason},
};

/// Characters of a title or comment that are kept.
const TEXT_MAX: usize = 1_000;

/// A page of news. `None`: it makes no sense, or runs backwards.
pub fn page(status: StatusCode, body: &[u8], after: u64) -> Option<DisputePage> {
    let said: DisputesSaid = match serde_json::from_slice(body) {
        Ok(said) if status == StatusCode::OK => said,
        Ok(_) | Err(_) => {
            tracing::error!(%status, after, "the acquirer's disputes cannot be read");
            return None;
        }
    };
    if said.next < after {
        tracing::error!(after, next = said.next, "the acquirer's disputes run backwards");
        return None;
    }
    Some(DisputePage {
        notices: said.notices.into_iter().filter_map(notice).collect(),
        next: said.next,
    })
}

fn notice(said: DisputeSaid) -> Option<Notice> {
    match said {
        DisputeSaid::Raised {
            reference,
            charge,
            kind,
            reason,
            amount_paise,
            deadline_ms,
            title,
            comment,
        } => {
            let amount = Paise::new(amount_paise).filter(|amount| !amount.is_zero());
            let Some(amount) = amount else {
                tracing::error!(reference, amount_paise, "the acquirer has a dispute of nothing");
                return None;
            };
            let claim = Claim {
                // A kind or a reason whose word is new is a dispute all the same.
                kind: Kind::from_code(&kind).unwrap_or(Kind::Chargeback),
                reason: Reason::from_code(&reason).unwrap_or(Reason::Other),
                amount,
                deadline: UnixMs(deadline_ms),
                title: plain(&title),
                comment: plain(&comment),
            };
            Some(Notice {
                reference,
                charge,
                news: News::Raised(claim),
            })
        }
        DisputeSaid::Resolved {
            reference,
            charge,
            outcome,
        } => {
            let Some(outcome) = Outcome::from_code(&outcome) else {
                tracing::error!(
                    reference,
                    outcome,
                    "the acquirer decides a dispute in a way that is none"
                );
                return None;
            };
            Some(Notice {
                reference,
                charge,
                news: News::Resolved(outcome),
            })
        }
    }
}

/// What can be printed of a text, and not too much.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect()
}
