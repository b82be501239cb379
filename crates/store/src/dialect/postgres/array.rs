//! Many rows as one array a column: what `UNNEST` takes.

use super::{super::Value, bound::Encoded};
use crate::error::StoreError;
use tokio_postgres::types::{Type, private::BytesMut};

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

    fn oid(self) -> Result<i32, StoreError> {
        i32::try_from(self.column_type().oid()).map_err(|_| StoreError::corrupt("an unknown type"))
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Int => "bigint",
            Self::Text => "text",
            Self::Blob => "bytea",
        }
    }
}

/// One column of the rows as it stands on the wire. First how many dimensions, whether nulls are among them, of what; then
/// how many, counted from 1; then each, with its length before it.
pub(super) fn column<'v>(
    kind: Kind,
    values: impl ExactSizeIterator<Item = Value<'v>> + Clone,
) -> Result<Encoded, StoreError> {
    let nulls = values.clone().any(|value| matches!(value, Value::Null));
    let mut bytes = BytesMut::with_capacity(20 + 12 * values.len());
    let head = [1, i32::from(nulls), kind.oid()?, length(values.len())?, 1];
    for number in head {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    for value in values {
        match (kind, value) {
            (Kind::Int | Kind::Text | Kind::Blob, Value::Null) => {
                bytes.extend_from_slice(&(-1_i32).to_be_bytes())
            }
            (Kind::Int, Value::Int(number)) => put(&mut bytes, &number.to_be_bytes())?,
            (Kind::Text, Value::Text(text)) => put(&mut bytes, text.as_bytes())?,
            (Kind::Blob, Value::Blob(blob)) => put(&mut bytes, blob)?,
            (Kind::Int | Kind::Text | Kind::Blob, Value::Int(_) | Value::Text(_) | Value::Blob(_)) => {
                return Err(StoreError::corrupt("a value of another kind than its column"));
            }
        }
    }
    Ok(Encoded::from(bytes))
}

/// The rows, turned into columns.
pub(super) fn columns<const N: usize>(
    kinds: &[Kind],
    rows: &[[Value<'_>; N]],
) -> Result<Vec<Encoded>, StoreError> {
    let column = |(at, kind): (usize, &Kind)| column(*kind, rows.iter().map(move |row| row[at]));
    kinds.iter().enumerate().map(column).collect()
}

fn put(bytes: &mut BytesMut, value: &[u8]) -> Result<(), StoreError> {
    bytes.extend_from_slice(&length(value.len())?.to_be_bytes());
    bytes.extend_from_slice(value);
    Ok(())
}

fn length(length: usize) -> Result<i32, StoreError> {
    i32::try_from(length).map_err(|_| StoreError::corrupt("more than one statement takes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_postgres::types::ToSql;

    /// What the client itself makes of an array.
    fn theirs(values: impl ToSql, ty: &Type) -> String {
        let mut bytes = BytesMut::new();
        values.to_sql_checked(ty, &mut bytes).unwrap();
        format!("{:?}", Encoded::from(bytes))
    }

    fn ours(kind: Kind, values: &[Value<'_>]) -> String {
        format!("{:?}", column(kind, values.iter().copied()).unwrap())
    }

    #[test]
    fn a_column_stands_on_the_wire_as_the_client_writes_an_array() {
        let numbers = [Value::Int(7), Value::Null, Value::Int(-1)];
        assert_eq!(
            ours(Kind::Int, &numbers),
            theirs(vec![Some(7_i64), None, Some(-1)], &Type::INT8_ARRAY)
        );
        let texts = [Value::Text(""), Value::Text("रोकड़")];
        assert_eq!(
            ours(Kind::Text, &texts),
            theirs(vec!["", "रोकड़"], &Type::TEXT_ARRAY)
        );
        let bytes: [&[u8]; 2] = [&[0, 1], &[]];
        assert_eq!(
            ours(Kind::Blob, &bytes.map(Value::Blob)),
            theirs(bytes.to_vec(), &Type::BYTEA_ARRAY)
        );
    }

    #[test]
    fn a_value_of_another_kind_is_not_sent() {
        assert!(column(Kind::Int, [Value::Text("7")].into_iter()).is_err());
    }
}
