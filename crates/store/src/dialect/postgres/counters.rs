//! Numbers are handed out in memory. Only one transaction writes at a time, so what it read of the counters after it took
//! the lock stays true until its end; what it handed out is written with its other rows.

use super::{
    array::{Kind, column},
    bound::{Bound, exactly},
    session::Session,
};
use crate::{dialect::Value, error::StoreError};
use std::collections::BTreeMap;

/// All counters, read when the lock was there.
pub(super) const READ: &str = "SELECT name, value FROM counters";

/// Writes those that moved. Each must stand where it was read: whoever hands out numbers without the lock is noticed.
const WRITE: &str = "UPDATE counters SET value = given.value \
    FROM (SELECT UNNEST($1::text[]), UNNEST($2::bigint[]), UNNEST($3::bigint[])) AS given (name, was, value) \
    WHERE counters.name = given.name AND counters.value = given.was";

#[derive(Clone, Default)]
pub(super) struct Counters(BTreeMap<String, Counter>);

#[derive(Clone)]
struct Counter {
    written: i64,
    value: i64,
}

/// Where counters stood, and where they stand now: name, before, now.
pub(super) type Moved = Vec<(String, i64, i64)>;

impl Counters {
    pub(super) fn read(&mut self, name: String, value: i64) {
        let written = value;
        self.0.insert(name, Counter { written, value });
    }

    /// Hands out `count` numbers, and returns the first.
    pub(super) fn next(&mut self, name: &str, count: usize) -> Result<i64, StoreError> {
        let no_counter = || StoreError::corrupt(format!("no counter {name}"));
        let counter = self.0.get_mut(name).ok_or_else(no_counter)?;
        let first = counter.value + 1;
        counter.value += i64::try_from(count).unwrap_or(i64::MAX);
        Ok(first)
    }

    /// Those that moved since they were last written. They count as written from here on.
    pub(super) fn take_moved(&mut self) -> Moved {
        let moved = self
            .0
            .iter_mut()
            .filter(|(_, counter)| counter.value != counter.written);
        let moved = moved.map(|(name, counter)| {
            let was = std::mem::replace(&mut counter.written, counter.value);
            (name.clone(), was, counter.value)
        });
        moved.collect()
    }
}

/// The statement that writes `moved`.
pub(super) fn write(session: &mut Session, moved: &Moved) -> Result<Bound, StoreError> {
    let names = column(Kind::Text, moved.iter().map(|(name, _, _)| Value::Text(name)))?;
    let was = column(Kind::Int, moved.iter().map(|(_, was, _)| Value::Int(*was)))?;
    let values = column(Kind::Int, moved.iter().map(|(_, _, value)| Value::Int(*value)))?;
    let bound = session.bind(&exactly("CARDINALITY($1)", WRITE), &[names, was, values])?;
    Ok(bound.must_change("counters"))
}
