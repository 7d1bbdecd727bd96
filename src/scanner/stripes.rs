//! Code 128 and whatever other stripes are wanted, row by row and column by column.
//!
//! One row of chance can look like a code whose check digit fits (one in 103, or in ten), so a text counts when two rows
//! agree, and none without a check digit does.

use rxing::common::{BitArray, GlobalHistogramBinarizer};
use rxing::oned::{Code39Reader, Code93Reader, Code128Reader, EAN13Reader, OneDReader};
use rxing::{Binarizer, DecodeHints, Luma8Source};

use super::passes::Decoded;
use super::{Symbologies, Symbology, prepare};
use crate::frame::Luma;

/// Rows that are read of a picture; more find no more.
const ROWS: usize = 160;
/// Rows that must agree.
const AGREEING: usize = 2;
/// Shorter texts are stripes of clothes and shelves sooner than coupons.
const SHORTEST: usize = 4;

/// All codes, once each. Their corners are the ends of the first and last row that was read.
pub(super) fn read(luma: &Luma, symbologies: Symbologies) -> Vec<Decoded> {
    let mut seen = Vec::new();
    rows(luma, symbologies, &mut seen, |along, across| {
        [along, across]
    });
    let turned = prepare::transposed(luma);
    rows(&turned, symbologies, &mut seen, |along, across| {
        [across, along]
    });
    seen.into_iter()
        .filter(|seen| seen.rows >= AGREEING && seen.text.len() >= SHORTEST)
        .map(|seen| {
            let [first, last] = [seen.first, seen.last];
            Decoded {
                text: seen.text,
                symbology: seen.symbology,
                corners: [first[0], first[1], last[1], last[0]],
            }
        })
        .collect()
}

struct Seen {
    text: String,
    symbology: Symbology,
    rows: usize,
    first: [[f64; 2]; 2],
    last: [[f64; 2]; 2],
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a picture's side is far below 2^52"
)]
fn rows(
    luma: &Luma,
    symbologies: Symbologies,
    seen: &mut Vec<Seen>,
    place: impl Fn(f64, f64) -> [f64; 2],
) {
    let (Ok(width), Ok(height)) = (u32::try_from(luma.width()), u32::try_from(luma.height()))
    else {
        return;
    };
    let Ok(source) = Luma8Source::new_with_slice(luma.pixels(), width, height) else {
        return;
    };
    let binarizer = GlobalHistogramBinarizer::new(source);
    let wanted = Symbology::STRIPES
        .into_iter()
        .filter(|symbology| symbologies.has(*symbology));
    for y in (0..luma.height()).step_by((luma.height() / ROWS).max(1)) {
        let Ok(row) = binarizer.get_black_row(y) else {
            continue;
        };
        let mut row = row.into_owned();
        for is_reversed in [false, true] {
            if is_reversed {
                row.reverse();
            }
            let along = |x: f32| {
                let x = f64::from(x);
                if is_reversed {
                    luma.width() as f64 - x
                } else {
                    x
                }
            };
            for symbology in wanted.clone() {
                let Some((text, [begin, end])) = decoded(symbology, &row) else {
                    continue;
                };
                let line = [begin, end].map(|x| place(along(x), y as f64));
                note(seen, symbology, text, line);
            }
        }
    }
}

/// Takes note of a row that was read.
fn note(seen: &mut Vec<Seen>, symbology: Symbology, text: String, line: [[f64; 2]; 2]) {
    let is_known = |seen: &&mut Seen| seen.text == text && seen.symbology == symbology;
    match seen.iter_mut().find(is_known) {
        Some(known) => {
            known.rows += 1;
            known.last = line;
        }
        None => seen.push(Seen {
            text,
            symbology,
            rows: 1,
            first: line,
            last: line,
        }),
    }
}

/// The text of a row, if its check digit fits, and where it begins and ends.
fn decoded(symbology: Symbology, row: &BitArray) -> Option<(String, [f32; 2])> {
    let hints = DecodeHints::default();
    let read = match symbology {
        Symbology::QrCode => return None,
        Symbology::Code128 => Code128Reader.decode_row(1, row, &hints),
        Symbology::Code39 => Code39Reader::new().decode_row(1, row, &hints),
        Symbology::Code93 => Code93Reader::new().decode_row(1, row, &hints),
        Symbology::Ean13 => EAN13Reader.decode_row(1, row, &hints),
    };
    let read = read.ok()?;
    let text = if symbology == Symbology::Code39 {
        checked(read.getText())?
    } else {
        read.getText()
    };
    let ends = read.getPoints();
    let (begin, end) = (ends.first()?, ends.last()?);
    Some((text.to_owned(), [begin.x, end.x]))
}

/// What stands before a Code 39's check character, where that fits: the sum of all characters' places, modulo 43.
fn checked(text: &str) -> Option<&str> {
    const CHARACTERS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
    let (check_at, check) = text.char_indices().next_back()?;
    let body = &text[..check_at];
    let places: Option<Vec<usize>> = body
        .chars()
        .map(|character| CHARACTERS.find(character))
        .collect();
    let sum: usize = places?.into_iter().sum();
    (CHARACTERS.find(check)? == sum % CHARACTERS.len()).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of stripes, two pixels a module, that begin with a dark one.
    fn picture(modules: &str) -> Luma {
        let mut row = vec![230_u8; 40];
        for module in modules.bytes() {
            row.extend([if module == b'1' { 20 } else { 230 }; 2]);
        }
        row.extend([230; 40]);
        Luma::new(row.len(), 40, row.repeat(40)).unwrap()
    }

    fn check(modules: &str, symbology: Symbology, text: Option<&str>) {
        let luma = picture(modules);
        let read = |wanted: &[Symbology]| -> Vec<(Symbology, String)> {
            let found = read(&luma, wanted.iter().copied().collect());
            found
                .into_iter()
                .map(|found| (found.symbology, found.text))
                .collect()
        };
        let expected: Vec<_> = text
            .map(|text| (symbology, text.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(read(&[symbology]), expected, "{symbology:?}");
        assert_eq!(read(&Symbology::STRIPES), expected, "among all");
        assert_eq!(read(&[Symbology::QrCode]), []);
    }

    #[test]
    fn a_code_39_counts_with_its_check_character_alone() {
        let [star, zero, one, two, three, a] = [
            "100101101101",
            "101001101101",
            "110100101011",
            "101100101011",
            "110110010101",
            "110101001011",
        ];
        // 3 + 3 + 3 + 1 = 10, which is A.
        let right = [star, three, three, three, one, a, star].join("0");
        check(&right, Symbology::Code39, Some("3331"));
        // 3 + 0 + 1 + 2 = 6, which is no 0.
        let wrong = [star, three, zero, one, two, zero, star].join("0");
        check(&wrong, Symbology::Code39, None);
    }

    #[test]
    fn a_code_93_is_read_and_one_whose_check_characters_are_wrong_is_not() {
        let [star, one, a, o, p] = [
            "101011110",
            "101001000",
            "110101000",
            "100101100",
            "100010110",
        ];
        // 4 + 3 + 2 + 1 = 10, which is A; 5 + 4 + 3 + 2 + 10 = 24, which is O.
        let right = [star, one, one, one, one, a, o, star, "1"].concat();
        check(&right, Symbology::Code93, Some("1111"));
        let wrong = [star, one, one, one, one, a, p, star, "1"].concat();
        check(&wrong, Symbology::Code93, None);
    }

    #[test]
    fn an_ean_13_is_read_and_one_whose_check_digit_is_wrong_is_not() {
        // The first digit, a 4, is how the six after it are drawn.
        let left = [
            "0001101", "0100111", "0101111", "0111101", "0001001", "0110011",
        ]
        .concat();
        let right = ["1000010", "1000010", "1000010", "1110100", "1000010"].concat();
        let code = |last: &str| ["101", &left, "01010", &right, last, "101"].concat();
        check(&code("1100110"), Symbology::Ean13, Some("4006381333931"));
        check(&code("1101100"), Symbology::Ean13, None);
    }
}
