//! What a lens over a counter would see, drawn: a calm background, and a phone that comes, is held and goes.
//!
//! Everything is a function of the time since the scene began, so that the same script gives the same frames. The
//! background and the phone are drawn once; a frame is made by copying rows, which is cheap without optimization too.

use std::time::Duration;

use super::phone::Phone;
use crate::frame::{Luma, Rgb};

/// Pixels in a row of the luma.
pub(super) const WIDTH: usize = 1280;
/// Rows of the luma.
pub(super) const HEIGHT: usize = 720;
/// The preview is three quarters of it.
pub(super) const PREVIEW_WIDTH: usize = 960;
/// See [`PREVIEW_WIDTH`].
pub(super) const PREVIEW_HEIGHT: usize = 540;

/// From outside to the middle.
const COMING: Duration = Duration::from_millis(400);
/// From the middle to outside.
const LEAVING: Duration = Duration::from_millis(300);
/// The same, when another one is waiting.
const LEAVING_FAST: Duration = Duration::from_millis(150);
/// From one phone's left side to the next one's.
const APART: isize = 500;
/// A hand is never quite still: pixels to either side.
const SWAY: [f64; 2] = [4.0, 2.5];

/// The background, and who is in front of it.
pub(super) struct Scene {
    luma: Vec<u8>,
    preview: Vec<u8>,
    held: Option<Held>,
    next: Option<Vec<Phone>>,
}

/// Phones side by side.
struct Held {
    phones: Vec<Phone>,
    since: Duration,
    leaves: Option<Leaving>,
}

#[derive(Clone, Copy)]
struct Leaving {
    from: Duration,
    takes: Duration,
}

impl Default for Scene {
    fn default() -> Self {
        let mut luma = Vec::with_capacity(WIDTH * HEIGHT);
        for y in 0..HEIGHT {
            luma.extend((0..WIDTH).map(|x| brightness(counter(x, y))));
        }
        let mut preview = Vec::with_capacity(PREVIEW_WIDTH * PREVIEW_HEIGHT * 3);
        for y in 0..PREVIEW_HEIGHT {
            for x in 0..PREVIEW_WIDTH {
                preview.extend(counter(
                    x * WIDTH / PREVIEW_WIDTH,
                    y * HEIGHT / PREVIEW_HEIGHT,
                ));
            }
        }
        Self {
            luma,
            preview,
            held: None,
            next: None,
        }
    }
}

impl Scene {
    /// Brings phones into view, side by side; what is there leaves first.
    pub(super) fn hold_up(&mut self, phones: Vec<Phone>, at: Duration) {
        self.next = Some(phones);
        self.leave(at, LEAVING_FAST);
        self.advance(at);
    }

    /// The phone leaves, and the one that was to follow stays away.
    pub(super) fn take_away(&mut self, at: Duration) {
        self.next = None;
        self.leave(at, LEAVING);
        self.advance(at);
    }

    /// Whether there is anything but the background.
    pub(super) fn is_busy(&self) -> bool {
        self.held.is_some()
    }

    /// The picture at that time.
    pub(super) fn frame(&mut self, at: Duration) -> Option<(Luma, Rgb)> {
        self.advance(at);
        let mut luma = self.luma.clone();
        let mut preview = self.preview.clone();
        if let Some(held) = &self.held {
            let (x, y) = held.place(at);
            let mut x = x - APART * held.phones.len().saturating_sub(1).cast_signed() / 2;
            for phone in &held.phones {
                phone.draw(x, y, &mut luma, &mut preview);
                x += APART;
            }
        }
        let luma = Luma::new(WIDTH, HEIGHT, luma)?;
        let preview = Rgb::new(PREVIEW_WIDTH, PREVIEW_HEIGHT, preview)?;
        Some((luma, preview))
    }

    fn leave(&mut self, at: Duration, takes: Duration) {
        if let Some(held) = &mut self.held {
            let planned = held.leaves.unwrap_or(Leaving { from: at, takes });
            held.leaves = Some(planned);
        }
    }

    fn advance(&mut self, at: Duration) {
        let is_gone = |held: &Held| {
            held.leaves
                .is_some_and(|leaving| at >= leaving.from + leaving.takes)
        };
        if self.held.as_ref().is_some_and(is_gone) {
            self.held = None;
        }
        if self.held.is_none() {
            self.held = self.next.take().map(|phones| Held {
                phones,
                since: at,
                leaves: None,
            });
        }
    }
}

impl Held {
    /// Where the phone's upper left corner is.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a few thousand pixels"
    )]
    fn place(&self, at: Duration) -> (isize, isize) {
        let since = at.saturating_sub(self.since);
        let mut away = 1.0 - eased(since.as_secs_f64() / COMING.as_secs_f64());
        if let Some(leaving) = self.leaves {
            let gone = at.saturating_sub(leaving.from).as_secs_f64() / leaving.takes.as_secs_f64();
            away = away.max(eased(gone));
        }
        let angle = since.as_secs_f64();
        let sway_x = SWAY[0] * (1.7 * angle).sin();
        let sway_y = SWAY[1] * (2.3 * angle).sin();
        let middle_x = (WIDTH - Phone::WIDTH) as f64 / 2.0;
        let middle_y = (HEIGHT as f64 - Phone::HEIGHT as f64) / 2.0;
        let x = middle_x + sway_x + 120.0 * away;
        let y = middle_y + sway_y + (HEIGHT as f64 - middle_y) * away;
        (x.round() as isize, y.round() as isize)
    }
}

/// From 0 to 1, slow at both ends.
fn eased(part: f64) -> f64 {
    let part = part.clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}

/// A wall out of focus above, a wooden counter below, a lamp somewhere to the left.
#[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
fn counter(x: usize, y: usize) -> [u8; 3] {
    let (across, down) = (x as f64 / WIDTH as f64, y as f64 / HEIGHT as f64);
    let lamp = 1.0 - 0.5 * (across - 0.35).hypot(down - 0.15);
    let colour = if down < 0.62 {
        let shade = 1.0 - 0.25 * down;
        [150.0 * shade, 152.0 * shade, 158.0 * shade]
    } else {
        let depth = (down - 0.62) / 0.38;
        let grain = 3.0 * (down * 160.0 + (across * 5.0).sin()).sin();
        let light = 0.75 + 0.25 * depth;
        [
            142.0 * light + grain,
            112.0 * light + grain,
            84.0 * light + grain,
        ]
    };
    // The far edge of the counter is a soft line.
    let edge = 1.0 - 0.35 * (1.0 - ((down - 0.62).abs() / 0.02).min(1.0));
    colour.map(|value| byte(value * lamp * edge))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held between 0 and 255"
)]
fn byte(value: f64) -> u8 {
    value.clamp(0.0, 255.0).round() as u8
}

/// What a sensor would tell of a colour.
pub(super) fn brightness([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from(sum / 1000).unwrap_or(u8::MAX)
}
