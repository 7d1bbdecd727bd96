//! Which part of the lens's picture is looked at, and how it is turned.

/// How far a picture is turned clockwise before anybody sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Turn {
    /// Not at all.
    #[default]
    None,
    /// A quarter.
    By90,
    /// A half.
    By180,
    /// Three quarters.
    By270,
}

/// A part of the turned picture, in hundredths of its sides, before it is mirrored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Region {
    /// From the left.
    pub x: u32,
    /// From above.
    pub y: u32,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

impl Region {
    /// Everything.
    pub const WHOLE: Self = Self {
        x: 0,
        y: 0,
        width: 100,
        height: 100,
    };

    /// Whether it lies within the picture and has an inside.
    pub fn is_sound(self) -> bool {
        let fits = |at: u32, long: u32| long > 0 && at.saturating_add(long) <= 100;
        fits(self.x, self.width) && fits(self.y, self.height)
    }
}

/// How the lens's picture becomes what the scanner and people see.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct View {
    /// How far it is turned.
    pub turn: Turn,
    /// The preview as in a mirror. Codes are read unmirrored all the same.
    pub mirror: bool,
    /// How much it is magnified round the region's middle, in hundredths.
    pub zoom: u32,
    /// The part that is looked at.
    pub region: Region,
}

impl Default for View {
    fn default() -> Self {
        Self {
            turn: Turn::None,
            mirror: false,
            zoom: 100,
            region: Region::WHOLE,
        }
    }
}

/// A rectangle of the lens's own pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Crop {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl View {
    /// What is looked at of a lens's picture of this size; never empty where the picture is not.
    pub(super) fn crop(&self, width: usize, height: usize) -> Crop {
        let region = if self.region.is_sound() {
            self.region
        } else {
            Region::WHOLE
        };
        let across = magnified(region.x, region.width, self.zoom);
        let down = magnified(region.y, region.height, self.zoom);
        let (across, down) = match self.turn {
            Turn::None => (across, down),
            Turn::By90 => (down, across.reversed()),
            Turn::By180 => (across.reversed(), down.reversed()),
            Turn::By270 => (down.reversed(), across),
        };
        let (x, width) = across.of(width);
        let (y, height) = down.of(height);
        Crop {
            x,
            y,
            width,
            height,
        }
    }
}

/// From and to, in ten-thousandths of a side.
#[derive(Clone, Copy)]
struct Span(usize, usize);

const WHOLE: usize = 10_000;

fn magnified(at: u32, long: u32, zoom: u32) -> Span {
    let parts = |hundredths: u32| usize::try_from(hundredths).unwrap_or(0) * WHOLE / 100;
    let (at, long) = (parts(at), parts(long));
    let seen = long * 100 / usize::try_from(zoom.max(100)).unwrap_or(100);
    let from = at + (long - seen) / 2;
    Span(from, from + seen)
}

impl Span {
    fn reversed(self) -> Self {
        Self(WHOLE - self.1, WHOLE - self.0)
    }

    /// First pixel and how many.
    fn of(self, side: usize) -> (usize, usize) {
        let from = (self.0 * side / WHOLE).min(side.saturating_sub(1));
        let to = (self.1 * side).div_ceil(WHOLE).min(side);
        (from, to.saturating_sub(from).max(side.min(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crop(turn: Turn, zoom: u32, region: [u32; 4]) -> [usize; 4] {
        let [x, y, width, height] = region;
        let view = View {
            turn,
            mirror: false,
            zoom,
            region: Region {
                x,
                y,
                width,
                height,
            },
        };
        let crop = view.crop(1280, 720);
        [crop.x, crop.y, crop.width, crop.height]
    }

    #[test]
    fn a_region_is_told_in_the_turned_picture_and_cut_out_of_the_lens_s_own() {
        let upper_left = [0, 0, 25, 50];
        assert_eq!(crop(Turn::None, 100, upper_left), [0, 0, 320, 360]);
        assert_eq!(crop(Turn::By90, 100, upper_left), [0, 540, 640, 180]);
        assert_eq!(crop(Turn::By180, 100, upper_left), [960, 360, 320, 360]);
        assert_eq!(crop(Turn::By270, 100, upper_left), [640, 0, 640, 180]);
    }

    #[test]
    fn the_zoom_is_round_the_middle_of_the_region() {
        assert_eq!(
            crop(Turn::None, 200, [0, 0, 100, 100]),
            [320, 180, 640, 360]
        );
        assert_eq!(
            crop(Turn::None, 200, [50, 0, 50, 100]),
            [800, 180, 320, 360]
        );
        assert_eq!(crop(Turn::None, 50, [0, 0, 100, 100]), [0, 0, 1280, 720]);
    }

    #[test]
    fn a_region_without_sense_is_the_whole_and_no_crop_is_empty() {
        for region in [[0, 0, 0, 0], [90, 0, 20, 100], [u32::MAX, 1, 1, 1]] {
            assert_eq!(crop(Turn::None, 100, region), [0, 0, 1280, 720]);
        }
        let view = View {
            zoom: 800,
            ..View::default()
        };
        assert_eq!(view.crop(1, 1).width, 1);
        assert_eq!(view.crop(0, 0).width, 0);
    }
}
