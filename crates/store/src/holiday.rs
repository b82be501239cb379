//! The operator's calendar: days on which banks do not settle.

use crate::{dialect::Value, error::StoreError, tx::Tx};
use rokad_domain::settlement::Calendar;

/// The calendar as it stands.
///
/// # Errors
/// Only those of the database.
pub fn calendar(tx: &Tx<'_>) -> Result<Calendar, StoreError> {
    Ok(Calendar::new(all(tx)?.into_iter().map(|(day, _)| day)))
}

/// Every holiday with its name, the earliest first.
///
/// # Errors
/// Only those of the database.
pub fn all(tx: &Tx<'_>) -> Result<Vec<(i64, String)>, StoreError> {
    tx.query("SELECT day, name FROM holidays ORDER BY day", &[], |row| {
        Ok((row.int(0)?, row.text(1)?))
    })
}

/// Declares a holiday, or renames it.
///
/// # Errors
/// Only those of the database.
pub fn declare(tx: &Tx<'_>, day: i64, name: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO holidays (day, name) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET name = excluded.name";
    tx.write(sql, &[Value::Int(day), Value::Text(name)])
}
