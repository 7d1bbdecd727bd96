//! Which camera is taken, among those that are there.

use std::fmt;
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

/// Between a name and a bus, as it is written into settings.
const AT: &str = " @ ";

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{AT}{}", self.name, self.bus)
    }
}

/// What somebody means by the text that stands for a camera.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Chosen from a list, as [`Identity`] writes itself: that one, else one of its name, else any other.
    Chosen(Identity),
    /// N of /dev/videoN, at the start: what was found there is known by name and bus from then on.
    Number(u32),
    /// A path, a bus, or a part of a name; no other one is taken.
    Text(String),
}

impl Wish {
    /// Of what was written or typed.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Some((name, bus)) = text.rsplit_once(AT) {
            return Self::Chosen(Identity {
                name: name.to_owned(),
                bus: bus.to_owned(),
            });
        }
        text.parse()
            .map_or_else(|_no_number| Self::Text(text.to_owned()), Self::Number)
    }
}

/// So long the camera that was there is waited for before another one takes its place.
const LOYALTY: Duration = Duration::from_secs(1);

/// What may be taken of `devices`, best first: what can be had goes before what cannot, then the one that was chosen,
/// the one that was `known`, those of their names, and then any that is wished (all are, where nothing is told).
///
/// `absent` is for how long the known one has been away: another one has to wait for that.
pub fn candidates<'a>(
    devices: &'a [Device],
    wish: Option<&Wish>,
    known: Option<&Identity>,
    absent: Duration,
) -> Vec<&'a Device> {
    let choice = Choice {
        wish,
        known,
        is_patient: absent >= LOYALTY,
        is_chosen_there: devices.iter().any(|device| match wish {
            Some(Wish::Chosen(chosen)) => chosen.name == device.name,
            Some(Wish::Number(_) | Wish::Text(_)) | None => false,
        }),
    };
    let ranked = devices
        .iter()
        .filter_map(|device| Some((choice.rank(device)?, device)));
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by_key(|(rank, _device)| *rank);
    ranked.into_iter().map(|(_rank, device)| device).collect()
}

struct Choice<'a> {
    wish: Option<&'a Wish>,
    known: Option<&'a Identity>,
    /// What is not known may be taken.
    is_patient: bool,
    is_chosen_there: bool,
}

impl Choice<'_> {
    fn rank(&self, device: &Device) -> Option<(u8, u8)> {
        let usable = match device.access {
            Access::Free if !device.modes.is_empty() => 0,
            Access::Busy => 1,
            Access::Refused => 2,
            Access::Free | Access::Failed => 3,
        };
        Some((usable, self.closeness(device)?))
    }

    fn closeness(&self, device: &Device) -> Option<u8> {
        if let Some(Wish::Chosen(chosen)) = self.wish {
            if chosen == &Identity::of(device) {
                return Some(0);
            }
            if chosen.name == device.name {
                return Some(2);
            }
            if self.is_chosen_there || !self.is_patient {
                return None;
            }
        }
        if let Some(known) = self.known {
            if known == &Identity::of(device) {
                return Some(1);
            }
            if known.name == device.name {
                return Some(3);
            }
            if !self.is_patient {
                return None;
            }
        }
        let is_meant = match self.wish {
            None | Some(Wish::Chosen(_)) => true,
            Some(Wish::Number(number)) => *number == device.number,
            Some(Wish::Text(text)) => {
                *text == device.path()
                    || *text == device.bus
                    || device.name.to_lowercase().contains(&text.to_lowercase())
            }
        };
        is_meant.then_some(4)
    }
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
        let wish = wanted.map(Wish::parse);
        candidates(devices, wish.as_ref(), known, absent)
            .first()
            .map(|device| device.number)
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

    #[test]
    fn a_chosen_camera_is_waited_for_and_another_model_may_stand_in_for_it() {
        let chosen = Identity::of(&device(4, "Cam", "usb-1")).to_string();
        assert_eq!(chosen, "Cam @ usb-1");
        let chosen = Some(chosen.as_str());
        let twins = [
            device(0, "Other", "usb-9"),
            device(1, "Cam", "usb-2"),
            device(2, "Cam", "usb-1"),
        ];
        assert_eq!(number(&twins, chosen, None, NOW), Some(2));
        assert_eq!(number(&twins[..2], chosen, None, NOW), Some(1));
        assert_eq!(number(&twins[..1], chosen, None, NOW), None);
        assert_eq!(number(&twins[..1], chosen, None, LATER), Some(0));
        // It is back: the stand-in goes, at the next occasion.
        let stand_in = Identity::of(&twins[0]);
        assert_eq!(number(&twins, chosen, Some(&stand_in), NOW), Some(2));
    }

    #[test]
    fn a_chosen_camera_that_another_program_has_is_not_replaced() {
        let mut devices = [device(0, "Other", "usb-9"), device(1, "Cam", "usb-1")];
        devices[1].access = Access::Busy;
        let told = number(&devices, Some("Cam @ usb-1"), None, LATER);
        assert_eq!(told, Some(1));
    }
}
