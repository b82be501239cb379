//! PostgreSQL's own programs: the tests start a server of their own with them.

use super::apt_install;
use crate::Result;
use crate::postgres::Programs;

/// Finds them, or installs them.
pub fn find() -> Result<Programs> {
    if Programs::find().is_none() {
        apt_install(&["postgresql"]);
    }
    Programs::find().ok_or_else(|| {
        "the tests need PostgreSQL 15 or newer: install your system's `postgresql` (root and apt-get install it by themselves)"
            .into()
    })
}
