//! Acquirers: who takes money from customers for the operator.

use crate::{
    book,
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::{Id, account::Account, id::kind::Acquirer};

/// Every acquirer with the name of its rail, oldest first.
///
/// # Errors
/// Only those of the database.
pub fn all(tx: &Tx<'_>) -> Result<Vec<(Id<Acquirer>, String)>, StoreError> {
    tx.query("SELECT id, name FROM acquirers ORDER BY id", &[], |row| {
        Ok((Id::new(row.int(0)?), row.text(1)?))
    })
}

/// The acquirer of this name; makes it, with its account in the book, where it is missing.
///
/// # Errors
/// Only those of the database.
pub fn declare(tx: &mut Tx<'_>, name: &str) -> Result<Id<Acquirer>, StoreError> {
    const ACQUIRERS: Insert<2> = Insert {
        table: "acquirers",
        columns: ["id", "name"],
    };
    if let Some((id, _)) = all(tx)?.into_iter().find(|(_, its)| its == name) {
        return Ok(id);
    }
    let id = tx.next_numbers("acquirer", 1)?;
    tx.insert_many(&ACQUIRERS, [[Value::Int(id), Value::Text(name)]])?;
    book::open_accounts(tx, &[Account::Acquirer(Id::new(id))])?;
    Ok(Id::new(id))
}
