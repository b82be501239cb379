//! The operator's bank accounts that pay out.

use crate::{
    book,
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{Id, Paise, account::Account, bank_account::Candidate, id::kind::BankAccount};

/// What the operator declares of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// The operator's name for it, shown to merchants as `sender_pg`.
    pub name: String,
    /// The rail that reaches its bank.
    pub rail: String,
    /// Its number at the bank.
    pub number: String,
    /// Its holder.
    pub holder: String,
    /// The bank's name.
    pub bank: String,
    /// What must stay in it.
    pub minimum_balance: Paise,
    /// What may leave it in a day.
    pub daily_limit: Paise,
    /// Its share of the payouts.
    pub weight: u32,
}

/// An account as it stands.
#[derive(Clone, Debug)]
pub struct StoredBankAccount {
    /// Its number here.
    pub id: Id<BankAccount>,
    /// What the operator declared.
    pub declared: Declared,
    /// Whether it pays at present.
    pub active: bool,
    /// What is under way from it.
    pub under_way: Paise,
    /// The day of `used`, in Asia/Kolkata.
    pub used_day: i64,
    /// What left it on that day, or was about to.
    pub used: Paise,
}

impl StoredBankAccount {
    /// What the choice of an account needs to know, on `today`, with `balance` in the book.
    #[must_use]
    pub fn candidate(&self, today: i64, balance: i64) -> Candidate {
        Candidate {
            id: self.id,
            active: self.active,
            balance,
            under_way: self.under_way,
            minimum_balance: self.declared.minimum_balance,
            daily_limit: self.declared.daily_limit,
            used_today: if self.used_day == today {
                self.used
            } else {
                Paise::ZERO
            },
            weight: self.declared.weight,
        }
    }
}

const COLUMNS: &str = "SELECT id, name, rail, number, holder, bank, minimum_balance_paise, daily_limit_paise, weight, active, \
     under_way_paise, used_day, used_paise FROM bank_accounts";

fn read(row: &Row<'_>) -> Result<StoredBankAccount, StoreError> {
    let paise = |column: usize| {
        row.int(column)
            .and_then(|p| Paise::new(p).ok_or_else(|| StoreError::corrupt("amount of a bank account")))
    };
    Ok(StoredBankAccount {
        id: Id::new(row.int(0)?),
        declared: Declared {
            name: row.text(1)?,
            rail: row.text(2)?,
            number: row.text(3)?,
            holder: row.text(4)?,
            bank: row.text(5)?,
            minimum_balance: paise(6)?,
            daily_limit: paise(7)?,
            weight: u32::try_from(row.int(8)?).unwrap_or(0),
        },
        active: row.flag(9)?,
        under_way: paise(10)?,
        used_day: row.int(11)?,
        used: paise(12)?,
    })
}

/// Every account, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn all(tx: &Tx<'_>) -> Result<Vec<StoredBankAccount>, StoreError> {
    tx.query(&format!("{COLUMNS} ORDER BY id"), &[], read)
}

const ACCOUNTS: Insert<13> = Insert {
    table: "bank_accounts",
    columns: [
        "id",
        "name",
        "rail",
        "number",
        "holder",
        "bank",
        "minimum_balance_paise",
        "daily_limit_paise",
        "weight",
        "active",
        "under_way_paise",
        "used_day",
        "used_paise",
    ],
};
const DECLARED: Update<8> = Update {
    table: "bank_accounts",
    columns: [
        "id",
        "rail",
        "number",
        "holder",
        "bank",
        "minimum_balance_paise",
        "daily_limit_paise",
        "weight",
    ],
};

/// Brings the account of this name to what is declared; makes it, with its account in the book, where it is missing.
///
/// # Errors
/// Only those of the database.
pub fn declare(tx: &mut Tx<'_>, declared: &Declared) -> Result<Id<BankAccount>, StoreError> {
    let known = all(tx)?
        .into_iter()
        .find(|account| account.declared.name == declared.name);
    let numbers = [
        declared.minimum_balance.get(),
        declared.daily_limit.get(),
        i64::from(declared.weight),
    ];
    let [minimum, limit, weight] = numbers.map(Value::Int);
    let [rail, number, holder, bank] =
        [&declared.rail, &declared.number, &declared.holder, &declared.bank].map(|text| Value::Text(text));
    if let Some(known) = known {
        let id = Value::Int(known.id.get());
        tx.update_many(
            &DECLARED,
            [[id, rail, number, holder, bank, minimum, limit, weight]],
        )?;
        return Ok(known.id);
    }
    let id = tx.next_numbers("bank_account", 1)?;
    let [key, active, nothing] = [id, 1, 0].map(Value::Int);
    let name = Value::Text(&declared.name);
    tx.insert_many(
        &ACCOUNTS,
        [[
            key, name, rail, number, holder, bank, minimum, limit, weight, active, nothing, nothing, nothing,
        ]],
    )?;
    book::open_accounts(tx, &[Account::Bank(Id::new(id))])?;
    Ok(Id::new(id))
}

const USE: Update<4> = Update {
    table: "bank_accounts",
    columns: ["id", "under_way_paise", "used_day", "used_paise"],
};

/// Writes what is under way from accounts, and what they used `today`.
///
/// # Errors
/// Only those of the database.
pub fn keep_use(tx: &Tx<'_>, today: i64, candidates: &[Candidate]) -> Result<(), StoreError> {
    let row = |c: &Candidate| [c.id.get(), c.under_way.get(), today, c.used_today.get()].map(Value::Int);
    tx.update_many(&USE, candidates.iter().map(row))
}

/// Takes amounts off what is under way from an account: paid, or refused. What was refused did not use the day's limit.
///
/// # Errors
/// When more comes off than was under way.
pub fn no_longer_under_way(
    tx: &Tx<'_>,
    id: Id<BankAccount>,
    off: Paise,
    unused: Paise,
) -> Result<(), StoreError> {
    let sql = "UPDATE bank_accounts SET under_way_paise = under_way_paise - $2, \
               used_paise = CASE WHEN used_paise < $3 THEN 0 ELSE used_paise - $3 END WHERE id = $1";
    let [id, off, unused] = [id.get(), off.get(), unused.get()].map(Value::Int);
    tx.change_one("bank_accounts", sql, &[id, off, unused])
}

/// Switches an account on or off. `false`: there is none of this name.
///
/// # Errors
/// Only those of the database.
pub fn set_active(tx: &Tx<'_>, name: &str, active: bool) -> Result<bool, StoreError> {
    let sql = "UPDATE bank_accounts SET active = $1 WHERE name = $2";
    Ok(tx.execute(sql, &[Value::Int(i64::from(active)), Value::Text(name)])? == 1)
}
