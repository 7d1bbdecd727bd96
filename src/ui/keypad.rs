//! Codes typed by hand: digits first, letters behind one key.

use eframe::egui::{Rect, Ui, vec2};

use super::icon::Icon;
use super::look::{Act, Look, is_wide};
use super::theme::{self, GAP, MARGIN, TARGET};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_right, cut_top};

/// More characters than any code has (Weixin's own have 12, a merchant's at most 20) are taken, and told by number.
const LONGEST: usize = 32;

const DIGITS: [&str; 4] = ["123", "456", "789", "0"];
const LETTERS: [&str; 4] = ["ABCDEFGHI", "JKLMNOPQR", "STUVWXYZ", "_-/=|"];

/// What was typed so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keypad {
    typed: String,
    has_letters: bool,
}

impl Keypad {
    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        for typed in text.chars().filter(char::is_ascii_graphic) {
            if self.typed.len() < LONGEST {
                self.typed.push(typed);
            }
        }
    }

    /// Takes away the last character.
    pub fn delete(&mut self) {
        self.typed.pop();
    }

    fn grouped(&self) -> String {
        let mut grouped = String::new();
        for (at, typed) in self.typed.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(typed);
        }
        grouped
    }
}

/// Draws the stage.
pub fn keypad_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, keypad: &mut Keypad) -> Option<Act> {
    let inner = rect.shrink2(vec2(MARGIN, GAP));
    // The key that looks up stands where the review has its coupon, far from where it has its confirm.
    let (left, keys) = if is_wide(inner) {
        let (left, keys) = cut_left(inner, inner.width() * 0.45);
        (left, keys.with_min_x(keys.left() + MARGIN))
    } else {
        let (left, keys) = cut_top(inner, inner.height() * 0.42);
        (left, keys.with_min_y(keys.top() + MARGIN))
    };
    keys_ui(ui, keys, look, keypad);
    typed_ui(ui, left, look, keypad)
}

fn typed_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, keypad: &mut Keypad) -> Option<Act> {
    let mut act = None;
    let (rest, foot) = cut_bottom(rect, TARGET * 1.4);
    let title = look.wording.say("keypad-title");
    let (head, rest) = cut_top(rest, theme::TITLE * 1.5);
    Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
    let hint = look.wording.say("keypad-hint");
    let (small, rest) = cut_top(rest, theme::SMALL * 2.2);
    Text::small(&hint, look.palette.muted).put_centred(ui, small);
    let (shown, rest) = cut_top(rest, theme::TITLE * 2.2);
    card(ui, shown, look.palette.card);
    let typed = keypad.grouped();
    if !typed.is_empty() {
        Text::bold(&typed, theme::TITLE, look.palette.text)
            .put_centred(ui, shown.shrink2(vec2(GAP, 0.0)));
        let count = keypad.typed.len();
        let said = look
            .wording
            .say_with("keypad-length", &[("count", count.into())]);
        let (under, _) = cut_top(rest.translate(vec2(0.0, 6.0)), theme::SMALL * 1.6);
        Text::small(&said, look.palette.muted).put(ui, under);
    }
    let label = look.wording.say("keypad-close");
    let (close, look_up) = cut_left(foot, foot.width() * 0.38);
    let close = close.with_max_x(close.right() - GAP);
    if Key::new(&label, look.palette.key, look.palette.text).show(ui, close, "keypad-close") {
        act = Some(Act::Close);
    }
    let label = look.wording.say("keypad-look-up");
    let key = Key::new(&label, look.palette.accent, look.palette.on_accent)
        .enabled(!keypad.typed.is_empty());
    if key.show(ui, look_up, "keypad-look-up") {
        act = Some(Act::LookUp(keypad.typed.clone()));
    }
    act
}

fn keys_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, keypad: &mut Keypad) {
    let rows = if keypad.has_letters { LETTERS } else { DIGITS };
    let longest = rows.iter().map(|row| row.len()).max().unwrap_or(1);
    let columns = f32::from(u16::try_from(longest).unwrap_or(1));
    let cell = vec2(rect.width() / columns, rect.height() / 5.0);
    let place = |column: usize, row: usize, wide: f32| {
        let column = f32::from(u16::try_from(column).unwrap_or(0));
        let row = f32::from(u16::try_from(row).unwrap_or(0));
        let corner = rect.min + vec2(column * cell.x, row * cell.y);
        Rect::from_min_size(corner, vec2(cell.x * wide, cell.y)).shrink(5.0)
    };
    for (row, characters) in rows.iter().enumerate() {
        for (column, character) in characters.chars().enumerate() {
            let label = character.to_string();
            // The zero stands under the eight.
            let column = column + usize::from(*characters == "0");
            let key = Key::new(&label, look.palette.key, look.palette.text).sized(theme::TITLE);
            if key.show(ui, place(column, row, 1.0), &label) {
                keypad.take(&label);
            }
        }
    }
    let (_, foot) = cut_bottom(rect, cell.y);
    let (other, rest) = cut_left(foot, foot.width() / 3.0);
    let (clear, back) = cut_left(rest, foot.width() / 3.0);
    let (clear, back) = (
        clear.shrink(5.0),
        cut_right(back, back.width()).1.shrink(5.0),
    );
    let label = look.wording.say(if keypad.has_letters {
        "keypad-digits"
    } else {
        "keypad-letters"
    });
    let plain = |label| Key::new(label, look.palette.card, look.palette.text);
    if plain(&label).show(ui, other.shrink(5.0), "keypad-other") {
        keypad.has_letters = !keypad.has_letters;
    }
    let label = look.wording.say("keypad-clear");
    if plain(&label).show(ui, clear, "keypad-clear") {
        keypad.typed.clear();
    }
    let label = look.wording.say("keypad-back");
    if plain(&label)
        .with_icon(Icon::Backspace)
        .show(ui, back, "keypad-back")
    {
        keypad.delete();
    }
}
