//! What a touch opens over the viewfinder, until it is closed or something happens at the desk.

use std::time::{Duration, Instant};

use eframe::egui::{Rect, Ui};

use super::attention;
use super::details::{self, Details};
use super::keypad::{self, Keypad};
use super::look::{Act, Look};
use crate::screen::Screen;

/// A page, and what a person has done on it so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Page {
    /// Codes typed by hand.
    Keypad(Keypad),
    /// What is in doubt.
    Doubts,
    /// What IT asks for about an outcome.
    Details(Details),
}

/// Which page to open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// To the keypad.
    Keypad,
    /// To the list of what is in doubt.
    Doubts,
}

impl Page {
    /// The page behind a door, as nobody has touched it yet; the keypad with what was typed last, where that failed.
    pub fn behind(door: Door, typed: Option<&str>) -> Self {
        match door {
            Door::Keypad => Self::Keypad(typed.map(Keypad::again).unwrap_or_default()),
            Door::Doubts => Self::Doubts,
        }
    }

    /// Whether there is still something to be seen on it.
    pub fn is_empty(&self, screen: &Screen) -> bool {
        match self {
            Self::Keypad(_) | Self::Details(_) => false,
            Self::Doubts => screen.doubts.is_empty(),
        }
    }

    /// How often it is drawn by itself.
    pub fn beat(&self) -> Option<Duration> {
        match self {
            Self::Keypad(_) | Self::Details(_) => None,
            Self::Doubts => Some(Duration::from_secs(1)),
        }
    }

    /// Takes what a keyboard typed. Returns the key that its Enter presses from now on.
    pub fn take(&mut self, text: &str) -> Option<&'static str> {
        match self {
            Self::Keypad(keypad) => {
                keypad.take(text);
                Some(keypad::LOOK_UP)
            }
            Self::Doubts | Self::Details(_) => None,
        }
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        match self {
            Self::Keypad(keypad) => keypad.delete(),
            Self::Doubts | Self::Details(_) => {}
        }
    }

    /// Somebody wanted to paste.
    pub fn refuse_paste(&mut self) {
        match self {
            Self::Keypad(keypad) => keypad.refuse_paste(),
            Self::Doubts | Self::Details(_) => {}
        }
    }

    /// Draws it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        look: Look<'_>,
        screen: &Screen,
        now: Instant,
    ) -> Option<Act> {
        match self {
            Self::Keypad(keypad) => keypad::keypad_ui(ui, rect, look, keypad),
            Self::Doubts => attention::doubts_ui(ui, rect, look, &screen.doubts, now),
            Self::Details(details) => details::details_ui(ui, rect, look, details),
        }
    }
}
