//! What cameras offer, and which of it is taken.

use std::fmt;

/// The formats that are understood.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PixelFormat {
    /// JPEG frames.
    Mjpg,
    /// Y U Y V.
    Yuyv,
    /// Brightness alone.
    Grey,
    /// A plane of brightness, a plane of colours.
    Nv12,
}

impl PixelFormat {
    /// By the four letters that Video4Linux gives it.
    pub(super) fn of(letters: [u8; 4]) -> Option<Self> {
        [Self::Mjpg, Self::Yuyv, Self::Grey, Self::Nv12]
            .into_iter()
            .find(|format| *format.letters() == letters)
    }

    /// See [`PixelFormat::of`].
    pub(super) fn letters(self) -> &'static [u8; 4] {
        match self {
            Self::Mjpg => b"MJPG",
            Self::Yuyv => b"YUYV",
            Self::Grey => b"GREY",
            Self::Nv12 => b"NV12",
        }
    }

    /// The four letters as text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mjpg => "MJPG",
            Self::Yuyv => "YUYV",
            Self::Grey => "GREY",
            Self::Nv12 => "NV12",
        }
    }
}

/// One way in which a camera sends pictures.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Mode {
    /// How pixels stand.
    pub format: PixelFormat,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames in so many seconds: `(15, 2)` is 7.5 a second.
    pub rate: (u32, u32),
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (frames, seconds) = self.rate;
        write!(
            f,
            "{} {}x{} {frames}/{seconds}",
            self.format.name(),
            self.width,
            self.height
        )
    }
}

/// Enough to read a code on a phone held at arm's length, and cheap.
pub const DEFAULT_SIZE: (u32, u32) = (1280, 720);
/// More frames than these show nobody anything new.
const ENOUGH: f64 = 30.0;

impl Mode {
    /// Frames a second.
    pub fn frames_a_second(&self) -> f64 {
        f64::from(self.rate.0) / f64::from(self.rate.1.max(1))
    }

    /// How far it is from what is wished: size counts by the ratio of areas, half the frames as much as a third of
    /// the area. JPEG costs 3 ms a frame, so what comes without is taken before it where all else is equal.
    fn distance(&self, (width, height): (u32, u32)) -> f64 {
        let area = |width: u32, height: u32| f64::from(width.max(1)) * f64::from(height.max(1));
        let size = (area(self.width, self.height) / area(width, height))
            .ln()
            .abs();
        let shape = (f64::from(self.width)
            / f64::from(self.height.max(1))
            / (f64::from(width) / f64::from(height.max(1))))
        .ln()
        .abs();
        let rate = self.frames_a_second();
        let slow = ((ENOUGH - rate) / ENOUGH).max(0.0);
        let hasty = ((rate - ENOUGH) / ENOUGH).max(0.0) * 0.05;
        let format = match self.format {
            PixelFormat::Yuyv | PixelFormat::Nv12 => 0.0,
            PixelFormat::Mjpg => 0.02,
            PixelFormat::Grey => 0.04,
        };
        size + 0.1 * shape + slow + hasty + format
    }
}

/// Best first.
pub fn ranked(modes: &[Mode], wanted: Option<(u32, u32)>) -> Vec<Mode> {
    let wanted = wanted.unwrap_or(DEFAULT_SIZE);
    let mut ranked = modes.to_vec();
    ranked.sort_by(|one, other| one.distance(wanted).total_cmp(&other.distance(wanted)));
    ranked
}

/// The largest size that is clearly smaller than a mode's; `None` where there is none.
pub(super) fn smaller(modes: &[Mode], than: Mode) -> Option<(u32, u32)> {
    let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let limit = area(than.width, than.height) * 2 / 3;
    modes
        .iter()
        .map(|mode| (mode.width, mode.height))
        .filter(|&(width, height)| area(width, height) <= limit)
        .max_by_key(|&(width, height)| area(width, height))
}

/// Fewer frames than these are not worth their pixels: two have to agree while a phone is held up.
const LEAST_RATE: f64 = 5.0;

/// The smallest size that is clearly larger than a mode's and may be had; `None` where there is none.
pub(super) fn larger(
    modes: &[Mode],
    than: Mode,
    fits: impl Fn((u32, u32)) -> bool,
) -> Option<(u32, u32)> {
    let area = |mode: &Mode| u64::from(mode.width) * u64::from(mode.height);
    let least = area(&than) * 3 / 2;
    let mut sizes: Vec<&Mode> = modes
        .iter()
        .filter(|mode| area(mode) >= least && fits((mode.width, mode.height)))
        .collect();
    sizes.sort_by_key(|mode| area(mode));
    sizes.into_iter().find_map(|mode| {
        let size = (mode.width, mode.height);
        // What would be taken if it were asked for.
        let best = ranked(modes, Some(size)).into_iter().next()?;
        let is_it = (best.width, best.height) == size && best.frames_a_second() >= LEAST_RATE;
        is_it.then_some(size)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(format: PixelFormat, width: u32, height: u32, rate: (u32, u32)) -> Mode {
        Mode {
            format,
            width,
            height,
            rate,
        }
    }

    #[test]
    fn the_wished_size_at_thirty_frames_a_second_is_taken_uncompressed_if_it_can_be_had() {
        let yuyv = mode(PixelFormat::Yuyv, 1280, 720, (30, 1));
        let slow = mode(PixelFormat::Yuyv, 1280, 720, (10, 1));
        let mjpg = mode(PixelFormat::Mjpg, 1280, 720, (30, 1));
        let large = mode(PixelFormat::Mjpg, 1920, 1080, (30, 1));
        let small = mode(PixelFormat::Yuyv, 640, 480, (30, 1));
        assert_eq!(ranked(&[small, large, mjpg, slow, yuyv], None)[0], yuyv);
        assert_eq!(ranked(&[small, large, slow, mjpg], None)[0], mjpg);
        assert_eq!(ranked(&[slow, small], None)[0], slow);
        assert_eq!(ranked(&[small, large, mjpg], Some((1920, 1080)))[0], large);
        assert_eq!(ranked(&[small, large, mjpg], Some((640, 480)))[0], small);
    }

    #[test]
    fn a_slow_machine_is_given_the_next_smaller_size() {
        let large = mode(PixelFormat::Mjpg, 1920, 1080, (30, 1));
        let middle = mode(PixelFormat::Yuyv, 1280, 720, (30, 1));
        let small = mode(PixelFormat::Yuyv, 640, 480, (30, 1));
        let all = [small, large, middle];
        assert_eq!(smaller(&all, large), Some((1280, 720)));
        assert_eq!(smaller(&all, middle), Some((640, 480)));
        assert_eq!(smaller(&all, small), None);
    }

    #[test]
    fn more_pixels_are_the_next_larger_size_that_comes_often_enough() {
        let full = mode(PixelFormat::Mjpg, 1920, 1080, (30, 1));
        let huge = mode(PixelFormat::Mjpg, 3840, 2160, (30, 1));
        let hd = mode(PixelFormat::Yuyv, 1280, 720, (30, 1));
        let near = mode(PixelFormat::Yuyv, 1280, 960, (30, 1));
        let slow = mode(PixelFormat::Yuyv, 1920, 1080, (2, 1));
        let any = |_size| true;
        assert_eq!(larger(&[huge, hd, full, near], hd, any), Some((1920, 1080)));
        assert_eq!(larger(&[hd, slow, full], hd, any), Some((1920, 1080)));
        assert_eq!(larger(&[hd, slow], hd, any), None);
        assert_eq!(larger(&[hd, full, huge], full, any), Some((3840, 2160)));
        assert_eq!(larger(&[hd, huge], hd, |(width, _)| width < 2000), None);
    }

    #[test]
    fn a_mode_reads_as_the_design_says() {
        let mode = mode(PixelFormat::Mjpg, 1280, 720, (15, 2));
        assert_eq!(mode.to_string(), "MJPG 1280x720 15/2");
        assert!((mode.frames_a_second() - 7.5).abs() < 1e-9);
    }
}
