//! What the window knows of the things behind the counter: who stands at the desk, what was wished for, and what a kiosk
//! does not let happen. No person closes it but by the manager's pages, and a desk that nobody touches locks itself.

use std::time::{Duration, Instant};

use eframe::egui::{Context, CursorIcon, Event, ViewportCommand};
use tokio::sync::watch;

use super::sign_in::SignIn;
use crate::event::OnDuty;
use crate::office::{Office, Wish};
use crate::screen::Stage;

/// The service corner opens after so long a press: nobody leans on it by accident.
const PRESS: Duration = Duration::from_secs(2);
/// A manager's pages that nobody touches close themselves.
const PAGES: Duration = Duration::from_mins(2);

/// The newest [`Office`], and what the clerk's hands have done last.
pub struct Behind {
    seen: watch::Receiver<Office>,
    /// What is shown.
    pub office: Office,
    /// What somebody has typed to sign in.
    pub sign_in: SignIn,
    /// The window is to be closed.
    pub is_leaving: bool,
    /// Something was wished for that lasts until it is told that nobody looks.
    looks: bool,
    /// The last touch or key.
    touched: Instant,
    is_finger: bool,
    /// Since when the service corner is pressed.
    pressed: Option<Instant>,
}

impl Behind {
    /// What `seen` shows from now on.
    pub fn new(seen: watch::Receiver<Office>, now: Instant) -> Self {
        let office = seen.borrow().clone();
        Self {
            seen,
            office,
            sign_in: SignIn::default(),
            is_leaving: false,
            looks: false,
            touched: now,
            is_finger: false,
            pressed: None,
        }
    }

    /// Takes the newest; whether a training began or ended.
    pub fn take(&mut self) -> bool {
        // Where the office has gone, what it showed last stays; the kiosk's own loop closes the window.
        if !self.seen.has_changed().unwrap_or(false) {
            return false;
        }
        let before = self.office.staff.on_duty.clone();
        let was_training = self.office.training.is_some();
        self.office = self.seen.borrow_and_update().clone();
        if self.office.staff.on_duty != before {
            self.sign_in = SignIn::default();
        }
        self.office.training.is_some() != was_training
    }

    /// Takes note of a wish on its way.
    pub fn wishes(&mut self, wish: &Wish) {
        match wish {
            Wish::SignIn(..) | Wish::Lock | Wish::EndTraining => {}
            Wish::Away => self.looks = false,
            Wish::Day
            | Wish::Story(_)
            | Wish::Manager(..)
            | Wish::Add(..)
            | Wish::ChangePin(..)
            | Wish::Remove(_)
            | Wish::Change(_)
            | Wish::Cameras
            | Wish::Override(..)
            | Wish::Export
            | Wish::Examine(..)
            | Wish::Train => self.looks = true,
        }
    }

    /// What to wish once the page is closed by whatever closed it.
    pub fn leave(&mut self, is_open: bool) -> Option<Wish> {
        (self.looks && !is_open).then_some(Wish::Away)
    }

    /// Somebody has to sign in first. What is on its way and how it ended is seen all the same.
    pub fn is_locked(&self, stage: &Stage) -> bool {
        self.office.staff.on_duty == OnDuty::Locked
            && matches!(stage, Stage::Idle | Stage::Review(_))
    }

    /// Takes note of hands.
    pub fn note_input(&mut self, events: &[Event], now: Instant) {
        if events.is_empty() {
            return;
        }
        self.touched = now;
        let has_touch = |event: &Event| matches!(event, Event::Touch { .. });
        if events.iter().any(has_touch) {
            self.is_finger = true;
        } else if events
            .iter()
            .any(|event| matches!(event, Event::PointerMoved(_) | Event::MouseMoved(_)))
        {
            self.is_finger = false;
        }
    }

    /// Takes note of something that is no idleness: a redemption, a touch that did something.
    pub fn note_hands(&mut self, now: Instant) {
        self.touched = now;
    }

    /// Whether the desk is to be locked now. Only where nothing is going on, and where somebody stands at it.
    pub fn is_idle(&self, ctx: &Context, stage: &Stage, now: Instant) -> bool {
        let OnDuty::Clerk(_) = self.office.staff.on_duty else {
            return false;
        };
        let Some(after) = self.office.settings.lock_after else {
            return false;
        };
        matches!(stage, Stage::Idle) && self.has_passed(ctx, after, now)
    }

    /// Whether a manager's pages, or a training, have been left alone.
    pub fn is_left(&self, ctx: &Context, now: Instant) -> bool {
        self.has_passed(ctx, PAGES, now)
    }

    fn has_passed(&self, ctx: &Context, time: Duration, now: Instant) -> bool {
        let idle = now.saturating_duration_since(self.touched);
        if let Some(left) = time.checked_sub(idle).filter(|left| !left.is_zero()) {
            ctx.request_repaint_after(left);
            return false;
        }
        true
    }

    /// Whether the service corner has been pressed long enough.
    pub fn press(&mut self, ctx: &Context, is_down: bool, now: Instant) -> bool {
        if !is_down {
            self.pressed = None;
            return false;
        }
        let since = *self.pressed.get_or_insert(now);
        let held = now.saturating_duration_since(since);
        if held >= PRESS {
            self.pressed = None;
            return true;
        }
        ctx.request_repaint_after(PRESS.saturating_sub(held));
        false
    }

    /// Lets nobody close a kiosk but who may, and shows no cursor under a finger.
    pub fn guard(&self, ctx: &Context, is_kiosk: bool) {
        if self.is_finger {
            ctx.set_cursor_icon(CursorIcon::None);
        }
        if self.is_leaving {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        } else if is_kiosk && ctx.input(|input| input.viewport().close_requested()) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        }
    }
}
