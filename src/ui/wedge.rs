//! A USB scanner types what it reads like a keyboard would ("keyboard wedge"), on any screen and without a focus.
//!
//! Its characters are told from a person's by their pace, and ended by Enter, Tab or a pause. Every character of a
//! keyboard goes through here, so that none lands in two places: a scanner's whole text is looked up, a person's
//! characters go to the open page, and what is neither is left for egui.

use std::time::{Duration, Instant};

use eframe::egui::{Event as Input, ImeEvent, Key, Modifiers};

mod stroke;

use stroke::{Stroke, Typist};

/// A scanner's characters follow one another faster than this, also where a slow picture lies between them.
const PACE: Duration = Duration::from_millis(120);
/// Their mean over several: a slow scanner needs 50 ms, a quick typist 80.
const MEAN_PACE: Duration = Duration::from_millis(65);
/// So many characters tell a mean from the jitter of slow pictures.
const TELLING: usize = 5;
/// Silence after which a text without an end key is whole.
const PAUSE: Duration = Duration::from_millis(250);
/// Fewer characters than this are a person's, or a cat's, ...
const SHORTEST: usize = 6;
/// ... but where an end key follows at once: no hand does that.
const SHORTEST_ENDED: usize = 3;
const HURRY: Duration = Duration::from_millis(20);
/// After an end key a second one is the scanner's too: CR LF, Enter and Tab.
const TAIL: Duration = Duration::from_millis(200);
/// A link with a sealed code has some 300; what is longer is no text of ours.
const LONGEST: usize = 4096;

/// Characters that came in one go.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wedge {
    typed: Stroke,
    /// When the first of them came, and the last.
    span: Option<(Instant, Instant)>,
    /// The pace was a person's: until it stops, characters are handed out as they come.
    by_hand: Option<Instant>,
    /// When a scanner's end key came.
    ended: Option<Instant>,
    /// End keys that were taken away and are still down.
    down: Vec<Key>,
}

/// What a keyboard gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Typed {
    /// A scanner's text.
    Scanned(String),
    /// A scanner's text that is longer than any of ours, and was not kept.
    TooLong,
    /// A person's characters.
    ByHand(String),
    /// A person took the last character back.
    Delete,
    /// A person wants the clipboard's text in.
    Paste,
}

impl Wedge {
    /// Sorts a keyboard's events into those left for egui and what was typed.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "egui has many events, and none but these is a keyboard's text"
    )]
    pub fn sift(&mut self, events: Vec<Input>, now: Instant) -> (Vec<Input>, Vec<Typed>) {
        let (mut kept, mut typed) = (Vec::with_capacity(events.len()), Vec::new());
        let mut events = events.into_iter().peekable();
        while let Some(event) = events.next() {
            match event {
                Input::Text(text) | Input::Ime(ImeEvent::Commit(text)) => {
                    self.take(&text, Typist::Unseen, now, &mut typed);
                }
                Input::Paste(_) => typed.push(Typed::Paste),
                Input::Copy | Input::Cut => {}
                Input::Key {
                    key,
                    pressed,
                    modifiers,
                    ..
                } if is_end(key, modifiers) && self.is_scanners(key, pressed, now, &mut typed) => {}
                Input::Key {
                    key: Key::Backspace,
                    pressed: true,
                    ..
                } => {
                    typed.extend(self.let_go());
                    typed.push(Typed::Delete);
                }
                Input::Key {
                    key,
                    pressed: true,
                    repeat,
                    modifiers,
                    ..
                } => {
                    let text = match events.next_if(|next| matches!(next, Input::Text(_))) {
                        Some(Input::Text(text)) => Some(text),
                        _ => stroke::character(key, modifiers),
                    };
                    // A space that begins something is a person's, and presses what has the focus.
                    if key != Key::Space || !self.is_busy() {
                        kept.push(event);
                    }
                    if let Some(text) = text {
                        let typist = Typist::of(modifiers, repeat);
                        self.take(&text, typist, now, &mut typed);
                    }
                }
                other => kept.push(other),
            }
        }
        (kept, typed)
    }

    /// When time alone may decide what the held characters are, counted from now.
    pub fn due(&self, now: Instant) -> Option<Duration> {
        let (_, last) = self.span?;
        let limit = if self.typed.count() < SHORTEST {
            PACE
        } else {
            PAUSE
        };
        Some((last + limit).saturating_duration_since(now))
    }

    /// Time passed: after a pause what is held is whole.
    pub fn pause(&mut self, now: Instant) -> Option<Typed> {
        let (_, last) = self.span?;
        let silence = now.saturating_duration_since(last);
        if silence >= PAUSE {
            return self.end(Ended::ByPause);
        }
        let is_short = self.typed.count() < SHORTEST;
        (is_short && silence >= PACE)
            .then(|| self.let_go())
            .flatten()
    }

    /// Whether characters are held: keys that come now belong to the scanner, not to the screen.
    pub fn is_busy(&self) -> bool {
        self.span.is_some()
    }

    /// An end key: whether it is the scanner's, and so not the screen's.
    fn is_scanners(
        &mut self,
        key: Key,
        pressed: bool,
        now: Instant,
        typed: &mut Vec<Typed>,
    ) -> bool {
        if !pressed {
            let held = self.down.len();
            self.down.retain(|down| *down != key);
            return self.down.len() < held;
        }
        let is_scanners = if self.is_busy() {
            let ended = self.end(Ended::ByKey);
            let is_by_hand = matches!(ended, Some(Typed::ByHand(_)));
            typed.extend(ended);
            !is_by_hand
        } else {
            self.ended
                .is_some_and(|ended| now.saturating_duration_since(ended) <= TAIL)
        };
        if is_scanners {
            self.ended = Some(now);
            self.down.push(key);
        }
        is_scanners
    }

    /// Takes characters; what came before a gap was no scanner's and is handed out to be typed by hand.
    fn take(&mut self, text: &str, typist: Typist, now: Instant, typed: &mut Vec<Typed>) {
        // An input method that gives up commits nothing.
        if text.is_empty() {
            return;
        }
        let is_late = |last: Instant| now.saturating_duration_since(last) > PACE;
        if self.span.is_some_and(|(_, last)| is_late(last)) {
            typed.extend(self.pause(now).or_else(|| self.let_go()));
        }
        self.by_hand.take_if(|last| is_late(*last));
        let is_lone_space = !self.is_busy() && text.trim().is_empty();
        if typist == Typist::Repeating || is_lone_space || self.by_hand.is_some() {
            typed.extend(self.let_go());
            typed.push(Typed::ByHand(text.to_owned()));
            if !is_lone_space {
                self.by_hand = Some(now);
            }
            return;
        }
        self.typed.push(text, typist, LONGEST);
        let first = self.span.map_or(now, |(first, _)| first);
        self.span = Some((first, now));
        if self.typed.count() >= TELLING && self.mean() > MEAN_PACE {
            typed.extend(self.let_go());
            self.by_hand = Some(now);
        }
    }

    /// From one held character to the next.
    fn mean(&self) -> Duration {
        let gaps = u32::try_from(self.typed.count().saturating_sub(1)).unwrap_or(u32::MAX);
        let (first, last) = self.span.unzip();
        let span = last.zip(first).map(|(last, first)| last - first);
        span.unwrap_or_default() / gaps.max(1)
    }

    fn end(&mut self, ended: Ended) -> Option<Typed> {
        let (count, mean) = (self.typed.count(), self.mean());
        let is_scanned = match ended {
            Ended::ByPause => count >= SHORTEST && mean <= MEAN_PACE,
            Ended::ByKey => {
                (count >= SHORTEST && mean <= MEAN_PACE)
                    || (count >= SHORTEST_ENDED && mean <= HURRY)
            }
        };
        if !is_scanned {
            return self.let_go();
        }
        self.span = None;
        let text = std::mem::take(&mut self.typed).of_scanner();
        Some(text.map_or(Typed::TooLong, Typed::Scanned))
    }

    /// What is held was typed by hand.
    fn let_go(&mut self) -> Option<Typed> {
        self.span = None;
        let text = std::mem::take(&mut self.typed).of_person();
        (!text.is_empty()).then_some(Typed::ByHand(text))
    }
}

/// How a text came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ended {
    ByKey,
    ByPause,
}

/// Enter and Tab, and what some scanners send for CR and LF: Ctrl+M and Ctrl+J.
fn is_end(key: Key, modifiers: Modifiers) -> bool {
    matches!(key, Key::Enter | Key::Tab) || (modifiers.ctrl && matches!(key, Key::J | Key::M))
}

#[cfg(test)]
mod tests;
