//! The tests in a browser: browser/README.md says how they are written.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::cargo::{check, root, target_dir};
use crate::tools::browser::CHROMIUM_VARIABLE;

/// A copy of the lock that `node_modules` was installed by.
const STAMP: &str = "node_modules/.installed-lock.json";

pub fn tests(chromium: &Path) -> Result<()> {
    let folder = root().join("browser");
    install(&folder)?;
    let target = target_dir()?;
    let mut node = Command::new("node");
    node.arg("run.js").current_dir(&folder);
    node.env("ROKAD_PROGRAM", target.join("debug/rokad"))
        .env("ROKAD_PICTURES", target.join("browser"))
        .env(CHROMIUM_VARIABLE, chromium);
    check(&mut node, "tests in the browser fail: see above")
}

/// Installs the libraries of the tests, unless those of this very lock are there.
fn install(folder: &Path) -> Result<()> {
    let (lock, stamp) = (
        std::fs::read(folder.join("package-lock.json"))?,
        folder.join(STAMP),
    );
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(folder);
    check(
        npm.stdout(Stdio::null()),
        "the libraries of the browser tests could not be installed (`npm ci` in browser/)",
    )?;
    Ok(std::fs::write(stamp, lock)?)
}
