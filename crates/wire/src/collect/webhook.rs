//! Webhooks: what a merchant's server is posted when a payment, a refund or a dispute has changed.
//!
//! Every value is a text, and the fields stand in the order of the document's samples. The webhook of a payment carries a
//! hash: the formula of an outcome (contract.md §3.1) over exactly the texts of that body. In it `merchantTransactionId`
//! stands for txnid, `customerName` for firstname, `customerEmail` for email and `productInfo` for productinfo; udf6 to
//! udf10, which the body does not have, are empty. Refunds and disputes carry none: the headers of
//! [`crate::webhook`] sign every body.

use super::{
    dispute::dispute_id,
    hash::Signed,
    payment_id,
    post_back::Outcome,
    refund::{refund_id, with_tenths},
    rupees,
    writer::Writer,
};
use crate::{date, json};
use rokad_domain::{
    Id, Paise, UnixMs,
    event::{DisputeTold, RefundTold, Told},
    id::kind::Event,
    payment::{Payment, TxnId},
};
use serde::Deserialize;
use std::fmt;

/// What the document prints where there is no date.
const NO_DATE: &str = "null";

/// How many times a merchant hears `udf`.
const UDF_IN_BODY: usize = 5;

/// The body that tells of an event. `outcome` is that of its payment; `salt` is the merchant's. `None`: the document has no
/// webhook for it.
#[must_use]
pub fn render(notification: Id<Event>, told: &Told, outcome: &Outcome<'_>, salt: &str) -> Option<Vec<u8>> {
    let about = About {
        notification,
        payment: outcome.payment,
        txnid: &outcome.order.txnid,
    };
    match told {
        Told::PaymentSucceeded => Some(payment(notification, "Success", outcome, salt)),
        Told::PaymentFailed => Some(payment(notification, "failed", outcome, salt)),
        Told::RefundInitiated(told) => Some(refund(&about, "Refund Initiated", told)),
        Told::RefundCompleted(told) => Some(refund(&about, "Refund Completed", told)),
        Told::RefundFailed(_) => None,
        Told::DisputeRaised(told) => Some(dispute(&about, "initiated", told)),
        Told::DisputeResolved(told) => Some(dispute(&about, "resolved", told)),
    }
}

fn payment(notification: Id<Event>, status: &str, outcome: &Outcome<'_>, salt: &str) -> Vec<u8> {
    let (order, to) = (outcome.order, &outcome.order.customer);
    let id = payment_id::payment_id(outcome.payment);
    let amount = rupees::one_decimal(order.amount).to_string();
    let charges = Some(outcome.additional_charges)
        .filter(|charges| !charges.is_zero())
        .map(|charges| rupees::one_decimal(charges).to_string());
    let [one, two, three, four, five, ..] = order.udf.each_ref().map(String::as_str);
    let mut udf = [""; 10];
    udf[..UDF_IN_BODY].copy_from_slice(&[one, two, three, four, five]);
    let signed = Signed {
        key: outcome.key,
        txnid: order.txnid.as_str(),
        amount: &amount,
        productinfo: &order.productinfo,
        firstname: to.firstname.reveal(),
        email: to.email.reveal(),
        udf,
    };
    let hash = signed.response_hash(status, charges.as_deref(), salt);
    Writer::object(768, |w| {
        w.plain_text("split_info", id);
        w.text("customerName", to.firstname.reveal());
        w.plain_text("additionalCharges", charges.as_deref().unwrap_or_default());
        w.plain_text("paymentMode", outcome.instrument.mode());
        w.plain_text("hash", &hash);
        w.plain_text("status", status);
        w.text("error_Message", outcome.words().error_message);
        w.plain_text("paymentId", id);
        w.text("productInfo", &order.productinfo);
        w.text("customerEmail", to.email.reveal());
        w.text("customerPhone", to.phone.reveal());
        w.text("merchantTransactionId", order.txnid.as_str());
        w.plain_text("amount", &amount);
        w.text("udf2", two);
        w.plain_text("notificationId", notification);
        w.text("udf1", one);
        w.text("udf5", five);
        w.text("udf4", four);
        w.text("udf3", three);
    })
}

/// What the webhooks of refunds and disputes say of the payment.
struct About<'a> {
    notification: Id<Event>,
    payment: Id<Payment>,
    txnid: &'a TxnId,
}

fn refund(about: &About<'_>, status: &str, told: &RefundTold) -> Vec<u8> {
    Writer::object(384, |w| {
        w.plain_text("notificationId", about.notification);
        w.plain_text("completedOn", Tenths(told.completed_at));
        w.plain_text("refundAmount", rupees::one_decimal(told.amount));
        w.plain_text("refundStatus", status);
        w.plain_text("refundId", refund_id(told.refund));
        w.plain_text("paymentId", payment_id::payment_id(about.payment));
        w.text("merchantTxnId", about.txnid.as_str());
        w.plain_text("addedOn", Tenths(Some(told.added_at)));
    })
}

fn dispute(about: &About<'_>, status: &str, told: &DisputeTold) -> Vec<u8> {
    Writer::object(512, |w| {
        w.plain_text("paymentId", payment_id::payment_id(about.payment));
        w.text("adminComment", &told.admin_comment);
        w.text("issueType", &told.issue);
        w.text("initiatorType", &told.initiator);
        w.text("merchantTransactionId", about.txnid.as_str());
        w.plain_text("initiatedOn", date::day_and_time(told.initiated_at));
        w.plain_text("notificationId", about.notification);
        w.plain_text("disputeId", dispute_id(told.dispute));
        w.text("title", &told.title);
        w.plain_text("totalAmount", rupees::one_decimal(told.amount));
        w.text("comment", &told.comment);
        w.plain_text("disputeStatus", status);
        w.plain_text("updatedOn", date::day_and_time(told.updated_at));
    })
}

/// A date as refunds print it: `2016-03-08 19:14:44.0`, or `null`.
struct Tenths(Option<UnixMs>);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(at) => f.write_str(&with_tenths(at)),
            None => f.write_str(NO_DATE),
        }
    }
}

/// The webhook of a payment that its hash makes believable. What is marked *under the hash* cannot have been changed on the
/// way; the rest only if the signature in the headers was verified too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedWebhook {
    /// Whether the payment was made. Under the hash.
    pub paid: bool,
    /// Your number of the payment. Under the hash.
    pub txnid: String,
    /// The amount: compare it with what you asked for. Under the hash.
    pub amount: Paise,
    /// What the customer paid on top. Under the hash.
    pub additional_charges: Paise,
    /// Your own fields udf1 to udf5. Under the hash.
    pub udf: [String; 5],
    /// Our number of the payment, for asking and refunding.
    pub payment_id: String,
    /// The same for each attempt to tell you: do nothing twice.
    pub notification_id: String,
    /// `CC`, `DC`, `NB`, `UPI`, `WALLET`, or empty when nothing was tried.
    pub mode: String,
    /// Why nothing was paid.
    pub error_message: String,
}

/// Why a webhook is not to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotBelieved {
    /// It is no JSON with the fields of a payment's webhook.
    Unreadable,
    /// The hash does not fit: change nothing.
    WrongHash,
}

/// The fields of the body, as they came.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    customer_name: String,
    additional_charges: String,
    payment_mode: String,
    hash: String,
    status: String,
    #[serde(rename = "error_Message")]
    error_message: String,
    payment_id: String,
    product_info: String,
    customer_email: String,
    merchant_transaction_id: String,
    amount: String,
    notification_id: String,
    udf1: String,
    udf2: String,
    udf3: String,
    udf4: String,
    udf5: String,
}

/// Reads the body of a payment's webhook to the merchant with this key. `salts`: yours, or both while you replace one.
///
/// # Errors
/// [`NotBelieved`]: change nothing.
pub fn verify_webhook(body: &[u8], key: &str, salts: &[&str]) -> Result<VerifiedWebhook, NotBelieved> {
    let posted: Posted = json::object(body).ok_or(NotBelieved::Unreadable)?;
    let udf = [posted.udf1, posted.udf2, posted.udf3, posted.udf4, posted.udf5];
    let mut under_hash = [""; 10];
    for (text, its) in under_hash.iter_mut().zip(&udf) {
        *text = its;
    }
    let signed = Signed {
        key,
        txnid: &posted.merchant_transaction_id,
        amount: &posted.amount,
        productinfo: &posted.product_info,
        firstname: &posted.customer_name,
        email: &posted.customer_email,
        udf: under_hash,
    };
    let charges = Some(posted.additional_charges.as_str()).filter(|charges| !charges.is_empty());
    if !signed.fits_response(&posted.status, charges, &posted.hash, salts) {
        return Err(NotBelieved::WrongHash);
    }
    let amount = |text: &str| Paise::parse_rupees(text).ok_or(NotBelieved::Unreadable);
    let paid = match posted.status.as_str() {
        "Success" => true,
        "failed" => false,
        _ => return Err(NotBelieved::Unreadable),
    };
    Ok(VerifiedWebhook {
        paid,
        amount: amount(&posted.amount)?,
        additional_charges: charges.map_or(Ok(Paise::ZERO), amount)?,
        txnid: posted.merchant_transaction_id,
        udf,
        payment_id: posted.payment_id,
        notification_id: posted.notification_id,
        mode: posted.payment_mode,
        error_message: posted.error_message,
    })
}

impl fmt::Display for NotBelieved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "this is no JSON with the fields of a payment's webhook",
            Self::WrongHash => "the hash does not fit",
        })
    }
}

impl std::error::Error for NotBelieved {}

#[cfg(test)]
mod tests;
