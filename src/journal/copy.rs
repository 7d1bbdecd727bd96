//! A journal's copy: made beside a running kiosk, and put in its place on another machine, whole or not at all.
//!
//! A copy is a journal itself, `FILE` and `FILE.head`, so that everything that reads one reads the other. What was
//! redeemed after it was made it does not know; Weixin does, and answers CONSUMED.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::chain::Position;
use super::failure::Failure;
use super::fault::Fault;
use super::files::{self, Lock, NoLock};
use super::head::{Found, Head, HeadFile};
use super::history::History;
use super::reading::HistoryError;
use super::verify::{Verdict, verify};

/// Why there is no copy, or why sealing did not come to its end. No record is lost then, and none was copied by halves.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// What is to be copied cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// What is to be copied is not what was written.
    #[error(
        "it is broken ({0}), and a copy would be too: put the files themselves aside, and ask for help"
    )]
    Broken(Fault),
    /// A journal that is there already is never written over.
    #[error("there is a journal at {} already, and none is ever written over: name another place", .0.display())]
    Taken(PathBuf),
    /// Another process writes there.
    #[error("another coupon-kiosk holds the journal: end it first")]
    Held,
    /// The system's or SQLite's word on the new files.
    #[error("the copy cannot be written: {0}")]
    Failing(#[from] Failure),
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        Self::Failing(error.into())
    }
}

/// Copies the journal at `journal` to `to`, as it is at one moment, and says how far it goes.
pub fn backup(journal: &Path, to: &Path) -> Result<Position, CopyError> {
    files::make_folder(to)?;
    copy(journal, to)
}

/// Puts the copy at `from` where `journal` is to be, for this desk to go on with.
pub fn restore(from: &Path, journal: &Path) -> Result<Position, CopyError> {
    files::make_folder(journal)?;
    let _lock = lock(journal)?;
    copy(from, journal)
}

/// The writer's lock, for a journal that is to stand still.
pub(super) fn lock(journal: &Path) -> Result<Lock, CopyError> {
    Lock::take(journal).map_err(|no_lock| match no_lock {
        NoLock::Held => CopyError::Held,
        NoLock::Io(error) => error.into(),
    })
}

/// [`verify`] where nothing but a whole journal will do.
pub(super) fn whole(journal: &Path) -> Result<Position, CopyError> {
    match verify(journal)? {
        Verdict::Whole(tail) => Ok(tail),
        Verdict::Broken(fault) => Err(CopyError::Broken(fault)),
    }
}

fn copy(from: &Path, to: &Path) -> Result<Position, CopyError> {
    whole(from)?;
    if !files::is_absent(to)? {
        return Err(CopyError::Taken(to.to_owned()));
    }
    let (_folder, copied) = room_beside(to)?;
    let history = History::open(from)?;
    // One statement is one state, whoever writes meanwhile; and it leaves no log beside the copy.
    let path = copied.to_string_lossy();
    history
        .connection
        .execute("VACUUM INTO ?1", [path.as_ref()])
        .map_err(Failure::from)?;
    let tail = newest(&copied)?;
    // What another journal's head remembers is missing, and a copy would hide it.
    if let Found::Head(head) = Head::read(&files::head_path(to))?
        && head.current.seq > 0
        && head.current != tail
    {
        return Err(CopyError::Taken(to.to_owned()));
    }
    name(&copied, tail, to)?;
    Ok(tail)
}

/// An empty file in a folder of its own, which goes with what is held, on the same disk as `to`.
pub(super) fn room_beside(to: &Path) -> Result<(tempfile::TempDir, PathBuf), CopyError> {
    let folder = tempfile::Builder::new()
        .prefix(".copy")
        .tempdir_in(files::folder(to))?;
    let copied = folder.path().join("journal");
    files::make_file(&copied)?;
    Ok((folder, copied))
}

/// Gives a new file of records its head and, once both are durable and whole, its name. The head goes first: whatever ends
/// this in between leaves a place where there is no journal, and which the next try may use.
pub(super) fn name(copied: &Path, tail: Position, to: &Path) -> Result<(), CopyError> {
    File::open(copied)?.sync_all()?;
    HeadFile::create(&files::head_path(copied))?.settle(tail)?;
    whole(copied)?;
    fs::rename(files::head_path(copied), files::head_path(to))?;
    fs::rename(copied, to)?;
    files::sync_folder_of(to)?;
    Ok(())
}

/// The copy's last record, which its new head is to remember.
fn newest(copied: &Path) -> Result<Position, CopyError> {
    let connection = Connection::open(copied).map_err(Failure::from)?;
    Ok(super::store::tail(&connection)?)
}
