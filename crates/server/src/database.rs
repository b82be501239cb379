//! Where the book of a data directory is: in it, or on a server that the directory remembers.

use crate::{cli::Failure, keyfile::write_private};
use rokad_store::Place;
use std::{fs, io, path::Path};

/// The embedded database's file in a data directory.
pub const DATABASE: &str = "rokad.db";

/// The file that remembers a server. Its owner alone may read it: an address holds a password.
const ADDRESS: &str = "database.url";

/// Addresses begin so.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Whether this is the address of a database on a server.
pub fn is_address(url: &str) -> bool {
    SCHEMES.iter().any(|scheme| url.starts_with(scheme))
}

/// Where the book of this directory is.
pub fn place_of(data: &Path) -> io::Result<Place> {
    match fs::read_to_string(data.join(ADDRESS)) {
        Ok(url) => Ok(Place::Server(url.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Place::File(data.join(DATABASE))),
        Err(error) => Err(error),
    }
}

/// From now on the book of this directory, which has none yet, is at `url`.
pub fn remember(data: &Path, url: &str) -> Result<(), Failure> {
    if !is_address(url) {
        return Err(Failure::Said("--database must begin with postgres://".to_owned()));
    }
    match place_of(data)? {
        Place::Server(known) if known == url => return Ok(()),
        Place::File(file) if !file.exists() => {}
        Place::Server(_) | Place::File(_) => {
            let data = data.display();
            return Err(Failure::Said(format!(
                "the gateway in {data} keeps its book elsewhere: give --database only with a new directory"
            )));
        }
    }
    Ok(write_private(&data.join(ADDRESS), url.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_remembers_its_server_and_takes_no_other() {
        let data = tempfile::tempdir().unwrap();
        let data = data.path();
        assert!(place_of(data).unwrap() == Place::File(data.join(DATABASE)));
        assert!(remember(data, "sqlite://book").is_err());
        remember(data, "postgres://one/rokad").unwrap();
        remember(data, "postgres://one/rokad").unwrap();
        assert!(place_of(data).unwrap() == Place::Server("postgres://one/rokad".to_owned()));
        assert!(remember(data, "postgres://other/rokad").is_err());
    }

    #[test]
    fn a_book_that_is_there_is_not_left_behind() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(DATABASE), "").unwrap();
        assert!(remember(data.path(), "postgres://one/rokad").is_err());
    }
}
