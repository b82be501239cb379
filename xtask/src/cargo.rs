//! How we call cargo from a program that cargo itself started.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// The root of the repository.
pub fn root() -> PathBuf {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir
        .parent()
        .expect("xtask stands in the root")
        .to_path_buf()
}

/// The directory of `debug/` and `release/`, wherever `CARGO_TARGET_DIR` put it.
pub fn target_dir() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let dir = program
        .parent()
        .and_then(Path::parent)
        .ok_or("xtask runs outside a target directory")?;
    Ok(dir.to_path_buf())
}

/// `cargo …` in the root.
///
/// `cargo run` leaves xtask's own `CARGO_PKG_*` and `CARGO_MANIFEST_*` in the environment. Build scripts that
/// watch them (ring's does) would run again each time somebody changes between `cargo xtask` and plain `cargo`.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(args);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs `command` to its end; `Err` with `complaint` unless it went well.
pub fn check(command: &mut Command, complaint: &str) -> Result<()> {
    let status = command
        .status()
        .map_err(|error| format!("{complaint}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(complaint.into())
    }
}
