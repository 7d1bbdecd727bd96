//! What every part of the window is drawn with, and what it may ask for.

use eframe::egui::Rect;
use jiff::tz::TimeZone;

use super::page::Door;
use super::theme::Palette;
use crate::event::Touch;
use crate::frame::SightId;
use crate::office::Wish;
use crate::redemption::attempt::AttemptId;
use crate::redemption::note::Says;
use crate::screen::Finished;
use crate::screen::handset::Press;
use crate::wording::Wording;

/// What every part of the window is drawn with.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The sentences of the chosen language.
    pub wording: &'a Wording,
    /// The colours.
    pub palette: &'a Palette,
    /// The store's time zone.
    pub zone: &'a TimeZone,
}

/// What a touch asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// The loop has to know.
    Touch(Touch),
    /// This was typed on the keypad: look it up.
    TypedIn(String),
    /// Open a page.
    Open(Door),
    /// The shell has to know.
    Wish(Wish),
    /// Write this down about an attempt.
    Note(AttemptId, Says),
    /// The service corner is pressed.
    Corner,
    /// Close the window.
    Leave,
    /// Close the page.
    Close,
    /// Show what IT asks for about this outcome.
    Details(Box<Finished>),
    /// Speak the other language.
    Language,
    /// Tell the customer in the other language.
    CustomerLanguage,
    /// Hold up this phone of the demo.
    Phone(usize),
    /// Of several codes in view this one is meant.
    Sight(SightId),
    /// The demo's stand-in for a customer's own phone was touched.
    Handset(Press),
}

/// Whether things are set side by side or below one another.
pub fn is_wide(rect: Rect) -> bool {
    rect.width() > rect.height()
}
