//! A gateway's book is moved to another database, and both are held against each other before it counts.

use crate::verify::{Statement, verify_in};
use rokad_store::{
    Place, StoreError,
    copy::{CopyError, Destination, Source, Sum, Watch},
};
use std::fmt::Debug;

/// A copy under way. Nothing of it counts until it is kept.
pub struct Copying {
    source: Source,
    /// Where the book goes.
    destination: Destination,
    /// What the tables of the source held when they were read.
    sums: Vec<Sum>,
}

/// What both sides were found to be.
#[derive(Debug)]
pub struct Checked {
    /// Each table.
    pub sums: Vec<Sum>,
    /// What `rokad verify` says of the book.
    pub statement: Statement,
}

/// Why there is no copy.
#[derive(thiserror::Error, Debug)]
pub enum Refusal {
    /// Both sides are the same place.
    #[error("both sides are the same database")]
    SamePlace,
    /// The copy is not the book. In words, one for each difference.
    #[error("the copy is not the book, and was thrown away:\n{}", .0.join("\n"))]
    Differs(Vec<String>),
    /// One of the databases.
    #[error(transparent)]
    Copy(#[from] CopyError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Copy(error.into())
    }
}

impl Copying {
    /// Takes hold of both sides, and copies every table.
    ///
    /// # Errors
    /// When one of them cannot be used; then nothing is left.
    pub fn fill(from: &Place, to: &Place, watch: Watch<'_>) -> Result<Self, Refusal> {
        if from == to {
            return Err(Refusal::SamePlace);
        }
        let source = Source::open(from)?;
        let destination = Destination::open(to)?;
        let sums = destination.fill(&source, watch)?;
        Ok(Self {
            source,
            destination,
            sums,
        })
    }

    /// Reads the copy back, and compares every table of it with the book, value by value.
    ///
    /// # Errors
    /// [`Refusal::Differs`]; when one of them cannot be read.
    pub fn compare(&self, watch: Watch<'_>) -> Result<Vec<Sum>, Refusal> {
        let copied = self.destination.sums(watch)?;
        match of_tables(&self.sums, &copied) {
            differences if differences.is_empty() => Ok(copied),
            differences => Err(Refusal::Differs(differences)),
        }
    }

    /// As [`Self::compare`]; then recomputes both books, and compares what was found.
    ///
    /// # Errors
    /// Those of [`Self::compare`].
    pub fn check(&self, watch: Watch<'_>) -> Result<Checked, Refusal> {
        let sums = self.compare(watch)?;
        let book = self.source.read(verify_in)?;
        let statement = self.destination.read(verify_in)?;
        match of_statements(&book, &statement) {
            differences if differences.is_empty() => Ok(Checked { sums, statement }),
            differences => Err(Refusal::Differs(differences)),
        }
    }

    /// From now on the copy is a gateway's book.
    ///
    /// # Errors
    /// Of a server that was lost in this moment it is not known whether it is one.
    pub fn keep(self) -> Result<(), Refusal> {
        Ok(self.destination.keep()?)
    }
}

fn of_tables(book: &[Sum], copy: &[Sum]) -> Vec<String> {
    let mut differences: Vec<String> = book
        .iter()
        .zip(copy)
        .filter(|(book, copy)| book != copy)
        .map(|(book, copy)| format!("table {}: {book}; the copy has {copy}", book.table))
        .collect();
    if book.len() != copy.len() {
        differences.push(format!("{} tables; the copy has {}", book.len(), copy.len()));
    }
    differences
}

fn of_statements(book: &Statement, copy: &Statement) -> Vec<String> {
    [
        differ("balances", &book.balances, &copy.balances),
        differ("payouts", &book.payouts, &copy.payouts),
        differ("payments", &book.payments, &copy.payments),
        differ("postings", &book.postings, &copy.postings),
        differ("the hash chain", &book.chain, &copy.chain),
        differ("callbacks", &book.callbacks, &copy.callbacks),
        differ(
            "contradictions of banks",
            &book.discrepancies,
            &copy.discrepancies,
        ),
        differ("faults", &book.faults, &copy.faults),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn differ<T: PartialEq + Debug>(what: &str, book: &T, copy: &T) -> Option<String> {
    (book != copy).then(|| format!("{what}: {book:?}; the copy has {copy:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rokad_domain::account::Account;
    use rokad_store::audit::ChainReport;
    use std::collections::BTreeMap;

    fn statement() -> Statement {
        Statement {
            balances: vec![(Account::Fee, 325)],
            payouts: BTreeMap::from([("Approved", (1, 10_000))]),
            payments: BTreeMap::new(),
            postings: 3,
            chain: ChainReport {
                links: 1,
                head: vec![7],
                broken_at: None,
            },
            callbacks: (0, 0, 1),
            discrepancies: 0,
            faults: Vec::new(),
        }
    }

    #[test]
    fn every_finding_of_a_verification_is_compared() {
        let book = statement();
        assert_eq!(of_statements(&book, &statement()), [""; 0]);
        type Change = fn(&mut Statement);
        let changes: [(&str, Change); 8] = [
            ("balances: ", |copy| copy.balances[0].1 += 1),
            ("payouts: ", |copy| copy.payouts.clear()),
            ("payments: ", |copy| copy.payments.extend([("Captured", (1, 1))])),
            ("postings: ", |copy| copy.postings += 1),
            ("the hash chain: ", |copy| copy.chain.head[0] = 8),
            ("callbacks: ", |copy| copy.callbacks.0 += 1),
            ("contradictions of banks: ", |copy| copy.discrepancies += 1),
            ("faults: ", |copy| copy.faults.push("one".to_owned())),
        ];
        for (named, change) in changes {
            let mut copy = statement();
            change(&mut copy);
            let found = of_statements(&book, &copy);
            assert!(
                found.len() == 1 && found[0].starts_with(named),
                "{named}: {found:?}"
            );
        }
    }
}
