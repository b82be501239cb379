//! A payment in the words of the contract: for the post-back and for getPaymentResponse, so that both always agree.

use crate::app::App;
use rokad_domain::{Paise, acquirer::Method, payment::Status};
use rokad_flows::{directory::MerchantEntry, directory::SecretKind, payment::status::Report};
use rokad_wire::collect::{Instrument, Outcome};

/// Shows what became of a payment.
pub fn of<'r>(app: &'r App, merchant: &'r MerchantEntry, report: &'r Report) -> Outcome<'r> {
    let (payment, attempt) = (&report.payment, report.attempt.as_ref());
    // Whoever cancels or lets the time run out does not hear of an attempt that failed long before.
    let fault = attempt
        .and_then(|attempt| attempt.fault)
        .filter(|_| matches!(payment.status, Status::Failed | Status::Bounced));
    Outcome {
        payment: payment.id,
        attempt: payment.last_attempt,
        key: &merchant.stored.collect_key,
        order: &payment.order,
        additional_charges: Paise::ZERO,
        status: payment.status,
        instrument: instrument(report),
        bank_ref: attempt
            .and_then(|attempt| attempt.bank_ref.as_ref())
            .map_or("", |bank_ref| bank_ref.as_str()),
        fault,
        pg_type: pg_type(app, report),
        added_at: payment.created_at,
        changed_at: payment.ended_at.unwrap_or(payment.created_at),
    }
}

/// The salt with which a merchant is answered: the present one.
pub fn salt(merchant: &MerchantEntry) -> &str {
    merchant
        .secrets(SecretKind::CollectSalt)
        .next_back()
        .unwrap_or_default()
}

fn instrument(report: &Report) -> Instrument<'_> {
    let Some(attempt) = &report.attempt else {
        return Instrument::Nothing;
    };
    let means = &attempt.means;
    match (means.method, means.scheme) {
        (Method::Card, Some(scheme)) => Instrument::Card {
            scheme,
            masked: &means.shown,
            name: means.name_on_card.reveal(),
        },
        (Method::Card, None) => Instrument::Nothing,
        (Method::Upi | Method::UpiQr, _) => Instrument::Upi,
        (Method::NetBanking, _) => Instrument::NetBanking(&means.shown),
        (Method::Wallet, _) => Instrument::Wallet(&means.shown),
    }
}

fn pg_type<'r>(app: &'r App, report: &'r Report) -> &'r str {
    let Some(attempt) = &report.attempt else {
        return "";
    };
    match app.collecting.acquirer_of(attempt.purse) {
        Some(acquirer) => &acquirer.name,
        None => "UPIQR",
    }
}
