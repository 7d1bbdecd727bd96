//! Which camera is taken, among those that are there.

use std::time::Duration;

use super::devices::{Access, Device};

/// What a camera is known by after it was pulled: its number may be another then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// As it calls itself.
    pub name: String,
    /// Where it is plugged in.
    pub bus: String,
}

impl Identity {
    /// Of a device.
    pub fn of(device: &Device) -> Self {
        Self {
            name: device.name.clone(),
            bus: device.bus.clone(),
        }
    }
}

/// So long the camera that was there is waited for before another one takes its place.
const LOYALTY: Duration = Duration::from_secs(1);

/// The best of `devices`: the one that was `known`, one of its name, then any that is `wanted` (all are, where nothing
/// is told). One that can be taken goes before one that cannot.
///
/// `absent` is for how long the known one has been away: another one has to wait for that.
pub fn choose<'a>(
    devices: &'a [Device],
    wanted: Option<&str>,
    known: Option<&Identity>,
    absent: Duration,
) -> Option<&'a Device> {
    devices
        .iter()
        .filter_map(|device| Some((rank(device, wanted, known, absent)?, device)))
        .min_by_key(|(rank, _device)| *rank)
        .map(|(_rank, device)| device)
}

fn rank(
    device: &Device,
    wanted: Option<&str>,
    known: Option<&Identity>,
    absent: Duration,
) -> Option<(u8, u8)> {
    let closeness = match known {
        Some(known) if known.name == device.name && known.bus == device.bus => 0,
        Some(known) if known.name == device.name => 1,
        Some(_other) if absent < LOYALTY => return None,
        _ if wanted.is_none_or(|wanted| is_meant(device, wanted)) => 2,
        _ => return None,
    };
    let usable = match device.access {
        Access::Free if !device.modes.is_empty() => 0,
        Access::Busy => 1,
        Access::Refused => 2,
        Access::Free | Access::Failed => 3,
    };
    // A second camera of the same name is as good as the first when that one cannot be taken.
    Some(if usable == 0 {
        (0, closeness)
    } else {
        (usable, closeness)
    })
}

/// Whether somebody who writes `wanted` means this one.
fn is_meant(device: &Device, wanted: &str) -> bool {
    if let Ok(number) = wanted.parse::<u32>() {
        return number == device.number;
    }
    wanted == device.path()
        || wanted == device.bus
        || device
            .name
            .to_lowercase()
            .contains(&wanted.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::{Mode, PixelFormat};

    const NOW: Duration = Duration::ZERO;
    const LATER: Duration = Duration::from_secs(5);

    fn device(number: u32, name: &str, bus: &str) -> Device {
        Device {
            number,
            name: name.to_owned(),
            bus: bus.to_owned(),
            access: Access::Free,
            modes: vec![Mode {
                format: PixelFormat::Yuyv,
                width: 640,
                height: 480,
                rate: (30, 1),
            }],
            other_formats: Vec::new(),
        }
    }

    fn number(
        devices: &[Device],
        wanted: Option<&str>,
        known: Option<&Identity>,
        absent: Duration,
    ) -> Option<u32> {
        choose(devices, wanted, known, absent).map(|device| device.number)
    }

    #[test]
    fn a_camera_is_meant_by_number_path_bus_or_a_part_of_its_name() {
        let devices = [
            device(0, "Front Cam", "usb-1"),
            device(2, "Desk Cam HD", "usb-2"),
        ];
        for wanted in ["2", "/dev/video2", "usb-2", "desk cam", "Desk Cam HD"] {
            assert_eq!(
                number(&devices, Some(wanted), None, NOW),
                Some(2),
                "{wanted}"
            );
        }
        assert_eq!(number(&devices, Some("nothing"), None, NOW), None);
        assert_eq!(number(&devices, None, None, NOW), Some(0));
    }

    #[test]
    fn a_camera_that_comes_back_under_another_number_is_known_again() {
        let known = Identity::of(&device(0, "Cam", "usb-1"));
        let devices = [device(0, "Other", "usb-9"), device(3, "Cam", "usb-1")];
        assert_eq!(number(&devices, None, Some(&known), LATER), Some(3));
        assert_eq!(number(&devices, Some("0"), Some(&known), LATER), Some(3));
        let moved = [device(0, "Other", "usb-9"), device(3, "Cam", "usb-2")];
        assert_eq!(number(&moved, None, Some(&known), NOW), Some(3));
    }

    #[test]
    fn another_model_takes_its_place_after_a_moment_unless_a_name_was_wished() {
        let known = Identity::of(&device(0, "Cam", "usb-1"));
        let other = [device(0, "Other", "usb-1")];
        assert_eq!(number(&other, None, Some(&known), NOW), None);
        assert_eq!(number(&other, None, Some(&known), LATER), Some(0));
        assert_eq!(number(&other, Some("cam"), Some(&known), LATER), None);
        assert_eq!(number(&other, Some("0"), Some(&known), LATER), Some(0));
    }

    #[test]
    fn one_that_can_be_taken_goes_before_one_that_cannot() {
        let mut devices = [device(0, "A", "1"), device(1, "B", "2")];
        devices[0].access = Access::Busy;
        assert_eq!(number(&devices, None, None, NOW), Some(1));
        devices[1].modes.clear();
        assert_eq!(number(&devices, None, None, NOW), Some(0));
    }
}
