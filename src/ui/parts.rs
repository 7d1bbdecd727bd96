//! What a window is put together from, and what it tells.

use std::sync::Arc;
use std::time::Instant;

use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::event::Event;
use crate::frame::{Delays, Frame, Outlines, SightId, Slot};
use crate::office::{Office, Wish};
use crate::payload::PaymentCodes;
use crate::screen::handset::{Handset, Press};
use crate::screen::{Panel, Screen, Shade};
use crate::wording::Language;

/// What the window tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// For the kiosk's loop.
    Event(Event),
    /// For what stands behind the counter.
    Wish(Wish),
    /// The other language was chosen.
    Language(Language),
    /// A phone of the demo is to be held up, by its place in the strip.
    Phone(usize),
    /// Of several codes in view this one is meant.
    Sight(SightId),
    /// What a finger does with the demo's stand-in for a customer's own phone.
    Handset(Press),
}

/// What a window is put together from.
pub struct Parts {
    /// What is to be seen.
    pub screens: watch::Receiver<Screen>,
    /// What stands behind the counter.
    pub office: watch::Receiver<Office>,
    /// What the camera sees.
    pub frames: Arc<Slot<Frame>>,
    /// Where the scanner sees codes.
    pub outlines: Arc<Outlines>,
    /// Is told how long frames take from the lens to the drawn picture.
    pub delays: Delays,
    /// Takes what was touched and typed.
    pub tell: Box<dyn Fn(Said)>,
    /// Reads the clock that [`crate::screen::Shown`] is counted by.
    pub tick: Box<dyn Fn() -> Instant>,
    /// The language to begin with.
    pub language: Language,
    /// The store's time zone.
    pub zone: TimeZone,
    /// How typed texts are read.
    pub payment_codes: PaymentCodes,
    /// The demo's stories; empty in a kiosk that redeems.
    pub phones: Option<Vec<String>>,
    /// The demo's stand-in for a customer's own phone.
    pub handset: Option<watch::Receiver<Option<Handset>>>,
    /// Called by every `logic()`, with the seconds that the last picture cost.
    pub beat: Box<dyn Fn(Option<f32>)>,
    /// Over the whole display.
    pub is_fullscreen: bool,
    /// How bright it is.
    pub shade: Shade,
    /// The displays, as far as they tell what they are.
    pub panels: Vec<Panel>,
}
