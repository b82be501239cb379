//! ref_codes are computed, not looked up: 128 hex digits that hold a payout's id and a proof that we made them.
//!
//! `AES-256(id[8] | tag[8]) | HMAC-SHA384(those 16 bytes)`, under two keys derived from the instance's. So a forged
//! ref_code costs no query, polling is a read by primary key, and nobody learns how many payouts there are.

use crate::mac::{Mac384, derive, mac384};
use aes::{
    Aes256,
    cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit},
};
use hmac::Mac;
use rokad_domain::{Id, payout::Payout};
use std::fmt;

/// Beside the id in the enciphered block, so that a block that decrypts to something else is none of ours.
const TAG: [u8; 8] = *b"payout.1";

/// Bytes of the enciphered block, and of block and MAC together.
const BLOCK: usize = 16;
const LEN: usize = BLOCK + 48;

/// Makes and reads the ref_codes of one instance.
#[derive(Clone)]
pub struct RefCodes {
    cipher: Aes256,
    mac: Mac384,
}

impl RefCodes {
    /// Those of the instance with this key. Another key makes others, and reads none of these.
    #[must_use]
    pub fn new(instance_key: &[u8; 32]) -> Self {
        Self {
            cipher: Aes256::new(&derive(instance_key, "rokad ref_code cipher").into()),
            mac: mac384(&derive(instance_key, "rokad ref_code mac")),
        }
    }

    /// The ref_code of a payout: 128 lower-case hex digits, the same each time.
    #[must_use]
    pub fn make(&self, id: Id<Payout>) -> String {
        let mut block = [0; BLOCK];
        block[..8].copy_from_slice(&id.get().to_be_bytes());
        block[8..].copy_from_slice(&TAG);
        let mut block = block.into();
        self.cipher.encrypt_block(&mut block);
        let mac = self.mac.clone().chain_update(block).finalize().into_bytes();
        let mut text = vec![0; 2 * LEN];
        let (head, tail) = text.split_at_mut(2 * BLOCK);
        let written = hex::encode_to_slice(block, head).and(hex::encode_to_slice(mac, tail));
        debug_assert!(written.is_ok(), "two digits for each byte");
        String::from_utf8(text).unwrap_or_default()
    }

    /// The payout that `ref_code` names. `None`, in constant time, for whatever this instance did not make.
    #[must_use]
    pub fn read(&self, ref_code: &str) -> Option<Id<Payout>> {
        if ref_code.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None; // one payout, one ref_code
        }
        let mut bytes = [0; LEN];
        hex::decode_to_slice(ref_code, &mut bytes).ok()?;
        let (block, mac) = bytes.split_first_chunk::<BLOCK>()?;
        self.mac.clone().chain_update(block).verify_slice(mac).ok()?;
        let mut block = (*block).into();
        self.cipher.decrypt_block(&mut block);
        let (id, tag) = block.split_first_chunk::<8>()?;
        (tag == TAG).then(|| Id::new(i64::from_be_bytes(*id)))
    }
}

impl fmt::Debug for RefCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefCodes(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes() -> RefCodes {
        RefCodes::new(&[7; 32])
    }

    #[test]
    fn a_ref_code_never_changes() {
        // Merchants keep them for ever: a change here breaks every payout that was ever made.
        let known = "46965f6cfff6951e206f67cc2bd6d7cbee6912b4832ceb14a15a0b5bdbe3b2de60faee6d662a48235087003605f36ab6e0693be00889298b56212b06b34c05b5";
        assert_eq!(codes().make(Id::new(1)), known);
    }

    #[test]
    fn another_instance_reads_nothing() {
        assert_eq!(RefCodes::new(&[8; 32]).read(&codes().make(Id::new(1))), None);
    }

    #[test]
    fn a_block_without_the_tag_is_none_of_ours_whatever_its_mac_says() {
        let codes = codes();
        let block = [0u8; BLOCK];
        let mac = codes.mac.clone().chain_update(block).finalize().into_bytes();
        assert_eq!(codes.read(&hex::encode([&block[..], &mac].concat())), None);
    }

    #[test]
    fn junk_is_not_a_ref_code() {
        let good = codes().make(Id::new(1));
        let (upper, longer, shorter) = (good.to_uppercase(), format!("{good}00"), &good[2..]);
        for junk in [
            "",
            "0",
            "é",
            &"0".repeat(128),
            &"é".repeat(64),
            &upper,
            &longer,
            shorter,
        ] {
            assert_eq!(codes().read(junk), None, "{junk}");
        }
    }

    #[test]
    fn nothing_secret_prints() {
        assert_eq!(format!("{:?}", codes()), "RefCodes(..)");
    }

    proptest! {
        #[test]
        fn a_ref_code_names_its_payout(id in any::<i64>()) {
            let code = codes().make(Id::new(id));
            prop_assert_eq!(code.len(), 128);
            prop_assert!(code.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
            prop_assert_eq!(codes().read(&code), Some(Id::new(id)));
        }

        #[test]
        fn a_ref_code_with_any_digit_changed_is_refused(id in 1..i64::MAX, at in 0..128usize, by in 1..16u32) {
            let mut forged: Vec<char> = codes().make(Id::new(id)).chars().collect();
            let digit = forged[at].to_digit(16).unwrap();
            forged[at] = char::from_digit((digit + by) % 16, 16).unwrap();
            prop_assert_eq!(codes().read(&forged.into_iter().collect::<String>()), None);
        }
    }
}
