//! Whether a commit happened, when the connection was lost before the server said so.
//!
//! Every writer counts its transactions in a row of its own, as part of each. Whoever is unsure connects anew, waits for
//! what may be left of the old transaction, and reads the count. That holds after a fail-over, too: the new primary has
//! the row as it was with the last commit that reached it.

use super::{Postgres, bound::Bound, session::Session};
use crate::{
    dialect::{Row, Value},
    error::StoreError,
};
use std::{
    cell::{Cell, OnceCell},
    time::Duration,
};

/// How often the database is asked, and how long the gaps between are. A fail-over takes longer: then nobody can say.
const ASKS: u32 = 20;
const GAP: Duration = Duration::from_millis(250);

#[derive(Default)]
pub(super) struct Commits {
    /// The writer's name, drawn by the server when it first writes; nobody else has it.
    writer: OnceCell<String>,
    /// Transactions that it has begun.
    begun: Cell<i64>,
}

impl Commits {
    /// Counts the transaction that begins: a statement to begin it with.
    pub(super) fn count(&self, session: &mut Session) -> Result<Bound, StoreError> {
        if self.writer.get().is_none() {
            let drawn = session.bind::<Value<'_>>("SELECT gen_random_uuid()::text", &[])?;
            session.go(Vec::new(), async |client| {
                let keep = |row: &Row<'_>| {
                    // It was empty a moment ago, and nobody else has it in hand.
                    let _ = self.writer.set(row.text(0)?);
                    Ok(())
                };
                drawn.each(client, keep).await
            })?;
        }
        self.begun.set(self.begun.get() + 1);
        let sql = "INSERT INTO writers (id, transactions) VALUES ($1, $2) \
                   ON CONFLICT (id) DO UPDATE SET transactions = excluded.transactions";
        session.bind(sql, &[Value::Text(self.name()), Value::Int(self.begun.get())])
    }

    /// Whether the last transaction was committed.
    ///
    /// # Errors
    /// It was not, and nothing of it is left; or [`StoreError::Unknown`].
    pub(super) fn find_out(&self, db: &Postgres) -> Result<(), StoreError> {
        for _ in 0..ASKS {
            match self.counted(db) {
                Ok(counted) if counted == self.begun.get() => return Ok(()),
                Ok(_) => {
                    return Err(StoreError::Database(
                        "the connection was lost before the commit".to_owned(),
                    ));
                }
                Err(error) => tracing::warn!(%error, "whether a commit happened is not known yet"),
            }
            std::thread::sleep(GAP);
        }
        Err(StoreError::Unknown)
    }

    fn counted(&self, db: &Postgres) -> Result<i64, StoreError> {
        // The lock waits for the old transaction, should the server still be at it.
        let begun = db.begin(|session| {
            Ok(session.go(Vec::new(), async |client| {
                Ok(client.batch_execute("BEGIN").await?)
            })?)
        });
        let done = begun.and_then(|()| {
            let mut counted = 0;
            let sql = "SELECT transactions FROM writers WHERE id = $1 FOR UPDATE";
            db.each(sql, &[Value::Text(self.name())], |row| {
                counted = row.int(0)?;
                Ok(())
            })?;
            Ok(counted)
        });
        db.rollback()?;
        done
    }

    fn name(&self) -> &str {
        self.writer.get().map_or("", String::as_str)
    }
}
