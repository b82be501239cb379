//! A file of the embedded database that is not whole yet: it lies beside the place where it belongs, under another name,
//! and gets its own when everything is on the disk. Whoever dies half way leaves nothing that looks like a book.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, Permissions, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The file itself, and what SQLite keeps beside it.
const LOGS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// A file under way. Gone with this value, unless it was finished.
pub(crate) struct Part {
    /// Locked as long as this process lives: of two that write to one place, one is told so.
    file: File,
    path: PathBuf,
    whole: PathBuf,
}

impl Part {
    /// Begins one for `whole`, which must not exist, and clears away what somebody left who died here.
    pub(crate) fn begin(whole: &Path) -> io::Result<Self> {
        for name in LOGS {
            let there = beside(whole, name);
            if fs::symlink_metadata(&there).is_ok() {
                let there = there.display();
                let why = format!("{there} exists already; nothing is written over it");
                return Err(io::Error::new(ErrorKind::AlreadyExists, why));
            }
        }
        let path = beside(whole, ".part");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                io::Error::other(format!("another rokad writes {} at this moment", path.display()))
            }
            TryLockError::Error(error) => error,
        })?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.set_len(0)?;
        clear(&path);
        let whole = whole.to_owned();
        Ok(Self { file, path, whole })
    }

    /// Where it lies meanwhile.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, once all of it is on the disk. A file of that name that came meanwhile is left alone.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        match fs::hard_link(&self.path, &self.whole) {
            Ok(()) => {}
            // A file system without links.
            Err(error) if error.kind() != ErrorKind::AlreadyExists && !self.whole.exists() => {
                fs::rename(&self.path, &self.whole)?;
            }
            Err(error) => return Err(error),
        }
        let folder = self.whole.parent().filter(|folder| *folder != Path::new(""));
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        clear(&self.path);
        let _ = fs::remove_file(&self.path);
    }
}

/// What SQLite may have left beside a file under way.
fn clear(path: &Path) {
    for name in &LOGS[1..] {
        let _ = fs::remove_file(beside(path, name));
    }
}

fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(more);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gets_its_name_when_it_is_whole_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("book");
        let part = Part::begin(&whole).unwrap();
        fs::write(part.path(), "all of it").unwrap();
        assert!(!whole.exists());
        part.finish().unwrap();
        assert_eq!(fs::read_to_string(&whole).unwrap(), "all of it");
        assert_eq!(whole.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_written_over_and_no_log_of_another_is_taken_for_its_own() {
        for name in LOGS {
            let folder = tempfile::tempdir().unwrap();
            let whole = folder.path().join("book");
            fs::write(beside(&whole, name), "somebody's").unwrap();
            let error = Part::begin(&whole).err().unwrap();
            assert!(error.to_string().contains("exists already"), "{error}");
        }
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("book");
        let part = Part::begin(&whole).unwrap();
        fs::write(&whole, "came meanwhile").unwrap();
        assert!(part.finish().is_err());
        assert_eq!(fs::read_to_string(&whole).unwrap(), "came meanwhile");
    }

    #[test]
    fn what_was_left_half_way_is_cleared_and_of_two_at_once_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("book");
        fs::write(beside(&whole, ".part"), "half of it").unwrap();
        fs::write(beside(&whole, ".part-journal"), "and its journal").unwrap();
        let part = Part::begin(&whole).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(part.path()).unwrap(), "");
        let second = Part::begin(&whole).err().unwrap();
        assert!(second.to_string().contains("at this moment"), "{second}");
        drop(part);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
