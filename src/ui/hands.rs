//! What hands do before the window sees it: a keyboard's characters, a scanner's texts, fingers.

use std::time::Instant;

use eframe::egui::{Context, Key, RawInput};

use super::fingers::Care;
use super::keypad::Kept;
use super::look::Act;
use super::page::{Door, Page};
use super::wedge::Typed;
use super::{ARMING, SOON, Window, widgets, working};
use crate::event::{Event, Touch};
use crate::payload::{NotACoupon, Origin, Payload};
use crate::screen::Stage;

impl Window {
    /// Takes a scanner's keys away (its Enter must not press what has the focus), and a palm's touches.
    pub(super) fn sift(&mut self, ctx: &Context, input: &mut RawInput) {
        let now = (self.parts.tick)();
        let (kept, typed) = self.wedge.sift(std::mem::take(&mut input.events), now);
        let care = match self.screen.stage {
            Stage::Review(_) => Care::Great,
            Stage::Idle | Stage::Working(_) | Stage::Finished(_) => Care::Usual,
        };
        input.events = self.fingers.sift(kept, now, care);
        if self.fingers.is_waiting() {
            ctx.request_repaint_after(SOON);
        }
        for typed in typed {
            self.take_typed(ctx, typed);
        }
    }

    /// What Escape asks for: the way back that the screen shows as a key.
    pub(super) fn escape(&self, ctx: &Context, now: Instant) -> Option<Act> {
        let is_pressed = ctx.input(|input| input.key_pressed(Key::Escape));
        if !is_pressed || self.behind.is_locked(&self.screen.stage) {
            return None;
        }
        if self.page.is_some() {
            return Some(Act::Close);
        }
        match &self.screen.stage {
            Stage::Idle => None,
            Stage::Working(work) => working::may_cancel(*work).then_some(Act::Touch(Touch::Cancel)),
            Stage::Review(_) => Some(Act::Touch(Touch::Cancel)),
            Stage::Finished(_) => {
                let is_armed = now.saturating_duration_since(self.since.1) >= ARMING;
                is_armed.then_some(Act::Touch(Touch::Dismiss))
            }
        }
    }

    /// Time passed: characters that nothing followed are whole.
    pub(super) fn pause(&mut self, ctx: &Context, now: Instant) {
        if let Some(typed) = self.wedge.pause(now) {
            self.take_typed(ctx, typed);
        }
        if let Some(due) = self.wedge.due(now) {
            ctx.request_repaint_after(due.max(SOON));
        }
    }

    fn take_typed(&mut self, ctx: &Context, typed: Typed) {
        match typed {
            // Where a PIN may be typed, nothing is taken for a code.
            Typed::Scanned(text) if self.asks_for_pin() => {
                self.take_typed(ctx, Typed::ByHand(text));
            }
            Typed::Scanned(text) => self.look_up(&text),
            Typed::TooLong if self.asks_for_pin() => {}
            Typed::TooLong => {
                let payload = Payload::NotACoupon(NotACoupon::Text);
                self.tell(Event::Payload(payload, Origin::Desk));
            }
            Typed::ByHand(text) if self.behind.is_locked(&self.screen.stage) => {
                self.behind.sign_in.take(&text);
            }
            Typed::ByHand(text) => {
                // A lone space presses what has the focus, and takes it nowhere else.
                let is_space = text.trim().is_empty();
                // Who types before the viewfinder wants the keypad.
                let is_idle = matches!(self.screen.stage, Stage::Idle);
                if self.page.is_none() && is_idle && !is_space {
                    self.page = Some(Page::behind(Door::Keypad, None));
                }
                let page = self.page.as_mut();
                let key = page.and_then(|page| page.take(&text));
                if let Some(key) = key.filter(|_| !is_space) {
                    ctx.memory_mut(|memory| memory.request_focus(widgets::key_id(key)));
                }
            }
            Typed::Delete if self.behind.is_locked(&self.screen.stage) => {
                self.behind.sign_in.delete();
            }
            Typed::Delete => {
                if let Some(page) = &mut self.page {
                    page.delete();
                }
            }
            Typed::Paste => {
                if let Some(page) = &mut self.page {
                    page.refuse_paste();
                }
            }
        }
    }

    fn asks_for_pin(&self) -> bool {
        let is_managers = self.page.as_ref().is_some_and(Page::is_managers);
        self.behind.is_locked(&self.screen.stage) || is_managers
    }

    fn look_up(&mut self, text: &str) {
        let payload = Payload::parse(text, self.parts.payment_codes);
        self.kept = Kept::Nothing;
        self.tell(Event::Payload(payload, Origin::Desk));
    }

    pub(super) fn look_up_typed(&mut self, text: String) {
        let payload = Payload::parse(&text, self.parts.payment_codes);
        self.kept = Kept::of(text, &payload);
        self.tell(Event::Payload(payload, Origin::Desk));
    }
}
