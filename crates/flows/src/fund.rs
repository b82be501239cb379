//! Money comes in by hand: a merchant's, or the operator's own.

use crate::House;
use rokad_domain::{Id, Now, Paise, entry::Entry, id::kind::BankAccount};
use rokad_store::{
    StoreError, Tx,
    bank_account::{self, StoredBankAccount},
    book::{self, About, Movement},
    merchant, operator,
};

/// The most that one entry by hand may carry, in rupees: ten crore. A slip of the finger should not be larger.
pub const BY_HAND_RUPEES_MAX: i64 = 100_000_000;

/// Why no money comes in.
#[derive(thiserror::Error, Debug)]
pub enum FundRefusal {
    /// Nothing, or too much.
    #[error("the amount must be more than nothing and at most {BY_HAND_RUPEES_MAX} rupees")]
    Amount,
    /// There is none.
    #[error("there is no merchant with PID {0}")]
    UnknownMerchant(String),
    /// There is none, or more than one and none was named.
    #[error("name the bank account that received the money, one of: {0}")]
    WhichBankAccount(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whose money came in.
#[derive(Clone, Debug)]
pub enum Whose {
    /// A merchant's, by PID.
    Merchant(String),
    /// The operator's own.
    Operator,
}

/// Records that `amount` came into a bank account; into the only one when none is named.
///
/// # Errors
/// As [`FundRefusal`].
pub async fn fund(
    house: &House,
    whose: Whose,
    amount: Paise,
    bank_account: Option<String>,
    actor: String,
) -> Result<(), FundRefusal> {
    house
        .store
        .tx("fund", move |tx, now| {
            fund_one(tx, now, &whose, amount, bank_account.as_deref(), &actor)
        })
        .await?;
    house.bells.payouts_wait();
    Ok(())
}

/// The same, within a transaction of somebody else's.
pub(crate) fn fund_one(
    tx: &mut Tx<'_>,
    now: Now,
    whose: &Whose,
    amount: Paise,
    bank_account: Option<&str>,
    actor: &str,
) -> Result<(), FundRefusal> {
    if amount.is_zero() || amount.whole_rupees() > BY_HAND_RUPEES_MAX {
        return Err(FundRefusal::Amount);
    }
    let bank = which(bank_account::all(tx)?, bank_account)?;
    post(tx, now, whose, bank, amount, actor)
}

fn which(accounts: Vec<StoredBankAccount>, name: Option<&str>) -> Result<Id<BankAccount>, FundRefusal> {
    let names = || {
        accounts
            .iter()
            .map(|account| account.declared.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (name, accounts.as_slice()) {
        (None, [only]) => Ok(only.id),
        (None, _) => Err(FundRefusal::WhichBankAccount(names())),
        (Some(name), all) => {
            let known = all.iter().find(|account| account.declared.name == name);
            known
                .map(|account| account.id)
                .ok_or_else(|| FundRefusal::WhichBankAccount(names()))
        }
    }
}

fn post(
    tx: &mut Tx<'_>,
    now: Now,
    whose: &Whose,
    bank: Id<BankAccount>,
    amount: Paise,
    actor: &str,
) -> Result<(), FundRefusal> {
    let (entry, subject) = match whose {
        Whose::Operator => (Entry::opening(bank, amount), "operator"),
        Whose::Merchant(pid) => {
            let merchant =
                merchant::by_pid(tx, pid)?.ok_or_else(|| FundRefusal::UnknownMerchant(pid.clone()))?;
            (Entry::deposit(bank, merchant.id, amount), pid.as_str())
        }
    };
    let entry = entry.ok_or(FundRefusal::Amount)?;
    book::post_one(
        tx,
        Movement {
            entry,
            about: About::Nothing,
        },
        now.at(),
    )?;
    operator::log_action(tx, actor, "fund", subject, &amount.to_string(), now.at())?;
    Ok(())
}
