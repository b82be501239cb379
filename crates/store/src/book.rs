//! Entries, postings and balances. Every movement of money passes through [`Balances`].

use crate::{
    chain::{Part, Table},
    dialect::{Insert, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{
    Id, Paise, UnixMs,
    account::Account,
    entry::{Entry, EntryKind},
    id::kind::{Dispute, Payment, Payout, Receipt, Refund, Settlement},
};
use std::collections::BTreeMap;

/// Balances of some accounts, locked until the transaction ends. Only [`lock`] makes them.
pub struct Balances(BTreeMap<i64, Balance>);

struct Balance {
    stored: i64,
    now: i64,
}

/// An entry with what it is about.
pub struct Movement {
    /// The entry.
    pub entry: Entry,
    /// What it is about.
    pub about: About,
}

/// What an entry is about. The kind of the entry says which of these it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    /// Nothing that has a number.
    Nothing,
    /// The payout that it moves the money of.
    Payout(Id<Payout>),
    /// The payment that it captures.
    Payment(Id<Payment>),
    /// The settlement that it makes.
    Settlement(Id<Settlement>),
    /// The receipt that it puts into suspense.
    Receipt(Id<Receipt>),
    /// The refund that it moves the money of.
    Refund(Id<Refund>),
    /// The dispute that it moves the money of.
    Dispute(Id<Dispute>),
}

impl About {
    pub(crate) const fn number(self) -> Option<i64> {
        match self {
            Self::Nothing => None,
            Self::Payout(id) => Some(id.get()),
            Self::Payment(id) => Some(id.get()),
            Self::Settlement(id) => Some(id.get()),
            Self::Receipt(id) => Some(id.get()),
            Self::Refund(id) => Some(id.get()),
            Self::Dispute(id) => Some(id.get()),
        }
    }

    /// What an entry of this kind with this number is about.
    pub(crate) fn of(kind: EntryKind, number: Option<i64>) -> Self {
        match (kind, number) {
            (EntryKind::Opening | EntryKind::Deposit, _) | (_, None) => Self::Nothing,
            (
                EntryKind::PayoutHeld
                | EntryKind::PayoutSpent
                | EntryKind::PayoutReleased
                | EntryKind::PayoutReturned,
                Some(id),
            ) => Self::Payout(Id::new(id)),
            (EntryKind::PaymentCaptured, Some(id)) => Self::Payment(Id::new(id)),
            (EntryKind::PaymentsSettled, Some(id)) => Self::Settlement(Id::new(id)),
            (EntryKind::SuspenseReceived, Some(id)) => Self::Receipt(Id::new(id)),
            (EntryKind::RefundHeld | EntryKind::RefundPaid | EntryKind::RefundReleased, Some(id)) => {
                Self::Refund(Id::new(id))
            }
            (EntryKind::DisputeHeld | EntryKind::DisputeLost | EntryKind::DisputeReleased, Some(id)) => {
                Self::Dispute(Id::new(id))
            }
        }
    }
}

/// Locks accounts, in the order of their numbers, and reads their balances.
///
/// # Errors
/// When an account does not exist.
pub fn lock(tx: &Tx<'_>, accounts: impl IntoIterator<Item = Account>) -> Result<Balances, StoreError> {
    let wanted: BTreeMap<i64, Account> = accounts
        .into_iter()
        .map(|account| (account.number(), account))
        .collect();
    let numbers: Vec<i64> = wanted.keys().copied().collect();
    let rows = tx.select_in("SELECT id, balance_paise FROM accounts", "id", &numbers, |row| {
        Ok((row.int(0)?, row.int(1)?))
    })?;
    let balances: BTreeMap<i64, Balance> = rows
        .into_iter()
        .map(|(number, stored)| (number, Balance { stored, now: stored }))
        .collect();
    match wanted.iter().find(|(number, _)| !balances.contains_key(number)) {
        Some((_, account)) => Err(StoreError::corrupt(format!("no account {account}"))),
        None => Ok(Balances(balances)),
    }
}

impl Balances {
    /// The balance of a locked account, in paise, with all that was posted in this transaction.
    #[must_use]
    pub fn of(&self, account: Account) -> i64 {
        self.0.get(&account.number()).map_or(0, |balance| balance.now)
    }

    /// What is in an account that never falls below zero.
    #[must_use]
    pub fn available(&self, account: Account) -> Paise {
        Paise::new(self.of(account)).unwrap_or(Paise::ZERO)
    }

    /// Moves the money of an entry, in memory.
    ///
    /// # Errors
    /// When an account was not locked, or would fall below zero and may not: then the caller decided wrongly.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), StoreError> {
        for posting in entry.postings() {
            let paise = posting.amount.get();
            self.change(posting.debit, posting.debit.kind().debit(paise))?;
            self.change(posting.credit, -posting.credit.kind().debit(paise))?;
        }
        Ok(())
    }

    fn change(&mut self, account: Account, by: i64) -> Result<(), StoreError> {
        let balance = self.0.get_mut(&account.number());
        let balance = balance.ok_or_else(|| StoreError::corrupt(format!("{account} was not locked")))?;
        balance.now = balance.now.saturating_add(by);
        if balance.now < 0 && !account.may_go_below_zero() {
            return Err(StoreError::corrupt(format!("{account} would fall below zero")));
        }
        Ok(())
    }
}

const ENTRIES: Insert<5> = Insert {
    table: "entries",
    columns: ["id", "batch_id", "kind", "about_id", "at_ms"],
};
const POSTINGS: Insert<5> = Insert {
    table: "postings",
    columns: [
        "entry_id",
        "line",
        "debit_account",
        "credit_account",
        "amount_paise",
    ],
};
const BALANCES: Update<2> = Update {
    table: "accounts",
    columns: ["id", "balance_paise"],
};

/// Writes entries that were applied to `balances`, and the balances themselves.
///
/// # Errors
/// Only those of the database.
pub fn write(
    tx: &mut Tx<'_>,
    balances: &Balances,
    movements: &[Movement],
    at: UnixMs,
) -> Result<(), StoreError> {
    if movements.is_empty() {
        return Ok(());
    }
    let (first, batch) = (tx.next_numbers("entry", movements.len())?, tx.batch()?);
    let numbered = || (first..).zip(movements);
    for (id, movement) in numbered() {
        link(tx, id, movement, at);
    }
    tx.insert_many(
        &ENTRIES,
        numbered().map(|(id, movement)| {
            let about = Value::maybe(movement.about.number());
            [
                Value::Int(id),
                Value::Int(batch),
                Value::Int(movement.entry.kind().code()),
                about,
                Value::Int(at.0),
            ]
        }),
    )?;
    tx.insert_many(
        &POSTINGS,
        numbered().flat_map(|(id, movement)| {
            (1..).zip(movement.entry.postings()).map(move |(line, posting)| {
                let (debit, credit) = (posting.debit.number(), posting.credit.number());
                [id, line, debit, credit, posting.amount.get()].map(Value::Int)
            })
        }),
    )?;
    let changed = balances
        .0
        .iter()
        .filter(|(_, balance)| balance.now != balance.stored);
    tx.update_many(
        &BALANCES,
        changed.map(|(number, balance)| [Value::Int(*number), Value::Int(balance.now)]),
    )
}

fn link(tx: &mut Tx<'_>, id: i64, movement: &Movement, at: UnixMs) {
    let mut row = vec![
        Part::Int(id),
        Part::Int(movement.entry.kind().code()),
        Part::Int(movement.about.number().unwrap_or(0)),
        Part::Int(at.0),
    ];
    for posting in movement.entry.postings() {
        row.extend(
            [
                posting.debit.number(),
                posting.credit.number(),
                posting.amount.get(),
            ]
            .map(Part::Int),
        );
    }
    tx.link.add(Table::Entries, &row);
}

/// Opens accounts with nothing in them.
///
/// # Errors
/// When one exists already.
pub fn open_accounts(tx: &Tx<'_>, accounts: &[Account]) -> Result<(), StoreError> {
    const ACCOUNTS: Insert<4> = Insert {
        table: "accounts",
        columns: ["id", "name", "balance_paise", "may_go_below_zero"],
    };
    let names: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    tx.insert_many(
        &ACCOUNTS,
        accounts.iter().zip(&names).map(|(account, name)| {
            let below_zero = i64::from(account.may_go_below_zero());
            [
                Value::Int(account.number()),
                Value::Text(name),
                Value::Int(0),
                Value::Int(below_zero),
            ]
        }),
    )
}

/// Locks what the entry touches, applies it and writes it: for a movement that stands alone.
///
/// # Errors
/// As [`lock`], [`Balances::apply`] and [`write`].
pub fn post_one(tx: &mut Tx<'_>, movement: Movement, at: UnixMs) -> Result<(), StoreError> {
    let touched = movement
        .entry
        .postings()
        .iter()
        .flat_map(|posting| [posting.debit, posting.credit]);
    let mut balances = lock(tx, touched)?;
    balances.apply(&movement.entry)?;
    write(tx, &balances, &[movement], at)
}

/// The balances of all accounts, by number.
///
/// # Errors
/// Only those of the database.
pub fn all_balances(tx: &Tx<'_>) -> Result<Vec<(Account, i64)>, StoreError> {
    tx.query("SELECT id, balance_paise FROM accounts ORDER BY id", &[], |row| {
        let number = row.int(0)?;
        let account = Account::from_number(number);
        Ok((
            account.ok_or_else(|| StoreError::corrupt(format!("account number {number}")))?,
            row.int(1)?,
        ))
    })
}

/// The kind of an entry from its code.
pub(crate) fn entry_kind(code: i64) -> Result<EntryKind, StoreError> {
    EntryKind::from_code(code).ok_or_else(|| StoreError::corrupt(format!("entry kind {code}")))
}
