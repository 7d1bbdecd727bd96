//! The desk's own code: a customer whose phone cannot be read scans it, and hands his coupon over from there.

use eframe::egui::{Rect, Ui, vec2};

use super::details::code_ui;
use super::look::Look;
use super::theme::{self, GAP};
use super::widgets::{Text, cut_bottom, cut_left};

/// Below it the words stand beside the code.
const LOW: f32 = 230.0;

/// Draws the code and what it is for.
pub fn invitation_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, invitation: &str) {
    let words = look.wording.say("invitation");
    // Where there is little height, all of it is the code's.
    let (picture, beside) = if rect.height() < LOW {
        cut_left(rect, rect.height())
    } else {
        cut_bottom(rect, theme::SMALL * 2.8)
    };
    code_ui(ui, picture.shrink(GAP / 4.0), invitation);
    let place = beside.shrink2(vec2(GAP / 2.0, 0.0));
    Text::small(&words, look.palette.text).put_centred(ui, place);
}
