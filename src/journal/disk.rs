//! The way to the disk: every step of the journal that has to be durable goes through here, so that a simulation can let
//! it fail, or end the program in the middle of it.

use super::failure::Failure;

/// One durable step: what is written, and fsynced, before it returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The file of records is made, or brought to the newest version.
    Records,
    /// The head file is made.
    Head,
    /// The head says up to which record is about to follow.
    Announce,
    /// The records are committed, all or none.
    Commit,
    /// The head says that the last of them is the newest one.
    Settle,
    /// What an earlier failure left behind is written anew.
    Flush,
}

/// Where the steps go.
#[derive(Clone, Default, Debug)]
pub enum Disk {
    /// To the system's disk.
    #[default]
    System,
    /// To the system's too, past somebody who may stand in the way.
    #[cfg(test)]
    Simulated(std::sync::Arc<std::sync::Mutex<dyn Faults>>),
}

/// Stands in the way of a step: an error before it keeps it from happening, one after it says that it failed although
/// it was written.
#[cfg(test)]
pub trait Faults: Send + std::fmt::Debug {
    /// Asked before the step.
    fn before(&mut self, step: Step) -> std::io::Result<()>;
    /// Asked after it was written.
    fn after(&mut self, step: Step) -> std::io::Result<()>;
}

impl Disk {
    /// Takes one step.
    pub fn take<T>(
        &self,
        step: Step,
        act: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        tracing::trace!(?step, "to the disk");
        match self {
            Self::System => act(),
            #[cfg(test)]
            Self::Simulated(faults) => {
                faults.lock().unwrap().before(step)?;
                let done = act()?;
                faults.lock().unwrap().after(step)?;
                Ok(done)
            }
        }
    }
}
