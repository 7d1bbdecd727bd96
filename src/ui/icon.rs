//! Icons, drawn by lines: no picture files, sharp at any size.

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::redemption::attempt::Outcome;

/// What is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Icon {
    /// Yes.
    Check,
    /// No.
    Cross,
    /// It was done before.
    Again,
    /// It is not known.
    Question,
    /// Something has to be seen to.
    Warning,
    /// No way to the other side.
    Offline,
    /// Delete the last character.
    Backspace,
    /// A phone.
    Phone,
    /// A camera.
    Camera,
}

impl Icon {
    /// The icon of an outcome.
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Queried | Outcome::Redeemed => Self::Check,
            Outcome::AlreadyRedeemed => Self::Again,
            Outcome::Refused | Outcome::NotRedeemed => Self::Cross,
            Outcome::InDoubt => Self::Question,
            Outcome::Unreachable => Self::Offline,
            Outcome::SetUp => Self::Warning,
        }
    }
}

/// Draws an icon into a square.
#[expect(
    clippy::too_many_lines,
    reason = "one arm an icon, and nothing but coordinates"
)]
pub fn paint(painter: &Painter, rect: Rect, icon: Icon, colour: Color32) {
    let side = rect.width().min(rect.height());
    let square = Rect::from_center_size(rect.center(), vec2(side, side));
    let stroke = Stroke::new(side * 0.09, colour);
    // Coordinates from 0 to 100, from the top left.
    let at = |x: f32, y: f32| square.min + vec2(x, y) * (side / 100.0);
    let line = |points: &[(f32, f32)]| {
        let points: Vec<Pos2> = points.iter().map(|(x, y)| at(*x, *y)).collect();
        for end in &points {
            painter.circle_filled(*end, stroke.width / 2.0, colour);
        }
        painter.add(Shape::line(points, stroke));
    };
    let ring = || painter.circle_stroke(at(50.0, 50.0), side * 0.44, stroke);
    match icon {
        Icon::Check => {
            ring();
            line(&[(29.0, 52.0), (44.0, 67.0), (72.0, 35.0)]);
        }
        Icon::Cross => {
            ring();
            line(&[(34.0, 34.0), (66.0, 66.0)]);
            line(&[(66.0, 34.0), (34.0, 66.0)]);
        }
        Icon::Again => {
            line(&arc(50.0, 50.0, 40.0, -50.0, 230.0));
            line(&[(60.0, 12.0), (78.0, 19.0), (72.0, 38.0)]);
            line(&[(34.0, 52.0), (46.0, 64.0), (67.0, 39.0)]);
        }
        Icon::Question => {
            ring();
            line(&arc(50.0, 41.0, 13.0, -170.0, 60.0));
            line(&[(54.0, 53.0), (50.0, 61.0)]);
            painter.circle_filled(at(50.0, 73.0), side * 0.055, colour);
        }
        Icon::Warning => {
            line(&[(50.0, 10.0), (93.0, 86.0), (7.0, 86.0), (50.0, 10.0)]);
            line(&[(50.0, 38.0), (50.0, 60.0)]);
            painter.circle_filled(at(50.0, 73.0), side * 0.055, colour);
        }
        Icon::Offline => {
            line(&arc(50.0, 78.0, 58.0, -135.0, -45.0));
            line(&arc(50.0, 78.0, 36.0, -135.0, -45.0));
            painter.circle_filled(at(50.0, 78.0), side * 0.08, colour);
            line(&[(18.0, 12.0), (82.0, 88.0)]);
        }
        Icon::Backspace => {
            line(&[
                (34.0, 22.0),
                (94.0, 22.0),
                (94.0, 78.0),
                (34.0, 78.0),
                (8.0, 50.0),
                (34.0, 22.0),
            ]);
            line(&[(50.0, 38.0), (74.0, 62.0)]);
            line(&[(74.0, 38.0), (50.0, 62.0)]);
        }
        Icon::Phone => {
            line(&[
                (28.0, 6.0),
                (72.0, 6.0),
                (72.0, 94.0),
                (28.0, 94.0),
                (28.0, 6.0),
            ]);
            painter.circle_filled(at(50.0, 82.0), side * 0.04, colour);
        }
        Icon::Camera => {
            line(&[
                (8.0, 28.0),
                (92.0, 28.0),
                (92.0, 82.0),
                (8.0, 82.0),
                (8.0, 28.0),
            ]);
            line(&[(34.0, 28.0), (40.0, 16.0), (60.0, 16.0), (66.0, 28.0)]);
            painter.circle_stroke(at(50.0, 55.0), side * 0.16, stroke);
        }
    }
}

/// Points on a circle, from one angle to another in degrees clockwise from three o'clock.
fn arc(x: f32, y: f32, radius: f32, from: f32, to: f32) -> Vec<(f32, f32)> {
    let steps = 24_u8;
    (0..=steps)
        .map(|step| {
            let angle = (from + (to - from) * f32::from(step) / f32::from(steps)).to_radians();
            let on = pos2(x, y) + vec2(angle.cos(), angle.sin()) * radius;
            (on.x, on.y)
        })
        .collect()
}
