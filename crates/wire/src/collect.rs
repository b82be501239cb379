//! Collecting (PayUmoney): everything that is said at `/_payment` and `/payment`.
//!
//! In the order of a payment's life: a [`request`] is parsed, and refused with a [`refusal`] or believed by its
//! [`hash`]; when the hash is wrong, the [`lab`] says what the mistake probably is. The customer's browser carries the
//! [`post_back`] to the merchant, who asks about it with a [`query`] and gets one of the [`answers`] in an [`envelope`]. A
//! [`refund`] gives money back.
//! [`merchant`] is the other end of the line, for a merchant's Rust program.

pub mod answers;
pub mod checkout_token;
pub mod dispute;
pub mod envelope;
pub mod hash;
pub mod lab;
pub mod merchant;
pub mod payment_id;
pub mod post_back;
pub mod query;
pub mod refund;
pub mod refusal;
pub mod request;
mod rules;
mod rupees;
pub mod webhook;
mod writer;

pub use checkout_token::CheckoutTokens;
pub use hash::Signed;
pub use lab::{Diagnosis, Mistake};
pub use merchant::{Ask, NotVerified, PostBackStatus, VerifiedPostBack, sign_payment, verify_post_back};
pub use post_back::{Instrument, Outcome};
pub use query::{ResponseQuery, Selection, StatusQuery};
pub use refusal::{Refusal, Retry, Wire};
pub use request::{Environment, PaymentRequest};
/// Rupees with two decimals, `1345.00`, as texts in our own API.
#[must_use]
pub fn rupees_text(amount: Paise) -> String {
    rupees::two_decimals(amount).to_string()
}

pub use rokad_domain::{
    Paise,
    payment::{PaymentOrder, Status, TxnId, WireStatus},
};
pub use webhook::{NotBelieved, VerifiedWebhook, verify_webhook};
