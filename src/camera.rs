//! Frames: from a device, or from pictures in its place.
//!
//! [`watch`] starts a thread that puts every good frame into a slot of one newest frame, and reports how the camera
//! does, each state once. Whatever goes wrong is let go of and opened anew half a second later, for ever: a camera
//! that was pulled, frozen, damaged or taken by another program heals by itself once the cause is gone. The slot is
//! empty whenever the camera is not live, so that an old picture never passes for a live one.
//!
//! The thread waits for frames a tenth of a second at once, and so sees by itself that none come. A second thread tells
//! that to the others even while the first one waits in the kernel for a device that answers nothing.

mod capture;
mod choice;
mod clock;
mod condition;
mod demand;
mod device;
pub mod devices;
mod jpeg;
mod mode;
mod motion;
mod pace;
mod phone;
pub mod pictures;
mod pixels;
mod reading;
mod scene;
mod sizing;
mod view;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use crate::event::CameraState;
use crate::frame::{Frame, Slot};
use crate::worker::Worker;

pub use demand::Demand;
pub use mode::{Mode, PixelFormat};
pub use pixels::Preview;
pub use view::{Region, Turn, View};

/// Where frames come from.
#[derive(Debug)]
pub enum Source {
    /// A camera of this machine, and who tells it what the scanner needs.
    Device(Demand),
    /// Pictures held up before a drawn counter.
    Pictures(pictures::Pictures),
}

/// What is wished of a camera. What it cannot do is passed over.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Which one, as [`devices::Wish`] reads it; the first one that works where none is told.
    pub device: Option<String>,
    /// Pixels in a row and rows; 1280x720 where none are told.
    pub size: Option<(u32, u32)>,
    /// Which part of the picture is looked at, and how it is turned.
    pub view: View,
    /// Whether people see the picture too.
    pub preview: Preview,
    /// After so long without motion fewer frames are read, until something moves; never where none is told.
    pub sleeps_after: Option<Duration>,
}

/// A running camera. Dropping it stops it promptly, in a stall too, and empties the slot.
pub struct Camera {
    /// Dropped first: the thread waits on its end.
    _end: SyncSender<()>,
    _thread: Worker,
    _watchdog: Option<Worker>,
    shared: Option<Arc<device::Shared>>,
}

impl Camera {
    /// From now on something else is wanted: another camera, size or view. Pictures in its place know no wishes.
    pub fn want(&self, wanted: Wanted) {
        if let Some(shared) = &self.shared {
            shared.want(wanted);
        }
    }
}

/// Starts a camera. `report` is called from its threads, once for every change of state.
pub fn watch(
    source: Source,
    wanted: Wanted,
    frames: Arc<Slot<Frame>>,
    mut report: impl FnMut(CameraState) + Send + 'static,
) -> io::Result<Camera> {
    let (end, ended) = sync_channel(0);
    let (thread, watchdog, shared) = match source {
        Source::Pictures(pictures) => {
            let worker = Worker::start("camera", move |stop| {
                pictures::play(&pictures, &ended, stop, &frames, &mut report);
            })?;
            (worker, None, None)
        }
        Source::Device(demand) => {
            let wanted = (wanted, demand);
            let shared = Arc::new(device::Shared::new(wanted, frames, Box::new(report)));
            let (read, watched) = (Arc::clone(&shared), Arc::clone(&shared));
            let worker = Worker::start("camera", move |stop| device::run(&read, &ended, stop))?;
            let watchdog = Worker::start_waiting("camera-watch", move || async move {
                device::guard(&watched).await;
            })?;
            (worker, Some(watchdog), Some(shared))
        }
    };
    Ok(Camera {
        _end: end,
        _thread: thread,
        _watchdog: watchdog,
        shared,
    })
}
