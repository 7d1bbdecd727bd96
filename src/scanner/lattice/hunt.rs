//! Looking for finder patterns in grey, by their likeness alone: a dark square in a light ring in a dark one, in many
//! sizes. Slower than following rows of black and white, and not put off by smear, glare or a missing piece.

#![expect(clippy::cast_precision_loss, reason = "pixels are few")]

use std::ops::RangeInclusive;

use super::Trio;
use super::sums::{Spans, Sums};
use super::warp::{Point, View, distance};
use crate::frame::Luma;

/// Something like a finder pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) centre: Point,
    /// One module to the right and one down, as the pattern lies.
    axes: [Point; 2],
    /// 1 is perfect.
    score: f32,
}

impl Mark {
    fn module(&self) -> f32 {
        let [a, b] = self.axes;
        f32::midpoint(a[0].hypot(a[1]), b[0].hypot(b[1]))
    }
}

/// Marks that are looked at closely ...
const CANDIDATES: usize = 40;
/// ... and those of them that codes are made of.
const MARKS: usize = 14;
const LEAST_SCORE: f32 = 0.5;
/// Levels of brightness; the noise of a dark picture is about as much.
pub(super) const LEAST_DIFFERENCE: f32 = 3.0;
/// Modules in pixels of the picture that is searched; a step between two sizes is a quarter.
const FINEST: f32 = 1.5;
const COARSEST: f32 = 24.0;

/// What is searched for marks.
pub(super) struct Part<'a> {
    luma: &'a Luma,
    /// How many times smaller it is than the picture it was made of.
    scale: f32,
    /// Where in that picture it begins.
    corner: Point,
    /// Modules in its pixels.
    modules: RangeInclusive<f32>,
}

impl<'a> Part<'a> {
    /// A whole picture, made smaller.
    pub(super) fn whole(luma: &'a Luma, scale: f32) -> Self {
        Self {
            luma,
            scale,
            corner: [0.0; 2],
            modules: FINEST..=COARSEST,
        }
    }

    /// A piece of a picture, for what is too fine to be found in its half.
    pub(super) fn fine(luma: &'a Luma, corner: Point) -> Self {
        Self {
            luma,
            scale: 1.0,
            corner,
            modules: FINEST..=2.0 * FINEST,
        }
    }
}

/// The most likely marks, of dark codes on light or the other way round. `small` is what is searched.
pub(super) fn marks(view: View<'_>, small: Part<'_>) -> Vec<Mark> {
    let mut found = candidates(small.luma, view.is_inverted, small.modules);
    let [left, top] = small.corner;
    for (_, [x, y, module]) in &mut found {
        *x = *x * small.scale + left;
        *y = *y * small.scale + top;
        *module *= small.scale;
    }
    let mut marks: Vec<Mark> = Vec::new();
    for (_, [x, y, module]) in found {
        let mark = refined(view, [x, y], module);
        let is_known = |known: &Mark| distance(known.centre, mark.centre) < 2.0 * mark.module();
        if mark.score < LEAST_SCORE {
            continue;
        }
        match marks.iter_mut().find(|known| is_known(known)) {
            Some(known) if known.score < mark.score => *known = mark,
            Some(_) => {}
            None => marks.push(mark),
        }
    }
    marks.sort_by(|a, b| b.score.total_cmp(&a.score));
    marks.truncate(MARKS);
    marks
}

/// Places and module sizes, the likeliest first.
fn candidates(small: &Luma, is_inverted: bool, sizes: RangeInclusive<f32>) -> Vec<(f32, [f32; 3])> {
    let sums = Sums::of(small);
    let mut found: Vec<(f32, [f32; 3])> = Vec::new();
    let mut module = *sizes.start();
    while module <= *sizes.end() {
        let columns = Spans::along(small.width(), module);
        let rows = Spans::along(small.height(), module);
        for (y, down) in &rows.0 {
            for (x, across) in &columns.0 {
                let likeness = sums.likeness(across, down, is_inverted);
                if likeness > 0.35 {
                    found.push((likeness, [*x, *y, module]));
                }
            }
        }
        module *= 1.25;
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<(f32, [f32; 3])> = Vec::new();
    for (likeness, [x, y, module]) in found {
        let is_beside = |known: &(f32, [f32; 3])| {
            let [kx, ky, size] = known.1;
            (kx - x).hypot(ky - y) < 2.5 * size.max(module)
        };
        if !kept.iter().any(is_beside) {
            kept.push((likeness, [x, y, module]));
            if kept.len() == CANDIDATES {
                break;
            }
        }
    }
    kept
}

/// Pulls the pattern straight: its place, and where right and down are.
fn refined(view: View<'_>, centre: Point, module: f32) -> Mark {
    let of = |centre: Point, axes: [Point; 2]| Mark {
        centre,
        axes,
        score: likeness(view, centre, axes),
    };
    // It may lie at any angle; a quarter turn makes it the same again.
    let turned = [0.0_f32, 0.39, 0.785, -0.39].map(|angle| {
        let (sin, cos) = (angle.sin() * module, angle.cos() * module);
        of(centre, [[cos, sin], [-sin, cos]])
    });
    let mut best = turned
        .into_iter()
        .max_by(|a, b| a.score.total_cmp(&b.score))
        .unwrap_or_else(|| of(centre, [[module, 0.0], [0.0, module]]));
    for step in [0.5, 0.25, 0.12, 0.06] {
        for axis in 0..6 {
            for way in [-1.0, 1.0] {
                let (mut centre, mut axes) = (best.centre, best.axes);
                let by = way * step * module;
                match axis {
                    0 | 1 => centre[axis] += 2.0 * by,
                    _ => axes[axis / 2 - 1][axis % 2] += by * 0.4,
                }
                let next = of(centre, axes);
                if next.score > best.score {
                    best = next;
                }
            }
        }
    }
    best
}

fn likeness(view: View<'_>, centre: Point, [right, down]: [Point; 2]) -> f32 {
    let (mut light, mut dark, mut all, mut squares, mut lights, mut darks) =
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for row in -3_i8..=3 {
        for column in -3_i8..=3 {
            let (x, y) = (f32::from(column), f32::from(row));
            let at = [
                centre[0] + x * right[0] + y * down[0],
                centre[1] + x * right[1] + y * down[1],
            ];
            let Some(value) = view.at(at) else {
                continue;
            };
            all += value;
            squares += value * value;
            if column.abs().max(row.abs()) == 2 {
                light += value;
                lights += 1.0;
            } else {
                dark += value;
                darks += 1.0;
            }
        }
    }
    if lights < 8.0 || darks < 16.0 {
        return 0.0;
    }
    let count: f32 = lights + darks;
    let spread = (squares / count - (all / count) * (all / count))
        .max(4.0)
        .sqrt();
    // The correlation with the pattern.
    (light / lights - dark / darks) / spread * (lights * darks).sqrt() / count
}

/// Threes that could be a code's, the likeliest first.
pub(super) fn trios(marks: &[Mark]) -> Vec<Trio> {
    let mut found: Vec<(f32, Trio)> = Vec::new();
    for (corner, tl) in marks.iter().enumerate() {
        for (first, tr) in marks.iter().enumerate() {
            for (second, bl) in marks.iter().enumerate() {
                if corner == first || corner == second || first == second {
                    continue;
                }
                if let Some(likely) = likely(tl, tr, bl) {
                    found.push((likely, trio(tl.centre, tr.centre, bl.centre, &[tl, tr, bl])));
                }
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, trio)| trio).collect()
}

fn trio(tl: Point, tr: Point, bl: Point, of: &[&Mark]) -> Trio {
    let width: f32 = of.iter().map(|mark| mark.module() * 7.0).sum();
    Trio {
        centres: [tl, tr, bl],
        width: width / of.len() as f32,
    }
}

fn likely(tl: &Mark, tr: &Mark, bl: &Mark) -> Option<f32> {
    let (right, down) = (between(tl.centre, tr.centre), between(tl.centre, bl.centre));
    let (wide, high) = (right[0].hypot(right[1]), down[0].hypot(down[1]));
    let modules = [tl.module(), tr.module(), bl.module()];
    let largest = modules.into_iter().fold(0.0, f32::max);
    let least = modules.into_iter().fold(f32::MAX, f32::min);
    let sine = (right[0] * down[1] - right[1] * down[0]) / (wide * high);
    let span = (wide + high) / (largest + least);
    let is_likely = sine > 0.5
        && largest < 1.8 * least
        && wide < 2.2 * high
        && high < 2.2 * wide
        && (11.0..110.0).contains(&span);
    if !is_likely {
        return None;
    }
    let straight: f32 = [tl, tr, bl]
        .iter()
        .map(|mark| mark.straightness(right) + mark.straightness(down))
        .sum();
    let scores = tl.score + tr.score + bl.score;
    Some(
        scores + 0.25 * straight + 0.5 * sine
            - (largest / least).ln()
            - 0.5 * (wide / high).ln().abs()
            - 0.004 * span,
    )
}

impl Mark {
    /// 1 where the way is along the pattern's edges, -1 where it is along its diagonals.
    fn straightness(&self, way: Point) -> f32 {
        let right = self.axes[0];
        let angle = way[1].atan2(way[0]) - right[1].atan2(right[0]);
        (4.0 * angle).cos()
    }
}

/// What two marks could be a code's, where the third is hidden: along an edge on either side, or across.
pub(super) fn pairs(marks: &[Mark]) -> Vec<Trio> {
    let mut found: Vec<(f32, Trio)> = Vec::new();
    for (index, a) in marks.iter().enumerate() {
        for b in &marks[index + 1..] {
            let way = between(a.centre, b.centre);
            let long = way[0].hypot(way[1]);
            let span = 2.0 * long / (a.module() + b.module());
            let ratio = (a.module() / b.module()).ln().abs();
            if !(11.0..90.0).contains(&span) || ratio > 0.4 {
                continue;
            }
            let straight = f32::midpoint(a.straightness(way), b.straightness(way));
            let worth = a.score + b.score - ratio - 0.004 * span + straight.abs();
            let quarter = [-way[1], way[0]];
            let add = |point: Point, by: Point, times: f32| {
                [point[0] + times * by[0], point[1] + times * by[1]]
            };
            let of = [a, b];
            let threes = if straight > 0.0 {
                vec![
                    [a.centre, b.centre, add(a.centre, quarter, 1.0)],
                    [b.centre, a.centre, add(b.centre, quarter, -1.0)],
                    [a.centre, add(a.centre, quarter, -1.0), b.centre],
                    [b.centre, add(b.centre, quarter, 1.0), a.centre],
                ]
            } else {
                let middle = add(a.centre, way, 0.5);
                vec![
                    [add(middle, quarter, 0.5), a.centre, b.centre],
                    [add(middle, quarter, -0.5), b.centre, a.centre],
                ]
            };
            for [tl, tr, bl] in threes {
                found.push((worth, trio(tl, tr, bl, &of)));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, trio)| trio).collect()
}

fn between(a: Point, b: Point) -> Point {
    [b[0] - a[0], b[1] - a[1]]
}
