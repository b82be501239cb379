//! `rokad verify`: everything is recomputed from the postings, and the first paisa that cannot be explained is named.

use crate::House;
use rokad_domain::{
    Id, Paise,
    account::Account,
    entry::EntryKind,
    id::kind::{Merchant, Payout},
    payout::{Status, TRANSITIONS},
};
use rokad_store::{
    StoreError, Tx,
    audit::{self, AuditChange, AuditPosting, ChainReport, Queues},
    book, discrepancy,
    payout::StoredPayout,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a verification found.
#[derive(Debug)]
pub struct Statement {
    /// Every account with its balance as the postings say, in paise.
    pub balances: Vec<(Account, i64)>,
    /// How many payouts are in each state, and their amounts in paise.
    pub payouts: BTreeMap<&'static str, (usize, i64)>,
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

fn verify_in(tx: &mut Tx<'_>) -> Result<Statement, StoreError> {
    let mut faults = Faults(Vec::new());
    let mut ledger = Ledger::default();
    audit::each_posting(tx, |posting| ledger.post(posting))?;
    let mut road = Road::default();
    audit::each_change(tx, |change| road.walk(change, &mut faults))?;
    let queues = audit::queues(tx)?;
    let mut payouts = Payouts::new(&queues);
    audit::each_payout(tx, |payout| {
        payouts.check(&payout, &ledger, &mut road, &mut faults)
    })?;
    payouts.finish(&ledger, &road, &mut faults);
    for id in payouts.last_callbacks {
        if !audit::callback_exists(tx, id)? {
            faults.add(format!("callback {id} is neither owed nor delivered"));
        }
    }
    check_balances(tx, &ledger, &mut faults)?;
    let chain = audit::chain(tx)?;
    if let Some(at) = chain.broken_at {
        faults.add(format!(
            "the hash chain does not fit at batch {at}: rows were changed after they were written"
        ));
    }
    let mut balances: Vec<(Account, i64)> = ledger
        .balances
        .iter()
        .map(|(account, paise)| (*account, *paise))
        .collect();
    balances.sort_by_key(|(account, _)| account.number());
    Ok(Statement {
        balances,
        payouts: payouts.by_status,
        postings: ledger.postings,
        chain,
        callbacks: (queues.owed, queues.parked, queues.delivered),
        discrepancies: discrepancy::all(tx)?.len(),
        faults: faults.0,
    })
}

struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, fault: String) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(fault);
        }
    }
}

/// The book as the postings say.
#[derive(Default)]
struct Ledger {
    balances: HashMap<Account, i64>,
    by_payout: HashMap<Id<Payout>, Sums>,
    postings: usize,
}

/// What each kind of entry moved for one payout, in paise, and how many entries there were.
#[derive(Default, Clone, Copy)]
struct Sums {
    last_entry: i64,
    held: (u32, i64),
    spent: (u32, i64),
    released: (u32, i64),
    returned: (u32, i64),
}

impl Ledger {
    fn post(&mut self, posting: AuditPosting) {
        let paise = posting.amount_paise;
        *self.balances.entry(posting.debit).or_default() += posting.debit.kind().debit(paise);
        *self.balances.entry(posting.credit).or_default() -= posting.credit.kind().debit(paise);
        self.postings += 1;
        if let Some(payout) = posting.payout {
            let sums = self.by_payout.entry(payout).or_default();
            let first_line = u32::from(sums.last_entry != posting.entry);
            sums.last_entry = posting.entry;
            let (entries, sum) = match posting.kind {
                EntryKind::PayoutHeld => &mut sums.held,
                EntryKind::PayoutSpent => &mut sums.spent,
                EntryKind::PayoutReleased => &mut sums.released,
                EntryKind::PayoutReturned => &mut sums.returned,
                EntryKind::Opening | EntryKind::Deposit => return,
            };
            *entries += first_line;
            *sum += paise;
        }
    }
}

/// The last change of each payout, and that every change was one of the table.
#[derive(Default)]
struct Road {
    last: HashMap<Id<Payout>, (i64, Status)>,
}

impl Road {
    fn walk(&mut self, change: AuditChange, faults: &mut Faults) {
        let before = self.last.insert(change.payout, (change.id.get(), change.status));
        let allowed = match before {
            None => change.previous == 0 && change.status == Status::Pending,
            Some((previous, from)) => {
                change.previous == previous
                    && TRANSITIONS
                        .iter()
                        .any(|(f, _, to)| (*f, *to) == (from, change.status))
            }
        };
        if !allowed {
            faults.add(format!(
                "payout {}: change {} cannot follow the one before it",
                change.payout, change.id
            ));
        }
    }
}

struct Payouts<'q> {
    waiting: HashSet<Id<Payout>>,
    sent: HashSet<Id<Payout>>,
    held: HashMap<Id<Merchant>, i64>,
    by_status: BTreeMap<&'static str, (usize, i64)>,
    last_callbacks: Vec<Id<rokad_domain::id::kind::Callback>>,
    seen: usize,
    queues: &'q Queues,
}

impl<'q> Payouts<'q> {
    fn new(queues: &'q Queues) -> Self {
        Self {
            waiting: queues.waiting.iter().copied().collect(),
            sent: queues.sent.iter().copied().collect(),
            held: HashMap::new(),
            by_status: BTreeMap::new(),
            last_callbacks: Vec::new(),
            seen: 0,
            queues,
        }
    }

    fn check(&mut self, payout: &StoredPayout, ledger: &Ledger, road: &mut Road, faults: &mut Faults) {
        self.seen += 1;
        let amount = payout.order.amount.get();
        let (count, sum) = self.by_status.entry(payout.status.word()).or_default();
        (*count, *sum) = (*count + 1, *sum + amount);
        let total = payout
            .charge
            .total()
            .and_then(|price| payout.order.amount.plus(price))
            .map_or(0, Paise::get);
        if payout.status.is_open() {
            *self.held.entry(payout.merchant).or_default() += total;
        }
        let sums = ledger.by_payout.get(&payout.id).copied().unwrap_or_default();
        if let Some(fault) = unexplained(payout, total, sums) {
            faults.add(format!(
                "payout {} ({}): {fault}",
                payout.id,
                payout.status.word()
            ));
        }
        if road.last.get(&payout.id) != Some(&(payout.last_change.get(), payout.status)) {
            faults.add(format!("payout {}: its log of states says otherwise", payout.id));
        }
        let queued = (self.waiting.contains(&payout.id), self.sent.contains(&payout.id));
        if queued
            != (
                payout.status == Status::Pending,
                payout.status == Status::Processing,
            )
        {
            faults.add(format!(
                "payout {} ({}) stands in the wrong queue",
                payout.id,
                payout.status.word()
            ));
        }
        self.last_callbacks.extend(payout.last_callback);
    }

    fn finish(&self, ledger: &Ledger, road: &Road, faults: &mut Faults) {
        if road.last.len() != self.seen || ledger.by_payout.len() != self.seen {
            faults.add("there are entries or states of payouts that do not exist".to_owned());
        }
        if self.waiting.len() + self.sent.len() != self.queues.waiting.len() + self.queues.sent.len() {
            faults.add("a payout stands in a queue twice".to_owned());
        }
        for (account, balance) in &ledger.balances {
            if let Account::Held(merchant) = account
                && self.held.get(merchant).copied().unwrap_or(0) != *balance
            {
                faults.add(format!("{account} is not what its open payouts set aside"));
            }
            if *balance < 0 && !account.may_go_below_zero() {
                faults.add(format!("{account} is below zero"));
            }
        }
        let sum: i64 = ledger
            .balances
            .iter()
            .map(|(account, balance)| account.kind().debit(*balance))
            .sum();
        if sum != 0 {
            faults.add(format!("debits and credits differ by {sum} paise"));
        }
    }
}

/// What does not fit between a payout's state and its entries.
fn unexplained(payout: &StoredPayout, total: i64, sums: Sums) -> Option<&'static str> {
    let once = (1, total);
    let none = (0, 0);
    let (amount, price) = (payout.order.amount.get(), total - payout.order.amount.get());
    let back = match payout.on_return {
        rokad_domain::charge::FeeOnReturn::Keep => amount,
        rokad_domain::charge::FeeOnReturn::GiveBack => amount + price,
    };
    if sums.held != once {
        return Some("its money was not set aside exactly once");
    }
    let fits = match (payout.status, payout.utr.is_some()) {
        (Status::Pending | Status::Processing, false) => {
            (sums.spent, sums.released, sums.returned) == (none, none, none)
        }
        (Status::Approved, true) => (sums.spent, sums.released, sums.returned) == (once, none, none),
        (Status::Failed | Status::Declined, false) => {
            (sums.spent, sums.released, sums.returned) == (none, once, none)
        }
        (Status::Failed | Status::Declined, true) => {
            (sums.spent, sums.released, sums.returned) == (once, none, (1, back))
        }
        (Status::Pending | Status::Processing, true) | (Status::Approved, false) => false,
    };
    if fits {
        None
    } else {
        Some("its entries are not those of its state")
    }
}

fn check_balances(tx: &Tx<'_>, ledger: &Ledger, faults: &mut Faults) -> Result<(), StoreError> {
    let stored = book::all_balances(tx)?;
    let known: HashSet<Account> = stored.iter().map(|(account, _)| *account).collect();
    for (account, balance) in stored {
        let posted = ledger.balances.get(&account).copied().unwrap_or(0);
        if posted != balance {
            faults.add(format!(
                "{account} says {balance} paise, its postings say {posted}"
            ));
        }
    }
    for account in ledger.balances.keys().filter(|account| !known.contains(account)) {
        faults.add(format!("{account} has postings, but does not exist"));
    }
    Ok(())
}
