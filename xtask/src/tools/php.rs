//! Merchants' own PHP. Without it the tests that need it say so and pass.

use std::process::Command;

use super::{apt_install, quiet};
use crate::Result;

/// `1`: PHP is there, and the tests which need it must run. Any other value, or none: they say so and pass.
/// Whoever sets it to `1` beforehand makes a missing PHP a failure.
pub const VARIABLE: &str = "ROKAD_TEST_PHP";

/// Whether merchants' own PHP can be run here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Php {
    Found,
    Missing,
}

impl Php {
    pub fn as_variable(self) -> &'static str {
        match self {
            Self::Found => "1",
            Self::Missing => "0",
        }
    }
}

/// Finds PHP with the extensions that merchants use, or installs it.
pub fn find() -> Result<Php> {
    if works() || (apt_install(&["php-cli", "php-curl"]) && works()) {
        return Ok(Php::Found);
    }
    let sentence =
        "php-cli with php-curl is missing and could not be installed here (root and apt-get install it)";
    if std::env::var(VARIABLE).is_ok_and(|value| value == "1") {
        return Err(format!("{sentence}, and {VARIABLE}=1 asks for it").into());
    }
    eprintln!("xtask: {sentence}: the tests with merchants' PHP will be passed over");
    Ok(Php::Missing)
}

fn works() -> bool {
    quiet(Command::new("php").args([
        "-r",
        "exit(extension_loaded('curl') && extension_loaded('openssl') ? 0 : 1);",
    ]))
}
