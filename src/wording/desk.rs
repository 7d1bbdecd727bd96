//! The words for what stands round a redemption: the camera, the way to Weixin, the code that is held on.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::{CameraState, Hint, View};
use crate::redemption::attempt::Outcome;
use crate::screen::{Connection, DoubtLine, Known};

use super::Wording;
use super::outcome::why_key;

impl Wording {
    /// How the camera does, and what to do about it.
    pub fn camera(&self, state: &CameraState) -> (String, String) {
        let key = match state {
            CameraState::None => "camera-none",
            CameraState::Opening => "camera-opening",
            CameraState::Live { .. } => "camera-live",
            CameraState::Stalled => "camera-stalled",
            CameraState::Lost => "camera-lost",
            CameraState::Busy => "camera-busy",
            CameraState::Refused => "camera-refused",
            CameraState::Unusable => "camera-unusable",
        };
        (self.say(key), self.say(&format!("{key}.do")))
    }

    /// What to tell a person whose code is in view and not taken; `None` where all is well.
    pub fn view(&self, view: View) -> Option<String> {
        match view {
            View::Clear => None,
            View::Held => Some(self.say("view-held")),
            View::Several => Some(self.say("view-several")),
            View::Unread(hint) => Some(self.say(match hint {
                Hint::TooDark => "hint-too-dark",
                Hint::TooBright => "hint-too-bright",
                Hint::TooFar => "hint-too-far",
                Hint::TooClose => "hint-too-close",
                Hint::Moving => "hint-moving",
                Hint::OutOfFocus => "hint-out-of-focus",
                Hint::Tilted => "hint-tilted",
            })),
        }
    }

    /// How the way to Weixin does.
    pub fn connection(&self, connection: &Connection, zone: &TimeZone) -> String {
        match connection {
            Connection::Untried => self.say("connection-untried"),
            Connection::Answering => self.say("connection-answering"),
            Connection::Trouble { why, at } => {
                let why = self.say(why_key(why, Outcome::Unreachable));
                let values = [("time", clock_time(*at, zone).into()), ("why", why.into())];
                self.say_with("connection-trouble", &values)
            }
        }
    }

    /// An attempt whose outcome is not known.
    pub fn doubt(&self, doubt: &DoubtLine, zone: &TimeZone) -> String {
        let asking = if doubt.next_at.is_none() { "yes" } else { "no" };
        let values = [
            ("code", doubt.code.grouped().into()),
            ("time", clock_time(doubt.since, zone).into()),
            ("asked", doubt.asked.into()),
            ("asking", asking.into()),
        ];
        self.say_with("doubt-line", &values)
    }

    /// How the asking about an attempt in doubt goes, for somebody who watches it.
    pub fn doubt_progress(&self, doubt: &DoubtLine, now: Instant) -> String {
        let (number, of) = (
            (doubt.asked + 1).into(),
            doubt.of.max(doubt.asked + 1).into(),
        );
        let Some(next_at) = doubt.next_at else {
            return self.say_with("doubt-asking", &[("number", number), ("of", of)]);
        };
        let left = next_at.saturating_duration_since(now);
        let seconds = u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        let values = [("number", number), ("of", of), ("seconds", seconds.into())];
        self.say_with("doubt-next", &values)
    }

    /// How old an attempt in doubt is.
    pub fn doubt_age(&self, doubt: &DoubtLine, now: Instant) -> String {
        self.seconds_ago(seconds(doubt.aged, now))
    }

    /// What is known of it: a manager's word, and what the newest look-up told.
    pub fn doubt_known(&self, doubt: &DoubtLine) -> String {
        let known = match &doubt.known {
            Known::Nothing => self.say("known-nothing"),
            Known::NoAnswer => self.say("known-no-answer"),
            Known::Status(status) => {
                let status = self.status(Some(status));
                self.say_with("known-status", &[("status", status.into())])
            }
            // Its number stands where IT looks for it.
            Known::Errcode(_) => self.say("known-errcode"),
            Known::Elsewhere => self.say("known-elsewhere"),
        };
        match doubt.ruled {
            None => known,
            Some(goods) => {
                let values = [("goods", self.goods(goods).into()), ("known", known.into())];
                self.say_with("known-ruled", &values)
            }
        }
    }
}

/// How old something is, in whole seconds, that was `age` old at a moment.
pub(super) fn seconds((age, at): (Duration, Instant), now: Instant) -> u64 {
    (age + now.saturating_duration_since(at)).as_secs()
}

/// The time of day, to the second.
pub fn clock_time(at: Timestamp, zone: &TimeZone) -> String {
    let here = at.to_zoned(zone.clone());
    here.strftime("%H:%M:%S").to_string()
}
