//! HMAC with a key of any length. The keyed state is kept, so that a message costs no second look at the key.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha384};

/// HMAC-SHA256, keyed.
pub(crate) type Mac256 = Hmac<Sha256>;
/// HMAC-SHA384, keyed.
pub(crate) type Mac384 = Hmac<Sha384>;

/// HMAC-SHA256 under `key`: a key above the hash's block is hashed first, a shorter one is padded (RFC 2104).
pub(crate) fn mac256(key: &[u8]) -> Mac256 {
    let mut block = [0; 64];
    match block.get_mut(..key.len()) {
        Some(start) => start.copy_from_slice(key),
        None => block[..32].copy_from_slice(&Sha256::digest(key)),
    }
    Mac256::new(&block.into())
}

/// HMAC-SHA384 under a key of 32 bytes.
pub(crate) fn mac384(key: &[u8; 32]) -> Mac384 {
    let mut block = [0; 128];
    block[..32].copy_from_slice(key);
    Mac384::new(&block.into())
}

/// A key of 32 bytes for one purpose, derived from `root`. Purposes do not learn each other's keys.
pub(crate) fn derive(root: &[u8; 32], purpose: &str) -> [u8; 32] {
    mac256(root).chain_update(purpose).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex_of(key: &[u8], message: &[u8]) -> String {
        hex::encode(mac256(key).chain_update(message).finalize().into_bytes())
    }

    #[test]
    fn the_answers_of_rfc_4231_come_out() {
        let jefe = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex_of(b"Jefe", b"what do ya want for nothing?"), jefe);
        let long = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
        let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(hex_of(&[0xaa; 131], message), long);
    }
}
