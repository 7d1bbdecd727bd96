//! All that is recorded of one line, in words; and what a person may add to it.

use eframe::egui::{Rect, Ui, vec2};

use super::day::{self, pages, paging_ui};
use super::icon;
use super::look::{Act, Look, is_wide};
use super::theme::{self, GAP, MARGIN, TARGET};
use super::typing::{self, Ended, Typing, Way, part};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_top};
use crate::card::Code;
use crate::office::{DayLine, Reading, Story};
use crate::redemption::attempt::{AttemptId, Outcome, Record};
use crate::redemption::note::Says;
use crate::wording::desk::clock_time;

/// The line whose story is told, and what is being added to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    id: String,
    page: usize,
    step: Step,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Step {
    Read,
    Remark(Typing),
    /// Whether it was really a mistake.
    Mistake,
}

/// What came of a touch.
pub enum Said {
    /// Nothing for anybody else.
    Nothing,
    /// Back to the list.
    Back,
    /// Something for the window.
    Act(Act),
}

impl Told {
    /// The story of this line.
    pub fn of(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            page: 0,
            step: Step::Read,
        }
    }

    /// Which line.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A step is over once it has said something; back from it is back to the story.
    fn after(&mut self, said: Said) -> Said {
        match said {
            Said::Nothing => Said::Nothing,
            Said::Back => {
                self.step = Step::Read;
                Said::Nothing
            }
            Said::Act(_) => {
                self.step = Step::Read;
                said
            }
        }
    }

    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        if let Step::Remark(typing) = &mut self.step {
            typing.take(text);
        }
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        if let Step::Remark(typing) = &mut self.step {
            typing.delete();
        }
    }
}

/// Draws the page.
pub fn story_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    told: &mut Told,
    line: Option<&DayLine>,
    story: Option<&Story>,
) -> Said {
    let inner = rect.shrink2(vec2(MARGIN, GAP));
    let attempt = line.and_then(|line| line.attempt);
    if let (Step::Remark(typing), Some(attempt)) = (&mut told.step, attempt) {
        let said = remark_ui(ui, inner, look, typing, attempt);
        return told.after(said);
    }
    let (left, side) = if is_wide(inner) {
        let side = inner.width() * 0.42;
        let (left, side) = cut_left(inner, inner.width() - side);
        (left, side.with_min_x(side.left() + MARGIN))
    } else {
        let (left, side) = cut_top(inner, inner.height() * 0.54);
        (left, side.with_min_y(side.top() + GAP))
    };
    let records = match story {
        Some(story) if story.id == told.id => &story.records,
        Some(_) | None => &Reading::Awaited,
    };
    head_ui(ui, cut_top(left, 2.0 * TARGET).0, look, line);
    let body = left.with_min_y(left.top() + 2.0 * TARGET + GAP);
    match records {
        Reading::Ready(records) => records_ui(ui, body, look, records, &mut told.page),
        Reading::Awaited => {}
        Reading::Failed => {
            let words = look.wording.say("day-failed");
            Text::body(&words, look.palette.text).put(ui, body);
        }
    }
    match (&mut told.step, attempt) {
        (Step::Mistake, Some(attempt)) => {
            let said = mistake_ui(ui, side, look, attempt);
            told.after(said)
        }
        (step, _) => keys_ui(ui, side, look, step, line),
    }
}

/// What it is about: the whole code too, since it was touched.
fn head_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, line: Option<&DayLine>) {
    let Some(line) = line else {
        return;
    };
    let tone = day::tone(line.outcome);
    card(ui, rect, tone.fill());
    let (mark, words) = cut_left(rect, rect.height());
    icon::paint(
        ui.painter(),
        mark.shrink(24.0),
        day::mark(line.outcome),
        tone.text(),
    );
    let (above, below) = cut_top(words.shrink2(vec2(8.0, 6.0)), rect.height() * 0.5);
    let ended = look.wording.ended(line.outcome, line.settled_by);
    Text::bold(&ended, theme::BODY * 1.1, tone.text()).put_centred(ui, above);
    let code = line.code.as_ref().map(Code::grouped).unwrap_or_default();
    let facts = format!("{}  \u{b7}  {code}", look.wording.day_coupon(line));
    Text::body(&facts, tone.text())
        .sized(0.85)
        .put_centred(ui, below);
}

fn records_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, records: &[Record], page: &mut usize) {
    let row = TARGET + 8.0;
    // The paging has its place only where it is needed.
    let (body, foot) = if pages(rect.height(), row, records.len()).1 > 1 {
        cut_bottom(rect, TARGET + GAP)
    } else {
        (rect, Rect::NOTHING)
    };
    let (rows, pages) = pages(body.height(), row, records.len());
    *page = (*page).min(pages - 1);
    let mut rest = body;
    for record in records.iter().skip(*page * rows).take(rows) {
        let (place, after) = cut_top(rest, row);
        rest = after;
        ui.painter()
            .hline(place.x_range(), place.top(), (1.5, look.palette.key));
        let (time, words) = cut_left(place, 150.0);
        let at = clock_time(record.at(), look.zone);
        Text::body(&at, look.palette.muted)
            .sized(0.85)
            .put_centred(ui, time);
        let said = look.wording.told(record);
        Text::body(&said, look.palette.text).put_centred(ui, words);
    }
    if pages > 1 {
        paging_ui(ui, foot.with_min_y(foot.top() + GAP), look, page, pages);
    }
}

fn keys_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    step: &mut Step,
    line: Option<&DayLine>,
) -> Said {
    let (rest, foot) = cut_bottom(rect, TARGET);
    let (fill, text) = (look.palette.key, look.palette.text);
    if let Some(line) = line
        && line.attempt.is_some()
    {
        let (place, rest) = cut_top(rest, TARGET);
        let label = look.wording.say("remark-open");
        if Key::new(&label, fill, text).show(ui, place, "remark-open") {
            *step = Step::Remark(Typing::of(line.remark.as_deref().unwrap_or_default()));
        }
        let may_be_mistake = line.outcome == Outcome::Redeemed && !line.is_mistake;
        let (place, _) = cut_top(rest.with_min_y(rest.top() + GAP), TARGET);
        let label = look.wording.say("mistake-open");
        if may_be_mistake && Key::new(&label, fill, text).show(ui, place, "mistake-open") {
            *step = Step::Mistake;
        }
    }
    let label = look.wording.say("day-close");
    if Key::new(&label, fill, text).show(ui, foot, "story-close") {
        return Said::Back;
    }
    Said::Nothing
}

/// On the whole page: the keys have the room that fingers need.
fn remark_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    typing: &mut Typing,
    attempt: AttemptId,
) -> Said {
    let names = ("remark-close", "remark-keep");
    match typing::words_page_ui(ui, rect, look, (typing, "remark-open"), names) {
        Ended::Not => Said::Nothing,
        Ended::Back => Said::Back,
        Ended::On => Said::Act(Act::Note(attempt, Says::Remark(typing.text.clone()))),
    }
}

fn mistake_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, attempt: AttemptId) -> Said {
    let (words, keys) = cut_bottom(rect, 2.0 * TARGET + 2.0 * GAP);
    let ask = look.wording.say("mistake-ask");
    Text::body(&ask, look.palette.text).put_centred(ui, words);
    let yes = part(keys, 0, 2, Way::Down).shrink2(vec2(0.0, GAP / 2.0));
    let no = part(keys, 1, 2, Way::Down).shrink2(vec2(0.0, GAP / 2.0));
    let label = look.wording.say("mistake-yes");
    let key = Key::new(&label, look.palette.accent, look.palette.on_accent);
    if key.show(ui, yes, "mistake-yes") {
        return Said::Act(Act::Note(attempt, Says::Mistake));
    }
    let label = look.wording.say("mistake-no");
    let key = Key::new(&label, look.palette.key, look.palette.text);
    if key.show(ui, no, "mistake-no") {
        return Said::Back;
    }
    Said::Nothing
}
