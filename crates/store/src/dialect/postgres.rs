//! A PostgreSQL server: plural forms are one statement each, and what is only written is kept back and sent in one go.
//!
//! There is one writer at a time in all of the database, as on the embedded one: a transaction that writes begins with a
//! lock on the row of the counter that every commit needs anyway. So nothing that was read can change before the commit,
//! and two nodes never wait for each other in a circle. Because of batches this costs little (docs/decisions/0010).
//!
//! A wait for an answer costs more than most statements. So a statement whose answer nobody needs is kept back, and goes
//! together with the next one whose answer is needed, or with the commit. Whatever then fails is said by that next one: in
//! any case before the transaction is done.

mod array;
mod bound;
mod commits;
mod counters;
mod fill;
mod plural;
mod session;
mod target;

use super::{Row, Value};
use crate::error::StoreError;
use bound::{Bound, exactly};
use commits::Commits;
use counters::Counters;
pub(super) use fill::values;
use session::{Failure, Session, sent};
use std::cell::{Cell, RefCell, RefMut};
pub(crate) use target::{Role, Target};
use tokio_postgres::{Client, types::ToSql};

/// A commit that waits for a standby must not be cut short: the server would say that it happened, though a fail-over may
/// still lose it. After a failed statement the server refuses the first half, and never comes to the second.
const COMMIT: &str = "SET LOCAL statement_timeout = 0; COMMIT";

/// A connection to it, made anew when it was lost.
pub(crate) struct Postgres {
    target: Target,
    session: RefCell<Option<Session>>,
    commits: Commits,
    /// What the transaction has written, and the server has not heard of yet.
    kept: RefCell<Vec<Bound>>,
    counters: RefCell<Counters>,
    counters_at_savepoint: RefCell<Counters>,
    last_link: RefCell<Option<(i64, Vec<u8>)>>,
    /// A transaction is open.
    open: Cell<bool>,
    /// It reads, and has read nothing yet.
    untouched: Cell<bool>,
    /// A statement of the transaction failed: the server refuses all others until it is rolled back.
    failed: Cell<bool>,
}

impl Postgres {
    /// Connects to it.
    pub(crate) fn open(target: &Target) -> Result<Self, StoreError> {
        let opened = Self {
            target: target.clone(),
            session: RefCell::default(),
            commits: Commits::default(),
            kept: RefCell::default(),
            counters: RefCell::default(),
            counters_at_savepoint: RefCell::default(),
            last_link: RefCell::default(),
            open: Cell::new(false),
            untouched: Cell::new(false),
            failed: Cell::new(false),
        };
        opened.session()?;
        Ok(opened)
    }

    /// The connection; between two transactions a lost one is made anew.
    fn session(&self) -> Result<RefMut<'_, Session>, StoreError> {
        let mut session = self
            .session
            .try_borrow_mut()
            .map_err(|_| StoreError::corrupt("a question was asked in the middle of another's answer"))?;
        let lost = session.as_ref().is_none_or(Session::is_lost);
        if lost && self.open.get() {
            return Err(StoreError::Database("the connection was lost".to_owned()));
        }
        if lost {
            *session = Some(Session::open(&self.target)?);
        }
        RefMut::filter_map(session, Option::as_mut).map_err(|_| StoreError::Closed)
    }

    fn is_lost(&self) -> bool {
        self.session.borrow().as_ref().is_none_or(Session::is_lost)
    }

    /// Notes that a statement failed.
    fn noted<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if done.is_err() && self.open.get() {
            self.failed.set(true);
        }
        done
    }

    /// Keeps a statement back.
    fn keep(&self, bound: Result<Bound, StoreError>) -> Result<(), StoreError> {
        let bound = self.noted(bound)?;
        self.kept.borrow_mut().push(bound);
        if self.open.get() { Ok(()) } else { self.settle() }
    }

    /// All that is kept back.
    fn take_kept(&self, session: &mut Session) -> Result<Vec<Bound>, StoreError> {
        let mut kept = self.kept.take();
        let moved = self.counters.borrow_mut().take_moved();
        if !moved.is_empty() {
            kept.push(counters::write(session, &moved)?);
        }
        Ok(kept)
    }

    /// Sends what is kept back, together with `last`, and waits for all answers.
    fn go<T>(&self, last: impl AsyncFnOnce(&Client) -> Result<T, Failure>) -> Result<T, StoreError> {
        let done = self.session().and_then(|mut session| {
            let kept = self.take_kept(&mut session)?;
            Ok(session.go(kept, last)?)
        });
        self.noted(done)
    }

    /// Has done what is kept back, so that what fails of it is known.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        self.go(async |_| Ok(()))
    }

    pub(crate) fn execute_script(&self, text: &str) -> Result<(), StoreError> {
        let words = target::in_its_words(text);
        self.go(async |client| Ok(client.batch_execute(&words).await?))
    }

    /// A connection that was lost since the last transaction is noticed here, and made anew once.
    fn begin(&self, begin: impl Fn(&mut Session) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let begun = || self.session().and_then(|mut session| begin(&mut session));
        let done = match begun() {
            Err(_) if self.is_lost() => begun(),
            first => first,
        };
        done.inspect_err(|_| self.leave_nothing())?;
        self.open.set(true);
        self.failed.set(false);
        Ok(())
    }

    pub(crate) fn begin_migration(&self) -> Result<(), StoreError> {
        self.begin(|session| {
            let words = "BEGIN; SELECT pg_advisory_xact_lock(hashtext('rokad migration'))";
            Ok(session.go(Vec::new(), async |client| Ok(client.batch_execute(words).await?))?)
        })
    }

    /// Takes the lock, and with it reads what nobody else can change from then on: all in one go. Should `BEGIN` alone fail,
    /// the rest harms nobody: nothing comes of a count whose transaction never ends in a commit.
    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        self.begin(|session| {
            let counted = self.commits.count(session)?;
            let lock = "SELECT 1 FROM counters WHERE name = 'batch' FOR UPDATE";
            let first = vec![
                session.bind::<Value<'_>>("BEGIN", &[])?,
                session.bind::<Value<'_>>(lock, &[])?,
                counted,
            ];
            let read_counters = session.bind::<Value<'_>>(counters::READ, &[])?;
            let read_link = session.bind::<Value<'_>>(super::LAST_LINK, &[])?;
            let (mut counters, mut last_link) = (Counters::default(), None);
            session.go(first, async |client| {
                let counters = read_counters.each(client, |row| {
                    counters.read(row.text(0)?, row.int(1)?);
                    Ok(())
                });
                let link = read_link.each(client, |row| {
                    last_link = Some((row.int(0)?, row.blob(1)?));
                    Ok(())
                });
                let (counters, link) = (sent(counters).await?, sent(link).await?);
                counters.await?;
                link.await
            })?;
            self.counters.replace(counters);
            self.last_link.replace(last_link);
            Ok(())
        })
    }

    /// The words go with the first question.
    pub(crate) fn begin_read(&self) -> Result<(), StoreError> {
        let words = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.begin(|session| {
            let words = session.bind::<Value<'_>>(words, &[])?;
            self.kept.replace(vec![words]);
            Ok(())
        })?;
        self.untouched.set(true);
        Ok(())
    }

    /// The limits are back when the transaction is rolled back, as one that reads always is.
    pub(crate) fn take_time(&self) -> Result<(), StoreError> {
        self.execute_script(target::AS_LONG_AS_IT_TAKES)
    }

    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        if self.failed.get() {
            self.rollback()?;
            return Err(StoreError::Database(
                "a statement of the transaction had failed".to_owned(),
            ));
        }
        let sent = self.session().and_then(|mut session| {
            let kept = self.take_kept(&mut session)?;
            Ok(session.go(kept, async |client| Ok(client.batch_execute(COMMIT).await?)))
        });
        match sent {
            Ok(Ok(())) => {
                self.ended();
                Ok(())
            }
            // The server says no: nothing of it is left. Or nothing was sent.
            Ok(Err(Failure::Said(error))) | Err(error) => {
                self.rollback()?;
                Err(error)
            }
            Ok(Err(Failure::Lost(error))) => {
                self.ended();
                tracing::warn!(%error, "the connection was lost in a commit; the database is asked whether it did");
                self.commits.find_out(self)
            }
        }
    }

    /// Nothing is left of a transaction in memory.
    fn ended(&self) {
        self.open.set(false);
        self.untouched.set(false);
        self.failed.set(false);
        self.kept.take();
        self.counters.take();
    }

    pub(crate) fn rollback(&self) -> Result<(), StoreError> {
        if self.untouched.get() {
            // The server has not heard of it.
            self.ended();
        } else if self.open.get() {
            self.leave_nothing();
        }
        Ok(())
    }

    fn leave_nothing(&self) {
        self.ended();
        let mut session = self.session.borrow_mut();
        let rolled_back = session.as_mut().map(|session| {
            session.go(Vec::new(), async |client| {
                Ok(client.batch_execute("ROLLBACK").await?)
            })
        });
        if matches!(rolled_back, Some(Err(_))) {
            // The server rolls back what a lost connection leaves.
            *session = None;
        }
    }

    pub(crate) fn set_savepoint(&self) -> Result<(), StoreError> {
        // What came before it is settled with it, and is not the body's fault.
        self.execute_script("SAVEPOINT body")?;
        self.counters_at_savepoint.replace(self.counters.borrow().clone());
        Ok(())
    }

    pub(crate) fn leave_savepoint(&self, keep: bool) -> Result<(), StoreError> {
        if keep {
            return self.execute_script("RELEASE SAVEPOINT body");
        }
        self.kept.take();
        self.counters.replace(self.counters_at_savepoint.take());
        self.execute_script("ROLLBACK TO SAVEPOINT body; RELEASE SAVEPOINT body")?;
        self.failed.set(false);
        Ok(())
    }

    pub(crate) fn next_numbers(&self, counter: &str, count: usize) -> Result<i64, StoreError> {
        self.counters.borrow_mut().next(counter, count)
    }

    /// As it was when the transaction took the lock: nobody else adds one before it ends.
    pub(crate) fn last_link(&self) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        Ok(self.last_link.borrow().clone())
    }

    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let bound = self.bind(sql, values)?;
        let changed = self.go(async |client| bound.execute(client).await)?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(crate) fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.keep(self.bind(sql, values))
    }

    pub(crate) fn change_one(
        &self,
        table: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        let bound = self.bind(&exactly("1", sql), values);
        self.keep(bound.map(|bound| bound.must_change(table)))
    }

    fn bind<V: ToSql>(&self, sql: &str, values: &[V]) -> Result<Bound, StoreError> {
        self.noted(self.session().and_then(|mut session| session.bind(sql, values)))
    }

    /// Every row of an answer, given to `take` one by one.
    pub(crate) fn each<V: ToSql>(
        &self,
        sql: &str,
        values: &[V],
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut ask = || {
            let bound = self.bind(sql, values)?;
            let take = |row: &Row<'_>| {
                self.untouched.set(false);
                take(row)
            };
            self.go(async |client| bound.each(client, take).await)
        };
        let first = ask();
        if first.is_err() && self.untouched.get() && self.is_lost() {
            // A reader's connection was lost since its last transaction.
            self.ended();
            self.begin_read()?;
            return ask();
        }
        self.untouched.set(false);
        first
    }
}
