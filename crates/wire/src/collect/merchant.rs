//! The merchant's end: asking for a payment, and believing a post-back.
//!
//! ```
//! use rokad_wire::collect::{Ask, Paise, PostBackStatus, sign_payment, verify_post_back};
//!
//! // Put these into a form that the customer's browser posts to /_payment.
//! let ask = Ask {
//!     txnid: "T100000001",
//!     amount: Paise::from_rupees(125).unwrap_or_default(),
//!     productinfo: "Blue pen",
//!     firstname: "Asha",
//!     email: "asha@example.com",
//!     phone: "9876543210",
//!     surl: "https://shop.example/paid",
//!     furl: "https://shop.example/failed",
//!     ..Ask::default()
//! };
//! let form = sign_payment(&ask, "gtKFFx", "eCwWELxi");
//! assert!(form.iter().any(|(name, text)| *name == "hash" && text.len() == 128));
//!
//! // What the browser brings back to surl or furl. Ship only when it is believed, and is what you asked for.
//! let body = b"status=success&txnid=T100000001&amount=125.00&productinfo=Blue+pen&firstname=Asha\
//!     &email=asha%40example.com&key=gtKFFx&payuMoneyId=1000000042&hash=\
//!     78f05a4a58e0d5be589991f30b936785f739ca2e9d2974355ee65892119abde7\
//!     0953600582fb8c81c44caa9792a303a36fdb9b2ed724942c16bea6918176b80c";
//! let told = verify_post_back(body, "gtKFFx", &["eCwWELxi"])?;
//! assert_eq!(told.status, PostBackStatus::Success);
//! assert_eq!((told.txnid.as_str(), told.amount), ("T100000001", ask.amount));
//! # Ok::<(), rokad_wire::collect::NotVerified>(())
//! ```

use super::{hash::Signed, request::UDF, rupees};
use crate::fields::Fields;
use rokad_domain::Paise;
use std::{borrow::Cow, fmt};

/// What a merchant asks a customer to pay. Without `|` anywhere; what is empty is left out of the form.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Ask<'a> {
    /// Your number of the payment, never used for another one.
    pub txnid: &'a str,
    /// How much.
    pub amount: Paise,
    /// What for.
    pub productinfo: &'a str,
    /// The customer's first name: letters a-z.
    pub firstname: &'a str,
    /// The customer's last name, or empty.
    pub lastname: &'a str,
    /// The customer's e-mail address.
    pub email: &'a str,
    /// The customer's telephone number: digits.
    pub phone: &'a str,
    /// Your own fields.
    pub udf: [&'a str; 10],
    /// Where the customer comes back to after paying.
    pub surl: &'a str,
    /// Where the customer comes back to otherwise.
    pub furl: &'a str,
}

/// The fields of the form that asks for a payment, signed with `salt`. The amount has two decimals.
#[must_use]
pub fn sign_payment<'a>(ask: &Ask<'a>, key: &'a str, salt: &str) -> Vec<(&'static str, Cow<'a, str>)> {
    let amount = rupees::two_decimals(ask.amount).to_string();
    let signed = Signed {
        key,
        txnid: ask.txnid,
        amount: &amount,
        productinfo: ask.productinfo,
        firstname: ask.firstname,
        email: ask.email,
        udf: ask.udf,
    };
    let hash = signed.request_hash(salt);
    let texts: [(&'static str, Cow<'a, str>); 12] = [
        ("key", key.into()),
        ("txnid", ask.txnid.into()),
        ("amount", amount.into()),
        ("productinfo", ask.productinfo.into()),
        ("firstname", ask.firstname.into()),
        ("lastname", ask.lastname.into()),
        ("email", ask.email.into()),
        ("phone", ask.phone.into()),
        ("surl", ask.surl.into()),
        ("furl", ask.furl.into()),
        ("hash", hash.into()),
        ("service_provider", "payu_paisa".into()),
    ];
    let udf = UDF.into_iter().zip(ask.udf.map(Cow::Borrowed));
    texts
        .into_iter()
        .chain(udf)
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

/// A post-back that its hash makes believable. What is marked *under the hash* cannot have been changed on the way; for the
/// rest ask getPaymentResponse if money hangs on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedPostBack {
    /// What became of it. Under the hash.
    pub status: PostBackStatus,
    /// Your number. Under the hash.
    pub txnid: String,
    /// The amount: compare it with what you asked for. Under the hash.
    pub amount: Paise,
    /// What the customer paid on top. Under the hash.
    pub additional_charges: Paise,
    /// Your own fields. Under the hash.
    pub udf: [String; 10],
    /// Why, in one word: `captured`, `userCancelled` …
    pub unmappedstatus: String,
    /// Our number of the payment (`payuMoneyId`), for asking and refunding.
    pub payment_id: String,
    /// `CC`, `DC`, `NB`, `UPI` or `WALLET`.
    pub mode: String,
    /// The bank's reference.
    pub bank_ref_num: String,
    /// The error code; `E000` is none.
    pub error: String,
    /// Its sentence.
    pub error_message: String,
}

/// What became of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PostBackStatus {
    /// Paid.
    Success,
    /// Not paid, and never will be.
    Failure,
    /// Not known yet: ask later.
    Pending,
}

/// Why a post-back is not to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotVerified {
    /// It is no form with the fields of a post-back.
    Unreadable,
    /// It is for another merchant's key.
    OtherKey,
    /// The hash does not fit: change nothing.
    WrongHash,
}

/// Reads the body of a post-back to the merchant with this key. `salts`: yours, or both while you replace one.
///
/// # Errors
/// [`NotVerified`]: change nothing.
pub fn verify_post_back(body: &[u8], key: &str, salts: &[&str]) -> Result<VerifiedPostBack, NotVerified> {
    let fields = Fields::read(None, body).map_err(|_| NotVerified::Unreadable)?;
    let raw = |name| fields.raw(name).unwrap_or_default();
    if raw("key") != key {
        return Err(NotVerified::OtherKey);
    }
    let signed = Signed {
        key,
        txnid: raw("txnid"),
        amount: raw("amount"),
        productinfo: raw("productinfo"),
        firstname: raw("firstname"),
        email: raw("email"),
        udf: UDF.map(raw),
    };
    let charges = Some(raw("additionalCharges")).filter(|charges| !charges.is_empty());
    if !signed.fits_response(raw("status"), charges, raw("hash"), salts) {
        return Err(NotVerified::WrongHash);
    }
    let amount = |text: &str| Paise::parse_rupees(text).ok_or(NotVerified::Unreadable);
    Ok(VerifiedPostBack {
        status: PostBackStatus::from_word(raw("status")).ok_or(NotVerified::Unreadable)?,
        txnid: signed.txnid.to_owned(),
        amount: amount(signed.amount)?,
        additional_charges: charges.map_or(Ok(Paise::ZERO), amount)?,
        udf: signed.udf.map(str::to_owned),
        unmappedstatus: raw("unmappedstatus").to_owned(),
        payment_id: raw("payuMoneyId").to_owned(),
        mode: raw("mode").to_owned(),
        bank_ref_num: raw("bank_ref_num").to_owned(),
        error: raw("error").to_owned(),
        error_message: raw("error_Message").to_owned(),
    })
}

impl PostBackStatus {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "success" => Some(Self::Success),
            "failure" => Some(Self::Failure),
            "pending" => Some(Self::Pending),
            _ => None,
        }
    }
}

/// Names and addresses of people are in it: only the number is printed.
impl fmt::Debug for Ask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ask({})", self.txnid)
    }
}

impl fmt::Display for NotVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "this is no form with the fields of a post-back",
            Self::OtherKey => "this post-back is for another key",
            Self::WrongHash => "the hash does not fit",
        })
    }
}

impl std::error::Error for NotVerified {}

#[cfg(test)]
mod tests;
