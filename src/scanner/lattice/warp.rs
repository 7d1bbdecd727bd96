//! From modules to pixels: a perspective, and a little bending for what is not flat.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels and modules are small"
)]

use crate::frame::Luma;

/// A place in the picture.
pub(super) type Point = [f32; 2];

/// A picture to take samples from.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) luma: &'a Luma,
    pub(super) is_inverted: bool,
}

impl View<'_> {
    /// The brightness between the pixels; `None` outside of the picture.
    pub(super) fn at(self, [x, y]: Point) -> Option<f32> {
        let (x, y) = (x - 0.5, y - 0.5);
        let (width, height) = (self.luma.width(), self.luma.height());
        if width == 0 || !(x > -1.0 && y > -1.0 && x < width as f32 && y < height as f32) {
            return None;
        }
        let (x, y) = (x.max(0.0), y.max(0.0));
        let (left, top) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
        let pixels = self.luma.pixels();
        let of = |x: usize, y: usize| f32::from(pixels[y * width + x]);
        let (across, down) = (x - left as f32, y - top as f32);
        let upper = of(left, top) + (of(right, top) - of(left, top)) * across;
        let lower = of(left, below) + (of(right, below) - of(left, below)) * across;
        let value = upper + (lower - upper) * down;
        Some(if self.is_inverted {
            255.0 - value
        } else {
            value
        })
    }
}

/// Which place of the picture shows which place of the code.
#[derive(Clone, Copy)]
pub(super) struct Warp {
    side: f32,
    /// The centres of the three finder patterns, and where a fourth would be: top left, top right, bottom right, bottom
    /// left.
    pub(super) points: [Point; 4],
    /// How far the middles of the edges are off the straight line, as a share of the side.
    pub(super) bends: [f32; 4],
    matrix: [f32; 8],
}

impl Warp {
    pub(super) fn new(side: usize, points: [Point; 4], bends: [f32; 4]) -> Self {
        Self {
            side: side as f32,
            points,
            bends,
            matrix: perspective(points),
        }
    }

    /// Of a place in modules: the middle of the first one is at 0.5, 0.5.
    pub(super) fn pixel_at(&self, x: f32, y: f32) -> Point {
        let span = self.side - 7.0;
        let [across, down] = [(x - 3.5) / span, (y - 3.5) / span];
        let (hump, rise) = (across * (1.0 - across), down * (1.0 - down));
        let [bend, slant, bulge, sag] = self.bends;
        let (u, v) = (
            across + bend * hump + slant * rise,
            down + bulge * rise + sag * hump,
        );
        let [m0, m1, m2, m3, m4, m5, m6, m7] = self.matrix;
        let depth = m6 * u + m7 * v + 1.0;
        [
            (m0 * u + m1 * v + m2) / depth,
            (m3 * u + m4 * v + m5) / depth,
        ]
    }

    /// The same of a point.
    pub(super) fn pixel_of(&self, [x, y]: Point) -> Point {
        self.pixel_at(x, y)
    }

    /// Pixels a module has, about.
    pub(super) fn module(&self) -> f32 {
        let [a, b, c, d] = self.points;
        (distance(a, b) + distance(b, c) + distance(c, d) + distance(d, a))
            / (4.0 * (self.side - 7.0))
    }

    /// The corners of the code.
    pub(super) fn corners(&self) -> [Point; 4] {
        let side = self.side;
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(x, y)| self.pixel_at(x, y))
    }
}

pub(super) fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The unit square onto four points (Heckbert, Fundamentals of Texture Mapping, 2.2.3).
fn perspective([p0, p1, p2, p3]: [Point; 4]) -> [f32; 8] {
    let (dx1, dx2) = (p1[0] - p2[0], p3[0] - p2[0]);
    let (dy1, dy2) = (p1[1] - p2[1], p3[1] - p2[1]);
    let (sx, sy) = (p0[0] - p1[0] + p2[0] - p3[0], p0[1] - p1[1] + p2[1] - p3[1]);
    let whole = dx1 * dy2 - dx2 * dy1;
    let (g, h) = if whole.abs() < f32::EPSILON {
        (0.0, 0.0)
    } else {
        ((sx * dy2 - dx2 * sy) / whole, (dx1 * sy - sx * dy1) / whole)
    };
    [
        p1[0] - p0[0] + g * p1[0],
        p3[0] - p0[0] + h * p3[0],
        p0[0],
        p1[1] - p0[1] + g * p1[1],
        p3[1] - p0[1] + h * p3[1],
        p0[1],
        g,
        h,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_points_are_where_they_were_put() {
        let points = [[10.0, 20.0], [110.0, 30.0], [120.0, 140.0], [5.0, 100.0]];
        let warp = Warp::new(25, points, [0.1, 0.0, -0.1, 0.05]);
        let places = [(3.5, 3.5), (21.5, 3.5), (21.5, 21.5), (3.5, 21.5)];
        for ((x, y), point) in places.into_iter().zip(points) {
            let at = warp.pixel_at(x, y);
            assert!(distance(at, point) < 0.01, "{at:?} {point:?}");
        }
    }

    #[test]
    fn brightness_is_known_inside_and_only_there() {
        let luma = Luma::new(2, 1, vec![0, 100]).unwrap();
        let view = View {
            luma: &luma,
            is_inverted: false,
        };
        assert_eq!(view.at([1.0, 0.5]), Some(50.0));
        assert_eq!(view.at([5.0, 0.5]), None);
        assert_eq!(view.at([f32::NAN, 0.5]), None);
        let none = Luma::default();
        let view = View {
            luma: &none,
            is_inverted: false,
        };
        assert_eq!(view.at([0.0, 0.0]), None);
    }
}
