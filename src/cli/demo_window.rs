//! The demo in its window: a strip of phones, one a story, held up before drawn frames.

use anyhow::Context as _;
use jiff::tz::{Offset, TimeZone};
use tokio::sync::{mpsc, watch};

use super::demo_online::DemoOnline;
use super::desk::{self, Desk, DeskLook, Stories};
use super::hand_off;
use super::office::{Examined, Journals, Papers, Wishes};
use super::playing::{Listener, Playing};
use super::stand_in_phone::{self, TOUCHES};
use super::story::{self, Story};
use crate::camera::pictures;
use crate::camera::{self, Camera, Source, Wanted};
use crate::frame::Delays;
use crate::health::watchdog::Curious;
use crate::kiosk::Parts;
use crate::office::Settings;
use crate::payload::PaymentCodes;
use crate::scanner::Symbologies;
use crate::screen::{Screen, Shade};
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
    desk.open(look, Curious::None, |_language| {})
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
        let clock = story.clock();
        let mut playing = Playing::new(story, phones, Listener::Office(wishes.clone()))?;
        let papers = Papers {
            journals: Journals::Demo(playing.folder().to_owned()),
            journal: playing.folder().join("journal.sqlite"),
            settings: Settings {
                sound: DEMO_PERCENT,
                ..Settings::default()
            },
            names: (None, None),
            examined: Examined::Machine,
            clock,
            delays: Delays::default(),
        };
        let online = DemoOnline::start(playing.folder(), language)?;
        let (presses, pressed) = mpsc::channel(TOUCHES);
        let (pictures_of_phone, handset) = watch::channel(None);
        playing.lend(presses.clone());
        let look = DeskLook {
            language,
            zone: TimeZone::fixed(Offset::constant(8)),
            payment_codes: PaymentCodes::Refused,
            phones: Some(story::names()),
            handset: Some((presses, handset)),
            is_fullscreen: false,
            shade,
        };
        let parts = playing.begin()?;
        if is_shown {
            playing.hold_up();
        }
        let ends = (wishes, asked);
        let desk = Desk::start((parts, speaker), Demo(playing), ends, papers, None)?;
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

/// The demo plays nothing but its stories.
struct Demo(Playing);

impl Stories for Demo {
    fn choose(&mut self, phone: usize) -> Option<Parts> {
        self.0.choose(phone)
    }

    fn see(&mut self, screen: &Screen) {
        self.0.see(screen);
    }
}
