//! A callback: what a merchant is told at each change of a payout's status, and the same when it polls.
//!
//! The fields and their order are the document's. Source: contract.md §2.3, §2.4.

use super::seal::SealKey;
use crate::{date::in_kolkata, json};
use rokad_domain::{
    Paise, UnixMs,
    payout::{Order, Status},
};
use serde::Serialize;

/// What a payout looks like to its merchant after one of its changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Callback<'a> {
    /// What was asked for.
    pub order: &'a Order,
    /// Names the payout.
    pub ref_code: &'a str,
    /// Where it stands.
    pub status: Status,
    /// The UTR, or empty.
    pub bank_ref: &'a str,
    /// The name of the operator's account that paid, or empty.
    pub sender_pg: &'a str,
    /// When it was asked for.
    pub request_time: UnixMs,
    /// When it came to this status.
    pub action_time: UnixMs,
    /// Its changes, oldest first.
    pub log: &'a [Change<'a>],
}

/// One change of a payout's status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change<'a> {
    /// The status it came to.
    pub status: Status,
    /// When.
    pub at: UnixMs,
    /// Why, for the merchant; may be empty.
    pub note: &'a str,
}

impl Callback<'_> {
    /// What was paid: all of it while the payout is Approved, else nothing.
    #[must_use]
    pub fn processed(&self) -> Paise {
        match self.status {
            Status::Approved => self.order.amount,
            Status::Pending | Status::Processing | Status::Failed | Status::Declined => Paise::ZERO,
        }
    }

    /// The body of the callback, sealed. `iv` is random, and never used twice.
    #[must_use]
    pub fn render(&self, key: &SealKey, iv: [u8; 16]) -> Vec<u8> {
        json::print(&self.body(&self.seal(key, iv), &self.changes(), None))
    }

    /// The body of the answer to a poll, sealed: the callback's fields, and those that the document's PHP reads.
    #[must_use]
    pub fn render_poll_answer(&self, acknowledged: bool, key: &SealKey, iv: [u8; 16]) -> Vec<u8> {
        json::print(&self.body(&self.seal(key, iv), &self.changes(), Some(acknowledged)))
    }

    /// What the seal covers before it is hashed, with the secret masked: for showing to a merchant whose own text
    /// came out otherwise.
    #[must_use]
    pub fn canonical_for_lab(&self) -> String {
        canonical_for_lab(self.order.order_id.as_str(), self.processed(), self.status)
    }

    fn seal(&self, key: &SealKey, iv: [u8; 16]) -> String {
        let amount = self.processed().whole_rupees().to_string();
        let text = key.callback_text(self.order.order_id.as_str(), &amount, self.status.word());
        key.seal(&text, iv)
    }

    fn changes(&self) -> Vec<ChangeBody<'_>> {
        self.log.iter().map(Change::body).collect()
    }

    fn body<'b>(
        &'b self,
        post_hash: &'b str,
        log: &'b [ChangeBody<'b>],
        acknowledged: Option<bool>,
    ) -> Body<'b> {
        let to = &self.order.to;
        let processed_amount = self.processed().whole_rupees();
        Body {
            order_id: self.order.order_id.as_str(),
            requested_amount: self.order.amount.whole_rupees(),
            processed_amount,
            bank_ref: self.bank_ref,
            sender_pg: self.sender_pg,
            ref_code: self.ref_code,
            status: self.status.word(),
            post_hash,
            payment_type: "imps",
            request_time: in_kolkata(self.request_time),
            action_time: in_kolkata(self.action_time),
            upi_vpa: "",
            account_no: to.account_no.reveal(),
            account_holder: to.account_holder.reveal(),
            ifsc: &to.ifsc,
            bank_name: &to.bank,
            bank_address: &to.bank_address,
            transaction_info: log,
            amount: acknowledged.map(|_| processed_amount),
            upi_id: acknowledged.map(|_| ""),
            webhook_acknowledged: acknowledged.map(|yes| if yes { "1" } else { "0" }),
        }
    }
}

impl<'a> Change<'a> {
    fn body(&self) -> ChangeBody<'a> {
        ChangeBody {
            status: self.status.word(),
            time: in_kolkata(self.at),
            note: self.note,
        }
    }
}

/// See [`Callback::canonical_for_lab`].
#[must_use]
pub fn canonical_for_lab(order_id: &str, processed: Paise, status: Status) -> String {
    format!("{order_id}{}{}********", processed.whole_rupees(), status.word())
}

/// The fields in the order of the contract. The last three are a poll's alone.
#[derive(Serialize)]
struct Body<'a> {
    order_id: &'a str,
    requested_amount: i64,
    processed_amount: i64,
    bank_ref: &'a str,
    sender_pg: &'a str,
    ref_code: &'a str,
    status: &'static str,
    post_hash: &'a str,
    payment_type: &'static str,
    request_time: String,
    action_time: String,
    upi_vpa: &'static str,
    account_no: &'a str,
    account_holder: &'a str,
    ifsc: &'a str,
    bank_name: &'a str,
    bank_address: &'a str,
    transaction_info: &'a [ChangeBody<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upi_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_acknowledged: Option<&'static str>,
}

#[derive(Serialize)]
struct ChangeBody<'a> {
    status: &'static str,
    time: String,
    note: &'a str,
}

#[cfg(test)]
pub(crate) mod tests;
