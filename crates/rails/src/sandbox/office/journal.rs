//! The file that a book stands in: opened, replayed, and its torn end cut.
//!
//! A crash can only tear what was being written, and what is written ends with a line feed last. So a last line without one
//! was never answered for and is cut; any other line that does not read back means that the book is damaged, and it is not
//! opened.

use super::{BankError, book::Book, line};
use rokad_domain::UnixMs;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

/// What was found in the journal.
pub struct Replayed<B> {
    /// Open for appending, and locked against a second office.
    pub file: File,
    /// What its records come to.
    pub book: B,
    /// How many they are.
    pub records: u64,
    /// The latest instant they name.
    pub latest: UnixMs,
}

/// Opens the journal in `dir`, which it creates if need be, and replays it.
///
/// # Errors
/// [`BankError::Io`], [`BankError::InUse`], [`BankError::Damaged`].
pub fn open<B: Book>(dir: &Path) -> Result<Replayed<B>, BankError> {
    std::fs::create_dir_all(dir)?;
    let path = dir.join(B::FILE_NAME);
    let file = open_file(&path)?;
    File::open(dir)?.sync_all()?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => BankError::InUse(path.clone()),
        TryLockError::Error(error) => BankError::Io(error),
    })?;
    let mut replay = Replay::<B>::default();
    let whole = replay.read(&file, &path)?;
    cut(&file, whole, &path)?;
    Ok(Replayed {
        file,
        book: replay.book,
        records: replay.records,
        latest: replay.latest,
    })
}

/// For its owner alone: it names people.
fn open_file(path: &PathBuf) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[derive(Default)]
struct Replay<B> {
    book: B,
    records: u64,
    latest: UnixMs,
}

impl<B: Book> Replay<B> {
    /// Reads all whole lines. Returns their length in bytes.
    fn read(&mut self, file: &File, path: &Path) -> Result<u64, BankError> {
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut line = Vec::new();
        let mut whole = 0;
        while reader.read_until(b'\n', &mut line)? > 0 && line.pop() == Some(b'\n') {
            self.take(&line).ok_or_else(|| BankError::Damaged {
                path: path.to_owned(),
                line: self.records + 1,
            })?;
            whole += line.len() as u64 + 1;
            line.clear();
        }
        Ok(whole)
    }

    fn take(&mut self, line: &[u8]) -> Option<()> {
        let number = self.records + 1;
        let record = line::read(number, line)?;
        self.book.apply(&record, number).ok()?;
        self.latest = self.latest.max(B::at(&record).unwrap_or_default());
        self.records = number;
        Some(())
    }
}

/// Cuts what stands behind the last whole line.
fn cut(file: &File, whole: u64, path: &Path) -> std::io::Result<()> {
    let length = file.metadata()?.len();
    if length > whole {
        tracing::warn!(path = %path.display(), bytes = length - whole, "cut a torn end, of which no answer had left");
        file.set_len(whole)?;
        file.sync_all()?;
    }
    Ok(())
}
