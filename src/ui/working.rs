//! Something is being done: in words, so that nobody has to guess whether it is.

use eframe::egui::{Rect, Ui, vec2};

use super::look::{Act, Look};
use super::theme::{self, GAP, MARGIN, TARGET};
use super::widgets::{Key, Text, cut_bottom, cut_top};
use crate::event::Touch;
use crate::screen::Work;

/// Dots go round so often: seen at a glance, cheap to draw.
pub const BEAT_MILLIS: u64 = 250;

/// Draws the stage. `beats` counts the beats since it began.
pub fn working_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, work: Work, beats: u64) -> Option<Act> {
    let inner = rect.shrink(MARGIN);
    let (rest, foot) = cut_bottom(inner, TARGET + GAP);
    let (dots, words) = cut_top(rest, rest.height() * 0.45);
    for dot in 0_u8..3 {
        let is_lit = beats % 3 == u64::from(dot);
        let colour = if is_lit {
            look.palette.text
        } else {
            look.palette.key
        };
        let at = dots.center_bottom() + vec2((f32::from(dot) - 1.0) * 64.0, -48.0);
        ui.painter().circle_filled(at, 20.0, colour);
    }
    let said = look.wording.work(work);
    Text::bold(&said, theme::TITLE * 1.2, look.palette.text)
        .centred()
        .announced()
        .put(ui, words);

    let label = look.wording.say("review-cancel");
    let place = foot
        .with_min_y(foot.top() + GAP)
        .with_max_x(foot.left() + 260.0);
    let key = Key::new(&label, look.palette.key, look.palette.text);
    (may_cancel(work) && key.show(ui, place, "cancel")).then_some(Act::Touch(Touch::Cancel))
}

/// What is written or sent can no longer be called back.
pub fn may_cancel(work: Work) -> bool {
    match work {
        Work::Decrypting | Work::Querying | Work::AskingAgain => true,
        Work::Journaling | Work::Consuming => false,
    }
}
