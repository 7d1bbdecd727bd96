//! The staff: who there is, somebody new, another PIN, somebody less.

use eframe::egui::{Rect, Ui};

use super::titled;
use crate::office::{Person, Pin, Role, Staff, StaffFault, Wish};
use crate::ui::day::{pages, paging_ui};
use crate::ui::look::{Act, Look, is_wide};
use crate::ui::pin::{self, Dots};
use crate::ui::theme::{self, GAP, MARGIN, TARGET, Tone};
use crate::ui::typing::{self, Ended, Ends, Typing, Way, part};
use crate::ui::widgets::{Key, Text, card, cut_bottom, cut_left, cut_top};

/// What a manager has done on the page so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct People {
    step: Step,
    page: usize,
    /// A change is on its way, and what it comes to is still to be seen.
    is_sent: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
enum Step {
    #[default]
    List,
    Name(Typing, Role),
    /// What is to be done with somebody.
    One(Person),
    NewPin(PinOf),
}

/// A PIN typed twice.
#[derive(Clone, PartialEq, Eq, Debug)]
struct PinOf {
    person: Person,
    is_new: bool,
    first: Option<Pin>,
    dots: Dots,
    differs: bool,
}

impl PinOf {
    fn new(person: Person, is_new: bool) -> Self {
        Self {
            person,
            is_new,
            first: None,
            dots: Dots::default(),
            differs: false,
        }
    }
}

impl People {
    pub(super) fn take(&mut self, text: &str) {
        match &mut self.step {
            Step::Name(typing, _) => typing.take(text),
            Step::NewPin(pin) => pin.dots.take(text),
            Step::List | Step::One(_) => {}
        }
    }

    pub(super) fn delete(&mut self) {
        match &mut self.step {
            Step::Name(typing, _) => typing.delete(),
            Step::NewPin(pin) => pin.dots.delete(),
            Step::List | Step::One(_) => {}
        }
    }

    /// Draws the page; `true` when it is left.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        look: Look<'_>,
        staff: &Staff,
    ) -> (Option<Act>, bool) {
        if let Step::Name(typing, role) = &mut self.step {
            let (goes, person) = name_ui(ui, rect, look, typing, role, staff);
            if let Some(person) = person {
                self.step = Step::NewPin(PinOf::new(person, true));
            } else if goes {
                self.step = Step::List;
            }
            return (None, false);
        }
        let rest = titled(ui, rect, look, "service-staff");
        match &mut self.step {
            Step::List => return self.list_ui(ui, rest, look, staff),
            Step::Name(..) => {}
            Step::One(person) => {
                let (next, wish) = one_ui(ui, rest, look, person);
                if let Some(next) = next {
                    self.step = next;
                }
                self.is_sent |= wish.is_some();
                return (wish.map(Act::Wish), false);
            }
            Step::NewPin(pin) => {
                let (goes, wish) = pin_ui(ui, rest, look, pin);
                if goes || wish.is_some() {
                    self.step = Step::List;
                }
                self.is_sent |= wish.is_some();
                return (wish.map(Act::Wish), false);
            }
        }
        (None, false)
    }

    fn list_ui(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        look: Look<'_>,
        staff: &Staff,
    ) -> (Option<Act>, bool) {
        let (line, rest) = cut_top(rect, TARGET);
        match &staff.changed {
            Some(Err(fault)) if self.is_sent => {
                card(ui, line, Tone::Refused.fill());
                let words = look.wording.say(fault_key(*fault));
                Text::body(&words, Tone::Refused.text()).put_centred(ui, line.shrink(12.0));
            }
            Some(_) | None => {
                let words = look.wording.say("staff-hint");
                Text::small(&words, look.palette.muted).put_centred(ui, line);
            }
        }
        let (names, foot) = cut_bottom(rest.with_min_y(rest.top() + GAP / 2.0), TARGET);
        let row = TARGET + GAP;
        let (rows, pages) = pages(names.height() - row, row, staff.people.len());
        self.page = self.page.min(pages - 1);
        let mut rest = names;
        for person in staff.people.iter().skip(self.page * rows).take(rows) {
            let (place, after) = cut_top(rest, row);
            rest = after;
            let role = look.wording.say(role_key(person.role));
            let label = format!("{} \u{b7} {role}", person.name);
            let key = Key::new(&label, look.palette.key, look.palette.text);
            let place = place.with_max_y(place.bottom() - GAP);
            if key.show(ui, place, &format!("staff {}", person.name)) {
                self.step = Step::One(person.clone());
                self.is_sent = false;
            }
        }
        if pages > 1 {
            let (place, _) = cut_top(rest, TARGET);
            paging_ui(ui, place, look, &mut self.page, pages);
        }
        let (goes, adds) = foot_ui(ui, foot, look);
        if adds {
            let role = if staff.people.is_empty() {
                Role::Manager
            } else {
                Role::Clerk
            };
            self.step = Step::Name(Typing::default(), role);
            self.is_sent = false;
        }
        (None, goes)
    }
}

/// Two keys at the foot: back, and somebody new; which of them was touched.
fn foot_ui(ui: &mut Ui, rect: Rect, look: Look<'_>) -> (bool, bool) {
    let label = look.wording.say("day-close");
    let (back, place) = cut_left(rect, rect.width() / 2.0);
    let key = Key::new(&label, look.palette.key, look.palette.text);
    let back = back.with_max_x(back.right() - GAP / 2.0);
    let goes = key.show(ui, back, "service-back");
    let label = look.wording.say("staff-add");
    let key = Key::new(&label, look.palette.accent, look.palette.on_accent);
    let place = place.with_min_x(place.left() + GAP / 2.0);
    (goes, key.show(ui, place, "service-keep"))
}

/// A name and what he may do; the person when both stand.
fn name_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    typing: &mut Typing,
    role: &mut Role,
    staff: &Staff,
) -> (bool, Option<Person>) {
    let rest = typing::titled_ui(ui, rect, look, "service-staff");
    let hint = look.wording.say("staff-name");
    let name = typing.text.trim().to_owned();
    let ends = Ends {
        back: "service-back",
        on: ("service-keep", "staff-next"),
        may_go_on: !name.is_empty(),
    };
    let mut turn = |ui: &mut Ui, place: Rect| {
        let label = look.wording.say(role_key(*role));
        let key = Key::new(&label, look.palette.key, look.palette.text);
        // The first one has to be a manager.
        let key = key.enabled(!staff.people.is_empty());
        if key.show(ui, place, "staff-role") {
            *role = match role {
                Role::Clerk => Role::Manager,
                Role::Manager => Role::Clerk,
            };
        }
    };
    match typing::page_ui(ui, rest, look, (typing, &hint), &ends, Some(&mut turn)) {
        Ended::Not => (false, None),
        Ended::Back => (true, None),
        Ended::On => (false, Some(Person { name, role: *role })),
    }
}

fn one_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    person: &Person,
) -> (Option<Step>, Option<Wish>) {
    let (head, rest) = cut_top(rect, TARGET);
    Text::bold(&person.name, theme::BODY * 1.2, look.palette.text).put_centred(ui, head);
    let place = |at| {
        let (rest, _) = cut_top(rest, 4.0 * (TARGET + GAP));
        part(rest, at, 4, Way::Down).shrink(GAP / 2.0)
    };
    let label = look.wording.say("staff-pin");
    let (fill, text) = (look.palette.key, look.palette.text);
    if Key::new(&label, fill, text).show(ui, place(0), "staff-pin") {
        let pin = PinOf::new(person.clone(), false);
        return (Some(Step::NewPin(pin)), None);
    }
    let label = look.wording.say("staff-remove");
    if Key::new(&label, fill, text).show(ui, place(1), "staff-remove") {
        return (Some(Step::List), Some(Wish::Remove(person.name.clone())));
    }
    let label = look.wording.say("day-close");
    if Key::new(&label, fill, text).show(ui, place(3), "service-back") {
        return (Some(Step::List), None);
    }
    (None, None)
}

/// The PIN twice; the wish when both are the same.
fn pin_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, pin: &mut PinOf) -> (bool, Option<Wish>) {
    let (left, pad) = if is_wide(rect) {
        let (left, pad) = cut_left(rect, rect.width() * 0.5);
        (left, pad.with_min_x(pad.left() + MARGIN))
    } else {
        let (left, pad) = cut_top(rect, rect.height() * 0.3);
        (left, pad.with_min_y(pad.top() + GAP))
    };
    let (words, foot) = cut_bottom(left, TARGET);
    let key = match (&pin.first, pin.differs) {
        (_, true) => "staff-pin-differs",
        (None, false) => "staff-pin-once",
        (Some(_), false) => "staff-pin-again",
    };
    let values = [("name", pin.person.name.as_str().into())];
    let said = look.wording.say_with(key, &values);
    Text::body(&said, look.palette.text).put_centred(ui, words);
    let label = look.wording.say("day-close");
    let back = Key::new(&label, look.palette.key, look.palette.text);
    let goes = back.show(ui, foot, "service-back");
    if !pin::pad_ui(ui, pad, look, &mut pin.dots, true) {
        return (goes, None);
    }
    let typed = pin.dots.pin();
    let Some(first) = pin.first.take() else {
        pin.first = Some(typed);
        pin.differs = false;
        return (goes, None);
    };
    if first != typed {
        pin.differs = true;
        return (goes, None);
    }
    let wish = if pin.is_new {
        Wish::Add(pin.person.clone(), typed)
    } else {
        Wish::ChangePin(pin.person.name.clone(), typed)
    };
    (goes, Some(wish))
}

fn role_key(role: Role) -> &'static str {
    match role {
        Role::Clerk => "staff-clerk",
        Role::Manager => "staff-manager",
    }
}

fn fault_key(fault: StaffFault) -> &'static str {
    match fault {
        StaffFault::Name => "staff-fault-name",
        StaffFault::Taken => "staff-fault-taken",
        StaffFault::ManagerFirst => "staff-fault-first",
        StaffFault::LastManager => "staff-fault-last",
        StaffFault::PinLength => "staff-fault-length",
        StaffFault::WeakPin => "staff-fault-weak",
        StaffFault::NotKept => "staff-fault-kept",
    }
}
