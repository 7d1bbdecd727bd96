//! Today's list: a line for each redemption, found by the last digits of its code, with its story behind it.

use eframe::egui::{Align, Rect, Ui, vec2};

use super::icon::{self, Icon};
use super::look::{Act, Look, is_wide};
use super::story::{self, Told};
use super::theme::{self, GAP, MARGIN, TARGET, Tone};
use super::typing::{Way, part};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_right, cut_top, touchable};
use crate::office::{DayLine, Office, Reading, Wish};
use crate::redemption::attempt::Outcome;
use crate::wording::day::masked;
use crate::wording::desk::clock_time;

/// No code has more.
const MOST_DIGITS: usize = 12;

/// What a person has done on the page so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Day {
    digits: String,
    page: usize,
    story: Option<Told>,
}

impl Day {
    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        if let Some(story) = &mut self.story {
            story.take(text);
            return;
        }
        for typed in text.chars().filter(char::is_ascii_alphanumeric) {
            if self.digits.len() < MOST_DIGITS {
                self.digits.push(typed.to_ascii_uppercase());
            }
        }
        self.page = 0;
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        if let Some(story) = &mut self.story {
            story.delete();
            return;
        }
        self.digits.pop();
        self.page = 0;
    }

    fn finds(&self, line: &DayLine) -> bool {
        self.digits.is_empty()
            || line
                .code
                .as_ref()
                .is_some_and(|code| code.as_str().to_ascii_uppercase().ends_with(&self.digits))
    }
}

/// Draws the page.
pub fn day_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    day: &mut Day,
    office: &Office,
) -> Option<Act> {
    if let Some(told) = &mut day.story {
        let line = match &office.day {
            Reading::Ready(lines) => lines.iter().find(|line| line.id == told.id()),
            Reading::Awaited | Reading::Failed => None,
        };
        return match story::story_ui(ui, rect, look, told, line, office.story.as_ref()) {
            story::Said::Nothing => None,
            story::Said::Back => {
                day.story = None;
                Some(Act::Wish(Wish::Day))
            }
            story::Said::Act(act) => Some(act),
        };
    }
    let inner = rect.shrink2(vec2(MARGIN, GAP));
    let (list, side) = if is_wide(inner) {
        let (list, side) = cut_left(inner, inner.width() * 0.7);
        (list, side.with_min_x(side.left() + MARGIN))
    } else {
        let (list, side) = cut_bottom(inner, (inner.height() * 0.4).min(620.0));
        (list, side.with_min_y(side.top() + GAP))
    };
    let act = list_ui(ui, list, look, day, &office.day);
    side_ui(ui, side, look, day).or(act)
}

fn list_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    day: &mut Day,
    lines: &Reading<Vec<DayLine>>,
) -> Option<Act> {
    let (head, rest) = cut_top(rect, TARGET);
    let (title, totals) = cut_left(head, head.width() * 0.3);
    let words = look.wording.say("day-title");
    Text::bold(&words, theme::TITLE, look.palette.text).put_centred(ui, title);
    let lines = match lines {
        Reading::Ready(lines) => lines.as_slice(),
        Reading::Awaited => return None,
        Reading::Failed => {
            let words = look.wording.say("day-failed");
            Text::body(&words, look.palette.text)
                .centred()
                .put_centred(ui, rest);
            return None;
        }
    };
    let words = look.wording.day_totals(lines);
    let mut text = Text::small(&words, look.palette.muted);
    text.align = Align::Max;
    text.put_centred(ui, totals);
    let found: Vec<&DayLine> = lines.iter().filter(|line| day.finds(line)).collect();
    let rest = rest.with_min_y(rest.top() + GAP / 2.0);
    let (body, foot) = cut_bottom(rest, TARGET + GAP);
    if found.is_empty() {
        let key = if lines.is_empty() {
            "day-empty"
        } else {
            "day-none-found"
        };
        let words = look.wording.say(key);
        Text::body(&words, look.palette.muted)
            .centred()
            .put_centred(ui, body);
        return None;
    }
    let (rows, pages) = pages(body.height(), ROW, found.len());
    day.page = day.page.min(pages - 1);
    let mut act = None;
    for (at, line) in found.iter().skip(day.page * rows).take(rows).enumerate() {
        let place = part(body, at, rows, Way::Down);
        if line_ui(ui, place.with_max_y(place.top() + ROW - 8.0), look, line) {
            day.story = Some(Told::of(&line.id));
            act = Some(Act::Wish(Wish::Story(line.id.clone())));
        }
    }
    paging_ui(
        ui,
        foot.with_min_y(foot.top() + GAP),
        look,
        &mut day.page,
        pages,
    );
    act
}

/// How high a line and the gap below it are.
const ROW: f32 = TARGET + 16.0;

/// How many rows a page has, and how many pages there are; at least one of each.
pub fn pages(height: f32, row: f32, count: usize) -> (usize, usize) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few rows of a display"
    )]
    let rows = ((height / row).floor().clamp(1.0, 200.0)) as usize;
    (rows, count.div_ceil(rows).max(1))
}

/// Newer, where one is, older.
pub fn paging_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, page: &mut usize, pages: usize) {
    if pages < 2 {
        return;
    }
    let (newer, rest) = cut_left(rect, rect.width() * 0.3);
    let (middle, older) = cut_right(rest, rect.width() * 0.3);
    let label = look.wording.say("day-newer");
    let key = |label| Key::new(label, look.palette.key, look.palette.text);
    if key(&label).enabled(*page > 0).show(ui, newer, "page-newer") {
        *page -= 1;
    }
    let values = [("page", (*page + 1).into()), ("pages", pages.into())];
    let words = look.wording.say_with("day-page", &values);
    Text::small(&words, look.palette.muted)
        .centred()
        .put_centred(ui, middle);
    let label = look.wording.say("day-older");
    if key(&label)
        .enabled(*page + 1 < pages)
        .show(ui, older, "page-older")
    {
        *page += 1;
    }
}

/// Time, icon, coupon and code, outcome, by whom. A touch opens its story.
fn line_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, line: &DayLine) -> bool {
    let coupon = look.wording.day_coupon(line);
    let time = clock_time(line.at, look.zone);
    let outcome = look.wording.outcome_word(line.outcome);
    let name = format!("{time} {coupon} {outcome}");
    let response = touchable(ui, rect, &name, &format!("line {}", line.id), true);
    let fill = if response.is_pointer_button_down_on() {
        look.palette.key
    } else {
        look.palette.card
    };
    card(ui, rect, fill);
    let tone = tone(line.outcome);
    let (place, rest) = cut_left(rect, rect.height());
    card(ui, place, tone.fill());
    icon::paint(
        ui.painter(),
        place.shrink(14.0),
        mark(line.outcome),
        tone.text(),
    );
    let rest = rest.shrink2(vec2(GAP, 4.0));
    let (clock, rest) = cut_left(rest, 124.0);
    Text::body(&time, look.palette.text)
        .sized(0.8)
        .paint(ui, clock);
    let (rest, right) = cut_right(rest, rest.width() * 0.36);
    let (above, below) = cut_top(rest, rest.height() * 0.54);
    Text::bold(&coupon, theme::BODY * 0.8, look.palette.text)
        .paint(ui, above.with_max_x(above.right() - 8.0));
    let mut small = line.code.as_ref().map(masked).unwrap_or_default();
    if let Some(remark) = &line.remark {
        small = format!("{small}  \u{b7}  {}", clipped(remark));
    }
    Text::small(&small, look.palette.muted)
        .sized(0.9)
        .paint(ui, below);
    let mut facts = Vec::new();
    if line.is_mistake {
        facts.push(look.wording.say("mistake-open"));
    }
    facts.extend(line.ruled.map(|goods| look.wording.goods(goods)));
    facts.extend(line.clerk.clone());
    let share = if facts.is_empty() { 1.0 } else { 0.54 };
    let (above, below) = cut_top(right, right.height() * share);
    Text::bold(&outcome, theme::BODY * 0.75, look.palette.text).paint(ui, above);
    if !facts.is_empty() {
        Text::small(&facts.join("  \u{b7}  "), look.palette.muted)
            .sized(0.9)
            .paint(ui, below);
    }
    response.clicked()
}

/// How a line feels. Why it ended so stands in its story: a list has the outcome alone.
pub fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Queried | Outcome::Redeemed => Tone::Good,
        Outcome::AlreadyRedeemed | Outcome::Refused => Tone::Refused,
        Outcome::NotRedeemed | Outcome::Unreachable | Outcome::SetUp => Tone::Attention,
        Outcome::InDoubt => Tone::Doubt,
    }
}

/// A line's icon.
pub fn mark(outcome: Outcome) -> Icon {
    match outcome {
        Outcome::Queried | Outcome::Redeemed => Icon::Check,
        Outcome::AlreadyRedeemed => Icon::Again,
        Outcome::Refused | Outcome::NotRedeemed => Icon::Cross,
        Outcome::InDoubt => Icon::Question,
        Outcome::Unreachable => Icon::Offline,
        Outcome::SetUp => Icon::Warning,
    }
}

/// The beginning of a text that may be long.
fn clipped(text: &str) -> String {
    const SHOWN: usize = 18;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let begin: String = text.chars().take(SHOWN).collect();
    format!("{begin}\u{2026}")
}

/// What is looked for, the digits to look for it, and the way back.
fn side_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, day: &mut Day) -> Option<Act> {
    let (field, rest) = cut_top(rect, TARGET);
    card(ui, field, look.palette.card);
    let inner = field.shrink2(vec2(GAP, 4.0));
    if day.digits.is_empty() {
        let hint = look.wording.say("day-search");
        Text::body(&hint, look.palette.muted).put_centred(ui, inner);
    } else {
        let shown = format!("\u{2026}{}", day.digits);
        Text::bold(&shown, theme::BODY * 1.2, look.palette.text).put_centred(ui, inner);
    }
    let (keys, foot) = cut_bottom(rest.with_min_y(rest.top() + GAP / 2.0), TARGET + GAP);
    let keys = keys.with_max_y(keys.bottom().min(keys.top() + 4.0 * 112.0));
    for (row, digits) in ["123", "456", "789"].into_iter().enumerate() {
        let line = part(keys, row, 4, Way::Down);
        for (column, digit) in digits.chars().enumerate() {
            digit_ui(ui, part(line, column, 3, Way::Across), look, day, digit);
        }
    }
    let last = part(keys, 3, 4, Way::Down);
    digit_ui(ui, part(last, 1, 3, Way::Across), look, day, '0');
    let label = look.wording.say("keypad-clear");
    let plain = |label| Key::new(label, look.palette.card, look.palette.text).sized(theme::SMALL);
    let place = part(last, 0, 3, Way::Across).shrink(4.0);
    if plain(&label).show(ui, place, "search-clear") {
        day.digits.clear();
    }
    let label = look.wording.say("keypad-back");
    let place = part(last, 2, 3, Way::Across).shrink(4.0);
    if plain(&label)
        .with_icon(Icon::Backspace)
        .show(ui, place, "search-back")
    {
        day.delete();
    }
    let label = look.wording.say("day-close");
    let key = Key::new(&label, look.palette.key, look.palette.text);
    key.show(ui, foot.with_min_y(foot.top() + GAP), "day-close")
        .then_some(Act::Close)
}

fn digit_ui(ui: &mut Ui, place: Rect, look: Look<'_>, day: &mut Day, digit: char) {
    let label = digit.to_string();
    let key = Key::new(&label, look.palette.key, look.palette.text).sized(theme::BODY * 1.3);
    if key.show(ui, place.shrink(4.0), &format!("search {digit}")) {
        day.take(&label);
    }
}
