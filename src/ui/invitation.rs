//! The desk's own code: a customer whose phone cannot be read scans it, and hands his coupon over from there.

use eframe::egui::{Rect, Ui};

use super::details::code_ui;
use super::look::Look;
use super::theme::{self, GAP};
use super::widgets::{Text, cut_bottom};

/// Draws the code and what it is for.
pub fn invitation_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, invitation: &str) {
    let words = look.wording.say("invitation");
    let (picture, foot) = cut_bottom(rect, theme::SMALL * 2.8);
    code_ui(ui, picture.shrink(GAP / 2.0), invitation);
    Text::small(&words, look.palette.text).put_centred(ui, foot);
}
