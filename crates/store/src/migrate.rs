//! Brings a database to the present schema. A migration, once released, never changes.

use crate::{
    dialect::{Handle, Value},
    error::StoreError,
};
use std::time::Duration;

/// A change of the schema.
#[derive(Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    text: &'static str,
    /// The oldest schema whose programs can go on beside this one. A change that only adds is survived by all that read what
    /// was there before; one that takes something away comes a release later, and is survived by those that do without it.
    survived_by: i64,
}

/// Every migration, oldest first. Its number is its place, counted from 1.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_book",
        text: include_str!("../../../migrations/0001_book.sql"),
        survived_by: 1,
    },
    Migration {
        name: "0002_collecting",
        text: include_str!("../../../migrations/0002_collecting.sql"),
        survived_by: 2,
    },
    Migration {
        name: "0003_writers",
        text: include_str!("../../../migrations/0003_writers.sql"),
        survived_by: 2,
    },
    Migration {
        name: "0004_nodes",
        text: include_str!("../../../migrations/0004_nodes.sql"),
        survived_by: FIRST_WITH_NODES,
    },
    // Older programs go on: on a server nothing changes for them; on an embedded database they find an order by reading all.
    Migration {
        name: "0005_orders_in_epochs",
        text: include_str!("../../../migrations/0005_orders_in_epochs.sql"),
        survived_by: FIRST_WITH_NODES,
    },
    // Nothing is forgotten while an older program serves (retention.rs).
    Migration {
        name: "0006_retention",
        text: include_str!("../../../migrations/0006_retention.sql"),
        survived_by: FIRST_WITH_NODES,
    },
    // A node that knows no refunds would not tell of them, and verifies a book with them as unsound.
    Migration {
        name: "0007_refunds",
        text: include_str!("../../../migrations/0007_refunds.sql"),
        survived_by: 7,
    },
    Migration {
        name: "0008_disputes",
        text: include_str!("../../../migrations/0008_disputes.sql"),
        survived_by: 8,
    },
    Migration {
        name: "0009_webhooks",
        text: include_str!("../../../migrations/0009_webhooks.sql"),
        survived_by: 9,
    },
];

/// From here on it is known who serves, and what each knows.
const FIRST_WITH_NODES: i64 = 4;

/// How long a node with an older program is watched before it is taken for dead. Longer than several beats of any lease.
pub(crate) const WATCH: Duration = Duration::from_secs(15);

/// Who else may serve this database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    /// Nobody: whoever is in its list of nodes has ended.
    AreGone,
    /// Whoever is in its list of nodes.
    MayLive,
    /// Whoever is in its list of nodes and raises its beats within this time.
    Beat(Duration),
}

/// The newest schema that this program knows.
pub(crate) fn known_schema() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Applies what is missing, each migration in a transaction of its own.
///
/// # Errors
/// When the database is of a newer program, beside which this one cannot go on; when a node that runs could not go on; or a
/// statement fails.
pub(crate) fn migrate(handle: &Handle, others: Others) -> Result<(), StoreError> {
    bring_to(handle, MIGRATIONS, others)
}

/// As [`migrate`], with the first `known` migrations alone, where nobody serves.
pub(crate) fn migrate_to(handle: &Handle, known: i64) -> Result<(), StoreError> {
    let known = usize::try_from(known).unwrap_or_default().min(MIGRATIONS.len());
    bring_to(handle, &MIGRATIONS[..known], Others::AreGone)
}

fn bring_to(handle: &Handle, migrations: &[Migration], others: Others) -> Result<(), StoreError> {
    // Two processes may start at once: whoever comes second waits, and finds everything done.
    in_transaction(handle, || {
        handle.execute_script(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
        )
    })?;
    let have = version(handle)?;
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    if have > known && needed(handle, known)? > known {
        return Err(StoreError::NewerSchema { have, known });
    }
    for (number, migration) in (1..).zip(migrations) {
        if number > have {
            let gone = wait_for_older_nodes(handle, have, migration, others)?;
            in_transaction(handle, || {
                if version(handle)? < number {
                    forget(handle, &gone)?;
                    apply(handle, number, migration)
                } else {
                    Ok(())
                }
            })?;
        }
    }
    Ok(())
}

/// The oldest schema whose programs can go on beside those that are newer than `known`.
fn needed(handle: &Handle, known: i64) -> Result<i64, StoreError> {
    let mut needed = 0;
    let sql = "SELECT COALESCE(MAX(survived_by), 0) FROM schema_version WHERE version > $1";
    handle.each(sql, &[Value::Int(known)], |row| {
        needed = row.int(0)?;
        Ok(())
    })?;
    Ok(needed)
}

/// No node may run that could not go on. Returns those that were found dead.
fn wait_for_older_nodes(
    handle: &Handle,
    have: i64,
    migration: &Migration,
    others: Others,
) -> Result<Vec<i64>, StoreError> {
    if have < FIRST_WITH_NODES || others == Others::AreGone {
        return Ok(Vec::new());
    }
    let older = older_nodes(handle, migration)?;
    let watched = match others {
        Others::Beat(watch) if !older.is_empty() => {
            std::thread::sleep(watch);
            true
        }
        Others::Beat(_) | Others::MayLive | Others::AreGone => false,
    };
    for now in older_nodes(handle, migration)? {
        if !(watched && older.contains(&now)) {
            return Err(StoreError::OlderNode {
                name: now.name,
                needed: migration.survived_by,
            });
        }
    }
    Ok(older.into_iter().map(|node| node.id).collect())
}

fn forget(handle: &Handle, nodes: &[i64]) -> Result<(), StoreError> {
    for node in nodes {
        let node = [Value::Int(*node)];
        handle.execute("DELETE FROM leases WHERE node_id = $1", &node)?;
        handle.execute("DELETE FROM nodes WHERE id = $1", &node)?;
    }
    Ok(())
}

#[derive(PartialEq)]
struct OlderNode {
    id: i64,
    name: String,
    beats: i64,
}

fn older_nodes(handle: &Handle, migration: &Migration) -> Result<Vec<OlderNode>, StoreError> {
    let mut nodes = Vec::new();
    let sql = "SELECT id, name, beats FROM nodes WHERE knows < $1";
    handle.each(sql, &[Value::Int(migration.survived_by)], |row| {
        nodes.push(OlderNode {
            id: row.int(0)?,
            name: row.text(1)?,
            beats: row.int(2)?,
        });
        Ok(())
    })?;
    Ok(nodes)
}

fn in_transaction(handle: &Handle, body: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
    handle.begin_migration()?;
    body().and_then(|()| handle.commit()).inspect_err(|_| {
        // The failure itself is what the caller has to hear of.
        let _ = handle.rollback();
    })
}

fn apply(handle: &Handle, number: i64, migration: &Migration) -> Result<(), StoreError> {
    handle.execute_script(migration.text)?;
    let values = [Value::Int(number), Value::Text(migration.name)];
    let sql = "INSERT INTO schema_version (version, name) VALUES ($1, $2)";
    handle.execute(sql, &values)?;
    if number >= FIRST_WITH_NODES {
        let sql = "UPDATE schema_version SET survived_by = $2 WHERE version = $1";
        handle.execute(sql, &[number, migration.survived_by].map(Value::Int))?;
    }
    Ok(())
}

/// The number of the last migration that was applied.
pub(crate) fn version(handle: &Handle) -> Result<i64, StoreError> {
    let mut version = 0;
    handle.each(
        "SELECT COALESCE(MAX(version), 0) FROM schema_version",
        &[],
        |row| {
            version = row.int(0)?;
            Ok(())
        },
    )?;
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    const EXPANDS: Migration = Migration {
        name: "later",
        text: "CREATE TABLE later (id INTEGER)",
        survived_by: FIRST_WITH_NODES,
    };
    const CONTRACTS: Migration = Migration {
        name: "much later",
        text: "DROP TABLE later",
        survived_by: FIRST_WITH_NODES + 1,
    };

    /// A database of this program, which serves it.
    fn served() -> (tempfile::TempDir, Handle) {
        let dir = tempfile::tempdir().unwrap();
        let handle = Handle::open_sqlite(&dir.path().join("rokad.db"), true).unwrap();
        bring_to(&handle, &MIGRATIONS[..4], Others::MayLive).unwrap();
        let node =
            "INSERT INTO nodes (id, name, works, knows, beats, started_at_ms) VALUES (1, 'east', 1, 4, 0, 0)";
        handle.execute_script(node).unwrap();
        (dir, handle)
    }

    fn later(more: &[Migration]) -> Vec<Migration> {
        [&MIGRATIONS[..4], more].concat()
    }

    #[test]
    fn a_change_that_an_older_node_survives_is_made_while_it_serves_and_one_that_it_does_not_is_refused() {
        let (_dir, handle) = served();
        bring_to(&handle, &later(&[EXPANDS]), Others::MayLive).unwrap();
        assert_eq!(version(&handle).unwrap(), 5);
        let refused = bring_to(&handle, &later(&[EXPANDS, CONTRACTS]), Others::MayLive);
        assert!(
            matches!(&refused, Err(StoreError::OlderNode { name, needed: 5 }) if name == "east"),
            "{refused:?}"
        );
        assert_eq!(version(&handle).unwrap(), 5);
        handle.execute_script("UPDATE nodes SET knows = 5").unwrap();
        bring_to(&handle, &later(&[EXPANDS, CONTRACTS]), Others::MayLive).unwrap();
        // The older program still opens it after the first change, and no more after the second.
        let older = bring_to(&handle, &later(&[EXPANDS]), Others::MayLive);
        assert!(older.is_ok(), "{older:?}");
        let oldest = bring_to(&handle, &later(&[]), Others::MayLive);
        assert!(
            matches!(oldest, Err(StoreError::NewerSchema { have: 6, known: 4 })),
            "{oldest:?}"
        );
    }

    #[test]
    fn an_older_node_that_has_died_holds_no_change_up() {
        let all = later(&[EXPANDS, CONTRACTS]);
        let (_dir, handle) = served();
        bring_to(&handle, &all, Others::Beat(Duration::from_millis(1))).unwrap();
        let (_dir, handle) = served();
        bring_to(&handle, &all, Others::AreGone).unwrap();
        let (dir, handle) = served();
        let (path, enough) = (dir.path().join("rokad.db"), AtomicBool::new(false));
        let refused = std::thread::scope(|scope| {
            scope.spawn(|| {
                let beating = Handle::open_sqlite(&path, false).unwrap();
                while !enough.load(Ordering::Relaxed) {
                    let _ = beating.execute_script("UPDATE nodes SET beats = beats + 1");
                }
            });
            let refused = bring_to(&handle, &all, Others::Beat(Duration::from_millis(300)));
            enough.store(true, Ordering::Relaxed);
            refused
        });
        assert!(
            matches!(refused, Err(StoreError::OlderNode { .. })),
            "{refused:?}"
        );
    }
}
