//! The camera that can be changed while the kiosk works: one at a time, each opened when the one before is closed.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::desk::Ask;
use crate::camera::{self, Camera, Source, Wanted, devices};
use crate::event::{CameraState, Event};
use crate::frame::{Frame, Slot};
use crate::office::CameraLine;

/// The camera and what it tells.
pub(super) struct Lens {
    wanted: Wanted,
    frames: Arc<Slot<Frame>>,
    asks: mpsc::Sender<Ask>,
    camera: Option<Camera>,
}

impl Lens {
    /// No camera is opened yet.
    pub(super) fn new(wanted: Wanted, frames: Arc<Slot<Frame>>, asks: mpsc::Sender<Ask>) -> Self {
        Self {
            wanted,
            frames,
            asks,
            camera: None,
        }
    }

    /// Opens the camera of this name; without one the best of those that are wished.
    pub(super) fn open(&mut self, name: Option<&str>) {
        // Two of them at once could want the same device.
        drop(self.camera.take());
        let mut wanted = self.wanted.clone();
        if let Some(name) = name {
            wanted.device = Some(name.to_owned());
        }
        let report = report(self.asks.clone());
        match camera::watch(Source::Device, wanted, Arc::clone(&self.frames), report) {
            Ok(camera) => self.camera = Some(camera),
            Err(error) => tracing::error!(%error, "the camera's thread cannot be started"),
        }
    }

    /// Where its frames are.
    pub(super) fn frames(&self) -> Arc<Slot<Frame>> {
        Arc::clone(&self.frames)
    }

    /// The cameras to choose from. A busy one counts as free: it may be the one that is open here.
    pub(super) fn choices() -> Vec<CameraLine> {
        let line = |device: devices::Device| CameraLine {
            is_free: matches!(device.access, devices::Access::Free | devices::Access::Busy),
            name: device.name,
        };
        devices::list().into_iter().map(line).collect()
    }
}

/// Where a camera tells its state.
pub(super) fn report(asks: mpsc::Sender<Ask>) -> impl FnMut(CameraState) + Send + 'static {
    move |state| {
        // A state is told once: it waits for a place.
        if asks
            .blocking_send(Ask::Event(Event::Camera(state)))
            .is_err()
        {
            tracing::debug!("the camera changed after the kiosk had stopped");
        }
    }
}
