//! Chance for order ids: SplitMix64, seeded by the standard library's own random hasher keys.

use std::hash::{BuildHasher, Hasher, RandomState};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Characters of an order id: the most the contract allows (contract.md §2.1).
pub const ORDER_ID_LEN: usize = 13;

pub struct Random(u64);

impl Random {
    /// A generator like no other.
    pub fn fresh() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An order id that nobody has used: 77 bits of chance, so that an index is hit all over.
    pub fn order_id(&mut self) -> [u8; ORDER_ID_LEN] {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        written(bits)
    }
}

/// The id of a number: always the same, no two alike, and neighbours far apart.
pub fn scattered_id(number: u64) -> [u8; ORDER_ID_LEN] {
    // One step of the generator permutes all numbers of 64 bits.
    written(u128::from(Random(number).next()))
}

fn written(bits: u128) -> [u8; ORDER_ID_LEN] {
    let mut rest = bits;
    std::array::from_fn(|_| {
        let character = ALPHABET[(rest % 62) as usize];
        rest /= 62;
        character
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn order_ids_follow_the_contract_and_never_repeat() {
        let mut random = Random(7);
        let ids: Vec<_> = (0..100_000).map(|_| random.order_id()).collect();
        assert!(ids.iter().flatten().all(u8::is_ascii_alphanumeric));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }

    #[test]
    fn scattered_ids_never_repeat_and_stay_as_they_are() {
        let ids: HashSet<_> = (0..100_000).map(scattered_id).collect();
        assert_eq!(ids.len(), 100_000);
        assert_eq!(scattered_id(5), scattered_id(5));
    }

    #[test]
    fn order_ids_start_anywhere() {
        let mut random = Random(7);
        let first: HashSet<u8> = (0..10_000).map(|_| random.order_id()[0]).collect();
        assert_eq!(first.len(), ALPHABET.len());
    }

    #[test]
    fn two_connections_draw_apart() {
        assert_ne!(Random::fresh().next(), Random::fresh().next());
    }
}
