//! The cameras of this machine and what they offer.

use std::fs;
use std::io;
use std::panic::catch_unwind;

use v4l::capability::Flags;
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::FrameSizeEnum;
use v4l::video::Capture;
use v4l::{Device as Node, FourCC};

use super::mode::{Mode, PixelFormat};

pub use super::choice::{Identity, choose};
pub use super::mode::ranked;

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
            if !caps.capabilities.contains(Flags::VIDEO_CAPTURE) {
                return None;
            }
            device.name = caps.card;
            device.bus = caps.bus;
            node
        }
        Err(error) => {
            device.access = access(&error)?;
            return Some(device);
        }
    };
    for description in node.enum_formats().unwrap_or_default() {
        match PixelFormat::of(description.fourcc.repr) {
            Some(format) => device.modes.extend(modes(&node, format)),
            None => device.other_formats.push(description.fourcc.to_string()),
        }
    }
    Some(device)
}

/// `None` where there is nothing behind the name.
fn access(error: &io::Error) -> Option<Access> {
    match error.raw_os_error() {
        Some(BUSY) => Some(Access::Busy),
        Some(NOT_ALLOWED | NOT_PERMITTED) => Some(Access::Refused),
        // ENOENT, ENXIO, ENODEV: it went away between two looks. ENOTTY: it is no video device.
        Some(2 | 6 | 19 | 25) => None,
        _ => Some(Access::Failed),
    }
}

pub(super) const BUSY: i32 = 16;
pub(super) const NOT_ALLOWED: i32 = 13;
pub(super) const NOT_PERMITTED: i32 = 1;
pub(super) const GONE: i32 = 19;

fn modes(node: &Node, format: PixelFormat) -> Vec<Mode> {
    let letters = FourCC::new(format.letters());
    let mut modes = Vec::new();
    for size in node.enum_framesizes(letters).unwrap_or_default() {
        for (width, height) in sizes(size.size) {
            let rates = node.enum_frameintervals(letters, width, height);
            let rates: Vec<(u32, u32)> = rates
                .unwrap_or_default()
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
    modes
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
