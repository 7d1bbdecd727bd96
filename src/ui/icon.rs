//! Icons, drawn by lines: no picture files, sharp at any size.

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::card::UserCardStatus;
use crate::payload::NotACoupon;
use crate::redemption::attempt::Outcome;
use crate::redemption::reply::{NotSent, Reason};
use crate::screen::{Finished, Why};

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
    /// The other side has trouble of its own.
    Server,
    /// Its last day is over.
    Over,
    /// Its first day is still to come.
    Early,
    /// Being given away, or given.
    Gift,
    /// Thrown away.
    Bin,
    /// Made invalid, or not taken here.
    Ban,
    /// Looked for and not found.
    NotFound,
    /// For paying.
    Money,
    /// A card that is kept.
    Card,
    /// Access.
    Lock,
    /// Calls that are used up, or to be waited for.
    Hourglass,
    /// The journal.
    Disk,
    /// A web address.
    Link,
    /// Delete the last character.
    Backspace,
    /// A camera.
    Camera,
}

impl Icon {
    /// The icon of an outcome: one for each thing that a clerk does differently.
    pub fn of(finished: &Finished) -> Self {
        match &finished.why {
            Why::Confirmed | Why::FoundRedeemed => Self::Check,
            Why::FoundUnused | Why::CannotConsume => Self::Cross,
            Why::RedeemedHere(_) => Self::Again,
            Why::Status(status) => Self::of_status(status),
            Why::NotYetValid => Self::Early,
            Why::Expired => Self::Over,
            Why::Refusal(reason) => Self::of_reason(*reason),
            Why::NotSent(why) => match why {
                NotSent::Connect | NotSent::NoToken => Self::Offline,
                NotSent::Tls | NotSent::TokenSetUp => Self::Lock,
                NotSent::Quota => Self::Hourglass,
            },
            Why::Overruled(_) | Why::RedeemedElsewhere => Self::Question,
            Why::Unknown(_) if finished.outcome == Outcome::InDoubt => Self::Question,
            Why::Unknown(_) => Self::Server,
            Why::PaymentCode(_) => Self::Money,
            Why::NotACoupon(what) => match what {
                NotACoupon::ReceiveLink => Self::Gift,
                NotACoupon::Link => Self::Link,
                NotACoupon::CardId => Self::Card,
                NotACoupon::Empty
                | NotACoupon::Wifi
                | NotACoupon::OtherScheme
                | NotACoupon::Text => Self::NotFound,
            },
            Why::NotHonoured => Self::Ban,
            Why::Journal(_) => Self::Disk,
        }
    }

    fn of_status(status: &UserCardStatus) -> Self {
        match status {
            UserCardStatus::Normal => Self::Cross,
            UserCardStatus::Consumed => Self::Again,
            UserCardStatus::Expire => Self::Over,
            UserCardStatus::Gifting | UserCardStatus::GiftTimeout | UserCardStatus::GiftSucc => {
                Self::Gift
            }
            UserCardStatus::Delete => Self::Bin,
            UserCardStatus::Unavailable => Self::Ban,
            UserCardStatus::Other(_) => Self::Question,
        }
    }

    fn of_reason(reason: Reason) -> Self {
        match reason {
            Reason::AlreadyRedeemed => Self::Again,
            Reason::UnknownCode => Self::NotFound,
            Reason::NotUsable | Reason::Request | Reason::Unlisted | Reason::NotMarked => {
                Self::Cross
            }
            Reason::WrongTime => Self::Early,
            Reason::WrongKind | Reason::CardId => Self::Card,
            Reason::UseLimit => Self::Ban,
            Reason::BadEncryptCode => Self::Link,
            Reason::Token | Reason::Credentials | Reason::IpList | Reason::Permission => Self::Lock,
            Reason::DailyQuota | Reason::MinuteQuota => Self::Hourglass,
            Reason::Account => Self::Warning,
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
    let calendar = || {
        line(&[
            (10.0, 18.0),
            (90.0, 18.0),
            (90.0, 90.0),
            (10.0, 90.0),
            (10.0, 18.0),
        ]);
        line(&[(10.0, 38.0), (90.0, 38.0)]);
        line(&[(30.0, 8.0), (30.0, 24.0)]);
        line(&[(70.0, 8.0), (70.0, 24.0)]);
    };
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
        Icon::Server => {
            line(&[
                (12.0, 14.0),
                (88.0, 14.0),
                (88.0, 44.0),
                (12.0, 44.0),
                (12.0, 14.0),
            ]);
            line(&[
                (12.0, 56.0),
                (88.0, 56.0),
                (88.0, 86.0),
                (12.0, 86.0),
                (12.0, 56.0),
            ]);
            painter.circle_filled(at(28.0, 29.0), side * 0.055, colour);
            line(&[(26.0, 64.0), (40.0, 78.0)]);
            line(&[(40.0, 64.0), (26.0, 78.0)]);
        }
        Icon::Over => {
            calendar();
            line(&[(38.0, 52.0), (62.0, 76.0)]);
            line(&[(62.0, 52.0), (38.0, 76.0)]);
        }
        Icon::Early => {
            calendar();
            line(&[(32.0, 64.0), (68.0, 64.0)]);
            line(&[(55.0, 51.0), (68.0, 64.0), (55.0, 77.0)]);
        }
        Icon::Gift => {
            line(&[
                (8.0, 34.0),
                (92.0, 34.0),
                (92.0, 52.0),
                (8.0, 52.0),
                (8.0, 34.0),
            ]);
            line(&[(16.0, 52.0), (16.0, 90.0), (84.0, 90.0), (84.0, 52.0)]);
            line(&[(50.0, 34.0), (50.0, 90.0)]);
            line(&arc(37.0, 22.0, 13.0, 70.0, 330.0));
            line(&arc(63.0, 22.0, 13.0, 110.0, -150.0));
        }
        Icon::Bin => {
            line(&[(12.0, 24.0), (88.0, 24.0)]);
            line(&[(36.0, 22.0), (36.0, 10.0), (64.0, 10.0), (64.0, 22.0)]);
            line(&[(22.0, 26.0), (28.0, 90.0), (72.0, 90.0), (78.0, 26.0)]);
            line(&[(42.0, 42.0), (44.0, 74.0)]);
            line(&[(58.0, 42.0), (56.0, 74.0)]);
        }
        Icon::Ban => {
            ring();
            line(&[(20.0, 20.0), (80.0, 80.0)]);
        }
        Icon::NotFound => {
            painter.circle_stroke(at(42.0, 42.0), side * 0.32, stroke);
            line(&[(66.0, 66.0), (92.0, 92.0)]);
            line(&[(32.0, 32.0), (52.0, 52.0)]);
            line(&[(52.0, 32.0), (32.0, 52.0)]);
        }
        Icon::Money => {
            line(&[
                (6.0, 22.0),
                (94.0, 22.0),
                (94.0, 78.0),
                (6.0, 78.0),
                (6.0, 22.0),
            ]);
            line(&[(36.0, 34.0), (50.0, 50.0), (64.0, 34.0)]);
            line(&[(50.0, 50.0), (50.0, 68.0)]);
            line(&[(38.0, 53.0), (62.0, 53.0)]);
        }
        Icon::Card => {
            line(&[
                (6.0, 20.0),
                (94.0, 20.0),
                (94.0, 80.0),
                (6.0, 80.0),
                (6.0, 20.0),
            ]);
            line(&[(6.0, 40.0), (94.0, 40.0)]);
            line(&[(20.0, 62.0), (46.0, 62.0)]);
        }
        Icon::Lock => {
            line(&[
                (18.0, 46.0),
                (82.0, 46.0),
                (82.0, 92.0),
                (18.0, 92.0),
                (18.0, 46.0),
            ]);
            line(&[(30.0, 44.0), (30.0, 32.0)]);
            line(&arc(50.0, 30.0, 20.0, -180.0, 0.0));
            line(&[(70.0, 32.0), (70.0, 44.0)]);
            painter.circle_filled(at(50.0, 68.0), side * 0.065, colour);
        }
        Icon::Hourglass => {
            line(&[(20.0, 8.0), (80.0, 8.0)]);
            line(&[(20.0, 92.0), (80.0, 92.0)]);
            line(&[(28.0, 10.0), (28.0, 28.0), (72.0, 72.0), (72.0, 90.0)]);
            line(&[(72.0, 10.0), (72.0, 28.0), (28.0, 72.0), (28.0, 90.0)]);
        }
        Icon::Disk => {
            line(&[
                (10.0, 10.0),
                (74.0, 10.0),
                (90.0, 26.0),
                (90.0, 90.0),
                (10.0, 90.0),
                (10.0, 10.0),
            ]);
            line(&[(30.0, 10.0), (30.0, 34.0), (64.0, 34.0), (64.0, 10.0)]);
            line(&[(38.0, 54.0), (62.0, 78.0)]);
            line(&[(62.0, 54.0), (38.0, 78.0)]);
        }
        Icon::Link => {
            line(&arc(30.0, 50.0, 22.0, 40.0, 320.0));
            line(&arc(70.0, 50.0, 22.0, -140.0, 140.0));
            line(&[(34.0, 50.0), (66.0, 50.0)]);
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
