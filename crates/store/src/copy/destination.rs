//! Where a book is copied to.

use super::{
    CopyError, Source, Watch,
    sum::{Sum, Summing},
    tables::{self, Tables},
    tell,
};
use crate::{
    copy::Progress,
    dialect::{Handle, Role, Shape, Target},
    error::StoreError,
    migrate::{self, Others, WATCH, known_schema},
    part::Part,
    store::Place,
    tx::Tx,
};

/// An empty database that becomes a gateway when it is kept. Else nothing of it is left but empty tables.
pub struct Destination {
    // Closed before the file under it goes.
    handle: Handle,
    tables: Tables,
    part: Option<Part>,
}

impl Destination {
    /// Opens it, brings it to the present schema, and begins.
    ///
    /// # Errors
    /// [`CopyError::NotEmpty`]; when it cannot be made, or somebody serves it.
    pub fn open(place: &Place) -> Result<Self, CopyError> {
        let tables = Tables::of(known_schema())?;
        let (handle, part) = match place {
            Place::File(path) => {
                let part = Part::begin(path)?;
                let handle = Handle::open_alone(part.path())?;
                migrate::migrate(&handle, Others::AreGone)?;
                (handle, Some(part))
            }
            Place::Server(url) => (empty_server(url)?, None),
        };
        handle.begin_alone()?;
        // Looked at before; since then somebody may have come, who cannot any more.
        expect_empty(&handle, &tables)?;
        Ok(Self { handle, tables, part })
    }

    /// Fills every table with what the source has in it. The sums are those of the source.
    ///
    /// # Errors
    /// Those of either database; then this is worth nothing any more.
    pub fn fill(&self, source: &Source, watch: Watch<'_>) -> Result<Vec<Sum>, StoreError> {
        let mut sums = Vec::with_capacity(self.tables.all.len());
        for table in &self.tables.all {
            sums.push(
                self.fill_table(table, source, watch)
                    .map_err(|error| in_table(table, error))?,
            );
        }
        self.handle.filled(&self.tables.all)?;
        Ok(sums)
    }

    fn fill_table(&self, table: &Shape, source: &Source, watch: Watch<'_>) -> Result<Sum, StoreError> {
        let mut sum = Summing::of(&table.name);
        // What the migrations put in.
        self.handle.execute(&format!("DELETE FROM {}", table.name), &[])?;
        self.handle.fill(table, |insert| {
            source.handle.each_row(table, |row| {
                sum.add(row);
                tell(watch, &table.name, sum.rows);
                insert(row)
            })
        })?;
        Ok(told(sum, watch))
    }

    /// What every table holds now, read back.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sums(&self, watch: Watch<'_>) -> Result<Vec<Sum>, StoreError> {
        let one = |table: &Shape| {
            let mut sum = Summing::of(&table.name);
            self.handle.each_row(table, |row| {
                sum.add(row);
                tell(watch, &table.name, sum.rows);
                Ok(())
            })?;
            Ok(told(sum, watch))
        };
        self.tables.all.iter().map(one).collect()
    }

    /// Reads it.
    ///
    /// # Errors
    /// What `body` says.
    pub fn read<R>(&self, body: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError>) -> Result<R, StoreError> {
        body(&mut Tx::new(&self.handle))
    }

    /// Makes a gateway of it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`], of a server: it may have become one. After all others it has not.
    pub fn keep(self) -> Result<(), CopyError> {
        let Self { handle, part, .. } = self;
        handle.commit()?;
        drop(handle);
        part.map_or(Ok(()), Part::finish)?;
        Ok(())
    }
}

fn told(sum: Summing, watch: Watch<'_>) -> Sum {
    let sum = sum.end();
    watch(Progress {
        table: &sum.table,
        rows: sum.rows,
        done: true,
    });
    sum
}

fn in_table(table: &Shape, error: StoreError) -> StoreError {
    match error {
        StoreError::Database(what) => StoreError::Database(format!("table {}: {what}", table.name)),
        StoreError::Corrupt(what) => StoreError::Corrupt(format!("table {}: {what}", table.name)),
        other @ (StoreError::NewerSchema { .. }
        | StoreError::LostRace(_)
        | StoreError::Unknown
        | StoreError::OlderNode { .. }
        | StoreError::Closed
        | StoreError::Busy) => other,
    }
}

/// A database on a server in which nothing is, brought to the present schema. One that is used is left as it is, also if
/// its schema is older; one whose making was interrupted is empty at whatever schema it came to.
fn empty_server(url: &str) -> Result<Handle, CopyError> {
    let handle = Handle::open_postgres(&Target::parse(url)?.of(Role::Mover), true)?;
    let (have, known) = (tables::version(&handle)?, known_schema());
    if have > known {
        return Err(StoreError::NewerSchema { have, known }.into());
    }
    expect_empty(&handle, &Tables::of(have)?)?;
    migrate::migrate(&handle, Others::Beat(WATCH))?;
    Ok(handle)
}

fn expect_empty(handle: &Handle, tables: &Tables) -> Result<(), CopyError> {
    match tables.first_used(handle)? {
        None => Ok(()),
        Some(table) => Err(CopyError::NotEmpty(format!(
            "a gateway has written to its table {table}"
        ))),
    }
}
