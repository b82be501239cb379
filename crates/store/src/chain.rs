//! The hash chain over the rows that must not change.
//!
//! Every commit that adds an order, an entry or a change of state closes with one link: a SHA-256 over the link
//! before it and over all that was added, so that `rokad verify` can prove that the book was never rewritten.

use sha2::{Digest, Sha256};

/// A table whose rows go into the chain. Each is hashed apart, so that a reader needs no order between them.
#[derive(Clone, Copy)]
pub(crate) enum Table {
    Payouts,
    Entries,
    Changes,
    Payments,
    Attempts,
    PaymentChanges,
    Settlements,
    Receipts,
    Refunds,
    RefundChanges,
    Disputes,
    DisputeChanges,
    Evidence,
    Events,
}

const TABLES: usize = 14;

/// The tables that every link covers, also when nothing was added to them. Those that came later count only in links that
/// add to them, so that older links stay as they are.
const ALWAYS: usize = 3;

/// What one commit adds.
#[derive(Clone, Default)]
pub(crate) struct Link {
    tables: [Sha256; TABLES],
    added: [bool; TABLES],
}

/// A part of a row that goes into the chain.
pub(crate) enum Part<'a> {
    Int(i64),
    Text(&'a str),
}

impl Link {
    /// Whether anything was added.
    pub(crate) fn is_empty(&self) -> bool {
        !self.added.contains(&true)
    }

    pub(crate) fn add(&mut self, table: Table, row: &[Part<'_>]) {
        let at = table as usize;
        self.added[at] = true;
        absorb(&mut self.tables[at], row);
    }

    /// The hash of this link, given the one before.
    pub(crate) fn close(self, previous_hash: &[u8], id: i64, at_ms: i64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous_hash);
        hash.update(id.to_be_bytes());
        hash.update(at_ms.to_be_bytes());
        for (at, (table, added)) in self.tables.into_iter().zip(self.added).enumerate() {
            if at >= ALWAYS {
                if !added {
                    continue;
                }
                hash.update((at as u64).to_be_bytes());
            }
            hash.update(table.finalize());
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
