//! The durable record of everything that was asked and redeemed.
//!
//! An SQLite file in WAL mode with `synchronous=FULL`: a commit is an fsync. Records are only ever added; each carries
//! the SHA-256 of the one before ([`chain`]), and the newest position stands in a file of its own ([`head`]). Whoever
//! can rewrite both files and knows the scheme is out of reach; anybody else is found by `journal verify`.
//!
//! The writer is a thread: a slow disk stalls neither deadlines nor the screen. One writer a journal, by a lock file;
//! readers ([`history`]) work beside it.

pub mod chain;
pub mod head;
pub mod history;
mod store;
pub mod verify;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use crate::event::WriteId;
use crate::redemption::attempt::{JournalTrouble, OpenAttempt, Record};
use crate::worker::Worker;
use store::Store;

/// How many records may wait for the disk. A redemption makes three.
const QUEUE: usize = 256;
/// How long a start waits for the lock of a writer that is just ending.
const LOCK_PATIENCE: Duration = Duration::from_millis(300);

/// Another coupon-kiosk writes this journal.
#[derive(Debug, thiserror::Error)]
#[error("another coupon-kiosk holds this journal")]
pub struct Held;

/// Told of every write: which, and `Ok` once it is durable.
pub type Report = Box<dyn Fn(WriteId, Result<(), JournalTrouble>) + Send>;

/// The writer's end.
pub struct Journal {
    /// Dropped before the worker, which ends when it has written what was given.
    queue: Option<SyncSender<(WriteId, Record)>>,
    _writer: Worker,
    _lock: Option<File>,
}

/// A journal that was opened, and what it held.
pub struct Opened {
    /// Takes records. Where there is trouble each answers with it, and each tries again.
    pub journal: Journal,
    /// Attempts without an end, oldest first.
    pub open: Vec<OpenAttempt>,
    /// Why it cannot be written.
    pub trouble: Option<JournalTrouble>,
}

impl Journal {
    /// Opens or makes the journal at `path`. Trouble is told, not failed on: codes can be looked up without a journal.
    pub fn open(path: &Path, report: Report) -> Result<Opened, OpenError> {
        let lock = locked(path)?;
        let opened = match &lock {
            Ok(_) => Store::open(path),
            Err(trouble) => Err(*trouble),
        };
        let (store, open, trouble) =
            match opened.and_then(|store| Ok((store.open_attempts()?, store))) {
                Ok((open, store)) => (Some(store), open, None),
                Err(trouble) => (
                    None,
                    history::open_attempts(path).unwrap_or_default(),
                    Some(trouble),
                ),
            };
        let (queue, records) = sync_channel::<(WriteId, Record)>(QUEUE);
        let mut writer = Writer {
            path: path.to_owned(),
            store,
        };
        let worker = Worker::start("journal", move |_stop| {
            while let Ok((write, record)) = records.recv() {
                let result = writer.append(&record);
                if let Err(trouble) = result {
                    tracing::error!(?trouble, "a record could not be written");
                }
                report(write, result);
            }
        })?;
        Ok(Opened {
            journal: Self {
                queue: Some(queue),
                _writer: worker,
                _lock: lock.ok(),
            },
            open,
            trouble,
        })
    }

    /// Gives a record to the writer; the end is reported. Never waits for the disk: a writer that is this far behind
    /// counts as failing.
    pub fn append(&self, write: WriteId, record: Record) -> Result<(), JournalTrouble> {
        let queue = self.queue.as_ref().ok_or(JournalTrouble::Failing)?;
        queue
            .try_send((write, record))
            .map_err(|refused| match refused {
                TrySendError::Full(_) | TrySendError::Disconnected(_) => JournalTrouble::Failing,
            })
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // The writer writes what it was given, then ends.
        self.queue = None;
    }
}

/// Why a journal was not opened at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Exit code 5.
    #[error(transparent)]
    Held(#[from] Held),
    /// The system gives no thread.
    #[error("the journal's thread cannot be started: {0}")]
    Thread(#[from] io::Error),
}

struct Writer {
    path: PathBuf,
    store: Option<Store>,
}

impl Writer {
    fn append(&mut self, record: &Record) -> Result<(), JournalTrouble> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => Store::open(&self.path)?,
        };
        let body = store::body(record)?;
        let wanted = store.tail().next(&body);
        match store.append(&body, wanted) {
            Ok(()) => {
                self.store = Some(store);
                Ok(())
            }
            Err(trouble) => {
                // Whether a failed commit is in the file is seen by looking, never guessed.
                drop(store);
                let reopened = Store::open(&self.path)?;
                let is_there = reopened.tail() == wanted;
                self.store = Some(reopened);
                if is_there { Ok(()) } else { Err(trouble) }
            }
        }
    }
}

/// Makes the folder and takes the lock. The inner error is trouble that leaves look-ups possible.
fn locked(path: &Path) -> Result<Result<File, JournalTrouble>, Held> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        && let Err(error) = DirBuilder::new().recursive(true).mode(0o700).create(folder)
    {
        return Ok(Err(store::io_trouble(&error)));
    }
    let lock_path = path.with_extension("lock");
    let file = match OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(lock_path)
    {
        Ok(file) => file,
        Err(error) => return Ok(Err(store::io_trouble(&error))),
    };
    let until = now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Ok(file)),
            Err(std::fs::TryLockError::WouldBlock) if now() < until => std::thread::yield_now(),
            Err(std::fs::TryLockError::WouldBlock) => return Err(Held),
            Err(std::fs::TryLockError::Error(error)) => return Ok(Err(store::io_trouble(&error))),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a wait of a moment, before anything is served"
)]
fn now() -> Instant {
    Instant::now()
}
