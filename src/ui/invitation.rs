//! The desk's own code: a customer whose phone cannot be read scans it, and hands his coupon over from there.

use eframe::egui::{Rect, Ui, vec2};

use super::details::code_ui;
use super::look::Look;
use super::theme::{self, GAP};
use super::widgets::{Text, cut_bottom, cut_left};

/// Below it there is no room for words under the code.
const LOW: f32 = 230.0;

/// Draws the code and what it is for.
pub fn invitation_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, invitation: &str) {
    let words = look.wording.say("invitation");
    let words = Text::small(&words, look.palette.text);
    // Where there is little height, or much width, all of the height is the code's and the words stand beside it.
    let is_wide = rect.width() > 2.0 * rect.height();
    let (picture, place, words) = if is_wide || rect.height() < LOW {
        let (picture, place) = cut_left(rect, rect.height());
        let size = if is_wide { theme::BODY } else { theme::SMALL };
        (picture, place, Text { size, ..words })
    } else {
        let (picture, place) = cut_bottom(rect, theme::SMALL * 2.8);
        (picture, place, words.centred())
    };
    code_ui(ui, picture.shrink(GAP / 4.0), invitation);
    words.put_centred(ui, place.shrink2(vec2(GAP / 2.0, 0.0)));
}
