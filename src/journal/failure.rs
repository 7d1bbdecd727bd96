//! What can go wrong below the journal, with the detail that a log wants, and the trouble it means to everybody else.

use std::io;

use rusqlite::ErrorCode;

use super::fault::Fault;
use crate::redemption::attempt::JournalTrouble;

/// Why a record was not written, or the files not opened for writing. Logged once, by the writer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// SQLite's word.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The system's word on the folder, the lock or the head file.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The records and the head do not fit together.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// The file's `user_version`.
    #[error("the journal has version {0}, and this program knows less")]
    Newer(i64),
    /// An SQLite database of another program.
    #[error("the file is the database of another program")]
    Foreign,
    /// Sealed records, which are complete.
    #[error("the file is an archive of sealed records, which is never written to")]
    Archive,
    /// The record cannot be put into words.
    #[error("a record cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A reader holds an old state for so long that what an earlier failure left behind cannot be made durable.
    #[error("a reader is in the way of making the records durable")]
    Busy,
    /// Another process holds the lock that this one could not take when it started.
    #[error("another coupon-kiosk holds the journal")]
    Held,
    /// The attempt has an intent or an end already, and it is another one.
    #[error("the attempt has such a record already, and it says something else")]
    Contradiction,
    /// An intent for a code with an attempt whose end is not known.
    #[error("the code has an attempt in doubt")]
    CodeInDoubt,
}

impl Failure {
    /// Whether it is the record that has no place here, and nothing is wrong with the disk.
    pub fn is_of_record(&self) -> bool {
        match self {
            Self::Json(_) | Self::Contradiction | Self::CodeInDoubt => true,
            Self::Sqlite(_)
            | Self::Io(_)
            | Self::Fault(_)
            | Self::Newer(_)
            | Self::Foreign
            | Self::Archive
            | Self::Busy
            | Self::Held => false,
        }
    }

    /// What it means to a desk.
    pub fn trouble(&self) -> JournalTrouble {
        match self {
            Self::Sqlite(error) => sqlite_trouble(error),
            Self::Io(error) => io_trouble(error),
            Self::Fault(_) | Self::Foreign => JournalTrouble::Damaged,
            Self::Newer(_) => JournalTrouble::Newer,
            Self::Archive => JournalTrouble::ReadOnly,
            Self::Json(_) | Self::Busy | Self::Held | Self::Contradiction | Self::CodeInDoubt => {
                JournalTrouble::Failing
            }
        }
    }
}

/// Whether the file is not what this program makes: its pages, its tables (SQLite's plain "error" on a statement that
/// is right), or the type of a value.
pub fn is_damage(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        Some(code) => matches!(
            code,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown
        ),
        None => true,
    }
}

fn sqlite_trouble(error: &rusqlite::Error) -> JournalTrouble {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => JournalTrouble::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => JournalTrouble::ReadOnly,
        _ if is_damage(error) => JournalTrouble::Damaged,
        _ => JournalTrouble::Failing,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "ErrorKind is open; what has no word of its own is Failing"
)]
fn io_trouble(error: &io::Error) -> JournalTrouble {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            JournalTrouble::Full
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            JournalTrouble::ReadOnly
        }
        _ => JournalTrouble::Failing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_says_full_when_it_is() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection
            .execute_batch("PRAGMA max_page_count = 4; CREATE TABLE t (x)")
            .unwrap();
        let error = connection
            .execute("INSERT INTO t VALUES (zeroblob(100000))", [])
            .unwrap_err();
        assert_eq!(Failure::from(error).trouble(), JournalTrouble::Full);
    }

    #[test]
    fn the_systems_words_are_told_apart() {
        let trouble = |kind: io::ErrorKind| Failure::from(io::Error::from(kind)).trouble();
        assert_eq!(trouble(io::ErrorKind::StorageFull), JournalTrouble::Full);
        assert_eq!(trouble(io::ErrorKind::QuotaExceeded), JournalTrouble::Full);
        assert_eq!(
            trouble(io::ErrorKind::ReadOnlyFilesystem),
            JournalTrouble::ReadOnly
        );
        assert_eq!(
            trouble(io::ErrorKind::PermissionDenied),
            JournalTrouble::ReadOnly
        );
        assert_eq!(trouble(io::ErrorKind::TimedOut), JournalTrouble::Failing);
    }
}
