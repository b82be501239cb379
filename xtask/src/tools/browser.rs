//! Node, Chromium and a font for Hindi: without them nobody knows whether a customer can pay, so they must be there.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{apt_install, quiet};
use crate::Result;

/// The oldest Node that the tests run on. Source: `engines` in browser/package.json.
const NODE_MAJOR_MIN: u32 = 20;

/// Names another Chromium than Debian's.
pub const CHROMIUM_VARIABLE: &str = "ROKAD_CHROMIUM";

/// Debian's Chromium without windows: a tenth of the work of the one with them. The other serves where this one is missing.
const CHROMIUMS: [&str; 2] = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/// Finds all three, or installs them; gives the path of Chromium.
pub fn find() -> Result<PathBuf> {
    need_node()?;
    let chromium = need_chromium()?;
    need_hindi()?;
    Ok(chromium)
}

fn need_node() -> Result<()> {
    if node_major().is_none() || !npm_works() {
        apt_install(&["nodejs", "npm"]);
    }
    let found = match node_major() {
        Some(major) if major >= NODE_MAJOR_MIN && npm_works() => return Ok(()),
        Some(major) if major >= NODE_MAJOR_MIN => "Node is there, npm is missing".to_owned(),
        Some(major) => format!("found Node {major}"),
        None => "found none".to_owned(),
    };
    Err(format!(
        "the browser tests need Node {NODE_MAJOR_MIN} or newer with npm ({found}): install it from your system \
         or from nodejs.org, and put `node` and `npm` into PATH"
    )
    .into())
}

/// `v20.11.1` is 20.
fn node_major() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn npm_works() -> bool {
    quiet(Command::new("npm").arg("--version"))
}

fn need_chromium() -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os(CHROMIUM_VARIABLE).map(PathBuf::from) {
        let complaint = format!("{CHROMIUM_VARIABLE}={}: no such file", chosen.display());
        return if chosen.exists() {
            Ok(chosen)
        } else {
            Err(complaint.into())
        };
    }
    if !Path::new(CHROMIUMS[0]).exists() {
        apt_install(&["chromium-headless-shell"]);
    }
    let found = CHROMIUMS.iter().map(PathBuf::from).find(|path| path.exists());
    found.ok_or_else(|| {
        format!(
            "the browser tests need Chromium: install Debian's `chromium-headless-shell`, or name another with \
             {CHROMIUM_VARIABLE} (root and apt-get install it by themselves)"
        )
        .into()
    })
}

/// Pages are tested in Hindi, too; without a font each letter would be an empty box.
fn need_hindi() -> Result<()> {
    if hindi_is_drawn() || (apt_install(&["fontconfig", "fonts-lohit-deva"]) && hindi_is_drawn()) {
        return Ok(());
    }
    Err(
        "the browser tests need a font with Devanagari: install `fontconfig` and `fonts-lohit-deva` (Debian) or \
         Noto Sans Devanagari"
            .into(),
    )
}

fn hindi_is_drawn() -> bool {
    let fonts = Command::new("fc-list").args([":lang=hi", "family"]).output();
    fonts.is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
}
