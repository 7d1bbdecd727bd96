//! How it ended, over the whole window: colour, icon and words, one line for the customer, and a timer that is seen.

use std::time::{Duration, Instant};

use eframe::egui::{Align, CornerRadius, Rect, Ui, vec2};

use super::attention::ask_now_ui;
use super::icon::{self, Icon};
use super::look::{Act, Look, is_wide};
use super::theme::{self, GAP, MARGIN, TARGET, Tone, Weight};
use super::widgets::{
    Key, Text, announce, cut_bottom, cut_left, cut_right, cut_top, mixed, touchable,
};
use crate::event::Touch;
use crate::redemption::attempt::Outcome;
use crate::screen::{DoubtLine, Finished};
use crate::wording::Wording;
use crate::wording::outcome::OutcomeWords;

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

/// An outcome, and what stands beside it.
pub struct Shown<'a> {
    /// How it ended.
    pub finished: &'a Finished,
    /// Where it has not ended yet.
    pub doubt: Option<&'a DoubtLine>,
    /// The sentences of the customer's language.
    pub customer: &'a Wording,
    /// Of this picture.
    pub now: Instant,
    /// False while the finger that confirmed may still be on its way up.
    pub may_go: bool,
}

/// Draws the stage.
pub fn outcome_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, shown: &Shown<'_>) -> Option<Act> {
    let finished = shown.finished;
    let tone = Tone::of(finished);
    ui.painter()
        .rect_filled(rect, CornerRadius::ZERO, tone.fill());
    let mut act = None;
    // Below everything else, so that keys on it are found first.
    let back = look.wording.say("back");
    let whole = touchable(ui, rect, &back, "back", shown.may_go);
    if whole.clicked() {
        act = Some(Act::Touch(Touch::Dismiss));
    }
    let (rest, foot) = cut_bottom(rect, TIMER);
    timer_ui(ui, foot, look, finished, tone, shown.now);
    let (rest, customer) = cut_bottom(rest, CUSTOMER + GAP);
    act = customer_ui(ui, customer, look, tone, shown).or(act);
    let (mark, text) = places(rest);
    icon::paint(ui.painter(), mark, Icon::of(finished), tone.text());
    words_ui(ui, text, look, tone, shown).or(act)
}

/// Where the mark stands, and the words.
fn places(rect: Rect) -> (Rect, Rect) {
    let inner = rect.shrink2(vec2(MARGIN, GAP));
    if is_wide(inner) {
        // Beside its word, which has the rest of the width.
        let side = head_height(inner.height());
        let (mark, text) = cut_left(inner, side);
        (
            cut_top(mark, side).0.shrink(GAP / 2.0),
            text.with_min_x(text.left() + MARGIN),
        )
    } else {
        let (mark, text) = cut_top(inner, inner.height() * 0.2);
        (mark, text.with_min_y(text.top() + MARGIN))
    }
}

/// The same for a coupon that is known to be redeemed, while Weixin is being asked: nothing of it moves when the answer
/// comes. Tells where there is room for one more line, and for keys.
pub fn repeat_ui(ui: &mut Ui, rect: Rect, words: &OutcomeWords) -> (Rect, Rect) {
    let tone = Tone::Refused;
    ui.painter()
        .rect_filled(rect, CornerRadius::ZERO, tone.fill());
    let (rest, keys) = cut_bottom(rect, TIMER + CUSTOMER + GAP);
    let (mark, text) = places(rest);
    icon::paint(ui.painter(), mark, Icon::Again, tone.text());
    (told_ui(ui, text, tone, words), keys)
}

/// How high the foot with the timer is.
const TIMER: f32 = 62.0;

/// How high the customer's line is, with a key in it.
const CUSTOMER: f32 = TARGET + 10.0;

/// How high the place of the word is, in a place of this height.
fn head_height(height: f32) -> f32 {
    (height * 0.36).min(theme::HEAD * 1.5)
}

/// What happened and what to do: two sentences, read from top to bottom without a gap that the eye has to cross.
fn words_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, tone: Tone, shown: &Shown<'_>) -> Option<Act> {
    let finished = shown.finished;
    let foot = told_ui(ui, rect, tone, &look.wording.outcome(finished));
    let (foot, details) = cut_right(foot, 190.0);
    let mut act = details_ui(ui, details, look, tone, finished);
    let foot = foot.with_max_x(foot.right() - GAP);
    match shown.doubt {
        None => facts_ui(ui, foot, look, tone, finished),
        Some(doubt) => act = ask_ui(ui, foot, look, tone, doubt, shown.now).or(act),
    }
    act
}

/// The word, the reason and what to do; tells where there is room for one more line.
fn told_ui(ui: &mut Ui, rect: Rect, tone: Tone, words: &OutcomeWords) -> Rect {
    announce(
        ui,
        rect,
        &[words.head.as_str(), &words.why, &words.advice].join("\n"),
    );
    let high = head_height(rect.height());
    // Upright, a long one has two lines.
    let high = if is_wide(rect) { high } else { high * 2.0 };
    let (head, rest) = cut_top(rect, high.min(rect.height() * 0.42));
    Text::bold(&words.head, theme::HEAD, tone.text()).put_centred(ui, head);
    let (rest, foot) = cut_bottom(rest, TARGET);
    let (why, advice) = cut_top(rest, rest.height() * why_share(&words.why, &words.advice));
    Text::body(&words.why, tone.text())
        .sized(1.5)
        .put_centred(ui, why);
    let mut advice_text = Text::body(&words.advice, tone.text()).sized(1.65);
    advice_text.weight = Weight::Bold;
    advice_text.put(ui, advice.shrink2(vec2(0.0, GAP * 0.5)));
    foot
}

/// How much of their common place the reason has: what to do is never smaller than why.
fn why_share(why: &str, advice: &str) -> f32 {
    let long = |words: &str| f32::from(u16::try_from(words.chars().count()).unwrap_or(u16::MAX));
    let (why, advice) = (long(why), long(advice).max(1.0));
    (why / (why + 1.2 * advice)).clamp(0.25, 0.42)
}

/// What is being asked, and a key to ask at once.
fn ask_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    tone: Tone,
    doubt: &DoubtLine,
    now: Instant,
) -> Option<Act> {
    let (words, key) = cut_right(rect, 250.0);
    let said = look.wording.doubt_progress(doubt, now);
    Text::bold(&said, theme::BODY, tone.text())
        .put_centred(ui, words.with_max_x(words.right() - GAP));
    ask_now_ui(ui, key, (look, tone), doubt, "ask-now")
}

/// The code, the coupon and its dates in one small line.
fn facts_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, tone: Tone, finished: &Finished) {
    let mut facts = Vec::new();
    // First, so that no long name takes its place.
    if let Some(code) = &finished.code {
        facts.push(code.grouped());
    }
    if finished.title.is_some() || finished.card_id.is_some() {
        let (title, card_id) = (finished.title.as_ref(), finished.card_id.as_ref());
        facts.push(look.wording.coupon_name(title, card_id));
    }
    if let Some(info) = &finished.info {
        facts.push(look.wording.validity(&info.validity, finished.at));
    }
    if let Some(by) = finished.settled_by {
        facts.push(look.wording.proof(by));
    }
    Text::small(&facts.join("  ·  "), tone.text())
        .sized(1.2)
        .put_centred(ui, rect);
}

/// The way to what IT asks for.
fn details_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    tone: Tone,
    finished: &Finished,
) -> Option<Act> {
    let label = look.wording.say("details-open");
    let key_look = Key::new(&label, tone.shade(), tone.text()).sized(theme::SMALL * 1.1);
    key_look
        .show(ui, rect, "details-open")
        .then(|| Act::Details(Box::new(finished.clone())))
}

/// One large line that the clerk can turn to the customer, in his language by a touch.
fn customer_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    tone: Tone,
    shown: &Shown<'_>,
) -> Option<Act> {
    let band = rect
        .shrink2(vec2(MARGIN, 0.0))
        .with_max_y(rect.bottom() - GAP);
    ui.painter()
        .rect_filled(band, CornerRadius::same(theme::ROUNDING), tone.text());
    let (words, key) = cut_right(band, 160.0);
    let said = shown.customer.customer(shown.finished);
    Text::bold(&said, theme::BODY * 1.3, tone.fill())
        .put_centred(ui, words.shrink2(vec2(GAP, 0.0)));
    let other = shown.customer.say("language-other");
    let name = look.wording.say("customer-language");
    let key_look = Key::new(&name, tone.shade(), tone.text())
        .sized(theme::SMALL * 1.15)
        .saying(&other);
    key_look
        .show(ui, key.shrink(5.0), "customer-language")
        .then_some(Act::CustomerLanguage)
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
    Text::body(&back, tone.text()).sized(0.9).paint(ui, touch);
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
    let mut text = Text::body(&said, tone.text()).sized(0.9);
    text.align = Align::Max;
    text.paint(ui, time);
}
