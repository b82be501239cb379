//! What an operator declares is brought into the database: bank accounts, operators.

use crate::House;
use rokad_domain::{Id, id::kind::Acquirer};
use rokad_store::{
    StoreError, acquirer,
    bank_account::{self, Declared},
    holiday, merchant,
    operator::{self, NewOperator},
};

/// Brings the bank accounts to what is declared. Accounts that are declared no more stay in the book, switched off.
///
/// # Errors
/// Those of the store.
pub async fn declare_bank_accounts(house: &House, declared: Vec<Declared>) -> Result<(), StoreError> {
    house
        .store
        .tx("declare bank accounts", move |tx, _| {
            for known in bank_account::all(tx)? {
                if declared
                    .iter()
                    .all(|declared| declared.name != known.declared.name)
                {
                    bank_account::set_active(tx, &known.declared.name, false)?;
                }
            }
            for declared in &declared {
                bank_account::declare(tx, declared)?;
            }
            merchant::settings_changed(tx)
        })
        .await
}

/// Brings the acquirers to what is declared. Those that are declared no more stay in the book. Returns their numbers, in the
/// order of `names`.
///
/// # Errors
/// Those of the store.
pub async fn declare_acquirers(house: &House, names: Vec<String>) -> Result<Vec<Id<Acquirer>>, StoreError> {
    house
        .store
        .tx("declare acquirers", move |tx, _| {
            names.iter().map(|name| acquirer::declare(tx, name)).collect()
        })
        .await
}

/// Declares a day on which banks do not settle.
///
/// # Errors
/// Those of the store.
pub async fn declare_holiday(house: &House, day: i64, name: String, actor: String) -> Result<(), StoreError> {
    house
        .store
        .tx("declare a holiday", move |tx, now| {
            holiday::declare(tx, day, &name)?;
            operator::log_action(tx, &actor, "holiday.declare", &name, &day.to_string(), now.at())
        })
        .await
}

/// Switches a bank account on or off. `false`: there is none of this name.
///
/// # Errors
/// Those of the store.
pub async fn switch_bank_account(
    house: &House,
    name: String,
    active: bool,
    actor: String,
) -> Result<bool, StoreError> {
    let known = house
        .store
        .tx("switch a bank account", move |tx, now| {
            let known = bank_account::set_active(tx, &name, active)?;
            if known {
                let action = if active {
                    "bank_account.resume"
                } else {
                    "bank_account.pause"
                };
                operator::log_action(tx, &actor, action, &name, "", now.at())?;
            }
            Ok::<_, StoreError>(known)
        })
        .await?;
    house.bells.payouts_wait();
    Ok(known)
}

/// Adds an operator whose passwords are hashed already. `false`: there is one with this address.
///
/// # Errors
/// Those of the store.
pub async fn add_operator(
    house: &House,
    name: String,
    email: String,
    password_hash: String,
    verification_hash: String,
) -> Result<bool, StoreError> {
    house
        .store
        .tx("add an operator", move |tx, now| {
            let new = NewOperator {
                name: &name,
                email: &email,
                password_hash: &password_hash,
                verification_hash: &verification_hash,
            };
            operator::insert(tx, &new, now.at())
        })
        .await
}
