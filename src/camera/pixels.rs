//! From a camera's bytes to luma in full size and a preview in a handy one.
//!
//! Every second byte of YUYV is brightness already: taking it costs a fiftieth of a conversion to colours. Colours are
//! made for the preview's pixels alone.

use super::mode::PixelFormat;
use super::reading::Flaw;
use super::view::{Crop, Turn, View};
use crate::frame::{Luma, PREVIEW_MOST, Rgb};

/// What memory is handed out by.
const PAGE: usize = 4096;

/// Whether people see the picture too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Preview {
    /// They do.
    #[default]
    Shown,
    /// Nobody sees it: an empty one costs nothing.
    None,
}

/// One picture as the camera sent it, uncompressed.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a> {
    pub(super) layout: Layout,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) bytes: &'a [u8],
}

/// Where brightness and colour stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layout {
    /// Y U Y V: two pixels share their colours.
    Yuyv,
    /// Y alone.
    Grey,
    /// All Y, then U V for every four pixels.
    Nv12,
    /// Y Cb Cr of full range for each pixel, as a JPEG is decoded.
    YCbCr,
}

impl Layout {
    /// Of a format that is not compressed.
    pub(super) fn of(format: PixelFormat) -> Option<Self> {
        match format {
            PixelFormat::Yuyv => Some(Self::Yuyv),
            PixelFormat::Grey => Some(Self::Grey),
            PixelFormat::Nv12 => Some(Self::Nv12),
            PixelFormat::Mjpg => None,
        }
    }

    /// Bytes of one picture.
    fn size(self, width: usize, height: usize) -> usize {
        match self {
            Self::Yuyv => width * height * 2,
            Self::Grey => width * height,
            Self::Nv12 => width * height + 2 * width.div_ceil(2) * height.div_ceil(2),
            Self::YCbCr => width * height * 3,
        }
    }
}

impl Raw<'_> {
    /// Whether there are as many bytes as a picture has. Some drivers fill the last page of memory.
    pub(super) fn check(&self) -> Result<(), Flaw> {
        let wanted = self.layout.size(self.width, self.height);
        match self.bytes.len().checked_sub(wanted) {
            None => Err(Flaw::Short),
            Some(more) if more > PAGE => Err(Flaw::WrongSize),
            Some(_) => Ok(()),
        }
    }

    /// What is looked at, as luma and as a preview, turned; `None` where there are too few bytes.
    pub(super) fn frame(&self, view: &View, preview: Preview) -> Option<(Luma, Rgb)> {
        if self.width == 0 || self.height == 0 || self.check() == Err(Flaw::Short) {
            return None;
        }
        let crop = view.crop(self.width, self.height);
        let luma = turned(self.luma(crop)?, view.turn);
        let preview = match preview {
            Preview::Shown => self.preview(view, crop)?,
            Preview::None => Rgb::new(0, 0, Vec::new())?,
        };
        Some((luma, preview))
    }

    fn luma(&self, crop: Crop) -> Option<Luma> {
        let step = match self.layout {
            Layout::Yuyv => 2,
            Layout::Grey | Layout::Nv12 => 1,
            Layout::YCbCr => 3,
        };
        let mut pixels = Vec::with_capacity(crop.width * crop.height);
        for y in crop.y..crop.y + crop.height {
            let from = (y * self.width + crop.x) * step;
            let row = &self.bytes[from..from + crop.width * step];
            match self.layout {
                Layout::Yuyv => pixels.extend(row.as_chunks().0.iter().map(|[y, _]| *y)),
                Layout::Grey | Layout::Nv12 => pixels.extend_from_slice(row),
                Layout::YCbCr => pixels.extend(row.as_chunks().0.iter().map(|[y, _, _]| *y)),
            }
        }
        Luma::new(crop.width, crop.height, pixels)
    }

    fn preview(&self, view: &View, crop: Crop) -> Option<Rgb> {
        let (full_width, full_height) = match view.turn {
            Turn::None | Turn::By180 => (crop.width, crop.height),
            Turn::By90 | Turn::By270 => (crop.height, crop.width),
        };
        let [most_width, most_height] = PREVIEW_MOST;
        let width = full_width
            .min(most_width)
            .min((full_width * most_height / full_height).max(1));
        let height = (full_height * width / full_width).clamp(1, most_height);
        let columns: Vec<usize> = (0..width)
            .map(|x| if view.mirror { width - 1 - x } else { x } * full_width / width)
            .collect();
        let mut bytes = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            let y = y * full_height / height;
            for &x in &columns {
                let (x, y) = match view.turn {
                    Turn::None => (x, y),
                    Turn::By90 => (y, crop.height - 1 - x),
                    Turn::By180 => (crop.width - 1 - x, crop.height - 1 - y),
                    Turn::By270 => (crop.width - 1 - y, x),
                };
                bytes.extend_from_slice(&self.colour(crop.x + x, crop.y + y));
            }
        }
        Rgb::new(width, height, bytes)
    }

    #[inline]
    fn colour(&self, x: usize, y: usize) -> [u8; 3] {
        let at = y * self.width + x;
        match self.layout {
            Layout::Yuyv => {
                let pair = (at & !1) * 2;
                video(
                    self.bytes[at * 2],
                    self.bytes[pair + 1],
                    self.bytes[pair + 3],
                )
            }
            Layout::Grey => [self.bytes[at]; 3],
            Layout::Nv12 => {
                let row = self.width.div_ceil(2) * 2;
                let pair = self.width * self.height + (y / 2) * row + (x & !1);
                video(self.bytes[at], self.bytes[pair], self.bytes[pair + 1])
            }
            Layout::YCbCr => {
                let at = at * 3;
                full(
                    i32::from(self.bytes[at]) << 16,
                    self.bytes[at + 1],
                    self.bytes[at + 2],
                )
            }
        }
    }
}

/// BT.601 with Y from 16 to 235, as cameras send it.
#[inline]
fn video(y: u8, u: u8, v: u8) -> [u8; 3] {
    let y = (i32::from(y) - 16) * 76_309;
    let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
    [
        clamped(y + 104_597 * v),
        clamped(y - 25_675 * u - 53_279 * v),
        clamped(y + 132_201 * u),
    ]
}

/// BT.601 of full range, as JPEGs hold it; `y` in 65536ths.
#[inline]
fn full(y: i32, cb: u8, cr: u8) -> [u8; 3] {
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    [
        clamped(y + 91_881 * cr),
        clamped(y - 22_554 * cb - 46_802 * cr),
        clamped(y + 116_130 * cb),
    ]
}

#[inline]
fn clamped(value: i32) -> u8 {
    u8::try_from(((value + 32_768) >> 16).clamp(0, 255)).unwrap_or(u8::MAX)
}

fn turned(luma: Luma, turn: Turn) -> Luma {
    let (width, height) = (luma.width(), luma.height());
    let from = luma.pixels();
    let turned = match turn {
        Turn::None => None,
        Turn::By90 => {
            let pixels = (0..width)
                .flat_map(|x| (0..height).rev().map(move |y| from[y * width + x]))
                .collect();
            Luma::new(height, width, pixels)
        }
        Turn::By180 => Luma::new(width, height, from.iter().rev().copied().collect()),
        Turn::By270 => {
            let pixels = (0..width)
                .rev()
                .flat_map(|x| (0..height).map(move |y| from[y * width + x]))
                .collect();
            Luma::new(height, width, pixels)
        }
    };
    turned.unwrap_or(luma)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(turn: Turn, mirror: bool) -> View {
        View {
            turn,
            mirror,
            ..View::default()
        }
    }

    fn raw(layout: Layout, width: usize, height: usize, bytes: &[u8]) -> Raw<'_> {
        Raw {
            layout,
            width,
            height,
            bytes,
        }
    }

    #[test]
    fn yuyv_gives_its_y_as_luma_and_its_colours_to_the_preview() {
        // White, black; then red, red.
        let bytes = [235, 128, 16, 128, 81, 90, 81, 240];
        let (luma, preview) = raw(Layout::Yuyv, 2, 2, &bytes)
            .frame(&view(Turn::None, false), Preview::Shown)
            .unwrap();
        assert_eq!(luma.pixels(), [235, 16, 81, 81]);
        assert_eq!(
            preview.bytes(),
            [255, 255, 255, 0, 0, 0, 254, 0, 0, 254, 0, 0]
        );
    }

    #[test]
    fn grey_and_nv12_give_their_first_plane_as_luma() {
        let (luma, preview) = raw(Layout::Grey, 2, 1, &[7, 200])
            .frame(&view(Turn::None, true), Preview::Shown)
            .unwrap();
        assert_eq!(
            (luma.pixels(), preview.bytes()),
            (&[7, 200][..], &[200, 200, 200, 7, 7, 7][..])
        );
        let bytes = [235, 16, 235, 16, 128, 128];
        let (luma, preview) = raw(Layout::Nv12, 2, 2, &bytes)
            .frame(&view(Turn::None, false), Preview::Shown)
            .unwrap();
        assert_eq!(luma.pixels(), [235, 16, 235, 16]);
        assert_eq!(preview.bytes()[..6], [255, 255, 255, 0, 0, 0]);
    }

    #[test]
    fn too_few_bytes_give_no_frame() {
        for (layout, bytes) in [
            (Layout::Yuyv, 7),
            (Layout::Grey, 3),
            (Layout::Nv12, 5),
            (Layout::YCbCr, 11),
        ] {
            assert!(
                raw(layout, 2, 2, &vec![0; bytes])
                    .frame(&view(Turn::None, false), Preview::Shown)
                    .is_none()
            );
            assert!(
                raw(layout, 2, 2, &vec![0; bytes + 1])
                    .frame(&view(Turn::None, false), Preview::Shown)
                    .is_some()
            );
        }
        assert!(
            raw(Layout::Grey, 0, 0, &[])
                .frame(&view(Turn::None, false), Preview::Shown)
                .is_none()
        );
    }

    #[test]
    fn a_turned_picture_is_turned_for_the_scanner_and_for_people() {
        let bytes = [1, 2, 3, 4, 5, 6];
        for (turn, width, expected) in [
            (Turn::None, 3, [1, 2, 3, 4, 5, 6]),
            (Turn::By90, 2, [4, 1, 5, 2, 6, 3]),
            (Turn::By180, 3, [6, 5, 4, 3, 2, 1]),
            (Turn::By270, 2, [3, 6, 2, 5, 1, 4]),
        ] {
            let (luma, preview) = raw(Layout::Grey, 3, 2, &bytes)
                .frame(&view(turn, false), Preview::Shown)
                .unwrap();
            assert_eq!(
                (luma.width(), luma.pixels()),
                (width, &expected[..]),
                "{turn:?}"
            );
            let seen: Vec<u8> = preview.bytes().iter().step_by(3).copied().collect();
            assert_eq!(
                (preview.width(), seen),
                (width, expected.to_vec()),
                "{turn:?}"
            );
        }
    }

    #[test]
    fn a_large_picture_has_a_small_preview() {
        let (luma, preview) = raw(Layout::Grey, 1920, 1080, &vec![9; 1920 * 1080])
            .frame(&view(Turn::None, false), Preview::Shown)
            .unwrap();
        assert_eq!(
            (luma.width(), preview.width(), preview.height()),
            (1920, 960, 540)
        );
        for (width, height, turn, preview) in [
            (1920, 1080, Turn::By90, (720, 1280)),
            (3840, 2160, Turn::None, (960, 540)),
            (8000, 2, Turn::By270, (1, 1280)),
            (2, 8000, Turn::By180, (1, 1280)),
            (1280, 720, Turn::By270, (720, 1280)),
        ] {
            let (_, seen) = raw(Layout::Grey, width, height, &vec![9; width * height])
                .frame(&view(turn, false), Preview::Shown)
                .unwrap();
            assert_eq!((seen.width(), seen.height()), preview, "{width}x{height}");
        }
    }

    #[test]
    fn a_region_is_cut_out_of_both_before_they_are_turned() {
        use crate::camera::view::Region;
        let bytes: Vec<u8> = (0..16).collect();
        let view = View {
            turn: Turn::By90,
            region: Region {
                x: 0,
                y: 50,
                width: 50,
                height: 50,
            },
            ..View::default()
        };
        // The lower left quarter of the turned picture is the lower right one of the lens's.
        let raw = raw(Layout::Grey, 4, 4, &bytes);
        let (luma, preview) = raw.frame(&view, Preview::Shown).unwrap();
        assert_eq!((luma.width(), luma.pixels()), (2, &[14, 10, 15, 11][..]));
        let seen: Vec<u8> = preview.bytes().iter().step_by(3).copied().collect();
        assert_eq!(seen, [14, 10, 15, 11]);
        let (luma, preview) = raw.frame(&view, Preview::None).unwrap();
        assert_eq!((luma.width(), preview.width()), (2, 0));
    }
}
