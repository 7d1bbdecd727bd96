//! A USB scanner types what it reads like a keyboard would ("keyboard wedge"), on any screen and without a focus.
//!
//! Its characters are told from a person's by their pace, and ended by Enter, Tab or a pause.

use std::time::{Duration, Instant};

use eframe::egui::{Event as Input, Key};

/// A scanner's characters follow one another faster than this, also where a slow picture lies between them.
const PACE: Duration = Duration::from_millis(120);
/// Silence after which a text without an end key is whole.
pub const PAUSE: Duration = Duration::from_millis(250);
/// Fewer characters than this are a person's, or a cat's.
const SHORTEST: usize = 6;
/// A link with a sealed code has some 300; what is longer is no text of ours.
const LONGEST: usize = 4096;

/// Characters that came in one go.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wedge {
    typed: String,
    last: Option<Instant>,
}

impl Wedge {
    /// Sorts a keyboard's events into those left for egui and what was typed.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "egui has many events, and none but these is a scanner's"
    )]
    pub fn sift(&mut self, events: Vec<Input>, now: Instant) -> (Vec<Input>, Vec<Typed>) {
        let (mut kept, mut typed) = (Vec::with_capacity(events.len()), Vec::new());
        for event in events {
            match event {
                Input::Text(text) => typed.extend(self.take(&text, now).map(Typed::ByHand)),
                Input::Key {
                    key: Key::Enter | Key::Tab,
                    pressed,
                    ..
                } if self.is_busy() => {
                    if pressed {
                        typed.push(self.end());
                    }
                }
                Input::Key {
                    key: Key::Space, ..
                } if self.is_busy() => {}
                Input::Key {
                    key: Key::Backspace,
                    pressed: true,
                    ..
                } => typed.push(Typed::Delete),
                other => kept.push(other),
            }
        }
        (kept, typed)
    }

    /// Takes characters; what came before a gap was no scanner's and is handed out to be typed by hand.
    pub fn take(&mut self, text: &str, now: Instant) -> Option<String> {
        let is_late = self
            .last
            .is_some_and(|last| now.saturating_duration_since(last) > PACE);
        let old = is_late.then(|| std::mem::take(&mut self.typed));
        self.last = Some(now);
        if self.typed.len() + text.len() <= LONGEST {
            self.typed.push_str(text);
        }
        old.filter(|old| !old.is_empty())
    }

    /// Whether characters are held: keys that come now belong to the scanner, not to the screen.
    pub fn is_busy(&self) -> bool {
        !self.typed.is_empty()
    }

    /// Enter or Tab came.
    pub fn end(&mut self) -> Typed {
        self.last = None;
        Typed::of(std::mem::take(&mut self.typed))
    }

    /// Time passed; after a pause what is held is whole.
    pub fn pause(&mut self, now: Instant) -> Typed {
        match self.last {
            Some(last) if now.saturating_duration_since(last) >= PAUSE => self.end(),
            Some(_) | None => Typed::Nothing,
        }
    }
}

/// What a keyboard gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Typed {
    /// Nothing yet.
    Nothing,
    /// A scanner's text.
    Scanned(String),
    /// A person's characters.
    ByHand(String),
    /// A person took the last character back.
    Delete,
}

impl Typed {
    fn of(typed: String) -> Self {
        match typed.chars().count() {
            0 => Self::Nothing,
            count if count < SHORTEST => Self::ByHand(typed),
            _ => Self::Scanned(typed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Instant {
        tokio::time::Instant::now().into_std()
    }

    #[test]
    fn a_fast_text_is_a_scanners_whether_ended_by_a_key_or_a_pause() {
        let now = start();
        let mut wedge = Wedge::default();
        for (at, typed) in (0..).zip("409632457895".chars()) {
            let at = now + Duration::from_millis(at);
            assert_eq!(wedge.take(&typed.to_string(), at), None);
            assert_eq!(wedge.pause(at), Typed::Nothing);
        }
        assert!(wedge.is_busy());
        let mut paused = wedge.clone();
        assert_eq!(wedge.end(), Typed::Scanned("409632457895".to_owned()));
        let later = now + Duration::from_millis(11) + PAUSE;
        assert_eq!(
            paused.pause(later),
            Typed::Scanned("409632457895".to_owned())
        );
        assert_eq!(paused.pause(later), Typed::Nothing);
    }

    #[test]
    fn slow_characters_are_a_persons() {
        let now = start();
        let mut wedge = Wedge::default();
        assert_eq!(wedge.take("4", now), None);
        let later = now + Duration::from_millis(180);
        assert_eq!(wedge.take("0", later), Some("4".to_owned()));
        assert_eq!(wedge.pause(later + PAUSE), Typed::ByHand("0".to_owned()));
    }
}
