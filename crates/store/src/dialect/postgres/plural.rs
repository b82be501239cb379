//! Plural forms: one array a column, whatever the number of rows.

use super::{
    Postgres,
    array::{Kind, columns},
    bound::{Bound, Encoded, exactly},
};
use crate::{
    dialect::{Insert, Row, Update, Value},
    error::StoreError,
};

impl Postgres {
    pub(crate) fn select_in(
        &self,
        select: &str,
        key: &str,
        keys: &[i64],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(&format!("{select} WHERE {key} = ANY($1)"), &[keys], take)
    }

    pub(crate) fn select_keys<const N: usize>(
        &self,
        select: &str,
        columns: [&'static str; N],
        keys: &[[Value<'_>; N]],
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some((one_of, arrays)) = one_of(columns, keys)? else {
            return Ok(());
        };
        self.each(&format!("{select} WHERE {one_of}"), &arrays, take)
    }

    pub(crate) fn delete_many(&self, table: &'static str, key: &str, keys: &[i64]) -> Result<(), StoreError> {
        let delete = format!("DELETE FROM {table} WHERE {key} = ANY($1)");
        let bound = self.bind(&exactly("CARDINALITY($1)", &delete), &[keys]);
        self.keep(bound.map(|bound| bound.must_change(table)))
    }

    pub(crate) fn delete_keys<const N: usize>(
        &self,
        table: &'static str,
        columns: [&'static str; N],
        keys: &[[Value<'_>; N]],
    ) -> Result<(), StoreError> {
        let Some((one_of, arrays)) = one_of(columns, keys)? else {
            return Ok(());
        };
        let delete = format!("DELETE FROM {table} WHERE {one_of}");
        let bound = self.bind(&exactly("CARDINALITY($1)", &delete), &arrays);
        self.keep(bound.map(|bound| bound.must_change(table)))
    }

    pub(crate) fn insert_many<'v, const N: usize>(
        &self,
        into: &Insert<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let Insert { table, columns } = into;
        let Some(bound) = self.of_columns(table, columns, rows, |given| {
            let names = columns.join(", ");
            format!("INSERT INTO {table} ({names}) {given}")
        }) else {
            return Ok(());
        };
        self.keep(bound)
    }

    pub(crate) fn update_many<'v, const N: usize>(
        &self,
        update: &Update<N>,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let table = update.table;
        let [key, columns @ ..] = update.columns.as_slice() else {
            return Ok(());
        };
        let Some(bound) = self.of_columns(table, &update.columns, rows, |given| {
            let sets: Vec<String> = columns.iter().map(|c| format!("{c} = given.{c}")).collect();
            let (sets, names) = (sets.join(", "), update.columns.join(", "));
            let change = format!(
                "UPDATE {table} SET {sets} FROM ({given}) AS given ({names}) WHERE {table}.{key} = given.{key}"
            );
            exactly("CARDINALITY($1)", &change)
        }) else {
            return Ok(());
        };
        self.keep(bound.map(|bound| bound.must_change(table)))
    }

    /// One statement with an array for each column, whose `words` stand around the rows. Nothing, if there are none.
    fn of_columns<'v, const N: usize>(
        &self,
        table: &str,
        names: &[&str; N],
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
        words: impl FnOnce(&str) -> String,
    ) -> Option<Result<Bound, StoreError>> {
        let rows: Vec<_> = rows.into_iter().collect();
        if rows.is_empty() {
            return None;
        }
        Some(self.session().and_then(|mut session| {
            let kinds = session.kinds(table, names)?;
            let words = words(&side_by_side(&kinds));
            session.bind(&words, &columns(&kinds, &rows)?)
        }))
    }
}

/// `$1::bigint[], $2::text[]`.
fn places(kinds: &[Kind]) -> String {
    let places: Vec<String> = (1..)
        .zip(kinds)
        .map(|(n, kind)| format!("${n}::{}[]", kind.name()))
        .collect();
    places.join(", ")
}

/// The rows whose columns are these arrays. `SELECT * FROM UNNEST(…)` gives the same, and puts every column of every row aside
/// first: twice the time.
fn side_by_side(kinds: &[Kind]) -> String {
    let columns = (1..).zip(kinds);
    let columns: Vec<String> = columns
        .map(|(n, kind)| format!("UNNEST(${n}::{}[])", kind.name()))
        .collect();
    format!("SELECT {}", columns.join(", "))
}

/// `(a, b) IN (…)`, with an array for each column. Nothing, if there are no keys.
fn one_of<const N: usize>(
    names: [&'static str; N],
    keys: &[[Value<'_>; N]],
) -> Result<Option<(String, Vec<Encoded>)>, StoreError> {
    let Some(first) = keys.first() else {
        return Ok(None);
    };
    let kinds = first.map(Kind::of_value);
    let one_of = format!(
        "({}) IN (SELECT * FROM UNNEST({}))",
        names.join(", "),
        places(&kinds)
    );
    Ok(Some((one_of, columns(&kinds, keys)?)))
}
