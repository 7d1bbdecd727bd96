//! Frames that tests make: codes as they are held up well, and badly.

use crate::frame::Luma;

/// What the codes hold.
pub(super) const TEXT: &str = "409632457895";

const SIZE: (i32, i32) = (480, 360);

pub(super) fn made(shade: impl Fn(i32, i32) -> u8) -> Luma {
    let pixels = (0..SIZE.0 * SIZE.1)
        .map(|at| shade(at % SIZE.0, at / SIZE.0))
        .collect();
    Luma::new(480, 360, pixels).unwrap()
}

/// The brightness at a place; outside of the picture that of its edge.
pub(super) fn of(luma: &Luma, x: i32, y: i32) -> u8 {
    let (x, y) = (x.clamp(0, SIZE.0 - 1), y.clamp(0, SIZE.1 - 1));
    luma.pixels()[usize::try_from(y * SIZE.0 + x).unwrap()]
}

/// A code of modules so many pixels wide on a light ground, its first module at this place.
pub(super) fn code(module: i32, place: [i32; 2]) -> Luma {
    drawn(1, module, place, |_, _| false)
}

/// The same of a larger version.
pub(super) fn code_of(version: i16, module: i32, place: [i32; 2]) -> Luma {
    drawn(version, module, place, |_, _| false)
}

/// The same with so many wrong modules that nobody can read it, its finder patterns unharmed.
pub(super) fn spoilt(module: i32, place: [i32; 2]) -> Luma {
    drawn(1, module, place, |x, y| x > 8 && y > 8 && (x + y) % 3 == 0)
}

fn drawn(
    version: i16,
    module: i32,
    [left, top]: [i32; 2],
    is_wrong: impl Fn(i32, i32) -> bool,
) -> Luma {
    let version = qrcode::Version::Normal(version);
    let code = qrcode::QrCode::with_version(TEXT, version, qrcode::EcLevel::M).unwrap();
    let side = i32::try_from(code.width()).unwrap();
    let colours = code.to_colors();
    made(|x, y| {
        let (x, y) = ((x - left).div_euclid(module), (y - top).div_euclid(module));
        let is_inside = (0..side).contains(&x) && (0..side).contains(&y);
        let is_dark =
            is_inside && colours[usize::try_from(y * side + x).unwrap()] == qrcode::Color::Dark;
        if is_dark == (is_inside && is_wrong(x, y)) {
            220
        } else {
            20
        }
    })
}

/// Each pixel the mean of so many to each side.
pub(super) fn smeared(luma: &Luma, [across, down]: [i32; 2]) -> Luma {
    made(|x, y| {
        let near =
            (y - down..=y + down).flat_map(|y| (x - across..=x + across).map(move |x| (x, y)));
        let values: Vec<u32> = near.map(|(x, y)| u32::from(of(luma, x, y))).collect();
        let mean = values.iter().sum::<u32>() / u32::try_from(values.len()).unwrap();
        u8::try_from(mean).unwrap()
    })
}

/// Turned about the middle: `slope` pixels down for a hundred across.
pub(super) fn turned(luma: &Luma, slope: i32) -> Luma {
    let long = (100 * 100 + slope * slope).isqrt();
    made(|x, y| {
        let (x, y) = (x - SIZE.0 / 2, y - SIZE.1 / 2);
        let across = (x * 100 + y * slope) / long + SIZE.0 / 2;
        let down = (y * 100 - x * slope) / long + SIZE.1 / 2;
        of(luma, across, down)
    })
}

pub(super) fn inverted(luma: &Luma) -> Luma {
    made(|x, y| 255 - of(luma, x, y))
}

/// A display that is hardly lit.
pub(super) fn dark(luma: &Luma) -> Luma {
    made(|x, y| of(luma, x, y) / 6)
}

/// A display in the sun.
pub(super) fn washed_out(luma: &Luma) -> Luma {
    made(|x, y| 180 + of(luma, x, y) / 3)
}

/// A lamp mirrored in the display.
pub(super) fn glaring(luma: &Luma) -> Luma {
    made(|x, y| {
        let is_glare = (x - 190).pow(2) + (y - 145).pow(2) < 28 * 28;
        if is_glare {
            255
        } else {
            of(luma, x, y) / 4 * 3
        }
    })
}

/// From the side: half as wide.
pub(super) fn narrowed(luma: &Luma) -> Luma {
    made(|x, y| of(luma, x * 2, y))
}
