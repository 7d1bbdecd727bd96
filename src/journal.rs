//! The durable record of every look-up and every attempt: what stands between a power cut and a coupon redeemed twice.
//!
//! # Files
//!
//! | file | what it is |
//! |---|---|
//! | `FILE` | SQLite in WAL mode with `synchronous=FULL`: one append-only table of records |
//! | `FILE.head` | the newest record's number and hash, see [`head`] |
//! | `FILE.lock` | held by the one writer |
//!
//! Each record is kept as its JSON text with a hash over the hash before it, its own number, and the text. A record that
//! is changed, removed or put in between breaks the chain from there on; a tail that is cut off does not, and so the head
//! file remembers the newest position. **Out of reach** is whoever rewrites both files and knows the scheme, or brings
//! back an older copy of both: there is no secret in it.
//!
//! # An append
//!
//! 1. The head says which hash is about to follow, fsynced.
//! 2. The record is committed, fsynced by SQLite.
//! 3. The head says that the record is the newest one, fsynced; only then is the write reported as done.
//!
//! Records that wait while the disk is busy go the same way together: the head announces the hash of the last of them,
//! one transaction commits all or none, and each is a link of the chain for itself. The head's older slot then knows the
//! state before all of them.
//!
//! After a crash between 1 and 2 the tail is the head's current record, between 2 and 3 its announced one. Nothing else
//! can come of a crash, so nothing else is believed: it is [`JournalTrouble::Damaged`], and nothing is redeemed until a
//! person has looked.
//!
//! # Old records
//!
//! They may go into an archive, a journal that never grows, and are then erased here; see [`seal`]. The chain goes on over
//! the seam, and a record of the journal says what hash the archive has to end with.
//!
//! # Trouble
//!
//! A journal that cannot be written still opens: look-ups go on, every append is answered with the trouble, and each
//! new append tries again really. Attempts whose end is unknown are told at opening as far as they can be read.

mod base;
pub mod chain;
pub mod copy;
pub mod disk;
pub mod export;
mod failure;
pub mod fault;
mod files;
pub mod head;
pub mod history;
pub mod line;
pub mod reading;
pub mod schema;
pub mod seal;
mod store;
pub mod verify;
mod writer;

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::event::WriteId;
use crate::redemption::attempt::{Intent, JournalTrouble, Record};
use crate::redemption::done::{REMEMBERED, Redeemed};
use crate::worker::Worker;
use disk::Disk;
use files::Lock;
use history::History;
pub(crate) use writer::Writer;

/// The one writer of a journal. When it goes, what was given is written, and its thread is joined.
#[derive(Debug)]
pub struct Journal {
    // Dropped first, so that the thread sees the end.
    records: SyncSender<(WriteId, Record)>,
    thread: Option<Worker>,
}

/// What was given to be written, in order.
pub(crate) type Given = Receiver<(WriteId, Record)>;

/// What [`Journal::open`] found.
#[derive(Debug)]
pub struct Opened {
    /// For appending.
    pub journal: Journal,
    /// Attempts without an end, oldest first, as far as they could be read.
    pub in_doubt: Vec<Intent>,
    /// What was redeemed of late, oldest first, as far as it could be read.
    pub redeemed: Vec<Redeemed>,
    /// What managers said and events told of the attempts without an end, oldest first, likewise.
    pub noted: Vec<Record>,
    /// Why nothing can be written now, if so.
    pub trouble: Option<JournalTrouble>,
}

/// Another process has this journal open for writing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("another coupon-kiosk holds the journal")]
pub struct Held;

impl Journal {
    /// Writes that may wait. One person's redemption has two in flight at most; attempts in doubt add a few.
    const QUEUE: usize = 256;

    /// Opens the journal at `path` and starts its thread. `report` is called on that thread, once for each write that
    /// [`Journal::append`] took, in their order.
    pub fn open(
        path: &Path,
        report: impl Fn(WriteId, Result<(), JournalTrouble>) + Send + 'static,
    ) -> Result<Opened, Held> {
        let (mut opened, writer, given) = Self::open_on(path, Disk::System)?;
        match Worker::start("journal", move |_| writer.serve(&given, report)) {
            Ok(thread) => opened.journal.thread = Some(thread),
            Err(error) => {
                tracing::error!(%error, "the journal's thread cannot be started");
                opened.trouble = Some(JournalTrouble::Failing);
            }
        }
        Ok(opened)
    }

    /// [`Journal::open`] before its thread is started: whoever holds the other two is to write what is given.
    pub(crate) fn open_on(path: &Path, disk: Disk) -> Result<(Opened, Writer, Given), Held> {
        let lock = take_lock(path)?;
        let mut writer = Writer::new(path.to_owned(), disk, lock);
        let mut trouble = match writer.make_ready() {
            Ok(_) => None,
            Err(failure) => {
                let trouble = failure.trouble();
                tracing::error!(%failure, ?trouble, "the journal cannot be written");
                Some(trouble)
            }
        };
        let past = History::open(path).and_then(|history| {
            let redeemed = history.redeemed(REMEMBERED)?;
            Ok((history.in_doubt()?, redeemed, history.noted()?))
        });
        let (in_doubt, redeemed, noted) = match past {
            Ok(past) => past,
            Err(error) => {
                if trouble.is_none() {
                    tracing::error!(%error, "the journal cannot be read");
                    trouble = Some(JournalTrouble::Failing);
                }
                (Vec::new(), Vec::new(), Vec::new())
            }
        };
        let (records, given) = sync_channel(Self::QUEUE);
        let journal = Self {
            records,
            thread: None,
        };
        let opened = Opened {
            journal,
            in_doubt,
            redeemed,
            noted,
            trouble,
        };
        Ok((opened, writer, given))
    }

    /// Gives a record to be written; never waits. `Ok` is "taken": what became of it comes by the report. `Err` is the
    /// answer already (too many writes wait, or the thread is gone), and no report follows.
    pub fn append(&self, write: WriteId, record: Record) -> Result<(), JournalTrouble> {
        self.records.try_send((write, record)).map_err(|refused| {
            let why = match refused {
                TrySendError::Full(_) => "too many writes wait",
                TrySendError::Disconnected(_) => "its thread is gone",
            };
            tracing::error!(why, "the journal took no record");
            JournalTrouble::Failing
        })
    }
}

/// Takes the writer's lock. Where it cannot be had by anyone, the writer will try again and say what is in the way.
fn take_lock(path: &Path) -> Result<Option<Lock>, Held> {
    // What is wrong with the folder is told by the writer, which makes it too.
    files::make_folder(path).ok();
    match Lock::take(path) {
        Ok(lock) => Ok(Some(lock)),
        Err(no_lock) => {
            no_lock.or_held()?;
            Ok(None)
        }
    }
}
