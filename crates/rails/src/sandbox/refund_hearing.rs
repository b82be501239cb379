//! From the acquirer's words about refunds to ours: what may be believed, and what is silence.

use super::{
    hearing::{UNKNOWN_MARGIN_MS, read},
    refund_words::RefundSaid,
};
use hyper::StatusCode;
use rokad_domain::{
    acquirer::BankRef,
    refund::{Answer, Fault, RefundOrder},
};

/// What the acquirer's answer about `order` means. `asked`: it was asked, not told, so that "never heard of it" may be certain.
pub fn answer(status: StatusCode, body: &[u8], order: &RefundOrder, asked: bool) -> Answer {
    let said = read(status, body, &order.reference, fits);
    said.map_or(Answer::Silent, |said| heard(&said, order, asked))
}

/// Whether the status line and the body say the same.
fn fits(status: StatusCode, said: &RefundSaid) -> bool {
    match said {
        RefundSaid::Refunded { .. } | RefundSaid::Refused { .. } => status == StatusCode::OK,
        RefundSaid::UnderWay { .. } => status == StatusCode::ACCEPTED,
        RefundSaid::Unknown { .. } => status == StatusCode::NOT_FOUND,
        RefundSaid::Error { .. } => false,
    }
}

fn heard(said: &RefundSaid, order: &RefundOrder, asked: bool) -> Answer {
    match said {
        RefundSaid::Refunded {
            reference,
            amount_paise,
            arn,
        } if agrees(order, reference, Some(*amount_paise)) => BankRef::parse(arn).map_or_else(
            || {
                tracing::error!(arn, "the acquirer says refunded, with a reference that is none");
                Answer::Silent
            },
            Answer::Paid,
        ),
        RefundSaid::Refused { reference, fault } if agrees(order, reference, None) => {
            // A refusal whose word is new is a refusal all the same.
            Answer::Refused(Fault::from_code(fault).unwrap_or(Fault::Other))
        }
        RefundSaid::UnderWay {
            reference,
            amount_paise,
        } if agrees(order, reference, Some(*amount_paise)) => Answer::UnderWay,
        RefundSaid::Unknown {
            reference,
            bank_time_ms,
        } if asked
            && agrees(order, reference, None)
            && *bank_time_ms > order.not_after.plus_ms(UNKNOWN_MARGIN_MS).0 =>
        {
            Answer::Refused(Fault::NotReceived)
        }
        RefundSaid::Refunded { .. }
        | RefundSaid::Refused { .. }
        | RefundSaid::UnderWay { .. }
        | RefundSaid::Unknown { .. }
        | RefundSaid::Error { .. } => Answer::Silent,
    }
}

/// Whether the acquirer speaks of what was asked. If not, somebody should know.
fn agrees(order: &RefundOrder, reference: &str, amount_paise: Option<i64>) -> bool {
    let amount = order.amount.get();
    let agrees = order.reference == reference && amount_paise.is_none_or(|theirs| theirs == amount);
    if !agrees {
        tracing::error!(
            asked = order.reference,
            answered = reference,
            amount,
            ?amount_paise,
            "the acquirer answers something else"
        );
    }
    agrees
}
