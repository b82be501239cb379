//! The answers to getPaymentResponse and chkMerchantTxnStatus, to the letter of the document's samples.
//!
//! When some ids are unknown the known ones come back and `message` says how many were not found. When none is known the
//! answer is [`Refusal::NotFound`]: by the document's table, 404 is an item that does not exist. A question by days or by
//! count that finds nothing was still answered: its list is empty.
//!
//! The hash in `postBackParam` is made over the strings beside it (its amount has one decimal where the post-back has
//! two), so that whoever reads the answer can check it with what stands there.

use super::{
    envelope, payment_id,
    post_back::{CARD_HASH, Outcome},
    refusal::Refusal,
    request::UDF,
    rupees,
    writer::Writer,
};
use crate::date;
use rokad_domain::{
    Id, Paise,
    payment::{Payment, WireStatus},
};
use serde::Serialize;

/// Bytes of one payment in each of the two answers, about.
const RESPONSE_BYTES: usize = 1_700;
const STATUS_BYTES: usize = 120;

/// Where one payment stands, as chkMerchantTxnStatus tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing<'a> {
    /// The merchant's number.
    pub txnid: &'a str,
    /// Ours.
    pub payment: Id<Payment>,
    /// Where it stands.
    pub status: WireStatus,
    /// What the merchant wanted to be paid.
    pub amount: Paise,
}

/// The body of the answer to chkMerchantTxnStatus. `unknown` ids were asked for and not found.
///
/// # Errors
/// [`Refusal::NotFound`] when ids were asked for and none was found.
pub fn statuses(known: &[Standing<'_>], unknown: usize) -> Result<Vec<u8>, Refusal> {
    answer(known, unknown, STATUS_BYTES, |w, standing| {
        w.text("merchantTransactionId", standing.txnid);
        w.bare("paymentId", payment_id::payment_id(standing.payment));
        w.plain_text("status", standing.status.word());
        w.bare("amount", rupees::one_decimal(standing.amount));
    })
}

/// The body of the answer to getPaymentResponse, signed with `salt`. `unknown` ids were asked for and not found.
///
/// # Errors
/// [`Refusal::NotFound`] when ids were asked for and none was found.
pub fn responses(known: &[Outcome<'_>], unknown: usize, salt: &str) -> Result<Vec<u8>, Refusal> {
    answer(known, unknown, RESPONSE_BYTES, |w, outcome| {
        w.text("merchantTransactionId", outcome.order.txnid.as_str());
        w.nested("postBackParam", |w| post_back_param(w, outcome, salt));
    })
}

fn answer<T>(
    known: &[T],
    unknown: usize,
    bytes: usize,
    item: impl Fn(&mut Writer, &T),
) -> Result<Vec<u8>, Refusal> {
    let message = match (unknown, known.is_empty()) {
        (0, _) => "All txnIds are valid".to_owned(),
        (_, true) => return Err(Refusal::NotFound),
        (1, _) => "1 txnId was not found".to_owned(),
        (unknown, _) => format!("{unknown} txnIds were not found"),
    };
    Ok(envelope::success(&message, known.len() * bytes, |w| {
        w.list("result", |w| {
            for one in known {
                w.item(|w| item(w, one));
            }
        });
    }))
}

/// Every field of the document's sample, in its order. What we have no use for is as empty as it is there.
fn post_back_param(w: &mut Writer, outcome: &Outcome<'_>, salt: &str) {
    let words = outcome.words();
    let amount = rupees::one_decimal(outcome.order.amount).to_string();
    let charges = outcome.charges();
    let hash = outcome
        .signed(&amount)
        .response_hash(words.status, charges.as_deref(), salt);
    w.bare("postBackParamId", outcome.attempt.map_or(0, Id::get));
    w.plain_text("mihpayid", payment_id::mihpayid(outcome.payment));
    w.bare("paymentId", payment_id::payment_id(outcome.payment));
    w.plain_text("mode", outcome.instrument.mode());
    w.plain_text("status", words.status);
    w.plain_text("unmappedstatus", words.unmapped);
    w.text("key", outcome.key);
    w.text("txnid", outcome.order.txnid.as_str());
    w.plain_text("amount", amount);
    w.plain_text("additionalCharges", charges.unwrap_or_default());
    w.plain_text("addedon", date::day_and_time(outcome.added_at));
    w.bare("createdOn", outcome.changed_at.0);
    w.text("productinfo", &outcome.order.productinfo);
    customer(w, outcome);
    for (name, text) in UDF.into_iter().zip(&outcome.order.udf) {
        w.text(name, text);
    }
    w.plain_text("hash", hash);
    for (name, text) in outcome.numbered() {
        w.text(name, text);
    }
    w.text("bank_ref_num", outcome.bank_ref);
    w.text("bankcode", outcome.instrument.bankcode());
    w.plain_text("error", words.error);
    w.text("error_Message", words.error_message);
    for name in [
        "cardToken",
        "offer_key",
        "offer_type",
        "offer_availed",
        "pg_ref_no",
        "offer_failure_reason",
    ] {
        w.plain_text(name, "");
    }
    w.text("name_on_card", outcome.instrument.name());
    w.text("cardnum", outcome.instrument.masked());
    after_the_card(w, outcome);
}

fn customer(w: &mut Writer, outcome: &Outcome<'_>) {
    let customer = &outcome.order.customer;
    w.text("firstname", customer.firstname.reveal());
    w.text("lastname", customer.lastname.reveal());
    w.text("address1", customer.address1.reveal());
    w.text("address2", customer.address2.reveal());
    w.text("city", customer.city.reveal());
    w.text("state", customer.state.reveal());
    w.text("country", customer.country.reveal());
    w.text("zipcode", customer.zipcode.reveal());
    w.text("email", customer.email.reveal());
    w.text("phone", customer.phone.reveal());
}

fn after_the_card(w: &mut Writer, outcome: &Outcome<'_>) {
    w.plain_text("cardhash", CARD_HASH);
    w.plain_text("card_type", "");
    w.null("card_merchant_param");
    w.plain_text("version", "");
    w.text("postUrl", outcome.url());
    // A post-back goes through the customer's browser: we never learn whether it arrived.
    w.bare("calledStatus", false);
    w.plain_text("additional_param", "");
    w.text("amount_split", &outcome.split());
    w.plain_text("discount", "0.00");
    w.plain_text("net_amount_debit", rupees::shortest(outcome.debited()));
    w.null("fetchAPI");
    w.plain_text("paisa_mecode", "");
    w.text("meCode", &me_code(outcome.pg_type));
    w.plain_text("payuMoneyId", payment_id::payment_id(outcome.payment));
    w.null("encryptedPaymentId");
    w.text("pg_TYPE", outcome.pg_type);
}

/// JSON in a text, as in the sample, but only the rail's name: the sample also tells the acquirer's password.
fn me_code(pg_name: &str) -> String {
    #[derive(Serialize)]
    struct MeCode<'a> {
        pg_name: &'a str,
    }
    serde_json::to_string(&MeCode { pg_name }).unwrap_or_default()
}

#[cfg(test)]
mod tests;
