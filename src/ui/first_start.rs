//! The first start of a kiosk that nobody has configured: language, the store's name, how Weixin is reached, and a test.

mod pages;

use std::time::Duration;

use eframe::egui::{
    Context, CornerRadius, Event, ImeEvent, Key as KeyCode, RawInput, Rect, Ui, vec2,
};
use tokio::sync::watch;

use pages::{cameras_ui, languages_ui, test_ui, ways_ui};

use super::SOON;
use super::checkup::{self, CheckupPage, checkup_ui};
use super::look::Look;
use super::theme::{self, GAP, MARGIN, Palette, TARGET};
use super::typing::{self, Ended, Ends, Typing, Way, part};
use super::widgets::{Key, Text, cut_bottom, cut_top};
use crate::office::checkup::{Checkup, Panel};
use crate::office::{CameraLine, Hidden, Reach, Start, Tested};
use crate::screen;
use crate::wording::{Language, Wording};

/// What the window says to the shell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asks {
    /// Try whether Weixin answers so.
    Test(Start),
    /// Keep it and begin.
    Begin(Start),
    /// Look for cameras.
    Cameras,
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
    /// Takes what is asked.
    pub tell: Box<dyn Fn(Asks)>,
    /// The displays, as far as they tell what they are.
    pub panels: Vec<screen::Panel>,
}

/// The window.
pub struct FirstStart {
    parts: FirstParts,
    palette: Palette,
    wording: Wording,
    step: Step,
    store: Typing,
    camera: Option<String>,
    way: Source,
    /// The appid, or the token service's address.
    public: Typing,
    secret: Typing,
    tested: Tested,
    checkup: CheckupPage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Language,
    Store,
    Camera,
    Way,
    Public,
    Secret,
    Test,
}

impl Step {
    const ALL: [Self; 7] = [
        Self::Language,
        Self::Store,
        Self::Camera,
        Self::Way,
        Self::Public,
        Self::Secret,
        Self::Test,
    ];

    fn moved(self, by: isize) -> Self {
        let at = Self::ALL.iter().position(|step| *step == self);
        let next = at.and_then(|at| Self::ALL.get(at.checked_add_signed(by)?));
        next.copied().unwrap_or(self)
    }
}

/// How access tokens come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    Account,
    Service,
}

/// What a touch asks for.
#[derive(Clone)]
enum Goes {
    Back,
    On,
    Language(Language),
    Camera(Option<String>),
    LookAgain,
    Way(Source),
    Ask(fn(Start) -> Asks),
    Examine,
    Examined(checkup::Asks),
}

impl FirstStart {
    /// Puts the window together in a context of egui.
    pub fn new(ctx: &Context, parts: FirstParts) -> Self {
        let palette = Palette::LIVE;
        theme::install(ctx, &palette);
        let tested = parts.seen.borrow().clone();
        Self {
            palette,
            wording: Wording::new(parts.language),
            step: Step::Language,
            store: Typing::default(),
            camera: None,
            way: Source::Account,
            public: Typing::default(),
            secret: Typing::secret(),
            tested,
            checkup: CheckupPage::default(),
            parts,
        }
    }

    fn start(&self) -> Start {
        let public = self.public.text.trim().to_owned();
        let secret = Hidden::new(self.secret.text.trim());
        Start {
            language: self.wording.language(),
            store: self.store.text.trim().to_owned(),
            camera: self.camera.clone(),
            reach: match self.way {
                Source::Account => Reach::Account {
                    appid: public,
                    secret,
                },
                Source::Service => Reach::Service {
                    url: public,
                    bearer: secret,
                },
            },
        }
    }

    fn typing(&mut self) -> Option<&mut Typing> {
        match self.step {
            Step::Store => Some(&mut self.store),
            Step::Public => Some(&mut self.public),
            Step::Secret => Some(&mut self.secret),
            Step::Language | Step::Camera | Step::Way | Step::Test => None,
        }
    }

    fn key(&self) -> &'static str {
        match (self.step, self.way) {
            (Step::Language, _) => "first-language",
            (Step::Store, _) => "first-store",
            (Step::Camera, _) => "first-camera",
            (Step::Way, _) => "first-way",
            (Step::Public, Source::Account) => "first-appid",
            (Step::Public, Source::Service) => "first-url",
            (Step::Secret, Source::Account) => "first-secret",
            (Step::Secret, Source::Service) => "first-bearer",
            (Step::Test, _) => "first-test",
        }
    }

    fn page_ui(&mut self, ui: &mut Ui, rect: Rect) -> Option<Goes> {
        let wording = Wording::new(self.wording.language());
        let zone = jiff::tz::TimeZone::UTC;
        let look = Look {
            wording: &wording,
            palette: &self.palette.clone(),
            zone: &zone,
        };
        let inner = rect.shrink2(vec2(MARGIN, GAP));
        if let Tested::Examined(found) = &self.tested {
            let asks = checkup_ui(ui, inner, look, &mut self.checkup, found);
            return asks.map(Goes::Examined);
        }
        let (head, rest) = cut_top(inner, theme::TITLE * 1.6);
        let title = wording.say(self.key());
        Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
        let (hint, rest) = cut_top(rest, theme::BODY * 2.6);
        let mut said = wording.say(&format!("{}.do", self.key()));
        if self.step == Step::Store {
            said = format!("{said} {}", wording.say("typing-script"));
        }
        Text::body(&said, look.palette.muted).put_centred(ui, hint);
        let ends = Ends {
            back: "first-back",
            on: ("first-next", "staff-next"),
            may_go_on: self.may_go_on(),
        };
        if let Some(typing) = self.typing() {
            return match typing::page_ui(ui, rest, look, (typing, ""), &ends, None) {
                Ended::Not => None,
                Ended::Back => Some(Goes::Back),
                Ended::On => Some(Goes::On),
            };
        }
        let (body, foot) = cut_bottom(rest, TARGET + GAP);
        let goes = match self.step {
            Step::Language => return languages_ui(ui, body, look),
            Step::Camera => {
                let cameras = self.parts.cameras.borrow();
                cameras_ui(ui, body, look, &cameras, self.camera.as_deref())
            }
            Step::Way => ways_ui(ui, body, look, self.way),
            Step::Test => test_ui(ui, body, look, &self.tested),
            Step::Store | Step::Public | Step::Secret => None,
        };
        let back = part(foot.with_min_y(foot.top() + GAP), 0, 2, Way::Across);
        let label = wording.say("day-close");
        let key = Key::new(&label, look.palette.key, look.palette.text);
        let goes_back = key.show(ui, back, ends.back);
        goes.or(goes_back.then_some(Goes::Back))
    }

    fn may_go_on(&self) -> bool {
        match self.step {
            Step::Public => !self.public.text.trim().is_empty(),
            Step::Secret => self.way == Source::Service || !self.secret.text.trim().is_empty(),
            Step::Language | Step::Store | Step::Camera | Step::Way | Step::Test => true,
        }
    }

    fn go(&mut self, goes: Goes, panel: Panel) {
        match goes {
            Goes::Back => self.step = self.step.moved(-1),
            Goes::On => self.step = self.step.moved(1),
            Goes::LookAgain => {}
            Goes::Camera(camera) => {
                self.camera = camera;
                self.step = self.step.moved(1);
            }
            Goes::Language(language) => {
                self.wording = Wording::new(language);
                self.step = self.step.moved(1);
            }
            Goes::Way(way) => {
                self.way = way;
                self.step = self.step.moved(1);
            }
            Goes::Ask(ask) => (self.parts.tell)(ask(self.start())),
            Goes::Examine | Goes::Examined(checkup::Asks::Again) => {
                self.tested = Tested::Examined(Checkup::default());
                (self.parts.tell)(Asks::Examine(self.start(), panel));
            }
            Goes::Examined(checkup::Asks::Back) => self.tested = Tested::Untested,
        }
        if self.step == Step::Camera {
            (self.parts.tell)(Asks::Cameras);
        }
    }
}

/// How soon an answer of the shell is looked for.
const BEAT: Duration = Duration::from_millis(200);

impl eframe::App for FirstStart {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        checkup::note_cost(ctx, frame.info().cpu_usage);
        theme::scale(ctx, &self.parts.panels);
        if self.parts.seen.has_changed().unwrap_or(false) {
            self.tested = self.parts.seen.borrow_and_update().clone();
        }
        if self.step == Step::Camera {
            ctx.request_repaint_after(BEAT);
        }
        match self.tested {
            Tested::Testing | Tested::Examined(_) => ctx.request_repaint_after(BEAT),
            Tested::Begun => ctx.send_viewport_cmd(eframe::egui::ViewportCommand::Close),
            Tested::Untested
            | Tested::Works
            | Tested::Wrong
            | Tested::NotKept
            | Tested::Trouble(..) => {}
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let rect = ui.max_rect();
        ui.painter()
            .rect_filled(rect, CornerRadius::ZERO, self.palette.ground);
        let goes = self.page_ui(ui, rect);
        super::drawn::end(ui.ctx());
        if let Some(goes) = goes {
            if let Goes::Ask(_) = goes {
                // The answer is looked for until it is there.
                self.tested = Tested::Testing;
            }
            self.go(goes, checkup::panel(ui.ctx()));
            ui.ctx().request_repaint_after(SOON);
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "egui has many events, and none but these is typed"
    )]
    fn raw_input_hook(&mut self, _ctx: &Context, raw_input: &mut RawInput) {
        theme::bound_texture(raw_input);
        let Some(typing) = self.typing() else {
            return;
        };
        for event in &raw_input.events {
            match event {
                Event::Text(text) | Event::Paste(text) | Event::Ime(ImeEvent::Commit(text)) => {
                    typing.take(text);
                }
                Event::Key {
                    key: KeyCode::Backspace,
                    pressed: true,
                    ..
                } => typing.delete(),
                _ => {}
            }
        }
    }
}
