//! The seal (`post_hash`): proof that whoever says something about a payout knows the merchant's secret.
//!
//! `base64( iv[16] | HMAC-SHA256(key, ciphertext . iv)[32] | AES-256-CBC/PKCS7(key, iv, text) )`, where `key` is the
//! SHA-256 of the secret and `text` the md5, in hex, of what is said and the secret. Source: contract.md §2.2.
//! The md5 is what the published document uses; what protects the seal is the HMAC.

use crate::mac::{Mac256, mac256};
use aes::{
    Aes256,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit, block_padding::Pkcs7},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::Mac;
use md5::Md5;
use rokad_domain::Private;
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// What a merchant's secret becomes: computed once, then used for every seal.
#[derive(Clone)]
pub struct SealKey {
    secret: Private<String>,
    cipher: Aes256,
    mac: Mac256,
}

impl SealKey {
    /// The key of the merchant whose secret is `secret`, taken as UTF-8.
    #[must_use]
    pub fn from_secret(secret: &str) -> Self {
        let key = Sha256::digest(secret);
        Self {
            cipher: Aes256::new(&key),
            mac: mac256(&key),
            secret: Private::new(secret.to_owned()),
        }
    }

    /// Seals `text`. `iv` is random, and never used twice: see [`crate::chance::fill`].
    #[must_use]
    pub fn seal(&self, text: &str, iv: [u8; 16]) -> String {
        let ciphertext = cbc::Encryptor::inner_iv_init(self.cipher.clone(), &iv.into())
            .encrypt_padded_vec::<Pkcs7>(text.as_bytes());
        let mac = self.mac.clone().chain_update(&ciphertext).chain_update(iv);
        STANDARD.encode([&iv[..], &mac.finalize().into_bytes(), &ciphertext].concat())
    }

    /// The text under a seal. `None` for whatever is wrong with it: base64, length, MAC, padding.
    #[must_use]
    pub fn open(&self, post_hash: &str) -> Option<String> {
        let blob = STANDARD.decode(post_hash).ok()?;
        let (iv, rest) = blob.split_first_chunk::<16>()?;
        let (mac, ciphertext) = rest.split_first_chunk::<32>()?;
        let expected = self.mac.clone().chain_update(ciphertext).chain_update(iv);
        expected.verify(mac.into()).ok()?;
        let text = cbc::Decryptor::inner_iv_init(self.cipher.clone(), iv.into())
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .ok()?;
        String::from_utf8(text).ok()
    }

    /// Whether `post_hash` seals exactly `text`. Takes as long for any text.
    #[must_use]
    pub fn fits(&self, post_hash: &str, text: &str) -> bool {
        self.open(post_hash)
            .is_some_and(|sealed| sealed.as_bytes().ct_eq(text.as_bytes()).into())
    }

    /// [`poll_text`] with this key's secret.
    #[must_use]
    pub fn poll_text(&self, ref_code: &str, pid: &str) -> String {
        poll_text(ref_code, pid, self.secret.reveal())
    }

    /// [`callback_text`] with this key's secret.
    #[must_use]
    pub fn callback_text(&self, order_id: &str, processed_amount: &str, status: &str) -> String {
        callback_text(order_id, processed_amount, status, self.secret.reveal())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// What the seal of a poll covers: `md5(ref_code . pid . secret)`, all as posted.
#[must_use]
pub fn poll_text(ref_code: &str, pid: &str, secret: &str) -> String {
    md5_hex(&[ref_code, pid, secret])
}

/// What the seal of a callback or of a poll's answer covers: `md5(order_id . processed_amount . status . secret)`.
///
/// `processed_amount` is what PHP prints for the JSON value: `8128`, never `8128.00`.
#[must_use]
pub fn callback_text(order_id: &str, processed_amount: &str, status: &str, secret: &str) -> String {
    md5_hex(&[order_id, processed_amount, status, secret])
}

fn md5_hex(pieces: &[&str]) -> String {
    let md5 = pieces
        .iter()
        .fold(Md5::new(), |md5, piece| md5.chain_update(piece));
    hex::encode(md5.finalize())
}

#[cfg(test)]
mod tests;
