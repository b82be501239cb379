//! A statement with its values as they stand on the wire: what can be kept back, and sent later.

use super::session::Failure;
use crate::{
    dialect::{Row, Value},
    error::StoreError,
};
use futures_util::TryStreamExt;
use std::{error::Error, pin::pin};
use tokio_postgres::{
    Client, Statement,
    error::SqlState,
    types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};

pub(super) struct Bound {
    statement: Statement,
    values: Vec<Encoded>,
    /// What is behind a division by zero: see [`exactly`].
    must_change: Option<&'static str>,
}

impl Bound {
    pub(super) fn new<V: ToSql>(statement: Statement, values: &[V]) -> Result<Self, StoreError> {
        let types = statement.params();
        if types.len() != values.len() {
            return Err(StoreError::corrupt("another number of values than of places"));
        }
        let values = types.iter().zip(values).map(|(ty, value)| encode(value, ty));
        Ok(Self {
            values: values.collect::<Result<_, _>>()?,
            statement,
            must_change: None,
        })
    }

    /// Its words are those of [`exactly`], about this table.
    pub(super) fn must_change(self, table: &'static str) -> Self {
        Self {
            must_change: Some(table),
            ..self
        }
    }

    /// Returns the number of rows that it changed.
    pub(super) async fn execute(self, client: &Client) -> Result<u64, Failure> {
        let done = client.execute_raw(&self.statement, &self.values).await;
        done.map_err(|error| match self.must_change {
            Some(table) if error.code() == Some(&SqlState::DIVISION_BY_ZERO) => {
                Failure::Said(StoreError::LostRace(table))
            }
            Some(_) | None => error.into(),
        })
    }

    /// Every row of its answer.
    pub(super) async fn each(
        self,
        client: &Client,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), Failure> {
        let mut rows = pin!(client.query_raw(&self.statement, &self.values).await?);
        while let Some(row) = rows.try_next().await? {
            take(&Row::Postgres(&row)).map_err(Failure::Said)?;
        }
        Ok(())
    }
}

/// The words of `change`, which the server refuses, by a division by zero, when it does not change `count` rows. So a lost
/// race is a failed statement, after which no COMMIT succeeds, and the commit need not wait until the number is known here.
pub(super) fn exactly(count: &str, change: &str) -> String {
    format!("WITH changed AS ({change} RETURNING 1) SELECT 1 / (COUNT(*) = {count})::int FROM changed")
}

/// A value as it stands on the wire.
#[derive(Debug)]
pub(super) struct Encoded(Option<BytesMut>);

impl From<BytesMut> for Encoded {
    fn from(bytes: BytesMut) -> Self {
        Self(Some(bytes))
    }
}

pub(super) fn encode(value: &impl ToSql, ty: &Type) -> Result<Encoded, StoreError> {
    let mut bytes = BytesMut::new();
    match value.to_sql_checked(ty, &mut bytes) {
        Ok(IsNull::No) => Ok(Encoded(Some(bytes))),
        Ok(IsNull::Yes) => Ok(Encoded(None)),
        Err(error) => Err(StoreError::Database(format!("a value for {ty}: {error}"))),
    }
}

impl ToSql for Encoded {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Self(bytes) = self;
        Ok(bytes.as_ref().map_or(IsNull::Yes, |bytes| {
            out.extend_from_slice(bytes);
            IsNull::No
        }))
    }

    // It was asked when it was encoded.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) => number.to_sql_checked(ty, out),
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Blob(bytes) => bytes.to_sql_checked(ty, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    // Whether the value fits its column is asked of each value.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
