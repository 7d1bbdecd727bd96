//! Codes typed by hand: digits first, letters and the other characters of merchants' codes behind one key.

use eframe::egui::{Rect, Ui, vec2};

use super::icon::{self, Icon};
use super::look::{Act, Look, is_wide};
use super::theme::{self, GAP, MAIN_TARGET, MARGIN, TARGET, Tone};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_top};
use crate::card::Code;

mod kept;
mod typed;

pub use kept::Kept;
pub use typed::Keypad;
use typed::{Keys, Remark};

/// Between the keys; what is left of a place is at least [`TARGET`] wide where the place is [`PLACE`].
const BETWEEN: f32 = 8.0;
const PLACE: f32 = TARGET + BETWEEN + 0.5;

const DIGITS: [&str; 4] = ["123", "456", "789", "0"];
/// The last place of the last row is the case key's.
const CAPITALS: [&str; 4] = ["ABCDEFGH", "IJKLMNOP", "QRSTUVWX", "YZ_-/=|"];
const SMALL: [&str; 4] = ["abcdefgh", "ijklmnop", "qrstuvwx", "yz_-/=|"];
const COLUMNS: f32 = 8.0;
/// Four of characters, one of what changes them.
const ROWS: f32 = 5.0;

/// Draws the stage.
pub fn keypad_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, keypad: &mut Keypad) -> Option<Act> {
    let inner = rect.shrink2(vec2(MARGIN, GAP));
    // The key that looks up stands where the review has its coupon, far from where it has its confirm.
    let (left, keys) = if is_wide(inner) {
        let wide = (inner.width() * 0.55 - MARGIN).max(COLUMNS * PLACE);
        let (left, keys) = cut_left(inner, inner.width() - wide);
        (left.with_max_x(left.right() - MARGIN), keys)
    } else {
        let high = (inner.height() * 0.58 - MARGIN).max(ROWS * PLACE);
        let (left, keys) = cut_top(inner, inner.height() - high);
        (left.with_max_y(left.bottom() - MARGIN), keys)
    };
    keys_ui(ui, keys, look, keypad);
    typed_ui(ui, left, look, keypad)
}

fn typed_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, keypad: &mut Keypad) -> Option<Act> {
    let mut act = None;
    let (rest, foot) = cut_bottom(rect, MAIN_TARGET);
    let rest = rest.with_max_y(rest.bottom() - GAP);
    let title = look.wording.say("keypad-title");
    let (head, rest) = cut_top(rest, (theme::TITLE * 1.5).min(rest.height() * 0.22));
    Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
    let hint = look.wording.say("keypad-hint");
    let (small, rest) = cut_top(rest, (theme::SMALL * 2.2).min(rest.height() * 0.2));
    Text::body(&hint, look.palette.muted).put_centred(ui, small);
    let (shown, rest) = cut_top(rest, (theme::TITLE * 2.2).min(rest.height() * 0.5));
    let (fill, colour) = if keypad.is_selected() {
        (look.palette.accent, look.palette.on_accent)
    } else {
        (look.palette.card, look.palette.text)
    };
    card(ui, shown, fill);
    let typed = keypad.grouped();
    if !typed.is_empty() {
        Text::bold(&typed, theme::TITLE, colour).put_centred(ui, shown.shrink2(vec2(GAP, 0.0)));
    }
    if let Some(remark) = keypad.remark() {
        remark_ui(ui, rest, look, remark);
    }
    let label = look.wording.say("keypad-close");
    let (close, look_up) = cut_left(foot, foot.width() * 0.38);
    let close = close.with_max_x(close.right() - GAP);
    if Key::new(&label, look.palette.key, look.palette.text).show(ui, close, "keypad-close") {
        act = Some(Act::Close);
    }
    let label = look.wording.say("keypad-look-up");
    let key = Key::new(&label, look.palette.accent, look.palette.on_accent)
        .enabled(!keypad.text().is_empty());
    if key.show(ui, look_up, LOOK_UP) {
        act = Some(Act::TypedIn(keypad.text().to_owned()));
    }
    act
}

/// The key that looks up has the focus once a keyboard typed: its Enter presses it.
pub const LOOK_UP: &str = "keypad-look-up";

/// What there is to say of what was typed: at once, and in words.
fn remark_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, remark: Remark) {
    let say = |key: &str| look.wording.say(key);
    let counted = |key: &str, count: usize| {
        let values = [("count", count.into())];
        look.wording.say_with(key, &values)
    };
    let (words, tone) = match remark {
        Remark::Pasted => (say("keypad-no-paste"), Some(Tone::Attention)),
        Remark::NoSuchCharacter => (say("keypad-no-such-character"), Some(Tone::Attention)),
        Remark::Full => (counted("keypad-full", Code::MAX_LEN), Some(Tone::Attention)),
        Remark::Again => (say("keypad-again"), None),
        Remark::Weixins => (say("keypad-digits-right"), Some(Tone::Good)),
        Remark::TooManyDigits(count) => (
            counted("keypad-digits-advice", count),
            Some(Tone::Attention),
        ),
        Remark::Digits(count) => (counted("keypad-digits-advice", count), None),
        Remark::Length(count) => (counted("keypad-length", count), None),
    };
    let place = rect.with_min_y(rect.top() + 6.0);
    let place = place.with_max_y(place.bottom().min(place.top() + theme::BODY * 2.8));
    let Some(tone) = tone else {
        let text = Text::body(&words, look.palette.muted);
        text.put_centred(ui, place.shrink2(vec2(GAP, 4.0)));
        return;
    };
    card(ui, place, tone.fill());
    let (mark, said) = cut_left(place, place.height().min(TARGET));
    let icon = if tone == Tone::Good {
        Icon::Check
    } else {
        Icon::Warning
    };
    icon::paint(
        ui.painter(),
        mark.shrink(mark.width() * 0.22),
        icon,
        tone.text(),
    );
    Text::body(&words, tone.text())
        .announced()
        .put_centred(ui, said.shrink2(vec2(4.0, 4.0)));
}

fn keys_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, keypad: &mut Keypad) {
    let (rows, columns) = match keypad.keys() {
        Keys::Digits => (DIGITS, 3.0),
        Keys::Capitals => (CAPITALS, COLUMNS),
        Keys::Small => (SMALL, COLUMNS),
    };
    let cell = vec2(rect.width() / columns, rect.height() / ROWS);
    let place = |column: usize, row: usize| {
        let column = f32::from(u16::try_from(column).unwrap_or(0));
        let row = f32::from(u16::try_from(row).unwrap_or(0));
        let corner = rect.min + vec2(column * cell.x, row * cell.y);
        Rect::from_min_size(corner, cell).shrink(BETWEEN / 2.0)
    };
    for (row, characters) in rows.iter().enumerate() {
        for (column, character) in characters.chars().enumerate() {
            let label = character.to_string();
            // The zero stands under the eight.
            let column = column + usize::from(*characters == "0");
            let key = Key::new(&label, look.palette.key, look.palette.text).sized(theme::TITLE);
            if key.show(ui, place(column, row), &label) {
                keypad.take(&label);
            }
        }
    }
    let (case, other) = match keypad.keys() {
        Keys::Digits => (None, ("keypad-letters", Keys::Capitals)),
        Keys::Capitals => (
            Some(("keypad-small", Keys::Small)),
            ("keypad-digits", Keys::Digits),
        ),
        Keys::Small => (
            Some(("keypad-capitals", Keys::Capitals)),
            ("keypad-digits", Keys::Digits),
        ),
    };
    if let Some((says, keys)) = case {
        let label = look.wording.say(says);
        if plain(look, &label).show(ui, place(7, 3), "keypad-case") {
            keypad.turn_to(keys);
        }
    }
    let (_, foot) = cut_bottom(rect, cell.y);
    let third = |at: f32| {
        let wide = foot.width() / 3.0;
        let left = foot.left() + wide * at;
        Rect::from_x_y_ranges(left..=left + wide, foot.y_range()).shrink(BETWEEN / 2.0)
    };
    let (says, keys) = other;
    let label = look.wording.say(says);
    if plain(look, &label).show(ui, third(0.0), "keypad-other") {
        keypad.turn_to(keys);
    }
    let label = look.wording.say("keypad-clear");
    if plain(look, &label).show(ui, third(1.0), "keypad-clear") {
        keypad.clear();
    }
    let label = look.wording.say("keypad-back");
    let back = plain(look, &label).with_icon(Icon::Backspace);
    if back.show(ui, third(2.0), "keypad-back") {
        keypad.delete();
    }
}

fn plain<'a>(look: Look<'_>, label: &'a str) -> Key<'a> {
    Key::new(label, look.palette.card, look.palette.text)
}
