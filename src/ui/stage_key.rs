//! What tells one stage from the next, so that a new one begins with its own time.

use crate::event::LookUpId;
use crate::screen::Stage;

/// What makes a stage another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StageKey {
    Idle,
    Working,
    Review(LookUpId),
    Finished,
}

impl StageKey {
    pub(super) fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Idle => Self::Idle,
            Stage::Working(_) => Self::Working,
            Stage::Review(review) => Self::Review(review.look_up),
            Stage::Finished(_) => Self::Finished,
        }
    }
}
