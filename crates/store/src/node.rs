//! Who serves this database, and which duties each has: `domain::node`.

use crate::{
    dialect::{Insert, Value},
    error::StoreError,
    migrate::known_schema,
    tx::Tx,
};
use rokad_domain::{
    Id, UnixMs,
    id::kind::Node,
    node::{Duty, Lease},
};
use std::collections::BTreeMap;

/// One start of a process that serves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredNode {
    /// Its number.
    pub id: Id<Node>,
    /// Its name, for people.
    pub name: String,
    /// Whether it takes duties.
    pub works: bool,
    /// Raised as long as it lives.
    pub beats: i64,
}

/// A node begins. Returns its number, which nobody had before.
///
/// # Errors
/// Only those of the database.
pub fn enter(tx: &Tx<'_>, name: &str, works: bool, at: UnixMs) -> Result<Id<Node>, StoreError> {
    let id = tx.next_numbers("node", 1)?;
    let sql =
        "INSERT INTO nodes (id, name, works, knows, beats, started_at_ms) VALUES ($1, $2, $3, $4, 0, $5)";
    tx.write(
        sql,
        &[
            Value::Int(id),
            Value::Text(name),
            Value::Int(i64::from(works)),
            Value::Int(known_schema()),
            Value::Int(at.0),
        ],
    )?;
    Ok(Id::new(id))
}

/// Every node, in the order in which they began.
///
/// # Errors
/// Only those of the database.
pub fn all(tx: &Tx<'_>) -> Result<Vec<StoredNode>, StoreError> {
    tx.query(
        "SELECT id, name, works, beats FROM nodes ORDER BY id",
        &[],
        |row| {
            Ok(StoredNode {
                id: Id::new(row.int(0)?),
                name: row.text(1)?,
                works: row.flag(2)?,
                beats: row.int(3)?,
            })
        },
    )
}

/// It lives. `false`: it was taken for dead, and has nothing any more.
///
/// # Errors
/// Only those of the database.
pub fn beat(tx: &Tx<'_>, node: Id<Node>) -> Result<bool, StoreError> {
    let sql = "UPDATE nodes SET beats = beats + 1 WHERE id = $1";
    tx.execute(sql, &[Value::Int(node.get())]).map(|known| known == 1)
}

/// It takes no duties any more; what it had is free.
///
/// # Errors
/// Only those of the database.
pub fn retire(tx: &Tx<'_>, node: Id<Node>) -> Result<(), StoreError> {
    free(tx, node)?;
    tx.write(
        "UPDATE nodes SET works = 0 WHERE id = $1",
        &[Value::Int(node.get())],
    )
}

fn free(tx: &Tx<'_>, node: Id<Node>) -> Result<(), StoreError> {
    tx.write("DELETE FROM leases WHERE node_id = $1", &[Value::Int(node.get())])
}

/// These nodes are no more; what they had is free.
///
/// # Errors
/// Only those of the database.
pub fn remove(tx: &Tx<'_>, nodes: &[Id<Node>]) -> Result<(), StoreError> {
    for node in nodes {
        free(tx, *node)?;
        tx.write("DELETE FROM nodes WHERE id = $1", &[Value::Int(node.get())])?;
    }
    Ok(())
}

/// Whose each duty is. Those that nobody has are left out.
///
/// # Errors
/// Only those of the database.
pub fn duties(tx: &Tx<'_>) -> Result<BTreeMap<Duty, Id<Node>>, StoreError> {
    let rows = tx.query("SELECT duty, node_id FROM leases", &[], |row| {
        Ok((Duty::from_number(row.int(0)?), Id::new(row.int(1)?)))
    })?;
    // A newer program may have duties that this one does not know.
    Ok(rows
        .into_iter()
        .filter_map(|(duty, node)| Some((duty?, node)))
        .collect())
}

const LEASES: Insert<2> = Insert {
    table: "leases",
    columns: ["duty", "node_id"],
};

/// A node takes duties that nobody has.
///
/// # Errors
/// When somebody has one.
pub fn take(tx: &Tx<'_>, node: Id<Node>, duties: &[Duty]) -> Result<(), StoreError> {
    let row = |duty: &Duty| [duty.number(), node.get()].map(Value::Int);
    tx.insert_many(&LEASES, duties.iter().map(row))
}

/// Ends leases. Those that are lost already are left alone.
///
/// # Errors
/// Only those of the database.
pub fn release(tx: &Tx<'_>, leases: &[Lease]) -> Result<(), StoreError> {
    let held: Vec<i64> = holds(tx, leases)?
        .iter()
        .map(|lease| lease.duty.number())
        .collect();
    tx.delete_many("leases", "duty", &held)
}

/// Those of these leases that still hold. Whoever acts on one asks in the transaction in which it acts.
///
/// # Errors
/// Only those of the database.
pub fn holds(tx: &Tx<'_>, leases: &[Lease]) -> Result<Vec<Lease>, StoreError> {
    let mut duties: Vec<i64> = leases.iter().map(|lease| lease.duty.number()).collect();
    duties.sort_unstable();
    duties.dedup();
    let rows = tx.select_in("SELECT duty, node_id FROM leases", "duty", &duties, |row| {
        Ok((row.int(0)?, row.int(1)?))
    })?;
    let holds = |lease: &&Lease| rows.contains(&(lease.duty.number(), lease.node.get()));
    Ok(leases.iter().filter(holds).copied().collect())
}
