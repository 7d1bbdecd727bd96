//! The camera of the first start: open while its page is looked at, and read for codes.

use std::io;
use std::sync::Arc;

use tokio::sync::watch;

use crate::camera::{self, Camera, Demand, Source, Wanted};
use crate::event::CameraState;
use crate::frame::{Frame, Outlines, Slot};
use crate::scanner::tracker::Sighting;
use crate::scanner::{self, Symbologies};
use crate::ui::first_start::Picture;
use crate::worker::Worker;

/// The lens, and the scanner behind it.
pub(super) struct Eye {
    source: Box<dyn FnMut(Demand) -> Source + Send>,
    frames: Arc<Slot<Frame>>,
    outlines: Arc<Outlines>,
    state: watch::Sender<CameraState>,
    open: Option<(Camera, Worker)>,
}

impl Eye {
    /// Nothing is opened yet.
    pub(super) fn new(source: impl FnMut(Demand) -> Source + Send + 'static) -> Self {
        Self {
            source: Box::new(source),
            frames: Arc::default(),
            outlines: Arc::default(),
            state: watch::Sender::default(),
            open: None,
        }
    }

    /// What the window shows of it.
    pub(super) fn picture(&self) -> Picture {
        Picture {
            frames: Arc::clone(&self.frames),
            outlines: Arc::clone(&self.outlines),
            camera: self.state.subscribe(),
        }
    }

    /// Opens whichever camera works, and reports each text that is held up before it.
    pub(super) fn open(&mut self, report: impl Fn(String) + Send + 'static) -> io::Result<()> {
        self.close();
        let demand = Demand::default();
        let state = self.state.clone();
        let camera = camera::watch(
            (self.source)(demand.clone()),
            Wanted::default(),
            Arc::clone(&self.frames),
            move |told| drop(state.send_replace(told)),
        )?;
        let (frames, outlines) = (Arc::clone(&self.frames), Arc::clone(&self.outlines));
        let read = move |sighting, _at| match sighting {
            Sighting::Taken(found) => {
                demand.taken();
                report(found.text);
            }
            Sighting::View(view) => demand.see(view),
        };
        let scanner = scanner::watch(frames, Symbologies::default(), outlines, read)?;
        self.open = Some((camera, scanner));
        Ok(())
    }

    /// Nothing is read any more.
    pub(super) fn close(&mut self) {
        self.open = None;
        self.frames.clear();
        self.state.send_replace(CameraState::default());
    }

    /// Whether somebody may hold something up.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }
}
