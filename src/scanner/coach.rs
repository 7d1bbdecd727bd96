//! Why a code that is plainly there cannot be read, told from the picture itself.
//!
//! A person who holds up a phone and hears nothing tries at random. So once something like a code has been in view for a
//! while and no text came, the code's finder patterns are looked for in grey, and what the picture shows of them is held
//! against what reading needs. A hint counts when two looks agree on it.
//!
//! Time is an argument.

use std::time::{Duration, Instant};

use super::Effort;
use super::lattice::{self, Grain, Sketch};
use crate::frame::{Hint, Luma};

/// How long a code has to have been in view without a text ...
const PATIENCE: Duration = Duration::from_millis(1500);
/// ... looked for so often ...
const EVERY: Duration = Duration::from_millis(250);
/// ... and for how long it may be lost from sight.
const LOST: Duration = Duration::from_secs(1);

/// What was seen of a code that was not read.
#[derive(Debug, Default)]
pub struct Coach {
    looked: Option<Instant>,
    /// The next frame is for the deeper passes: the one before was looked at here, or had a text that is to be read again.
    rests: bool,
    /// What the next look is for.
    grain: Grain,
    /// When the code came into view, and when it was seen last.
    seen: Option<(Instant, Instant)>,
    before: Option<Sketch>,
    /// What the last look said, and what it was when two agreed.
    last: Option<Hint>,
    told: Option<Hint>,
}

impl Coach {
    /// What is spent on the frame of this moment: a look of the coach takes about as long as a group of the deeper passes,
    /// so that there are never both.
    pub fn effort(&self, turn: usize, at: Instant) -> Effort {
        if self.is_due(at) {
            Effort::Quick
        } else {
            Effort::Live { turn }
        }
    }

    fn is_due(&self, at: Instant) -> bool {
        let is_time = |looked: Instant| at.saturating_duration_since(looked) >= EVERY;
        !self.rests && self.looked.is_none_or(is_time)
    }

    /// Takes a frame in which no text was found; the hint that is to be shown from now on.
    pub fn see_unread(&mut self, luma: &Luma, at: Instant) -> Option<Hint> {
        if !self.is_due(at) {
            self.rests = false;
            return self.told;
        }
        self.looked = Some(at);
        self.rests = true;
        let Some(sketch) = lattice::sketched(luma, self.grain) else {
            // The other kind has the next look: each is half the work.
            self.grain = match self.grain {
                Grain::Coarse => Grain::Fine,
                Grain::Fine => Grain::Coarse,
            };
            let is_lost =
                |(_, last): (Instant, Instant)| at.saturating_duration_since(last) >= LOST;
            if self.seen.is_some_and(is_lost) {
                self.forget();
            }
            return self.told;
        };
        let since = self.seen.map_or(at, |(since, _)| since);
        self.seen = Some((since, at));
        let hint = reason(luma, &sketch, self.before.as_ref());
        self.before = Some(sketch);
        let agreed = hint.filter(|_| hint == self.last);
        self.last = hint;
        if at.saturating_duration_since(since) >= PATIENCE && agreed.is_some() {
            self.told = agreed;
        }
        self.told
    }

    /// A text was read, or the camera was away: all is well.
    pub fn forget(&mut self) {
        *self = Self {
            looked: self.looked,
            rests: true,
            ..Self::default()
        };
    }
}

/// Pixels that a module needs, and needs to be read without luck.
const LEAST_MODULE: f32 = 2.5;
/// The code's white, of 255; a display in a dark room shows more.
const DARKEST_WHITE: f32 = 60.0;
/// The code's black; a display in the sun shows less.
const BRIGHTEST_BLACK: f32 = 150.0;
/// The part of the code under glare that its check bytes may not make up for.
const MOST_GLARE: f32 = 0.08;
/// How much longer the longest edge is than the shortest.
const MOST_TILT: f32 = 1.5;
/// How far an edge between dark and light reaches, in modules.
const SOFTEST: f32 = 0.62;
/// How much further it may reach in one direction than across it.
const MOST_SMEAR: f32 = 1.7;
/// Modules between two looks.
const MOST_WAY: f32 = 14.0;

/// The likeliest reason, if there is one.
fn reason(luma: &Luma, sketch: &Sketch, before: Option<&Sketch>) -> Option<Hint> {
    if sketch.is_cut_off(luma) {
        return Some(Hint::TooClose);
    }
    if sketch.white < DARKEST_WHITE {
        return Some(Hint::TooDark);
    }
    if sketch.black > BRIGHTEST_BLACK || sketch.glare > MOST_GLARE {
        return Some(Hint::TooBright);
    }
    if sketch.module < LEAST_MODULE {
        return Some(Hint::TooFar);
    }
    if sketch.tilt > MOST_TILT {
        return Some(Hint::Tilted);
    }
    let [across, down] = sketch.softness;
    let is_smeared = across > MOST_SMEAR * down || down > MOST_SMEAR * across;
    let softest = across.max(down);
    let has_moved = before.is_some_and(|before| before.way_to(sketch) > MOST_WAY);
    if has_moved || is_smeared && softest > SOFTEST {
        return Some(Hint::Moving);
    }
    (softest > SOFTEST).then_some(Hint::OutOfFocus)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::made::{
        code, code_of, dark, glaring, inverted, made, narrowed, of, smeared, turned, washed_out,
    };

    /// What is told of frames that are never read, five a second for three seconds.
    fn told(frame: impl Fn(u32) -> Luma) -> Vec<Option<Hint>> {
        #[expect(
            clippy::disallowed_methods,
            reason = "any moment will do, and there is no other way to one"
        )]
        let begun = Instant::now();
        let mut coach = Coach::default();
        (0..15)
            .map(|step| coach.see_unread(&frame(step), begun + Duration::from_millis(200) * step))
            .collect()
    }

    /// Silence at first, then this.
    fn check(luma: &Luma, hint: Option<Hint>) {
        let told = told(|_| luma.clone());
        assert!(told[..8].iter().all(Option::is_none), "{told:?}");
        assert_eq!(told.last(), Some(&hint), "{told:?}");
    }

    #[test]
    fn a_good_code_is_never_spoken_of() {
        for (module, place) in [
            (4, [100, 60]),
            (6, [200, 100]),
            (10, [60, 40]),
            (3, [10, 10]),
        ] {
            check(&code(module, place), None);
        }
        for (version, module) in [(2, 8), (4, 6), (7, 5), (10, 4), (14, 3)] {
            check(&code_of(version, module, [60, 40]), None);
        }
    }

    #[test]
    fn a_good_code_that_is_turned_dim_light_on_dark_or_a_little_soft_is_not_either() {
        let code = code(8, [156, 96]);
        for slope in [-80, -30, -10, 10, 30, 80] {
            check(&turned(&code, slope), None);
        }
        for good in [
            inverted(&code),
            made(|x, y| of(&code, x, y) / 3),
            made(|x, y| 60 + of(&code, x, y) / 2),
            smeared(&code, [1, 1]),
        ] {
            check(&good, None);
        }
    }

    #[test]
    fn an_empty_picture_and_none_at_all_are_not_spoken_of() {
        check(&made(|x, y| u8::try_from((x + y) / 4).unwrap()), None);
        assert!(told(|_| Luma::default()).iter().all(Option::is_none));
    }

    #[test]
    fn a_dark_display_is_too_dark() {
        check(&dark(&code(6, [120, 80])), Some(Hint::TooDark));
    }

    #[test]
    fn a_washed_out_code_and_one_under_glare_are_too_bright() {
        let code = code(6, [120, 80]);
        check(&washed_out(&code), Some(Hint::TooBright));
        check(&glaring(&code), Some(Hint::TooBright));
    }

    #[test]
    fn a_code_of_tiny_modules_is_too_far() {
        check(&code(2, [200, 100]), Some(Hint::TooFar));
    }

    #[test]
    fn a_code_that_reaches_over_the_edge_is_too_close() {
        // Its three finder patterns are in the picture, its fourth corner is below it.
        check(&turned(&code(12, [131, 100]), 36), Some(Hint::TooClose));
    }

    #[test]
    fn a_code_smeared_one_way_moves() {
        let code = code(6, [120, 80]);
        check(&smeared(&code, [3, 0]), Some(Hint::Moving));
        check(&smeared(&code, [0, 3]), Some(Hint::Moving));
    }

    #[test]
    fn a_sharp_code_that_is_elsewhere_in_each_frame_moves() {
        let frames = |step: u32| {
            let place = if (step / 3).is_multiple_of(2) {
                [20, 20]
            } else {
                [250, 150]
            };
            code(5, place)
        };
        assert_eq!(told(frames).last(), Some(&Some(Hint::Moving)));
    }

    #[test]
    fn a_code_soft_all_over_is_out_of_focus() {
        check(
            &smeared(&code(6, [120, 80]), [3, 3]),
            Some(Hint::OutOfFocus),
        );
    }

    #[test]
    fn a_code_seen_from_the_side_is_tilted() {
        check(&narrowed(&code(8, [60, 60])), Some(Hint::Tilted));
    }

    #[test]
    fn a_text_takes_the_hint_away() {
        #[expect(
            clippy::disallowed_methods,
            reason = "any moment will do, and there is no other way to one"
        )]
        let begun = Instant::now();
        let dark = dark(&code(6, [120, 80]));
        let mut coach = Coach::default();
        let mut hint = None;
        for step in 0..15 {
            hint = coach.see_unread(&dark, begun + Duration::from_millis(200) * step);
        }
        assert_eq!(hint, Some(Hint::TooDark));
        coach.forget();
        assert_eq!(
            coach.see_unread(&dark, begun + Duration::from_secs(4)),
            None
        );
    }
}
