//! The instance key, and the keys derived from it. Merchants' secrets are sealed under it.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use rokad_domain::{Id, card::CardNumber, id::kind::Merchant};
use sha2::Sha256;
use std::fmt;

/// Bytes of an instance key.
pub const KEY_LEN: usize = 32;

const NONCE_LEN: usize = 24;

/// Holds the instance key. Prints nothing of it.
#[derive(Clone)]
pub struct Keyring([u8; KEY_LEN]);

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(..)")
    }
}

impl Keyring {
    /// A keyring with this instance key.
    #[must_use]
    pub const fn new(key: [u8; KEY_LEN]) -> Self {
        Self(key)
    }

    /// A key of its own for each purpose: HMAC-SHA256 of the purpose under the instance key.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; KEY_LEN] {
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.0) else {
            unreachable!("HMAC takes keys of every length")
        };
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// What stands for a card's number where it must not be kept: 16 bytes, the same for the same card, and nothing to
    /// whoever does not have the instance key.
    #[must_use]
    pub fn fingerprint(&self, number: &CardNumber) -> Vec<u8> {
        let key = Self(self.derive("card fingerprint"));
        key.derive(number.reveal())[..16].to_vec()
    }

    /// Six hexadecimal digits that stand for this instance in references at banks.
    #[must_use]
    pub fn instance_tag(&self) -> String {
        let tag = self.derive("instance tag");
        format!("{:02X}{:02X}{:02X}", tag[0], tag[1], tag[2])
    }

    /// Seals a merchant's secret. `nonce` must be random. The result is bound to the merchant and the kind, so that a
    /// sealed secret cannot be moved to another row.
    #[must_use]
    pub fn seal(&self, merchant: Id<Merchant>, kind: &str, secret: &str, nonce: [u8; NONCE_LEN]) -> Vec<u8> {
        let aad = bound_to(merchant, kind);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: aad.as_bytes(),
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_default();
        [&nonce[..], &sealed].concat()
    }

    /// Opens a merchant's secret. `None`: another key, another row, or the bytes were changed.
    #[must_use]
    pub fn open(&self, merchant: Id<Merchant>, kind: &str, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let aad = bound_to(merchant, kind);
        let payload = Payload {
            msg: sealed,
            aad: aad.as_bytes(),
        };
        let secret = self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(secret).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.derive("merchant secrets").into())
    }
}

fn bound_to(merchant: Id<Merchant>, kind: &str) -> String {
    format!("{merchant}/{kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_with_its_key_in_its_row() {
        let keys = Keyring::new([7; KEY_LEN]);
        let sealed = keys.seal(Id::new(1), "payout_secret", "s3cr3t", [9; NONCE_LEN]);
        assert_eq!(
            keys.open(Id::new(1), "payout_secret", &sealed).as_deref(),
            Some("s3cr3t")
        );
        assert_eq!(keys.open(Id::new(2), "payout_secret", &sealed), None);
        assert_eq!(keys.open(Id::new(1), "payout_token", &sealed), None);
        assert_eq!(
            Keyring::new([8; KEY_LEN]).open(Id::new(1), "payout_secret", &sealed),
            None
        );
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(
                keys.open(Id::new(1), "payout_secret", &changed),
                None,
                "byte {at}"
            );
        }
        assert_eq!(keys.open(Id::new(1), "payout_secret", b"short"), None);
    }

    #[test]
    fn a_keyring_does_not_print() {
        assert_eq!(format!("{:?}", Keyring::new([7; KEY_LEN])), "Keyring(..)");
    }
}
