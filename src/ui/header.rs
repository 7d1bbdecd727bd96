//! The line at the top: whose desk this is, the way to Weixin, the other language. In the demo, the ribbon above it.

use eframe::egui::{Align, CornerRadius, Pos2, Rect, Ui, vec2};

use super::look::{Act, Look};
use super::page::Door;
use super::theme::{self, GAP, MARGIN, TARGET, Tone};
use super::widgets::{Key, Text, cut_left, cut_right, touchable};
use crate::event::OnDuty;
use crate::office::Wish;
use crate::screen::Connection;

/// How high the ribbon of the demo is.
pub const RIBBON: f32 = 40.0;
/// How high the header is.
pub const HEIGHT: f32 = TARGET + 2.0 * 8.0;

/// Nobody may take the demo or a training for a kiosk that redeems: this is on their every screen.
pub fn ribbon_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, words: &str) {
    let Some(colour) = look.palette.ribbon else {
        return;
    };
    ui.painter().rect_filled(rect, CornerRadius::ZERO, colour);
    let words = look.wording.say(words);
    Text::bold(&words, theme::SMALL, look.palette.ground)
        .centred()
        .put_centred(ui, rect);
}

/// What the header shows.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The store and the desk.
    pub place: &'a str,
    /// The way to Weixin.
    pub connection: &'a Connection,
    /// Who stands at the desk.
    pub on_duty: &'a OnDuty,
    /// Nothing is going on, so that today's list is a touch away.
    pub is_waiting: bool,
    /// No customer is served: the way back to them is what is a touch away.
    pub is_training: bool,
}

/// The header.
pub fn header_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, head: &Head<'_>) -> Option<Act> {
    let Head {
        place, connection, ..
    } = *head;
    ui.painter()
        .rect_filled(rect, CornerRadius::ZERO, look.palette.ground);
    let inner = rect.shrink2(vec2(MARGIN, 8.0));
    let (rest, language) = cut_right(inner, 150.0);
    let other = look.wording.say("language-other");
    let key = Key::new(&other, look.palette.key, look.palette.text).sized(theme::SMALL * 1.15);
    let mut act = key.show(ui, language, "language").then_some(Act::Language);
    let is_open = head.is_waiting && *head.on_duty != OnDuty::Locked;
    let rest = if head.is_training {
        let (rest, end) = cut_right(rest, 300.0 + GAP);
        let label = look.wording.say("training-end");
        let key = Key::new(&label, look.palette.accent, look.palette.on_accent);
        let place = end.with_max_x(end.right() - GAP);
        if key
            .sized(theme::SMALL * 1.15)
            .show(ui, place, "training-end")
        {
            act = Some(Act::Wish(Wish::EndTraining));
        }
        rest
    } else if is_open {
        let (rest, day) = cut_right(rest, 150.0 + GAP);
        let label = look.wording.say("day-open");
        let key = Key::new(&label, look.palette.key, look.palette.text).sized(theme::SMALL * 1.15);
        if key.show(ui, day.with_max_x(day.right() - GAP), "day-open") {
            act = Some(Act::Open(Door::Day));
        }
        let (rest, clerk_act) = clerk_ui(ui, rest, look, head.on_duty);
        act = clerk_act.or(act);
        rest
    } else {
        rest
    };

    let (name, connected) = cut_left(rest, rest.width() * 0.5);
    Text::bold(place, theme::SMALL * 1.15, look.palette.text).put_centred(ui, name);
    // The hidden way to the manager's pages: nothing tells of it but a long press.
    if head.is_waiting && !head.is_training {
        let label = look.wording.say("service-corner");
        let (corner, _) = cut_left(name, 260.0);
        touchable(ui, corner, &label, "service", true);
        // egui takes a press that lasts for no click any more, so that the key itself does not tell of it.
        let is_down = ui.input(|input| {
            let pointer = &input.pointer;
            let is_here = |at: Option<Pos2>| at.is_some_and(|at| corner.contains(at));
            pointer.primary_down()
                && is_here(pointer.press_origin())
                && is_here(pointer.interact_pos())
        });
        if is_down {
            act = Some(Act::Corner);
        }
    }
    // Trouble has its place in the attention bar; here only where there is none.
    if matches!(connection, Connection::Trouble { .. }) {
        return act;
    }
    let (words_rect, dot) = cut_right(connected, 2.0 * GAP + 12.0);
    if *connection == Connection::Answering {
        ui.painter()
            .circle_filled(dot.center(), 10.0, Tone::Good.fill());
        ui.painter()
            .circle_stroke(dot.center(), 10.0, (2.0, look.palette.muted));
    }
    let words = look.wording.connection(connection, look.zone);
    let mut text = Text::small(&words, look.palette.muted);
    text.align = Align::Max;
    text.put_centred(ui, words_rect);
    act
}

/// Whose name goes into the journal, and the key by which he goes.
fn clerk_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, on_duty: &OnDuty) -> (Rect, Option<Act>) {
    let OnDuty::Clerk(name) = on_duty else {
        return (rect, None);
    };
    let (rest, place) = cut_right(rect, 260.0 + GAP);
    let label = look
        .wording
        .say_with("sign-out", &[("name", name.as_str().into())]);
    let key = Key::new(&label, look.palette.key, look.palette.text).sized(theme::SMALL * 1.15);
    let goes = key.show(ui, place.with_max_x(place.right() - GAP), "sign-out");
    (rest, goes.then_some(Act::Wish(Wish::Lock)))
}
