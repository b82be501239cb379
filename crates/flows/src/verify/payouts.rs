//! Payouts: each one's entries, log, queue and bank are those of its state.

use super::{
    Faults,
    disputes::Disputes,
    ledger::{Ledger, Sums},
    payments::Payments,
    refunds::Refunds,
    road::Road,
};
use crate::payout::reference;
use rokad_domain::{
    Id, Paise, UnixMs,
    account::Account,
    charge::FeeOnReturn,
    id::kind::{BankAccount, Merchant, Payout},
    payout::Status,
};
use rokad_store::{
    StoreError, Tx, audit, bank_account,
    payout::StoredPayout,
    payout_queue::{self, Sent},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What all payouts add up to.
pub(super) struct Payouts {
    pub(super) by_status: BTreeMap<&'static str, (usize, i64)>,
    waiting: HashSet<Id<Payout>>,
    sent: HashMap<Id<Payout>, Sent>,
    held: HashMap<Id<Merchant>, i64>,
    under_way: HashMap<Id<BankAccount>, i64>,
    earned: i64,
    taxed: i64,
    seen: usize,
    queued: usize,
}

impl Payouts {
    pub(super) fn check(
        tx: &Tx<'_>,
        ledger: &Ledger,
        road: &Road,
        others: (&Payments, &Refunds, &Disputes),
        faults: &mut Faults,
    ) -> Result<Self, StoreError> {
        let sent = payout_queue::due_for_question(tx, UnixMs(i64::MAX), usize::MAX)?;
        let mut payouts = Self {
            by_status: BTreeMap::new(),
            waiting: audit::queues(tx)?.waiting.into_iter().collect(),
            sent: sent.into_iter().map(|sent| (sent.payout, sent)).collect(),
            held: HashMap::new(),
            under_way: HashMap::new(),
            earned: 0,
            taxed: 0,
            seen: 0,
            queued: 0,
        };
        audit::each_payout(tx, |payout| payouts.one(&payout, ledger, road, faults))?;
        payouts.all(tx, ledger, road, others, faults)?;
        Ok(payouts)
    }

    fn one(&mut self, payout: &StoredPayout, ledger: &Ledger, road: &Road, faults: &mut Faults) {
        let sums = ledger.of(payout.id);
        self.count(payout, sums);
        let logged = road.ends(payout.id, payout.last_change, payout.status);
        let complaints = [
            unexplained(payout, sums),
            (!logged).then_some("its log of states says otherwise"),
            self.misplaced(payout),
        ];
        for complaint in complaints.into_iter().flatten() {
            let (id, word) = (payout.id, payout.status.word());
            faults.add(format!("payout {id} ({word}): {complaint}"));
        }
    }

    fn count(&mut self, payout: &StoredPayout, sums: Sums) {
        self.seen += 1;
        let amount = payout.order.amount.get();
        let (count, sum) = self.by_status.entry(payout.status.word()).or_default();
        (*count, *sum) = (*count + 1, *sum + amount);
        if payout.status.is_open() {
            self.queued += 1;
            *self.held.entry(payout.merchant).or_default() += total(payout);
        }
        if let (Status::Processing, Some(bank)) = (payout.status, payout.bank_account) {
            *self.under_way.entry(bank).or_default() += amount;
        }
        let given_back = sums.returned.0 > 0 && payout.on_return == FeeOnReturn::GiveBack;
        if sums.spent.0 > 0 && !given_back {
            self.earned += payout.charge.fee.get();
            self.taxed += payout.charge.gst.get();
        }
    }

    fn misplaced(&self, payout: &StoredPayout) -> Option<&'static str> {
        let sent = self.sent.get(&payout.id);
        let queued = (self.waiting.contains(&payout.id), sent.is_some());
        let right = (
            payout.status == Status::Pending,
            payout.status == Status::Processing,
        );
        match sent {
            _ if queued != right => Some("it stands in the wrong queue"),
            Some(sent) if Some(sent.bank_account) != payout.bank_account => {
                Some("its intent names another bank account")
            }
            Some(sent) if !reference::names(&sent.reference, payout.id) => {
                Some("its reference at the bank is not its own")
            }
            _ => None,
        }
    }

    /// What can only be seen of all together.
    fn all(
        &self,
        tx: &Tx<'_>,
        ledger: &Ledger,
        road: &Road,
        (others, refunds, disputes): (&Payments, &Refunds, &Disputes),
        faults: &mut Faults,
    ) -> Result<(), StoreError> {
        if road.payouts() != self.seen || ledger.payouts() != self.seen {
            faults.add("there are entries or states of payouts that do not exist".to_owned());
        }
        if self.waiting.len() + self.sent.len() != self.queued {
            faults.add("payouts stand in a queue that do not belong there".to_owned());
        }
        let held = |account: &Account| match account {
            Account::Held(merchant) => Some(of(&self.held, merchant) + of(&refunds.held, merchant)),
            Account::Fee => Some(self.earned + others.earned),
            Account::Gst => Some(self.taxed + others.taxed),
            Account::Collected(merchant) => Some(of(&others.collected, merchant)),
            Account::Suspense => Some(others.suspense),
            Account::Acquirer(acquirer) => {
                let paid_out = of(&refunds.paid_out, acquirer) + of(&disputes.paid_out, acquirer);
                Some(of(&others.acquired, acquirer) - paid_out)
            }
            Account::Disputed(merchant) => Some(of(&disputes.disputed, merchant)),
            Account::Available(_) | Account::Owing(_) | Account::Bank(_) | Account::Capital => None,
        };
        for (account, balance) in ledger.balances() {
            if held(&account).is_some_and(|explained| explained != balance) {
                faults.add(format!(
                    "{account} is not what its payouts, payments, refunds and disputes add up to"
                ));
            }
        }
        for account in bank_account::all(tx)? {
            let said = account.under_way.get();
            let is = self.under_way.get(&account.id).copied().unwrap_or(0);
            if said != is {
                let name = &account.declared.name;
                faults.add(format!(
                    "bank account {name} says that {said} paise are under way, its payouts say {is}"
                ));
            }
        }
        Ok(())
    }
}

fn of<T>(sums: &HashMap<Id<T>, i64>, id: &Id<T>) -> i64 {
    sums.get(id).copied().unwrap_or(0)
}

/// Amount and price.
fn total(payout: &StoredPayout) -> i64 {
    let total = payout
        .charge
        .total()
        .and_then(|price| payout.order.amount.plus(price));
    total.map_or(0, Paise::get)
}

/// What does not fit between a payout's state and its entries.
fn unexplained(payout: &StoredPayout, sums: Sums) -> Option<&'static str> {
    let (once, none) = ((1, total(payout)), (0, 0));
    let amount = payout.order.amount.get();
    let back = match payout.on_return {
        FeeOnReturn::Keep => (1, amount),
        FeeOnReturn::GiveBack => once,
    };
    if sums.held != once {
        return Some("its money was not set aside exactly once");
    }
    // Spent, released, returned.
    let expected = match (payout.status, payout.utr.is_some()) {
        (Status::Pending | Status::Processing, false) => Some((none, none, none)),
        (Status::Approved, true) => Some((once, none, none)),
        (Status::Failed | Status::Declined, false) => Some((none, once, none)),
        (Status::Failed | Status::Declined, true) => Some((once, none, back)),
        (Status::Pending | Status::Processing, true) | (Status::Approved, false) => None,
    };
    if expected != Some((sums.spent, sums.released, sums.returned)) {
        return Some("its entries are not those of its state");
    }
    let at_its_bank = |moved: bool| {
        moved
            .then_some(payout.bank_account.map(|bank| (bank, amount)))
            .flatten()
    };
    let (left, came_back) = (
        at_its_bank(sums.spent != none),
        at_its_bank(sums.returned != none),
    );
    if (left, came_back) != (sums.left_bank, sums.back_at_bank) {
        return Some("its entries name another bank account or amount");
    }
    None
}
