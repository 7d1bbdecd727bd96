//! Where the keys stand: told to the log whenever it changes, so that a test with a real finger (xdotool, a touch driver)
//! finds them by their names: `RUST_LOG=coupon_kiosk::ui=debug`.

use eframe::egui::{Context, Id, Rect};

#[derive(Clone, Default)]
struct Targets {
    now: Vec<(String, [i32; 2])>,
    told: Vec<(String, [i32; 2])>,
}

fn id() -> Id {
    Id::unique("targets")
}

/// Takes note of a key of this frame.
pub fn note(ctx: &Context, name: &str, rect: Rect) {
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    let centre = rect.center() * ctx.pixels_per_point();
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a display")]
    let place = [centre.x.round() as i32, centre.y.round() as i32];
    ctx.data_mut(|data| {
        let targets: &mut Targets = data.get_temp_mut_or_default(id());
        targets.now.push((name.to_owned(), place));
    });
}

/// Ends a frame: tells what changed.
pub fn tell(ctx: &Context) {
    ctx.data_mut(|data| {
        let targets: &mut Targets = data.get_temp_mut_or_default(id());
        if targets.now != targets.told {
            for (name, [x, y]) in &targets.now {
                tracing::debug!(x, y, name, "key");
            }
            targets.told.clone_from(&targets.now);
        }
        targets.now.clear();
    });
}
