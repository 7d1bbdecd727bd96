//! How the journal's file is opened for reading, on any medium, and why it cannot be.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::failure::{Failure, is_damage};
use super::files;
use super::head::{Found, Head};
use super::schema::{self, Version};

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Neither records nor a head that remembers any: nothing was ever redeemed here, or it is another path.
    #[error("there is no journal at {}: nothing was written there yet, or `path` under [journal] names another place", .0.display())]
    Missing(PathBuf),
    /// No records, and a head that remembers some.
    #[error("the journal's records at {} are gone: its head file remembers {records}", path.display())]
    Gone {
        /// Where the records were.
        path: PathBuf,
        /// How many there were.
        records: u64,
    },
    /// Made by a later version of this program.
    #[error("the journal was made by a later version of this program")]
    Newer,
    /// No SQLite file, another program's, or one whose pages do not fit together.
    #[error("the journal's file is damaged, or not a journal: {0}")]
    Damaged(String),
    /// What was written last lies in the write-ahead log, which can be read only where a file can be made beside it.
    #[error(
        "the journal was copied in the middle of its work: copy it to a folder that can be written, and read it there"
    )]
    NeedsRoom,
    /// A record that this program cannot read.
    #[error("record {0} cannot be read")]
    Unreadable(u64),
    /// SQLite's word on anything else.
    #[error("the journal cannot be read: {0}")]
    Sqlite(rusqlite::Error),
    /// The system's word.
    #[error("the journal cannot be read: {0}")]
    Io(#[from] io::Error),
}

impl From<rusqlite::Error> for HistoryError {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) {
            Self::Damaged(error.to_string())
        } else {
            Self::Sqlite(error)
        }
    }
}

impl From<Failure> for HistoryError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Sqlite(error) => error.into(),
            Failure::Newer(_) => Self::Newer,
            Failure::Io(error) => Self::Io(error),
            Failure::Foreign
            | Failure::Archive
            | Failure::Fault(_)
            | Failure::Json(_)
            | Failure::Busy
            | Failure::Held
            | Failure::Contradiction
            | Failure::CodeInDoubt => Self::Damaged(failure.to_string()),
        }
    }
}

/// What is to be said where there is no file of records.
pub fn no_file(path: &Path) -> HistoryError {
    match Head::read(&files::head_path(path)) {
        Ok(Found::Head(head)) if head.current.seq > 0 => HistoryError::Gone {
            path: path.to_owned(),
            records: head.current.seq,
        },
        Ok(Found::Head(_) | Found::Missing | Found::Blank | Found::Unreadable) | Err(_) => {
            HistoryError::Missing(path.to_owned())
        }
    }
}

/// Reading in WAL mode wants a small shared file beside the journal. Where none can be made and the log is empty, the
/// file cannot change either, and SQLite may be told so.
pub fn open_any_medium(path: &Path) -> Result<(Connection, Version), HistoryError> {
    let error = match open_and_look(|| schema::open_for_reading(path)) {
        Err(HistoryError::Sqlite(error)) => error,
        other => return other,
    };
    if !matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure)
    ) {
        return Err(error.into());
    }
    if fs::metadata(files::wal_path(path)).is_ok_and(|log| log.len() > 0) {
        return Err(HistoryError::NeedsRoom);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open_and_look(|| Connection::open_with_flags(immutable_uri(path), flags))
}

fn open_and_look(
    open: impl Fn() -> Result<Connection, rusqlite::Error>,
) -> Result<(Connection, Version), HistoryError> {
    let connection = open()?;
    let version = Version::of(&connection)?;
    Ok((connection, version))
}

fn immutable_uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(char::from(byte));
            }
            // Writing to a String cannot fail.
            other => {
                write!(uri, "%{other:02X}").ok();
            }
        }
    }
    uri.push_str("?immutable=1");
    uri
}
