//! The one bar for everything that has to be seen to, and the list of what is in doubt behind it.

use std::time::Instant;

use eframe::egui::{Rect, Ui, vec2};

use super::icon::{self, Icon};
use super::look::{Act, Look};
use super::page::Door;
use super::theme::{self, GAP, MARGIN, TARGET, Tone};
use super::typing::{Way, part};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_right, cut_top};
use crate::event::Touch;
use crate::redemption::attempt::AttemptId;
use crate::screen::{Connection, DoubtLine, Notice, Screen, Stage};
use crate::wording::day::masked;
use crate::wording::desk::clock_time;

/// How high the bar is.
pub const HEIGHT: f32 = TARGET + 2.0 * 8.0;

/// One matter of the bar.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Matter {
    tone: Tone,
    icon: Icon,
    words: String,
    act: Option<Act>,
}

/// Whether there is anything to tell.
pub fn is_needed(screen: &Screen) -> bool {
    screen.journal.is_some()
        || notice(screen).is_some()
        || !screen.doubts.is_empty()
        || screen.desk.camera.is_trouble()
        || matches!(screen.desk.connection, Connection::Trouble { .. })
}

/// What is not told on the stage itself.
fn notice(screen: &Screen) -> Option<&Notice> {
    let is_working = matches!(screen.stage, Stage::Working(_));
    screen
        .notice
        .as_ref()
        .filter(|notice| !(is_working && notice.is_repeat()))
}

fn matters(screen: &Screen, look: Look<'_>, now: Instant) -> Vec<Matter> {
    let mut matters = Vec::new();
    let mut add = |tone, icon, words, act| {
        matters.push(Matter {
            tone,
            icon,
            words,
            act,
        });
    };
    match notice(screen) {
        None => {}
        Some(Notice::Wait) => {
            let words = look.wording.say("notice-wait");
            add(Tone::Attention, Icon::Warning, words, None);
        }
        Some(Notice::SlowDisk) => {
            let words = look.wording.say("notice-slow-disk");
            add(Tone::Attention, Icon::Warning, words, None);
        }
        Some(Notice::RedeemedHere { here, aged }) => {
            let words = look.wording.repeat(here, *aged, now).why;
            add(Tone::Refused, Icon::Again, words, None);
        }
    }
    if !screen.doubts.is_empty() {
        let count = screen.doubts.len();
        let words = look
            .wording
            .say_with("attention-doubts", &[("count", count.into())]);
        add(
            Tone::Doubt,
            Icon::Question,
            words,
            Some(Act::Open(Door::Doubts)),
        );
    }
    if let Some(trouble) = screen.journal {
        let words = look.wording.journal_trouble(trouble);
        add(Tone::Refused, Icon::Warning, words, None);
    }
    let connection = &screen.desk.connection;
    if matches!(connection, Connection::Trouble { .. }) {
        let words = look.wording.connection(connection, look.zone);
        add(Tone::Attention, Icon::Offline, words, None);
    }
    let camera = &screen.desk.camera;
    if camera.is_trouble() {
        let (words, _advice) = look.wording.camera(camera);
        add(Tone::Attention, Icon::Camera, words, None);
    }
    matters
}

/// The bar; its matters side by side.
pub fn bar_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    screen: &Screen,
    now: Instant,
) -> Option<Act> {
    let matters = matters(screen, look, now);
    let mut act = None;
    // Each but the last has a gap behind it.
    let whole = rect.shrink2(vec2(MARGIN, 4.0));
    let whole = whole.with_max_x(whole.right() + GAP / 2.0);
    for (at, matter) in matters.iter().enumerate() {
        let place = part(whole, at, matters.len(), Way::Across);
        let place = place.with_max_x(place.right() - GAP / 2.0);
        card(ui, place, matter.tone.fill());
        let (mark, words) = cut_left(place.shrink(8.0), TARGET - 8.0);
        icon::paint(
            ui.painter(),
            mark.shrink(10.0),
            matter.icon,
            matter.tone.text(),
        );
        let words = match &matter.act {
            None => words,
            Some(wanted) => {
                let (words, _) = cut_right(words, 130.0);
                let (_, key) = cut_right(place, 138.0);
                let label = look.wording.say("attention-show");
                let key_look = Key::new(&label, matter.tone.text(), matter.tone.fill());
                if key_look
                    .sized(theme::SMALL)
                    .show(ui, key.shrink(4.0), "doubts-open")
                {
                    act = Some(wanted.clone());
                }
                words
            }
        };
        let mut text = Text::bold(&matter.words, theme::SMALL * 1.1, matter.tone.text());
        text.weight = theme::Weight::Bold;
        text.put_centred(ui, words.shrink2(vec2(6.0, 0.0)));
    }
    act
}

/// What was touched on the list.
pub enum Wanted {
    /// For the window.
    Act(Act),
    /// A manager wants to decide about this attempt.
    Override(AttemptId),
}

/// Everything in doubt, with the rule for the goods and a key to ask at once.
pub fn doubts_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    doubts: &[DoubtLine],
    now: Instant,
) -> Option<Wanted> {
    let mut act = None;
    let inner = rect.shrink(MARGIN);
    let (head, rest) = cut_top(inner, theme::TITLE * 1.5);
    let title = look.wording.say("doubts-title");
    Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
    let (rule, rest) = cut_top(rest, theme::BODY * 3.0);
    let words = look.wording.say("doubts-rule");
    Text::body(&words, look.palette.muted).put(ui, rule);
    let (mut rest, foot) = cut_bottom(rest, TARGET + GAP);
    let mut left_out = doubts.len();
    for doubt in doubts {
        if rest.height() < LINE {
            break;
        }
        let (line, after) = cut_top(rest, LINE);
        rest = after;
        left_out -= 1;
        let line = line.with_max_y(line.bottom() - GAP / 2.0);
        act = doubt_ui(ui, line, look, doubt, now).or(act);
    }
    let (words, close) = cut_right(foot.with_min_y(foot.top() + GAP), 260.0);
    if left_out > 0 {
        let said = look
            .wording
            .say_with("doubts-more", &[("count", left_out.into())]);
        Text::body(&said, look.palette.muted).put_centred(ui, words);
    }
    let label = look.wording.say("close");
    if Key::new(&label, look.palette.key, look.palette.text).show(ui, close, "doubts-close") {
        act = Some(Wanted::Act(Act::Close));
    }
    act
}

/// How high an attempt of the list is: two keys below one another.
const LINE: f32 = TARGET * 2.0 + 2.0 * GAP;

/// One attempt: its code and age, and how the asking goes.
fn doubt_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    doubt: &DoubtLine,
    now: Instant,
) -> Option<Wanted> {
    let tone = Tone::Doubt;
    card(ui, rect, tone.fill());
    let (words, keys) = cut_right(rect.shrink(6.0), (rect.width() * 0.34).min(300.0));
    let words = words.shrink2(vec2(12.0, 0.0));
    let time = clock_time(doubt.since, look.zone);
    let age = look.wording.doubt_age(doubt, now);
    let values = [
        ("code", masked(&doubt.code).into()),
        ("time", time.into()),
        ("age", age.into()),
    ];
    let said = [
        look.wording.say_with("doubts-line", &values),
        look.wording.doubt_known(doubt),
        look.wording.doubt_progress(doubt, now),
    ];
    for (at, said) in said.iter().enumerate() {
        let place = part(words, at, 3, Way::Down);
        let mut text = Text::body(said, tone.text()).sized(0.85);
        if at == 0 {
            text = Text::bold(said, theme::BODY, tone.text());
        }
        text.put_centred(ui, place);
    }
    let place = part(keys, 0, 2, Way::Down).shrink(2.0);
    let name = format!("ask-now {}", doubt.attempt);
    if let Some(act) = ask_now_ui(ui, place, (look, tone), doubt, &name) {
        return Some(Wanted::Act(act));
    }
    let label = look.wording.say("override-open");
    let key_look = Key::new(&label, tone.shade(), tone.text());
    let place = part(keys, 1, 2, Way::Down).shrink(2.0);
    key_look
        .show(ui, place, &format!("override {}", doubt.attempt))
        .then_some(Wanted::Override(doubt.attempt))
}

/// The key that asks about an attempt at once.
pub fn ask_now_ui(
    ui: &mut Ui,
    place: Rect,
    (look, tone): (Look<'_>, Tone),
    doubt: &DoubtLine,
    name: &str,
) -> Option<Act> {
    let label = look.wording.say("ask-now");
    let key = Key::new(&label, tone.text(), tone.fill()).enabled(doubt.next_at.is_some());
    key.show(ui, place, name)
        .then_some(Act::Touch(Touch::AskNow(doubt.attempt)))
}
