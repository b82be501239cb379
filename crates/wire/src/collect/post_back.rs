//! The post-back: what the customer's browser carries to the merchant when a payment has ended, or is given up on.
//!
//! The fields and their order are the contract's (§3.2). The hash covers the texts that are posted, so that a merchant
//! hashes what arrives. What it does not cover (`mode`, `bank_ref_num`, `error` …) a customer could change on the way:
//! a merchant who needs it asks by getPaymentResponse, which never passes a browser.

use super::{hash::Signed, payment_id, request::UDF, rupees};
use crate::date;
use rokad_domain::{
    Id, Paise, UnixMs,
    acquirer::Fault,
    card::Scheme,
    payment::{Attempt, Payment, PaymentOrder, Status},
};
use std::{borrow::Cow, fmt};

/// The document's own sentence: no hash of a card's number leaves.
pub(super) const CARD_HASH: &str = "This field is no longer supported in postback params.";

/// What became of a payment, as its merchant is told by post-back and by getPaymentResponse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome<'a> {
    /// Our number of the payment.
    pub payment: Id<Payment>,
    /// Our number of its last attempt, if there was one.
    pub attempt: Option<Id<Attempt>>,
    /// The merchant's key.
    pub key: &'a str,
    /// What the merchant wanted to be paid.
    pub order: &'a PaymentOrder,
    /// What the customer pays on top of the amount; zero: nothing.
    pub additional_charges: Paise,
    /// Where the payment stands. While it is open, that is `pending` here.
    pub status: Status,
    /// With what the last attempt was made.
    pub instrument: Instrument<'a>,
    /// The bank's reference of the money taken, or empty.
    pub bank_ref: &'a str,
    /// Why the last attempt took nothing, if that is known.
    pub fault: Option<Fault>,
    /// The name of the rail of the last attempt, or empty.
    pub pg_type: &'a str,
    /// When the payment was asked for.
    pub added_at: UnixMs,
    /// When it came to its status.
    pub changed_at: UnixMs,
}

/// With what a customer paid, or tried to: what may be told of it. Names and numbers in it do not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Instrument<'a> {
    /// Nothing was tried.
    Nothing,
    /// A card.
    Card {
        /// Its scheme.
        scheme: Scheme,
        /// Its number as it may be shown: `512345XXXXXX2346`.
        masked: &'a str,
        /// The name on it.
        name: &'a str,
    },
    /// UPI, by request or by QR code.
    Upi,
    /// The bank with this code.
    NetBanking(&'a str),
    /// The wallet with this code.
    Wallet(&'a str),
}

/// What is said of a status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    /// `success`, `failure` or `pending`. Under the hash.
    pub status: &'static str,
    /// `captured`, `failed`, `userCancelled`, `bounced`, `dropped` or `pending`.
    pub unmapped: &'static str,
    /// The document's error code; `E000` is none.
    pub error: &'static str,
    /// The sentence that goes with it.
    pub error_message: &'static str,
    /// What `field9` says: `SUCCESS`, or why not, for people.
    pub field9: &'static str,
}

const NO_ERROR: (&str, &str) = ("E000", "No Error");

impl<'a> Outcome<'a> {
    /// What is said of its status. Source: contract.md §3.2.
    #[must_use]
    pub fn words(&self) -> Words {
        let fault = self.fault.map(Fault::wire);
        let (status, unmapped, (error, error_message)) = match self.status {
            Status::Open => ("pending", "pending", NO_ERROR),
            Status::Captured => ("success", "captured", NO_ERROR),
            Status::Failed => ("failure", "failed", fault.unwrap_or(Fault::Other.wire())),
            Status::Cancelled => ("failure", "userCancelled", NO_ERROR),
            Status::Bounced => {
                let left = ("E507", "The customer did not come back from the bank in time");
                ("failure", "bounced", fault.unwrap_or(left))
            }
            Status::Dropped => {
                let idle = ("E408", "The customer did not pay in time");
                ("failure", "dropped", idle)
            }
        };
        let field9 = match self.status {
            Status::Open => "",
            Status::Captured => "SUCCESS",
            Status::Cancelled => "Cancelled by the customer",
            Status::Failed | Status::Bounced | Status::Dropped => error_message,
        };
        Words {
            status,
            unmapped,
            error,
            error_message,
            field9,
        }
    }

    /// Where the browser posts it: to surl when the payment is paid, to furl otherwise.
    ///
    /// So too while it is pending: shops that ship when surl is visited would ship unpaid goods.
    #[must_use]
    pub fn url(&self) -> &'a str {
        match self.status {
            Status::Captured => &self.order.surl,
            Status::Open | Status::Failed | Status::Cancelled | Status::Bounced | Status::Dropped => {
                &self.order.furl
            }
        }
    }

    /// The fields of the post-back, signed with `salt`, in their order. While a salt is being replaced: with the present one.
    #[must_use]
    pub fn post_back(&self, salt: &str) -> Vec<(&'static str, Cow<'a, str>)> {
        let (words, to) = (self.words(), &self.order.customer);
        let (amount, charges) = (
            rupees::two_decimals(self.order.amount).to_string(),
            self.charges(),
        );
        let hash = self
            .signed(&amount)
            .response_hash(words.status, charges.as_deref(), salt);
        let mut fields: Vec<(&'static str, Cow<'a, str>)> = Vec::with_capacity(64);
        let mut put = |name, text: Cow<'a, str>| fields.push((name, text));
        put("isConsentPayment", "0".into());
        put("mihpayid", payment_id::mihpayid(self.payment).to_string().into());
        put("mode", self.instrument.mode().into());
        put("status", words.status.into());
        put("unmappedstatus", words.unmapped.into());
        put("key", self.key.into());
        put("txnid", self.order.txnid.as_str().into());
        put("amount", amount.into());
        if let Some(charges) = charges {
            put("additionalCharges", charges.into());
        }
        put("addedon", date::day_and_time(self.added_at).into());
        put("productinfo", self.order.productinfo.as_str().into());
        put("firstname", to.firstname.reveal().into());
        put("lastname", to.lastname.reveal().into());
        put("address1", to.address1.reveal().into());
        put("address2", to.address2.reveal().into());
        put("city", to.city.reveal().into());
        put("state", to.state.reveal().into());
        put("country", to.country.reveal().into());
        put("zipcode", to.zipcode.reveal().into());
        put("email", to.email.reveal().into());
        put("phone", to.phone.reveal().into());
        for (name, text) in UDF.into_iter().zip(&self.order.udf) {
            put(name, text.into());
        }
        put("hash", hash.into());
        for (name, text) in self.numbered() {
            put(name, text.into());
        }
        put("PG_TYPE", self.pg_type.into());
        put("encryptedPaymentId", "".into());
        put("bank_ref_num", self.bank_ref.into());
        put("bankcode", self.instrument.bankcode().into());
        put("error", words.error.into());
        put("error_Message", words.error_message.into());
        put("name_on_card", self.instrument.name().into());
        put("cardnum", self.instrument.masked().into());
        put("cardhash", CARD_HASH.into());
        put("amount_split", self.split().into());
        put(
            "payuMoneyId",
            payment_id::payment_id(self.payment).to_string().into(),
        );
        put("discount", "0.00".into());
        put(
            "net_amount_debit",
            rupees::shortest(self.debited()).to_string().into(),
        );
        fields
    }

    /// The texts under its hash, with the amount as it is told.
    pub(super) fn signed<'s>(&'s self, amount: &'s str) -> Signed<'s> {
        let (order, to) = (self.order, &self.order.customer);
        Signed {
            key: self.key,
            txnid: order.txnid.as_str(),
            amount,
            productinfo: &order.productinfo,
            firstname: to.firstname.reveal(),
            email: to.email.reveal(),
            udf: order.udf.each_ref().map(String::as_str),
        }
    }

    /// The charges as they are told, if there are some.
    pub(super) fn charges(&self) -> Option<String> {
        let charges = self.additional_charges;
        (!charges.is_zero()).then(|| rupees::two_decimals(charges).to_string())
    }

    /// field1 to field9: the bank's reference twice, as in the document's sample, and the outcome in words.
    pub(super) fn numbered(&self) -> [(&'static str, &'a str); 9] {
        [
            ("field1", self.bank_ref),
            ("field2", ""),
            ("field3", self.bank_ref),
            ("field4", ""),
            ("field5", ""),
            ("field6", ""),
            ("field7", ""),
            ("field8", ""),
            ("field9", self.words().field9),
        ]
    }

    /// `amount_split`: all of it is one merchant's.
    pub(super) fn split(&self) -> String {
        format!("{{\"PAYU\":\"{}\"}}", rupees::one_decimal(self.order.amount))
    }

    /// What left the customer's account: nothing unless paid.
    pub(super) fn debited(&self) -> Paise {
        match self.status {
            Status::Captured => self
                .order
                .amount
                .plus(self.additional_charges)
                .unwrap_or(self.order.amount),
            Status::Open | Status::Failed | Status::Cancelled | Status::Bounced | Status::Dropped => {
                Paise::ZERO
            }
        }
    }
}

impl<'a> Instrument<'a> {
    /// `mode`. RuPay and Maestro are debit cards; the others count as credit cards, since the scheme does not tell.
    #[must_use]
    pub const fn mode(&self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Card { scheme, .. } => match scheme {
                Scheme::Rupay | Scheme::Maestro => "DC",
                Scheme::Visa | Scheme::Mastercard | Scheme::Amex | Scheme::Diners => "CC",
            },
            Self::Upi => "UPI",
            Self::NetBanking(_) => "NB",
            Self::Wallet(_) => "WALLET",
        }
    }

    /// `bankcode`: the bank's or the wallet's, or the mode.
    #[must_use]
    pub const fn bankcode(&self) -> &'a str {
        match self {
            Self::Nothing | Self::Card { .. } | Self::Upi => self.mode(),
            Self::NetBanking(code) | Self::Wallet(code) => code,
        }
    }

    /// `cardnum`.
    pub(super) const fn masked(&self) -> &'a str {
        match self {
            Self::Card { masked, .. } => masked,
            Self::Nothing | Self::Upi | Self::NetBanking(_) | Self::Wallet(_) => "",
        }
    }

    /// `name_on_card`.
    pub(super) const fn name(&self) -> &'a str {
        match self {
            Self::Card { name, .. } => name,
            Self::Nothing | Self::Upi | Self::NetBanking(_) | Self::Wallet(_) => "",
        }
    }
}

/// The mode alone.
impl fmt::Debug for Instrument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instrument({})", self.mode())
    }
}

#[cfg(test)]
pub(super) mod tests;
