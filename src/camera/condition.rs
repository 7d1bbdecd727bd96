//! How the camera does, told once for every change. Pure: time is an argument.

use std::time::{Duration, Instant};

use crate::event::CameraState;

/// So long a live camera may be silent.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// A fault, and what IT is told of it: the driver's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Trouble {
    pub(super) fault: Fault,
    pub(super) words: String,
}

impl Trouble {
    pub(super) fn new(fault: Fault, words: impl Into<String>) -> Self {
        Self {
            fault,
            words: words.into(),
        }
    }
}

/// Why there are no frames just now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// No camera, or not the one that is wanted.
    Absent,
    /// It answers with an error, though it is there; or it sends nothing.
    Failed,
    /// Another program has it.
    Busy,
    /// The system does not let this user open it.
    Refused,
    /// No mode that can be taken.
    Unusable,
}

/// What was told last, and since when there was no frame.
#[derive(Debug, Default)]
pub(super) struct Condition {
    told: Option<CameraState>,
    was_there: bool,
    was_busy: bool,
    silent_since: Option<Instant>,
}

impl Condition {
    /// Whether frames come.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.told, Some(CameraState::Live { .. }))
    }

    /// A device was found and is being opened. What was wrong with it stays so until a frame comes.
    pub(super) fn opening(&mut self, now: Instant) -> Option<CameraState> {
        self.silent_since.get_or_insert(now);
        match self.told {
            None | Some(CameraState::None | CameraState::Lost) => self.tell(CameraState::Opening),
            Some(
                CameraState::Opening
                | CameraState::Live { .. }
                | CameraState::Stalled
                | CameraState::Busy
                | CameraState::Refused
                | CameraState::Unusable,
            ) => None,
        }
    }

    /// A good frame came.
    pub(super) fn frame(&mut self, now: Instant, device: &str, mode: &str) -> Option<CameraState> {
        self.silent_since = Some(now);
        self.was_there = true;
        if let Some(CameraState::Live {
            device: told_device,
            mode: told_mode,
        }) = &self.told
            && told_device == device
            && told_mode == mode
        {
            return None;
        }
        self.tell(CameraState::Live {
            device: device.to_owned(),
            mode: mode.to_owned(),
        })
    }

    /// It was let go of.
    pub(super) fn fault(&mut self, fault: Fault) -> Option<CameraState> {
        if fault != Fault::Failed {
            self.silent_since = None;
        }
        let was_busy = std::mem::replace(&mut self.was_busy, fault == Fault::Busy);
        let state = match fault {
            Fault::Absent if self.was_there => CameraState::Lost,
            Fault::Absent => CameraState::None,
            Fault::Failed if self.told == Some(CameraState::Stalled) => CameraState::Stalled,
            Fault::Failed => CameraState::Opening,
            // One that was plugged in just now is busy with itself for a moment.
            Fault::Busy if !was_busy && self.told == Some(CameraState::Opening) => {
                CameraState::Opening
            }
            Fault::Busy => CameraState::Busy,
            Fault::Refused => CameraState::Refused,
            Fault::Unusable => CameraState::Unusable,
        };
        self.tell(state)
    }

    /// When a silence that goes on is a stall; `None` where no frames are awaited, or it was told.
    pub(super) fn stalls_at(&self) -> Option<Instant> {
        let since = self.silent_since?;
        (self.told != Some(CameraState::Stalled)).then(|| since + PATIENCE)
    }

    /// Time went on.
    pub(super) fn tick(&mut self, now: Instant) -> Option<CameraState> {
        let is_starved = self.stalls_at().is_some_and(|at| now >= at);
        is_starved.then(|| self.tell(CameraState::Stalled))?
    }

    fn tell(&mut self, state: CameraState) -> Option<CameraState> {
        if self.told.as_ref() == Some(&state) {
            return None;
        }
        self.told = Some(state.clone());
        Some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn start() -> Instant {
        Instant::now()
    }

    fn after(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn name(state: Option<CameraState>) -> &'static str {
        state.map_or("-", |state| state.name())
    }

    #[test]
    fn a_camera_is_none_opening_live_lost_and_live_again_each_told_once() {
        let (mut camera, now) = (Condition::default(), start());
        assert_eq!(name(camera.fault(Fault::Absent)), "none");
        assert_eq!(name(camera.fault(Fault::Absent)), "-");
        assert_eq!(name(camera.opening(now)), "opening");
        assert_eq!(name(camera.frame(now, "Cam", "YUYV")), "live");
        assert_eq!(name(camera.frame(now, "Cam", "YUYV")), "-");
        assert_eq!(name(camera.fault(Fault::Absent)), "lost");
        assert_eq!(name(camera.fault(Fault::Absent)), "-");
        assert_eq!(name(camera.opening(now)), "opening");
        assert_eq!(name(camera.frame(now, "Other", "YUYV")), "live");
    }

    #[test]
    fn two_seconds_without_a_frame_are_a_stall_that_lasts_until_the_next_one() {
        let (mut camera, now) = (Condition::default(), start());
        assert_eq!(camera.stalls_at(), None);
        camera.opening(now);
        assert_eq!(camera.stalls_at(), Some(now + after(2000)));
        camera.frame(now, "Cam", "MJPG");
        assert_eq!(name(camera.tick(now + after(1999))), "-");
        assert_eq!(name(camera.tick(now + after(2000))), "stalled");
        assert_eq!(camera.stalls_at(), None);
        assert_eq!(name(camera.tick(now + after(2100))), "-");
        assert_eq!(name(camera.fault(Fault::Failed)), "-");
        assert_eq!(name(camera.opening(now + after(2600))), "-");
        assert_eq!(name(camera.tick(now + after(4700))), "-");
        assert_eq!(name(camera.frame(now + after(5000), "Cam", "MJPG")), "live");
    }

    #[test]
    fn a_camera_that_never_sends_anything_is_stalled_and_not_opening_for_ever() {
        let (mut camera, now) = (Condition::default(), start());
        assert_eq!(name(camera.opening(now)), "opening");
        assert_eq!(name(camera.tick(now + after(2000))), "stalled");
    }

    #[test]
    fn a_camera_that_answers_with_errors_only_is_stalled_in_the_end() {
        let (mut camera, now) = (Condition::default(), start());
        camera.frame(now, "Cam", "MJPG");
        assert_eq!(name(camera.fault(Fault::Failed)), "opening");
        assert_eq!(name(camera.opening(now + after(500))), "-");
        assert_eq!(name(camera.fault(Fault::Failed)), "-");
        assert_eq!(name(camera.tick(now + after(1999))), "-");
        assert_eq!(name(camera.tick(now + after(2000))), "stalled");
        assert_eq!(name(camera.fault(Fault::Absent)), "lost");
        assert_eq!(name(camera.tick(now + after(9000))), "-");
    }

    #[test]
    fn an_error_of_a_camera_that_is_there_is_no_longer_live() {
        let (mut camera, now) = (Condition::default(), start());
        camera.frame(now, "Cam", "MJPG");
        assert_eq!(name(camera.fault(Fault::Failed)), "opening");
        assert!(!camera.is_live());
    }

    #[test]
    fn busy_refused_and_unusable_stay_so_while_it_is_tried_again() {
        for (fault, expected) in [
            (Fault::Busy, "busy"),
            (Fault::Refused, "refused"),
            (Fault::Unusable, "unusable"),
        ] {
            let (mut camera, now) = (Condition::default(), start());
            camera.opening(now);
            if fault == Fault::Busy {
                assert_eq!(name(camera.fault(fault)), "-");
            }
            assert_eq!(name(camera.fault(fault)), expected);
            assert_eq!(name(camera.opening(now)), "-");
            assert_eq!(name(camera.fault(fault)), "-");
            assert_eq!(name(camera.frame(now, "Cam", "MJPG")), "live");
        }
    }
}
