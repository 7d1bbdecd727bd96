//! What can be said of a code without reading it.

#![expect(clippy::cast_precision_loss, reason = "pixels and modules are small")]

use super::fit::Fit;
use super::layout::Layout;
use super::warp::{Point, View, distance};
use crate::frame::Luma;

/// A code's looks.
#[derive(Clone, Debug)]
pub(in crate::scanner) struct Sketch {
    /// Its corners in pixels.
    corners: [Point; 4],
    /// Pixels a module has.
    pub(in crate::scanner) module: f32,
    /// Its levels of brightness.
    pub(in crate::scanner) black: f32,
    pub(in crate::scanner) white: f32,
    /// The part of it that is under glare.
    pub(in crate::scanner) glare: f32,
    /// Its longest edge by its shortest.
    pub(in crate::scanner) tilt: f32,
    /// How far an edge between dark and light reaches, in modules: along the rows and along the columns.
    pub(in crate::scanner) softness: [f32; 2],
}

impl Sketch {
    pub(super) fn of(view: View<'_>, layout: &Layout, fit: &Fit) -> Self {
        let corners = fit.warp.corners();
        let edges = [0, 1, 2, 3].map(|at| distance(corners[at], corners[(at + 1) % 4]));
        let longest = edges.into_iter().fold(0.0, f32::max);
        let shortest = edges.into_iter().fold(f32::MAX, f32::min);
        let side = layout.side;
        let mut glaring = 0.0;
        for at in 0..side * side {
            let place = fit
                .warp
                .pixel_at((at % side) as f32 + 0.5, (at / side) as f32 + 0.5);
            if view
                .at(place)
                .is_some_and(|value| fit.levels.is_glare(value))
            {
                glaring += 1.0;
            }
        }
        let (black, white) = fit.levels.both();
        Self {
            corners,
            module: fit.warp.module(),
            black,
            white,
            glare: glaring / (side * side) as f32,
            tilt: longest / shortest.max(1.0),
            softness: softness(view, layout, fit),
        }
    }

    /// Whether a corner is outside of the picture, or as good as.
    pub(in crate::scanner) fn is_cut_off(&self, luma: &Luma) -> bool {
        let near = self.module / 2.0;
        let (width, height) = (luma.width() as f32 + near, luma.height() as f32 + near);
        self.corners
            .iter()
            .any(|&[x, y]| x < -near || y < -near || x > width || y > height)
    }

    /// How far the two are apart, in modules.
    pub(in crate::scanner) fn way_to(&self, other: &Self) -> f32 {
        let ways = self.corners.iter().zip(&other.corners);
        let sum: f32 = ways.map(|(&a, &b)| distance(a, b)).sum();
        sum / 4.0 / self.module.max(1.0)
    }
}

/// Across the straight edges of the finder patterns: the whole difference by the steepest slope.
fn softness(view: View<'_>, layout: &Layout, fit: &Fit) -> [f32; 2] {
    let far = layout.side as f32 - 7.0;
    [false, true].map(|is_down| {
        let mut all: Vec<f32> = Vec::new();
        for (left, top) in [(0.0, 0.0), (far, 0.0), (0.0, far)] {
            // The outer ring's edge towards the light one, on both sides, and the square's own.
            for edge in [1.0, 2.0, 5.0, 6.0] {
                for along in [2.75, 3.5, 4.25] {
                    let at = |step: f32| {
                        let (x, y) = if is_down {
                            (left + along, top + edge + step)
                        } else {
                            (left + edge + step, top + along)
                        };
                        view.at(fit.warp.pixel_at(x, y))
                    };
                    all.extend(width_of_edge(at));
                }
            }
        }
        all.sort_by(f32::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    })
}

/// In modules; `at` is the brightness so many modules from the edge.
fn width_of_edge(at: impl Fn(f32) -> Option<f32>) -> Option<f32> {
    const STEP: f32 = 0.1;
    let mut steepest = 0.0_f32;
    let (mut least, mut most) = (f32::MAX, f32::MIN);
    let mut before: Option<f32> = None;
    for step in -6_i8..=6 {
        let value = at(f32::from(step) * STEP)?;
        if let Some(before) = before {
            steepest = steepest.max((value - before).abs());
        }
        before = Some(value);
        least = least.min(value);
        most = most.max(value);
    }
    (steepest > 0.0).then(|| (most - least) / steepest * STEP)
}
