//! Proves the book: every balance and every booking is worked out again from the transfers.

use super::{
    account::{Account, Kind},
    book::Book,
    transfer::Outcome,
};
use rokad_domain::Paise;
use serde::Serialize;

/// What came out of checking the book.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Audit {
    /// Whether every account balances, and every transfer was booked exactly as often as it should be.
    pub balanced: bool,
    /// How many transfers there are, refused ones and those in progress too.
    pub transfers: usize,
    /// The references of transfers that were not booked as often as they should be, the first hundred.
    pub wrong_bookings: Vec<String>,
    /// Each account, in the order in which they were opened.
    pub accounts: Vec<AccountAudit>,
}

/// An account, worked out again. All amounts in paise; they may be anything if the book is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AccountAudit {
    /// Its number.
    pub number: String,
    /// What it was opened with.
    pub opening_paise: i64,
    /// What its bookings say was paid.
    pub paid_paise: i64,
    /// What its bookings say came back.
    pub returned_paise: i64,
    /// What the book says lies in it.
    pub balance_paise: i64,
    /// What the book says is blocked for transfers in progress.
    pub blocked_paise: i64,
    /// Whether `opening − paid + returned = balance`, and blocked is what the transfers in progress come to.
    pub balances: bool,
}

/// References named at most, so that an answer stays small.
const WRONG_NAMED_MAX: usize = 100;

/// Checks all of `book`. Takes time in proportion to it: some 20 ms a million transfers.
pub fn audit(book: &Book) -> Audit {
    let wrong_bookings = wrong_bookings(book);
    let blocked = blocked(book);
    let accounts: Vec<_> = book
        .accounts
        .iter()
        .zip(blocked)
        .map(|(account, blocked)| audit_account(book, account, blocked))
        .collect();
    Audit {
        balanced: wrong_bookings.is_empty() && accounts.iter().all(|a| a.balances),
        transfers: book.transfers.len(),
        wrong_bookings,
        accounts,
    }
}

fn audit_account(book: &Book, account: &Account, blocked: i64) -> AccountAudit {
    let sum = |kind| -> i64 {
        let of_kind = account.bookings.iter().filter(|b| b.kind == kind);
        of_kind
            .filter_map(|b| book.transfers.get(b.transfer as usize))
            .map(|t| t.amount.get())
            .sum()
    };
    let (paid, returned) = (sum(Kind::Paid), sum(Kind::Returned));
    let opening = account.opening.get();
    let balance = account.balance.get();
    AccountAudit {
        number: account.number.clone(),
        opening_paise: opening,
        paid_paise: paid,
        returned_paise: returned,
        balance_paise: balance,
        blocked_paise: account.blocked.get(),
        balances: opening - paid + returned == balance && account.blocked.get() == blocked,
    }
}

/// What the transfers in progress of each account come to.
fn blocked(book: &Book) -> Vec<i64> {
    let mut sums = vec![0; book.accounts.len()];
    for transfer in &book.transfers {
        let waiting = matches!(transfer.outcome, Outcome::Waiting { .. });
        if let Some(sum) = transfer
            .account
            .and_then(|at| sums.get_mut(usize::from(at)))
            .filter(|_| waiting)
        {
            *sum += Paise::get(transfer.amount);
        }
    }
    sums
}

/// Paid is booked once, returned once more the other way, all else never; and in the account that pays.
fn wrong_bookings(book: &Book) -> Vec<String> {
    let mut booked = vec![(0_u8, 0_u8); book.transfers.len()];
    for (at, account) in book.accounts.iter().enumerate() {
        for booking in &account.bookings {
            let theirs = book.transfers.get(booking.transfer as usize);
            let right_account = theirs.and_then(|t| t.account).map(usize::from) == Some(at);
            if let Some((paid, returned)) = booked.get_mut(booking.transfer as usize) {
                let count = if booking.kind == Kind::Paid {
                    paid
                } else {
                    returned
                };
                *count = if right_account {
                    count.saturating_add(1)
                } else {
                    u8::MAX
                };
            }
        }
    }
    let wrong = book
        .transfers
        .iter()
        .zip(booked)
        .filter(|(t, booked)| *booked != should_be(t.outcome));
    wrong
        .take(WRONG_NAMED_MAX)
        .map(|(t, _)| t.reference.to_string())
        .collect()
}

const fn should_be(outcome: Outcome) -> (u8, u8) {
    match outcome {
        Outcome::Paid { returned } => (1, returned as u8),
        Outcome::Refused(_) | Outcome::Waiting { .. } => (0, 0),
    }
}
