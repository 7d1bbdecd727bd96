//! The scanner, on a picture that the program carries.

use super::{Finding, millis, tick};
use crate::scanner::{self, Effort, Symbologies, picture};

const PICTURE: &[u8] = include_bytes!("../../fixtures/codes/redeemed.png");
const TEXT: &str = "409632457895";

/// Reads the picture.
pub fn examine(symbologies: Symbologies) -> Finding {
    let begun = tick();
    let found = picture::parse(PICTURE)
        .map(|luma| scanner::scan(&luma, symbologies, Effort::First))
        .unwrap_or_default();
    if found.iter().any(|found| found.text == TEXT) {
        return Finding::good("scanner", "doctor-scanner-reads")
            .with("millis", millis(begun.elapsed()));
    }
    if !symbologies.has(scanner::Symbology::QrCode) {
        return Finding::watch("scanner", "doctor-scanner-no-qr");
    }
    Finding::bad("scanner", "doctor-scanner-blind")
}
