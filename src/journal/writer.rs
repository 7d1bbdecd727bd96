//! The thread that writes: takes records in order, writes them until they are durable, and says so. What has come while
//! the disk was busy goes to it together: a crowd waits for one write, not for each other's.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use super::disk::Disk;
use super::failure::Failure;
use super::files::{self, Lock, NoLock};
use super::store::{Before, Store};
use crate::event::WriteId;
use crate::redemption::attempt::{JournalTrouble, Record};

/// How many records go to the disk together: what is told of a crowd's first must not wait for its last.
const TOGETHER: usize = 64;

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
        while let Ok(first) = records.recv() {
            let waiting = records.try_iter().take(TOGETHER - 1);
            let (writes, together): (Vec<_>, Vec<_>) =
                std::iter::once(first).chain(waiting).unzip();
            for (write, written) in writes.into_iter().zip(self.append(&together)) {
                report(write, written);
            }
        }
    }

    /// Writes records together; what became of each.
    pub fn append(&mut self, records: &[Record]) -> Vec<Result<(), JournalTrouble>> {
        match self.make_ready().and_then(|store| store.append(records)) {
            Ok(appended) => appended
                .into_iter()
                .map(|appended| appended.map_err(|failure| told(&failure)))
                .collect(),
            Err(failure) => {
                let trouble = told(&failure);
                if self.store.take().is_some() {
                    // Closing rolls back; the next append opens anew and finds out what is really there.
                    self.before = Before::FailedWrite;
                }
                vec![Err(trouble); records.len()]
            }
        }
    }
}

fn told(failure: &Failure) -> JournalTrouble {
    let trouble = failure.trouble();
    tracing::error!(%failure, ?trouble, "a record was not written");
    trouble
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};
    use std::sync::{Arc, Mutex};

    use super::super::disk::{Faults, Step};
    use super::super::verify::{Verdict, verify};
    use super::*;
    use crate::redemption::attempt::AttemptIds;
    use crate::redemption::note::Remark;

    /// Keeps one step from happening.
    #[derive(Debug)]
    struct Keeps(Option<Step>);

    impl Faults for Keeps {
        fn before(&mut self, step: Step) -> io::Result<()> {
            match self.0.take_if(|kept| *kept == step) {
                Some(_) => Err(ErrorKind::Other.into()),
                None => Ok(()),
            }
        }

        fn after(&mut self, _step: Step) -> io::Result<()> {
            Ok(())
        }
    }

    fn remark(number: u64) -> Record {
        let at = "2026-05-13T10:00:00Z".parse().unwrap();
        Record::Remark(Remark {
            attempt: AttemptIds::new([1; 16]).next(at),
            at,
            text: number.to_string(),
            clerk: None,
        })
    }

    /// Records of the journal after three that were written together met a disk that kept one step from happening,
    /// and one more was written after them.
    fn records_after(step: Step) -> u64 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let keeps = Arc::new(Mutex::new(Keeps(None)));
        let disk = Disk::Simulated(Arc::<Mutex<Keeps>>::clone(&keeps));
        let mut writer = Writer::new(path.clone(), disk, None);
        // The first one of all goes alone.
        assert_eq!(writer.append(&[remark(0)]), [Ok(())]);
        keeps.lock().unwrap().0 = Some(step);
        let failed = writer.append(&[remark(1), remark(2), remark(3)]);
        assert_eq!(failed, [Err(JournalTrouble::Failing); 3]);
        assert_eq!(writer.append(&[remark(4)]), [Ok(())]);
        let Verdict::Whole(tail) = verify(&path).unwrap() else {
            panic!("{step:?}: the chain is broken");
        };
        tail.seq
    }

    #[test]
    fn what_was_written_together_is_there_as_a_whole_or_not_at_all() {
        assert_eq!(records_after(Step::Announce), 2);
        assert_eq!(records_after(Step::Commit), 2);
        assert_eq!(records_after(Step::Settle), 5);
    }
}
