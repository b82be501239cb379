//! The auditor of a simulated life: after every step the book is sound, and the bank's own truth fits it.

use crate::support::{
    World,
    bank::{Fate, Transfer},
    world::TAG,
};
use rokad_domain::{Id, account::Account, id::kind::Payout, payout::Status};
use rokad_flows::payout::reference;
use rokad_store::{audit, payout::StoredPayout};
use std::collections::{BTreeMap, HashMap};

/// Bank accounts of the simulation: number here, number at the bank.
pub const ACCOUNTS: [(i64, &str); 2] = [(1, "OP1"), (2, "OP2")];

/// Compares the book with itself and with the bank.
pub async fn judge(world: &World, told: &HashMap<(i64, String), Id<Payout>>) {
    let statement = world.verify().await;
    assert_eq!((statement.faults, statement.discrepancies), (vec![], 0));
    let payouts = all_payouts(world).await;
    let transfers = world.bank.transfers();
    let books: HashMap<Account, i64> = statement.balances.into_iter().collect();
    for (number, at_bank) in ACCOUNTS {
        let book = books.get(&Account::Bank(Id::new(number))).copied().unwrap_or(0);
        let unheard: i64 = payouts
            .values()
            .map(|payout| unheard(payout, number, &transfers))
            .sum();
        assert_eq!(
            book,
            world.bank.balance(at_bank) + unheard,
            "bank account {at_bank}"
        );
    }
    for payout in payouts.values() {
        let transfer = transfers.get(&reference::make(TAG, payout.id));
        assert!(fits(payout, transfer), "{payout:?}\n{transfer:?}");
    }
    for reference in transfers.keys() {
        assert!(
            payouts.contains_key(&reference::read(TAG, reference).unwrap()),
            "{reference} was never ours"
        );
    }
    for ((merchant, order), id) in told {
        let payout = &payouts[id];
        let kept = (payout.merchant.get(), payout.order.order_id.as_str());
        assert_eq!(kept, (*merchant, order.as_str()), "what was answered must exist");
    }
}

async fn all_payouts(world: &World) -> BTreeMap<Id<Payout>, StoredPayout> {
    let read = world.house.store.read(|tx| {
        let mut all = BTreeMap::new();
        audit::each_payout(tx, |payout| drop(all.insert(payout.id, payout)))?;
        Ok(all)
    });
    read.await.unwrap()
}

/// What the bank did with a payout's money that the book has not heard of yet: what is to be added to the bank's balance.
fn unheard(payout: &StoredPayout, account: i64, transfers: &BTreeMap<String, Transfer>) -> i64 {
    let Some(transfer) = transfers.get(&reference::make(TAG, payout.id)) else {
        return 0;
    };
    if payout.bank_account != Some(Id::new(account)) {
        return 0;
    }
    match (payout.status, &transfer.fate) {
        (Status::Processing, Fate::Paid(_)) => transfer.amount.get(),
        (Status::Approved, Fate::Returned(_)) => -transfer.amount.get(),
        _ => 0,
    }
}

/// Whether the book says nothing that the bank does not.
fn fits(payout: &StoredPayout, transfer: Option<&Transfer>) -> bool {
    if transfer.is_some_and(|transfer| transfer.amount != payout.order.amount) {
        return false;
    }
    let fate = transfer.map(|transfer| &transfer.fate);
    match (payout.status, &payout.utr) {
        (Status::Pending | Status::Declined, None) => fate.is_none(),
        (Status::Processing, None) => true,
        (Status::Approved, Some(known)) => {
            matches!(fate, Some(Fate::Paid(utr) | Fate::Returned(utr)) if utr == known)
        }
        (Status::Failed, Some(known)) => matches!(fate, Some(Fate::Returned(utr)) if utr == known),
        (Status::Failed, None) => matches!(fate, None | Some(Fate::Refused(_))),
        _ => false,
    }
}
