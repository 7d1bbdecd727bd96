//! The window: draws the newest [`Screen`] and tells what was touched. It decides nothing about a coupon.
//!
//! `logic()` takes the newest screen and what a keyboard typed; `ui()` draws. Nothing is drawn while nothing changes: the
//! loop wakes the window for a new screen, the camera for a new frame, and only while the viewfinder is seen.

mod attention;
mod behind;
mod checkup;
mod choice;
mod day;
mod details;
mod doubts;
pub mod drawn;
mod dress;
mod fingers;
pub mod first_start;
mod hands;
mod handset;
mod header;
mod icon;
mod idle;
mod invitation;
mod keypad;
mod look;
mod measure;
mod opening;
mod outcome;
mod overriding;
mod page;
mod parts;
mod pin;
mod review;
mod service;
mod sign_in;
mod stage_key;
mod story;
mod theme;
mod typing;
mod viewfinder;
pub mod wedge;
mod widgets;
mod working;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;
use std::time::{Duration, Instant};

use eframe::egui::{Context, CornerRadius, RawInput, Rect, Ui};

use crate::event::{Event, LookUpId, Touch};
use crate::office::Wish;
use crate::screen::handset::Handset;
use crate::screen::{Screen, Stage};
use crate::wording::{Language, Wording};
pub use measure::{Measured, measure};
pub use opening::{open, open_first};
pub use parts::{Parts, Said};
pub use theme::bound_texture;

use behind::Behind;
use details::Details;
use fingers::Fingers;
use keypad::Kept;
use look::{Act, Look};
use opening::SOON;
use page::Page;
use review::Confirm;
use service::Seen;
use sign_in::{Purpose, sign_in_ui};
use stage_key::StageKey;
use theme::Palette;
use viewfinder::Preview;
use wedge::Wedge;

/// A review or an outcome takes no touch before it was seen so long.
const ARMING: Duration = Duration::from_millis(400);

/// The window.
pub struct Window {
    parts: Parts,
    palette: Palette,
    wording: Wording,
    /// The language of the line that the clerk turns to the customer.
    customer: Wording,
    screen: Screen,
    /// The demo's stand-in for a customer's own phone, while one is held.
    handset: Option<Handset>,
    /// The stage on the screen and since when.
    since: (StageKey, Instant),
    /// It was drawn and has not been told to the log.
    is_new: bool,
    confirmed: Option<LookUpId>,
    page: Option<Page>,
    behind: Behind,
    /// What was typed last, for correction.
    kept: Kept,
    wedge: Wedge,
    fingers: Fingers,
    preview: Preview,
    sees_frames: Arc<AtomicBool>,
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
            handset: None,
            confirmed: None,
            page: None,
            behind: Behind::new(parts.office.clone(), now),
            kept: Kept::default(),
            wedge: Wedge::default(),
            fingers: Fingers::default(),
            preview: Preview::counting(parts.delays.clone()),
            sees_frames,
            parts,
        };
        (window, opening::on_screen(ctx))
    }

    fn take_screen(&mut self, now: Instant) {
        let Ok(has_changed) = self.parts.screens.has_changed() else {
            // Without its loop a kiosk is a picture of one.
            self.behind.is_leaving = true;
            return;
        };
        if has_changed {
            self.screen = self.parts.screens.borrow_and_update().clone();
            let key = StageKey::of(&self.screen.stage);
            if key != self.since.0 {
                self.since = (key, now);
                self.behind.note_hands(now);
                self.is_new = true;
                self.confirmed = None;
                self.fingers.forgive();
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
            Act::TypedIn(text) => self.look_up_typed(text),
            Act::Open(door) => {
                let now = (self.parts.tick)();
                self.page = Some(Page::behind(door, self.kept.typed(now)));
                if let Some(wish) = door.wish() {
                    self.wish(wish);
                }
            }
            Act::Wish(wish) => self.wish(wish),
            Act::Leave => self.behind.is_leaving = true,
            Act::Corner => {}
            Act::Note(attempt, says) => self.tell(Event::Note { attempt, says }),
            Act::Close => self.page = None,
            Act::Language => {
                let other = self.wording.language().other();
                self.wording = Wording::new(other);
                (self.parts.tell)(Said::Language(other));
            }
            Act::CustomerLanguage => {
                self.customer = Wording::new(self.customer.language().other());
            }
            Act::Details(finished) => {
                let details = Details::of(finished, &self.screen.doubts);
                self.page = Some(Page::Details(details));
            }
            Act::Phone(place) => (self.parts.tell)(Said::Phone(place)),
            Act::Sight(id) => (self.parts.tell)(Said::Sight(id)),
            Act::Handset(press) => (self.parts.tell)(Said::Handset(press)),
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
        if self.behind.is_locked(&self.screen.stage) {
            let asked = (&self.behind.office.staff, Purpose::Duty);
            return sign_in_ui(ui, rect, look, &mut self.behind.sign_in, asked, now);
        }
        if let Some(page) = &mut self.page {
            let seen = Seen {
                screen: &self.screen,
                office: &self.behind.office,
                preview: &self.preview,
                now,
            };
            return page.show(ui, rect, look, seen);
        }
        match &self.screen.stage {
            Stage::Idle => {
                let training = self.behind.office.training.as_deref();
                // While a customer has his own in the hand, no other one is held up.
                let phones = self.parts.phones.as_deref().or(training);
                let phones = phones
                    .filter(|_| self.handset.is_none())
                    .unwrap_or_default();
                let act = idle::idle_ui(ui, rect, look, &self.screen, &self.preview, phones);
                (act, None)
            }
            Stage::Working(work) => {
                let beat = Duration::from_millis(working::BEAT_MILLIS);
                let beats =
                    u64::try_from(shown_for.as_millis()).unwrap_or(0) / working::BEAT_MILLIS;
                let repeat = self.screen.notice.as_ref();
                let act = working::working_ui(ui, rect, look, (*work, repeat), (now, beats));
                (act, Some(beat))
            }
            Stage::Review(review) => {
                let confirm = match (self.confirmed == Some(review.look_up), arming) {
                    (true, _) => Confirm::Touched,
                    (false, Some(_)) => Confirm::Arming,
                    (false, None) => Confirm::Armed,
                };
                let is_blocked = self.fingers.is_blocked();
                let act = review::review_ui(ui, rect, look, review, (confirm, is_blocked));
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

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        (self.parts.beat)(frame.info().cpu_usage);
        checkup::note_cost(ctx, frame.info().cpu_usage);
        theme::scale(ctx, &self.parts.panels);
        self.preview.count(frame.info().cpu_usage);
        let now = (self.parts.tick)();
        if std::mem::take(&mut self.is_new) {
            tracing::debug!(stage = ?self.since.0, "shown");
        }
        self.pause(ctx, now);
        self.take_screen(now);
        if let Some(seen) = &mut self.parts.handset {
            self.handset.clone_from(&seen.borrow_and_update());
        }
        if self.behind.take() {
            self.dress(ctx);
        }
        self.behind.guard(ctx, self.parts.is_fullscreen);
        if self.behind.is_idle(ctx, &self.screen.stage, now) {
            self.page = None;
            self.behind.note_hands(now);
            self.wish(Wish::Lock);
        }
        // Nobody finds a desk in the morning that only seems to redeem.
        if self.behind.office.training.is_some() && self.behind.is_left(ctx, now) {
            self.wish(Wish::EndTraining);
        }
        let is_managers = self.page.as_ref().is_some_and(Page::is_managers);
        if is_managers && self.behind.is_left(ctx, now) {
            self.page = None;
        }
        if let Some(wish) = self.behind.leave(self.page.is_some()) {
            self.wish(wish);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let now = (self.parts.tick)();
        let mut rect = ui.max_rect();
        ui.painter()
            .rect_filled(rect, CornerRadius::ZERO, self.palette.ground);
        let is_idle = matches!(self.screen.stage, Stage::Idle);
        let sees_frames = is_idle && self.page.as_ref().is_none_or(Page::sees_frames);
        self.sees_frames.store(sees_frames, Ordering::Relaxed);
        if sees_frames {
            let parts = &self.parts;
            self.preview.take(ui.ctx(), &parts.frames, now);
            let is_mirrored = self.behind.office.settings.aim.mirror;
            self.preview.outline(&parts.outlines, is_mirrored);
        }
        let look = Look {
            wording: &self.wording,
            palette: &self.palette,
            zone: &self.parts.zone,
        };
        rect = self.ribbon_ui(ui, rect, look);
        let mut acts = Vec::new();
        let (top, rest) = widgets::cut_top(rect, header::HEIGHT);
        let palette = self.header_palette();
        let header_look = Look {
            palette: &palette,
            ..look
        };
        let head = header::Head {
            place: &self.behind.office.place,
            connection: &self.screen.desk.connection,
            on_duty: &self.behind.office.staff.on_duty,
            is_waiting: self.page.is_none() && is_idle,
            is_training: self.behind.office.training.is_some(),
        };
        acts.extend(header::header_ui(ui, top, header_look, &head));
        rect = rest;
        if attention::is_needed(&self.screen) {
            let (bar, rest) = widgets::cut_top(rect, attention::HEIGHT);
            acts.extend(attention::bar_ui(ui, bar, look, &self.screen, now));
            rect = rest;
        }
        if let Some(handset) = &self.handset {
            let (rest, place) = handset::cut(rect);
            acts.extend(handset::handset_ui(ui, place, look, handset));
            rect = rest;
        }
        let (act, again) = self.stage_ui(ui, rect, now);
        acts.extend(act.or_else(|| self.escape(ui.ctx(), now)));
        drawn::end(ui.ctx());
        if self
            .behind
            .press(ui.ctx(), acts.contains(&Act::Corner), now)
        {
            acts.push(Act::Open(page::Door::Service));
        }
        for act in acts {
            self.behind.note_hands(now);
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
        let now = (self.parts.tick)();
        theme::bound_texture(ctx, raw_input);
        self.behind.note_input(&raw_input.events, now);
        self.sift(ctx, raw_input);
    }
}
