//! Every movement of money is one entry, made by one named function here.
//!
//! A posting moves an amount from one account to another, so that an entry balances by construction: there is no
//! way to write down a debit without its credit (docs/decisions/0002).

use crate::{
    account::Account,
    charge::{Charge, FeeOnReturn},
    codes::codes,
    dispute::{Released, SetAside},
    id::{
        Id,
        kind::{BankAccount, Merchant},
    },
    money::Paise,
    payment::Source,
};

/// One line of an entry: `amount` is debited to one account and credited to another. Never zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Posting {
    /// The account debited.
    pub debit: Account,
    /// The account credited.
    pub credit: Account,
    /// How much.
    pub amount: Paise,
}

/// One journal entry. Invariant: at least one posting, none of them zero.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    kind: EntryKind,
    postings: Vec<Posting>,
}

/// What an entry records.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EntryKind {
    /// The operator's own money came into a bank account.
    Opening,
    /// A merchant's money came into a bank account.
    Deposit,
    /// A payout was requested: its money and its price are set aside.
    PayoutHeld,
    /// A payout was paid: the money left the bank, the price was earned.
    PayoutSpent,
    /// A payout was not paid: what was set aside is free again.
    PayoutReleased,
    /// A payout that had been paid came back.
    PayoutReturned,
    /// A customer paid: the money is the merchant's, less the price.
    PaymentCaptured,
    /// What was captured for a merchant may be used from now on.
    PaymentsSettled,
    /// Money came in that nobody has claimed yet.
    SuspenseReceived,
    /// A refund was asked for: its money is set aside.
    RefundHeld,
    /// A refund was paid: the money left the acquirer, or the bank.
    RefundPaid,
    /// A refund was not paid: its money is the merchant's again.
    RefundReleased,
    /// A dispute was raised: its money is set aside, and what is missing is owed.
    DisputeHeld,
    /// A dispute was lost: the money left the acquirer, or the bank.
    DisputeLost,
    /// A dispute was won or withdrawn: its money is the merchant's again, less what it owes for it.
    DisputeReleased,
}

// In the database.
codes! { EntryKind as i64 {
    Opening = 1,
    Deposit = 2,
    PayoutHeld = 3,
    PayoutSpent = 4,
    PayoutReleased = 5,
    PayoutReturned = 6,
    PaymentCaptured = 7,
    PaymentsSettled = 8,
    SuspenseReceived = 9,
    RefundHeld = 10,
    RefundPaid = 11,
    RefundReleased = 12,
    DisputeHeld = 13,
    DisputeLost = 14,
    DisputeReleased = 15,
} }

impl Entry {
    /// An entry of those of `lines` that move something. `None` when nothing moves.
    fn of(kind: EntryKind, lines: &[(Account, Account, Paise)]) -> Option<Self> {
        let postings: Vec<Posting> = lines
            .iter()
            .filter(|(_, _, amount)| !amount.is_zero())
            .map(|&(debit, credit, amount)| Posting {
                debit,
                credit,
                amount,
            })
            .collect();
        (!postings.is_empty()).then_some(Self { kind, postings })
    }

    /// The operator's own money came into a bank account.
    #[must_use]
    pub fn opening(bank: Id<BankAccount>, amount: Paise) -> Option<Self> {
        Self::of(
            EntryKind::Opening,
            &[(Account::Bank(bank), Account::Capital, amount)],
        )
    }

    /// A merchant's money came into a bank account.
    #[must_use]
    pub fn deposit(bank: Id<BankAccount>, merchant: Id<Merchant>, amount: Paise) -> Option<Self> {
        Self::of(
            EntryKind::Deposit,
            &[(Account::Bank(bank), Account::Available(merchant), amount)],
        )
    }

    /// A payout was requested: its amount and its price are set aside.
    #[must_use]
    pub fn hold(merchant: Id<Merchant>, amount: Paise, charge: Charge) -> Option<Self> {
        let total = amount.plus(charge.total()?)?;
        Self::of(
            EntryKind::PayoutHeld,
            &[(Account::Available(merchant), Account::Held(merchant), total)],
        )
    }

    /// A payout was paid from `bank`: the amount left, the price was earned.
    #[must_use]
    pub fn spend(
        merchant: Id<Merchant>,
        bank: Id<BankAccount>,
        amount: Paise,
        charge: Charge,
    ) -> Option<Self> {
        let held = Account::Held(merchant);
        Self::of(
            EntryKind::PayoutSpent,
            &[
                (held, Account::Bank(bank), amount),
                (held, Account::Fee, charge.fee),
                (held, Account::Gst, charge.gst),
            ],
        )
    }

    /// A payout was not paid: all that was set aside is free again.
    #[must_use]
    pub fn release(merchant: Id<Merchant>, amount: Paise, charge: Charge) -> Option<Self> {
        let total = amount.plus(charge.total()?)?;
        Self::of(
            EntryKind::PayoutReleased,
            &[(Account::Held(merchant), Account::Available(merchant), total)],
        )
    }

    /// A payout that had been paid came back to `bank`; its price too, if the rule says so.
    #[must_use]
    pub fn give_back(
        merchant: Id<Merchant>,
        bank: Id<BankAccount>,
        amount: Paise,
        charge: Charge,
        rule: FeeOnReturn,
    ) -> Option<Self> {
        let available = Account::Available(merchant);
        let back = match rule {
            FeeOnReturn::Keep => Charge::default(),
            FeeOnReturn::GiveBack => charge,
        };
        Self::of(
            EntryKind::PayoutReturned,
            &[
                (Account::Bank(bank), available, amount),
                (Account::Fee, available, back.fee),
                (Account::Gst, available, back.gst),
            ],
        )
    }

    /// A customer paid `amount` into `purse`, an acquirer's or a bank account: the merchant has it, less the price.
    /// `None`, too, when the price is more than the amount.
    #[must_use]
    pub fn capture(purse: Account, merchant: Id<Merchant>, amount: Paise, charge: Charge) -> Option<Self> {
        let net = amount.minus(charge.total()?)?;
        Self::of(
            EntryKind::PaymentCaptured,
            &[
                (purse, Account::Collected(merchant), net),
                (purse, Account::Fee, charge.fee),
                (purse, Account::Gst, charge.gst),
            ],
        )
    }

    /// What was captured for a merchant may be used from now on, less what it owes: `owing`.
    #[must_use]
    pub fn settle(merchant: Id<Merchant>, net: Paise, owing: Paise) -> Option<Self> {
        let collected = Account::Collected(merchant);
        let repaid = net.min(owing);
        Self::of(
            EntryKind::PaymentsSettled,
            &[
                (collected, Account::Owing(merchant), repaid),
                (collected, Account::Available(merchant), net.minus(repaid)?),
            ],
        )
    }

    /// Money came into `purse` that nobody has claimed yet.
    #[must_use]
    pub fn into_suspense(purse: Account, amount: Paise) -> Option<Self> {
        Self::of(EntryKind::SuspenseReceived, &[(purse, Account::Suspense, amount)])
    }

    /// A refund was asked for: its money is set aside, from where it lies.
    #[must_use]
    pub fn hold_refund(merchant: Id<Merchant>, from: Source) -> Option<Self> {
        let held = Account::Held(merchant);
        Self::of(
            EntryKind::RefundHeld,
            &[
                (Account::Collected(merchant), held, from.collected),
                (Account::Available(merchant), held, from.available),
            ],
        )
    }

    /// A refund was paid out of `purse`, where the payment's money came in.
    #[must_use]
    pub fn pay_refund(merchant: Id<Merchant>, purse: Account, amount: Paise) -> Option<Self> {
        Self::of(EntryKind::RefundPaid, &[(Account::Held(merchant), purse, amount)])
    }

    /// A refund was not paid: its money goes back.
    #[must_use]
    pub fn release_refund(merchant: Id<Merchant>, to: Source) -> Option<Self> {
        let held = Account::Held(merchant);
        Self::of(
            EntryKind::RefundReleased,
            &[
                (held, Account::Collected(merchant), to.collected),
                (held, Account::Available(merchant), to.available),
            ],
        )
    }

    /// A dispute was raised: its money is set aside, from where it lies; what is missing is owed.
    #[must_use]
    pub fn hold_dispute(merchant: Id<Merchant>, aside: &SetAside) -> Option<Self> {
        let disputed = Account::Disputed(merchant);
        Self::of(
            EntryKind::DisputeHeld,
            &[
                (Account::Collected(merchant), disputed, aside.source.collected),
                (Account::Available(merchant), disputed, aside.source.available),
                (Account::Owing(merchant), disputed, aside.owed),
            ],
        )
    }

    /// A dispute was lost: its money left `purse`, where the payment's money came in.
    #[must_use]
    pub fn lose_dispute(merchant: Id<Merchant>, purse: Account, amount: Paise) -> Option<Self> {
        Self::of(
            EntryKind::DisputeLost,
            &[(Account::Disputed(merchant), purse, amount)],
        )
    }

    /// A dispute was won or withdrawn: its money pays what the merchant owes for it, and goes back.
    #[must_use]
    pub fn release_dispute(merchant: Id<Merchant>, released: &Released) -> Option<Self> {
        let disputed = Account::Disputed(merchant);
        Self::of(
            EntryKind::DisputeReleased,
            &[
                (disputed, Account::Owing(merchant), released.repaid),
                (disputed, Account::Collected(merchant), released.to.collected),
                (disputed, Account::Available(merchant), released.to.available),
            ],
        )
    }

    /// What it records.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        self.kind
    }

    /// Its lines.
    #[must_use]
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn apply(balances: &mut HashMap<Account, i64>, entry: &Entry) {
        for posting in entry.postings() {
            let paise = posting.amount.get();
            *balances.entry(posting.debit).or_default() += posting.debit.kind().debit(paise);
            *balances.entry(posting.credit).or_default() -= posting.credit.kind().debit(paise);
        }
    }

    fn paise(range: std::ops::Range<i64>) -> impl Strategy<Value = Paise> {
        range.prop_map(|p| Paise::new(p).unwrap())
    }

    proptest! {
        #[test]
        fn held_money_goes_to_the_bank_and_the_fee_or_back_to_the_merchant(
            amount in paise(100..50_000_000), fee in paise(0..100_000), gst in paise(0..10_000),
            paid in any::<bool>(), returned in any::<bool>(), give in any::<bool>(),
        ) {
            let (merchant, bank, charge) = (Id::new(1), Id::new(1), Charge { fee, gst });
            let total = amount.plus(charge.total().unwrap()).unwrap();
            let mut book = HashMap::new();
            apply(&mut book, &Entry::deposit(bank, merchant, total).unwrap());
            apply(&mut book, &Entry::hold(merchant, amount, charge).unwrap());
            prop_assert_eq!(book[&Account::Held(merchant)], total.get());
            prop_assert_eq!(book[&Account::Available(merchant)], 0);
            let rule = if give { FeeOnReturn::GiveBack } else { FeeOnReturn::Keep };
            if paid {
                apply(&mut book, &Entry::spend(merchant, bank, amount, charge).unwrap());
                if returned {
                    apply(&mut book, &Entry::give_back(merchant, bank, amount, charge, rule).unwrap());
                }
            } else {
                apply(&mut book, &Entry::release(merchant, amount, charge).unwrap());
            }
            let back = match (paid, returned, give) {
                (false, _, _) | (true, true, true) => total.get(),
                (true, true, false) => amount.get(),
                (true, false, _) => 0,
            };
            prop_assert_eq!(book[&Account::Held(merchant)], 0);
            prop_assert_eq!(book[&Account::Available(merchant)], back);
            let assets: i64 = book.iter().filter(|(a, _)| a.kind() == crate::account::Kind::Asset).map(|(_, b)| b).sum();
            let others: i64 = book.iter().filter(|(a, _)| a.kind() != crate::account::Kind::Asset).map(|(_, b)| b).sum();
            prop_assert_eq!(assets, others);
        }
    }

    proptest! {
        #[test]
        fn what_a_customer_paid_is_the_merchants_less_the_price_to_the_paisa(
            amount in paise(100..50_000_000), fee in paise(0..50), gst in paise(0..50),
        ) {
            let (merchant, purse, charge) = (Id::new(1), Account::Acquirer(Id::new(1)), Charge { fee, gst });
            let net = amount.minus(charge.total().unwrap()).unwrap();
            let mut book = HashMap::new();
            apply(&mut book, &Entry::capture(purse, merchant, amount, charge).unwrap());
            prop_assert_eq!(book[&purse], amount.get());
            prop_assert_eq!(book[&Account::Collected(merchant)], net.get());
            apply(&mut book, &Entry::settle(merchant, net, Paise::ZERO).unwrap());
            prop_assert_eq!(book[&Account::Collected(merchant)], 0);
            prop_assert_eq!(book[&Account::Available(merchant)], net.get());
        }
    }

    proptest! {
        #[test]
        fn refunded_money_leaves_the_purse_that_it_came_into_or_goes_back_to_the_merchant(
            amount in paise(1_000..50_000_000), fee in paise(0..50), part in 1..1_000i64, paid in any::<bool>(), settled in any::<bool>(),
        ) {
            let (merchant, purse) = (Id::new(1), Account::Acquirer(Id::new(1)));
            let charge = Charge { fee, gst: Paise::ZERO };
            let (net, part) = (amount.minus(fee).unwrap(), Paise::new(part).unwrap());
            let mut book = HashMap::new();
            apply(&mut book, &Entry::capture(purse, merchant, amount, charge).unwrap());
            let from = Source::take(part, net, Paise::ZERO);
            prop_assume!(from.is_some());
            let from = from.unwrap();
            apply(&mut book, &Entry::hold_refund(merchant, from).unwrap());
            prop_assert_eq!(book[&Account::Held(merchant)], part.get());
            if paid {
                apply(&mut book, &Entry::pay_refund(merchant, purse, part).unwrap());
            } else {
                apply(&mut book, &Entry::release_refund(merchant, from.returns(settled).unwrap()).unwrap());
            }
            let of = |account| book.get(&account).copied().unwrap_or(0);
            prop_assert_eq!(of(Account::Held(merchant)), 0);
            let theirs = of(Account::Collected(merchant)) + of(Account::Available(merchant));
            prop_assert_eq!(theirs, net.get() - if paid { part.get() } else { 0 });
            prop_assert_eq!(of(purse), amount.get() - if paid { part.get() } else { 0 });
        }
    }

    proptest! {
        #[test]
        fn a_lost_dispute_is_paid_by_the_merchant_in_the_end_and_a_won_one_costs_nothing(
            amount in paise(1_000..50_000), has in paise(0..60_000), later in paise(60_000..90_000), lost in any::<bool>(),
        ) {
            let (merchant, purse) = (Id::new(1), Account::Acquirer(Id::new(1)));
            let mut book = HashMap::new();
            let of = |book: &HashMap<Account, i64>, account| book.get(&account).copied().unwrap_or(0);
            apply(&mut book, &Entry::capture(purse, merchant, amount, Charge::default()).unwrap());
            apply(&mut book, &Entry::settle(merchant, amount, Paise::ZERO).unwrap());
            // Of what was settled, it has this much left.
            let spent = amount.minus(has.min(amount)).unwrap();
            if let Some(spend) = Entry::hold(merchant, spent, Charge::default()) {
                apply(&mut book, &spend);
            }
            let available = Paise::new(of(&book, Account::Available(merchant))).unwrap();
            let disputed = crate::dispute::Disputed {
                status: crate::payment::Status::Captured, amount, back: Default::default(), disputes: 0, uncleared: Paise::ZERO,
            };
            let aside = crate::dispute::decide_raise(&disputed, amount, available).unwrap();
            apply(&mut book, &Entry::hold_dispute(merchant, &aside).unwrap());
            prop_assert_eq!(of(&book, Account::Disputed(merchant)), amount.get());
            // The next settlement pays what is owed first.
            apply(&mut book, &Entry::capture(purse, merchant, later, Charge::default()).unwrap());
            let owing = Paise::new(of(&book, Account::Owing(merchant))).unwrap();
            prop_assert_eq!(owing, aside.owed);
            apply(&mut book, &Entry::settle(merchant, later, owing).unwrap());
            prop_assert_eq!(of(&book, Account::Owing(merchant)), 0);
            if lost {
                apply(&mut book, &Entry::lose_dispute(merchant, purse, aside.amount).unwrap());
            } else {
                let released = crate::dispute::decide_release(&aside, Paise::ZERO, true).unwrap();
                apply(&mut book, &Entry::release_dispute(merchant, &released).unwrap());
            }
            let cost = if lost { amount.get() } else { 0 };
            let rest = amount.get() - spent.get() + later.get() - cost;
            prop_assert_eq!(of(&book, Account::Available(merchant)), rest);
            prop_assert_eq!(of(&book, Account::Disputed(merchant)), 0);
            prop_assert_eq!(of(&book, purse), amount.get() + later.get() - cost);
        }
    }

    #[test]
    fn a_price_above_the_amount_is_no_capture() {
        let charge = Charge {
            fee: Paise::new(90).unwrap(),
            gst: Paise::new(11).unwrap(),
        };
        assert_eq!(
            Entry::capture(Account::Suspense, Id::new(1), Paise::new(100).unwrap(), charge),
            None
        );
    }

    #[test]
    fn an_entry_that_moves_nothing_cannot_be_made() {
        assert_eq!(Entry::deposit(Id::new(1), Id::new(1), Paise::ZERO), None);
    }

    #[test]
    fn each_kind_has_a_code_of_its_own() {
        for (kind, code) in EntryKind::ALL {
            assert_eq!(kind.code(), *code);
            assert_eq!(EntryKind::from_code(*code), Some(*kind));
        }
    }
}
