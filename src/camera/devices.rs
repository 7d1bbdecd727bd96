//! The cameras of this machine and what they offer.

use std::fs;
use std::io;
use std::panic::catch_unwind;

use v4l::capability::Flags;
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::FrameSizeEnum;
use v4l::video::Capture;
use v4l::{Device as Node, FourCC};

use super::condition::Fault;
use super::mode::{Mode, PixelFormat};

pub use super::choice::{Identity, Wish, candidates};
pub use super::mode::{DEFAULT_SIZE, ranked};

/// A camera, as far as it could be looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// N of /dev/videoN.
    pub number: u32,
    /// As it calls itself.
    pub name: String,
    /// Where it is plugged in: `usb-0000:00:14.0-1`; empty where it could not be asked.
    pub bus: String,
    /// Whether it can be taken.
    pub access: Access,
    /// What it offers of what this program understands.
    pub modes: Vec<Mode>,
    /// The formats that are not understood, by their four letters.
    pub other_formats: Vec<String>,
}

/// Whether a device can be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// It answers.
    Free,
    /// Another program has it to itself.
    Busy,
    /// The system does not let this user open it.
    Refused,
    /// It cannot be opened or asked, for another reason.
    Failed,
}

impl Device {
    /// /dev/videoN.
    pub fn path(&self) -> String {
        format!("/dev/video{}", self.number)
    }
}

/// Every camera, by number. Nodes without pictures (metadata, outputs, codecs) are passed over.
pub fn list() -> Vec<Device> {
    let mut numbers: Vec<u32> = fs::read_dir("/dev")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            entry
                .ok()?
                .file_name()
                .to_str()?
                .strip_prefix("video")?
                .parse()
                .ok()
        })
        .collect();
    numbers.sort_unstable();
    numbers.into_iter().filter_map(look).collect()
}

/// Whether a device can be taken just now. Many may open a camera at once, and only one may set its mode: so the mode
/// that it has is set again.
pub fn held(device: &Device) -> Access {
    if device.access != Access::Free {
        return device.access;
    }
    let index = usize::try_from(device.number).unwrap_or(usize::MAX);
    let set = || {
        let node = Node::new(index)?;
        node.format().and_then(|format| node.set_format(&format))
    };
    match catch_unwind(set) {
        Ok(Err(error)) if fault_of(&error) == Fault::Busy => Access::Busy,
        Ok(_) | Err(_) => device.access,
    }
}

/// The libraries below panic on names that are no UTF-8.
fn look(number: u32) -> Option<Device> {
    catch_unwind(|| examine(number)).unwrap_or(None)
}

fn examine(number: u32) -> Option<Device> {
    let mut device = Device {
        number,
        name: fs::read_to_string(format!("/sys/class/video4linux/video{number}/name")).map_or_else(
            |_unknown| format!("video{number}"),
            |name| name.trim().to_owned(),
        ),
        bus: String::new(),
        access: Access::Free,
        modes: Vec::new(),
        other_formats: Vec::new(),
    };
    let index = usize::try_from(number).ok()?;
    let node = match Node::new(index).and_then(|node| Ok((node.query_caps()?, node))) {
        Ok((caps, node)) => {
            device.name = caps.card;
            device.bus = caps.bus;
            let has = |flag| caps.capabilities.contains(flag);
            let is_codec = has(Flags::VIDEO_OUTPUT) || has(Flags::VIDEO_OUTPUT_MPLANE);
            if has(Flags::VIDEO_CAPTURE_MPLANE) && !is_codec {
                device.other_formats.push("planes apart".to_owned());
                return Some(device);
            }
            if !has(Flags::VIDEO_CAPTURE) || is_codec {
                return None;
            }
            node
        }
        Err(error) => {
            device.access = access(&error)?;
            return Some(device);
        }
    };
    if let Err(error) = ask_for_modes(&node, &mut device) {
        // One that was pulled meanwhile is absent, not unusable.
        device.access = access(&error)?;
    }
    Some(device)
}

fn ask_for_modes(node: &Node, device: &mut Device) -> io::Result<()> {
    for description in or_nothing(node.enum_formats())? {
        match PixelFormat::of(description.fourcc.repr) {
            Some(format) => device.modes.extend(modes(node, format)?),
            None => device.other_formats.push(description.fourcc.to_string()),
        }
    }
    Ok(())
}

/// A driver that has nothing to tell says EINVAL or ENOTTY.
fn or_nothing<T>(told: io::Result<Vec<T>>) -> io::Result<Vec<T>> {
    match told {
        Err(error) if matches!(error.raw_os_error(), Some(22 | 25)) => Ok(Vec::new()),
        told => told,
    }
}

/// `None` where there is nothing behind the name.
fn access(error: &io::Error) -> Option<Access> {
    // ENOTTY: it is no video device.
    if error.raw_os_error() == Some(25) {
        return None;
    }
    match fault_of(error) {
        Fault::Busy => Some(Access::Busy),
        Fault::Refused => Some(Access::Refused),
        Fault::Absent => None,
        Fault::Failed | Fault::Unusable => Some(Access::Failed),
    }
}

/// What the system's error means of a camera.
pub(super) fn fault_of(error: &io::Error) -> Fault {
    match error.raw_os_error() {
        // EBUSY
        Some(16) => Fault::Busy,
        // EPERM, EACCES
        Some(1 | 13) => Fault::Refused,
        // ENOENT, ENXIO, ENODEV: it went away between two looks.
        Some(2 | 6 | 19) => Fault::Absent,
        _ => Fault::Failed,
    }
}

fn modes(node: &Node, format: PixelFormat) -> io::Result<Vec<Mode>> {
    let letters = FourCC::new(format.letters());
    let mut modes = Vec::new();
    for size in or_nothing(node.enum_framesizes(letters))? {
        for (width, height) in sizes(size.size) {
            let rates = or_nothing(node.enum_frameintervals(letters, width, height))?;
            let rates: Vec<(u32, u32)> = rates
                .into_iter()
                .map(|interval| match interval.interval {
                    FrameIntervalEnum::Discrete(at) => (at.denominator, at.numerator),
                    // Any rate between two: thirty, or as near as it comes.
                    FrameIntervalEnum::Stepwise(steps) => {
                        let fastest = (steps.min.denominator, steps.min.numerator);
                        if fastest.0 >= 30 * fastest.1 {
                            (30, 1)
                        } else {
                            fastest
                        }
                    }
                })
                .collect();
            // A driver that names no rate has one all the same.
            let rates = if rates.is_empty() {
                vec![(30, 1)]
            } else {
                rates
            };
            modes.extend(rates.into_iter().map(|rate| Mode {
                format,
                width,
                height,
                rate,
            }));
        }
    }
    Ok(modes)
}

/// Of a range, the usual sizes that are in it.
fn sizes(size: FrameSizeEnum) -> Vec<(u32, u32)> {
    match size {
        FrameSizeEnum::Discrete(size) => vec![(size.width, size.height)],
        FrameSizeEnum::Stepwise(range) => {
            let fits = |value: u32, low: u32, high: u32, step: u32| {
                (low..=high).contains(&value) && (value - low).is_multiple_of(step.max(1))
            };
            let usual = [(640, 480), (1280, 720), (1920, 1080)];
            let inside: Vec<(u32, u32)> = usual
                .into_iter()
                .filter(|&(width, height)| {
                    fits(width, range.min_width, range.max_width, range.step_width)
                        && fits(
                            height,
                            range.min_height,
                            range.max_height,
                            range.step_height,
                        )
                })
                .collect();
            if inside.is_empty() {
                vec![(range.max_width, range.max_height)]
            } else {
                inside
            }
        }
    }
}
