//! The hash chain over the rows that must not change.
//!
//! Every commit that adds an order, an entry or a change of state closes with one link: a SHA-256 over the link
//! before it and over all that was added, so that `rokad verify` can prove that the book was never rewritten.

use sha2::{Digest, Sha256};

/// What one commit adds. The three kinds are hashed apart, so that a reader needs no order between them.
#[derive(Clone, Default)]
pub(crate) struct Link {
    payouts: Sha256,
    entries: Sha256,
    changes: Sha256,
    any: bool,
}

/// A part of a row that goes into the chain.
pub(crate) enum Part<'a> {
    Int(i64),
    Text(&'a str),
}

impl Link {
    /// Whether anything was added.
    pub(crate) fn is_empty(&self) -> bool {
        !self.any
    }

    pub(crate) fn payout(&mut self, row: &[Part<'_>]) {
        self.any = true;
        absorb(&mut self.payouts, row);
    }

    pub(crate) fn entry(&mut self, row: &[Part<'_>]) {
        self.any = true;
        absorb(&mut self.entries, row);
    }

    pub(crate) fn change(&mut self, row: &[Part<'_>]) {
        self.any = true;
        absorb(&mut self.changes, row);
    }

    /// The hash of this link, given the one before.
    pub(crate) fn close(self, previous_hash: &[u8], id: i64, at_ms: i64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous_hash);
        hash.update(id.to_be_bytes());
        hash.update(at_ms.to_be_bytes());
        for part in [self.payouts, self.entries, self.changes] {
            hash.update(part.finalize());
        }
        hash.finalize().into()
    }
}

/// Lengths stand before rows and texts, so that no two rows look alike, and no two rows like one.
fn absorb(hash: &mut Sha256, row: &[Part<'_>]) {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(&(row.len() as u64).to_be_bytes());
    for part in row {
        match part {
            Part::Int(number) => bytes.extend_from_slice(&number.to_be_bytes()),
            Part::Text(text) => {
                bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }
    hash.update(&bytes);
}
