//! The book as its postings say.

use super::{Faults, aside::Aside};
use rokad_domain::{
    Id,
    account::Account,
    entry::EntryKind,
    id::kind::{BankAccount, Dispute, Payment, Payout, Receipt, Refund, Settlement},
};
use rokad_store::{
    StoreError, Tx,
    audit::{self, AuditPosting},
    book::{self, About},
};
use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub(super) struct Ledger {
    balances: HashMap<Account, i64>,
    by_payout: HashMap<Id<Payout>, Sums>,
    pub(super) captures: HashMap<Id<Payment>, Moved>,
    pub(super) settlements: HashMap<Id<Settlement>, Moved>,
    pub(super) into_suspense: HashMap<Id<Receipt>, Moved>,
    pub(super) refunds: HashMap<Id<Refund>, Aside>,
    pub(super) disputes: HashMap<Id<Dispute>, Aside>,
    pub(super) postings: usize,
}

/// What each kind of entry moved for one payout, in paise, and how many entries there were.
#[derive(Default, Clone, Copy)]
pub(super) struct Sums {
    last_entry: i64,
    pub(super) held: (u32, i64),
    pub(super) spent: (u32, i64),
    pub(super) released: (u32, i64),
    pub(super) returned: (u32, i64),
    /// The bank account that money left, and how much.
    pub(super) left_bank: Option<(Id<BankAccount>, i64)>,
    /// The bank account that money came back to, and how much.
    pub(super) back_at_bank: Option<(Id<BankAccount>, i64)>,
}

/// What the entries about one thing moved: how many entries, from which account, to which, how much. Of several lines the
/// first account counts, and the sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Moved {
    last_entry: i64,
    pub(super) entries: u32,
    pub(super) debit: Account,
    pub(super) credit: Account,
    pub(super) paise: i64,
}

impl Moved {
    fn add(before: Option<&Self>, posting: AuditPosting) -> Self {
        let mut moved = before.copied().unwrap_or(Self {
            last_entry: 0,
            entries: 0,
            debit: posting.debit,
            credit: posting.credit,
            paise: 0,
        });
        moved.entries += u32::from(moved.last_entry != posting.entry);
        moved.last_entry = posting.entry;
        moved.paise += posting.amount_paise;
        moved
    }
}

impl Ledger {
    pub(super) fn read(tx: &Tx<'_>) -> Result<Self, StoreError> {
        let mut ledger = Self::default();
        audit::each_posting(tx, |posting| ledger.post(posting))?;
        Ok(ledger)
    }

    fn post(&mut self, posting: AuditPosting) {
        let paise = posting.amount_paise;
        *self.balances.entry(posting.debit).or_default() += posting.debit.kind().debit(paise);
        *self.balances.entry(posting.credit).or_default() -= posting.credit.kind().debit(paise);
        self.postings += 1;
        match posting.about {
            About::Nothing => {}
            About::Payout(id) => self.by_payout.entry(id).or_default().add(posting),
            About::Payment(id) => add(&mut self.captures, id, posting),
            About::Settlement(id) => add(&mut self.settlements, id, posting),
            About::Receipt(id) => add(&mut self.into_suspense, id, posting),
            About::Refund(id) => self.refunds.entry(id).or_default().add(posting),
            About::Dispute(id) => self.disputes.entry(id).or_default().add(posting),
        }
    }

    /// What moved for a payout.
    pub(super) fn of(&self, payout: Id<Payout>) -> Sums {
        self.by_payout.get(&payout).copied().unwrap_or_default()
    }

    /// What the postings say of an account.
    pub(super) fn balance(&self, account: Account) -> i64 {
        self.balances.get(&account).copied().unwrap_or(0)
    }

    /// Every account that has postings, in the order of their numbers.
    pub(super) fn balances(&self) -> Vec<(Account, i64)> {
        let mut balances: Vec<(Account, i64)> = self.balances.iter().map(|(a, paise)| (*a, *paise)).collect();
        balances.sort_by_key(|(account, _)| account.number());
        balances
    }

    /// How many payouts have entries.
    pub(super) fn payouts(&self) -> usize {
        self.by_payout.len()
    }

    /// Compares the postings with the balances that are kept beside them, and with themselves.
    pub(super) fn check(&self, tx: &Tx<'_>, faults: &mut Faults) -> Result<(), StoreError> {
        let stored = book::all_balances(tx)?;
        for (account, balance) in &stored {
            let posted = self.balance(*account);
            if posted != *balance {
                faults.add(format!(
                    "{account} says {balance} paise, its postings say {posted}"
                ));
            }
        }
        let known: HashSet<Account> = stored.into_iter().map(|(account, _)| account).collect();
        for (account, balance) in self.balances() {
            if !known.contains(&account) {
                faults.add(format!("{account} has postings, but does not exist"));
            }
            if balance < 0 && !account.may_go_below_zero() {
                faults.add(format!("{account} is below zero"));
            }
        }
        let sum = self
            .balances
            .iter()
            .map(|(account, balance)| account.kind().debit(*balance));
        match sum.sum::<i64>() {
            0 => {}
            sum => faults.add(format!("debits and credits differ by {sum} paise")),
        }
        Ok(())
    }
}

fn add<T>(all: &mut HashMap<Id<T>, Moved>, id: Id<T>, posting: AuditPosting) {
    let moved = Moved::add(all.get(&id), posting);
    all.insert(id, moved);
}

impl Sums {
    fn add(&mut self, posting: AuditPosting) {
        let paise = posting.amount_paise;
        let first_line = u32::from(self.last_entry != posting.entry);
        self.last_entry = posting.entry;
        let (entries, sum) = match posting.kind {
            EntryKind::PayoutHeld => &mut self.held,
            EntryKind::PayoutSpent => &mut self.spent,
            EntryKind::PayoutReleased => &mut self.released,
            EntryKind::PayoutReturned => &mut self.returned,
            EntryKind::Opening
            | EntryKind::Deposit
            | EntryKind::PaymentCaptured
            | EntryKind::PaymentsSettled
            | EntryKind::SuspenseReceived
            | EntryKind::RefundHeld
            | EntryKind::RefundPaid
            | EntryKind::RefundReleased
            | EntryKind::DisputeHeld
            | EntryKind::DisputeLost
            | EntryKind::DisputeReleased => return,
        };
        *entries += first_line;
        *sum += paise;
        if let Account::Bank(bank) = posting.credit {
            self.left_bank = Some((bank, paise));
        }
        if let Account::Bank(bank) = posting.debit {
            self.back_at_bank = Some((bank, paise));
        }
    }
}
