//! Laying the modules' net over the picture, by the patterns that every code has.
//!
//! Three centres say where the net lies roughly; the rest is climbing: each of its parameters is moved a little as long
//! as the known modules become more like themselves.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "pixels and modules are small"
)]

use super::layout::{ALIGNMENT, Known, Layout, TIMING};
use super::warp::{Point, View, Warp, distance};

/// The black and the white of a code.
#[derive(Clone, Copy)]
pub(super) struct Levels {
    black: f32,
    white: f32,
}

impl Levels {
    /// What all of its modules show, seen through a first guess.
    pub(super) fn of(view: View<'_>, warp: &Warp, side: usize) -> Option<Self> {
        let mut seen: Vec<f32> = (0..side * side)
            .filter_map(|at| {
                let (x, y) = ((at % side) as f32 + 0.5, (at / side) as f32 + 0.5);
                view.at(warp.pixel_at(x, y))
            })
            .collect();
        // Half of it may be outside of the picture, not more.
        if seen.len() * 2 < side * side {
            return None;
        }
        seen.sort_by(f32::total_cmp);
        let part = |tenths: usize| seen[(seen.len() - 1) * tenths / 20];
        let (black, white) = (part(4), part(15));
        (white - black >= LEAST_CONTRAST).then_some(Self { black, white })
    }

    /// 1 white, -1 black; glare is no whiter than white.
    pub(super) fn shade(self, value: f32) -> f32 {
        ((2.0 * value - self.black - self.white) / (self.white - self.black)).clamp(-1.3, 1.3)
    }

    /// Black and white.
    pub(super) fn both(self) -> (f32, f32) {
        (self.black, self.white)
    }

    /// Whether this is brighter than a display shows its white.
    pub(super) fn is_glare(self, value: f32) -> bool {
        let excess = (value - self.white) / (self.white - self.black);
        excess > if value > SATURATED { 0.15 } else { 0.5 }
    }
}

/// Nothing is seen of what a camera shows as bright as this.
pub(super) const SATURATED: f32 = 246.0;

/// Below this the noise of any camera is larger.
const LEAST_CONTRAST: f32 = 4.0;

/// A net and how well it fits: 1 is perfect, 0 is chance.
pub(super) struct Fit {
    pub(super) warp: Warp,
    pub(super) levels: Levels,
    pub(super) score: f32,
}

/// A net before it is pulled straight.
pub(super) struct Guess {
    warp: Warp,
    levels: Levels,
    pub(super) score: f32,
}

/// Lays the net over three centres: top left, top right, bottom left.
pub(super) fn guess(view: View<'_>, layout: &Layout, [tl, tr, bl]: [Point; 3]) -> Option<Guess> {
    let br = [tr[0] + bl[0] - tl[0], tr[1] + bl[1] - tl[1]];
    let mut warp = Warp::new(layout.side, [tl, tr, br, bl], [0.0; 4]);
    let levels = Levels::of(view, &warp, layout.side)?;
    if layout.groups.len() > ALIGNMENT {
        warp = aligned(view, layout, levels, warp);
    }
    let score = score(view, layout, levels, &warp);
    Some(Guess {
        warp,
        levels,
        score,
    })
}

/// Pulls the net straight.
pub(super) fn climbed(view: View<'_>, layout: &Layout, guess: &Guess) -> Fit {
    let (mut warp, levels, mut best) = (guess.warp, guess.levels, guess.score);
    let of = |warp: &Warp| score(view, layout, levels, warp);
    let module = warp.module();
    for step in [1.0, 0.5, 0.25, 0.12, 0.25, 0.12] {
        for axis in 0..8 {
            for way in [-1.0, 1.0] {
                let mut points = warp.points;
                points[axis / 2][axis % 2] += way * step * module;
                let next = Warp::new(layout.side, points, warp.bends);
                climb(&mut warp, &mut best, next, of);
            }
        }
        if step > 0.25 {
            continue;
        }
        for axis in 0..4 {
            for way in [-1.0, 1.0] {
                let mut bends = warp.bends;
                bends[axis] += way * step * BEND;
                let next = Warp::new(layout.side, warp.points, bends);
                climb(&mut warp, &mut best, next, of);
            }
        }
    }
    let levels = Levels::of(view, &warp, layout.side).unwrap_or(levels);
    Fit {
        warp,
        levels,
        score: score(view, layout, levels, &warp),
    }
}

/// The first step of a bend; more than this in all is no code but chance.
const BEND: f32 = 0.12;

fn climb(warp: &mut Warp, best: &mut f32, next: Warp, of: impl Fn(&Warp) -> f32) {
    let value = of(&next);
    if value > *best {
        *best = value;
        *warp = next;
    }
}

/// With the fourth point where the alignment pattern nearest to it is seen best.
fn aligned(view: View<'_>, layout: &Layout, levels: Levels, warp: Warp) -> Warp {
    let Some(pattern) = layout.groups.last() else {
        return warp;
    };
    let [tl, tr, br, bl] = warp.points;
    let span = layout.side as f32 - 7.0;
    let ways = [
        [(tr[0] - tl[0]) / span, (tr[1] - tl[1]) / span],
        [(bl[0] - tl[0]) / span, (bl[1] - tl[1]) / span],
    ];
    let reach = (span / 4.0).clamp(4.0, 7.0);
    let steps = (reach / 0.75) as i32;
    let mut best = (f32::MIN, warp);
    for down in -steps..=steps {
        for across in -steps..=steps {
            let (i, j) = (across as f32 * 0.75, down as f32 * 0.75);
            let point = [
                br[0] + i * ways[0][0] + j * ways[1][0],
                br[1] + i * ways[0][1] + j * ways[1][1],
            ];
            let next = Warp::new(layout.side, [tl, tr, point, bl], warp.bends);
            // Of two that are alike the nearer one.
            let value =
                contrast(view, levels, &next, pattern) - 0.03 * distance([i, j], [0.0, 0.0]);
            if value > best.0 {
                best = (value, next);
            }
        }
    }
    best.1
}

fn score(view: View<'_>, layout: &Layout, levels: Levels, warp: &Warp) -> f32 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (index, group) in layout.groups.iter().enumerate() {
        let weight = if index < ALIGNMENT || index + 1 == layout.groups.len() {
            1.0
        } else {
            0.6
        };
        sum += weight * contrast(view, levels, warp, group);
        weights += weight;
    }
    let bent: f32 = warp.bends.iter().map(|bend| bend.abs()).sum();
    sum / weights - 0.15 * bent
}

/// How well the two timing patterns are seen.
pub(super) fn timing(view: View<'_>, layout: &Layout, fit: &Fit) -> f32 {
    let groups = &layout.groups[TIMING..ALIGNMENT];
    groups
        .iter()
        .map(|group| contrast(view, fit.levels, &fit.warp, group))
        .sum::<f32>()
        / 2.0
}

/// How much lighter the light modules are than the dark ones, half of it.
fn contrast(view: View<'_>, levels: Levels, warp: &Warp, cells: &[Known]) -> f32 {
    #[cfg(test)]
    super::work::note();
    let (mut light, mut lights, mut dark, mut darks) = (0.0, 0.0, 0.0, 0.0);
    for &(x, y, is_dark) in cells {
        let Some(value) = view.at(warp.pixel_at(x as f32 + 0.5, y as f32 + 0.5)) else {
            continue;
        };
        let shade = levels.shade(value);
        if is_dark {
            dark += shade;
            darks += 1.0;
        } else {
            light += shade;
            lights += 1.0;
        }
    }
    if lights == 0.0 || darks == 0.0 {
        return 0.0;
    }
    (light / lights - dark / darks) / 2.0
}
