//! Printing for people.

use rokad_domain::{Paise, UnixMs};
use rokad_wire::date;

/// Prints a line, and does not mind when nobody reads any more.
pub fn line(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// An amount that may be below zero.
pub fn signed(paise: i64) -> String {
    let shown = Paise::new(paise.saturating_abs())
        .map_or_else(|| format!("{paise} paise"), |paise| paise.to_string());
    if paise < 0 { format!("-{shown}") } else { shown }
}

/// An instant.
pub fn time(at: UnixMs) -> String {
    date::in_kolkata(at)
}
