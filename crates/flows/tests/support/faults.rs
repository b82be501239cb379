//! Failures at every write of a step in turn: nothing of the step is left, and it succeeds later.

use super::{Database, WRITES, World};
use std::{collections::BTreeSet, fmt::Debug, pin::Pin};

/// How a step went.
pub type Done<'w> = Pin<Box<dyn Future<Output = Result<(), String>> + 'w>>;

/// A step, by name, in a world of its own.
pub type Step<W> = (&'static str, for<'w> fn(&'w W) -> Done<'w>);

/// A story that succeeds or fails.
pub fn done<'w, T, E: Debug>(story: impl Future<Output = Result<T, E>> + 'w) -> Done<'w> {
    Box::pin(async { story.await.map(drop).map_err(|error| format!("{error:?}")) })
}

/// Breaks every kind of write to every table that a step writes to, one after the other, in worlds that `make` makes.
pub async fn every_write_in_turn_fails<W: AsRef<World>>(
    db: &Database,
    make: impl AsyncFn(Database) -> W,
    steps: &[Step<W>],
) {
    for step in steps {
        let tables = written(&make(db.another()).await, step).await;
        assert!(!tables.is_empty(), "{} writes nothing", step.0);
        let mut world = make(db.another()).await;
        for table in tables {
            let mut failed = false;
            for write in WRITES {
                if breaks(&world, step, &table, write).await {
                    failed = true;
                } else {
                    world = make(db.another()).await;
                }
            }
            assert!(failed, "{} did not notice that {table} took no write", step.0);
        }
        step.1(&world).await.unwrap();
        world.as_ref().statement().await;
    }
}

/// The tables that a step writes to.
async fn written<W: AsRef<World>>(world: &W, step: &Step<W>) -> BTreeSet<String> {
    let db = &world.as_ref().db;
    let before = db.all_rows();
    step.1(world).await.unwrap();
    let changed = |table: &String| {
        let now = db.rows(table);
        let were = before.iter().filter(|row| row.split(' ').next() == Some(table));
        were.ne(&now)
    };
    db.tables().into_iter().filter(changed).collect()
}

/// Breaks one kind of write to one table under a step. Returns whether that was in its way.
async fn breaks<W: AsRef<World>>(world: &W, step: &Step<W>, table: &str, write: &str) -> bool {
    let db = &world.as_ref().db;
    let before = db.all_rows();
    db.break_writes(table, write);
    let done = step.1(world).await;
    db.mend_writes();
    if done.is_err() {
        assert_eq!(
            db.all_rows(),
            before,
            "{} left something when {table} took no {write}",
            step.0
        );
    }
    world.as_ref().statement().await;
    done.is_err()
}
