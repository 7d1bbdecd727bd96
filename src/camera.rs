//! Frames: from a device, or from pictures in its place.
//!
//! [`watch`] starts a thread that puts every good frame into a slot of one newest frame, and reports how the camera
//! does, each state once. Whatever goes wrong is let go of and opened anew half a second later, for ever: a camera
//! that was pulled, frozen, damaged or taken by another program heals by itself once the cause is gone. The slot is
//! empty whenever the camera is not live, so that an old picture never passes for a live one.

mod capture;
mod choice;
mod clock;
mod condition;
mod device;
pub mod devices;
mod interrupt;
mod jpeg;
mod mode;
mod phone;
pub mod pictures;
mod pixels;
mod scene;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use crate::event::CameraState;
use crate::frame::{Frame, Slot};
use crate::worker::Worker;

pub use mode::{Mode, PixelFormat};
pub use pixels::Turn;

/// Where frames come from.
#[derive(Debug)]
pub enum Source {
    /// A camera of this machine.
    Device,
    /// Pictures held up before a drawn counter.
    Pictures(pictures::Pictures),
}

/// What is wished of a camera. What it cannot do is passed over.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Its name or a part of it, its bus, its path, or its number; the first one that works where none is told.
    pub device: Option<String>,
    /// Pixels in a row and rows; 1280x720 where none are told.
    pub size: Option<(u32, u32)>,
    /// The preview as in a mirror. Codes are read unmirrored all the same.
    pub mirror: bool,
    /// How far frames are turned.
    pub rotate: Turn,
}

/// A running camera. Dropping it stops it promptly, in a stall too, and empties the slot.
#[derive(Debug)]
pub struct Camera {
    /// Dropped first: both threads wait on their ends.
    _ends: [SyncSender<()>; 2],
    /// Joined while the watchdog still wakes it.
    _frames: Worker,
    _watchdog: Option<Worker>,
}

/// Starts a camera. `report` is called from its threads, once for every change of state.
pub fn watch(
    source: Source,
    wanted: Wanted,
    frames: Arc<Slot<Frame>>,
    report: impl FnMut(CameraState) + Send + 'static,
) -> io::Result<Camera> {
    let (end, ended) = sync_channel(0);
    let (watchdog_end, watchdog_ended) = sync_channel(0);
    let (worker, watchdog) = match source {
        Source::Pictures(pictures) => {
            let mut report = report;
            let worker = Worker::start("camera", move |stop| {
                pictures::play(&pictures, &ended, stop, &frames, &mut report);
            })?;
            (worker, None)
        }
        Source::Device => {
            let shared = Arc::new(device::Shared::new(frames, Box::new(report))?);
            let watched = Arc::clone(&shared);
            let worker = Worker::start("camera", move |stop| {
                device::run(&watched, &wanted, &ended, stop);
            })?;
            let watchdog = Worker::start("camera-watch", move |_stop| {
                device::guard(&shared, &watchdog_ended);
            })?;
            (worker, Some(watchdog))
        }
    };
    Ok(Camera {
        _ends: [end, watchdog_end],
        _frames: worker,
        _watchdog: watchdog,
    })
}
