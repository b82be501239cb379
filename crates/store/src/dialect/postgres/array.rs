//! Many rows as one array a column: what `UNNEST` takes.

use super::super::Value;
use crate::error::StoreError;
use std::error::Error;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

/// The kind of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Int,
    Text,
    Blob,
}

impl Kind {
    pub(super) fn of(ty: &Type) -> Result<Self, StoreError> {
        match *ty {
            Type::INT8 => Ok(Self::Int),
            Type::TEXT => Ok(Self::Text),
            Type::BYTEA => Ok(Self::Blob),
            _ => Err(StoreError::corrupt(format!("a column of type {ty}"))),
        }
    }

    pub(super) fn of_value(value: Value<'_>) -> Self {
        match value {
            Value::Int(_) | Value::Null => Self::Int,
            Value::Text(_) => Self::Text,
            Value::Blob(_) => Self::Blob,
        }
    }

    pub(super) fn column_type(self) -> Type {
        match self {
            Self::Int => Type::INT8,
            Self::Text => Type::TEXT,
            Self::Blob => Type::BYTEA,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Int => "bigint",
            Self::Text => "text",
            Self::Blob => "bytea",
        }
    }
}

/// The values of one column.
#[derive(Debug)]
pub(super) enum Array<'v> {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<&'v str>>),
    Blob(Vec<Option<&'v [u8]>>),
}

impl ToSql for Array<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Int(values) => values.to_sql_checked(ty, out),
            Self::Text(values) => values.to_sql_checked(ty, out),
            Self::Blob(values) => values.to_sql_checked(ty, out),
        }
    }

    // Each kind asks for itself.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The rows, turned into columns.
pub(super) fn columns<'v, const N: usize>(
    kinds: &[Kind],
    rows: &[[Value<'v>; N]],
) -> Result<Vec<Array<'v>>, StoreError> {
    let column = |(at, kind): (usize, &Kind)| {
        let values = rows.iter().filter_map(|row| row.get(at).copied());
        Ok(match kind {
            Kind::Int => Array::Int(values.map(int).collect::<Result<_, _>>()?),
            Kind::Text => Array::Text(values.map(text).collect::<Result<_, _>>()?),
            Kind::Blob => Array::Blob(values.map(blob).collect::<Result<_, _>>()?),
        })
    };
    kinds.iter().enumerate().map(column).collect()
}

fn int(value: Value<'_>) -> Result<Option<i64>, StoreError> {
    match value {
        Value::Int(number) => Ok(Some(number)),
        Value::Null => Ok(None),
        Value::Text(_) | Value::Blob(_) => Err(StoreError::corrupt("a value that is no number")),
    }
}

fn text(value: Value<'_>) -> Result<Option<&str>, StoreError> {
    match value {
        Value::Text(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        Value::Int(_) | Value::Blob(_) => Err(StoreError::corrupt("a value that is no text")),
    }
}

fn blob(value: Value<'_>) -> Result<Option<&[u8]>, StoreError> {
    match value {
        Value::Blob(bytes) => Ok(Some(bytes)),
        Value::Null => Ok(None),
        Value::Int(_) | Value::Text(_) => Err(StoreError::corrupt("a value that is no bytes")),
    }
}
