//! The signature with which a merchant asks for a day's payouts. Source: contract.md §2.8.

use sha2::{Digest, Sha256};

/// `sha256_hex(pid . secret_key . date)`, in lower case. `date` is the text that is posted, `DD-MM-YYYY`.
#[must_use]
pub fn signature(pid: &str, secret: &str, date: &str) -> String {
    let hash = Sha256::new()
        .chain_update(pid)
        .chain_update(secret)
        .chain_update(date);
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_covers_pid_secret_and_date_in_this_order() {
        assert_eq!(
            signature("2323232323", "s3cr3t-key-001", "15-10-2023"),
            "00c6566c0ef033df9e1fbce885e31819483b42b80a817ab346e44ae2ed9b44b3"
        );
    }
}
