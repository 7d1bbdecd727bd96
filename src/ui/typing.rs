//! Texts typed on the screen: digits first, letters and marks each behind a key. A keyboard that is plugged in types here
//! too, and in any script.

use eframe::egui::output::IMEOutput;
use eframe::egui::{IMEPurpose, Rect, Ui, vec2};

use super::icon::Icon;
use super::look::Look;
use super::theme::{self, GAP, TARGET};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_right, cut_top};
use crate::screen::plain::plain;

/// What was typed, and which keys are seen.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Typing {
    /// The text so far.
    pub text: String,
    layer: Layer,
    is_secret: bool,
}

/// Keys that are seen together.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Layer {
    #[default]
    Digits,
    Small,
    Large,
    Marks,
}

impl Layer {
    const ALL: [Self; 4] = [Self::Digits, Self::Small, Self::Large, Self::Marks];

    fn rows(self) -> [&'static str; 4] {
        match self {
            Self::Digits => ["123", "456", "789", "-0/"],
            Self::Small => ["abcdefg", "hijklmn", "opqrstu", "vwxyz.@"],
            Self::Large => ["ABCDEFG", "HIJKLMN", "OPQRSTU", "VWXYZ-_"],
            Self::Marks => ["!\"#$%&'", "()*+,:;", "<=>?[\\]", "^`{|}~"],
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Digits => "123",
            Self::Small => "abc",
            Self::Large => "ABC",
            Self::Marks => "#+=",
        }
    }
}

/// Between the keys.
const BETWEEN: f32 = 6.0;
/// Four of characters, one of what changes them.
const ROWS: f32 = 5.0;

/// A row of keys is no higher than this.
const HIGHEST: f32 = 2.4 * TARGET;

/// More than any of the texts that are typed here may have.
const LONGEST: usize = 200;

impl Typing {
    /// Begins with a text.
    pub fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }

    /// Nothing yet of a text that nobody may read over a shoulder.
    pub fn secret() -> Self {
        Self {
            is_secret: true,
            ..Self::default()
        }
    }

    /// What is seen of it; of a secret how long it is, and its last character, so that a slip is seen.
    fn shown(&self) -> String {
        if !self.is_secret {
            return self.text.clone();
        }
        let hidden = self.text.chars().count().saturating_sub(1);
        let last = self.text.chars().last();
        let dots = std::iter::repeat_n('\u{2022}', hidden);
        dots.chain(last).collect()
    }

    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.chars().count());
        self.text.push_str(&plain(text, room));
    }

    /// Takes away the last character.
    pub fn delete(&mut self) {
        self.text.pop();
    }
}

/// It may be a secret: never printed.
impl std::fmt::Debug for Typing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Typing({} characters)", self.text.chars().count())
    }
}

/// Shows the text, or a hint where there is none yet.
fn field_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, typing: &Typing, hint: &str) {
    card(ui, rect, look.palette.card);
    let inner = rect.shrink2(vec2(GAP, 4.0));
    // The system's input method, for scripts that the keys on the screen do not have.
    ui.ctx().output_mut(|output| {
        output.ime = Some(IMEOutput {
            purpose: IMEPurpose::Normal,
            rect: inner,
            cursor_rect: inner,
            should_interrupt_composition: false,
        });
    });
    if typing.text.is_empty() {
        Text::body(hint, look.palette.muted).put_centred(ui, inner);
    } else {
        let shown = typing.shown();
        Text::bold(&shown, theme::BODY * 1.2, look.palette.text).put_centred(ui, inner);
    }
}

/// The two keys that end something: the way back, and what is done with it.
pub struct Ends<'a> {
    /// The name of the one that goes back.
    pub back: &'a str,
    /// The name of the other one, and what it says.
    pub on: (&'a str, &'a str),
    /// Whether that one takes a touch.
    pub may_go_on: bool,
}

/// Which of them was touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// Neither.
    Not,
    /// Back.
    Back,
    /// On.
    On,
}

/// A third key beside a text, which does something else.
pub type Third<'a> = &'a mut dyn FnMut(&mut Ui, Rect);

/// A text with its two ends in one row, so that the keys below have the room that fingers need.
pub fn page_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    (typing, hint): (&mut Typing, &str),
    ends: &Ends<'_>,
    third: Option<Third<'_>>,
) -> Ended {
    // Upright there is more room than keys want: they stand near the hand.
    let high = TARGET + GAP / 2.0 + ROWS * HIGHEST;
    let (_, rect) = cut_bottom(rect, high);
    let (line, keys) = cut_top(rect, TARGET);
    let end = (line.width() * 0.18).min(240.0);
    let (back, rest) = cut_left(line, end);
    let (mut rest, on) = cut_right(rest, end);
    if let Some(third) = third {
        let (left, other) = cut_right(rest, end);
        rest = left;
        third(ui, other.with_max_x(other.right() - GAP / 2.0));
    }
    let field = rest.shrink2(vec2(GAP / 2.0, 0.0));
    field_ui(ui, field, look, typing, hint);
    keys_ui(ui, keys.with_min_y(keys.top() + GAP / 2.0), look, typing);
    ends_ui(ui, (back, on), look, ends)
}

/// A page of its own on which somebody writes a few words, kept or not: its title says which. `back` and `keep` are the
/// names of its ends.
pub fn words_page_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    (typing, title): (&mut Typing, &str),
    (back, keep): (&str, &str),
) -> Ended {
    let rest = titled_ui(ui, rect, look, title);
    let hint = look.wording.say(title);
    let ends = Ends {
        back,
        on: (keep, "remark-keep"),
        may_go_on: true,
    };
    page_ui(ui, rest, look, (typing, &hint), &ends, None)
}

/// The two ends side by side below something else.
pub fn foot_ui(ui: &mut Ui, foot: Rect, look: Look<'_>, ends: &Ends<'_>) -> Ended {
    let back = part(foot, 0, 2, Way::Across);
    let on = part(foot, 1, 2, Way::Across);
    let back = back.with_max_x(back.right() - GAP / 2.0);
    let on = on.with_min_x(on.left() + GAP / 2.0);
    ends_ui(ui, (back, on), look, ends)
}

fn ends_ui(ui: &mut Ui, (back, on): (Rect, Rect), look: Look<'_>, ends: &Ends<'_>) -> Ended {
    let mut ended = Ended::Not;
    let label = look.wording.say("day-close");
    let key = Key::new(&label, look.palette.key, look.palette.text);
    if key.show(ui, back, ends.back) {
        ended = Ended::Back;
    }
    let (name, says) = ends.on;
    let label = look.wording.say(says);
    let key = Key::new(&label, look.palette.accent, look.palette.on_accent);
    if key.enabled(ends.may_go_on).show(ui, on, name) {
        ended = Ended::On;
    }
    ended
}

/// A title, and how a name in another script is typed; tells what is left below. Where the keys would become too low for
/// a finger there is none, and the hint in the field has to do.
pub fn titled_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, title: &str) -> Rect {
    let (head, rest) = cut_top(rect, theme::TITLE * 1.3);
    if rest.height() < TARGET + GAP / 2.0 + ROWS * (TARGET + BETWEEN) {
        return rect;
    }
    let (title_place, script) = cut_left(head, head.width() * 0.45);
    let script = script.with_min_x(script.left() + GAP);
    let words = look.wording.say(title);
    Text::bold(&words, theme::TITLE, look.palette.text).put_centred(ui, title_place);
    let words = look.wording.say("typing-script");
    Text::small(&words, look.palette.muted).put_centred(ui, script);
    rest
}

/// The keys.
fn keys_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, typing: &mut Typing) {
    let height = rect.height() / ROWS;
    let (keys, foot) = rect.split_top_bottom_at_y(rect.bottom() - height);
    for (row, characters) in typing.layer.rows().into_iter().enumerate() {
        let line = part(keys, row, 4, Way::Down);
        let count = characters.chars().count();
        for (column, character) in characters.chars().enumerate() {
            let place = part(line, column, count, Way::Across).shrink(BETWEEN / 2.0);
            let label = character.to_string();
            let key =
                Key::new(&label, look.palette.key, look.palette.text).sized(theme::BODY * 1.2);
            if key.show(ui, place, &format!("type {label}")) {
                typing.take(&label);
            }
        }
    }
    let others = Layer::ALL
        .into_iter()
        .filter(|layer| *layer != typing.layer);
    let mut chosen = None;
    for (column, layer) in others.enumerate() {
        let place = part(foot, column, 5, Way::Across).shrink(BETWEEN / 2.0);
        let key = Key::new(layer.label(), look.palette.card, look.palette.text);
        if key.show(ui, place, &format!("layer {}", layer.label())) {
            chosen = Some(layer);
        }
    }
    let label = look.wording.say("typing-space");
    let place = part(foot, 3, 5, Way::Across).shrink(BETWEEN / 2.0);
    let key = Key::new(&label, look.palette.card, look.palette.text).sized(theme::SMALL);
    if key.show(ui, place, "type space") {
        typing.take(" ");
    }
    let label = look.wording.say("keypad-back");
    let place = part(foot, 4, 5, Way::Across).shrink(BETWEEN / 2.0);
    let key = Key::new(&label, look.palette.card, look.palette.text).with_icon(Icon::Backspace);
    if key.show(ui, place, "type back") {
        typing.delete();
    }
    if let Some(layer) = chosen {
        typing.layer = layer;
    }
}

/// Which way a rectangle is cut into parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Side by side.
    Across,
    /// Below one another.
    Down,
}

/// One of so many equal parts of a rectangle.
pub fn part(rect: Rect, at: usize, count: usize, way: Way) -> Rect {
    let share = |number: usize| f32::from(u16::try_from(number).unwrap_or(0));
    let (at, count) = (share(at), share(count).max(1.0));
    match way {
        Way::Across => {
            let width = rect.width() / count;
            let corner = rect.min + vec2(width * at, 0.0);
            Rect::from_min_size(corner, vec2(width, rect.height()))
        }
        Way::Down => {
            let height = rect.height() / count;
            let corner = rect.min + vec2(0.0, height * at);
            Rect::from_min_size(corner, vec2(rect.width(), height))
        }
    }
}
