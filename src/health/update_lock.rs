//! A lock that is held while a redemption is in flight, so that nobody changes the program under it.
//!
//! It is an `flock` on a file of the service's run-time folder, shared; whoever updates takes it exclusively, without
//! waiting. It ends with the process, whatever ends that. Attempts in doubt do not hold it: the journal has them.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::screen::Stage;

/// The file's name in `$RUNTIME_DIRECTORY`.
pub const NAME: &str = "update.lock";

/// The kiosk's end of the lock.
#[derive(Debug)]
pub struct UpdateLock {
    file: File,
    is_held: bool,
}

impl UpdateLock {
    /// Makes the file in `folder`.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o644)
            .open(folder.join(NAME))?;
        Ok(Self {
            file,
            is_held: false,
        })
    }

    /// Takes it, or gives it back, as the stage wants. An update that is under way already ends this program soon: the
    /// lock is not waited for.
    pub fn follow(&mut self, stage: &Stage) {
        let is_wanted = match stage {
            Stage::Working(_) | Stage::Review(_) => true,
            Stage::Idle | Stage::Finished(_) => false,
        };
        if is_wanted == self.is_held {
            return;
        }
        let done = if is_wanted {
            self.file.try_lock_shared()
        } else {
            self.file.unlock().map_err(TryLockError::Error)
        };
        match done {
            Ok(()) => self.is_held = is_wanted,
            Err(error) => tracing::warn!(%error, is_wanted, "the update's lock"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Work;

    #[test]
    fn an_update_is_held_off_while_something_is_in_flight_and_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let mut lock = UpdateLock::new(folder.path()).unwrap();
        let update = File::open(folder.path().join(NAME)).unwrap();
        let may_update = || {
            let may = update.try_lock().is_ok();
            update.unlock().unwrap();
            may
        };
        assert!(may_update());
        lock.follow(&Stage::Working(Work::Querying));
        lock.follow(&Stage::Working(Work::Consuming));
        assert!(!may_update());
        lock.follow(&Stage::Idle);
        assert!(may_update());
        lock.follow(&Stage::Working(Work::Journaling));
        drop(lock);
        assert!(may_update(), "it ends with the process");
    }
}
