//! What the tests need beside Rust and a C compiler; installed where we can, named in a sentence where we cannot.

pub mod browser;
pub mod php;
pub mod postgres;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::cargo::{cargo, check};

/// A part of the Rust distribution that is not always installed with it.
pub fn need_component(component: &str, subcommand: &str) -> Result<()> {
    if quiet(&mut cargo(&[subcommand, "--version"])) {
        return Ok(());
    }
    eprintln!("xtask: {component} is missing: trying `rustup component add {component}`");
    check(
        Command::new("rustup").args(["component", "add", component]),
        &format!("{component} is missing: install it with `rustup component add {component}`"),
    )
}

pub fn has_nextest() -> bool {
    quiet(&mut cargo(&["nextest", "--version"]))
}

fn apt_install(packages: &[&str]) -> bool {
    if !is_root() || !quiet(Command::new("apt-get").arg("--version")) {
        return false;
    }
    eprintln!("xtask: installing {} with apt-get", packages.join(", "));
    apt_get(&["update"]) && apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

/// Patient enough for a slow mirror, not for an absent one.
fn apt_get(args: &[&str]) -> bool {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["-qq", "-o", "Acquire::http::Timeout=20"]);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether this process runs as root: its own entry in /proc belongs to root.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    Path::new("/proc/self")
        .metadata()
        .is_ok_and(|entry| entry.uid() == 0)
}

fn quiet(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
