//! How it ended, over the whole window: colour, icon and words, and a timer that is seen.

use std::time::{Duration, Instant};

use eframe::egui::{CornerRadius, Rect, Ui, vec2};

use super::icon::{self, Icon};
use super::look::{Act, Look, is_wide};
use super::theme::{self, GAP, MARGIN, TARGET, Tone};
use super::widgets::{Key, Text, cut_bottom, cut_left, cut_right, cut_top, mixed, touchable};
use crate::event::Touch;
use crate::redemption::attempt::Outcome;
use crate::screen::{DoubtLine, Finished};

/// How often the timer is drawn.
pub fn beat(finished: &Finished) -> Duration {
    match finished.outcome {
        Outcome::InDoubt => Duration::from_secs(1),
        Outcome::Queried
        | Outcome::Redeemed
        | Outcome::AlreadyRedeemed
        | Outcome::Refused
        | Outcome::NotRedeemed
        | Outcome::Unreachable
        | Outcome::SetUp => Duration::from_millis(250),
    }
}

/// Draws the stage. `may_go` is false while the finger that confirmed may still be on its way up.
pub fn outcome_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    finished: &Finished,
    doubt: Option<&DoubtLine>,
    now: Instant,
    may_go: bool,
) -> Option<Act> {
    let tone = Tone::of(finished.outcome);
    ui.painter()
        .rect_filled(rect, CornerRadius::ZERO, tone.fill());
    let mut act = None;
    // Below everything else, so that keys on it are found first.
    let back = look.wording.say("back");
    let whole = touchable(ui, rect, &back, "back", may_go);
    if whole.clicked() {
        act = Some(Act::Touch(Touch::Dismiss));
    }
    let (rest, foot) = cut_bottom(rect, 74.0);
    timer_ui(ui, foot, look, finished, tone, now);
    let inner = rest.shrink(MARGIN);
    let words = look.wording.outcome(finished);
    let (mark, text) = if is_wide(inner) {
        let side = (inner.height() * 0.62).min(inner.width() * 0.28);
        let (mark, text) = cut_left(inner, side);
        (mark, text.with_min_x(text.left() + MARGIN * 1.5))
    } else {
        let (mark, text) = cut_top(inner, inner.height() * 0.3);
        (mark, text.with_min_y(text.top() + MARGIN))
    };
    icon::paint(ui.painter(), mark, Icon::of(finished.outcome), tone.text());
    let (head, rest) = cut_top(text, text.height() * 0.32);
    Text::bold(&words.head, theme::HEAD, tone.text())
        .announced()
        .put_centred(ui, head);
    let (rest, small) = cut_bottom(rest, theme::SMALL * 2.2);
    let (why, advice) = cut_top(
        rest,
        rest.height() * if doubt.is_some() { 0.28 } else { 0.5 },
    );
    Text::body(&words.why, tone.text())
        .sized(1.5)
        .announced()
        .put_centred(ui, why);
    let advice = match doubt {
        None => advice,
        Some(doubt) => {
            let (advice, key) = cut_bottom(advice, TARGET + GAP);
            let key = key.with_min_y(key.top() + GAP);
            act = ask_ui(ui, key, look, tone, doubt).or(act);
            advice
        }
    };
    let mut advice_text = Text::body(&words.advice, tone.text()).sized(1.6);
    advice_text.weight = theme::Weight::Bold;
    advice_text.announced().put_centred(ui, advice);
    Text::small(&facts(look, finished), tone.text()).put(ui, small);
    act
}

/// What is being asked, and a key to ask at once.
fn ask_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, tone: Tone, doubt: &DoubtLine) -> Option<Act> {
    let (words, key) = cut_right(rect, 230.0);
    let said = look.wording.doubt(doubt, look.zone);
    Text::body(&said, tone.text()).put_centred(ui, words.with_max_x(words.right() - GAP));
    let label = look.wording.say("ask-now");
    let key_look = Key::new(&label, tone.text(), tone.fill()).enabled(!doubt.asking);
    key_look
        .show(ui, key, "ask-now")
        .then_some(Act::Touch(Touch::AskNow(doubt.attempt)))
}

/// The coupon, its code, and what IT asks for, in one small line.
fn facts(look: Look<'_>, finished: &Finished) -> String {
    let mut facts = Vec::new();
    if finished.title.is_some() || finished.card_id.is_some() {
        facts.push(
            look.wording
                .coupon_name(finished.title.as_ref(), finished.card_id.as_ref()),
        );
    }
    if let Some(code) = &finished.code {
        facts.push(code.grouped());
    }
    if let Some(info) = &finished.info {
        facts.push(look.wording.validity(&info.validity, finished.at));
    }
    facts.extend(look.wording.details(finished));
    facts.join("  ·  ")
}

/// The bar that shrinks until the viewfinder comes back.
fn timer_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    finished: &Finished,
    tone: Tone,
    now: Instant,
) {
    let Some(shown) = finished.shown else {
        return;
    };
    let whole = shown.until.saturating_duration_since(shown.since);
    let left = shown.until.saturating_duration_since(now);
    let share = left.as_secs_f32() / whole.as_secs_f32().max(0.001);
    let (words, bar) = cut_bottom(rect, 14.0);
    let ground = mixed(tone.fill(), tone.text(), 0.25);
    ui.painter().rect_filled(bar, CornerRadius::ZERO, ground);
    let done = bar.with_max_x(bar.left() + bar.width() * share.clamp(0.0, 1.0));
    ui.painter()
        .rect_filled(done, CornerRadius::ZERO, tone.text());
    let inner = words.shrink2(vec2(MARGIN, 0.0));
    let (touch, time) = cut_left(inner, inner.width() * 0.6);
    // The area behind bears these words as its name already.
    let back = look.wording.say("back");
    Text::body(&back, tone.text()).paint(ui, touch);
    let seconds = u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
    let said = match seconds {
        ..=120 => look
            .wording
            .say_with("back-in", &[("seconds", seconds.into())]),
        _ => look.wording.say_with(
            "back-in-minutes",
            &[("minutes", seconds.div_ceil(60).into())],
        ),
    };
    let mut text = Text::body(&said, tone.text());
    text.align = eframe::egui::Align::Max;
    text.paint(ui, time);
}
