//! What was drawn where. The log tells where the keys stand whenever that changes, so that a test with a real finger
//! (xdotool, a touch driver) finds them by their names: `RUST_LOG=coupon_kiosk::ui=debug`. A test without a display
//! keeps everything and measures it.

use eframe::egui::{Color32, Context, Id, Rect};

/// All of one picture.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Drawn {
    /// What takes touches.
    pub keys: Vec<DrawnKey>,
    /// What is read.
    pub texts: Vec<DrawnText>,
}

/// Something to touch.
#[derive(Clone, PartialEq, Debug)]
pub struct DrawnKey {
    /// The same in every language.
    pub name: String,
    /// As it is seen, in points.
    pub rect: Rect,
}

/// Something to read.
#[derive(Clone, PartialEq, Debug)]
pub struct DrawnText {
    /// What it says.
    pub words: String,
    /// What it may fill.
    pub place: Rect,
    /// What it fills.
    pub rect: Rect,
    /// Its size in points.
    pub size: f32,
}

#[derive(Clone, Default)]
struct Notes {
    is_kept: bool,
    now: Drawn,
    last: Drawn,
    told: Vec<(String, [i32; 2])>,
}

fn with<T>(ctx: &Context, act: impl FnOnce(&mut Notes) -> T) -> T {
    ctx.data_mut(|data| act(data.get_temp_mut_or_default(Id::unique("drawn"))))
}

/// Keeps every picture from now on, for [`last`].
pub fn keep(ctx: &Context) {
    with(ctx, |notes| notes.is_kept = true);
}

/// The last picture that was kept.
pub fn last(ctx: &Context) -> Drawn {
    with(ctx, |notes| notes.last.clone())
}

/// How much one colour stands out from another, as WCAG 2.2 reckons it: from 1 to 21.
pub fn contrast(one: Color32, other: Color32) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    let luminance = |colour: Color32| {
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Takes note of a key of this picture.
pub(super) fn key(ctx: &Context, name: &str, rect: Rect) {
    with(ctx, |notes| {
        if notes.is_kept || tracing::enabled!(tracing::Level::DEBUG) {
            let name = name.to_owned();
            notes.now.keys.push(DrawnKey { name, rect });
        }
    });
}

/// Takes note of a text of this picture.
pub(super) fn text(ctx: &Context, words: &str, place: Rect, rect: Rect, size: f32) {
    with(ctx, |notes| {
        if notes.is_kept {
            let words = words.to_owned();
            notes.now.texts.push(DrawnText {
                words,
                place,
                rect,
                size,
            });
        }
    });
}

/// Ends a picture: tells where the keys are now.
pub(super) fn end(ctx: &Context) {
    let pixels = ctx.pixels_per_point();
    with(ctx, |notes| {
        notes.last = std::mem::take(&mut notes.now);
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let keys = notes.last.keys.iter().map(|key| {
            let centre = key.rect.center() * pixels;
            #[expect(clippy::cast_possible_truncation, reason = "pixels of a display")]
            let place = [centre.x.round() as i32, centre.y.round() as i32];
            (key.name.clone(), place)
        });
        let keys: Vec<_> = keys.collect();
        if keys != notes.told {
            for (name, [x, y]) in &keys {
                tracing::debug!(x, y, name, "key");
            }
            notes.told = keys;
        }
    });
}
