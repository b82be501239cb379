//! The combiner: while one transaction is being made durable, asks pile up; the next one takes them all.
//!
//! Asks of one step stand together in a [`Group`]; all groups that wait share one transaction, and so one flush of the
//! disk. An answer leaves only after its commit. When a transaction fails as a whole, each group is tried alone, then
//! ask by ask, so that a bad one fails alone. When none can begin, nobody is made to wait for trying again.

#[cfg(test)]
mod tests;

use crate::{dialect::Handle, error::StoreError, tx::Tx};
use rokad_domain::Now;
use std::{
    any::{Any, TypeId},
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// Asks of one step that stand in one group at most. Measured: beyond this the figure does not rise, the delay does.
const GROUP_MAX: usize = 512;

/// Asks of all steps that one transaction takes at most, so that a crowd at one step does not hold the others up for long.
const TRANSACTION_MAX: usize = 4 * GROUP_MAX;

/// So many asks in one transaction that as many may come at once again.
const CROWD: usize = 8;

/// So many asks are worth a transaction: more of a larger crowd come while it is made. Measured: of 256 callers 64 are better than
/// 128 or all of them.
const CROWD_ENOUGH: usize = 64;

/// Asks that may wait. Above it a caller is told that the house is busy, instead of waiting without end.
const WAITING_MAX: usize = 50_000;

/// Asks of one step, with a way back for each answer.
trait Group: Send {
    fn run(&mut self, tx: &mut Tx<'_>, now: Now) -> Result<(), StoreError>;
    fn deliver(self: Box<Self>);
    fn fail(self: Box<Self>, error: &StoreError);
    fn as_any(&mut self) -> &mut dyn Any;
    fn len(&self) -> usize;
    fn split(self: Box<Self>) -> Vec<Box<dyn Group>>;
}

struct StepGroup<F, A, R> {
    step: F,
    asks: Vec<A>,
    ways_back: Vec<oneshot::Sender<Result<R, StoreError>>>,
    answers: Vec<R>,
}

impl<F, A, R> Group for StepGroup<F, A, R>
where
    F: Fn(&mut Tx<'_>, Now, &[A]) -> Result<Vec<R>, StoreError> + Copy + Send + 'static,
    A: Send + 'static,
    R: Send + 'static,
{
    fn run(&mut self, tx: &mut Tx<'_>, now: Now) -> Result<(), StoreError> {
        self.answers = (self.step)(tx, now, &self.asks)?;
        if self.answers.len() == self.asks.len() {
            Ok(())
        } else {
            Err(StoreError::corrupt(
                "a step gave another number of answers than it had asks",
            ))
        }
    }

    fn deliver(self: Box<Self>) {
        for (way_back, answer) in self.ways_back.into_iter().zip(self.answers) {
            // Nobody listens any more: the caller hung up. What was committed stays committed.
            let _ = way_back.send(Ok(answer));
        }
    }

    fn fail(self: Box<Self>, error: &StoreError) {
        for way_back in self.ways_back {
            let _ = way_back.send(Err(error.clone()));
        }
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn len(&self) -> usize {
        self.asks.len()
    }

    fn split(self: Box<Self>) -> Vec<Box<dyn Group>> {
        let Self {
            step,
            asks,
            ways_back,
            ..
        } = *self;
        asks.into_iter()
            .zip(ways_back)
            .map(|(ask, way_back)| -> Box<dyn Group> {
                Box::new(Self {
                    step,
                    asks: vec![ask],
                    ways_back: vec![way_back],
                    answers: Vec::new(),
                })
            })
            .collect()
    }
}

/// What waits for the writer.
#[derive(Default)]
pub(crate) struct Combiner {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

#[derive(Default)]
struct Waiting {
    groups: Vec<Box<dyn Group>>,
    /// Where the group of each step that still has room stands in `groups`.
    open: HashMap<TypeId, usize>,
    count: usize,
    /// The writer is called when so many wait.
    wanted: usize,
    closed: bool,
}

impl Waiting {
    fn add<F, A, R>(&mut self, step: F, ask: A, way_back: oneshot::Sender<Result<R, StoreError>>)
    where
        F: Fn(&mut Tx<'_>, Now, &[A]) -> Result<Vec<R>, StoreError> + Copy + Send + 'static,
        A: Send + 'static,
        R: Send + 'static,
    {
        // A function has a type of its own, which names the step.
        let step_type = TypeId::of::<F>();
        let group = self.open.get(&step_type).and_then(|&at| self.groups.get_mut(at));
        let group = group.and_then(|group| group.as_any().downcast_mut::<StepGroup<F, A, R>>());
        if let Some(group) = group.filter(|group| group.asks.len() < GROUP_MAX) {
            group.asks.push(ask);
            group.ways_back.push(way_back);
        } else {
            self.open.insert(step_type, self.groups.len());
            let (asks, ways_back) = (vec![ask], vec![way_back]);
            self.groups.push(Box::new(StepGroup {
                step,
                asks,
                ways_back,
                answers: Vec::new(),
            }));
        }
    }

    /// The groups that came first, as many as one transaction takes.
    fn take_some(&mut self) -> Vec<Box<dyn Group>> {
        let mut asks = 0;
        let fits = |count: &usize| {
            asks += count;
            asks <= TRANSACTION_MAX
        };
        let counts = self.groups.iter().map(|group| group.len());
        let taken = counts.take_while(fits).count().max(1);
        let rest = self.groups.split_off(taken);
        self.open.retain(|_, at| {
            let left = at.checked_sub(taken);
            *at = left.unwrap_or_default();
            left.is_some()
        });
        let taken = std::mem::replace(&mut self.groups, rest);
        self.count -= taken.iter().map(|group| group.len()).sum::<usize>();
        taken
    }
}

/// The writer: carries out what waits, one transaction after the other, until the combiner is closed.
///
/// `after_commit` runs between two transactions, when no lock is held. Where a transaction costs much whatever it carries,
/// the writer waits for up to `gather` after a large one: those who were answered have more to ask, and would else come in
/// two halves that wait for each other in turn, each too small for its price.
pub(crate) fn write(
    combiner: &Combiner,
    handle: &Handle,
    now: impl Fn() -> Now,
    gather: Option<Duration>,
    mut after_commit: impl FnMut(&Handle),
) {
    let _last_word = LastWord(combiner);
    while let Some(groups) = combiner.take() {
        let asks: usize = groups.iter().map(|group| group.len()).sum();
        together(handle, &now, groups);
        after_commit(handle);
        if let Some(gather) = gather.filter(|_| asks >= CROWD) {
            combiner.gather(asks.min(CROWD_ENOUGH), gather);
        }
    }
}

/// However the writer ends, nobody waits for it afterwards.
struct LastWord<'c>(&'c Combiner);

impl Drop for LastWord<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.lock();
        waiting.closed = true;
        waiting.groups.clear();
    }
}

/// All groups in one transaction; if that fails, each alone.
fn together(handle: &Handle, now: &impl Fn() -> Now, mut groups: Vec<Box<dyn Group>>) {
    match transact(handle, now, &mut groups) {
        Ok(()) => groups.into_iter().for_each(Group::deliver),
        Err(Failure { error, again: false }) => groups.into_iter().for_each(|group| group.fail(&error)),
        Err(Failure { error, again: true }) => {
            tracing::warn!(%error, "a transaction failed; its steps are tried alone");
            groups.into_iter().for_each(|group| alone(handle, now, group));
        }
    }
}

/// One group in a transaction of its own; if that fails, ask by ask.
fn alone(handle: &Handle, now: &impl Fn() -> Now, mut group: Box<dyn Group>) {
    match transact(handle, now, std::slice::from_mut(&mut group)) {
        Ok(()) => group.deliver(),
        Err(Failure { error, again: false }) => group.fail(&error),
        Err(Failure { again: true, .. }) => {
            group
                .split()
                .into_iter()
                .for_each(|one| last_try(handle, now, one));
        }
    }
}

/// One ask in a transaction of its own.
fn last_try(handle: &Handle, now: &impl Fn() -> Now, mut one: Box<dyn Group>) {
    match transact(handle, now, std::slice::from_mut(&mut one)) {
        Ok(()) => one.deliver(),
        Err(Failure { error, .. }) => {
            tracing::error!(%error, "a step failed");
            one.fail(&error);
        }
    }
}

/// Why a transaction did not become durable, or perhaps did.
struct Failure {
    error: StoreError,
    /// Whether its parts may be tried alone. Not if it could not even begin, since the same would happen to each part; and
    /// not if nobody knows whether it was committed, since a part might be done twice.
    again: bool,
}

/// Runs every group in one transaction. On a failure nothing of it is left, unless the error says that nobody knows.
fn transact(handle: &Handle, now: &impl Fn() -> Now, groups: &mut [Box<dyn Group>]) -> Result<(), Failure> {
    // A transaction that could not even be rolled back before must not stand in the way of this one.
    let begun = handle.rollback().and_then(|()| handle.begin_write());
    begun.map_err(|error| Failure { error, again: false })?;
    let done = catch_unwind(AssertUnwindSafe(|| run_all(handle, now(), groups)));
    let error = match done {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error,
        Err(_) => StoreError::corrupt("a step panicked"),
    };
    if let Err(worse) = handle.rollback() {
        tracing::error!(error = %worse, "a transaction could not be rolled back; it is tried again before the next");
    }
    let again = !matches!(error, StoreError::Unknown);
    Err(Failure { error, again })
}

fn run_all(handle: &Handle, now: Now, groups: &mut [Box<dyn Group>]) -> Result<(), StoreError> {
    let mut tx = Tx::new(handle);
    for group in groups {
        group.run(&mut tx, now)?;
    }
    tx.commit(now)
}

impl Combiner {
    /// Puts `ask` beside the others that wait for `step`.
    pub(crate) fn push<F, A, R>(
        &self,
        step: F,
        ask: A,
    ) -> Result<oneshot::Receiver<Result<R, StoreError>>, StoreError>
    where
        F: Fn(&mut Tx<'_>, Now, &[A]) -> Result<Vec<R>, StoreError> + Copy + Send + 'static,
        A: Send + 'static,
        R: Send + 'static,
    {
        // Asks are put together by the type of their step: it must name one function, and carry nothing of its own.
        const {
            assert!(
                size_of::<F>() == 0,
                "a step is a plain function, not a pointer or a closure that captures"
            )
        };
        let (way_back, answer) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        if waiting.count >= WAITING_MAX {
            return Err(StoreError::Busy);
        }
        waiting.count += 1;
        waiting.add(step, ask, way_back);
        let enough = waiting.count >= waiting.wanted;
        drop(waiting);
        if enough {
            self.bell.notify_one();
        }
        Ok(answer)
    }

    /// Waits for asks and takes as many as one transaction may. `None`: closed, and nothing is left.
    fn take(&self) -> Option<Vec<Box<dyn Group>>> {
        let mut waiting = self.lock();
        while waiting.groups.is_empty() {
            if waiting.closed {
                return None;
            }
            waiting = self.bell.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        Some(waiting.take_some())
    }

    /// Waits until so many asks wait, but not for longer than `limit`.
    fn gather(&self, wanted: usize, limit: Duration) {
        let mut waiting = self.lock();
        waiting.wanted = wanted;
        let few = |waiting: &mut Waiting| waiting.count < waiting.wanted && !waiting.closed;
        let (mut waiting, _) = self
            .bell
            .wait_timeout_while(waiting, limit, few)
            .unwrap_or_else(PoisonError::into_inner);
        waiting.wanted = 0;
    }

    /// Takes no more asks; what waits is still carried out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
