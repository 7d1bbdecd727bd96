//! One journal for all visitors: their records one after the other, each visitor's in his order, and none lost to haste.
//!
//! The journal's own queue refuses what is too much. A visitor waits here instead: a durable record costs milliseconds,
//! and a crowd of them is no reason to tell anybody that the disk is failing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::event::WriteId;
use crate::journal::{Held, Journal};
use crate::redemption::attempt::{Intent, JournalTrouble, Record};

use super::locked;

/// How many records may be with the journal at once: less than its own queue takes.
const AT_ONCE: usize = 128;
/// How many more may wait before visitors do.
const WAITING: usize = 128;

/// What became of a record.
pub type Written = Result<(), JournalTrouble>;

/// The visitors' end.
#[derive(Clone, Debug)]
pub struct Scribe {
    orders: mpsc::Sender<Order>,
    trouble: Arc<Mutex<Option<JournalTrouble>>>,
}

#[derive(Debug)]
struct Order {
    record: Record,
    done: oneshot::Sender<Written>,
}

/// Who waits for which write. The permit goes with the answer.
type Pending = Arc<Mutex<BTreeMap<u64, (oneshot::Sender<Written>, OwnedSemaphorePermit)>>>;

impl Scribe {
    /// Opens the journal, and tells what it holds open.
    pub fn open(path: &Path) -> Result<(Self, Vec<Intent>), Held> {
        let pending = Pending::default();
        let trouble = Arc::new(Mutex::new(None));
        let (waits, seen) = (Arc::clone(&pending), Arc::clone(&trouble));
        let report = move |write: WriteId, written: Written| {
            *locked(&seen) = written.err();
            let waiting = locked(&waits).remove(&write.0);
            if let Some((done, _permit)) = waiting
                && done.send(written).is_err()
            {
                tracing::debug!("a record was written after its visitor had gone");
            }
        };
        let opened = Journal::open(path, report)?;
        *locked(&trouble) = opened.trouble;
        let (orders, given) = mpsc::channel(WAITING);
        tokio::spawn(serve(opened.journal, given, pending));
        Ok((Self { orders, trouble }, opened.in_doubt))
    }

    /// Gives a record; it stands in the order of giving once this returns. What became of it comes by the receiver.
    pub async fn write(&self, record: Record) -> oneshot::Receiver<Written> {
        let (done, written) = oneshot::channel();
        if self.orders.send(Order { record, done }).await.is_err() {
            tracing::error!("the scribe has gone");
        }
        written
    }

    /// Why the journal did not take the newest record.
    pub fn trouble(&self) -> Option<JournalTrouble> {
        *locked(&self.trouble)
    }
}

async fn serve(journal: Journal, mut given: mpsc::Receiver<Order>, pending: Pending) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut count = 0;
    while let Some(Order { record, done }) = given.recv().await {
        let Ok(permit) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        count += 1;
        locked(&pending).insert(count, (done, permit));
        if let Err(trouble) = journal.append(WriteId(count), record)
            && let Some((done, _permit)) = locked(&pending).remove(&count)
            && done.send(Err(trouble)).is_err()
        {
            tracing::debug!("a record was refused after its visitor had gone");
        }
    }
}
