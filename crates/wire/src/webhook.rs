//! Standard Webhooks: the signature that stands beside the seal, in headers that many libraries know.
//!
//! `webhook-signature: v1,base64(HMAC-SHA256(secret, id . "." . timestamp . "." . body))`.
//! Source: the Standard Webhooks specification; contract.md §2.4.

use crate::{
    chance,
    mac::{Mac256, mac256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::Mac;
use std::fmt;

/// Names the message; the same for each attempt to deliver it.
pub const ID_HEADER: &str = "webhook-id";
/// Seconds since 1970 of the attempt.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// One or more signatures, with blanks between.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How a secret begins on paper.
const SECRET_PREFIX: &str = "whsec_";
/// Bytes of a secret. Source: the specification.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// How a signature begins: the scheme.
const SCHEME: &str = "v1";

/// A secret that signs webhooks.
#[derive(Clone)]
pub struct Secret(Mac256);

/// Why a webhook is not to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotSigned {
    /// The timestamp is no number, or too far from now.
    WrongTime,
    /// No signature fits any of the secrets.
    WrongSignature,
}

impl Secret {
    /// Reads `whsec_<base64>` of 24 to 64 bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(SECRET_PREFIX)?).ok()?;
        SECRET_BYTES.contains(&bytes.len()).then(|| Self(mac256(&bytes)))
    }

    fn mac(&self, id: &str, timestamp_s: i64, body: &[u8]) -> Mac256 {
        let head = format!("{id}.{timestamp_s}.");
        self.0.clone().chain_update(head).chain_update(body)
    }
}

/// The text of a new secret, for [`Secret::parse`] and for the merchant.
#[must_use]
pub fn new_secret() -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(chance::fill::<32>()))
}

/// The value of [`SIGNATURE_HEADER`] for one message. `timestamp_s` is the attempt's, in seconds since 1970.
///
/// `id` has no `.` in it: nothing else tells where it ends.
#[must_use]
pub fn sign(secret: &Secret, id: &str, timestamp_s: i64, body: &[u8]) -> String {
    let mac = secret.mac(id, timestamp_s, body).finalize().into_bytes();
    format!("{SCHEME},{}", STANDARD.encode(mac))
}

/// A received webhook: the values of its three headers, and its body as it came.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// Of [`ID_HEADER`].
    pub id: &'a str,
    /// Of [`TIMESTAMP_HEADER`].
    pub timestamp: &'a str,
    /// Of [`SIGNATURE_HEADER`].
    pub signatures: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// Believes `received` when one of its signatures fits one of `secrets`, and it is at most `tolerance_s` seconds
/// older or newer than `now_s`.
///
/// # Errors
/// [`NotSigned`]: change nothing.
pub fn verify(
    secrets: &[Secret],
    received: &Received<'_>,
    now_s: i64,
    tolerance_s: u32,
) -> Result<(), NotSigned> {
    let timestamp_s: i64 = received.timestamp.parse().map_err(|_| NotSigned::WrongTime)?;
    if now_s.abs_diff(timestamp_s) > u64::from(tolerance_s) {
        return Err(NotSigned::WrongTime);
    }
    let fits = received
        .signatures
        .split(' ')
        .filter_map(|signature| signature.split_once(',').filter(|(scheme, _)| *scheme == SCHEME))
        .filter_map(|(_, signature)| STANDARD.decode(signature).ok())
        .any(|signature| {
            let fits = |secret: &Secret| {
                secret
                    .mac(received.id, timestamp_s, received.body)
                    .verify_slice(&signature)
                    .is_ok()
            };
            secrets.iter().any(fits)
        });
    if fits {
        Ok(())
    } else {
        Err(NotSigned::WrongSignature)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl fmt::Display for NotSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongTime => "webhook-timestamp is too far from now",
            Self::WrongSignature => "webhook-signature does not fit",
        })
    }
}

impl std::error::Error for NotSigned {}

#[cfg(test)]
mod tests;
