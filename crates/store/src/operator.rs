//! Operators, and the log of what was done by hand.

use crate::{
    dialect::{Insert, Value},
    error::StoreError,
    tx::Tx,
};
use rokad_domain::UnixMs;

/// An operator about to be written. Passwords are hashed by whoever makes this.
pub struct NewOperator<'a> {
    /// Name.
    pub name: &'a str,
    /// E-mail address, by which they log in.
    pub email: &'a str,
    /// Argon2id of the password.
    pub password_hash: &'a str,
    /// Argon2id of the md5 hex of the password. Source: contract.md §2.6.
    pub verification_hash: &'a str,
}

/// Writes an operator, unless there is one with this address. Returns whether it was written.
///
/// # Errors
/// Only those of the database.
pub fn insert(tx: &Tx<'_>, operator: &NewOperator<'_>, at: UnixMs) -> Result<bool, StoreError> {
    if exists(tx, operator.email)? {
        return Ok(false);
    }
    const OPERATORS: Insert<6> = Insert {
        table: "operators",
        columns: [
            "id",
            "name",
            "email",
            "password_hash",
            "verification_hash",
            "created_at_ms",
        ],
    };
    let id = tx.next_numbers("operator", 1)?;
    let texts = [
        operator.name,
        operator.email,
        operator.password_hash,
        operator.verification_hash,
    ];
    let [name, email, password, verification] = texts.map(Value::Text);
    tx.insert_many(
        &OPERATORS,
        [[
            Value::Int(id),
            name,
            email,
            password,
            verification,
            Value::Int(at.0),
        ]],
    )?;
    Ok(true)
}

/// Whether there is an operator with this address.
///
/// # Errors
/// Only those of the database.
pub fn exists(tx: &Tx<'_>, email: &str) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM operators WHERE email = $1";
    Ok(tx
        .query_one(sql, &[Value::Text(email)], |row| row.int(0))?
        .is_some())
}

/// Writes down who did what by hand.
///
/// # Errors
/// Only those of the database.
pub fn log_action(
    tx: &Tx<'_>,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &str,
    at: UnixMs,
) -> Result<(), StoreError> {
    const ACTIONS: Insert<6> = Insert {
        table: "actions",
        columns: ["id", "at_ms", "actor", "action", "subject", "detail"],
    };
    let id = tx.next_numbers("action", 1)?;
    let [actor, action, subject, detail] = [actor, action, subject, detail].map(Value::Text);
    tx.insert_many(
        &ACTIONS,
        [[Value::Int(id), Value::Int(at.0), actor, action, subject, detail]],
    )
}
