//! A manager's pages: what the store is called, which camera, when the desk locks itself, the staff, the day as a file, and
//! the way out of kiosk mode. Where there is no manager yet, they are open: somebody has to be the first.

mod camera;
mod choices;
mod people;

use std::time::{Duration, Instant};

use eframe::egui::{Rect, Ui, vec2};

use super::checkup::{self, Asks, CheckupPage, checkup_ui};
use super::look::{Act, Look};
use super::sign_in::{Purpose, SignIn, sign_in_ui};
use super::theme::{self, GAP, MARGIN, TARGET};
use super::typing::{self, Ended, Ends, Typing, Way, part};
use super::viewfinder::Preview;
use super::widgets::{Key, Text, cut_top};
use crate::office::{Change, Office, Wish};
use crate::screen::Screen;
use choices::{choices_ui, lock_label, locks, loudness, volumes};
use people::People;

/// What a person has done on the pages so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Service {
    sign_in: SignIn,
    room: Room,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
enum Room {
    #[default]
    Menu,
    Store(Typing),
    Camera,
    Sound,
    Lock,
    Staff(People),
    Doctor(CheckupPage),
}

/// What the pages show.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// What the kiosk does.
    pub screen: &'a Screen,
    /// What stands behind the counter.
    pub office: &'a Office,
    /// The live picture.
    pub preview: &'a Preview,
    /// This moment.
    pub now: Instant,
}

impl Service {
    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        match &mut self.room {
            Room::Menu => self.sign_in.take(text),
            Room::Store(typing) => typing.take(text),
            Room::Staff(people) => people.take(text),
            Room::Camera | Room::Sound | Room::Lock | Room::Doctor(_) => {}
        }
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        match &mut self.room {
            Room::Menu => self.sign_in.delete(),
            Room::Store(typing) => typing.delete(),
            Room::Staff(people) => people.delete(),
            Room::Camera | Room::Sound | Room::Lock | Room::Doctor(_) => {}
        }
    }

    /// Whether the live picture is part of it.
    pub fn sees_frames(&self) -> bool {
        self.room == Room::Camera
    }
}

/// Draws the page that is open.
pub fn service_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    service: &mut Service,
    seen: Seen<'_>,
) -> (Option<Act>, Option<Duration>) {
    let staff = &seen.office.staff;
    if !staff.is_manager {
        let purpose = (staff, Purpose::Manager);
        return sign_in_ui(ui, rect, look, &mut service.sign_in, purpose, seen.now);
    }
    let inner = rect.shrink2(vec2(MARGIN, GAP));
    let act = match &mut service.room {
        Room::Menu => menu_ui(ui, inner, look, &mut service.room, seen.office),
        Room::Store(typing) => {
            let (act, is_done) = store_ui(ui, inner, look, typing);
            if is_done {
                service.room = Room::Menu;
            }
            act
        }
        Room::Camera => {
            let (act, is_done) = camera::camera_ui(ui, inner, look, seen);
            if is_done {
                service.room = Room::Menu;
            }
            act
        }
        Room::Sound => {
            let keys = volumes(look, seen.office);
            choices_ui(ui, inner, look, &mut service.room, ("service-sound", keys))
        }
        Room::Lock => {
            let keys = locks(look, seen.office);
            choices_ui(ui, inner, look, &mut service.room, ("service-lock", keys))
        }
        Room::Staff(people) => {
            let (act, is_done) = people.show(ui, inner, look, staff);
            if is_done {
                service.room = Room::Menu;
            }
            act
        }
        Room::Doctor(page) => {
            let checkup = seen.office.checkup.clone().unwrap_or_default();
            match checkup_ui(ui, inner, look, page, &checkup) {
                None => None,
                Some(Asks::Again) => Some(examine(ui, look)),
                Some(Asks::Back) => {
                    service.room = Room::Menu;
                    None
                }
            }
        }
    };
    (act, None)
}

/// The doctor is to look.
fn examine(ui: &Ui, look: Look<'_>) -> Act {
    let language = look.wording.language();
    Act::Wish(Wish::Examine(language, checkup::panel(ui.ctx())))
}

/// A title, and what is below it.
fn titled(ui: &mut Ui, rect: Rect, look: Look<'_>, key: &str) -> Rect {
    let (head, rest) = cut_top(rect, theme::TITLE * 1.5);
    let title = look.wording.say(key);
    Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
    rest
}

/// Places for so many keys, two a row, from the top downwards: on a tall display they do not drift apart.
fn two_a_row(rect: Rect, count: usize) -> impl Iterator<Item = Rect> {
    const HIGHEST: f32 = 1.6 * TARGET;
    let rows = count.div_ceil(2);
    let high = f32::from(u16::try_from(rows).unwrap_or(u16::MAX)) * (HIGHEST + GAP);
    let (rect, _) = cut_top(rect, high);
    (0..count).map(move |at| {
        let line = part(rect, at / 2, rows, Way::Down);
        // Where fingers need all of the height, less is left between.
        let between = ((line.height() - TARGET) / 2.0).clamp(4.0, GAP / 2.0);
        part(line, at % 2, 2, Way::Across).shrink2(vec2(GAP / 2.0, between))
    })
}

fn menu_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    room: &mut Room,
    office: &Office,
) -> Option<Act> {
    let rest = titled(ui, rect, look, "service-title");
    let (line, rest) = cut_top(rest, theme::BODY * 2.0);
    Text::small(&menu_line(look, office), look.palette.muted).put_centred(ui, line);
    let mut keys = vec![
        "language-other",
        "service-store",
        "service-camera",
        "service-sound",
        "service-lock",
        "service-staff",
        "service-training",
        "service-doctor",
        "service-export",
        "service-leave",
        "day-close",
    ];
    keys.retain(|key| *key != "service-training" || office.may_train);
    let mut act = None;
    let places = two_a_row(rest, keys.len());
    for (name, place) in keys.into_iter().zip(places) {
        let label = look.wording.say(name);
        let words = menu_words(look, name, office).unwrap_or_else(|| label.clone());
        let key = Key::new(&label, look.palette.key, look.palette.text).saying(&words);
        if !key.show(ui, place, name) {
            continue;
        }
        act = match name {
            "language-other" => Some(Act::Language),
            "service-store" => {
                let store = office.settings.store.as_deref().unwrap_or_default();
                *room = Room::Store(Typing::of(store));
                None
            }
            "service-camera" => {
                *room = Room::Camera;
                Some(Act::Wish(Wish::Cameras))
            }
            "service-sound" => {
                *room = Room::Sound;
                None
            }
            "service-lock" => {
                *room = Room::Lock;
                None
            }
            "service-staff" => {
                *room = Room::Staff(People::default());
                None
            }
            "service-training" => Some(Act::Wish(Wish::Train)),
            "service-doctor" => {
                *room = Room::Doctor(CheckupPage::default());
                Some(examine(ui, look))
            }
            "service-export" => Some(Act::Wish(Wish::Export)),
            "service-leave" => Some(Act::Leave),
            _ => Some(Act::Close),
        };
    }
    act
}

/// What became of the export, or why everybody may be here.
fn menu_line(look: Look<'_>, office: &Office) -> String {
    match &office.exported {
        Some(Some(path)) => look
            .wording
            .say_with("service-exported", &[("path", path.as_str().into())]),
        Some(None) => look.wording.say("service-not-exported"),
        None if office.staff.people.is_empty() => look.wording.say("service-open"),
        None => String::new(),
    }
}

/// What a key of the menu changes, and what it is now.
fn menu_words(look: Look<'_>, name: &str, office: &Office) -> Option<String> {
    let settings = &office.settings;
    let lock = settings.lock_after.map_or(0, |after| after.as_secs());
    let now = match name {
        "service-store" => settings.store.clone()?,
        "service-sound" => loudness(look, settings.sound),
        "service-lock" => lock_label(look, lock),
        "service-staff" => office.staff.people.len().to_string(),
        _ => return None,
    };
    let values = [
        ("what", look.wording.say(name).into()),
        ("value", now.into()),
    ];
    Some(look.wording.say_with("service-now", &values))
}

fn store_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, typing: &mut Typing) -> (Option<Act>, bool) {
    let rest = typing::titled_ui(ui, rect, look, "service-store");
    let hint = look.wording.say("service-store-hint");
    let name = typing.text.trim().to_owned();
    let ends = Ends {
        back: "service-back",
        on: ("service-keep", "remark-keep"),
        may_go_on: !name.is_empty(),
    };
    match typing::page_ui(ui, rest, look, (typing, &hint), &ends, None) {
        Ended::Not => (None, false),
        Ended::Back => (None, true),
        Ended::On => (Some(Act::Wish(Wish::Change(Change::Store(name)))), true),
    }
}
