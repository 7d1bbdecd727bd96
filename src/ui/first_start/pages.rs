//! What the steps of the first start ask for.

use eframe::egui::{Rect, Ui};

use super::step::{By, Source};
use super::{Asks, Goes};
use crate::event::CameraState;
use crate::office::CameraLine;
use crate::office::first_start::{NotProvided, Tested};
use crate::ui::look::Look;
use crate::ui::look::is_wide;
use crate::ui::theme::{self, GAP, TARGET, Tone};
use crate::ui::typing::{Way, part};
use crate::ui::viewfinder::{Preview, viewfinder_ui};
use crate::ui::widgets::{Key, Text, card, cut_left, cut_top};
use crate::wording::{Language, Wording};

/// One of three, which stay together where the page is high.
fn row(rect: Rect, at: usize) -> Rect {
    const HIGHEST: f32 = 3.0 * (1.8 * TARGET + GAP);
    let rect = rect.with_max_y(rect.bottom().min(rect.top() + HIGHEST));
    part(rect, at, 3, Way::Down).shrink(GAP / 2.0)
}

/// Each in its own words.
pub(super) fn languages_ui(ui: &mut Ui, rect: Rect, look: Look<'_>) -> Option<Goes> {
    let mut goes = None;
    for (at, language) in Language::ALL.into_iter().enumerate() {
        // Each in its own words.
        let label = Wording::new(language.other()).say("language-other");
        let key = Key::new(&label, look.palette.key, look.palette.text).sized(theme::TITLE);
        if key.show(ui, row(rect, at), &format!("first {}", language.tag())) {
            goes = Some(Goes::Language(language));
        }
    }
    goes
}

/// How many cameras the page has room for; no desk has more.
const CAMERAS: usize = 4;

/// The cameras, and whichever is there: which may be one that is plugged in later.
pub(super) fn cameras_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    cameras: &[CameraLine],
    chosen: Option<&str>,
) -> Option<Goes> {
    let place = |at: usize| {
        let line = part(rect, at / 2, CAMERAS / 2 + 1, Way::Down);
        let place = part(line, at % 2, 2, Way::Across).shrink(GAP / 2.0);
        place.with_max_y(place.bottom().min(place.top() + 1.8 * TARGET))
    };
    let colours = |is_chosen: bool| {
        if is_chosen {
            (look.palette.accent, look.palette.on_accent)
        } else {
            (look.palette.key, look.palette.text)
        }
    };
    let mut goes = None;
    let label = look.wording.say("first-camera-any");
    let (fill, text) = colours(chosen.is_none());
    if Key::new(&label, fill, text).show(ui, place(0), "first-camera-any") {
        goes = Some(Goes::Camera(None));
    }
    let label = look.wording.say("first-camera-again");
    let (fill, text) = colours(false);
    if Key::new(&label, fill, text).show(ui, place(1), "first-camera-again") {
        goes = Some(Goes::LookAgain);
    }
    for (at, camera) in cameras.iter().take(CAMERAS).enumerate() {
        let (fill, text) = colours(chosen == Some(camera.name.as_str()));
        let key = Key::new(&camera.name, fill, text).enabled(camera.is_free);
        if key.show(ui, place(at + 2), &format!("camera {at}")) {
            goes = Some(Goes::Camera(Some(camera.name.clone())));
        }
    }
    goes
}

/// How access tokens come.
pub(super) fn ways_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, chosen: Source) -> Option<Goes> {
    let ways = [
        ("first-way-account", Source::Account),
        ("first-way-service", Source::Service),
    ];
    one_of(ui, rect, look, ways, chosen).map(Goes::Way)
}

/// Who says what the kiosk needs.
pub(super) fn how_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, chosen: By) -> Option<Goes> {
    let ways = [("first-how-code", By::Code), ("first-how-hand", By::Hand)];
    one_of(ui, rect, look, ways, chosen).map(Goes::How)
}

/// Two keys, the chosen one in the accent's colour.
fn one_of<T: Copy + PartialEq>(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    ways: [(&str, T); 2],
    chosen: T,
) -> Option<T> {
    let mut touched = None;
    for (at, (name, way)) in ways.into_iter().enumerate() {
        let label = look.wording.say(name);
        let (fill, text) = if way == chosen {
            (look.palette.accent, look.palette.on_accent)
        } else {
            (look.palette.key, look.palette.text)
        };
        if Key::new(&label, fill, text).show(ui, row(rect, at), name) {
            touched = Some(way);
        }
    }
    touched
}

/// The camera's picture, and what became of the code that was held before it.
pub(super) fn scan_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    (preview, camera): (&Preview, &CameraState),
    tested: &Tested,
) {
    let (picture, side) = if is_wide(rect) {
        let (picture, side) = cut_left(rect, rect.width() * 0.6);
        (picture, side.with_min_x(side.left() + GAP))
    } else {
        let (picture, side) = cut_top(rect, rect.height() * 0.6);
        (picture, side.with_min_y(side.top() + GAP))
    };
    viewfinder_ui(ui, picture, look, preview, camera);
    let (name, tone) = match tested {
        Tested::Claiming | Tested::Provided(_) => ("first-claiming", Tone::Neutral),
        Tested::NotProvided(NotProvided::Foreign) => ("first-foreign", Tone::Attention),
        Tested::NotProvided(NotProvided::Unreachable) => ("first-unreachable", Tone::Attention),
        Tested::NotProvided(NotProvided::Spent) => ("first-spent", Tone::Refused),
        Tested::NotProvided(NotProvided::Unsigned) => ("first-unsigned", Tone::Refused),
        Tested::Untested
        | Tested::Testing
        | Tested::Works
        | Tested::Wrong
        | Tested::Trouble(..)
        | Tested::NotKept
        | Tested::Begun
        | Tested::Examined(_) => return,
    };
    card(ui, side, tone.fill());
    let words = look.wording.say(name);
    Text::body(&words, tone.text())
        .announced()
        .put_centred(ui, side.shrink(GAP));
}

/// What the test came to, the key that tries, and the key that begins.
pub(super) fn test_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    by: By,
    tested: &Tested,
) -> Option<Goes> {
    let told = match tested {
        Tested::Untested
        | Tested::Begun
        | Tested::Examined(_)
        | Tested::Claiming
        | Tested::Provided(_)
        | Tested::NotProvided(_) => None,
        Tested::Testing => Some((look.wording.say("first-testing"), Tone::Neutral)),
        Tested::Works => Some((look.wording.say("first-works"), Tone::Good)),
        Tested::Wrong => {
            let name = match by {
                By::Code => "first-unfit",
                By::Hand => "first-wrong",
            };
            Some((look.wording.say(name), Tone::Refused))
        }
        Tested::NotKept => Some((look.wording.say("staff-fault-kept"), Tone::Refused)),
        Tested::Trouble(why, outcome) => {
            // What to do there is for who has scanned a coupon.
            let (happened, _advice) = look.wording.why(why, *outcome);
            let values = [("happened", happened.into())];
            let words = look.wording.say_with("first-trouble", &values);
            Some((words, Tone::Attention))
        }
    };
    if let Some((words, tone)) = &told {
        let place = row(rect, 0);
        card(ui, place, tone.fill());
        Text::body(words, tone.text()).put_centred(ui, place.shrink(12.0));
    }
    let is_busy = matches!(tested, Tested::Testing | Tested::Begun);
    let mut goes = None;
    let (tries, examines) = cut_left(row(rect, 1), rect.width() / 2.0);
    let label = look.wording.say("first-try");
    let key = Key::new(&label, look.palette.key, look.palette.text).enabled(!is_busy);
    if key.show(ui, tries.with_max_x(tries.right() - GAP / 2.0), "first-try") {
        goes = Some(Goes::Ask(Asks::Test));
    }
    let label = look.wording.say("service-doctor");
    let key = Key::new(&label, look.palette.key, look.palette.text).enabled(!is_busy);
    if key.show(ui, examines, "first-doctor") {
        goes = Some(Goes::Examine);
    }
    // A network that is down today is no reason not to set the kiosk up; what can mean nothing is.
    let may_begin = matches!(tested, Tested::Works | Tested::Trouble(..));
    let label = look.wording.say("first-begin");
    let key = Key::new(&label, look.palette.accent, look.palette.on_accent).enabled(may_begin);
    if key.show(ui, row(rect, 2), "first-begin") {
        goes = Some(Goes::Ask(Asks::Begin));
    }
    goes
}
