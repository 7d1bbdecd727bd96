//! A manager's pages: what the store is called, which camera, when the desk locks itself, the staff, the day as a file, and
//! the way out of kiosk mode. Where there is no manager yet, they are open: somebody has to be the first.

mod camera;
mod people;

use std::time::{Duration, Instant};

use eframe::egui::{Rect, Ui, vec2};

use super::checkup::{self, Asks, CheckupPage, checkup_ui};
use super::look::{Act, Look};
use super::sign_in::{Purpose, SignIn, sign_in_ui};
use super::theme::{self, GAP, MARGIN, TARGET};
use super::typing::{self, Typing, Way, part};
use super::viewfinder::Preview;
use super::widgets::{Key, Text, cut_bottom, cut_left, cut_top};
use crate::office::{Change, Office, Wish};
use crate::screen::Screen;
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
            Room::Camera | Room::Lock | Room::Doctor(_) => {}
        }
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        match &mut self.room {
            Room::Menu => self.sign_in.delete(),
            Room::Store(typing) => typing.delete(),
            Room::Staff(people) => people.delete(),
            Room::Camera | Room::Lock | Room::Doctor(_) => {}
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
        Room::Lock => lock_ui(ui, inner, look, &mut service.room, seen.office),
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

fn menu_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    room: &mut Room,
    office: &Office,
) -> Option<Act> {
    let rest = titled(ui, rect, look, "service-title");
    let (line, rest) = cut_top(rest, theme::BODY * 2.0);
    let said = match &office.exported {
        Some(Some(path)) => look
            .wording
            .say_with("service-exported", &[("path", path.as_str().into())]),
        Some(None) => look.wording.say("service-not-exported"),
        None if office.staff.people.is_empty() => look.wording.say("service-open"),
        None => String::new(),
    };
    Text::small(&said, look.palette.muted).put_centred(ui, line);
    let keys = [
        "language-other",
        "service-store",
        "service-camera",
        "service-lock",
        "service-staff",
        "service-doctor",
        "service-export",
        "service-leave",
        "day-close",
    ];
    let rows = keys.len().div_ceil(2);
    let mut act = None;
    for (at, name) in keys.into_iter().enumerate() {
        let line = part(rest, at / 2, rows, Way::Down);
        let place = part(line, at % 2, 2, Way::Across).shrink(GAP / 2.0);
        let place = place.with_max_y(place.bottom().min(place.top() + 1.6 * TARGET));
        let label = look.wording.say(name);
        let key = Key::new(&label, look.palette.key, look.palette.text);
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
            "service-lock" => {
                *room = Room::Lock;
                None
            }
            "service-staff" => {
                *room = Room::Staff(People::default());
                None
            }
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

/// Two keys at the foot: back, and keep; which of them was touched.
fn foot_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, keep: &str, may_keep: bool) -> (bool, bool) {
    let label = look.wording.say("day-close");
    let (back, place) = cut_left(rect, rect.width() / 2.0);
    let key = Key::new(&label, look.palette.key, look.palette.text);
    let goes = key.show(
        ui,
        back.with_max_x(back.right() - GAP / 2.0),
        "service-back",
    );
    let label = look.wording.say(keep);
    let key = Key::new(&label, look.palette.accent, look.palette.on_accent).enabled(may_keep);
    let keeps = key.show(
        ui,
        place.with_min_x(place.left() + GAP / 2.0),
        "service-keep",
    );
    (goes, keeps)
}

fn store_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, typing: &mut Typing) -> (Option<Act>, bool) {
    let rest = titled(ui, rect, look, "service-store");
    let (field, rest) = cut_top(rest, TARGET);
    let hint = look.wording.say("service-store-hint");
    typing::field_ui(ui, field, look, typing, &hint);
    let (keys, foot) = cut_bottom(rest.with_min_y(rest.top() + GAP / 2.0), TARGET + GAP);
    typing::keys_ui(ui, keys, look, typing);
    let name = typing.text.trim().to_owned();
    let foot = foot.with_min_y(foot.top() + GAP);
    let (goes, keeps) = foot_ui(ui, foot, look, "remark-keep", !name.is_empty());
    let act = keeps.then_some(Act::Wish(Wish::Change(Change::Store(name))));
    (act, goes || keeps)
}

/// What a desk may be idle for, in seconds; 0 is for ever.
const LOCKS: [u64; 6] = [0, 30, 60, 120, 300, 600];

fn lock_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    room: &mut Room,
    office: &Office,
) -> Option<Act> {
    let rest = titled(ui, rect, look, "service-lock");
    let (hint, rest) = cut_top(rest, theme::BODY * 2.4);
    let words = look.wording.say("service-lock-hint");
    Text::body(&words, look.palette.muted).put_centred(ui, hint);
    let (keys, foot) = cut_bottom(rest, TARGET);
    let now = office
        .settings
        .lock_after
        .map_or(0, |after| after.as_secs());
    let mut act = None;
    for (at, seconds) in LOCKS.into_iter().enumerate() {
        let line = part(keys, at / 2, LOCKS.len() / 2, Way::Down);
        let place = part(line, at % 2, 2, Way::Across).shrink(GAP / 2.0);
        let place = place.with_max_y(place.bottom().min(place.top() + 1.4 * TARGET));
        let label = match seconds {
            0 => look.wording.say("lock-never"),
            1..120 => look
                .wording
                .say_with("lock-seconds", &[("seconds", seconds.into())]),
            _ => look
                .wording
                .say_with("lock-minutes", &[("minutes", (seconds / 60).into())]),
        };
        let (fill, text) = if seconds == now {
            (look.palette.accent, look.palette.on_accent)
        } else {
            (look.palette.key, look.palette.text)
        };
        if Key::new(&label, fill, text).show(ui, place, &format!("lock {seconds}")) {
            let after = (seconds > 0).then(|| Duration::from_secs(seconds));
            act = Some(Act::Wish(Wish::Change(Change::LockAfter(after))));
        }
    }
    let label = look.wording.say("day-close");
    let key = Key::new(&label, look.palette.key, look.palette.text);
    if key.show(ui, foot, "service-back") {
        *room = Room::Menu;
    }
    act
}
