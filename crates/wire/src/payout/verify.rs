//! The merchant's end: callbacks and answers to polls, believed only when their seal fits.
//!
//! The seal covers order_id, the processed amount and the status; compare the rest with what you asked for.
//! Texts may be JSON strings or numbers, as PHP has them.

use super::seal::SealKey;
use crate::json::{self, php_text};
use rokad_domain::{Paise, Private, payout::Status};
use serde::Deserialize;
use std::fmt;

/// What a callback says. Amounts are in paise, times as [`crate::date::in_kolkata`] prints them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedCallback {
    /// Your number of the payout. Under the seal.
    pub order_id: String,
    /// What was paid; zero unless Approved. Under the seal.
    pub processed: Paise,
    /// Where it stands. Under the seal.
    pub status: Status,
    /// What you asked for.
    pub requested: Paise,
    /// Names the payout.
    pub ref_code: String,
    /// The UTR, or empty.
    pub bank_ref: String,
    /// The name of the account that paid, or empty.
    pub sender_pg: String,
    /// When it was asked for.
    pub request_time: String,
    /// When it came to this status.
    pub action_time: String,
    /// The beneficiary's account.
    pub account_no: Private<String>,
    /// The beneficiary's name.
    pub account_holder: Private<String>,
    /// The beneficiary's branch.
    pub ifsc: String,
}

/// What the answer to a poll says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedPoll {
    /// The same as a callback says.
    pub payout: VerifiedCallback,
    /// Whether you have acknowledged the callback for this status.
    pub acknowledged: bool,
}

/// Why something is not to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotVerified {
    /// It is no JSON object with the fields of a callback.
    Unreadable,
    /// The seal does not fit: answer `Hash Mismatch`, and change nothing.
    WrongSeal,
}

/// Reads the body of a callback to the merchant whose secret is `secret`.
///
/// # Errors
/// [`NotVerified`]: change nothing.
pub fn verify_callback(body: &[u8], secret: &str) -> Result<VerifiedCallback, NotVerified> {
    believe(json::object(body).ok_or(NotVerified::Unreadable)?, secret)
}

/// Reads the body of the answer to a poll, with HTTP status 200.
///
/// # Errors
/// [`NotVerified`]: change nothing, ask again.
pub fn verify_poll_answer(body: &[u8], secret: &str) -> Result<VerifiedPoll, NotVerified> {
    let said: Said = json::object(body).ok_or(NotVerified::Unreadable)?;
    let acknowledged = said.webhook_acknowledged == "1";
    believe(said, secret).map(|payout| VerifiedPoll { payout, acknowledged })
}

fn believe(said: Said, secret: &str) -> Result<VerifiedCallback, NotVerified> {
    let key = SealKey::from_secret(secret);
    let text = key.callback_text(&said.order_id, &said.processed_amount, &said.status);
    if !key.fits(&said.post_hash, &text) {
        return Err(NotVerified::WrongSeal);
    }
    said.into_verified().ok_or(NotVerified::Unreadable)
}

/// What is said, not believed yet.
#[derive(Deserialize)]
struct Said {
    #[serde(deserialize_with = "php_text")]
    order_id: String,
    #[serde(deserialize_with = "php_text")]
    processed_amount: String,
    status: String,
    post_hash: String,
    #[serde(default, deserialize_with = "php_text")]
    requested_amount: String,
    #[serde(default, deserialize_with = "php_text")]
    ref_code: String,
    #[serde(default, deserialize_with = "php_text")]
    bank_ref: String,
    #[serde(default, deserialize_with = "php_text")]
    sender_pg: String,
    #[serde(default, deserialize_with = "php_text")]
    request_time: String,
    #[serde(default, deserialize_with = "php_text")]
    action_time: String,
    #[serde(default, deserialize_with = "php_text")]
    account_no: String,
    #[serde(default, deserialize_with = "php_text")]
    account_holder: String,
    #[serde(default, deserialize_with = "php_text")]
    ifsc: String,
    #[serde(default, deserialize_with = "php_text")]
    webhook_acknowledged: String,
}

impl Said {
    fn into_verified(self) -> Option<VerifiedCallback> {
        Some(VerifiedCallback {
            processed: rupees(&self.processed_amount)?,
            requested: rupees(&self.requested_amount)?,
            status: Status::from_word(&self.status)?,
            order_id: self.order_id,
            ref_code: self.ref_code,
            bank_ref: self.bank_ref,
            sender_pg: self.sender_pg,
            request_time: self.request_time,
            action_time: self.action_time,
            account_no: Private::new(self.account_no),
            account_holder: Private::new(self.account_holder),
            ifsc: self.ifsc,
        })
    }
}

/// Rupees with up to two decimals; no text at all is nothing.
fn rupees(text: &str) -> Option<Paise> {
    match text {
        "" => Some(Paise::ZERO),
        text => Paise::parse_rupees(text),
    }
}

impl fmt::Display for NotVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "this is not what a callback looks like",
            Self::WrongSeal => "post_hash does not fit",
        })
    }
}

impl std::error::Error for NotVerified {}

#[cfg(test)]
mod tests;
