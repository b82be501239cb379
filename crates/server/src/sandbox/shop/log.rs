//! A log of the shop: JSON, a line each, only ever appended to. It outlives the shop, killed or not.

use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// The end of a log.
pub struct Log {
    file: File,
    /// The last line was cut off: the next begins on a line of its own.
    torn: bool,
}

impl Log {
    /// Opens a log, readable by its owner alone, and reads what is in it. A line that was cut off is passed over.
    pub fn open<T: DeserializeOwned>(path: &Path) -> io::Result<(Vec<T>, Self)> {
        let old = fs::read_to_string(path).unwrap_or_default();
        let entries = old.lines().filter_map(|line| serde_json::from_str(line).ok());
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).mode(0o600).open(path)?;
        let torn = !old.is_empty() && !old.ends_with('\n');
        Ok((entries.collect(), Self { file, torn }))
    }

    /// Writes an entry down.
    pub fn append(&mut self, entry: &impl Serialize) -> io::Result<()> {
        let mut line = if self.torn { vec![b'\n'] } else { Vec::new() };
        serde_json::to_writer(&mut line, entry)?;
        line.push(b'\n');
        let written = self.file.write_all(&line);
        self.torn = written.is_err();
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_off_costs_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "1\n2\n{\"torn").unwrap();
        let (_, mut log) = Log::open::<u32>(&path).unwrap();
        log.append(&3).unwrap();
        log.append(&4).unwrap();
        let (entries, _) = Log::open::<u32>(&path).unwrap();
        assert_eq!(entries, [1, 2, 3, 4]);
    }
}
