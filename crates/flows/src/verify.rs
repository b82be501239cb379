//! `rokad verify`: everything is recomputed from the postings, and the first paisa that cannot be explained is named.

mod aside;
mod callbacks;
mod disputes;
mod events;
mod ledger;
mod orders;
mod payments;
mod payouts;
mod refunds;
mod road;

use crate::House;
use disputes::Disputes;
use ledger::Ledger;
use payments::Payments;
use payouts::Payouts;
use refunds::Refunds;
use road::Road;
use rokad_domain::account::Account;
use rokad_store::{
    StoreError, Tx,
    audit::{self, ChainReport},
    discrepancy,
};
use std::collections::BTreeMap;

/// What a verification found.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// Every account with its balance as the postings say, in paise.
    pub balances: Vec<(Account, i64)>,
    /// How many payouts are in each state, and their amounts in paise.
    pub payouts: BTreeMap<&'static str, (usize, i64)>,
    /// How many payments are in each state, and their amounts in paise.
    pub payments: BTreeMap<&'static str, (usize, i64)>,
    /// How many postings there are.
    pub postings: usize,
    /// The hash chain.
    pub chain: ChainReport,
    /// Callbacks owed, parked, delivered.
    pub callbacks: (i64, i64, i64),
    /// What banks said that the book contradicts. Known and waiting for a person: not an error of the book.
    pub discrepancies: usize,
    /// What cannot be explained. Empty: the book is sound.
    pub faults: Vec<String>,
}

/// Faults that are listed; a book that is thoroughly broken must not fill the disk with words.
const FAULTS_MAX: usize = 100;

/// Verifies the book, in one unchanging view of it.
///
/// # Errors
/// When the database cannot be read, or a row does not make sense.
pub async fn verify(house: &House) -> Result<Statement, StoreError> {
    house.store.read(verify_in).await
}

/// The same, of a book that is read already.
///
/// # Errors
/// Those of [`verify`].
pub fn verify_in(tx: &mut Tx<'_>) -> Result<Statement, StoreError> {
    tx.take_time()?;
    let mut faults = Faults(Vec::new());
    let ledger = Ledger::read(tx)?;
    let road = Road::walk(tx, &mut faults)?;
    let payments = Payments::check(tx, &ledger, &mut faults)?;
    let disputes = Disputes::check(tx, &ledger, &payments, &mut faults)?;
    let refunds = Refunds::check(tx, &ledger, (&payments, &disputes), &mut faults)?;
    let others = (&payments, &refunds, &disputes);
    let payouts = Payouts::check(tx, &ledger, &road, others, &mut faults)?;
    orders::check(tx, &mut faults)?;
    callbacks::check(tx, &mut faults)?;
    events::check(tx, &mut faults)?;
    ledger.check(tx, &mut faults)?;
    let chain = check_chain(tx, &mut faults)?;
    let queues = audit::queues(tx)?;
    Ok(Statement {
        balances: ledger.balances(),
        payouts: payouts.by_status,
        payments: payments.by_status,
        postings: ledger.postings,
        chain,
        callbacks: (queues.owed, queues.parked, queues.delivered),
        discrepancies: discrepancy::all(tx)?.len() + discrepancy::of_attempts(tx)?.len(),
        faults: faults.0,
    })
}

/// The chain shows what was changed or taken out, the numbers what was cut off at the end together with its links.
fn check_chain(tx: &mut Tx<'_>, faults: &mut Faults) -> Result<ChainReport, StoreError> {
    let chain = audit::chain(tx)?;
    if let Some(at) = chain.broken_at {
        faults.add(format!(
            "the hash chain does not fit at batch {at}: rows were changed after they were written"
        ));
    }
    for numbers in audit::numbers(tx)? {
        if numbers.rows != numbers.highest || numbers.highest != numbers.handed_out {
            faults.add(format!(
                "{}: {} rows, the highest number is {}, but {} were handed out",
                numbers.table, numbers.rows, numbers.highest, numbers.handed_out
            ));
        }
    }
    Ok(chain)
}

struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, fault: String) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(fault);
        }
    }
}
