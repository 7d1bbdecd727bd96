//! A phone with a picture on its lit screen, drawn once and copied into frames.

use super::scene::{HEIGHT, PREVIEW_HEIGHT, PREVIEW_WIDTH, WIDTH, brightness};
use crate::frame::Luma;

const BODY: [u8; 3] = [26, 28, 32];
const RIM: [u8; 3] = [70, 74, 80];
const SCREEN: [u8; 3] = [246, 247, 248];
const HEAD: [u8; 3] = [52, 148, 94];
const TEXT: [u8; 3] = [176, 180, 184];
/// Rounding of the body and of the screen.
const ROUND: usize = 52;
const SCREEN_ROUND: usize = 36;
/// Between the outside and the screen.
const BEZEL: usize = 16;
/// The coloured bar at the top of the page.
const HEAD_HEIGHT: usize = 84;
/// Around the picture.
const MARGIN: usize = 34;

/// The drawing, at the luma's size and at the preview's.
pub(super) struct Phone {
    luma: Vec<u8>,
    preview: Vec<u8>,
}

impl Phone {
    /// Pixels of the luma.
    pub(super) const WIDTH: usize = 420;
    /// Taller than what is in view: a phone held before a lens shows its upper part and its middle.
    pub(super) const HEIGHT: usize = 800;

    /// A phone that shows this picture, as large as its page allows.
    pub(super) fn showing(picture: &Luma) -> Self {
        let page = Page::of(picture);
        let mut luma = Vec::with_capacity(Self::WIDTH * Self::HEIGHT);
        for y in 0..Self::HEIGHT {
            luma.extend((0..Self::WIDTH).map(|x| brightness(page.colour(x, y))));
        }
        let (width, height) = Self::preview_size();
        let mut preview = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                preview.extend(page.colour(x * WIDTH / PREVIEW_WIDTH, y * HEIGHT / PREVIEW_HEIGHT));
            }
        }
        Self { luma, preview }
    }

    /// Copies itself into a frame, upper left corner at `x`, `y` of the luma; what is outside is cut off.
    pub(super) fn draw(&self, x: isize, y: isize, luma: &mut [u8], preview: &mut [u8]) {
        let luma = &mut Canvas {
            pixels: luma,
            width: WIDTH,
            height: HEIGHT,
            depth: 1,
        };
        luma.copy(&self.luma, Self::WIDTH, ROUND, x, y);
        let scaled = |at: isize| (at * 3).div_euclid(4);
        let preview = &mut Canvas {
            pixels: preview,
            width: PREVIEW_WIDTH,
            height: PREVIEW_HEIGHT,
            depth: 3,
        };
        let (width, _height) = Self::preview_size();
        preview.copy(&self.preview, width, ROUND * 3 / 4, scaled(x), scaled(y));
    }

    fn preview_size() -> (usize, usize) {
        (
            Self::WIDTH * PREVIEW_WIDTH / WIDTH,
            Self::HEIGHT * PREVIEW_HEIGHT / HEIGHT,
        )
    }
}

/// The page on the screen: a coloured head, the picture, two lines of something.
struct Page<'a> {
    picture: &'a Luma,
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl<'a> Page<'a> {
    fn of(picture: &'a Luma) -> Self {
        let room_x = Phone::WIDTH - 2 * (BEZEL + MARGIN);
        let room_y = Phone::HEIGHT - 2 * (BEZEL + MARGIN) - 2 * HEAD_HEIGHT;
        let (from_x, from_y) = (picture.width().max(1), picture.height().max(1));
        let (width, height) = if from_x * room_y >= from_y * room_x {
            (room_x, room_x * from_y / from_x)
        } else {
            (room_y * from_x / from_y, room_y)
        };
        Self {
            picture,
            left: (Phone::WIDTH - width) / 2,
            top: (Phone::HEIGHT - height) / 2,
            width,
            height,
        }
    }

    fn colour(&self, x: usize, y: usize) -> [u8; 3] {
        let screen_width = Phone::WIDTH - 2 * BEZEL;
        let screen_height = Phone::HEIGHT - 2 * BEZEL;
        let (Some(across), Some(down)) = (x.checked_sub(BEZEL), y.checked_sub(BEZEL)) else {
            return rim(x, y);
        };
        if across >= screen_width || down >= screen_height {
            return rim(x, y);
        }
        let inset = inset(down, screen_height, SCREEN_ROUND);
        if across < inset || across >= screen_width - inset {
            return BODY;
        }
        if down < HEAD_HEIGHT {
            return HEAD;
        }
        if let (Some(px), Some(py)) = (x.checked_sub(self.left), y.checked_sub(self.top))
            && px < self.width
            && py < self.height
        {
            let px = px * self.picture.width() / self.width;
            let py = py * self.picture.height() / self.height;
            let at = py * self.picture.width() + px;
            return [self.picture.pixels().get(at).copied().unwrap_or(u8::MAX); 3];
        }
        let below = y.saturating_sub(self.top + self.height + MARGIN);
        let is_line = (8..22).contains(&below) && (90..300).contains(&across)
            || (40..52).contains(&below) && (120..270).contains(&across);
        if is_line { TEXT } else { SCREEN }
    }
}

fn rim(x: usize, y: usize) -> [u8; 3] {
    let is_outermost = x < 3 || y < 3 || x + 3 >= Phone::WIDTH || y + 3 >= Phone::HEIGHT;
    if is_outermost { RIM } else { BODY }
}

/// How far a rounded rectangle begins from its side in row `y`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few dozen pixels, never negative"
)]
fn inset(y: usize, height: usize, round: usize) -> usize {
    let from_end = y.min(height.saturating_sub(y + 1));
    if from_end >= round {
        return 0;
    }
    let away = (round - from_end) as f64;
    let round = round as f64;
    (round - (round * round - away * away).max(0.0).sqrt()).round() as usize
}

struct Canvas<'a> {
    pixels: &'a mut [u8],
    width: usize,
    height: usize,
    depth: usize,
}

impl Canvas<'_> {
    /// Copies a sprite with rounded corners, row by row, as far as it is inside.
    fn copy(&mut self, sprite: &[u8], width: usize, round: usize, x: isize, y: isize) {
        let rows = sprite.len() / (width * self.depth);
        for row in 0..rows {
            let Some(to_y) = y.checked_add_unsigned(row) else {
                continue;
            };
            let Ok(to_y) = usize::try_from(to_y) else {
                continue;
            };
            if to_y >= self.height {
                break;
            }
            let inset = inset(row, rows, round);
            let begin = inset.max(usize::try_from(-x).unwrap_or(0));
            let right = self.width.saturating_add_signed(-x);
            let end = (width - inset).min(right);
            if begin >= end {
                continue;
            }
            let from = (row * width + begin) * self.depth;
            let Some(to_x) = begin.checked_add_signed(x) else {
                continue;
            };
            let to = (to_y * self.width + to_x) * self.depth;
            let bytes = (end - begin) * self.depth;
            if let (Some(source), Some(target)) = (
                sprite.get(from..from + bytes),
                self.pixels.get_mut(to..to + bytes),
            ) {
                target.copy_from_slice(source);
            }
        }
    }
}
