//! From the screen to the speaker.

use jiff::Timestamp;

use crate::redemption::attempt::Outcome;
use crate::screen::{Screen, Stage};
use crate::sound::{Sound, Speaker};

/// Gives every outcome its sound, once.
pub(super) struct Sounding {
    speaker: Option<Speaker>,
    /// The outcome on the screen, and when it was known.
    heard: Option<(Outcome, Timestamp)>,
}

impl Sounding {
    /// Nothing has been heard yet; without a speaker nothing will be.
    pub(super) fn new(speaker: Option<Speaker>) -> Self {
        Self {
            speaker,
            heard: None,
        }
    }

    /// Takes the newest screen.
    pub(super) fn hear(&mut self, screen: &Screen) {
        let Stage::Finished(finished) = &screen.stage else {
            self.heard = None;
            return;
        };
        let ended = Some((finished.outcome, finished.at));
        if ended == self.heard {
            return;
        }
        self.heard = ended;
        if let Some(speaker) = &self.speaker {
            speaker.play(Sound::of(finished));
        }
    }
}

/// A kiosk that cannot start a thread for its sounds is silent and serves all the same.
pub(super) fn speaker(percent: u8) -> Option<Speaker> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let speaker = Speaker::start(&path, percent);
    speaker
        .inspect_err(|error| tracing::warn!(%error, "there will be no sounds"))
        .ok()
}
