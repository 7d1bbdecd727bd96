//! How large the pictures are that a camera is asked for. Pure: time is an argument.
//!
//! What is wished, unless what was measured says otherwise: less where the machine was too slow for it, more while a code
//! is in view that is too small. Neither is for good. Larger pictures go when nobody needs them any more, and a machine
//! that was slow is tried again while nobody is served.

use std::time::{Duration, Instant};

use super::demand::Need;
use super::mode::{Mode, larger, smaller};

/// Pixels in a row, and rows.
pub(super) type Size = (u32, u32);

/// A machine that was too slow is tried again after so long.
const AGAIN: Duration = Duration::from_mins(10);
/// Larger pictures in which nothing was read for so long are of no use: it is no code, or not one for this lens.
const VAIN: Duration = Duration::from_secs(30);

/// What is asked for instead of what is wished.
#[derive(Debug, Default)]
pub(super) struct Sizing {
    asked: Option<(Size, Why, Instant)>,
    /// Pictures with so many pixels were too much, and when.
    too_much: Option<(u64, Instant)>,
    /// Larger ones did not help with what is in view.
    was_vain: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Why {
    Slow,
    Small,
}

/// What a camera offers, which of it is taken, and what fits the scanner.
pub(super) struct Offer<'a, F> {
    pub(super) modes: &'a [Mode],
    pub(super) mode: Mode,
    /// Whether the scanner would look at a picture of this size pixel by pixel.
    pub(super) fits: F,
}

impl Sizing {
    /// What to ask for instead of what is wished.
    pub(super) fn asked(&self) -> Option<Size> {
        self.asked.map(|(size, _, _)| size)
    }

    /// The machine cannot keep up with this mode. For the log, where another one is asked for from now on.
    pub(super) fn too_slow(
        &mut self,
        modes: &[Mode],
        mode: Mode,
        at: Instant,
    ) -> Option<&'static str> {
        self.too_much = Some((pixels((mode.width, mode.height)), at));
        if let Some((_, Why::Small, _)) = self.asked {
            self.asked = None;
            return Some("the wished pictures again, since the machine is slow");
        }
        let size = smaller(modes, mode)?;
        self.asked = Some((size, Why::Slow, at));
        Some("smaller pictures, since the machine is slow")
    }

    /// What the scanner needs at this moment. For the log, where another size is asked for from now on.
    pub(super) fn follow(
        &mut self,
        (need, last_taken): (Need, Option<Instant>),
        offer: &Offer<'_, impl Fn(Size) -> bool>,
        at: Instant,
    ) -> Option<&'static str> {
        let age = |since: Instant| at.saturating_duration_since(since);
        if self.too_much.is_some_and(|(_, since)| age(since) >= AGAIN) {
            self.too_much = None;
        }
        self.was_vain &= need != Need::Calm;
        match (self.asked, need) {
            (Some((_, Why::Slow, _)), Need::Calm) if self.too_much.is_none() => {
                self.asked = None;
                Some("the wished pictures again: the machine may have time for them")
            }
            (Some((_, Why::Small, _)), Need::Calm) => {
                self.asked = None;
                Some("the wished pictures again: no small code is in view")
            }
            (None | Some((_, Why::Small, _)), Need::More) if !self.was_vain => {
                let fits = |size| {
                    (offer.fits)(size) && self.too_much.is_none_or(|(most, _)| pixels(size) < most)
                };
                if let Some(size) = larger(offer.modes, offer.mode, fits) {
                    self.asked = Some((size, Why::Small, at));
                    return Some("larger pictures, since a code in view is too small");
                }
                let helped = |since| last_taken.is_some_and(|taken| taken > since);
                let (_, _, since) = self.asked.filter(|(_, _, since)| age(*since) >= VAIN)?;
                self.was_vain = !helped(since);
                self.was_vain.then(|| {
                    self.asked = None;
                    "the wished pictures again: larger ones did not help"
                })
            }
            (_, Need::More | Need::Busy | Need::Calm) => None,
        }
    }
}

fn pixels((width, height): Size) -> u64 {
    u64::from(width) * u64::from(height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::PixelFormat;
    use crate::camera::clock::now;

    const HD: Size = (1280, 720);
    const FULL: Size = (1920, 1080);
    const SMALL: Size = (640, 480);
    const HUGE: Size = (3840, 2160);

    fn mode((width, height): Size) -> Mode {
        Mode {
            format: PixelFormat::Mjpg,
            width,
            height,
            rate: (30, 1),
        }
    }

    /// A camera of four sizes, in one of them.
    struct Live {
        sizing: Sizing,
        modes: Vec<Mode>,
        at: Instant,
        taken: Option<Instant>,
    }

    impl Live {
        fn new() -> Self {
            Self {
                sizing: Sizing::default(),
                modes: [SMALL, HD, FULL, HUGE].map(mode).to_vec(),
                at: now(),
                taken: None,
            }
        }

        fn size(&self) -> Size {
            self.sizing.asked().unwrap_or(HD)
        }

        /// The size after the scanner was heard for so long.
        fn after(&mut self, seconds: u64, need: Need) -> Size {
            for _ in 0..seconds {
                self.at += Duration::from_secs(1);
                let offer = Offer {
                    modes: &self.modes,
                    mode: mode(self.size()),
                    fits: |(width, _)| width <= 2048,
                };
                self.sizing.follow((need, self.taken), &offer, self.at);
            }
            self.size()
        }

        fn is_slow(&mut self) -> Size {
            let mode = mode(self.size());
            self.sizing.too_slow(&self.modes, mode, self.at);
            self.size()
        }
    }

    #[test]
    fn a_small_code_is_given_more_pixels_until_nobody_needs_them() {
        let mut camera = Live::new();
        assert_eq!(camera.after(60, Need::Busy), HD);
        assert_eq!(camera.after(1, Need::More), FULL);
        camera.taken = Some(camera.at);
        assert_eq!(camera.after(60, Need::Busy), FULL);
        assert_eq!(camera.after(1, Need::Calm), HD);
        assert_eq!(camera.after(1, Need::More), FULL);
    }

    #[test]
    fn no_picture_is_asked_for_that_the_scanner_would_halve() {
        let mut camera = Live::new();
        camera.modes = [HD, HUGE].map(mode).to_vec();
        assert_eq!(camera.after(5, Need::More), HD);
    }

    #[test]
    fn what_looks_like_a_code_and_never_is_read_does_not_keep_the_large_pictures() {
        let mut camera = Live::new();
        assert_eq!(camera.after(1, Need::More), FULL);
        assert_eq!(camera.after(28, Need::More), FULL);
        assert_eq!(camera.after(5, Need::More), HD);
        assert_eq!(camera.after(600, Need::More), HD);
        // It is gone: the next one is given its chance.
        assert_eq!(camera.after(1, Need::Calm), HD);
        assert_eq!(camera.after(1, Need::More), FULL);
    }

    #[test]
    fn a_slow_machine_is_given_less_and_tried_again_when_nobody_is_served() {
        let mut camera = Live::new();
        assert_eq!(camera.is_slow(), SMALL);
        assert_eq!(camera.after(599, Need::Calm), SMALL);
        assert_eq!(camera.after(600, Need::Busy), SMALL);
        assert_eq!(camera.after(1, Need::Calm), HD);
        assert_eq!(camera.is_slow(), SMALL);
    }

    #[test]
    fn a_machine_that_is_too_slow_for_more_pixels_keeps_the_wished_ones() {
        let mut camera = Live::new();
        assert_eq!(camera.after(1, Need::More), FULL);
        assert_eq!(camera.is_slow(), HD);
        assert_eq!(camera.after(599, Need::More), HD);
        assert_eq!(camera.after(1, Need::More), FULL);
    }

    #[test]
    fn the_smallest_pictures_of_a_slow_machine_stay() {
        let mut camera = Live::new();
        camera.modes = vec![mode(HD)];
        assert_eq!(camera.is_slow(), HD);
    }
}
