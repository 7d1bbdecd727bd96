//! What the scanner could do with other pictures: more pixels where a code is plainly there and too small, and when
//! nobody is served, so that a change of pictures disturbs nobody.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock::now;
use crate::frame::{Hint, View};

/// A small code has to be spoken of for so long. With what passes before it is, nothing was read for more than the two
/// seconds after which every text may be taken anew: a change of pictures makes nothing be taken twice.
const STANDS: Duration = Duration::from_secs(1);
/// Nothing was in view for so long: nobody is being served.
const CALM: Duration = Duration::from_secs(10);

/// The scanner's side of a camera. Clones speak to the same camera.
#[derive(Clone, Debug, Default)]
pub struct Demand(Arc<Mutex<Heard>>);

/// What the scanner told last.
#[derive(Debug, Default)]
struct Heard {
    view: View,
    /// Since when the view is what it is.
    since: Option<Instant>,
    /// When a text was taken last.
    taken: Option<Instant>,
}

/// What the camera makes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Need {
    /// A code in view is too small to be read.
    More,
    /// Somebody is being served, or was just now.
    Busy,
    /// Nothing is in view.
    Calm,
}

impl Demand {
    /// What the lens has of the codes changed.
    pub fn see(&self, view: View) {
        self.heard().see(view, now());
    }

    /// A text was taken.
    pub fn taken(&self) {
        self.heard().taken = Some(now());
    }

    pub(super) fn need(&self, at: Instant) -> Need {
        self.heard().need(at)
    }

    /// When a text was taken last.
    pub(super) fn last_taken(&self) -> Option<Instant> {
        self.heard().taken
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    fn see(&mut self, view: View, at: Instant) {
        if self.view != view || self.since.is_none() {
            self.view = view;
            self.since = Some(at);
        }
    }

    fn need(&self, at: Instant) -> Need {
        let past = |since: Option<Instant>, long: Duration| {
            since.is_none_or(|since| at.saturating_duration_since(since) >= long)
        };
        match self.view {
            View::Unread(Hint::TooFar) if past(self.since, STANDS) => Need::More,
            View::Clear if past(self.since, CALM) && past(self.taken, CALM) => Need::Calm,
            View::Clear | View::Held | View::Several | View::Unread(_) => Need::Busy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn more_pixels_are_wanted_when_a_small_code_stays_unread_and_not_for_any_other_reason() {
        let at = now();
        let mut heard = Heard::default();
        assert_eq!(heard.need(at), Need::Calm);
        heard.see(View::Unread(Hint::TooFar), at);
        assert_eq!(heard.need(at + millis(999)), Need::Busy);
        // Told once more is not told anew.
        heard.see(View::Unread(Hint::TooFar), at + millis(900));
        assert_eq!(heard.need(at + millis(1000)), Need::More);
        heard.see(View::Unread(Hint::Moving), at + millis(1000));
        assert_eq!(heard.need(at + millis(60_000)), Need::Busy);
    }

    #[test]
    fn it_is_calm_ten_seconds_after_the_last_text_and_the_last_code() {
        let at = now();
        let mut heard = Heard::default();
        heard.see(View::Held, at);
        assert_eq!(heard.need(at + millis(60_000)), Need::Busy);
        heard.see(View::Clear, at + millis(60_000));
        assert_eq!(heard.need(at + millis(69_999)), Need::Busy);
        assert_eq!(heard.need(at + millis(70_000)), Need::Calm);
        heard.taken = Some(at + millis(65_000));
        assert_eq!(heard.need(at + millis(70_000)), Need::Busy);
        assert_eq!(heard.need(at + millis(75_000)), Need::Calm);
    }
}
