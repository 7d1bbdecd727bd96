//! What the first start's window and the shell tell each other.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use crate::event::CameraState;
use crate::frame::{Frame, Outlines, Slot};
use crate::office::CameraLine;
use crate::office::checkup::Panel;
use crate::office::first_start::{Start, Tested};
use crate::screen;
use crate::wording::Language;

/// What the window says to the shell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asks {
    /// Try whether Weixin answers so.
    Test(Start),
    /// Keep it and begin.
    Begin(Start),
    /// Look for cameras.
    Cameras,
    /// Look for head office's code.
    Look,
    /// A USB scanner has read this.
    Scanned(String),
    /// It is looked for no more.
    LookAway,
    /// The doctor's look at everything.
    Examine(Start, Panel),
}

/// What the window is put together from.
pub struct FirstParts {
    /// The language to begin with.
    pub language: Language,
    /// What the test came to.
    pub seen: watch::Receiver<Tested>,
    /// The cameras that were found.
    pub cameras: watch::Receiver<Vec<CameraLine>>,
    /// The camera, while head office's code is looked for.
    pub picture: Picture,
    /// Takes what is asked.
    pub tell: Box<dyn Fn(Asks)>,
    /// Told from time to time that the window lives, for whoever watches over it.
    pub is_alive: Box<dyn Fn()>,
    /// The clock of the frames.
    pub tick: Box<dyn Fn() -> Instant>,
    /// The displays, as far as they tell what they are.
    pub panels: Vec<screen::Panel>,
}

/// What the camera sees.
pub struct Picture {
    /// Its newest frame.
    pub frames: Arc<Slot<Frame>>,
    /// Where codes are in it.
    pub outlines: Arc<Outlines>,
    /// How it does.
    pub camera: watch::Receiver<CameraState>,
}
