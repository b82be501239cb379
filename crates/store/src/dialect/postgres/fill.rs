//! Whole tables of a server: rows go in as one stream, not in statements.

use super::{Kind, Postgres};
use crate::{
    dialect::{Value, shape::Shape},
    error::StoreError,
};
use postgres::{binary_copy::BinaryCopyInWriter, types::Type};

/// The values of a row, whatever their kinds.
pub(in crate::dialect) fn values(row: &postgres::Row) -> Result<Vec<Value<'_>>, StoreError> {
    let value = |(at, column): (usize, &postgres::Column)| {
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
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ")?;
        let begun = self
            .execute_script("LOCK TABLE counters IN EXCLUSIVE MODE")
            .and_then(|()| self.commits.count(self));
        begun.inspect_err(|_| drop(self.rollback()))
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
        let mut session = self.session()?;
        let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        let kinds = session.kinds(&table.name, &columns)?;
        let types: Vec<Type> = kinds.into_iter().map(Kind::column_type).collect();
        let sql = format!(
            "COPY {} ({}) FROM STDIN (FORMAT binary)",
            table.name,
            table.names()
        );
        let mut stream = BinaryCopyInWriter::new(session.client.copy_in(&sql)?, &types);
        fill(&mut |row| Ok(stream.write_raw(row)?))?;
        stream.finish()?;
        Ok(())
    }
}
