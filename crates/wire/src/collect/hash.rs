//! The two hashes of collecting: over what a merchant asks for, and over what became of it.
//!
//! Both are SHA-512 over texts joined by `|`, exactly as they were posted, in lower-case hex. The formula escapes
//! nothing, so that a `|` inside a value would let two orders share a hash: [`super::request`] refuses it. A hash is
//! compared byte by byte: upper-case hex is another text, and the [`super::lab`] says so. Source: contract.md §3.1.

use sha2::{Digest, Sha512};
use std::fmt;
use subtle::{Choice, ConstantTimeEq};

/// The texts under a payment's hashes, exactly as they stand on the wire. None of them is printed.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Signed<'a> {
    /// The merchant's key.
    pub key: &'a str,
    /// The merchant's number of the payment.
    pub txnid: &'a str,
    /// The amount.
    pub amount: &'a str,
    /// What for.
    pub productinfo: &'a str,
    /// The customer's first name.
    pub firstname: &'a str,
    /// The customer's e-mail address.
    pub email: &'a str,
    /// udf1 to udf10.
    pub udf: [&'a str; 10],
}

impl<'a> Signed<'a> {
    /// The hash of a request: `key|txnid|amount|productinfo|firstname|email|udf1|…|udf10|salt`.
    #[must_use]
    pub fn request_hash(&self, salt: &str) -> String {
        hex::encode(digest(self.of_request().into_iter().chain([salt])))
    }

    /// The hash of an outcome: `salt|status|udf10|…|udf1|email|firstname|productinfo|amount|txnid|key`, with
    /// `additionalCharges|` in front when there are some.
    #[must_use]
    pub fn response_hash(&self, status: &str, additional_charges: Option<&str>, salt: &str) -> String {
        hex::encode(self.response_digest(status, additional_charges, salt))
    }

    /// Whether `presented` is the hash of this request under one of `salts`.
    ///
    /// While a salt is being replaced both count. An empty salt never does: anybody could hash with it. Takes as long
    /// whichever salt fits, and whether one does.
    #[must_use]
    pub fn fits_request(&self, presented: &str, salts: &[&str]) -> bool {
        any_fits(presented, salts, |salt| {
            digest(self.of_request().into_iter().chain([salt]))
        })
    }

    /// Whether `presented` is the hash of this outcome under one of `salts`: like [`Self::fits_request`].
    #[must_use]
    pub fn fits_response(
        &self,
        status: &str,
        additional_charges: Option<&str>,
        presented: &str,
        salts: &[&str],
    ) -> bool {
        any_fits(presented, salts, |salt| {
            self.response_digest(status, additional_charges, salt)
        })
    }

    /// Everything of a request's hash but the salt, in order.
    pub(super) fn of_request(&self) -> [&'a str; 16] {
        let [one, two, three, four, five, six, seven, eight, nine, ten] = self.udf;
        [
            self.key,
            self.txnid,
            self.amount,
            self.productinfo,
            self.firstname,
            self.email,
            one,
            two,
            three,
            four,
            five,
            six,
            seven,
            eight,
            nine,
            ten,
        ]
    }

    fn response_digest(&self, status: &str, additional_charges: Option<&str>, salt: &str) -> [u8; 64] {
        let backwards = self.of_request().into_iter().rev();
        digest(
            additional_charges
                .into_iter()
                .chain([salt, status])
                .chain(backwards),
        )
    }
}

/// Names and addresses of people are among the texts: none is printed.
impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signed(..)")
    }
}

/// SHA-512 over `texts`, joined by `|`.
fn digest<'t>(texts: impl Iterator<Item = &'t str>) -> [u8; 64] {
    let mut sha = Sha512::new();
    for (at, text) in texts.enumerate() {
        if at > 0 {
            sha.update(b"|");
        }
        sha.update(text);
    }
    sha.finalize().into()
}

/// Whether `presented` is, in lower-case hex, what `hash` makes of one of `salts`. Tries all of them.
fn any_fits(presented: &str, salts: &[&str], hash: impl Fn(&str) -> [u8; 64]) -> bool {
    let usable = salts.iter().filter(|salt| !salt.is_empty());
    let found = usable.fold(Choice::from(0), |found, salt| {
        found | hex::encode(hash(salt)).as_bytes().ct_eq(presented.as_bytes())
    });
    found.into()
}

#[cfg(test)]
mod tests;
