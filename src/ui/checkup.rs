//! The doctor on the screen: the same lines as in the terminal, the gravest first, a code for IT to photograph, and a cross
//! that tells how far beside the finger the touch screen is.

use eframe::egui::{Context, Id, Rect, Stroke, Ui, vec2};

use super::details::code_ui;
use super::look::{Look, is_wide};
use super::theme::{self, GAP, MM, TARGET, Tone};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_top, touchable};
use crate::office::checkup::{CheckLine, Checkup, Panel, Verdict};

/// What a person has done on the page so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckupPage {
    first: usize,
    /// How far beside the cross the last finger was, in tenths of a millimetre.
    offset: Option<u32>,
}

/// What a touch asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// To leave the page.
    Back,
    /// To look once more.
    Again,
}

/// Tenths of a millimetre from which on keys are missed.
const FAR: u32 = 40;
/// A line with what to do about it.
const LINE: f32 = theme::SMALL * 6.6;
/// How wide the word before a line is.
const WORD: f32 = 96.0;

/// Draws the page.
pub fn checkup_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    page: &mut CheckupPage,
    checkup: &Checkup,
) -> Option<Asks> {
    let (rest, foot) = cut_bottom(rest_of(ui, rect, look, checkup), TARGET + GAP);
    let (list, side) = if is_wide(rest) {
        let (list, side) = cut_left(rest, rest.width() * 0.68);
        (list, side.with_min_x(side.left() + GAP))
    } else {
        let (list, side) = cut_top(rest, rest.height() * 0.6);
        (list, side.with_min_y(side.top() + GAP))
    };
    let more = lines_ui(ui, list, look, page, checkup);
    let (code, cross) = if is_wide(rest) {
        cut_top(side, side.height() * 0.62)
    } else {
        cut_left(side, side.width() / 2.0)
    };
    if let Some(summary) = &checkup.summary {
        let (code, hint) = cut_bottom(code, theme::SMALL * 2.6);
        code_ui(ui, code.shrink(4.0), &with_offset(summary, page.offset));
        let words = look.wording.say("checkup-photograph");
        Text::small(&words, look.palette.muted)
            .centred()
            .put_centred(ui, hint);
    }
    cross_ui(ui, cross, look, page);
    foot_ui(ui, foot, look, page, (more, checkup.summary.is_some()))
}

/// Below the title, which says how far it is.
fn rest_of(ui: &mut Ui, rect: Rect, look: Look<'_>, checkup: &Checkup) -> Rect {
    let (head, rest) = cut_top(rect, theme::TITLE * 1.6);
    let count = |verdict| {
        let lines = checkup.lines.iter();
        lines.filter(|line| line.verdict == verdict).count()
    };
    let title = if checkup.summary.is_some() {
        let values = [
            ("bad", count(Verdict::Bad).into()),
            ("watch", count(Verdict::Watch).into()),
        ];
        look.wording.say_with("doctor-verdict", &values)
    } else {
        look.wording.say("checkup-looking")
    };
    Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
    rest
}

/// As many lines as there is room for; whether there are others.
fn lines_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    page: &mut CheckupPage,
    checkup: &Checkup,
) -> Option<usize> {
    let mut lines: Vec<&CheckLine> = checkup.lines.iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.verdict));
    if page.first >= lines.len() {
        page.first = 0;
    }
    let mut rest = rect;
    let mut next = page.first;
    for line in &lines[page.first..] {
        let height = if line.advice.is_some() {
            LINE
        } else {
            LINE * 0.5
        };
        if rest.height() < height {
            break;
        }
        let (place, after) = cut_top(rest, height);
        rest = after;
        next += 1;
        line_ui(ui, place.with_max_y(place.bottom() - 6.0), look, line);
    }
    let is_all = page.first == 0 && next == lines.len();
    (!is_all).then_some(if next == lines.len() { 0 } else { next })
}

fn line_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, line: &CheckLine) {
    let (tone, word) = match line.verdict {
        Verdict::Good => (Tone::Good, "doctor-good"),
        Verdict::Watch => (Tone::Attention, "doctor-watch"),
        Verdict::Bad => (Tone::Refused, "doctor-bad"),
    };
    card(ui, rect, look.palette.card);
    let (mark, words) = cut_left(rect, WORD);
    card(ui, mark, tone.fill());
    let said = look.wording.say(word);
    Text::bold(&said, theme::SMALL, tone.text())
        .centred()
        .put_centred(ui, mark.shrink(4.0));
    let words = words.shrink2(vec2(10.0, 3.0));
    let Some(advice) = &line.advice else {
        Text::small(&line.says, look.palette.text).put_centred(ui, words);
        return;
    };
    let (says, todo) = cut_top(words, words.height() * 0.44);
    Text::bold(&line.says, theme::SMALL, look.palette.text).put_centred(ui, says);
    Text::small(advice, look.palette.muted).put_centred(ui, todo);
}

/// A cross to touch in its middle.
fn cross_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, page: &mut CheckupPage) {
    let (place, words) = cut_bottom(rect, theme::SMALL * 2.6);
    let label = look.wording.say("checkup-cross");
    let response = touchable(ui, place, &label, "checkup-cross", true);
    card(ui, place, look.palette.card);
    let centre = place.center();
    let stroke = Stroke::new(2.0, look.palette.text);
    let arm = 2.5 * MM;
    ui.painter()
        .line_segment([centre - vec2(arm, 0.0), centre + vec2(arm, 0.0)], stroke);
    ui.painter()
        .line_segment([centre - vec2(0.0, arm), centre + vec2(0.0, arm)], stroke);
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        let tenths = (at - centre).length() / MM * 10.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a length on a display"
        )]
        let tenths = tenths.round() as u32;
        page.offset = Some(tenths);
    }
    let Some(tenths) = page.offset else {
        // It is the cross's name already, and not announced a second time.
        let words_below = Text::small(&label, look.palette.muted).centred();
        words_below.paint(ui, words);
        return;
    };
    let key = if tenths < FAR {
        "checkup-cross-near"
    } else {
        "checkup-cross-far"
    };
    let values = [("mm", millimetres(tenths).into())];
    let said = look.wording.say_with(key, &values);
    Text::small(&said, look.palette.muted)
        .centred()
        .put_centred(ui, words);
}

fn millimetres(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn with_offset(summary: &str, offset: Option<u32>) -> String {
    match offset {
        None => summary.to_owned(),
        Some(tenths) => format!("{summary}\ntouch {} mm", millimetres(tenths)),
    }
}

fn foot_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    page: &mut CheckupPage,
    (more, is_done): (Option<usize>, bool),
) -> Option<Asks> {
    let rect = rect.with_min_y(rect.top() + GAP);
    let third = rect.width() / 3.0;
    let (back, rest) = cut_left(rect, third);
    let (next, again) = cut_left(rest, third);
    let mut key = |place: Rect, words: &str, name: &str, is_enabled: bool| {
        let label = look.wording.say(words);
        let key = Key::new(&label, look.palette.key, look.palette.text).enabled(is_enabled);
        key.show(ui, place.shrink2(vec2(GAP / 4.0, 0.0)), name)
    };
    if key(back, "day-close", "checkup-back", true) {
        return Some(Asks::Back);
    }
    if key(next, "checkup-more", "checkup-more", more.is_some()) {
        page.first = more.unwrap_or_default();
    }
    key(again, "checkup-again", "checkup-again", is_done).then_some(Asks::Again)
}

/// Where the cost of the last picture is kept for [`panel`].
fn cost() -> Id {
    Id::unique("what the last picture cost")
}

/// Takes what the last picture cost the processor.
pub(super) fn note_cost(ctx: &Context, seconds: Option<f32>) {
    if let Some(seconds) = seconds {
        ctx.data_mut(|data| data.insert_temp(cost(), seconds));
    }
}

/// The display as this window knows it: the whole one where the system tells it, else the window.
pub(super) fn panel(ctx: &Context) -> Panel {
    let scale = ctx.native_pixels_per_point().unwrap_or(1.0);
    let window = ctx.content_rect().size() * ctx.pixels_per_point();
    let size = ctx
        .input(|input| input.viewport().monitor_size)
        .map_or(window, |points| points * ctx.pixels_per_point());
    let seconds: f32 = ctx.data(|data| data.get_temp(cost())).unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes and durations, which fit"
    )]
    let whole = |value: f32| value.round() as u32;
    Panel {
        width: whole(size.x),
        height: whole(size.y),
        scale_percent: whole(scale * 100.0),
        micros: whole(seconds * 1e6),
    }
}
