//! The camera's page: which one, each opened at a touch, how its picture is turned and which part of it is looked at, and
//! beside them what it sees.

use eframe::egui::{Rect, Ui, vec2};

use super::{Seen, titled};
use crate::office::{Aim, Change, Wish};
use crate::ui::look::{Act, Look, is_wide};
use crate::ui::theme::{GAP, MARGIN, TARGET};
use crate::ui::typing::{Way, part};
use crate::ui::viewfinder::viewfinder_ui;
use crate::ui::widgets::{Key, Text, cut_bottom, cut_left, cut_top};

/// What the zoom's key goes round, in hundredths.
const ZOOMS: [u32; 5] = [100, 125, 150, 200, 300];
/// What the region's key goes round, and the names of their labels.
const REGIONS: [([u32; 4], &str); 6] = [
    ([0, 0, 100, 100], "aim-region-whole"),
    ([20, 20, 60, 60], "aim-region-middle"),
    ([0, 0, 50, 100], "aim-region-left"),
    ([50, 0, 50, 100], "aim-region-right"),
    ([0, 0, 100, 50], "aim-region-top"),
    ([0, 50, 100, 50], "aim-region-bottom"),
];

/// Draws the page; what was touched, and whether it is left.
pub(super) fn camera_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    seen: Seen<'_>,
) -> (Option<Act>, bool) {
    let rest = titled(ui, rect, look, "service-camera");
    let (list, picture) = if is_wide(rest) {
        let (list, picture) = cut_left(rest, rest.width() * 0.45);
        (list, picture.with_min_x(picture.left() + MARGIN))
    } else {
        let (list, picture) = cut_top(rest, rest.height() * 0.6);
        (list, picture.with_min_y(picture.top() + GAP))
    };
    viewfinder_ui(ui, picture, look, seen.preview, &seen.screen.desk.camera);
    let (list, foot) = cut_bottom(list, TARGET);
    let act = if seen
        .office
        .cameras
        .as_deref()
        .unwrap_or_default()
        .is_empty()
    {
        let words = look.wording.say("service-no-camera");
        Text::body(&words, look.palette.muted).put_centred(ui, list);
        None
    } else {
        let (list, aims) = cut_bottom(list, 2.0 * (TARGET + GAP));
        let aims = aims.translate(vec2(0.0, -GAP / 2.0));
        let chosen = list_ui(ui, list, look, seen);
        chosen.or(aim_ui(ui, aims, look, seen.office.settings.aim))
    };
    let label = look.wording.say("day-close");
    let key = Key::new(&label, look.palette.key, look.palette.text);
    let is_done = key.show(ui, foot, "service-back");
    let act = act.map(|change| Act::Wish(Wish::Change(change)));
    (act, is_done)
}

fn list_ui(ui: &mut Ui, mut list: Rect, look: Look<'_>, seen: Seen<'_>) -> Option<Change> {
    let mut change = None;
    for (at, camera) in seen.office.cameras.iter().flatten().enumerate() {
        if list.height() < TARGET + GAP {
            break;
        }
        let (place, after) = cut_top(list, TARGET + GAP);
        list = after;
        let is_chosen = seen.office.settings.camera.as_ref() == Some(&camera.id);
        let (fill, text) = if is_chosen {
            (look.palette.accent, look.palette.on_accent)
        } else {
            (look.palette.key, look.palette.text)
        };
        let key = Key::new(&camera.name, fill, text).enabled(camera.is_free || is_chosen);
        let place = place.with_max_y(place.bottom() - GAP);
        if key.show(ui, place, &format!("camera {at}")) {
            change = Some(Change::Camera(camera.id.clone()));
        }
    }
    change
}

/// Four keys, each of which goes round what it may be.
fn aim_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, aim: Aim) -> Option<Change> {
    let region = REGIONS.iter().find(|(region, _)| *region == aim.region);
    let region = region.map_or("aim-region-other", |(_, name)| *name);
    let mirror = if aim.mirror {
        "aim-mirror-on"
    } else {
        "aim-mirror-off"
    };
    let degrees = [("degrees", aim.rotate.into())];
    let times = [("times", (f64::from(aim.zoom) / 100.0).into())];
    let keys = [
        ("aim turn", look.wording.say_with("aim-turn", &degrees)),
        ("aim mirror", look.wording.say(mirror)),
        ("aim zoom", look.wording.say_with("aim-zoom", &times)),
        ("aim region", look.wording.say(region)),
    ];
    let mut change = None;
    for (at, (name, label)) in keys.iter().enumerate() {
        let line = part(rect, at / 2, 2, Way::Down);
        let place = part(line.expand2(vec2(GAP / 2.0, 0.0)), at % 2, 2, Way::Across);
        let place = place.shrink(GAP / 2.0);
        let key = Key::new(label, look.palette.key, look.palette.text);
        if key.show(ui, place, name) {
            change = Some(Change::Aim(next(aim, name)));
        }
    }
    change
}

/// After a touch of the key of this name.
fn next(aim: Aim, key: &str) -> Aim {
    match key {
        "aim turn" => Aim {
            rotate: (aim.rotate + 90) % 360,
            ..aim
        },
        "aim mirror" => Aim {
            mirror: !aim.mirror,
            ..aim
        },
        "aim zoom" => Aim {
            zoom: after(ZOOMS, aim.zoom),
            ..aim
        },
        _ => Aim {
            region: after(REGIONS.map(|(region, _)| region), aim.region),
            ..aim
        },
    }
}

/// The one that follows; the first one after the last, and after what is none of them.
fn after<T: PartialEq + Copy, const N: usize>(all: [T; N], now: T) -> T {
    let at = all.iter().position(|one| *one == now);
    all[at.map_or(0, |at| (at + 1) % N)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_goes_round_and_leaves_the_others() {
        let mut aim = Aim {
            zoom: 110,
            ..Aim::default()
        };
        let mut zooms = Vec::new();
        for _ in 0..6 {
            aim = next(aim, "aim zoom");
            zooms.push(aim.zoom);
        }
        assert_eq!(zooms, [100, 125, 150, 200, 300, 100]);
        for (key, times) in [("aim turn", 4), ("aim mirror", 2), ("aim region", 6)] {
            let mut there = aim;
            for left in (0..times).rev() {
                there = next(there, key);
                assert_eq!(there == aim, left == 0, "{key}");
            }
        }
    }
}
