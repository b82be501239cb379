//! Files that hold a key: made once, readable by their owner alone.

use rokad_flows::{Keyring, keyring::KEY_LEN};
use rokad_wire::chance;
use std::{
    fs, io,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// The name of the instance key in a data directory.
pub const INSTANCE_KEY: &str = "instance.key";

/// The environment variable that can hold the instance key instead: 64 hexadecimal digits.
pub const INSTANCE_KEY_VARIABLE: &str = "ROKAD_INSTANCE_KEY";

/// Why there is no key.
#[derive(thiserror::Error, Debug)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("cannot use the key file {0}: {1}")]
    File(String, io::Error),
    /// It is no key.
    #[error("{0} does not hold 64 hexadecimal digits")]
    NotAKey(String),
}

/// The instance key: from the environment, else from `path`, where it is made when it is missing and `make` says so.
pub fn instance_key(path: &Path, make: bool) -> Result<Keyring, KeyError> {
    if let Ok(text) = std::env::var(INSTANCE_KEY_VARIABLE) {
        return parse(&text, INSTANCE_KEY_VARIABLE);
    }
    let shown = path.display().to_string();
    if make && !path.exists() {
        let key = hex::encode(chance::fill::<KEY_LEN>());
        write_private(path, key.as_bytes()).map_err(|error| KeyError::File(shown.clone(), error))?;
    }
    let text = fs::read_to_string(path).map_err(|error| KeyError::File(shown.clone(), error))?;
    parse(&text, &shown)
}

fn parse(text: &str, from: &str) -> Result<Keyring, KeyError> {
    let mut key = [0; KEY_LEN];
    hex::decode_to_slice(text.trim(), &mut key).map_err(|_| KeyError::NotAKey(from.to_owned()))?;
    Ok(Keyring::new(key))
}

/// Writes a file that only its owner can read: complete, or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let _ = fs::remove_file(&part);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)
}
