//! What a table holds, in a number that changes with every bit of it.

use crate::dialect::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// How many rows a table has, and a SHA-256 over all of them in the order of their key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sum {
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// Over their values.
    pub checksum: [u8; 32],
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, checksum ", self.rows)?;
        self.checksum.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A sum under way.
pub(super) struct Summing {
    table: String,
    pub(super) rows: u64,
    hash: Sha256,
    row: Vec<u8>,
}

impl Summing {
    pub(super) fn of(table: &str) -> Self {
        Self {
            table: table.to_owned(),
            rows: 0,
            hash: Sha256::new(),
            row: Vec::new(),
        }
    }

    /// Adds a row. Each value says of what kind and how long it is, so that no two rows look alike.
    pub(super) fn add(&mut self, row: &[Value<'_>]) {
        self.row.clear();
        for value in row {
            let (kind, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Int(number) => (1, &number.to_be_bytes()),
                Value::Text(text) => (2, text.as_bytes()),
                Value::Blob(bytes) => (3, bytes),
            };
            self.row.push(kind);
            self.row.extend((bytes.len() as u64).to_be_bytes());
            self.row.extend(bytes);
        }
        self.hash.update(&self.row);
        self.rows += 1;
    }

    pub(super) fn end(self) -> Sum {
        Sum {
            table: self.table,
            rows: self.rows,
            checksum: self.hash.finalize().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[Value<'_>]]) -> [u8; 32] {
        let mut sum = Summing::of("t");
        rows.iter().for_each(|row| sum.add(row));
        sum.end().checksum
    }

    #[test]
    fn whatever_differs_in_a_row_differs_in_the_sum() {
        use Value::{Blob, Int, Null, Text};
        let all = [
            of(&[]),
            of(&[&[Int(1), Text("ab")]]),
            of(&[&[Int(1), Text("a"), Text("b")]]),
            of(&[&[Int(1), Blob(b"ab")]]),
            of(&[&[Int(1), Null]]),
            of(&[&[Int(1), Text("")]]),
            of(&[&[Int(1)], &[Text("ab")], &[Int(0)]]),
            of(&[&[Int(2), Text("ab")]]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one), "{at}");
        }
        assert_eq!(of(&[&[Int(1)]]), of(&[&[Int(1)]]));
    }
}
