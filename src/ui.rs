//! The window: draws the newest [`Screen`] and tells what was touched. It decides nothing about a coupon.
//!
//! `logic()` takes the newest screen and what a keyboard typed; `ui()` draws. Nothing is drawn while nothing changes: the
//! loop wakes the window for a new screen, the camera for a new frame, and only while the viewfinder is seen.

mod attention;
mod behind;
mod day;
mod header;
mod icon;
mod idle;
mod keypad;
mod look;
mod opening;
mod outcome;
mod page;
mod review;
mod story;
mod targets;
mod theme;
mod typing;
mod viewfinder;
mod wedge;
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
use crate::office::{Office, Wish};
use crate::payload::{Payload, PaymentCodes};
use crate::screen::{Screen, Stage};
use crate::wording::{Language, Wording};
pub use opening::open;

use behind::Behind;
use look::{Act, Look};
use page::Page;
use review::Confirm;
use theme::Palette;
use viewfinder::Preview;
use wedge::{Typed, Wedge};

/// A review or an outcome takes no touch before it was seen so long.
const ARMING: Duration = Duration::from_millis(400);

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
}

/// What a window is put together from.
pub struct Parts {
    /// What is to be seen.
    pub screens: watch::Receiver<Screen>,
    /// What stands behind the counter.
    pub office: watch::Receiver<Office>,
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
    /// Over the whole display.
    pub is_fullscreen: bool,
}

/// The window.
pub struct Window {
    parts: Parts,
    palette: Palette,
    wording: Wording,
    screen: Screen,
    /// The stage on the screen and since when.
    since: (StageKey, Instant),
    /// It was drawn and has not been told to the log.
    is_new: bool,
    confirmed: Option<LookUpId>,
    page: Option<Page>,
    behind: Behind,
    wedge: Wedge,
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
        let palette = match parts.phones {
            Some(_) => Palette::DEMO,
            None => Palette::LIVE,
        };
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
            since: (StageKey::of(&screen.stage), now),
            is_new: true,
            screen,
            confirmed: None,
            page: None,
            behind: Behind::new(parts.office.clone()),
            wedge: Wedge::default(),
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
            self.page.take_if(|page| page.is_empty(&self.screen));
        }
    }

    fn take_typed(&mut self, typed: Typed) {
        match typed {
            Typed::Nothing => {}
            Typed::Scanned(text) => self.look_up(&text),
            Typed::ByHand(text) => {
                if let Some(page) = &mut self.page {
                    page.take(&text);
                }
            }
            Typed::Delete => {
                if let Some(page) = &mut self.page {
                    page.delete();
                }
            }
        }
    }

    fn look_up(&mut self, text: &str) {
        let payload = Payload::parse(text, self.parts.payment_codes);
        self.tell(Event::Payload(payload));
    }

    fn tell(&self, event: Event) {
        (self.parts.tell)(Said::Event(event));
    }

    fn wish(&mut self, wish: Wish) {
        self.behind.wishes(&wish);
        (self.parts.tell)(Said::Wish(wish));
    }

    fn carry_out(&mut self, act: Act) {
        match act {
            Act::Touch(touch) => {
                if let Touch::Confirm(look_up) = touch {
                    self.confirmed = Some(look_up);
                }
                self.tell(Event::Touch(touch));
            }
            Act::LookUp(text) => self.look_up(&text),
            Act::Open(door) => {
                self.page = Some(Page::behind(door));
                if let Some(wish) = door.wish() {
                    self.wish(wish);
                }
            }
            Act::Wish(wish) => self.wish(wish),
            Act::Note(attempt, says) => self.tell(Event::Note { attempt, says }),
            Act::Close => self.page = None,
            Act::Language => {
                let other = match self.wording.language() {
                    Language::En => Language::Zh,
                    Language::Zh => Language::En,
                };
                self.wording = Wording::new(other);
                (self.parts.tell)(Said::Language(other));
            }
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
            return (
                page.show(ui, rect, look, &self.screen, &self.behind.office),
                None,
            );
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
                let doubt = doubts.find(|doubt| Some(doubt.attempt) == attempt);
                let may_go = arming.is_none();
                let act = outcome::outcome_ui(ui, rect, look, finished, doubt, now, may_go);
                let beat = outcome::beat(finished);
                (act, Some(arming.map_or(beat, |left| left.min(beat))))
            }
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        theme::scale(ctx);
        let now = (self.parts.tick)();
        if std::mem::take(&mut self.is_new) {
            tracing::debug!(stage = ?self.since.0, "shown");
        }
        let typed = self.wedge.pause(now);
        self.take_typed(typed);
        if self.wedge.is_busy() {
            ctx.request_repaint_after(wedge::PAUSE);
        }
        self.take_screen(ctx, now);
        self.behind.take();
        if let Some(wish) = self.behind.leave(self.page.is_some()) {
            self.wish(wish);
        }
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
            self.preview.take(ui.ctx(), &parts.frames);
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
        if !matches!(self.screen.stage, Stage::Finished(_)) || self.page.is_some() {
            let (top, rest) = widgets::cut_top(rect, header::HEIGHT);
            let is_waiting = self.page.is_none() && matches!(self.screen.stage, Stage::Idle);
            let head = header::Head {
                place: &self.parts.place,
                connection: &self.screen.desk.connection,
                has_day: is_waiting,
            };
            acts.extend(header::header_ui(ui, top, look, &head));
            rect = rest;
        }
        if attention::is_needed(&self.screen) {
            let (bar, rest) = widgets::cut_top(rect, attention::HEIGHT);
            acts.extend(attention::bar_ui(ui, bar, look, &self.screen));
            rect = rest;
        }
        let (act, again) = self.stage_ui(ui, rect, now);
        acts.extend(act);
        targets::tell(ui.ctx());
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

    /// A scanner's keys are taken away before egui sees them: its Enter must not press what has the focus.
    fn raw_input_hook(&mut self, _ctx: &Context, raw_input: &mut RawInput) {
        let now = (self.parts.tick)();
        let (kept, typed) = self.wedge.sift(std::mem::take(&mut raw_input.events), now);
        raw_input.events = kept;
        for typed in typed {
            self.take_typed(typed);
        }
    }
}

/// `request_repaint` draws twice (egui settles its layout with a second picture), a moment's delay once.
const SOON: Duration = Duration::from_millis(1);
