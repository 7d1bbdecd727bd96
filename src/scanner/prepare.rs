//! Making a picture easier to read: other sizes, sharper edges, other curves.

use crate::frame::Luma;

/// Half the size, each pixel the mean of four.
pub(super) fn halved(luma: &Luma) -> Luma {
    shrunk(luma, 2)
}

/// A third of the size, each pixel the mean of nine: what fine stripes of a display leave standing.
pub(super) fn thirded(luma: &Luma) -> Luma {
    shrunk(luma, 3)
}

fn shrunk(luma: &Luma, by: usize) -> Luma {
    let (width, height) = (luma.width() / by, luma.height() / by);
    let area = by * by;
    let mut pixels = Vec::with_capacity(width * height);
    let mut sums = vec![0_usize; width];
    for y in 0..height {
        sums.fill(0);
        for row in by * y..by * (y + 1) {
            let row = &luma.pixels()[row * luma.width()..][..width * by];
            for (sum, cells) in sums.iter_mut().zip(row.chunks_exact(by)) {
                *sum += cells.iter().map(|&pixel| usize::from(pixel)).sum::<usize>();
            }
        }
        pixels.extend(sums.iter().map(|sum| byte((sum + area / 2) / area)));
    }
    of_size(width, height, pixels)
}

/// Twice the size, straight lines between the pixels.
pub(super) fn doubled(luma: &Luma) -> Luma {
    let (width, height) = (luma.width(), luma.height());
    let mut pixels = Vec::with_capacity(4 * width * height);
    let neighbour = |at: usize, most: usize| {
        let before = at / 2;
        let other = if at.is_multiple_of(2) {
            before.saturating_sub(1)
        } else {
            (before + 1).min(most - 1)
        };
        (before, other)
    };
    for y in 0..2 * height {
        let (row, other_row) = neighbour(y, height);
        let (row, other_row) = (
            &luma.pixels()[row * width..][..width],
            &luma.pixels()[other_row * width..][..width],
        );
        for x in 0..2 * width {
            let (column, other) = neighbour(x, width);
            let mixed = 9 * usize::from(row[column])
                + 3 * usize::from(row[other])
                + 3 * usize::from(other_row[column])
                + usize::from(other_row[other]);
            pixels.push(byte((mixed + 8) / 16));
        }
    }
    of_size(2 * width, 2 * height, pixels)
}

/// The middle, at most so wide and high, and where it begins.
#[expect(
    clippy::cast_precision_loss,
    reason = "a picture's side is far below 2^23"
)]
pub(super) fn middle(luma: &Luma, [wide, high]: [usize; 2]) -> (Luma, [f32; 2]) {
    let (width, height) = (luma.width().min(wide), luma.height().min(high));
    let (left, top) = ((luma.width() - width) / 2, (luma.height() - height) / 2);
    let rows = luma.pixels().chunks_exact(luma.width().max(1));
    let rows = rows.skip(top).take(height);
    let pixels = rows.flat_map(|row| &row[left..left + width]).copied();
    let middle = of_size(width, height, pixels.collect());
    (middle, [left as f32, top as f32])
}

/// Rows as columns.
pub(super) fn transposed(luma: &Luma) -> Luma {
    let (width, height) = (luma.width(), luma.height());
    let mut pixels = vec![0; width * height];
    for (y, row) in luma.pixels().chunks_exact(width.max(1)).enumerate() {
        for (x, &pixel) in row.iter().enumerate() {
            pixels[x * height + y] = pixel;
        }
    }
    of_size(height, width, pixels)
}

/// Edges made steeper, against a blur of about `rounds` pixels.
pub(super) fn sharpened(luma: &Luma, rounds: usize) -> Luma {
    let mut soft = blurred(luma);
    for _ in 1..rounds {
        soft = blurred(&soft);
    }
    let pairs = luma.pixels().iter().zip(soft.pixels());
    let pixels = pairs.map(|(&pixel, &soft)| {
        let (pixel, soft) = (i32::from(pixel), i32::from(soft));
        u8::try_from((3 * pixel - 2 * soft).clamp(0, 255)).unwrap_or(u8::MAX)
    });
    of_size(luma.width(), luma.height(), pixels.collect())
}

/// Each pixel the mean of the nine round it; the margin stays.
fn blurred(luma: &Luma) -> Luma {
    let (width, height) = (luma.width(), luma.height());
    let from = luma.pixels();
    let mut pixels = from.to_vec();
    if width < 3 || height < 3 {
        return luma.clone();
    }
    let mut columns = vec![0_u16; width];
    for y in 1..height - 1 {
        let rows = &from[(y - 1) * width..(y + 2) * width];
        let (above, rest) = rows.split_at(width);
        let (here, below) = rest.split_at(width);
        for (x, column) in columns.iter_mut().enumerate() {
            *column = u16::from(above[x]) + u16::from(here[x]) + u16::from(below[x]);
        }
        let out = &mut pixels[y * width + 1..(y + 1) * width - 1];
        for (out, three) in out.iter_mut().zip(columns.windows(3)) {
            *out = byte(usize::from((three[0] + three[1] + three[2]) / 9));
        }
    }
    of_size(width, height, pixels)
}

/// The bright half pulled apart: what glare and a display at full brightness press together.
pub(super) fn darkened(luma: &Luma) -> Luma {
    let mut curve = [0_u8; 256];
    for (level, out) in curve.iter_mut().enumerate() {
        *out = byte(level * level * level / (255 * 255));
    }
    let pixels = luma.pixels().iter();
    let pixels = pixels.map(|&pixel| curve[usize::from(pixel)]).collect();
    of_size(luma.width(), luma.height(), pixels)
}

/// Black (`true`) is what is darker than the mean of its surroundings, a `share`th of the longer side wide.
pub(super) fn darker_than_around(luma: &Luma, share: usize) -> Vec<bool> {
    let (width, height) = (luma.width(), luma.height());
    let reach = (width.max(height) / share / 2).max(4);
    let row_of = |y: usize| &luma.pixels()[y * width..][..width];
    let mut columns = vec![0_usize; width];
    let mut black = Vec::with_capacity(width * height);
    let (mut first, mut end) = (0, 0);
    for y in 0..height {
        while end < (y + reach + 1).min(height) {
            for (column, &pixel) in columns.iter_mut().zip(row_of(end)) {
                *column += usize::from(pixel);
            }
            end += 1;
        }
        while first < y.saturating_sub(reach) {
            for (column, &pixel) in columns.iter_mut().zip(row_of(first)) {
                *column -= usize::from(pixel);
            }
            first += 1;
        }
        let (mut sum, mut left, mut right) = (0, 0, 0);
        for (x, &pixel) in row_of(y).iter().enumerate() {
            while right < (x + reach + 1).min(width) {
                sum += columns[right];
                right += 1;
            }
            while left < x.saturating_sub(reach) {
                sum -= columns[left];
                left += 1;
            }
            // A little below the mean, so that an even surface is white.
            let cells = (right - left) * (end - first);
            black.push(usize::from(pixel) * cells * 100 < sum * 95);
        }
    }
    black
}

fn byte(value: usize) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

fn of_size(width: usize, height: usize, pixels: Vec<u8>) -> Luma {
    Luma::new(width, height, pixels).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Luma {
        let pixels = (0..width * height).map(|at| byte(at % 251)).collect();
        Luma::new(width, height, pixels).unwrap()
    }

    #[test]
    fn every_way_takes_every_size() {
        for (width, height) in [(0, 0), (0, 5), (1, 1), (2, 3), (3, 2), (7, 1), (31, 17)] {
            let luma = ramp(width, height);
            let size = |luma: &Luma| (luma.width(), luma.height());
            assert_eq!(size(&halved(&luma)), (width / 2, height / 2));
            assert_eq!(size(&thirded(&luma)), (width / 3, height / 3));
            assert_eq!(size(&doubled(&luma)), (width * 2, height * 2));
            assert_eq!(size(&transposed(&luma)), (height, width));
            let (middle, _) = middle(&luma, [5, 2]);
            assert_eq!(size(&middle), (width.min(5), height.min(2)));
            assert_eq!(size(&sharpened(&luma, 2)), (width, height));
            assert_eq!(size(&darkened(&luma)), (width, height));
            assert_eq!(darker_than_around(&luma, 8).len(), width * height);
        }
    }

    #[test]
    fn a_half_is_the_mean_of_four() {
        let luma = Luma::new(3, 2, vec![0, 100, 9, 200, 100, 9]).unwrap();
        assert_eq!(halved(&luma).pixels(), [100]);
    }

    #[test]
    fn a_dark_spot_is_black_and_an_even_surface_white() {
        let mut pixels = vec![200; 40 * 40];
        pixels[20 * 40 + 20] = 100;
        let black = darker_than_around(&Luma::new(40, 40, pixels).unwrap(), 8);
        let spots: Vec<usize> = (0..1600).filter(|&at| black[at]).collect();
        assert_eq!(spots, [20 * 40 + 20]);
    }
}
