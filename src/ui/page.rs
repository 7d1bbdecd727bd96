//! What a touch opens over the viewfinder, until it is closed or something happens at the desk.

use std::time::Duration;

use eframe::egui::{Rect, Ui};

use super::day::{self, Day};
use super::details::{self, Details};
use super::doubts::Doubts;
use super::keypad::{self, Keypad};
use super::look::{Act, Look};
use super::service::{self, Seen, Service};
use crate::office::Wish;
use crate::screen::Screen;

/// A page, and what a person has done on it so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Page {
    /// Codes typed by hand.
    Keypad(Keypad),
    /// What is in doubt.
    Doubts(Doubts),
    /// Today's list.
    Day(Day),
    /// A manager's pages.
    Service(Box<Service>),
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
    /// To today's list.
    Day,
    /// To a manager's pages.
    Service,
}

impl Door {
    /// What has to be wished for when it is opened.
    pub fn wish(self) -> Option<Wish> {
        match self {
            Self::Keypad | Self::Doubts | Self::Service => None,
            Self::Day => Some(Wish::Day),
        }
    }
}

impl Page {
    /// The page behind a door, as nobody has touched it yet; the keypad with what was typed last, where that failed.
    pub fn behind(door: Door, typed: Option<&str>) -> Self {
        match door {
            Door::Keypad => Self::Keypad(typed.map(Keypad::again).unwrap_or_default()),
            Door::Doubts => Self::Doubts(Doubts::default()),
            Door::Day => Self::Day(Day::default()),
            Door::Service => Self::Service(Box::default()),
        }
    }

    /// Whether there is still something to be seen on it.
    pub fn is_empty(&self, screen: &Screen) -> bool {
        match self {
            Self::Keypad(_) | Self::Details(_) | Self::Day(_) | Self::Service(_) => false,
            Self::Doubts(_) => screen.doubts.is_empty(),
        }
    }

    /// How often it is drawn by itself.
    pub fn beat(&self) -> Option<Duration> {
        match self {
            Self::Keypad(_) | Self::Details(_) | Self::Day(_) | Self::Service(_) => None,
            Self::Doubts(_) => Some(Duration::from_secs(1)),
        }
    }

    /// Takes what a keyboard typed. Returns the key that its Enter presses from now on.
    pub fn take(&mut self, text: &str) -> Option<&'static str> {
        match self {
            Self::Keypad(keypad) => {
                keypad.take(text);
                Some(keypad::LOOK_UP)
            }
            Self::Day(day) => {
                day.take(text);
                None
            }
            Self::Service(service) => {
                service.take(text);
                None
            }
            Self::Doubts(doubts) => {
                doubts.take(text);
                None
            }
            Self::Details(_) => None,
        }
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        match self {
            Self::Keypad(keypad) => keypad.delete(),
            Self::Day(day) => day.delete(),
            Self::Service(service) => service.delete(),
            Self::Doubts(doubts) => doubts.delete(),
            Self::Details(_) => {}
        }
    }

    /// Whether the live picture is part of it.
    pub fn sees_frames(&self) -> bool {
        match self {
            Self::Keypad(_) | Self::Doubts(_) | Self::Details(_) | Self::Day(_) => false,
            Self::Service(service) => service.sees_frames(),
        }
    }

    /// A manager's page, which is not left open, and on which digits may be a PIN.
    pub fn is_managers(&self) -> bool {
        match self {
            Self::Service(_) => true,
            Self::Doubts(doubts) => doubts.is_managers(),
            Self::Keypad(_) | Self::Details(_) | Self::Day(_) => false,
        }
    }

    /// Somebody wanted to paste.
    pub fn refuse_paste(&mut self) {
        match self {
            Self::Keypad(keypad) => keypad.refuse_paste(),
            Self::Doubts(_) | Self::Details(_) | Self::Day(_) | Self::Service(_) => {}
        }
    }

    /// Draws it; tells also when to draw it again by itself.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        look: Look<'_>,
        seen: Seen<'_>,
    ) -> (Option<Act>, Option<Duration>) {
        let beat = self.beat();
        let act = match self {
            Self::Keypad(keypad) => keypad::keypad_ui(ui, rect, look, keypad),
            Self::Doubts(doubts) => return doubts.show(ui, rect, look, seen),
            Self::Details(details) => details::details_ui(ui, rect, look, details),
            Self::Day(day) => day::day_ui(ui, rect, look, day, seen.office),
            Self::Service(service) => {
                return service::service_ui(ui, rect, look, service, seen);
            }
        };
        (act, beat)
    }
}
