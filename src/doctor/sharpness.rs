//! How sharp a code stands in a picture: the width of its edges in pixels.

use crate::frame::Luma;

/// Of the steps from dark to light within the code's corners, the width that the sharpest hundredth have: contrast over
/// steepness. `None` where there is nothing to measure.
pub fn edge_width(luma: &Luma, corners: &[[i32; 2]; 4]) -> Option<f64> {
    let side = |at: usize, most: usize| {
        let along = corners.iter().map(|corner| corner[at].max(0));
        let low = usize::try_from(along.clone().min()?).ok()?;
        let high = usize::try_from(along.max()?).ok()?.min(most);
        (high > low + 8).then_some(low..high)
    };
    let (columns, rows) = (side(0, luma.width())?, side(1, luma.height())?);
    let mut levels = [0_u32; 256];
    let mut steps = Vec::new();
    for y in rows {
        let row = &luma.pixels()[y * luma.width()..][columns.clone()];
        for pixel in row {
            levels[usize::from(*pixel)] += 1;
        }
        steps.extend(row.windows(2).map(|pair| pair[0].abs_diff(pair[1])));
    }
    let contrast = f64::from(percentile(&levels, 95).checked_sub(percentile(&levels, 5))?);
    steps.sort_unstable();
    let steepest = f64::from(*steps.get(steps.len() * 99 / 100)?);
    (contrast > 30.0 && steepest > 0.0).then(|| contrast / steepest)
}

fn percentile(levels: &[u32; 256], percent: u32) -> u8 {
    let all: u32 = levels.iter().sum();
    let mut below = 0;
    for (level, count) in (0_u8..).zip(levels) {
        below += count;
        if below >= all / 100 * percent {
            return level;
        }
    }
    u8::MAX
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::half_blocks::modules;

    /// A code drawn at `scale` pixels a module, smeared over `blur` pixels.
    fn drawn(scale: usize, blur: usize) -> (Luma, [[i32; 2]; 4]) {
        let rows = modules("coupon-kiosk test card").unwrap();
        let side = rows.len() * scale;
        let dark = |x: usize, y: usize| rows[y / scale][x / scale];
        let mut pixels = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let near = x.saturating_sub(blur / 2)..(x + blur / 2 + 1).min(side);
                let light = near.clone().filter(|x| !dark(*x, y)).count() * 200 / near.len();
                pixels.push(u8::try_from(light + 20).unwrap());
            }
        }
        let far = i32::try_from(side).unwrap();
        let luma = Luma::new(side, side, pixels).unwrap();
        (luma, [[0, 0], [far, 0], [far, far], [0, far]])
    }

    #[test]
    fn a_blurred_code_has_wider_edges_than_a_sharp_one() {
        let width = |blur| {
            let (luma, corners) = drawn(8, blur);
            edge_width(&luma, &corners).unwrap()
        };
        assert!(width(0) < 1.5, "{}", width(0));
        assert!(width(6) > 4.0, "{}", width(6));
        assert!(width(2) < width(4) && width(4) < width(6));
    }

    #[test]
    fn an_even_grey_has_no_edges() {
        let luma = Luma::new(64, 64, vec![128; 64 * 64]).unwrap();
        assert_eq!(
            edge_width(&luma, &[[0, 0], [64, 0], [64, 64], [0, 64]]),
            None
        );
    }
}
