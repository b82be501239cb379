//! Fresh names and secrets of merchants.

use rokad_flows::{directory::SecretKind, merchant::FreshSecret};
use rokad_wire::{chance, webhook};

/// A PID: ten digits, the first not zero.
pub fn new_pid() -> String {
    (1_000_000_000 + chance::number() % 9_000_000_000).to_string()
}

/// A key for collecting: six letters and digits.
pub fn new_collect_key() -> String {
    letters::<6>()
}

/// One secret of each kind.
pub fn fresh_secrets() -> Vec<FreshSecret> {
    SecretKind::ALL
        .iter()
        .map(|kind| FreshSecret {
            kind: *kind,
            secret: new_secret(*kind),
            nonce: chance::fill(),
        })
        .collect()
}

fn new_secret(kind: SecretKind) -> String {
    match kind {
        SecretKind::PayoutSecret | SecretKind::PayoutToken | SecretKind::CollectAuthorization => {
            letters::<32>()
        }
        SecretKind::CollectSalt => letters::<8>(),
        SecretKind::CallbackSigning => webhook::new_secret(),
    }
}

fn letters<const N: usize>() -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    (0..N)
        .map(|_| char::from(ALPHABET[(chance::number() % 62) as usize]))
        .collect()
}
