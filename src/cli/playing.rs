//! The demo's stories, played one after the other: the demo's own, and a desk's training. Each begins with a journal of its
//! own in a folder that is thrown away.

use std::path::Path;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::office::Wishes;
use super::story::{self, Story};
use crate::camera::pictures::{self, Phones};
use crate::frame::Luma;
use crate::kiosk::Parts;
use crate::scanner::{self, Effort, Symbologies};
use crate::screen::handset::Press;
use crate::screen::{Screen, Stage};

/// Who hears of the records of the stories' journals.
pub(super) enum Listener {
    /// The office, for today's list.
    Office(Wishes),
    /// Nobody: a training leaves nothing behind.
    Nobody,
}

/// The story that is being played.
pub(super) struct Playing {
    names: Vec<String>,
    /// Holds a throw-away journal for each story begun.
    folder: TempDir,
    listener: Listener,
    begun: u32,
    story: Story,
    /// How many of its views were seen.
    held_up: usize,
    phones: Phones,
    /// The phone of a customer who scans the desk's own code, in the demo.
    presses: Option<mpsc::Sender<Press>>,
}

impl Playing {
    /// Begins with this story; the phones are held up before the pictures that belong to `phones`.
    pub(super) fn new(story: Story, phones: Phones, listener: Listener) -> anyhow::Result<Self> {
        let names = match &listener {
            Listener::Office(_) => story::names(),
            Listener::Nobody => story::without_handset(),
        };
        Ok(Self {
            names,
            folder: tempfile::tempdir()?,
            listener,
            begun: 0,
            held_up: 0,
            phones,
            presses: None,
            story,
        })
    }

    /// Lends a phone of its own to the customer of a story that wants one.
    pub(super) fn lend(&mut self, presses: mpsc::Sender<Press>) {
        self.presses = Some(presses);
    }

    /// Where the stories' journals lie.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Begins the story anew.
    pub(super) fn begin(&mut self) -> anyhow::Result<Parts> {
        self.begun += 1;
        self.held_up = 0;
        let folder = self.folder.path().join(self.begun.to_string());
        std::fs::create_dir(&folder)?;
        let clock = self.story.clock();
        match &self.listener {
            Listener::Nobody => self.story.parts(&folder, clock, || {}),
            Listener::Office(wishes) => {
                let wishes = wishes.clone();
                self.story.parts(&folder, clock, move || wishes.recorded())
            }
        }
    }

    /// Holds up the story's next phones.
    pub(super) fn hold_up(&mut self) {
        if !self.story.coupons().is_empty()
            && let Some(presses) = &self.presses
        {
            // A touch too many is none.
            presses.try_send(Press::Open).ok();
        }
        let views = self.story.views();
        let Some(pictures) = views.get(self.held_up) else {
            return;
        };
        let codes: anyhow::Result<Vec<Luma>> = pictures.iter().map(|name| code_of(name)).collect();
        match codes {
            Ok(codes) => self.phones.hold_up(codes),
            Err(error) => tracing::error!(%error, ?pictures, "a picture of the demo is missing"),
        }
        self.held_up += 1;
    }

    /// A phone of the strip was chosen. `Some` begins a new story.
    pub(super) fn choose(&mut self, phone: usize) -> Option<Parts> {
        let name = &self.names.get(phone)?.clone();
        let goes_on = *name == self.story.name && self.held_up < self.story.views().len();
        let mut parts = None;
        if !goes_on {
            let begun = Story::open(name).and_then(|story| {
                self.story = story;
                self.begin()
            });
            match begun {
                Ok(begun) => parts = Some(begun),
                Err(error) => tracing::error!(%error, name, "a story of the demo cannot begin"),
            }
        }
        self.hold_up();
        parts
    }

    /// The screen changed: the customer takes the phone away when the kiosk has read it.
    pub(super) fn see(&mut self, screen: &Screen) {
        if !matches!(screen.stage, Stage::Idle) {
            self.phones.take_away();
        }
    }
}

/// The code alone, as a phone shows it, out of a fixture's picture.
fn code_of(name: &str) -> anyhow::Result<Luma> {
    let luma = story::picture(name)?;
    let found = scanner::scan(&luma, Symbologies::default(), Effort::First);
    let corners = found.first().context("the picture has no code")?.corners;
    Ok(pictures::upright(&luma, corners))
}
