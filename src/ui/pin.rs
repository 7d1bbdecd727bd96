//! Digits that nobody may read over a shoulder: a pad and dots.

use eframe::egui::{Rect, Ui};

use super::icon::Icon;
use super::look::Look;
use super::theme::{self, GAP, TARGET};
use super::typing::{Way, part};
use super::widgets::{Key, Text, card, cut_bottom, cut_top};
use crate::office::Pin;

/// No PIN is longer.
const LONGEST: usize = 8;

/// What was typed so far; never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Dots(String);

impl Dots {
    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        for digit in text.chars().filter(char::is_ascii_digit) {
            if self.0.len() < LONGEST {
                self.0.push(digit);
            }
        }
    }

    /// Takes away the last digit.
    pub fn delete(&mut self) {
        self.0.pop();
    }

    /// Hands out the PIN and begins anew.
    pub fn pin(&mut self) -> Pin {
        Pin::new(&std::mem::take(&mut self.0))
    }
}

impl std::fmt::Debug for Dots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dots")
    }
}

/// The dots, the pad, and below it the key that is touched when the PIN is whole; `true` when it was.
pub fn pad_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, dots: &mut Dots, is_enabled: bool) -> bool {
    let (shown, rest) = cut_top(rect, TARGET);
    card(ui, shown, look.palette.card);
    let words = if dots.0.is_empty() {
        look.wording.say("pin-hint")
    } else {
        "\u{2022} ".repeat(dots.0.len()).trim_end().to_owned()
    };
    let colour = if dots.0.is_empty() {
        look.palette.muted
    } else {
        look.palette.text
    };
    Text::bold(&words, theme::BODY * 1.2, colour)
        .centred()
        .put_centred(ui, shown.shrink(4.0));
    // Of one piece on an upright display too: the hand is at the last digit when it wants the key.
    let most = GAP / 2.0 + 4.0 * 120.0 + TARGET + GAP / 2.0;
    let rest = rest.with_max_y(rest.bottom().min(rest.top() + most));
    let (keys, foot) = cut_bottom(rest.with_min_y(rest.top() + GAP / 2.0), TARGET + GAP / 2.0);
    for (row, digits) in ["123", "456", "789"].into_iter().enumerate() {
        let line = part(keys, row, 4, Way::Down);
        for (column, digit) in digits.chars().enumerate() {
            digit_ui(ui, part(line, column, 3, Way::Across), look, dots, digit);
        }
    }
    let last = part(keys, 3, 4, Way::Down);
    digit_ui(ui, part(last, 1, 3, Way::Across), look, dots, '0');
    let label = look.wording.say("keypad-back");
    let key = Key::new(&label, look.palette.card, look.palette.text).with_icon(Icon::Backspace);
    if key.show(ui, part(last, 2, 3, Way::Across).shrink(4.0), "pin back") {
        dots.delete();
    }
    let label = look.wording.say("pin-ok");
    let key = Key::new(&label, look.palette.accent, look.palette.on_accent)
        .enabled(is_enabled && dots.0.len() >= 4);
    key.show(ui, foot.with_min_y(foot.top() + GAP / 2.0), "pin-ok")
}

fn digit_ui(ui: &mut Ui, place: Rect, look: Look<'_>, dots: &mut Dots, digit: char) {
    let label = digit.to_string();
    let key = Key::new(&label, look.palette.key, look.palette.text).sized(theme::BODY * 1.3);
    if key.show(ui, place.shrink(4.0), &format!("pin {digit}")) {
        dots.take(&label);
    }
}
