//! Chance: the only place that asks the operating system for random bytes.
//!
//! Everything else that needs chance takes it as a value, or asks here, so that there is one place to look at.

/// `N` random bytes, fit for keys and initialisation vectors.
///
/// Without randomness no secret is a secret, so the process ends when the operating system has none to give.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that the ban points to"
)]
pub fn fill<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        eprintln!(
            "rokad: the operating system gives no random bytes ({error}); no key or seal would be safe, so this ends here"
        );
        std::process::abort();
    }
    bytes
}

/// A random number, each of the 2^64 as likely as any other.
#[must_use]
pub fn number() -> u64 {
    u64::from_le_bytes(fill())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(fill::<32>(), fill::<32>());
        assert_ne!(number(), number());
    }
}
