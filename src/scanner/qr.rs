//! QR codes in a picture of black and white, by rxing's finder and decoder, with every step counted.
//!
//! rxing tries each three finder patterns that could belong together, which a picture full of them makes last for
//! seconds (7 s on a grid at 720p). So the patterns are counted before they are looked for, and the threes while they
//! are tried.

use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{
    FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR,
};

use super::Symbology;
use super::lattice::{self, Net, Trio};
use super::passes::{Budget, Decoded, narrow};
use crate::frame::Luma;

/// The smallest code's side in modules; nothing smaller has to be looked at.
const LEAST_SIDE: u32 = 21;
/// Rows (of every third) may cross so many things like finder patterns; a wall full of codes stays below, a texture
/// does not.
const MOST_CROSSINGS: usize = 6000;
/// More finder patterns than this, and no pass will make codes of them: 3600 take 50 ms to be found alone.
const TEXTURE: usize = 300;
/// Codes of two dozen phones; what grows with its third power starts with these.
const MOST_PATTERNS: usize = 90;
/// Threes tried in one pass.
const MOST_SETS: usize = 150;

/// The picture in grey and in full size, of which a pass made black and white, `scale` times smaller.
#[derive(Clone, Copy)]
pub(super) struct Grey<'a> {
    pub(super) luma: &'a Luma,
    pub(super) scale: f64,
    pub(super) is_inverted: bool,
}

/// All codes, once each.
pub(super) fn read(matrix: &BitMatrix, grey: Grey<'_>, budget: &mut Budget) -> Vec<Decoded> {
    let is_too_small = matrix.width() < LEAST_SIDE || matrix.height() < LEAST_SIDE;
    if is_too_small || budget.is_spent() {
        return Vec::new();
    }
    if crossings(matrix) > MOST_CROSSINGS {
        return Vec::new();
    }
    let mut patterns = FindFinderPatterns(matrix, true, 0);
    if patterns.len() > TEXTURE {
        tracing::debug!(patterns = patterns.len(), "a texture, not codes");
        budget.give_up();
        return Vec::new();
    }
    patterns.truncate(MOST_PATTERNS);
    let sets = GenerateFinderPatternSets(&mut patterns);
    let mut used = Vec::new();
    let mut texts = Vec::new();
    for set in sets.into_iter().take(MOST_SETS) {
        let its = [set.tl, set.tr, set.bl];
        if its.iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        if !budget.spend() {
            break;
        }
        if let Some(text) = decoded(matrix, &set).or_else(|| fitted(grey, &set, budget)) {
            used.extend(its);
            texts.push(text);
        }
    }
    texts
}

/// As rxing samples and decodes it.
fn decoded(matrix: &BitMatrix, set: &FinderPatternSet) -> Option<Decoded> {
    let sampled = SampleQR(matrix, set).ok()?;
    let decoded = Decode(sampled.getBits()).ok()?;
    if !decoded.isValid() {
        return None;
    }
    // They come as top left, top right, bottom left, bottom right.
    let mut corners = [[0.0; 2]; 4];
    for (corner, point) in corners.iter_mut().zip(sampled.getPoints()) {
        *corner = [f64::from(point.x), f64::from(point.y)];
    }
    corners.swap(2, 3);
    Some(Decoded {
        text: decoded.content().to_string(),
        symbology: Symbology::QrCode,
        corners,
    })
}

/// By a net of our own over the grey picture.
#[expect(clippy::cast_precision_loss, reason = "finder patterns are small")]
fn fitted(grey: Grey<'_>, set: &FinderPatternSet, budget: &mut Budget) -> Option<Decoded> {
    let scale = narrow(grey.scale);
    let trio = Trio {
        centres: [set.tl, set.tr, set.bl].map(|pattern| [pattern.p.x * scale, pattern.p.y * scale]),
        width: (set.tl.size + set.tr.size + set.bl.size) as f32 * scale / 3.0,
    };
    if !budget.spend_net(trio) {
        return None;
    }
    let (text, corners) = match lattice::read(grey.luma, grey.is_inverted, trio) {
        Net::Read(read) => read,
        Net::Unread => {
            budget.note_unread(trio);
            return None;
        }
        Net::Other => return None,
    };
    let corners = corners.map(|corner| corner.map(|at| f64::from(at) / grey.scale));
    Some(Decoded {
        text,
        symbology: Symbology::QrCode,
        corners,
    })
}

/// How often a row, of every third, goes dark, light, much dark, light, dark, as through a finder pattern.
fn crossings(matrix: &BitMatrix) -> usize {
    let mut count = 0;
    for y in (0..matrix.height()).step_by(3) {
        let mut runs = [0_u32; 5];
        let mut is_dark = false;
        for x in 0..matrix.width() {
            if matrix.get(x, y) == is_dark {
                runs[4] += 1;
                continue;
            }
            if is_dark && is_like_a_finder(runs) {
                count += 1;
            }
            runs.rotate_left(1);
            runs[4] = 1;
            is_dark = !is_dark;
        }
    }
    count
}

fn is_like_a_finder([outer, ring, centre, far_ring, far_outer]: [u32; 5]) -> bool {
    outer > 0 && centre >= 3 && centre >= 2 * outer.max(far_outer) && centre >= ring.max(far_ring)
}
