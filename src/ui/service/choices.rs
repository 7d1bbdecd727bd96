//! Pages of a few keys of which one is in force: how loud the desk is, and when it locks itself.

use std::time::Duration;

use eframe::egui::{Rect, Ui};

use super::{Room, titled, two_a_row};
use crate::office::{Change, Office, Wish};
use crate::ui::look::{Act, Look};
use crate::ui::theme::{self, TARGET};
use crate::ui::widgets::{Key, Text, cut_bottom, cut_top};

/// How loud outcomes may be, in percent.
const VOLUMES: [u8; 6] = [0, 20, 40, 60, 80, 100];

pub(super) fn loudness(look: Look<'_>, percent: u8) -> String {
    match percent {
        0 => look.wording.say("sound-off"),
        _ => look
            .wording
            .say_with("sound-percent", &[("percent", percent.into())]),
    }
}

/// The volumes; each is heard at a touch.
pub(super) fn volumes(look: Look<'_>, office: &Office) -> Vec<Choice> {
    // One that IT has configured may lie between two keys.
    let now = office.settings.sound;
    let near = |percent: &u8| percent.abs_diff(now);
    let nearest = VOLUMES.into_iter().min_by_key(near).unwrap_or(0);
    let keys = VOLUMES.map(|percent| Choice {
        name: format!("sound {percent}"),
        label: loudness(look, percent),
        is_chosen: (now == 0) == (percent == 0) && percent == nearest,
        change: Change::Sound(percent),
    });
    keys.into()
}

/// One key of a few of which one is in force.
pub(super) struct Choice {
    name: String,
    label: String,
    is_chosen: bool,
    /// What a touch changes.
    change: Change,
}

/// A page of such keys below its title, and the way back.
pub(super) fn choices_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    room: &mut Room,
    (title, choices): (&str, Vec<Choice>),
) -> Option<Act> {
    let rest = titled(ui, rect, look, title);
    let (hint, rest) = cut_top(rest, theme::BODY * 2.4);
    let words = look.wording.say(&format!("{title}-hint"));
    Text::body(&words, look.palette.muted).put_centred(ui, hint);
    let (keys, foot) = cut_bottom(rest, TARGET);
    let mut touched = None;
    let places = two_a_row(keys, choices.len());
    for (choice, place) in choices.into_iter().zip(places) {
        let (fill, text) = if choice.is_chosen {
            (look.palette.accent, look.palette.on_accent)
        } else {
            (look.palette.key, look.palette.text)
        };
        if Key::new(&choice.label, fill, text).show(ui, place, &choice.name) {
            touched = Some(Act::Wish(Wish::Change(choice.change)));
        }
    }
    let label = look.wording.say("day-close");
    let key = Key::new(&label, look.palette.key, look.palette.text);
    if key.show(ui, foot, "service-back") {
        *room = Room::Menu;
    }
    touched
}

/// What a desk may be idle for, in seconds; 0 is for ever.
const LOCKS: [u64; 6] = [0, 30, 60, 120, 300, 600];

pub(super) fn locks(look: Look<'_>, office: &Office) -> Vec<Choice> {
    let now = office
        .settings
        .lock_after
        .map_or(0, |after| after.as_secs());
    let keys = LOCKS.map(|seconds| Choice {
        name: format!("lock {seconds}"),
        label: lock_label(look, seconds),
        is_chosen: seconds == now,
        change: Change::LockAfter((seconds > 0).then(|| Duration::from_secs(seconds))),
    });
    keys.into()
}

pub(super) fn lock_label(look: Look<'_>, seconds: u64) -> String {
    match seconds {
        0 => look.wording.say("lock-never"),
        1..120 => look
            .wording
            .say_with("lock-seconds", &[("seconds", seconds.into())]),
        _ => look
            .wording
            .say_with("lock-minutes", &[("minutes", (seconds / 60).into())]),
    }
}
