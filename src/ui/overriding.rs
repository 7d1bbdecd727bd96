//! A manager's word on an attempt in doubt: what became of the goods, a reason of the list, and words of his own. Where
//! there are staff, his PIN comes first.

use std::time::{Duration, Instant};

use eframe::egui::{Rect, Ui, vec2};

use super::look::{Act, Look, is_wide};
use super::sign_in::{Purpose, SignIn, sign_in_ui};
use super::theme::{self, GAP, MARGIN, TARGET};
use super::typing::{self, Ended, Ends, Typing, Way, part};
use super::widgets::{Key, Text, cut_bottom, cut_left, cut_top};
use crate::office::{Staff, Wish};
use crate::redemption::attempt::AttemptId;
use crate::redemption::ruling::{Goods, Ground};
use crate::screen::DoubtLine;

/// What a manager has chosen so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overriding {
    /// About which attempt.
    pub attempt: AttemptId,
    sign_in: SignIn,
    goods: Option<Goods>,
    ground: Option<Ground>,
    /// His own words, as far as he has kept them.
    words: String,
    /// What he types just now.
    typing: Option<Typing>,
    /// The pages are open to a manager: keys are no PIN.
    is_open: bool,
}

/// What came of a touch.
pub enum Said {
    /// Nothing for anybody else.
    Nothing,
    /// Back to the list.
    Back,
    /// Something for the window, and the form stays.
    Act(Act),
    /// Decided.
    Done(Act),
}

impl Overriding {
    /// A form about this attempt.
    pub fn of(attempt: AttemptId) -> Self {
        Self {
            attempt,
            sign_in: SignIn::default(),
            goods: None,
            ground: None,
            words: String::new(),
            typing: None,
            is_open: false,
        }
    }

    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        if !self.is_open {
            self.sign_in.take(text);
        } else if let Some(typing) = &mut self.typing {
            typing.take(text);
        }
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        if !self.is_open {
            self.sign_in.delete();
        } else if let Some(typing) = &mut self.typing {
            typing.delete();
        }
    }

    /// The word, where it is whole. "Other" says nothing by itself.
    fn wish(&self) -> Option<Wish> {
        let (goods, ground) = (self.goods?, self.ground?);
        let text = self.words.trim().to_owned();
        let is_whole = ground != Ground::Other || !text.is_empty();
        is_whole.then_some(Wish::Override(self.attempt, goods, ground, text))
    }
}

/// Draws the form; tells also when to draw it again by itself.
pub fn overriding_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    form: &mut Overriding,
    (staff, doubt): (&Staff, &DoubtLine),
    now: Instant,
) -> (Said, Option<Duration>) {
    form.is_open = staff.is_manager;
    if !staff.is_manager {
        let asked = (staff, Purpose::Manager);
        let (act, again) = sign_in_ui(ui, rect, look, &mut form.sign_in, asked, now);
        let said = match act {
            Some(Act::Close) => Said::Back,
            Some(act) => Said::Act(act),
            None => Said::Nothing,
        };
        return (said, again);
    }
    let inner = rect.shrink2(vec2(MARGIN, GAP));
    if form.typing.is_some() {
        words_ui(ui, inner, look, form);
        return (Said::Nothing, None);
    }
    let (head, rest) = cut_top(inner, theme::TITLE * 1.5);
    let code = doubt.code.grouped();
    let title = look
        .wording
        .say_with("override-title", &[("code", code.into())]);
    Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
    let (line, rest) = cut_top(rest, theme::BODY * 2.4);
    let known = look.wording.doubt_known(doubt);
    let rule = look
        .wording
        .say_with("override-rule", &[("known", known.into())]);
    Text::small(&rule, look.palette.muted).put_centred(ui, line);
    let (rest, foot) = cut_bottom(rest, TARGET + GAP);
    let foot = foot.with_min_y(foot.top() + GAP);
    let (left, right) = if is_wide(rest) {
        let (left, right) = cut_left(rest, rest.width() * 0.36);
        (left, right.with_min_x(right.left() + MARGIN))
    } else {
        let (left, right) = cut_top(rest, rest.height() * 0.34);
        (left, right.with_min_y(right.top() + GAP))
    };
    goods_ui(ui, left, look, form);
    grounds_ui(ui, right, look, form);
    (keys_ui(ui, foot, look, form), None)
}

/// A key that stays chosen.
fn choice_ui(
    ui: &mut Ui,
    place: Rect,
    look: Look<'_>,
    name: (&str, &str),
    is_chosen: bool,
) -> bool {
    let (fill, text) = if is_chosen {
        (look.palette.accent, look.palette.on_accent)
    } else {
        (look.palette.key, look.palette.text)
    };
    let (label, id) = name;
    let place = place.with_max_y(place.bottom().min(place.top() + 1.8 * TARGET));
    Key::new(label, fill, text).show(ui, place.shrink(4.0), id)
}

fn goods_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, form: &mut Overriding) {
    let ways = [Goods::HandedOver, Goods::NotHandedOver];
    let rect = rect.with_max_y(rect.bottom().min(rect.top() + 3.6 * TARGET));
    for (at, goods) in ways.into_iter().enumerate() {
        let label = look.wording.goods(goods);
        let name = (
            label.as_str(),
            if at == 0 { "goods-yes" } else { "goods-no" },
        );
        if choice_ui(
            ui,
            part(rect, at, 2, Way::Down),
            look,
            name,
            form.goods == Some(goods),
        ) {
            form.goods = Some(goods);
        }
    }
}

fn grounds_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, form: &mut Overriding) {
    let count = Ground::ALL.len() + 1;
    // On a small display in two columns: no key is too low for a finger.
    let is_high = part(rect, 0, count, Way::Down).height() >= TARGET + 8.0;
    let columns = if is_high { 1 } else { 2 };
    let place = |at: usize| {
        let line = part(rect, at / columns, count.div_ceil(columns), Way::Down);
        part(line, at % columns, columns, Way::Across)
    };
    for (at, ground) in Ground::ALL.into_iter().enumerate() {
        let label = look.wording.ground(ground);
        let id = format!("ground {at}");
        let is_chosen = form.ground == Some(ground);
        if choice_ui(ui, place(at), look, (&label, &id), is_chosen) {
            form.ground = Some(ground);
        }
    }
    let label = if form.words.is_empty() {
        look.wording.say("override-words")
    } else {
        form.words.clone()
    };
    let name = (label.as_str(), "override-words");
    if choice_ui(ui, place(count - 1), look, name, false) {
        form.typing = Some(Typing::of(&form.words));
    }
}

fn words_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, form: &mut Overriding) {
    let Some(typing) = &mut form.typing else {
        return;
    };
    let names = ("override-words-close", "override-words-keep");
    match typing::words_page_ui(ui, rect, look, (typing, "override-words"), names) {
        Ended::Not => {}
        Ended::Back => form.typing = None,
        Ended::On => {
            form.words = std::mem::take(&mut typing.text);
            form.typing = None;
        }
    }
}

fn keys_ui(ui: &mut Ui, foot: Rect, look: Look<'_>, form: &Overriding) -> Said {
    let wish = form.wish();
    let ends = Ends {
        back: "override-close",
        on: ("override-keep", "override-keep"),
        may_go_on: wish.is_some(),
    };
    match (typing::foot_ui(ui, foot, look, &ends), wish) {
        (Ended::Back, _) => Said::Back,
        (Ended::On, Some(wish)) => Said::Done(Act::Wish(wish)),
        (Ended::Not | Ended::On, _) => Said::Nothing,
    }
}
