//! Something is being done: in words, so that nobody has to guess whether it is. A coupon that this journal redeemed is told
//! here, before Weixin has answered.

use std::time::Instant;

use eframe::egui::{Color32, Rect, Ui, vec2};

use super::look::{Act, Look};
use super::outcome::repeat_ui;
use super::theme::{self, GAP, MARGIN, Palette, TARGET, Tone};
use super::widgets::{Key, Text, cut_bottom, cut_left, cut_top};
use crate::event::Touch;
use crate::screen::{Notice, Work};

/// Dots go round so often: seen at a glance, cheap to draw.
pub const BEAT_MILLIS: u64 = 250;

/// Draws the stage. `beats` counts the beats since it began.
pub fn working_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    (work, notice): (Work, Option<&Notice>),
    (now, beats): (Instant, u64),
) -> Option<Act> {
    let repeat = match notice {
        Some(Notice::RedeemedHere { here, aged }) => Some(look.wording.repeat(here, *aged, now)),
        Some(Notice::Wait | Notice::SlowDisk) | None => None,
    };
    let foot = cut_bottom(rect.shrink(MARGIN), TARGET).1;
    if let Some(repeat) = repeat {
        let palette = Palette::on(Tone::Refused);
        let (line, keys) = repeat_ui(ui, rect, &repeat);
        let (dots, words) = cut_left(line, 3.0 * APART);
        dots_ui(ui, dots, (palette.text, palette.card), beats);
        let said = look.wording.say("work-repeat");
        Text::bold(&said, theme::BODY, palette.text)
            .put_centred(ui, words.with_min_x(words.left() + GAP));
        let place = foot.with_min_y(foot.top().max(keys.top()));
        return cancel_ui(ui, place, look, &palette, work);
    }
    let (rest, _) = cut_bottom(rect.shrink(MARGIN), TARGET + GAP);
    let (dots, words) = cut_top(rest, rest.height() * 0.45);
    let place = dots.with_min_y(dots.bottom() - 96.0);
    dots_ui(ui, place, (look.palette.text, look.palette.key), beats);
    let said = look.wording.work(work);
    Text::bold(&said, theme::TITLE * 1.2, look.palette.text)
        .centred()
        .announced()
        .put(ui, words);
    cancel_ui(ui, foot, look, look.palette, work)
}

/// From one dot to the next.
const APART: f32 = 64.0;

/// Three dots of which one is lit, in turn.
fn dots_ui(ui: &Ui, rect: Rect, (lit, dark): (Color32, Color32), beats: u64) {
    for dot in 0_u8..3 {
        let is_lit = beats % 3 == u64::from(dot);
        let at = rect.center() + vec2((f32::from(dot) - 1.0) * APART, 0.0);
        let colour = if is_lit { lit } else { dark };
        ui.painter().circle_filled(at, 20.0, colour);
    }
}

fn cancel_ui(
    ui: &mut Ui,
    foot: Rect,
    look: Look<'_>,
    palette: &Palette,
    work: Work,
) -> Option<Act> {
    let label = look.wording.say("review-cancel");
    let place = foot.with_max_x(foot.left() + 260.0);
    let key = Key::new(&label, palette.key, palette.text);
    (may_cancel(work) && key.show(ui, place, "cancel")).then_some(Act::Touch(Touch::Cancel))
}

/// What is written or sent can no longer be called back.
pub fn may_cancel(work: Work) -> bool {
    match work {
        Work::Decrypting | Work::Querying | Work::AskingAgain => true,
        Work::Journaling | Work::Consuming => false,
    }
}
