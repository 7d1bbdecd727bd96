//! How large the displays are, in millimetres. No toolkit tells; the kernel keeps what each display says of itself (its
//! EDID, VESA Enhanced EDID 1.4) below `/sys/class/drm`, under X11 and Wayland alike.

use std::fs;
use std::path::Path;

use crate::screen::Panel;

/// Where the kernel tells of the connectors.
const CONNECTORS: &str = "/sys/class/drm";

/// The displays that are plugged in and tell their size.
pub(in crate::cli) fn told() -> Vec<Panel> {
    below(Path::new(CONNECTORS))
}

fn below(folder: &Path) -> Vec<Panel> {
    let Ok(connectors) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut panels: Vec<Panel> = connectors
        .flatten()
        .filter_map(|connector| fs::read(connector.path().join("edid")).ok())
        .filter_map(|edid| parse(&edid))
        .collect();
    panels.sort_by_key(|panel| (panel.pixels, panel.millimetres));
    panels
}

/// The preferred mode: the first detailed timing descriptor, which has pixels and millimetres. `None` where it is not
/// there, or where its millimetres are an aspect ratio or nonsense, as some television sets have it.
fn parse(edid: &[u8]) -> Option<Panel> {
    const HEADER: [u8; 8] = [0, 255, 255, 255, 255, 255, 255, 0];
    let block = edid.get(..128)?;
    let sum = block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    if block[..8] != HEADER || sum != 0 {
        return None;
    }
    let timing = &block[54..72];
    if timing[0] == 0 && timing[1] == 0 {
        return None;
    }
    let joined = |low: usize, high: u8| u16::from(timing[low]) | u16::from(high) << 8;
    let pixels = [joined(2, timing[4] >> 4), joined(5, timing[7] >> 4)];
    let millimetres = [joined(12, timing[14] >> 4), joined(13, timing[14] & 15)];
    is_likely(pixels, millimetres).then_some(Panel {
        pixels,
        millimetres,
    })
}

fn is_likely(pixels: [u16; 2], millimetres: [u16; 2]) -> bool {
    let [across, down] = pixels.map(f32::from);
    let [wide, high] = millimetres.map(f32::from);
    // "16 by 9", in millimetres or in centimetres.
    let is_ratio = [[16, 9], [160, 90], [4, 3], [40, 30]].contains(&millimetres);
    let is_of_a_size = wide.min(high) >= 50.0 && wide.max(high) <= 2_500.0;
    let pitch = (across / wide) / (down / high);
    !is_ratio && is_of_a_size && (0.9..=1.1).contains(&pitch)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with this mode and size.
    fn edid([across, down]: [u16; 2], [wide, high]: [u16; 2]) -> Vec<u8> {
        let mut block = vec![0_u8; 128];
        block[..8].copy_from_slice(&[0, 255, 255, 255, 255, 255, 255, 0]);
        let low = |value: u16| value.to_le_bytes()[0];
        let high_bits = |value: u16| value.to_le_bytes()[1];
        block[54..56].copy_from_slice(&[0x02, 0x3a]);
        block[56] = low(across);
        block[58] = high_bits(across) << 4;
        block[59] = low(down);
        block[61] = high_bits(down) << 4;
        block[66] = low(wide);
        block[67] = low(high);
        block[68] = high_bits(wide) << 4 | high_bits(high);
        let sum = block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        block[127] = 0_u8.wrapping_sub(sum);
        block
    }

    #[test]
    fn a_displays_own_words_are_believed_where_they_can_be() {
        let usual = Panel {
            pixels: [1920, 1080],
            millimetres: [344, 194],
        };
        assert_eq!(parse(&edid([1920, 1080], [344, 194])), Some(usual));
        for (pixels, millimetres) in [
            ([1920, 1080], [160, 90]),
            ([1920, 1080], [0, 0]),
            ([1920, 1080], [344, 344]),
            ([1024, 600], [20, 12]),
        ] {
            assert_eq!(parse(&edid(pixels, millimetres)), None, "{millimetres:?}");
        }
        let mut damaged = edid([1920, 1080], [344, 194]);
        damaged[60] ^= 1;
        assert_eq!(parse(&damaged), None);
        assert_eq!(parse(&[]), None);
    }

    #[test]
    fn only_connectors_with_a_display_tell_of_one() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("card0-HDMI-A-1", edid([1280, 800], [217, 136])),
            ("card0-DP-1", Vec::new()),
        ] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("edid"), bytes).unwrap();
        }
        fs::create_dir(folder.path().join("renderD128")).unwrap();
        let found = below(folder.path());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].millimetres, [217, 136]);
        assert_eq!(below(&folder.path().join("none")), []);
    }
}
