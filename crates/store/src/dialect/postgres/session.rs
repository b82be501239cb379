//! One connection, and all that lives as long as it.

use super::{
    array::Kind,
    bound::{Bound, Encoded},
    target::Target,
};
use crate::error::StoreError;
use std::{collections::HashMap, future::poll_fn, pin::pin, sync::mpsc, task::Poll};
use tokio::runtime::Runtime;
use tokio_postgres::{
    Client, Statement,
    binary_copy::BinaryCopyInWriter,
    error::SqlState,
    types::{ToSql, Type},
};

pub(super) struct Session {
    /// Carries the connection while somebody waits for an answer, and only then.
    runtime: Runtime,
    client: Client,
    statements: HashMap<String, Statement>,
    kinds: HashMap<String, Vec<Kind>>,
    /// Nothing more can be asked of it.
    lost: bool,
}

/// Why what was sent in one go did not all succeed.
pub(super) enum Failure {
    /// The server says no, or an answer made no sense to us.
    Said(StoreError),
    /// The connection was lost: what the server did last nobody has heard.
    Lost(StoreError),
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Said(error) | Failure::Lost(error) => error,
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        if error.as_db_error().is_some() && !went_away(&error) {
            Self::Said(error.into())
        } else {
            Self::Lost(error.into())
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(match error.as_db_error() {
            Some(said) => format!("{} ({})", said.message(), said.code().code()),
            None => error.to_string(),
        })
    }
}

/// The server ended the connection by itself, perhaps in the middle of a commit.
fn went_away(error: &tokio_postgres::Error) -> bool {
    let gone = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    error
        .code()
        .is_some_and(|code| gone.contains(code) || code.code().starts_with("08"))
}

impl Session {
    pub(super) fn open(target: &Target) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::Database(format!("no runtime: {error}")))?;
        Ok(Self {
            client: runtime.block_on(target.connect())?,
            runtime,
            statements: HashMap::new(),
            kinds: HashMap::new(),
            lost: false,
        })
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost || self.client.is_closed()
    }

    /// Sends `first` and `last` in one go, and waits for all answers. The first failure counts: in a transaction the server
    /// refuses all that comes after it. What cannot be sent holds back all that comes after it.
    pub(super) fn go<T>(
        &mut self,
        first: Vec<Bound>,
        last: impl AsyncFnOnce(&Client) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let client = &self.client;
        let done = self.runtime.block_on(async {
            let mut answers = Vec::with_capacity(first.len());
            for bound in first {
                answers.push(sent(bound.execute(client)).await?);
            }
            let last = sent(last(client)).await?;
            for answer in answers {
                answer.await?;
            }
            last.await
        });
        self.lost |= matches!(done, Err(Failure::Lost(_)));
        done
    }

    /// Sends rows to `COPY … FROM STDIN (FORMAT binary)` until no more come.
    pub(super) fn copy_in(
        &mut self,
        sql: &str,
        types: &[Type],
        rows: mpsc::Receiver<Vec<Encoded>>,
    ) -> Result<(), Failure> {
        self.go(Vec::new(), async |client| {
            let sink = client.copy_in(sql).await?;
            let mut stream = pin!(BinaryCopyInWriter::new(sink, types));
            while let Ok(row) = rows.recv() {
                stream.as_mut().write_raw(row).await?;
            }
            stream.finish().await?;
            Ok(())
        })
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.go(Vec::new(), async |client| Ok(client.prepare(sql).await?))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// A statement with its values. What was not prepared yet is prepared first.
    pub(super) fn bind<V: ToSql>(&mut self, sql: &str, values: &[V]) -> Result<Bound, StoreError> {
        Bound::new(self.prepare(sql)?, values)
    }

    /// The kinds of a table's columns.
    pub(super) fn kinds(&mut self, table: &str, columns: &[&str]) -> Result<Vec<Kind>, StoreError> {
        let sql = format!("SELECT {} FROM {table}", columns.join(", "));
        if let Some(kinds) = self.kinds.get(&sql) {
            return Ok(kinds.clone());
        }
        let statement = self.prepare(&sql)?;
        let kinds: Result<Vec<Kind>, _> = statement.columns().iter().map(|c| Kind::of(c.type_())).collect();
        let kinds = kinds?;
        self.kinds.insert(sql, kinds.clone());
        Ok(kinds)
    }
}

/// Puts a question after those that were sent before it. A client sends, in this order, what is polled for the first time;
/// its connection sees to the wire when we begin to wait for an answer, and takes all there is.
///
/// # Errors
/// What has an end before anybody waits for it was not sent.
pub(super) async fn sent<T>(
    question: impl Future<Output = Result<T, Failure>>,
) -> Result<impl Future<Output = Result<T, Failure>>, Failure> {
    let mut question = Box::pin(question);
    let first = poll_fn(|context| Poll::Ready(question.as_mut().poll(context))).await;
    let answer = match first {
        Poll::Ready(end) => Some(end?),
        Poll::Pending => None,
    };
    Ok(async move {
        match answer {
            Some(answer) => Ok(answer),
            None => question.await,
        }
    })
}
