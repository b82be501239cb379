//! The book that is copied, held still.

use super::{CopyError, expect_unserved, tables};
use crate::{
    dialect::{Handle, Role, Target},
    error::StoreError,
    store::Place,
    tx::Tx,
};

/// A book that nobody else can write to, as long as this lives.
pub struct Source {
    pub(super) handle: Handle,
}

impl Source {
    /// Takes hold of it. That nobody serves an embedded one is for the caller to see to, who knows its directory.
    ///
    /// # Errors
    /// When there is none, it has the schema of another version, or somebody serves it or writes to it.
    pub fn open(place: &Place) -> Result<Self, CopyError> {
        let handle = match place {
            Place::File(path) if !path.exists() => return Err(CopyError::NoSource),
            Place::File(path) => Handle::open_sqlite(path, false)?,
            Place::Server(url) => Handle::open_postgres(&Target::parse(url)?.of(Role::Mover), true)?,
        };
        tables::expect_present_schema(&handle)?;
        if matches!(place, Place::Server(_)) {
            expect_unserved(&handle)?;
        }
        handle.begin_alone()?;
        Ok(Self { handle })
    }

    /// Reads it.
    ///
    /// # Errors
    /// What `body` says.
    pub fn read<R>(&self, body: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError>) -> Result<R, StoreError> {
        body(&mut Tx::new(&self.handle))
    }
}
