//! Who is it? A name by touch, and the PIN that belongs to it: to stand at the desk, or to open a manager's pages.

use std::time::{Duration, Instant};

use eframe::egui::{Rect, Ui, vec2};

use super::day::{pages, paging_ui};
use super::look::{Act, Look, is_wide};
use super::pin::{self, Dots};
use super::theme::{self, GAP, MARGIN, TARGET, Tone};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_top};
use crate::office::{Denied, Person, Role, Staff, Wish};

/// What a person has done on the page so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SignIn {
    name: Option<String>,
    dots: Dots,
    /// Whose PIN was looked at last.
    tried: Option<String>,
    page: usize,
}

/// What the PIN is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To stand at the desk.
    Duty,
    /// To open a manager's pages; there is a way back.
    Manager,
}

impl SignIn {
    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        self.dots.take(text);
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        self.dots.delete();
    }
}

/// Draws the page; tells also when to draw it again by itself.
pub fn sign_in_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    state: &mut SignIn,
    (staff, purpose): (&Staff, Purpose),
    now: Instant,
) -> (Option<Act>, Option<Duration>) {
    let inner = rect.shrink2(vec2(MARGIN, GAP));
    let (left, right) = if is_wide(inner) {
        let (left, right) = cut_left(inner, inner.width() * 0.52);
        (left, right.with_min_x(right.left() + MARGIN))
    } else {
        let (left, right) = cut_top(inner, inner.height() * 0.45);
        (left, right.with_min_y(right.top() + GAP))
    };
    let people: Vec<&Person> = staff
        .people
        .iter()
        .filter(|person| purpose == Purpose::Duty || person.role == Role::Manager)
        .collect();
    if let [only] = people.as_slice() {
        state.name = Some(only.name.clone());
    }
    let mut act = names_ui(ui, left, look, state, &people, purpose);
    let (says, again) = denied(look, state, staff, now);
    let (words, pad) = cut_top(right, TARGET);
    if let Some((said, tone)) = says {
        card(ui, words, tone.fill());
        Text::body(&said, tone.text())
            .centred()
            .put_centred(ui, words.shrink(8.0));
    }
    let pad = pad.with_min_y(pad.top() + GAP / 2.0);
    let may = state.name.is_some() && again.is_none() && !staff.is_checking;
    if pin::pad_ui(ui, pad, look, &mut state.dots, may)
        && let Some(name) = &state.name
    {
        let pin = state.dots.pin();
        state.tried = Some(name.clone());
        act = Some(Act::Wish(match purpose {
            Purpose::Duty => Wish::SignIn(name.clone(), pin),
            Purpose::Manager => Wish::Manager(name.clone(), pin),
        }));
    }
    (act, again)
}

/// What is said of the last try, and how soon that changes.
fn denied(
    look: Look<'_>,
    state: &SignIn,
    staff: &Staff,
    now: Instant,
) -> (Option<(String, Tone)>, Option<Duration>) {
    if staff.is_damaged {
        let said = look.wording.say("staff-damaged");
        return (Some((said, Tone::Refused)), None);
    }
    if state.tried.is_none() || state.tried != state.name {
        return (None, None);
    }
    match staff.denied {
        Some(Denied::Wrong { left }) => {
            let said = look.wording.say_with("pin-wrong", &[("left", left.into())]);
            (Some((said, Tone::Refused)), None)
        }
        Some(Denied::Wait(until)) if until > now => {
            let left = until.saturating_duration_since(now);
            let seconds = u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
            let values = [("seconds", seconds.into())];
            let said = look.wording.say_with("pin-wait", &values);
            (
                Some((said, Tone::Attention)),
                Some(Duration::from_millis(500)),
            )
        }
        Some(Denied::Wait(_)) | None => (None, None),
    }
}

fn names_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    state: &mut SignIn,
    people: &[&Person],
    purpose: Purpose,
) -> Option<Act> {
    let (head, rest) = cut_top(rect, theme::TITLE * 1.5);
    let title = look.wording.say(match purpose {
        Purpose::Duty => "sign-in-title",
        Purpose::Manager => "sign-in-manager",
    });
    Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
    let (names, foot) = cut_bottom(rest, TARGET + GAP);
    let row = TARGET + GAP;
    let (rows, pages) = pages(names.height(), row, people.len());
    state.page = state.page.min(pages - 1);
    let mut rest = names;
    for person in people.iter().skip(state.page * rows).take(rows) {
        let (place, after) = cut_top(rest, row);
        rest = after;
        let is_chosen = state.name.as_ref() == Some(&person.name);
        let (fill, text) = if is_chosen {
            (look.palette.accent, look.palette.on_accent)
        } else {
            (look.palette.key, look.palette.text)
        };
        let key = Key::new(&person.name, fill, text);
        let place = place.with_max_y(place.bottom() - GAP);
        if key.show(ui, place, &format!("person {}", person.name)) {
            state.name = Some(person.name.clone());
            state.dots = Dots::default();
        }
    }
    let mut foot = foot.with_min_y(foot.top() + GAP);
    let mut act = None;
    if purpose == Purpose::Manager {
        let back = if pages > 1 {
            let (back, rest) = cut_left(foot, foot.width() * 0.3);
            foot = rest.with_min_x(rest.left() + GAP);
            back
        } else {
            foot
        };
        let label = look.wording.say("day-close");
        let key = Key::new(&label, look.palette.key, look.palette.text);
        if key.show(ui, back, "sign-in-close") {
            act = Some(Act::Close);
        }
    }
    if pages > 1 {
        paging_ui(ui, foot, look, &mut state.page, pages);
    }
    act
}
