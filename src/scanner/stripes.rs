//! Code 128: the stripes, row by row and column by column.
//!
//! One row of chance can look like a code whose check digit fits (one in 103), so a text counts when two rows agree.

use rxing::DecodeHints;
use rxing::common::GlobalHistogramBinarizer;
use rxing::oned::{Code128Reader, OneDReader};
use rxing::{Binarizer, Luma8Source};

use super::passes::Text;
use super::prepare;
use crate::frame::Luma;

/// Rows that are read of a picture; more find no more.
const ROWS: usize = 160;
/// Rows that must agree.
const AGREEING: usize = 2;
/// Shorter texts are stripes of clothes and shelves sooner than coupons.
const SHORTEST: usize = 4;

/// All codes, once each. Their corners are the ends of the first and last row that was read.
pub(super) fn read(luma: &Luma) -> Vec<Text> {
    let mut seen = Vec::new();
    rows(luma, &mut seen, |along, across| [along, across]);
    rows(&prepare::transposed(luma), &mut seen, |along, across| {
        [across, along]
    });
    seen.into_iter()
        .filter(|seen| seen.rows >= AGREEING && seen.text.len() >= SHORTEST)
        .map(|seen| {
            let [first, last] = [seen.first, seen.last];
            Text {
                text: seen.text,
                corners: [first[0], first[1], last[1], last[0]],
            }
        })
        .collect()
}

struct Seen {
    text: String,
    rows: usize,
    first: [[f64; 2]; 2],
    last: [[f64; 2]; 2],
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a picture's side is far below 2^52"
)]
fn rows(luma: &Luma, seen: &mut Vec<Seen>, place: impl Fn(f64, f64) -> [f64; 2]) {
    let (Ok(width), Ok(height)) = (u32::try_from(luma.width()), u32::try_from(luma.height()))
    else {
        return;
    };
    let Ok(source) = Luma8Source::new_with_slice(luma.pixels(), width, height) else {
        return;
    };
    let binarizer = GlobalHistogramBinarizer::new(source);
    let hints = DecodeHints::default();
    let mut reader = Code128Reader;
    for y in (0..luma.height()).step_by((luma.height() / ROWS).max(1)) {
        let Ok(row) = binarizer.get_black_row(y) else {
            continue;
        };
        let mut row = row.into_owned();
        for is_reversed in [false, true] {
            if is_reversed {
                row.reverse();
            }
            let Ok(read) = reader.decode_row(height.min(1), &row, &hints) else {
                continue;
            };
            let ends = read.getPoints();
            let (Some(begin), Some(end)) = (ends.first(), ends.last()) else {
                continue;
            };
            let along = |x: f32| {
                let x = f64::from(x);
                if is_reversed {
                    luma.width() as f64 - x
                } else {
                    x
                }
            };
            let line = [
                place(along(begin.x), y as f64),
                place(along(end.x), y as f64),
            ];
            let text = read.getText();
            match seen.iter_mut().find(|seen| seen.text == text) {
                Some(known) => {
                    known.rows += 1;
                    known.last = line;
                }
                None => seen.push(Seen {
                    text: text.to_owned(),
                    rows: 1,
                    first: line,
                    last: line,
                }),
            }
        }
    }
}
