//! The first start of a kiosk that nobody has configured: by a code of head office's, or by hand: language, the store's name,
//! how Weixin is reached; and a test.

mod pages;
mod parts;
mod step;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eframe::egui::{
    Context, CornerRadius, Event, ImeEvent, Key as KeyCode, RawInput, Rect, Ui, vec2,
};
pub use parts::{Asks, FirstParts, Picture};

use pages::{cameras_ui, how_ui, languages_ui, scan_ui, test_ui, ways_ui};
use step::{By, Source, Step};

use super::SOON;
use super::checkup::{self, CheckupPage, checkup_ui};
use super::look::Look;
use super::opening;
use super::theme::{self, GAP, MARGIN, Palette, TARGET};
use super::typing::{self, Ended, Ends, Typing, Way, part};
use super::viewfinder::Preview;
use super::wedge::{Typed, Wedge};
use super::widgets::{Key, Text, cut_bottom, cut_top};
use crate::office::checkup::{Checkup, Panel};
use crate::office::first_start::{Hidden, Provision, Reach, Start, Tested};
use crate::wording::{Language, Wording};

/// The window.
pub struct FirstStart {
    parts: FirstParts,
    palette: Palette,
    wording: Wording,
    step: Step,
    by: By,
    /// What head office has handed out.
    provision: Option<Box<Provision>>,
    preview: Preview,
    sees_frames: Arc<AtomicBool>,
    /// When it was told last that the window lives, by egui's clock in seconds.
    told_alive: Option<f64>,
    /// A USB scanner reads head office's code too.
    wedge: Wedge,
    store: Typing,
    camera: Option<String>,
    way: Source,
    /// The appid, or the token service's address.
    public: Typing,
    secret: Typing,
    tested: Tested,
    checkup: CheckupPage,
}

/// What a touch asks for.
#[derive(Clone)]
enum Goes {
    Back,
    On,
    Language(Language),
    How(By),
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
        let sees_frames = Arc::new(AtomicBool::new(false));
        let waker = opening::on_frame(ctx, &sees_frames);
        parts.picture.frames.wake_on_change(waker);
        Self {
            palette,
            wording: Wording::new(parts.language),
            step: Step::Language,
            by: By::Hand,
            provision: None,
            preview: Preview::default(),
            sees_frames,
            told_alive: None,
            wedge: Wedge::default(),
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
        if let (By::Code, Some(provision)) = (self.by, &self.provision) {
            return Start {
                language: self.wording.language(),
                store: String::new(),
                camera: None,
                reach: Reach::Provision(provision.clone()),
            };
        }
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
            Step::Language | Step::How | Step::Scan | Step::Camera | Step::Way | Step::Test => None,
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
        let key = self.step.key(self.way);
        let title = wording.say(key);
        Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
        let (hint, rest) = cut_top(rest, theme::BODY * 2.6);
        let mut said = match &self.provision {
            Some(provision) if self.step == Step::Test && self.by == By::Code => {
                let values = [
                    ("from", provision.from.as_str().into()),
                    ("desk", provision.desk.as_str().into()),
                    ("version", provision.version.to_string().into()),
                ];
                wording.say_with("first-provided", &values)
            }
            Some(_) | None => wording.say(&format!("{key}.do")),
        };
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
            Step::How => how_ui(ui, body, look, self.by),
            Step::Scan => {
                let camera = self.parts.picture.camera.borrow();
                scan_ui(ui, body, look, (&self.preview, &camera), &self.tested);
                None
            }
            Step::Test => test_ui(ui, body, look, self.by, &self.tested),
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
            Step::Language
            | Step::How
            | Step::Scan
            | Step::Store
            | Step::Camera
            | Step::Way
            | Step::Test => true,
        }
    }

    fn go(&mut self, goes: Goes, panel: Panel) {
        let before = self.step;
        match goes {
            Goes::Back => self.turn(-1),
            Goes::On => self.turn(1),
            Goes::How(by) => {
                self.by = by;
                self.turn(1);
            }
            Goes::LookAgain => {}
            Goes::Camera(camera) => {
                self.camera = camera;
                self.turn(1);
            }
            Goes::Language(language) => {
                self.wording = Wording::new(language);
                self.turn(1);
            }
            Goes::Way(way) => {
                self.way = way;
                self.turn(1);
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
        match (before == Step::Scan, self.step == Step::Scan) {
            (false, true) => (self.parts.tell)(Asks::Look),
            (true, false) => (self.parts.tell)(Asks::LookAway),
            (true, true) | (false, false) => {}
        }
    }

    /// What was found out on one page says nothing on another.
    fn turn(&mut self, steps: isize) {
        self.step = self.step.moved(self.by, steps);
        self.tested = Tested::Untested;
    }

    /// What the shell has told since the last picture.
    fn hear(&mut self) {
        if !self.parts.seen.has_changed().unwrap_or(false) {
            return;
        }
        self.tested = self.parts.seen.borrow_and_update().clone();
        if let Tested::Provided(provision) = &self.tested {
            self.provision = Some(provision.clone());
            if self.step == Step::Scan {
                self.turn(1);
            }
        }
    }

    /// The camera's newest frame, while it is looked at, and the end of what a USB scanner types.
    fn look(&mut self, ctx: &Context) {
        self.sees_frames
            .store(self.step == Step::Scan, Ordering::Relaxed);
        if self.step == Step::Scan {
            let now = (self.parts.tick)();
            self.preview.take(ctx, &self.parts.picture.frames, now);
            self.preview.outline(&self.parts.picture.outlines, false);
            let ended = self.wedge.pause(now);
            self.scanned(ended);
        }
    }

    fn scanned(&self, typed: impl IntoIterator<Item = Typed>) {
        for typed in typed {
            if let Typed::Scanned(text) = typed {
                (self.parts.tell)(Asks::Scanned(text));
            }
        }
    }

    fn tell_alive(&mut self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        if self
            .told_alive
            .is_none_or(|told| now - told >= ALIVE.as_secs_f64() / 2.0)
        {
            self.told_alive = Some(now);
            (self.parts.is_alive)();
        }
        ctx.request_repaint_after(ALIVE);
    }
}

/// How soon an answer of the shell is looked for.
const BEAT: Duration = Duration::from_millis(200);
/// How often a window that nobody touches says that it lives.
const ALIVE: Duration = Duration::from_secs(10);

impl eframe::App for FirstStart {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        checkup::note_cost(ctx, frame.info().cpu_usage);
        theme::scale(ctx, &self.parts.panels);
        self.tell_alive(ctx);
        self.hear();
        self.look(ctx);
        if matches!(self.step, Step::Camera | Step::Scan) {
            ctx.request_repaint_after(BEAT);
        }
        match self.tested {
            Tested::Testing | Tested::Claiming | Tested::Examined(_) => {
                ctx.request_repaint_after(BEAT);
            }
            Tested::Begun => ctx.send_viewport_cmd(eframe::egui::ViewportCommand::Close),
            Tested::Untested
            | Tested::Works
            | Tested::Wrong
            | Tested::NotKept
            | Tested::Provided(_)
            | Tested::NotProvided(_)
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
    fn raw_input_hook(&mut self, ctx: &Context, raw_input: &mut RawInput) {
        theme::bound_texture(ctx, raw_input);
        if self.step == Step::Scan {
            let events = std::mem::take(&mut raw_input.events);
            let (kept, typed) = self.wedge.sift(events, (self.parts.tick)());
            raw_input.events = kept;
            self.scanned(typed);
            return;
        }
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
