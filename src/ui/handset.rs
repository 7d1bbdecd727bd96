//! The demo's stand-in for a customer's own phone: drawn beside the kiosk, and touched like one.

use eframe::egui::{Color32, CornerRadius, Rect, Ui, vec2};

use super::look::{Act, Look, is_wide};
use super::theme::{self, GAP, TARGET};
use super::widgets::{Key, Text, cut_bottom, cut_right, cut_top};
use crate::screen::handset::{Handset, Press};

const BODY: Color32 = Color32::from_rgb(18, 18, 22);
const GLASS: Color32 = Color32::from_rgb(247, 247, 247);
const INK: Color32 = Color32::from_rgb(25, 25, 25);
const FAINT: Color32 = Color32::from_rgb(95, 95, 95);
const GREEN: Color32 = Color32::from_rgb(5, 110, 50);
/// How wide the phone is beside the kiosk, of the window; and how high below it.
const WIDE: f32 = 0.3;
const HIGH: f32 = 0.42;

/// The place of the kiosk, and that of the phone.
pub fn cut(rect: Rect) -> (Rect, Rect) {
    if is_wide(rect) {
        cut_right(rect, rect.width() * WIDE)
    } else {
        cut_bottom(rect, rect.height() * HIGH)
    }
}

/// Draws the phone.
pub fn handset_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, handset: &Handset) -> Option<Act> {
    let mut act = None;
    let inner = rect.shrink(GAP);
    let (title, body) = cut_top(inner, theme::SMALL * 1.6);
    let words = look.wording.say("handset");
    Text::small(&words, look.palette.muted).put(ui, title);
    ui.painter().rect_filled(body, CornerRadius::same(28), BODY);
    let (glass, foot) = cut_bottom(body.shrink(GAP), TARGET + GAP);
    ui.painter()
        .rect_filled(glass, CornerRadius::same(14), GLASS);
    let label = look.wording.say("handset-away");
    let place = foot.with_min_y(foot.top() + GAP);
    let key = Key::new(&label, FAINT, GLASS).sized(theme::SMALL);
    if key.show(ui, place, "handset-away") {
        act = Some(Act::Handset(Press::Away));
    }

    let page = glass.shrink(GAP);
    let (address, mut page) = cut_top(page, theme::SMALL * 1.4);
    Text::small(&handset.address, FAINT).put(ui, address);
    for (place, label) in handset.keys.iter().enumerate().rev() {
        let (rest, row) = cut_bottom(page, TARGET + GAP);
        page = rest;
        let row = row.with_min_y(row.top() + GAP);
        let key = Key::new(label, GREEN, GLASS).sized(theme::BODY * 0.9);
        if key.show(ui, row, &format!("handset-{place}")) {
            act = Some(Act::Handset(Press::Key(place)));
        }
    }
    let (head, words) = cut_top(page, page.height() * 0.4);
    Text::bold(&handset.head, theme::BODY * 1.15, INK)
        .announced()
        .put_centred(ui, head);
    Text::body(&handset.words, INK)
        .sized(0.8)
        .put(ui, words.shrink2(vec2(0.0, GAP / 2.0)));
    act
}
