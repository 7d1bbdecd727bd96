//! Whether something moved between two pictures: a phone that is held up, a hand.
//!
//! The picture is cut into cells, and a few pixels of each are averaged: noise of single pixels cancels out, a phone's
//! edge does not.

use crate::frame::Luma;

const COLUMNS: usize = 32;
const ROWS: usize = 18;
/// Pixels a cell, along each side.
const SAMPLES: usize = 4;
/// So much brighter or darker a cell has to be, of 255: noise in the dark stays below it.
const MOVED: u8 = 10;

/// Remembers the last picture's cells.
#[derive(Debug, Default)]
pub(super) struct Motion {
    cells: Vec<u8>,
}

impl Motion {
    /// Whether this picture differs from the last one; the first one does.
    pub(super) fn sees(&mut self, luma: &Luma) -> bool {
        let cells = cells(luma);
        let has_moved = self.cells.len() != cells.len()
            || self
                .cells
                .iter()
                .zip(&cells)
                .any(|(before, now)| before.abs_diff(*now) >= MOVED);
        self.cells = cells;
        has_moved
    }
}

fn cells(luma: &Luma) -> Vec<u8> {
    let (width, height) = (luma.width(), luma.height());
    let mut cells = Vec::with_capacity(COLUMNS * ROWS);
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let mut sum = 0_usize;
            for at in 0..SAMPLES * SAMPLES {
                let x = (column * SAMPLES + at % SAMPLES) * width / (COLUMNS * SAMPLES);
                let y = (row * SAMPLES + at / SAMPLES) * height / (ROWS * SAMPLES);
                sum += luma
                    .pixels()
                    .get(y * width + x)
                    .map_or(0, |pixel| usize::from(*pixel));
            }
            cells.push(u8::try_from(sum / (SAMPLES * SAMPLES)).unwrap_or(u8::MAX));
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 640;
    const HEIGHT: usize = 360;

    /// A grey wall with noise of ten levels to either side, and a dark phone at `x`.
    fn wall(seed: u32, phone: Option<usize>) -> Luma {
        let mut random = seed;
        let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = u8::try_from((random >> 24) % 21).unwrap();
                let is_phone = phone.is_some_and(|at| (at..at + 60).contains(&x) && y > 200);
                pixels.push(if is_phone { 20 } else { 110 + noise });
            }
        }
        Luma::new(WIDTH, HEIGHT, pixels).unwrap()
    }

    #[test]
    fn noise_is_no_motion_and_a_phone_is() {
        let mut motion = Motion::default();
        assert!(motion.sees(&wall(1, None)));
        for seed in 2..30 {
            assert!(!motion.sees(&wall(seed, None)), "{seed}");
        }
        assert!(motion.sees(&wall(31, Some(100))));
        assert!(!motion.sees(&wall(32, Some(100))));
        assert!(motion.sees(&wall(33, Some(120))));
        assert!(motion.sees(&wall(34, None)));
    }

    #[test]
    fn pictures_of_any_size_are_compared() {
        let mut motion = Motion::default();
        for (width, height) in [(0, 0), (1, 1), (3, 2)] {
            let luma = Luma::new(width, height, vec![0; width * height]).unwrap();
            motion.sees(&luma);
            assert!(!motion.sees(&luma));
        }
    }
}
