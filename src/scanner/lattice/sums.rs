//! How much a place looks like a finder pattern, by sums over squares: the same work for every size of pattern.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels are few"
)]

use super::hunt::LEAST_DIFFERENCE;
use crate::frame::Luma;

/// Where patterns of one size are looked for along one side of the picture: their middle, and where their square of
/// three modules, of five and of seven begins and ends. Worked out once, since most of the time goes into what follows.
pub(super) struct Spans(pub(super) Vec<(f32, [[usize; 2]; 3])>);

impl Spans {
    pub(super) fn along(length: usize, module: f32) -> Self {
        let margin = (4.5 * module).ceil() * 0.75;
        let step = (module * 0.66).max(1.0);
        let clip = |at: f32| (at.round().max(0.0) as usize).min(length);
        let mut spans = Vec::new();
        let mut at = margin;
        while at < length as f32 - margin {
            let of = |half: f32| [clip(at - half * module), clip(at + half * module)];
            spans.push((at, [of(1.5), of(2.5), of(3.5)]));
            at += step;
        }
        Self(spans)
    }
}

/// Sums of all pixels above and to the left, of their values and their squares.
pub(super) struct Sums {
    width: usize,
    plain: Vec<u32>,
    squares: Vec<u64>,
}

impl Sums {
    pub(super) fn of(luma: &Luma) -> Self {
        let (width, height) = (luma.width(), luma.height());
        let row = width + 1;
        let mut plain = vec![0_u32; row * (height + 1)];
        let mut squares = vec![0_u64; row * (height + 1)];
        for (y, pixels) in luma.pixels().chunks_exact(width.max(1)).enumerate() {
            let (mut sum, mut square) = (0_u32, 0_u64);
            for (x, &pixel) in pixels.iter().enumerate() {
                sum += u32::from(pixel);
                square += u64::from(pixel) * u64::from(pixel);
                let at = (y + 1) * row + x + 1;
                plain[at] = plain[at - row] + sum;
                squares[at] = squares[at - row] + square;
            }
        }
        Self {
            width,
            plain,
            squares,
        }
    }

    fn sum(&self, [left, right]: [usize; 2], [top, bottom]: [usize; 2]) -> (f32, f32) {
        let row = self.width + 1;
        let of = |x: usize, y: usize| self.plain[y * row + x];
        let sum = of(right, bottom) + of(left, top) - of(right, top) - of(left, bottom);
        (sum as f32, ((right - left) * (bottom - top)) as f32)
    }

    fn square_sum(&self, [left, right]: [usize; 2], [top, bottom]: [usize; 2]) -> f32 {
        let row = self.width + 1;
        let of = |x: usize, y: usize| self.squares[y * row + x];
        (of(right, bottom) + of(left, top) - of(right, top) - of(left, bottom)) as f32
    }

    /// How much the light ring differs from what is in it and round it, as a share of all differences here.
    pub(super) fn likeness(
        &self,
        across: &[[usize; 2]; 3],
        down: &[[usize; 2]; 3],
        is_inverted: bool,
    ) -> f32 {
        let sign = if is_inverted { -1.0 } else { 1.0 };
        let (three, three_area) = self.sum(across[0], down[0]);
        let (five, five_area) = self.sum(across[1], down[1]);
        if three_area == 0.0 || five_area <= three_area {
            return 0.0;
        }
        // Most places end here.
        let ring_area = five_area - three_area;
        if sign * ((five - three) * three_area - three * ring_area)
            <= LEAST_DIFFERENCE * three_area * ring_area
        {
            return 0.0;
        }
        let core = three / three_area;
        let light = (five - three) / ring_area;
        let (seven, seven_area) = self.sum(across[2], down[2]);
        if seven_area <= five_area {
            return 0.0;
        }
        let dark = (seven - five) / (seven_area - five_area);
        let differs = (sign * (light - core)).min(sign * (light - dark));
        if differs <= LEAST_DIFFERENCE {
            return 0.0;
        }
        let mean = seven / seven_area;
        let spread = (self.square_sum(across[2], down[2]) / seven_area - mean * mean)
            .max(4.0)
            .sqrt();
        differs / (2.0 * spread)
    }
}
