//! `POST /_payment`: what a merchant wants to be paid, checked field by field. Source: the document's table.
//!
//! The document leaves some rules open. Here: names may have blanks between their letters, since its own sample has
//! them; city, state and country are at most 100 characters, like the address; an amount is at most ten lakh rupees;
//! `service_provider` is `payu_paisa` in any case; `surl` and `furl` are `https` where money is real. Fields that we do
//! not know are ignored. So is `salt`, which careless clients send: it is neither looked at nor kept.

use super::{hash::Signed, refusal::Refusal, rules};
use crate::fields::Fields;
pub use crate::payout::request::Environment;
use rokad_domain::{
    Private,
    payment::{Customer, PaymentOrder},
};

/// Characters of `productinfo` and of each udf at most.
const TEXT_MAX: usize = 255;

/// udf1 to udf10, by their names.
pub(super) const UDF: [&str; 10] = [
    "udf1", "udf2", "udf3", "udf4", "udf5", "udf6", "udf7", "udf8", "udf9", "udf10",
];

/// A payment request whose fields keep the rules. Not believed before [`PaymentRequest::is_signed_with`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentRequest<'f> {
    /// Which merchant asks.
    pub key: &'f str,
    /// What for.
    pub order: PaymentOrder,
    /// What the merchant hashed: the texts with the blanks that were posted around them.
    pub(super) posted: Signed<'f>,
    /// The hash that was posted; empty if there was none.
    pub(super) hash: &'f str,
}

impl<'f> PaymentRequest<'f> {
    /// Reads a payment request. When several fields are wrong, the first in the order of the document's table is named;
    /// a `|` in a hashed field goes before all others. A missing hash is a wrong one: see [`Self::is_signed_with`].
    ///
    /// # Errors
    /// A [`Refusal`] of HTTP status 400 that names the field and the rule.
    pub fn read(fields: &'f Fields<'_>, environment: Environment) -> Result<Self, Refusal> {
        let posted = posted(fields)?;
        let key = rules::key(rules::required(fields, "key")?)?;
        let order = order(fields, environment)?;
        if !rules::required(fields, "service_provider")?.eq_ignore_ascii_case("payu_paisa") {
            let sentence = "service_provider has to be payu_paisa".to_owned();
            return Err(Refusal::InvalidField(sentence));
        }
        Ok(Self {
            key,
            order,
            posted,
            hash: rules::optional(fields, "hash")?,
        })
    }

    /// Whether the merchant with these salts asked for exactly this. If not: [`Refusal::WrongHash`].
    ///
    /// While a salt is being replaced a merchant has two. In constant time.
    #[must_use]
    pub fn is_signed_with(&self, salts: &[&str]) -> bool {
        self.posted.fits_request(self.hash, salts)
    }
}

/// The texts under the hash, exactly as posted. What is absent is empty.
fn posted<'f>(fields: &'f Fields<'_>) -> Result<Signed<'f>, Refusal> {
    let raw = |name: &'static str| match fields.raw(name).unwrap_or_default() {
        text if text.contains('|') => Err(Refusal::PipeInHashedField(name)),
        text => Ok(text),
    };
    let mut udf = [""; 10];
    for (text, name) in udf.iter_mut().zip(UDF) {
        *text = raw(name)?;
    }
    Ok(Signed {
        key: raw("key")?,
        txnid: raw("txnid")?,
        amount: raw("amount")?,
        productinfo: raw("productinfo")?,
        firstname: raw("firstname")?,
        email: raw("email")?,
        udf,
    })
}

fn order(fields: &Fields<'_>, environment: Environment) -> Result<PaymentOrder, Refusal> {
    let https_only = environment == Environment::Production;
    Ok(PaymentOrder {
        txnid: rules::txnid(rules::required(fields, "txnid")?)?,
        amount: rules::amount(fields)?,
        productinfo: rules::printable("productinfo", rules::required(fields, "productinfo")?, TEXT_MAX)?
            .to_owned(),
        customer: customer(fields)?,
        udf: udf(fields)?,
        surl: rules::url("surl", rules::required(fields, "surl")?, https_only)?.to_owned(),
        furl: rules::url("furl", rules::required(fields, "furl")?, https_only)?.to_owned(),
    })
}

fn customer(fields: &Fields<'_>) -> Result<Customer, Refusal> {
    let private = |text: &str| Private::new(text.to_owned());
    let address =
        |name| -> Result<_, Refusal> { Ok(private(rules::address(name, rules::optional(fields, name)?)?)) };
    Ok(Customer {
        firstname: private(rules::name("firstname", rules::required(fields, "firstname")?)?),
        lastname: private(rules::name("lastname", rules::optional(fields, "lastname")?)?),
        address1: address("address1")?,
        address2: address("address2")?,
        city: address("city")?,
        state: address("state")?,
        country: address("country")?,
        zipcode: private(rules::digits(
            "zipcode",
            rules::optional(fields, "zipcode")?,
            0..=12,
        )?),
        email: private(rules::email(rules::required(fields, "email")?)?),
        phone: private(rules::digits("phone", rules::required(fields, "phone")?, 5..=15)?),
    })
}

fn udf(fields: &Fields<'_>) -> Result<[String; 10], Refusal> {
    let mut texts = [const { String::new() }; 10];
    for (text, name) in texts.iter_mut().zip(UDF) {
        rules::printable(name, rules::optional(fields, name)?, TEXT_MAX)?.clone_into(text);
    }
    Ok(texts)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(super) mod tests;
