//! The camera that can be changed while the kiosk works: one at a time, each opened when the one before is closed.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::cameras;
use super::desk::Ask;
use crate::camera::pictures::Pictures;
use crate::camera::{self, Camera, Demand, Source, Wanted, devices};
use crate::event::{CameraState, Event};
use crate::frame::{Frame, Slot};
use crate::office::{Aim, CameraLine};

/// The camera and what it tells.
pub(super) struct Lens {
    wanted: Wanted,
    frames: Arc<Slot<Frame>>,
    asks: mpsc::Sender<Ask>,
    demand: Demand,
    camera: Option<Camera>,
}

impl Lens {
    /// No camera is opened yet.
    pub(super) fn new(
        wanted: Wanted,
        frames: Arc<Slot<Frame>>,
        asks: mpsc::Sender<Ask>,
        demand: Demand,
    ) -> Self {
        Self {
            wanted,
            frames,
            asks,
            demand,
            camera: None,
        }
    }

    /// Opens the one that is wanted.
    pub(super) fn open(&mut self) {
        self.close();
        self.watch(Source::Device(self.demand.clone()), self.wanted.clone());
    }

    /// Closes what is open. Two of them at once could want the same device.
    pub(super) fn close(&mut self) {
        drop(self.camera.take());
    }

    /// Shows pictures instead, for a training.
    pub(super) fn show(&mut self, pictures: Pictures) {
        self.close();
        self.watch(Source::Pictures(pictures), Wanted::default());
    }

    fn watch(&mut self, source: Source, wanted: Wanted) {
        let report = report(self.asks.clone());
        match camera::watch(source, wanted, Arc::clone(&self.frames), report) {
            Ok(camera) => self.camera = Some(camera),
            Err(error) => tracing::error!(%error, "the camera's thread cannot be started"),
        }
    }

    /// Where its frames are.
    pub(super) fn frames(&self) -> Arc<Slot<Frame>> {
        Arc::clone(&self.frames)
    }

    /// Opens another one, as [`CameraLine::id`] names it.
    pub(super) fn choose(&mut self, id: &str) {
        self.wanted.device = Some(id.to_owned());
        self.open();
    }

    /// From now on the picture is seen like this.
    pub(super) fn aim(&mut self, aim: &Aim) {
        self.wanted.view = cameras::view(aim);
        if let Some(camera) = &self.camera {
            camera.want(self.wanted.clone());
        }
    }

    /// The cameras to choose from. A busy one counts as free: it may be the one that is open here.
    pub(super) fn choices() -> Vec<CameraLine> {
        lines(&devices::list())
    }
}

fn lines(devices: &[devices::Device]) -> Vec<CameraLine> {
    let line = |device: &devices::Device| {
        let id = devices::Identity::of(device).to_string();
        let has_twin = devices.iter().filter(|other| other.name == device.name);
        let name = match has_twin.count() {
            1 => device.name.clone(),
            _ => id.clone(),
        };
        CameraLine {
            is_free: matches!(device.access, devices::Access::Free | devices::Access::Busy),
            name,
            id,
        }
    };
    devices.iter().map(line).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_listed_by_its_name_and_by_its_place_where_there_are_two_of_them() {
        let device = |number, name: &str, bus: &str| devices::Device {
            number,
            name: name.to_owned(),
            bus: bus.to_owned(),
            access: devices::Access::Free,
            modes: Vec::new(),
            other_formats: Vec::new(),
        };
        let listed = lines(&[
            device(0, "Cam", "usb-1"),
            device(2, "Desk Cam", "usb-2"),
            device(4, "Cam", "usb-3"),
        ]);
        let names: Vec<&str> = listed.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["Cam @ usb-1", "Desk Cam", "Cam @ usb-3"]);
        assert_eq!(listed[1].id, "Desk Cam @ usb-2");
    }
}
