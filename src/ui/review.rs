//! The review: what the coupon is, and the one question to the clerk.

use eframe::egui::{CornerRadius, Rect, Ui, pos2, vec2};

use super::icon::{self, Icon};
use super::look::{Act, Look, is_wide};
use super::theme::{self, GAP, MAIN_TARGET, MARGIN, TARGET, Tone};
use super::widgets::{self, Key, Text, card, cut_bottom, cut_left, cut_right, cut_top};
use crate::event::Touch;
use crate::screen::Review;
use crate::wording::desk::clock_time;

/// Whether the key takes a touch already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Confirm {
    /// The review has just come: a finger that was on its way to something else must not confirm.
    Arming,
    /// A touch confirms.
    Armed,
    /// It was touched.
    Touched,
}

/// Draws the stage.
pub fn review_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    review: &Review,
    (confirm, is_blocked): (Confirm, bool),
) -> Option<Act> {
    let inner = rect.shrink(MARGIN);
    let (coupon, side) = if is_wide(inner) {
        let (coupon, side) = cut_left(inner, inner.width() * 0.62);
        (coupon, side.with_min_x(side.left() + MARGIN))
    } else {
        let (coupon, side) = cut_bottom(inner, MAIN_TARGET * 1.5 + TARGET + 5.0 * GAP + 90.0);
        (coupon.with_max_y(coupon.bottom() - GAP), side)
    };
    coupon_ui(ui, coupon, look, review);
    question_ui(ui, side, look, review, (confirm, is_blocked))
}

fn coupon_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, review: &Review) {
    card(ui, rect, look.palette.card);
    let inner = rect.shrink(MARGIN);
    let (worth, facts) = cut_top(inner, inner.height() * 0.46);
    let info = &review.info;
    let title = look
        .wording
        .coupon_name(review.title.as_ref(), info.card_id.as_ref());
    let benefit = review
        .title
        .as_ref()
        .and_then(|title| look.wording.benefit(&title.benefit));
    let brand = review
        .title
        .as_ref()
        .and_then(|title| title.brand.as_deref());
    let (small, worth) = cut_top(worth, theme::SMALL * 1.5);
    if let Some(brand) = brand {
        Text::small(brand, look.palette.muted).put(ui, small);
    }
    match benefit.filter(|benefit| *benefit != title) {
        Some(benefit) => {
            let (name, large) = cut_top(worth, worth.height() * 0.45);
            Text::bold(&title, theme::TITLE, look.palette.text).put(ui, name);
            Text::bold(&benefit, theme::TITLE * 1.6, look.palette.text).put(ui, large);
        }
        None => {
            Text::bold(&title, theme::TITLE * 1.5, look.palette.text).put(ui, worth);
        }
    }
    let mut rows = vec![
        (
            "label-validity",
            look.wording.validity(&info.validity, review.asked_at),
        ),
        ("label-status", look.wording.status(info.status.as_ref())),
        ("label-code", info.code.grouped()),
    ];
    if let Some(openid) = &info.openid {
        rows.push(("label-holder", openid.masked().to_owned()));
    }
    facts_ui(ui, facts, look, review, &rows);
}

/// The way from the first day to the last, and where today is: how much is left, read without reading. Coupons without
/// a beginning or an end have no such way.
fn time_line_ui(ui: &Ui, rect: Rect, look: Look<'_>, review: &Review) {
    let validity = &review.info.validity;
    let (Some(begin), Some(end)) = (validity.begin, validity.end) else {
        return;
    };
    let whole = end.duration_since(begin).as_secs_f32();
    let gone = review.asked_at.duration_since(begin).as_secs_f32();
    if whole <= 0.0 {
        return;
    }
    let round = CornerRadius::same(4);
    ui.painter().rect_filled(rect, round, look.palette.key);
    let today = rect.left() + rect.width() * (gone / whole).clamp(0.0, 1.0);
    let left = rect.with_min_x(today);
    ui.painter().rect_filled(left, round, look.palette.accent);
    let mark = pos2(today, rect.center().y);
    ui.painter().circle_filled(mark, 9.0, look.palette.text);
}

/// Rows of a name and a value.
fn facts_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, review: &Review, rows: &[(&str, String)]) {
    let places = widgets::rows(rect, rows.len());
    for ((label, value), row) in rows.iter().zip(places) {
        ui.painter()
            .hline(row.x_range(), row.top(), (1.5, look.palette.key));
        let (name, said) = cut_left(row, rect.width() * 0.24);
        let label_words = look.wording.say(label);
        let name = name.with_max_x(name.right() - GAP / 2.0);
        Text::small(&label_words, look.palette.muted).put_centred(ui, name);
        let said = if *label == "label-validity" {
            let (said, line) = cut_bottom(said, 14.0);
            time_line_ui(ui, line.with_max_y(line.bottom() - 6.0), look, review);
            said
        } else if *label == "label-status" {
            let (mark, said) = cut_left(said, row.height() * 0.8);
            let side = mark.shrink(row.height() * 0.16);
            icon::paint(ui.painter(), side, Icon::Check, look.palette.text);
            said.with_min_x(said.left() + GAP / 2.0)
        } else {
            said
        };
        Text::bold(value, theme::BODY, look.palette.text).put_centred(ui, said);
    }
}

/// The head, the large key, and, well away from it, the way back.
fn question_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    review: &Review,
    (confirm, is_blocked): (Confirm, bool),
) -> Option<Act> {
    let tone = if review.changed || is_blocked {
        Tone::Attention
    } else {
        Tone::Good
    };
    let (head, rest) = cut_top(rect, (rect.height() * 0.3).min(150.0));
    card(ui, head, tone.fill());
    let (mark, words) = cut_left(head.shrink(GAP), head.height().min(96.0) - GAP);
    let (icon, key) = match (is_blocked, review.changed) {
        (true, _) => (Icon::Warning, "review-blocked"),
        (false, true) => (Icon::Warning, "review-changed"),
        (false, false) => (Icon::Check, "review"),
    };
    icon::paint(ui.painter(), mark, icon, tone.text());
    let said = look.wording.say(key);
    Text::bold(&said, theme::BODY * 1.2, tone.text())
        .announced()
        .put_centred(ui, words.with_min_x(words.left() + GAP));

    let (rest, foot) = cut_bottom(rest, TARGET);
    let height = (rest.height() - 8.0 * GAP).clamp(MAIN_TARGET, MAIN_TARGET * 2.2);
    let middle = Rect::from_center_size(rest.center(), vec2(rest.width(), height));
    let label = look.wording.say("review-confirm");
    let confirm_key = Key::new(&label, look.palette.accent, look.palette.on_accent)
        .sized(theme::TITLE)
        .enabled(confirm == Confirm::Armed);
    let mut act = None;
    if confirm_key.show(ui, middle, "confirm") {
        act = Some(Act::Touch(Touch::Confirm(review.look_up)));
    }
    let time = clock_time(review.asked_at, look.zone);
    let asked = look
        .wording
        .say_with("review-asked", &[("time", time.into())]);
    let under = Rect::from_x_y_ranges(rest.x_range(), middle.bottom() + 6.0..=rest.bottom());
    if under.height() > theme::SMALL {
        Text::small(&asked, look.palette.muted)
            .centred()
            .put(ui, under);
    }
    let label = look.wording.say("review-cancel");
    let (_, place) = cut_right(foot, foot.width());
    if Key::new(&label, look.palette.key, look.palette.text).show(ui, place, "cancel") {
        act = Some(Act::Touch(Touch::Cancel));
    }
    act
}
