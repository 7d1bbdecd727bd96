//! Waiting for a phone: the viewfinder, what to do, and the way to the keypad. In the demo, the strip of phones.

use eframe::egui::{Rect, Ui, vec2};

use super::choice::choice_ui;
use super::icon::{self, Icon};
use super::invitation::invitation_ui;
use super::look::{Act, Look, is_wide};
use super::page::Door;
use super::theme::{self, GAP, MARGIN, TARGET, Tone};
use super::viewfinder::{Preview, viewfinder_ui};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_top, touchable};
use crate::frame::View;
use crate::screen::Screen;

/// Draws the stage.
pub fn idle_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    screen: &Screen,
    preview: &Preview,
    phones: &[String],
) -> Option<Act> {
    let mut act = None;
    let mut rect = rect.shrink2(vec2(MARGIN, GAP));
    if !phones.is_empty() {
        let rows = rows(rect.width(), phones.len());
        let height = theme::SMALL * 1.6 + f32::from(rows) * (PHONE + 8.0);
        let (rest, strip) = cut_bottom(rect, height);
        rect = rest.with_max_y(rest.bottom() - GAP);
        act = strip_ui(ui, strip, look, phones, rows);
    }
    let (picture, side) = if is_wide(rect) {
        let (picture, side) = cut_left(rect, rect.width() * 0.62);
        (picture, side.with_min_x(side.left() + MARGIN))
    } else {
        let (picture, side) = cut_top(rect, rect.height() * 0.62);
        (picture, side.with_min_y(side.top() + MARGIN))
    };
    viewfinder_ui(ui, picture, look, preview, &screen.desk.camera);
    if screen.desk.view == View::Several {
        act = act.or(choice_ui(ui, picture, look, preview));
    }

    let (mut words, foot) = cut_bottom(side, TARGET + GAP);
    if let Some(invitation) = &screen.desk.invitation {
        let (rest, place) = cut_bottom(words, words.height() * INVITATION);
        words = rest;
        invitation_ui(ui, place, look, invitation);
        // In the demo a touch stands for a scan.
        if let Some(phone) = phones.iter().position(|story| story == HAND_OFF) {
            let label = look.wording.say("invitation-scan");
            if touchable(ui, place, &label, "invitation", true).clicked() {
                act = Some(Act::Phone(phone));
            }
        }
    }
    let idle = look.wording.say(if screen.desk.camera.is_trouble() {
        "idle-no-camera"
    } else {
        "idle"
    });
    let view = look.wording.view(screen.desk.view);
    let share = match view {
        None => 1.0,
        // Where there is room for one of them, what is wrong is what has to be read.
        Some(_) if words.height() < theme::BODY * 4.0 => 0.0,
        Some(_) => 0.55,
    };
    let (head, rest) = cut_top(words, words.height() * share);
    if share > 0.0 {
        Text::bold(&idle, theme::TITLE * 1.1, look.palette.text).put_centred(ui, head);
    }
    if let Some(words) = view {
        let tone = Tone::Attention;
        card(ui, rest, tone.fill());
        let (mark, text) = cut_left(rest.shrink(GAP), TARGET);
        icon::paint(ui.painter(), mark.shrink(10.0), Icon::Warning, tone.text());
        Text::body(&words, tone.text())
            .announced()
            .put_centred(ui, text.shrink2(vec2(GAP, 0.0)));
    }
    act.or(keypad_key_ui(
        ui,
        foot.with_min_y(foot.top() + GAP),
        look,
        screen,
    ))
}

/// The way to the keypad. Without a camera it is what to touch.
fn keypad_key_ui(ui: &mut Ui, place: Rect, look: Look<'_>, screen: &Screen) -> Option<Act> {
    let (fill, text) = if screen.desk.camera.is_trouble() {
        (look.palette.accent, look.palette.on_accent)
    } else {
        (look.palette.key, look.palette.text)
    };
    let label = look.wording.say("keypad-open");
    let key = Key::new(&label, fill, text);
    key.show(ui, place, "keypad-open")
        .then_some(Act::Open(Door::Keypad))
}

/// How much of the words' place the desk's own code takes.
const INVITATION: f32 = 0.6;
/// The demo's story whose customer scans the desk's own code.
const HAND_OFF: &str = "hand_off";
/// How high a phone of the strip is.
const PHONE: f32 = TARGET;
/// How narrow it may become.
const NARROWEST: f32 = 138.0;

fn rows(width: f32, phones: usize) -> u16 {
    let mut rows = 1;
    let count = f32::from(u16::try_from(phones).unwrap_or(u16::MAX));
    while width / (count / f32::from(rows)).ceil() < NARROWEST {
        rows += 1;
    }
    rows
}

/// The demo's phones, one a story.
fn strip_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, phones: &[String], rows: u16) -> Option<Act> {
    let mut act = None;
    let (title, mut rest) = cut_top(rect, theme::SMALL * 1.6);
    let words = look.wording.say("demo-strip");
    Text::small(&words, look.palette.muted).put(ui, title);
    let in_row = phones.len().div_ceil(usize::from(rows));
    let columns = f32::from(u16::try_from(in_row).unwrap_or(u16::MAX));
    for (row, stories) in phones.chunks(in_row).enumerate() {
        let (line, after) = cut_top(rest, PHONE + 8.0);
        rest = after;
        let mut line = line.with_max_y(line.bottom() - 8.0);
        let width = line.width() / columns;
        for (column, story) in stories.iter().enumerate() {
            let (place, after) = cut_left(line, width);
            line = after;
            let place = place.with_max_x(place.right() - 8.0);
            let label = look
                .wording
                .say(&format!("story-{}", story.replace('_', "-")));
            let key =
                Key::new(&label, look.palette.key, look.palette.text).sized(theme::SMALL * 0.9);
            if key.show(ui, place, story) {
                act = Some(Act::Phone(row * in_row + column));
            }
        }
    }
    act
}
