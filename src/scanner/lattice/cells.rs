//! The modules' colours, with how sure they are.

#![expect(
    clippy::needless_range_loop,
    reason = "modules are few; matrices are read by row and column"
)]

use super::fit::{Fit, SATURATED};
use super::layout::{Format, Layout};
use super::shifts::Shifts;
use super::warp::View;

/// One number a module: above 0 light, below 0 dark, the further from 0 the surer.
pub(super) struct Cells {
    pub(super) side: usize,
    pub(super) values: Vec<f32>,
    /// Where glare hides what is there, or the picture ends.
    pub(super) is_hidden: Vec<bool>,
}

impl Cells {
    /// As they are seen through the net, moved by `shifts`.
    pub(super) fn sampled(view: View<'_>, layout: &Layout, fit: &Fit, shifts: &Shifts) -> Self {
        let side = layout.side;
        let reach = (fit.warp.module() * 0.22).min(4.0);
        let mut values = Vec::with_capacity(side * side);
        let mut is_hidden = Vec::with_capacity(side * side);
        let mut is_bright = Vec::with_capacity(side * side);
        for at in 0..side * side {
            let [x, y] = fit.warp.pixel_of(shifts.place(at % side, at / side));
            let taps = [
                (0.0, 0.0),
                (-reach, -reach),
                (reach, -reach),
                (-reach, reach),
                (reach, reach),
            ];
            let seen = taps.map(|(across, down)| view.at([x + across, y + down]));
            let (mut sum, mut count) = (0.0, 0.0);
            for value in seen.into_iter().flatten() {
                sum += value;
                count += 1.0;
            }
            let value = if count > 0.0 { sum / count } else { 0.0 };
            values.push(if count > 0.0 {
                fit.levels.shade(value)
            } else {
                0.0
            });
            is_hidden.push(count == 0.0 || fit.levels.is_glare(value));
            is_bright.push(value > SATURATED);
        }
        let mut cells = Self {
            side,
            values,
            is_hidden,
        };
        cells.hide_washed_out(&is_bright);
        cells.balance();
        cells.doubt_beside_glare();
        cells
    }

    /// Nine modules that are all as bright as a camera can tell are overexposed sooner than white: the masks see to it
    /// that so many of a colour are rare.
    fn hide_washed_out(&mut self, is_bright: &[bool]) {
        let side = self.side;
        for at in 0..side * side {
            let (x, y) = (at % side, at / side);
            let is_inside = x > 0 && y > 0 && x + 1 < side && y + 1 < side;
            if is_inside
                && (y - 1..=y + 1).all(|y| (x - 1..=x + 1).all(|x| is_bright[y * side + x]))
            {
                for y in y - 1..=y + 1 {
                    self.is_hidden[y * side + x - 1..=y * side + x + 1].fill(true);
                }
            }
        }
    }

    /// Glare has no sharp edge.
    fn doubt_beside_glare(&mut self) {
        let side = self.side;
        for at in 0..side * side {
            let beside = [
                (at % side > 0).then(|| at - 1),
                (at % side + 1 < side).then(|| at + 1),
                at.checked_sub(side),
                Some(at + side).filter(|&below| below < side * side),
            ];
            if beside.into_iter().flatten().any(|at| self.is_hidden[at]) {
                self.values[at] *= 0.5;
            }
        }
    }

    /// Takes from each module what its surroundings have in common: light falls unevenly. Masks see to it that dark and
    /// light are about as many everywhere.
    fn balance(&mut self) {
        let side = self.side;
        let mut thresholds = Vec::with_capacity(self.values.len());
        for at in 0..side * side {
            let (x, y) = (at % side, at / side);
            let (mut light, mut lights, mut dark, mut darks) = (0.0, 0.0, 0.0, 0.0);
            for row in y.saturating_sub(REACH)..(y + REACH + 1).min(side) {
                for column in x.saturating_sub(REACH)..(x + REACH + 1).min(side) {
                    let near = row * side + column;
                    if self.is_hidden[near] {
                        continue;
                    }
                    let value = self.values[near];
                    if value > 0.0 {
                        light += value;
                        lights += 1.0;
                    } else {
                        dark += value;
                        darks += 1.0;
                    }
                }
            }
            thresholds.push(if lights > 4.0 && darks > 4.0 {
                f32::midpoint(light / lights, dark / darks)
            } else {
                0.0
            });
        }
        for (value, threshold) in self.values.iter_mut().zip(thresholds) {
            *value -= threshold;
        }
    }

    /// As they would be without the smear between neighbours: the filter over five by five modules that turns what is
    /// seen of the known modules into what they are, learnt from them and then from its own sure answers.
    pub(super) fn equalized(&self, layout: &Layout, rounds: usize) -> Self {
        let side = self.side;
        let mut wanted = vec![0.0_f32; side * side];
        for &(x, y, is_dark) in layout.groups.iter().flatten() {
            wanted[y * side + x] = if is_dark { -1.0 } else { 1.0 };
        }
        let known = wanted.clone();
        let mut values = self.values.clone();
        for _ in 0..rounds {
            let Some(filter) = self.learnt(&wanted) else {
                break;
            };
            for at in 0..side * side {
                let seen = self.around(at);
                values[at] = filter.iter().zip(seen).map(|(a, b)| a * b).sum();
                if known[at] == 0.0 {
                    let is_sure = values[at].abs() > 0.35 && !self.is_hidden[at];
                    wanted[at] = if is_sure { values[at].signum() } else { 0.0 };
                }
            }
        }
        Self {
            side,
            values,
            is_hidden: self.is_hidden.clone(),
        }
    }

    fn around(&self, at: usize) -> [f32; TAPS] {
        let side = self.side;
        let (x, y) = (at % side, at / side);
        let mut seen = [0.0; TAPS];
        for (tap, one) in seen.iter_mut().take(TAPS - 1).enumerate() {
            let near = |at: usize, off: usize| (at + off).saturating_sub(2).min(side - 1);
            *one = self.values[near(y, tap / 5) * side + near(x, tap % 5)];
        }
        seen[TAPS - 1] = 1.0;
        seen
    }

    /// Least squares with a little weight on staying as it is.
    fn learnt(&self, wanted: &[f32]) -> Option<[f32; TAPS]> {
        let mut square = [[0.0_f32; TAPS]; TAPS];
        let mut right = [0.0_f32; TAPS];
        let mut count = 0.0;
        for (at, &want) in wanted.iter().enumerate() {
            if want == 0.0 || self.is_hidden[at] {
                continue;
            }
            count += 1.0;
            let seen = self.around(at);
            for (i, row) in square.iter_mut().enumerate() {
                right[i] += seen[i] * want;
                for (j, cell) in row.iter_mut().enumerate().take(i + 1) {
                    *cell += seen[i] * seen[j];
                }
            }
        }
        let ridge = 0.04 * count;
        right[TAPS / 2] += ridge;
        for i in 0..TAPS {
            square[i][i] += ridge;
            for j in 0..i {
                square[j][i] = square[i][j];
            }
        }
        solved(square, right)
    }

    /// How many of the formats' bits speak for each, the likeliest first.
    pub(super) fn formats(&self) -> Vec<(f32, Format)> {
        let mut all: Vec<(f32, Format)> = Format::all()
            .map(|format| {
                let votes = format.cells(self.side).map(|(x, y, is_dark)| {
                    let value = self.values[y * self.side + x].clamp(-1.0, 1.0);
                    if self.is_hidden[y * self.side + x] {
                        0.0
                    } else if is_dark {
                        -value
                    } else {
                        value
                    }
                });
                (votes.sum(), format)
            })
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        all
    }
}

/// Modules to each side that have their light in common.
const REACH: usize = 4;
/// Five by five, and one for what all have in common.
const TAPS: usize = 26;

/// Cholesky's way; the ridge sees to it that the square is positive.
fn solved(mut square: [[f32; TAPS]; TAPS], mut right: [f32; TAPS]) -> Option<[f32; TAPS]> {
    for i in 0..TAPS {
        for j in 0..=i {
            let mut sum = square[i][j];
            for k in 0..j {
                sum -= square[i][k] * square[j][k];
            }
            if i == j {
                if sum <= 0.0 {
                    return None;
                }
                square[i][i] = sum.sqrt();
            } else {
                square[i][j] = sum / square[j][j];
            }
        }
    }
    for i in 0..TAPS {
        for k in 0..i {
            right[i] -= square[i][k] * right[k];
        }
        right[i] /= square[i][i];
    }
    for i in (0..TAPS).rev() {
        for k in i + 1..TAPS {
            right[i] -= square[k][i] * right[k];
        }
        right[i] /= square[i][i];
    }
    Some(right)
}
