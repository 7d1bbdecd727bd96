//! A QR code in a terminal: two rows of it a line, by half blocks, dark on light whatever the terminal's colours.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// The light margin that readers want: four modules, of which a terminal's own border may be one.
const MARGIN: usize = 4;

/// The modules of a text's code, row by row with their margin, `true` dark; `None` where it is too long.
pub fn modules(text: &str) -> Option<Vec<Vec<bool>>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let dark = |x: usize, y: usize| {
        let inside = |at: usize| (MARGIN..MARGIN + width).contains(&at);
        inside(x) && inside(y) && code[(x - MARGIN, y - MARGIN)] == Color::Dark
    };
    let side = width + 2 * MARGIN;
    Some(
        (0..side)
            .map(|y| (0..side).map(|x| dark(x, y)).collect())
            .collect(),
    )
}

/// Lines of text.
pub fn lines(text: &str) -> Option<Vec<String>> {
    let rows = modules(text)?;
    let side = rows.len();
    let lines = (0..side).step_by(2).map(|y| {
        // White paper and black ink, set by colours: a reader wants dark on light on every terminal.
        let mut line = "\x1b[30;107m".to_owned();
        for x in 0..side {
            let below = rows.get(y + 1).is_some_and(|row| row[x]);
            line.push(match (rows[y][x], below) {
                (true, true) => '\u{2588}',
                (true, false) => '\u{2580}',
                (false, true) => '\u{2584}',
                (false, false) => ' ',
            });
        }
        line.push_str("\x1b[0m");
        line
    });
    Some(lines.collect())
}

/// A picture to print, in which the camera's sharpness can be measured: the code of `text`, some 8 cm wide.
pub fn card(text: &str) -> Option<String> {
    let rows = modules(text)?;
    let side = rows.len();
    let mut paths = String::new();
    for (y, row) in rows.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            // Writing to a String cannot fail.
            write!(paths, "M{x} {y}h1v1h-1z").ok();
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80mm\" height=\"80mm\" viewBox=\"0 0 {side} {side}\">\n\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\n<path d=\"{paths}\"/>\n</svg>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Luma;
    use crate::scanner::{Effort, Symbologies, scan};

    #[test]
    fn what_the_terminal_shows_is_read_by_a_camera() {
        let text = "coupon-kiosk 0.1.0 front 2026-11-24T07:00Z\nbad clock-ahead 75\ngood 9";
        let mut rows: Vec<Vec<u8>> = Vec::new();
        for line in lines(text).unwrap() {
            let cells = line
                .trim_start_matches("\x1b[30;107m")
                .trim_end_matches("\x1b[0m");
            let (mut upper, mut lower) = (Vec::new(), Vec::new());
            for cell in cells.chars() {
                let (above, below) = match cell {
                    '\u{2588}' => (0, 0),
                    '\u{2580}' => (0, 255),
                    '\u{2584}' => (255, 0),
                    _ => (255, 255),
                };
                upper.extend([above; 6]);
                lower.extend([below; 6]);
            }
            rows.extend(std::iter::repeat_n(upper, 6));
            rows.extend(std::iter::repeat_n(lower, 6));
        }
        let (width, height) = (rows[0].len(), rows.len());
        let luma = Luma::new(width, height, rows.concat()).unwrap();
        let found = scan(&luma, Symbologies::default(), Effort::First);
        assert_eq!(found[0].text, text);
    }

    #[test]
    fn a_text_that_no_code_can_hold_gives_none() {
        assert!(lines(&"x".repeat(4000)).is_none());
    }
}
