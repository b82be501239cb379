//! A transaction, as steps see it.

use crate::{
    chain::Link,
    dialect::{Handle, Insert, Row, Update, Value},
    error::StoreError,
    orders::Orders,
};
use rokad_domain::{Id, Now};
use std::{cell::RefCell, collections::HashMap};

/// A transaction under way: all of it becomes durable, or nothing.
pub struct Tx<'h> {
    handle: &'h Handle,
    pub(crate) link: Link,
    batch: Option<i64>,
}

impl<'h> Tx<'h> {
    pub(crate) fn new(handle: &'h Handle) -> Self {
        Self {
            handle,
            link: Link::default(),
            batch: None,
        }
    }

    /// The number of this commit in the chain; handed out when first asked for.
    pub(crate) fn batch(&mut self) -> Result<i64, StoreError> {
        if let Some(batch) = self.batch {
            return Ok(batch);
        }
        let batch = self.next_numbers("batch", 1)?;
        self.batch = Some(batch);
        Ok(batch)
    }

    /// Runs `body`; when it refuses, nothing of it is left, and the transaction goes on without it.
    pub(crate) fn all_or_nothing<R, E: From<StoreError>>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<R, E>,
    ) -> Result<Result<R, E>, StoreError> {
        let (link, batch) = (self.link.clone(), self.batch);
        self.handle.set_savepoint()?;
        // What it wrote last may fail still, and is its own failure.
        let answer = body(self).and_then(|answer| Ok(self.handle.settle().map(|()| answer)?));
        if answer.is_err() {
            (self.link, self.batch) = (link, batch);
        }
        self.handle.leave_savepoint(answer.is_ok())?;
        Ok(answer)
    }

    /// Closes the link of the chain, if anything was added, and commits.
    pub(crate) fn commit(mut self, now: Now) -> Result<(), StoreError> {
        if !self.link.is_empty() {
            let id = self.batch()?;
            let link = std::mem::take(&mut self.link);
            let (previous_id, previous) = self.handle.last_link()?.unwrap_or_default();
            let hash = link.close(&previous, id, now.at().0);
            self.write(
                "INSERT INTO batches (id, previous_id, at_ms, hash) VALUES ($1, $2, $3, $4)",
                &[
                    Value::Int(id),
                    Value::Int(previous_id),
                    Value::Int(now.at().0),
                    Value::Blob(&hash),
                ],
            )?;
        }
        self.handle.commit()
    }

    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.handle.execute(sql, values)
    }

    pub(crate) fn write(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.handle.write(sql, values)
    }

    pub(crate) fn change_one(
        &self,
        table: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        self.handle.change_one(table, sql, values)
    }

    pub(crate) fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.handle.each(sql, values, take)
    }

    pub(crate) fn query<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        self.handle.each(sql, values, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    pub(crate) fn query_one<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.query(sql, values, read)?.pop())
    }

    pub(crate) fn select_in<T>(
        &self,
        select: &str,
        key: &str,
        keys: &[i64],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::with_capacity(keys.len());
        self.handle.select_in(select, key, keys, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// The rows with these ids, those that there are, in the order of `ids`: a database has an order of its own.
    pub(crate) fn select_ids<K, T>(
        &self,
        select: &str,
        ids: &[Id<K>],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
        id_of: impl Fn(&T) -> Id<K>,
    ) -> Result<Vec<T>, StoreError> {
        let numbers: Vec<i64> = ids.iter().map(|id| id.get()).collect();
        let mut found = self.select_in(select, "id", &numbers, read)?;
        let places: HashMap<i64, usize> = numbers.into_iter().zip(0..).collect();
        found.sort_by_key(|one| places.get(&id_of(one).get()).copied());
        Ok(found)
    }

    pub(crate) fn select_keys<T, const N: usize>(
        &self,
        select: &str,
        columns: [&'static str; N],
        keys: &[[Value<'_>; N]],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        self.handle.select_keys(select, columns, keys, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    pub(crate) fn delete_keys<const N: usize>(
        &self,
        table: &'static str,
        columns: [&'static str; N],
        keys: &[[Value<'_>; N]],
    ) -> Result<(), StoreError> {
        self.handle.delete_keys(table, columns, keys)
    }

    pub(crate) fn insert_many<'v, const N: usize>(
        &self,
        into: &Insert<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        self.handle.insert_many(into, rows)
    }

    pub(crate) fn update_many<'v, const N: usize>(
        &self,
        update: &Update<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        self.handle.update_many(update, rows)
    }

    pub(crate) fn delete_many(&self, table: &'static str, key: &str, keys: &[i64]) -> Result<(), StoreError> {
        self.handle.delete_many(table, key, keys)
    }

    /// A list of changes up to and with `last`, oldest first. Each row ends with the number of the one before it.
    ///
    /// # Errors
    /// When the list is broken.
    pub(crate) fn log_up_to<T>(
        &self,
        select: &str,
        last: i64,
        mut read: impl FnMut(i64, &Row<'_>) -> Result<(T, i64), StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let sql = format!("{select} WHERE id = $1");
        let (mut log, mut next) = (Vec::with_capacity(4), last);
        while next != 0 {
            let row = self.query_one(&sql, &[Value::Int(next)], |row| read(next, row))?;
            let (change, previous) = row.filter(|(_, previous)| *previous < next).ok_or_else(|| {
                StoreError::corrupt(format!("no change {next}, or one before itself: {select}"))
            })?;
            log.push(change);
            next = previous;
        }
        log.reverse();
        Ok(log)
    }

    /// What is read from here on may take as long as it takes: whoever looks at all of a large book holds nobody up.
    ///
    /// # Errors
    /// Only those of the database.
    pub fn take_time(&self) -> Result<(), StoreError> {
        self.handle.take_time()
    }

    /// What finds the orders of an embedded database.
    pub(crate) fn orders(&self) -> Option<&RefCell<Orders>> {
        self.handle.orders()
    }

    /// The last number of `counter` that was handed out.
    pub(crate) fn last_number(&self, counter: &str) -> Result<i64, StoreError> {
        let sql = "SELECT value FROM counters WHERE name = $1";
        self.query_one(sql, &[Value::Text(counter)], |row| row.int(0))?
            .ok_or_else(|| StoreError::corrupt(format!("no counter {counter}")))
    }

    pub(crate) fn next_numbers(&self, counter: &str, count: usize) -> Result<i64, StoreError> {
        self.handle.next_numbers(counter, count)
    }
}
