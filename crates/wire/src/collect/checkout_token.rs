//! The name of a checkout in its address: computed, not looked up, like a ref_code but shorter.
//!
//! `AES-256(id[8] | tag[8]) | HMAC-SHA384(those 16 bytes)[..16]`, in base64url: 43 letters, digits, `-` and `_`. Whoever has the
//! address may pay, and nobody can guess one or learn from one how many payments there are.

use crate::mac::{Mac384, derive, mac384};
use aes::{
    Aes256,
    cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use rokad_domain::{Id, payment::Payment};
use std::fmt;

/// Beside the id in the enciphered block, so that a block that decrypts to something else is none of ours.
const TAG: [u8; 8] = *b"checkout";

/// Bytes of the enciphered block; of the MAC as many again.
const BLOCK: usize = 16;

/// Makes and reads the checkout addresses of one instance.
#[derive(Clone)]
pub struct CheckoutTokens {
    cipher: Aes256,
    mac: Mac384,
}

impl CheckoutTokens {
    /// Those of the instance with this key. Another key makes others, and reads none of these.
    #[must_use]
    pub fn new(instance_key: &[u8; 32]) -> Self {
        Self {
            cipher: Aes256::new(&derive(instance_key, "rokad checkout cipher").into()),
            mac: mac384(&derive(instance_key, "rokad checkout mac")),
        }
    }

    /// The name of a payment's checkout, the same each time.
    #[must_use]
    pub fn make(&self, payment: Id<Payment>) -> String {
        let mut bytes = [0; 2 * BLOCK];
        bytes[..8].copy_from_slice(&payment.get().to_be_bytes());
        bytes[8..BLOCK].copy_from_slice(&TAG);
        let (block, mac) = bytes.split_at_mut(BLOCK);
        if let Ok(block) = <&mut [u8; BLOCK]>::try_from(&mut *block) {
            self.cipher.encrypt_block(block.into());
        }
        let full = self.mac.clone().chain_update(&*block).finalize().into_bytes();
        mac.copy_from_slice(&full[..BLOCK]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The payment whose checkout has this name. `None` for whatever this instance did not make.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Id<Payment>> {
        let mut bytes = [0; 2 * BLOCK];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok()?;
        if length != bytes.len() {
            return None;
        }
        let (block, mac) = bytes.split_first_chunk::<BLOCK>()?;
        self.mac
            .clone()
            .chain_update(block)
            .verify_truncated_left(mac)
            .ok()?;
        let mut block = (*block).into();
        self.cipher.decrypt_block(&mut block);
        let (id, tag) = block.split_first_chunk::<8>()?;
        (tag == TAG).then(|| Id::new(i64::from_be_bytes(*id)))
    }
}

impl fmt::Debug for CheckoutTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckoutTokens(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_token_names_its_payment_and_no_changed_one_is_read(
            id in 1..i64::MAX, at in 0..43usize, to in "[A-Za-z0-9_-]",
        ) {
            let tokens = CheckoutTokens::new(&[7; 32]);
            let token = tokens.make(Id::new(id));
            prop_assert_eq!(token.len(), 43);
            prop_assert_eq!(tokens.read(&token), Some(Id::new(id)));
            prop_assert_eq!(CheckoutTokens::new(&[8; 32]).read(&token), None);
            let mut forged = token.clone();
            forged.replace_range(at..=at, &to);
            if forged != token {
                prop_assert_eq!(tokens.read(&forged), None);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            prop_assert_eq!(CheckoutTokens::new(&[7; 32]).read(&text), None);
        }
    }
}
