//! Which module of a code means what.

use rxing::qrcode::common::{ErrorCorrectionLevel, Version, VersionRef};

/// A module whose colour is known before anything is read: its column, its row, and whether it is dark.
pub(super) type Known = (usize, usize, bool);

/// A code of one version (ISO/IEC 18004, 7.3 and 7.7).
pub(super) struct Layout {
    /// Modules a side.
    pub(super) side: usize,
    pub(super) version: VersionRef,
    /// The three finder patterns with their margin (top left, top right, bottom left), the two timing patterns, and the
    /// alignment patterns, of which the last is nearest to the bottom right.
    pub(super) groups: Vec<Vec<Known>>,
    /// Column and row of each data bit, in reading order.
    pub(super) order: Vec<(usize, usize)>,
}

/// Where the groups of the timing patterns and of the alignment patterns begin.
pub(super) const TIMING: usize = 3;
pub(super) const ALIGNMENT: usize = 5;
/// Versions above this are no coupon on a phone, and their hundreds of modules are too fine for this fit.
const LARGEST: usize = 25;

impl Layout {
    /// For so many modules a side; `None` where no version has them.
    pub(super) fn of_side(side: usize) -> Option<Self> {
        let number = side.checked_sub(17)? / 4;
        if side % 4 != 1 || !(1..=LARGEST).contains(&number) {
            return None;
        }
        let version = Version::getVersionForNumber(u32::try_from(number).ok()?).ok()?;
        let far = side - 7;
        let mut groups = vec![
            finder(0, 0, side),
            finder(far, 0, side),
            finder(0, far, side),
        ];
        groups.push((8..side - 8).map(|x| (x, 6, x % 2 == 0)).collect());
        groups.push((8..side - 8).map(|y| (6, y, y % 2 == 0)).collect());
        let centres: Vec<usize> = version
            .getAlignmentPatternCenters()
            .iter()
            .filter_map(|&at| usize::try_from(at).ok())
            .collect();
        for &y in &centres {
            for &x in &centres {
                let is_in_finder = (x == 6 && (y == 6 || y == far)) || (x == far && y == 6);
                if !is_in_finder {
                    groups.push(alignment(x, y));
                }
            }
        }
        let taken = version.buildFunctionPattern().ok()?;
        let is_taken = |x: usize, y: usize| match (u32::try_from(x), u32::try_from(y)) {
            (Ok(x), Ok(y)) => taken.get(x, y),
            _ => true,
        };
        let mut order = Vec::with_capacity(side * side);
        let mut is_upward = true;
        let mut right = side - 1;
        while right >= 1 {
            if right == 6 {
                right = 5;
            }
            for row in 0..side {
                let y = if is_upward { side - 1 - row } else { row };
                order.extend(
                    [right, right - 1]
                        .into_iter()
                        .filter(|&x| !is_taken(x, y))
                        .map(|x| (x, y)),
                );
            }
            is_upward = !is_upward;
            if right < 3 {
                break;
            }
            right -= 2;
        }
        Some(Self {
            side,
            version,
            groups,
            order,
        })
    }
}

fn finder(left: usize, top: usize, side: usize) -> Vec<Known> {
    let mut cells = Vec::with_capacity(64);
    for y in top.saturating_sub(1)..(top + 8).min(side) {
        for x in left.saturating_sub(1)..(left + 8).min(side) {
            let off = x.abs_diff(left + 3).max(y.abs_diff(top + 3));
            cells.push((x, y, off < 2 || off == 3));
        }
    }
    cells
}

fn alignment(x: usize, y: usize) -> Vec<Known> {
    let mut cells = Vec::with_capacity(25);
    for row in y - 2..=y + 2 {
        for column in x - 2..=x + 2 {
            let off = column.abs_diff(x).max(row.abs_diff(y));
            cells.push((column, row, off != 1));
        }
    }
    cells
}

/// How strongly a code is protected and which pattern is laid over its data.
#[derive(Clone, Copy)]
pub(super) struct Format {
    pub(super) level: ErrorCorrectionLevel,
    mask: usize,
    /// As it stands in the code, highest bit first.
    bits: u32,
}

impl Format {
    /// All 32.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..32_u32).map(|data| {
            let mut rest = data << 10;
            for shift in (0..5).rev() {
                if rest >> (10 + shift) & 1 == 1 {
                    rest ^= 0x537 << shift;
                }
            }
            let level = match data >> 3 {
                0 => ErrorCorrectionLevel::M,
                1 => ErrorCorrectionLevel::L,
                2 => ErrorCorrectionLevel::H,
                _ => ErrorCorrectionLevel::Q,
            };
            Self {
                level,
                mask: (data & 7) as usize,
                bits: (data << 10 | rest) ^ 0x5412,
            }
        })
    }

    /// Where its bits stand, twice, and what they are.
    pub(super) fn cells(self, side: usize) -> impl Iterator<Item = Known> {
        let first = (0..15).map(|bit| match bit {
            0..=5 => (bit, 8),
            6 => (7, 8),
            7 => (8, 8),
            8 => (8, 7),
            _ => (8, 14 - bit),
        });
        let second = (0..15).map(move |bit| match bit {
            0..=6 => (8, side - 1 - bit),
            _ => (side - 15 + bit, 8),
        });
        let is_dark = move |bit: usize| self.bits >> (14 - bit) & 1 == 1;
        let both = first.enumerate().chain(second.enumerate());
        both.map(move |(bit, (x, y))| (x, y, is_dark(bit)))
    }

    /// Whether the mask turns this module over.
    pub(super) fn is_masked(self, x: usize, y: usize) -> bool {
        match self.mask {
            0 => (x + y).is_multiple_of(2),
            1 => y.is_multiple_of(2),
            2 => x.is_multiple_of(3),
            3 => (x + y).is_multiple_of(3),
            4 => (y / 2 + x / 3).is_multiple_of(2),
            5 => x * y % 2 + x * y % 3 == 0,
            6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
            _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_holds_as_many_bits_as_the_standard_says() {
        for number in 1..=LARGEST {
            let layout = Layout::of_side(17 + 4 * number).unwrap();
            let bits = layout.order.len();
            let words = layout.version.getTotalCodewords() as usize;
            // At most seven bits are left over.
            assert_eq!(bits / 8, words, "version {number}");
        }
        assert!(Layout::of_side(20).is_none());
        assert!(Layout::of_side(0).is_none());
    }

    #[test]
    fn what_is_known_is_what_an_encoder_draws() {
        let code = qrcode::QrCode::with_version(
            b"409632457895",
            qrcode::Version::Normal(7),
            qrcode::EcLevel::M,
        )
        .unwrap();
        let colours = code.to_colors();
        let side = code.width();
        let layout = Layout::of_side(side).unwrap();
        for &(x, y, is_dark) in layout.groups.iter().flatten() {
            assert_eq!(
                colours[y * side + x] == qrcode::Color::Dark,
                is_dark,
                "{x} {y}"
            );
        }
        let fits = |format: &Format| {
            format
                .cells(side)
                .all(|(x, y, is_dark)| (colours[y * side + x] == qrcode::Color::Dark) == is_dark)
        };
        assert_eq!(Format::all().filter(fits).count(), 1);
    }
}
