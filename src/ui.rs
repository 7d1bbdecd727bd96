//! The window: draws the newest [`Screen`] and tells what was touched. It decides nothing about a coupon.
//!
//! `logic()` takes the newest screen and what a keyboard typed; `ui()` draws. Nothing is drawn while nothing changes: the
//! loop wakes the window for a new screen, the camera for a new frame, and only while the viewfinder is seen.

mod attention;
mod details;
pub mod drawn;
mod fingers;
mod hands;
mod header;
mod icon;
mod idle;
mod invitation;
mod keypad;
mod look;
mod measure;
mod opening;
mod outcome;
mod page;
mod review;
mod theme;
mod viewfinder;
pub mod wedge;
mod widgets;
mod working;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;
use std::time::{Duration, Instant};

use eframe::egui::{self, Context, CornerRadius, RawInput, Rect, Ui};
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::event::{Event, LookUpId, Touch};
use crate::frame::{Frame, Sight, Slot};
use crate::payload::PaymentCodes;
use crate::screen::{Screen, Shade, Stage};
use crate::wording::{Language, Wording};
pub use measure::{Measured, measure};
pub use opening::open;

use details::Details;
use fingers::Fingers;
use keypad::Kept;
use look::{Act, Look};
use page::Page;
use review::Confirm;
use theme::Palette;
use viewfinder::Preview;
use wedge::Wedge;

/// A review or an outcome takes no touch before it was seen so long.
const ARMING: Duration = Duration::from_millis(400);

/// What the window tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// For the kiosk's loop.
    Event(Event),
    /// The other language was chosen.
    Language(Language),
    /// A phone of the demo is to be held up, by its place in the strip.
    Phone(usize),
}

/// What a window is put together from.
pub struct Parts {
    /// What is to be seen.
    pub screens: watch::Receiver<Screen>,
    /// What the camera sees.
    pub frames: Arc<Slot<Frame>>,
    /// Where the scanner saw a code.
    pub sights: Arc<Slot<Sight>>,
    /// Whether the frames' previews are mirrored.
    pub is_mirrored: bool,
    /// Takes what was touched and typed.
    pub tell: Box<dyn Fn(Said)>,
    /// Reads the clock that [`crate::screen::Shown`] is counted by.
    pub tick: Box<dyn Fn() -> Instant>,
    /// The language to begin with.
    pub language: Language,
    /// The store and the desk, for the header.
    pub place: String,
    /// The store's time zone.
    pub zone: TimeZone,
    /// How typed texts are read.
    pub payment_codes: PaymentCodes,
    /// The demo's stories; empty in a kiosk that redeems.
    pub phones: Option<Vec<String>>,
    /// Called by every `logic()`, with the seconds that the last picture cost.
    pub beat: Box<dyn Fn(Option<f32>)>,
    /// Over the whole display.
    pub is_fullscreen: bool,
    /// How bright it is.
    pub shade: Shade,
}

/// The window.
pub struct Window {
    parts: Parts,
    palette: Palette,
    wording: Wording,
    /// The language of the line that the clerk turns to the customer.
    customer: Wording,
    screen: Screen,
    /// The stage on the screen and since when.
    since: (StageKey, Instant),
    /// It was drawn and has not been told to the log.
    is_new: bool,
    confirmed: Option<LookUpId>,
    page: Option<Page>,
    /// What was typed last, for correction.
    kept: Kept,
    wedge: Wedge,
    fingers: Fingers,
    preview: Preview,
    sees_frames: Arc<AtomicBool>,
}

/// What makes a stage another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum StageKey {
    Idle,
    Working,
    Review(LookUpId),
    Finished,
}

impl StageKey {
    fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Idle => Self::Idle,
            Stage::Working(_) => Self::Working,
            Stage::Review(review) => Self::Review(review.look_up),
            Stage::Finished(_) => Self::Finished,
        }
    }
}

impl Window {
    /// Puts the window together in a context of egui. The waker is for whoever changes `parts.screens`.
    pub fn new(ctx: &Context, parts: Parts) -> (Self, Waker) {
        let palette = Palette::of(parts.shade, parts.phones.is_some());
        theme::install(ctx, &palette);
        if parts.is_fullscreen {
            theme::set_fullscreen(ctx, true);
        }
        let sees_frames = Arc::new(AtomicBool::new(true));
        parts
            .frames
            .wake_on_change(opening::on_frame(ctx, &sees_frames));
        let now = (parts.tick)();
        let screen = parts.screens.borrow().clone();
        let window = Self {
            palette,
            wording: Wording::new(parts.language),
            customer: Wording::new(Language::Zh),
            since: (StageKey::of(&screen.stage), now),
            is_new: true,
            screen,
            confirmed: None,
            page: None,
            kept: Kept::default(),
            wedge: Wedge::default(),
            fingers: Fingers::default(),
            preview: Preview::default(),
            sees_frames,
            parts,
        };
        (window, opening::on_screen(ctx))
    }

    fn take_screen(&mut self, ctx: &Context, now: Instant) {
        let Ok(has_changed) = self.parts.screens.has_changed() else {
            // Without its loop a kiosk is a picture of one.
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            return;
        };
        if has_changed {
            self.screen = self.parts.screens.borrow_and_update().clone();
            let key = StageKey::of(&self.screen.stage);
            if key != self.since.0 {
                self.since = (key, now);
                self.is_new = true;
                self.confirmed = None;
                if key != StageKey::Idle {
                    self.page = None;
                }
            }
            if let Stage::Finished(finished) = &self.screen.stage {
                self.kept = std::mem::take(&mut self.kept).after(finished, now);
            }
            self.page.take_if(|page| page.is_empty(&self.screen));
        }
    }

    fn tell(&self, event: Event) {
        (self.parts.tell)(Said::Event(event));
    }

    fn carry_out(&mut self, act: Act) {
        match act {
            Act::Touch(touch) => {
                if let Touch::Confirm(look_up) = touch {
                    self.confirmed = Some(look_up);
                }
                self.tell(Event::Touch(touch));
            }
            Act::TypedIn(text) => self.look_up_typed(text),
            Act::Open(door) => {
                let now = (self.parts.tick)();
                self.page = Some(Page::behind(door, self.kept.typed(now)));
            }
            Act::Close => self.page = None,
            Act::Language => {
                let other = self.wording.language().other();
                self.wording = Wording::new(other);
                (self.parts.tell)(Said::Language(other));
            }
            Act::CustomerLanguage => {
                self.customer = Wording::new(self.customer.language().other());
            }
            Act::Details(finished) => self.page = Some(Page::Details(Details::of(finished))),
            Act::Phone(place) => (self.parts.tell)(Said::Phone(place)),
        }
    }

    /// The stage, and what is drawn over it. Returns what was touched and when to draw again by itself.
    fn stage_ui(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        now: Instant,
    ) -> (Option<Act>, Option<Duration>) {
        let look = Look {
            wording: &self.wording,
            palette: &self.palette,
            zone: &self.parts.zone,
        };
        let shown_for = now.saturating_duration_since(self.since.1);
        let arming = ARMING.checked_sub(shown_for).filter(|left| !left.is_zero());
        if let Some(page) = &mut self.page {
            let act = page.show(ui, rect, look, &self.screen, now);
            return (act, page.beat());
        }
        match &self.screen.stage {
            Stage::Idle => {
                let phones = self.parts.phones.as_deref().unwrap_or_default();
                let act = idle::idle_ui(ui, rect, look, &self.screen, &self.preview, phones);
                (act, None)
            }
            Stage::Working(work) => {
                let beat = Duration::from_millis(working::BEAT_MILLIS);
                let beats =
                    u64::try_from(shown_for.as_millis()).unwrap_or(0) / working::BEAT_MILLIS;
                let act = working::working_ui(ui, rect, look, *work, beats);
                (act, Some(beat))
            }
            Stage::Review(review) => {
                let confirm = match (self.confirmed == Some(review.look_up), arming) {
                    (true, _) => Confirm::Touched,
                    (false, Some(_)) => Confirm::Arming,
                    (false, None) => Confirm::Armed,
                };
                let act = review::review_ui(ui, rect, look, review, confirm);
                (act, arming)
            }
            Stage::Finished(finished) => {
                let attempt = finished.attempt;
                let mut doubts = self.screen.doubts.iter();
                let shown = outcome::Shown {
                    finished,
                    doubt: doubts.find(|doubt| Some(doubt.attempt) == attempt),
                    customer: &self.customer,
                    now,
                    may_go: arming.is_none(),
                };
                let act = outcome::outcome_ui(ui, rect, look, &shown);
                let beat = outcome::beat(finished);
                (act, Some(arming.map_or(beat, |left| left.min(beat))))
            }
        }
    }
}

impl Window {
    /// An outcome's colour reaches to the upper edge.
    fn header_palette(&self) -> Palette {
        match &self.screen.stage {
            Stage::Finished(finished) if self.page.is_none() => {
                Palette::on(theme::Tone::of(finished))
            }
            Stage::Idle | Stage::Working(_) | Stage::Review(_) | Stage::Finished(_) => self.palette,
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        (self.parts.beat)(frame.info().cpu_usage);
        theme::scale(ctx);
        self.preview.count(frame.info().cpu_usage);
        let now = (self.parts.tick)();
        if std::mem::take(&mut self.is_new) {
            tracing::debug!(stage = ?self.since.0, "shown");
        }
        self.pause(ctx, now);
        self.take_screen(ctx, now);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let now = (self.parts.tick)();
        let mut rect = ui.max_rect();
        ui.painter()
            .rect_filled(rect, CornerRadius::ZERO, self.palette.ground);
        let sees_frames = self.page.is_none() && matches!(self.screen.stage, Stage::Idle);
        self.sees_frames.store(sees_frames, Ordering::Relaxed);
        if sees_frames {
            let parts = &self.parts;
            self.preview.take(ui.ctx(), &parts.frames, now);
            self.preview.outline(&parts.sights, parts.is_mirrored);
        }
        let look = Look {
            wording: &self.wording,
            palette: &self.palette,
            zone: &self.parts.zone,
        };
        if self.palette.ribbon.is_some() {
            let (ribbon, rest) = widgets::cut_top(rect, header::RIBBON);
            header::ribbon_ui(ui, ribbon, look);
            rect = rest;
        }
        let mut acts = Vec::new();
        let (top, rest) = widgets::cut_top(rect, header::HEIGHT);
        let palette = self.header_palette();
        let header_look = Look {
            palette: &palette,
            ..look
        };
        let connection = &self.screen.desk.connection;
        let place = &self.parts.place;
        acts.extend(header::header_ui(ui, top, header_look, place, connection));
        rect = rest;
        if attention::is_needed(&self.screen) {
            let (bar, rest) = widgets::cut_top(rect, attention::HEIGHT);
            acts.extend(attention::bar_ui(ui, bar, look, &self.screen));
            rect = rest;
        }
        let (act, again) = self.stage_ui(ui, rect, now);
        acts.extend(act.or_else(|| self.escape(ui.ctx(), now)));
        drawn::end(ui.ctx());
        for act in acts {
            self.carry_out(act);
            ui.ctx().request_repaint_after(SOON);
        }
        if let Some(again) = again {
            ui.ctx().request_repaint_after(again.max(SOON));
        }
        if self.is_new && tracing::enabled!(tracing::Level::DEBUG) {
            ui.ctx().request_repaint_after(SOON);
        }
    }

    /// A scanner's keys are taken away before egui sees them (its Enter must not press what has the focus), and a palm.
    fn raw_input_hook(&mut self, ctx: &Context, raw_input: &mut RawInput) {
        self.sift(ctx, raw_input);
    }
}

/// `request_repaint` draws twice (egui settles its layout with a second picture), a moment's delay once.
const SOON: Duration = Duration::from_millis(1);
