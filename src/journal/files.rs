//! The journal's files: where they lie, who may read them, and the lock that leaves one writer.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::Held;

/// `FILE.head`, the newest position.
pub fn head_path(path: &Path) -> PathBuf {
    beside(path, ".head")
}

/// `FILE-wal`, where SQLite keeps what is not in the main file yet.
pub fn wal_path(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

/// Makes the folder, for its owner only, and what is missing above it.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let folder = folder(path);
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // A folder's own name stands in the folder above.
    folder
        .ancestors()
        .skip(1)
        .filter(|above| above.is_dir())
        .try_for_each(sync_folder)
}

/// Makes the empty file of records, readable for its owner only; SQLite gives its other files the same rights.
pub fn make_file(path: &Path) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    Ok(())
}

/// Makes the names in the journal's folder durable.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    sync_folder(folder(path))
}

/// Tries whether a file can be made in the journal's folder, and filled.
pub fn try_folder_of(path: &Path) -> io::Result<()> {
    let probe = beside(path, ".probe");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&probe)?;
    let filled = file
        .write_all(&[0; 1 << 12])
        .and_then(|()| file.sync_data());
    fs::remove_file(&probe)?;
    filled
}

/// Whether there is nothing that SQLite could take for a database.
pub fn is_absent(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.is_file() && found.len() == 0 && !wal_path(path).exists()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// The right to write, given back when this goes, at the latest by the end of the process.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// Why there is no lock.
#[derive(Debug)]
pub enum NoLock {
    /// Another process writes.
    Held,
    /// The lock file cannot be made or opened.
    Io(io::Error),
}

impl Lock {
    /// Takes `FILE.lock`. The file stays for ever: to remove it is to let two processes lock two files of one name.
    pub fn take(path: &Path) -> Result<Self, NoLock> {
        let lock_path = beside(path, ".lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            // Where nothing may be written, a lock on what is there still keeps others away.
            .or_else(|error| File::open(&lock_path).map_err(|_neither| error))
            .map_err(NoLock::Io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(NoLock::Held),
            Err(TryLockError::Error(error)) => Err(NoLock::Io(error)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone would leave it to a child process that another thread has begun and that has not become another
        // program yet.
        self.file.unlock().ok();
    }
}

impl NoLock {
    /// Sorts "another holds it" from "nobody can hold it".
    pub fn or_held(self) -> Result<io::Error, Held> {
        match self {
            Self::Held => Err(Held),
            Self::Io(error) => Ok(error),
        }
    }
}

/// The folder that the journal lies in.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_was_let_go_is_free_whoever_still_has_a_copy_of_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        let lock = Lock::take(&path).unwrap();
        assert!(matches!(Lock::take(&path), Err(NoLock::Held)));
        // As a child process has one between its fork and its exec.
        let copy = lock.file.try_clone().unwrap();
        drop(lock);
        assert!(Lock::take(&path).is_ok());
        drop(copy);
    }
}
