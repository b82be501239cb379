//! From references to transfers, in 16 bytes a reference.
//!
//! A reference is found by a keyed 64-bit hash; the few that share one are chained, so that the text need not be kept twice.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
};

/// The index of references. It knows hashes only: the caller compares the texts.
#[derive(Default)]
pub struct Index {
    keys: RandomState,
    newest: HashMap<u64, u32>,
    /// Of transfers whose hash another had before: that other.
    older: HashMap<u32, u32>,
}

impl Index {
    /// The keyed hash of anything, the same as long as the process lives.
    pub fn hash(&self, what: impl Hash) -> u64 {
        self.keys.hash_one(what)
    }

    /// The transfers that `reference` may stand for.
    pub fn candidates(&self, reference: &str) -> impl Iterator<Item = u32> {
        let newest = self.newest.get(&self.hash(reference)).copied();
        std::iter::successors(newest, |number| self.older.get(number).copied())
    }

    /// Keeps `reference` for transfer `number`.
    pub fn insert(&mut self, reference: &str, number: u32) {
        let hash = self.hash(reference);
        self.insert_hash(hash, number);
    }

    fn insert_hash(&mut self, hash: u64, number: u32) {
        if let Some(before) = self.newest.insert(hash, number) {
            self.older.insert(number, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_that_share_a_hash_are_all_found() {
        let mut index = Index::default();
        index.insert("A", 0);
        let hash = index.hash("A");
        index.insert_hash(hash, 1);
        index.insert_hash(hash, 2);
        assert_eq!(index.candidates("A").collect::<Vec<_>>(), [2, 1, 0]);
        assert_eq!(index.candidates("B").count(), 0);
    }
}
