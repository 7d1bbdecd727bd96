//! Every screen of every story, measured: keys that a thumb hits, texts that are whole, nothing over anything else.

use coupon_kiosk::screen::Stage;
use coupon_kiosk::ui;
use coupon_kiosk::ui::drawn::{self, Drawn, DrawnText};
use coupon_kiosk::wording::{Language, Wording};
use eframe::egui::accesskit::Role;
use eframe::egui::{RawInput, Rect, Shape, Vec2};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::{ARMED, Walk, contrast};

/// Points in a millimetre of a 15.6-inch panel (`ui/theme.rs`).
const MM: f32 = 5.55;

/// What a clerk touches in a hurry is 20 mm, everything else 12 (Colle and Hiszem 2004).
fn least(name: &str) -> f32 {
    let is_main = ["confirm", "keypad-look-up"].contains(&name);
    // A hair less than what is meant: places are sums of floats.
    (if is_main { 20.0 } else { 12.0 }) * MM - 0.1
}

/// How far below a key a touch still hits it.
const REACH: f32 = 2.0 * MM;

/// The whole area of an outcome takes touches; the keys on it are found first.
fn is_ground(name: &str) -> bool {
    name == "back"
}

fn overlap(one: Rect, other: Rect) -> bool {
    let shared = one.intersect(other);
    shared.width() > 1.0 && shared.height() > 1.0
}

/// What strangers wrote may be; our own sentences may not.
pub const SHORTENED: &str = "is shortened";

/// Our sentences that end with an ellipsis have a space before it, or a second one.
fn is_shortened(words: &str) -> bool {
    let begun = words.strip_suffix('…').unwrap_or_default();
    begun.ends_with(|last: char| !last.is_whitespace() && last != '…')
}

fn faults(drawn: &Drawn, window: Rect) -> Vec<String> {
    let mut faults = Vec::new();
    let keys: Vec<_> = drawn
        .keys
        .iter()
        .filter(|key| !is_ground(&key.name))
        .collect();
    for (at, key) in keys.iter().enumerate() {
        if key.rect.size().min_elem() < least(&key.name) {
            faults.push(format!(
                "the key {} is {:?} points",
                key.name,
                key.rect.size()
            ));
        }
        if !window.expand(1.0).contains_rect(key.rect) {
            faults.push(format!(
                "the key {} leaves the window: {:?}",
                key.name, key.rect
            ));
        }
        for other in &keys[..at] {
            if overlap(key.rect, other.rect) {
                faults.push(format!("the keys {} and {} overlap", key.name, other.name));
            }
        }
    }
    for (at, text) in drawn.texts.iter().enumerate() {
        let DrawnText {
            words,
            place,
            rect,
            size,
        } = text;
        if rect.height() > place.height() + 1.5 || rect.width() > place.width() + 1.5 {
            faults.push(format!("{words:?} is cut off: {rect:?} in {place:?}"));
        }
        if is_shortened(words) {
            faults.push(format!("{words:?} {SHORTENED}"));
        }
        if *size < 16.0 {
            faults.push(format!("{words:?} is only {size} points high"));
        }
        for other in &drawn.texts[..at] {
            if overlap(*rect, other.rect) {
                faults.push(format!("{words:?} and {:?} overlap", other.words));
            }
        }
    }
    faults
}

/// Measures what is on the screen now.
pub fn measure(walk: &mut Walk, what: &str, found: &mut Vec<String>) {
    look_over(&mut walk.harness, what, found);
}

/// As in the window on a display that allows as much as software rendering does. The harness has no such step.
fn bound_texture<S>(harness: &mut Harness<'_, S>) {
    let mut input = RawInput {
        max_texture_side: Some(16_384),
        ..RawInput::default()
    };
    ui::bound_texture(&harness.ctx, &mut input);
    harness.input_mut().max_texture_side = input.max_texture_side;
}

/// The same of any window.
pub fn look_over<S>(harness: &mut Harness<'_, S>, what: &str, found: &mut Vec<String>) {
    bound_texture(harness);
    harness.run_steps(2);
    let drawn = drawn::last(&harness.ctx);
    assert!(
        !drawn.keys.is_empty() && !drawn.texts.is_empty(),
        "{what}: nothing was drawn"
    );
    let window = harness.ctx.content_rect();
    let mut all = faults(&drawn, window);
    // What one screen needs would else be drawn anew for every picture.
    if harness
        .ctx
        .fonts(|fonts| fonts.font_atlas_fill_ratio() > 0.8)
    {
        all.push("its letters fill their texture".to_owned());
    }
    let (hard, read) = contrast::faults(harness);
    assert!(read >= 3, "{what}: only {read} texts were looked at");
    all.extend(hard);
    let areas: Vec<Rect> = harness
        .get_all_by_role(Role::Button)
        .map(|key| key.rect())
        .collect();
    for key in &drawn.keys {
        let reaches = |area: &&Rect| {
            area.min.distance(key.rect.min) < 1.0 && area.bottom() - key.rect.bottom() > REACH - 1.0
        };
        if !is_ground(&key.name) && areas.iter().find(reaches).is_none() {
            all.push(format!("the key {} does not reach further down", key.name));
        }
    }
    found.extend(all.into_iter().map(|fault| format!("{what}: {fault}")));
}

/// Says every fault that was found, not only the first.
pub fn must_be_without(faults: &[String]) {
    let count = faults.len();
    assert!(faults.is_empty(), "{count} faults:\n{}", faults.join("\n"));
}

fn walk_stories(language: Language, (width, height): (f32, f32)) -> Vec<String> {
    let mut found = Vec::new();
    let mut walk = Walk::sized(language, width, height);
    drawn::keep(&walk.harness.ctx);
    walk.harness.run_steps(3);
    let name = |what: &str| format!("{language:?} {width}x{height} {what}");
    measure(&mut walk, &name("idle"), &mut found);
    walk.touch(&walk.say("keypad-open"));
    walk.touch("4");
    measure(&mut walk, &name("keypad"), &mut found);
    walk.touch(&walk.say("keypad-letters"));
    measure(&mut walk, &name("letters"), &mut found);
    walk.touch(&walk.say("keypad-close"));
    for story in [
        "redeemed",
        "already_redeemed",
        "not_yet_valid",
        "gifting",
        "unknown_code",
        "payment_code",
        "member_card",
        "no_network",
        "lost_for_good",
    ] {
        if walk.is_asked(story) {
            walk.pass(ARMED);
            measure(&mut walk, &name(&format!("{story} review")), &mut found);
            walk.touch(&walk.say("review-confirm"));
            walk.wait(story, |screen| matches!(screen.stage, Stage::Finished(_)));
        }
        walk.pass(ARMED);
        measure(&mut walk, &name(&format!("{story} outcome")), &mut found);
        walk.touch(&walk.say("details-open"));
        measure(&mut walk, &name(&format!("{story} details")), &mut found);
        walk.touch(&walk.say("close"));
        walk.go_back();
    }
    walk.touch(&walk.say("attention-show"));
    measure(&mut walk, &name("doubts"), &mut found);
    walk.touch(&walk.say("override-open"));
    measure(&mut walk, &name("override"), &mut found);
    walk.touch(&walk.say("override-words"));
    measure(&mut walk, &name("override in words"), &mut found);
    walk.touch(&walk.say("day-close"));
    walk.touch(&walk.say("day-close"));
    walk.touch(&walk.say("close"));
    walk.hold_up("two_phones");
    walk.several();
    measure(&mut walk, &name("two phones"), &mut found);
    found
}

macro_rules! displays {
    ($($name:ident $width:literal $height:literal;)*) => {$(
        #[test]
        fn $name() {
            for language in Language::ALL {
                let found = walk_stories(language, ($width, $height));
                must_be_without(&found);
            }
        }
    )*};
}

// The sizes of displays that a kiosk is sold with, small to large, upright too.
displays! {
    every_screen_can_be_read_and_hit_at_1024x600 1024.0 600.0;
    every_screen_can_be_read_and_hit_at_1280x800 1280.0 800.0;
    every_screen_can_be_read_and_hit_at_1920x1080 1920.0 1080.0;
    every_screen_can_be_read_and_hit_upright 1080.0 1920.0;
    every_screen_can_be_read_and_hit_at_4k 3840.0 2160.0;
}

#[test]
fn the_letters_of_every_story_stand_in_a_texture_of_7_mb_in_chinese_too() {
    let mut walk = Walk::new(Language::Zh);
    bound_texture(&mut walk.harness);
    for story in [
        "already_redeemed",
        "expired",
        "gifting",
        "unknown_code",
        "no_network",
        "redeemed",
        "lost_for_good",
    ] {
        if walk.is_asked(story) {
            walk.confirm();
            walk.wait(story, |screen| matches!(screen.stage, Stage::Finished(_)));
        }
        walk.pass(ARMED);
        walk.touch(&walk.say("details-open"));
        walk.touch(&walk.say("close"));
        walk.go_back();
    }
    walk.touch(&walk.say("attention-show"));
    walk.touch(&walk.say("override-open"));
    let pixels = walk.harness.ctx.fonts(|fonts| {
        let [width, height] = fonts.font_image_size();
        width * height
    });
    // Four bytes each, and once more on the display's side.
    assert!(pixels <= 1280 * 1280, "{pixels}");
}

/// How high the first letter of a text that begins with these words is drawn, in points.
fn letter_height(walk: &Walk, words: &str) -> Option<f32> {
    let shapes = &walk.harness.output().shapes;
    let heights = shapes.iter().filter_map(|clipped| {
        let Shape::Text(text) = &clipped.shape else {
            return None;
        };
        let row = text.galley.rows.first()?;
        let first = row.glyphs.first()?;
        (text.galley.text() == words).then_some(first.uv_rect.size.y)
    });
    heights.reduce(f32::max)
}

#[test]
fn the_outcomes_word_is_20_mm_high_on_a_panel_of_15_inches() {
    for (width, height) in [(1920.0, 1080.0), (1080.0, 1920.0)] {
        for language in Language::ALL {
            let mut walk = Walk::sized(language, width, height);
            for story in [
                "already_redeemed",
                "expired",
                "no_network",
                "redeemed",
                "lost_for_good",
            ] {
                if walk.is_asked(story) {
                    walk.confirm();
                }
                let mut word = String::new();
                walk.wait(story, |screen| match &screen.stage {
                    Stage::Finished(finished) => {
                        let wording = Wording::new(language);
                        word = wording.outcome_word(finished.outcome);
                        true
                    }
                    Stage::Idle | Stage::Working(_) | Stage::Review(_) => false,
                });
                let high = letter_height(&walk, &word).unwrap();
                // A letter's picture has an empty edge of a pixel on each side.
                assert!(
                    high - 2.0 >= 20.0 * MM,
                    "{word:?} is {} mm high at {width}x{height}",
                    high / MM
                );
                walk.go_back();
            }
        }
    }
}

#[test]
fn a_fault_of_the_layout_is_found() {
    let window = Rect::from_min_size(eframe::egui::Pos2::ZERO, Vec2::new(100.0, 100.0));
    let text = |words: &str, left: f32| DrawnText {
        words: words.to_owned(),
        place: Rect::from_min_size([left, 0.0].into(), Vec2::new(30.0, 20.0)),
        rect: Rect::from_min_size([left, 0.0].into(), Vec2::new(40.0, 20.0)),
        size: 24.0,
    };
    let shortened = DrawnText {
        size: 20.0,
        ..text("so far and…", 500.0)
    };
    let drawn = Drawn {
        keys: vec![drawn::DrawnKey {
            name: "confirm".to_owned(),
            rect: Rect::from_min_size([90.0, 0.0].into(), Vec2::new(20.0, 20.0)),
        }],
        texts: vec![text("one", 0.0), text("other", 30.0), shortened],
    };
    let found = faults(&drawn, window);
    for fault in [
        "confirm is",
        "leaves the window",
        "is cut off",
        "overlap",
        SHORTENED,
    ] {
        assert!(
            found.iter().any(|found| found.contains(fault)),
            "{fault}: {found:?}"
        );
    }
}
