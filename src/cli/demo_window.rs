//! The demo in its window: a strip of phones, one a story, held up before drawn frames.

use anyhow::Context as _;
use jiff::tz::{Offset, TimeZone};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

use super::demo_online::DemoOnline;
use super::desk::{self, Desk, DeskLook, Stories};
use super::hand_off;
use super::office::{Examined, Journals, Papers, Wishes};
use super::stand_in_phone::{self, TOUCHES};
use super::story::{self, Story};
use crate::camera::pictures::{self, Phones};
use crate::camera::{self, Camera, Source, Wanted};
use crate::frame::Delays;
use crate::frame::Luma;
use crate::kiosk::Parts;
use crate::office::Settings;
use crate::payload::PaymentCodes;
use crate::scanner::{self, Effort, Symbologies};
use crate::screen::handset::Press;
use crate::screen::{Screen, Shade, Stage};
use crate::sound::Speaker;
use crate::ui;
use crate::wording::Language;
use crate::worker::Worker;

/// As loud as a kiosk that nobody has set.
const DEMO_PERCENT: u8 = 70;

/// Opens the window with this story's recording; `is_shown` holds its phone up at once.
pub(super) fn open(
    language: Language,
    shade: Shade,
    story: Story,
    is_shown: bool,
) -> anyhow::Result<()> {
    let speaker = desk::speaker(DEMO_PERCENT);
    let running = Running::start((language, shade), story, is_shown, speaker)?;
    let Running {
        _camera,
        _scanner,
        _line,
        _phone,
        _online,
        desk,
        look,
    } = running;
    // Nothing of a demo is kept, its language neither.
    desk.open(look, |_language| {})
}

/// The demo with everything but its window.
pub struct Running {
    _camera: Camera,
    _scanner: Worker,
    _line: Worker,
    _phone: Worker,
    _online: DemoOnline,
    desk: Desk,
    look: DeskLook,
}

impl Running {
    /// Starts the demo at the first story, as a test walks it.
    pub fn begin(language: Language) -> anyhow::Result<Self> {
        Self::heard(language, None)
    }

    /// The same with its sounds.
    pub fn heard(language: Language, speaker: Option<Speaker>) -> anyhow::Result<Self> {
        let look = (language, Shade::Dark);
        Self::start(look, Story::open("redeemed")?, false, speaker)
    }

    /// What a window onto it is put together from.
    pub fn window(&self) -> ui::Parts {
        self.desk.window(self.look.clone(), |_language| {})
    }

    fn start(
        (language, shade): (Language, Shade),
        story: Story,
        is_shown: bool,
        speaker: Option<Speaker>,
    ) -> anyhow::Result<Self> {
        let (phones, pictures) = pictures::pair();
        let (wishes, asked) = Wishes::new();
        let folder = tempfile::tempdir()?;
        let papers = Papers {
            journals: Journals::Demo(folder.path().to_owned()),
            journal: folder.path().join("journal.sqlite"),
            settings: Settings::default(),
            names: (None, None),
            examined: Examined::Machine,
            clock: story.clock(),
            delays: Delays::default(),
        };
        let online = DemoOnline::start(folder.path(), language)?;
        let (presses, pressed) = mpsc::channel(TOUCHES);
        let (pictures_of_phone, handset) = watch::channel(None);
        let mut demo = Demo {
            names: story::names(),
            presses: presses.clone(),
            folder,
            wishes: wishes.clone(),
            begun: 0,
            held_up: 0,
            phones,
            story,
        };
        let look = DeskLook {
            language,
            zone: TimeZone::fixed(Offset::constant(8)),
            payment_codes: PaymentCodes::Refused,
            phones: Some(demo.names.clone()),
            handset: Some((presses, handset)),
            is_fullscreen: false,
            shade,
        };
        let parts = demo.begin()?;
        if is_shown {
            demo.hold_up();
        }
        let desk = Desk::start((parts, speaker), demo, (wishes, asked), papers, None)?;
        let scanner = desk.scanner(Symbologies::default(), PaymentCodes::Refused)?;
        let source = Source::Pictures(pictures);
        let camera = camera::watch(source, Wanted::default(), desk.frames(), desk.camera())
            .context("the demo's pictures cannot be started")?;
        let phone = stand_in_phone::start(stand_in_phone::Parts {
            address: online.address(),
            language,
            coupons: Story::open(story::HAND_OFF)?.coupons().to_vec(),
            screens: desk.ends().1,
            presses: pressed,
            pictures: pictures_of_phone,
            wake: Box::new(desk.wake()),
        })?;
        Ok(Self {
            _camera: camera,
            _scanner: scanner,
            _line: hand_off::start(&desk, &online.line())?,
            _phone: phone,
            _online: online,
            desk,
            look,
        })
    }
}

/// The story that is being played.
struct Demo {
    names: Vec<String>,
    /// The phone of a customer who scans the desk's own code.
    presses: mpsc::Sender<Press>,
    /// Holds a throw-away journal for each story begun.
    folder: TempDir,
    wishes: Wishes,
    begun: u32,
    story: Story,
    /// How many of its views were seen.
    held_up: usize,
    phones: Phones,
}

impl Demo {
    fn begin(&mut self) -> anyhow::Result<Parts> {
        self.begun += 1;
        self.held_up = 0;
        let folder = self.folder.path().join(self.begun.to_string());
        std::fs::create_dir(&folder)?;
        let wishes = self.wishes.clone();
        self.story
            .parts(&folder, self.story.clock(), move || wishes.recorded())
    }

    fn hold_up(&mut self) {
        if !self.story.coupons().is_empty() {
            // A touch too many is none.
            self.presses.try_send(Press::Open).ok();
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
}

/// The code alone, as a phone shows it, out of a fixture's picture.
fn code_of(name: &str) -> anyhow::Result<Luma> {
    let luma = story::picture(name)?;
    let found = scanner::scan(&luma, Symbologies::default(), Effort::First);
    let corners = found.first().context("the picture has no code")?.corners;
    Ok(pictures::upright(&luma, corners))
}

impl Stories for Demo {
    fn choose(&mut self, phone: usize) -> Option<Parts> {
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

    /// The customer takes the phone away when the kiosk has read it.
    fn see(&mut self, screen: &Screen) {
        if !matches!(screen.stage, Stage::Idle) {
            self.phones.take_away();
        }
    }
}
