//! The thread that writes: takes records in order, writes each until it is durable, and says so.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use super::disk::Disk;
use super::failure::Failure;
use super::files::{self, Lock, NoLock};
use super::store::{Before, Store};
use crate::event::WriteId;
use crate::redemption::attempt::{JournalTrouble, Record};

/// What the writer owns; it works through trouble and out of it again.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    disk: Disk,
    lock: Option<Lock>,
    store: Option<Store>,
    before: Before,
}

impl Writer {
    /// A writer with or without its lock; [`Writer::make_ready`] opens the rest.
    pub fn new(path: PathBuf, disk: Disk, lock: Option<Lock>) -> Self {
        Self {
            path,
            disk,
            lock,
            store: None,
            before: Before::Unknown,
        }
    }

    /// Takes the lock and opens the files, as far as they are not.
    pub fn make_ready(&mut self) -> Result<&mut Store, Failure> {
        if self.lock.is_none() {
            files::make_folder(&self.path)?;
            self.lock = match Lock::take(&self.path) {
                Ok(lock) => Some(lock),
                Err(NoLock::Held) => return Err(Failure::Held),
                Err(NoLock::Io(error)) => return Err(error.into()),
            };
        }
        let store = match self.store.take() {
            Some(store) => store,
            None => Store::open(&self.path, self.disk.clone(), self.before)?,
        };
        self.before = Before::Unknown;
        Ok(self.store.insert(store))
    }

    /// Writes for as long as records can come; those given before the other end went are all written.
    pub fn serve(
        mut self,
        records: &Receiver<(WriteId, Record)>,
        report: impl Fn(WriteId, Result<(), JournalTrouble>),
    ) {
        for (write, record) in records {
            report(write, self.append(&record));
        }
    }

    /// Writes one record.
    pub fn append(&mut self, record: &Record) -> Result<(), JournalTrouble> {
        let failure = match self.make_ready().and_then(|store| store.append(record)) {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        let trouble = failure.trouble();
        tracing::error!(%failure, ?trouble, "a record was not written");
        if self.store.take().is_some() {
            // Closing rolls back; the next append opens anew and finds out what is really there.
            self.before = Before::FailedWrite;
        }
        Err(trouble)
    }
}
