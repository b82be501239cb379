//! Whole tables of a server: rows go in as one stream, not in statements.

use super::{
    Postgres,
    array::Kind,
    bound::{Encoded, encode},
    session::Session,
};
use crate::{
    dialect::{Value, shape::Shape},
    error::StoreError,
};
use std::sync::mpsc;
use tokio_postgres::types::Type;

/// Rows that wait to be sent.
const ROWS_MAX: usize = 1_000;

/// The values of a row, whatever their kinds.
pub(in crate::dialect) fn values(row: &tokio_postgres::Row) -> Result<Vec<Value<'_>>, StoreError> {
    let value = |(at, column): (usize, &tokio_postgres::Column)| {
        Ok(match Kind::of(column.type_())? {
            Kind::Int => row.try_get::<_, Option<i64>>(at)?.map(Value::Int),
            Kind::Text => row.try_get::<_, Option<&str>>(at)?.map(Value::Text),
            Kind::Blob => row.try_get::<_, Option<&[u8]>>(at)?.map(Value::Blob),
        }
        .unwrap_or(Value::Null))
    };
    row.columns().iter().enumerate().map(value).collect()
}

impl Postgres {
    /// Begins a transaction that sees one unchanging view, and beside which nobody else can write. The lock comes before
    /// the first look: the view begins after the last commit of others.
    pub(crate) fn begin_alone(&self) -> Result<(), StoreError> {
        self.begin(|session| {
            let words = "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE counters IN EXCLUSIVE MODE";
            session.go(Vec::new(), async |client| Ok(client.batch_execute(words).await?))?;
            let counted = self.commits.count(session)?;
            Ok(session.go(vec![counted], async |_| Ok(()))?)
        })
    }

    pub(crate) fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let mut has = false;
        self.each(
            "SELECT 1 WHERE to_regclass($1) IS NOT NULL",
            &[Value::Text(name)],
            |_| {
                has = true;
                Ok(())
            },
        )?;
        Ok(has)
    }

    /// Inserts the rows that `fill` gives.
    pub(crate) fn fill(
        &self,
        table: &Shape,
        fill: impl FnOnce(&mut dyn FnMut(&[Value<'_>]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let done = self.stream_in(table, fill);
        self.noted(done)
    }

    fn stream_in(
        &self,
        table: &Shape,
        fill: impl FnOnce(&mut dyn FnMut(&[Value<'_>]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.settle()?;
        let mut borrowed = self.session()?;
        let session: &mut Session = &mut borrowed;
        let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        let kinds = session.kinds(&table.name, &columns)?;
        let types: Vec<Type> = kinds.into_iter().map(Kind::column_type).collect();
        let sql = format!(
            "COPY {} ({}) FROM STDIN (FORMAT binary)",
            table.name,
            table.names()
        );
        let encoded = |row: &[Value<'_>]| -> Result<Vec<Encoded>, StoreError> {
            row.iter()
                .zip(&types)
                .map(|(value, ty)| encode(value, ty))
                .collect()
        };
        let (rows, to_send) = mpsc::sync_channel(ROWS_MAX);
        // Whoever gives the rows may wait for another server, on a runtime that cannot stand inside this one's.
        std::thread::scope(|scope| {
            let sending = scope.spawn(|| session.copy_in(&sql, &types, to_send));
            let filled = fill(&mut |row| rows.send(encoded(row)?).map_err(|_| StoreError::Closed));
            drop(rows);
            match sending.join() {
                Ok(sent) => sent.map_err(StoreError::from).and(filled),
                Err(_) => Err(StoreError::corrupt("rows could not be sent")),
            }
        })
    }
}
