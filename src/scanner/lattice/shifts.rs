//! What no perspective explains: cloth, crumpled paper, a round tin. The net is moved here and there by parts of a
//! module, so that every module is as light or as dark as it can be.

#![expect(clippy::cast_precision_loss, reason = "modules are few")]

use super::fit::Fit;
use super::layout::Layout;
use super::warp::{Point, View};

/// Shifts of the net's knots, in modules; between them what lies between.
pub(super) struct Shifts {
    /// Knots a side; 0 where nothing is moved.
    knots: usize,
    shifts: Vec<Point>,
}

/// Modules from knot to knot.
const APART: usize = 4;
/// No knot is moved further than this from where its neighbours are.
const STEPS: [f32; 3] = [0.4, 0.25, 0.15];

impl Shifts {
    /// Everything stays.
    pub(super) fn none() -> Self {
        Self {
            knots: 0,
            shifts: Vec::new(),
        }
    }

    /// The middle of a module, moved.
    pub(super) fn place(&self, x: usize, y: usize) -> Point {
        let (middle_x, middle_y) = (x as f32 + 0.5, y as f32 + 0.5);
        if self.knots == 0 {
            return [middle_x, middle_y];
        }
        let (column, row) = (x / APART, y / APART);
        let across = (x % APART) as f32 / APART as f32;
        let down = (y % APART) as f32 / APART as f32;
        let mut moved = [middle_x, middle_y];
        for (axis, at) in moved.iter_mut().enumerate() {
            let of = |column: usize, row: usize| {
                let (column, row) = (column.min(self.knots - 1), row.min(self.knots - 1));
                self.shifts[row * self.knots + column][axis]
            };
            let upper = of(column, row) * (1.0 - across) + of(column + 1, row) * across;
            let lower = of(column, row + 1) * (1.0 - across) + of(column + 1, row + 1) * across;
            *at += upper * (1.0 - down) + lower * down;
        }
        moved
    }

    /// Finds where the modules are clearest.
    pub(super) fn found(view: View<'_>, layout: &Layout, fit: &Fit) -> Self {
        let side = layout.side;
        let knots = side.div_ceil(APART) + 1;
        let mut found = Self {
            knots,
            shifts: vec![[0.0; 2]; knots * knots],
        };
        let mut wanted = vec![0.0_f32; side * side];
        for &(x, y, is_dark) in layout.groups.iter().flatten() {
            wanted[y * side + x] = if is_dark { -1.0 } else { 1.0 };
        }
        for step in STEPS {
            for knot in 0..knots * knots {
                let mean = found.mean_beside(knot);
                let own = found.shifts[knot];
                let mut best = (f32::MIN, own);
                for way in 0..9_u8 {
                    let by = [f32::from(way % 3) - 1.0, f32::from(way / 3) - 1.0];
                    let next = [own[0] + by[0] * step, own[1] + by[1] * step];
                    let strain = (next[0] - mean[0]).powi(2) + (next[1] - mean[1]).powi(2);
                    let clear =
                        clearness(view, fit, &wanted, side, (knot % knots, knot / knots), next);
                    if clear - STRAIN * strain > best.0 {
                        best = (clear - STRAIN * strain, next);
                    }
                }
                found.shifts[knot] = best.1;
            }
        }
        found
    }

    fn mean_beside(&self, knot: usize) -> Point {
        let (x, y) = (knot % self.knots, knot / self.knots);
        let (mut sum, mut count) = ([0.0; 2], 0.0);
        for row in y.saturating_sub(1)..(y + 2).min(self.knots) {
            for column in x.saturating_sub(1)..(x + 2).min(self.knots) {
                let other = row * self.knots + column;
                if other != knot {
                    sum[0] += self.shifts[other][0];
                    sum[1] += self.shifts[other][1];
                    count += 1.0;
                }
            }
        }
        [sum[0] / count, sum[1] / count]
    }
}

/// What a module out of line with the neighbours' costs.
const STRAIN: f32 = 0.25;

/// How far from grey the modules round a knot are, in the mean; those that are known have to be on the right side.
fn clearness(
    view: View<'_>,
    fit: &Fit,
    wanted: &[f32],
    side: usize,
    (column, row): (usize, usize),
    [across, down]: Point,
) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0);
    let around =
        |knot: usize| (knot * APART).saturating_sub(APART - 1)..(knot * APART + APART).min(side);
    for y in around(row) {
        for x in around(column) {
            let at = [x as f32 + 0.5 + across, y as f32 + 0.5 + down];
            let Some(value) = view.at(fit.warp.pixel_of(at)) else {
                continue;
            };
            let shade = fit.levels.shade(value).clamp(-1.0, 1.0);
            let want = wanted[y * side + x];
            if want == 0.0 {
                sum += shade.abs();
                count += 1.0;
            } else {
                sum += 2.0 * shade * want;
                count += 2.0;
            }
        }
    }
    if count == 0.0 { 0.0 } else { sum / count }
}
