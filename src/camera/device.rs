//! The camera's thread, and the watchdog that wakes it from a stall.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Wanted;
use super::capture::Capture;
use super::clock::now;
use super::condition::{Condition, Fault};
use super::devices::{self, Access, Device, Identity, choose};
use super::interrupt::Sleeper;
use super::jpeg;
use super::mode::Mode;
use super::pixels::{Layout, Raw};
use crate::event::CameraState;
use crate::frame::{Frame, Slot};
use crate::worker::Stop;

/// After an error a driver needs a moment before the device can be had again.
const PAUSE: Duration = Duration::from_millis(500);
/// How often the watchdog looks.
const TICK: Duration = Duration::from_millis(100);

/// What the two threads share.
pub(super) struct Shared {
    desk: Mutex<Desk>,
    sleeper: Sleeper,
    /// The camera's thread waits for a frame: it may be woken.
    is_waiting: AtomicBool,
}

/// Told and put under one lock, so that no frame comes into the slot after it was emptied for a stall.
struct Desk {
    condition: Condition,
    frames: Arc<Slot<Frame>>,
    report: Box<dyn FnMut(CameraState) + Send>,
}

impl Shared {
    pub(super) fn new(
        frames: Arc<Slot<Frame>>,
        report: Box<dyn FnMut(CameraState) + Send>,
    ) -> io::Result<Self> {
        Ok(Self {
            desk: Mutex::new(Desk {
                condition: Condition::default(),
                frames,
                report,
            }),
            sleeper: Sleeper::new()?,
            is_waiting: AtomicBool::new(false),
        })
    }

    fn tell(&self, change: impl FnOnce(&mut Condition) -> Option<CameraState>) {
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = change(&mut desk.condition) {
            desk.say(state);
        }
    }

    fn put(&self, frame: Frame, device: &str, mode: &str) {
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = desk.condition.frame(frame.at, device, mode) {
            desk.say(state);
        }
        desk.frames.put(frame);
    }

    fn is_starved(&self, at: Instant) -> bool {
        let desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        desk.condition.is_starved(at)
    }

    fn clear(&self) {
        let desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        desk.frames.clear();
    }
}

impl Desk {
    fn say(&mut self, state: CameraState) {
        tracing::info!(?state, "camera");
        if !self.condition.is_live() {
            self.frames.clear();
        }
        (self.report)(state);
    }
}

/// The watchdog's body: sees a stall and ends it; at the end it wakes the camera's thread until that has gone.
pub(super) fn guard(shared: &Shared, ended: &Receiver<()>) {
    while matches!(ended.recv_timeout(TICK), Err(RecvTimeoutError::Timeout)) {
        let at = now();
        shared.tell(|condition| condition.tick(at));
        if shared.is_waiting.load(Ordering::Acquire) && shared.is_starved(at) {
            shared.sleeper.wake();
        }
    }
    shared.sleeper.wake_until_gone();
}

/// The camera's body: opens, reads, lets go, waits, and begins again.
pub(super) fn run(shared: &Arc<Shared>, wanted: &Wanted, ended: &Receiver<()>, stop: &Stop) {
    struct Leave<'a>(&'a Shared);
    impl Drop for Leave<'_> {
        fn drop(&mut self) {
            self.0.sleeper.leave();
        }
    }
    shared.sleeper.enter();
    let _leave = Leave(shared);
    let mut lens = Lens {
        shared,
        wanted,
        stop,
        known: None,
        seen: now(),
    };
    while !stop.is_asked() {
        let fault = lens.round();
        if stop.is_asked() {
            break;
        }
        shared.tell(|condition| condition.fault(fault));
        if !matches!(ended.recv_timeout(PAUSE), Err(RecvTimeoutError::Timeout)) {
            break;
        }
    }
    shared.clear();
}

struct Lens<'a> {
    shared: &'a Shared,
    wanted: &'a Wanted,
    stop: &'a Stop,
    known: Option<Identity>,
    /// When the known one was there last.
    seen: Instant,
}

impl Lens<'_> {
    /// From finding a camera to losing it.
    fn round(&mut self) -> Fault {
        let devices = devices::list();
        let absent = now().saturating_duration_since(self.seen);
        let wanted = self.wanted.device.as_deref();
        let Some(device) = choose(&devices, wanted, self.known.as_ref(), absent) else {
            return Fault::Absent;
        };
        match device.access {
            Access::Free if device.modes.is_empty() => return Fault::Unusable,
            Access::Free => {}
            Access::Busy => return Fault::Busy,
            Access::Refused => return Fault::Refused,
            Access::Failed => return Fault::Failed,
        }
        self.shared.tell(|condition| condition.opening(now()));
        let capture = match Capture::open(device, self.wanted.size) {
            Ok(capture) => capture,
            Err(fault) => return fault,
        };
        let fault = self.read(capture, device);
        self.seen = now();
        fault
    }

    fn read(&mut self, mut capture: Capture, device: &Device) -> Fault {
        let mode = capture.mode;
        let words = mode.to_string();
        tracing::info!(
            device = device.name,
            path = device.path(),
            mode = words,
            "opened"
        );
        let (mut good, mut damaged) = (0_u64, 0_u64);
        let fault = loop {
            self.shared.is_waiting.store(true, Ordering::Release);
            let bytes = capture.next();
            self.shared.is_waiting.store(false, Ordering::Release);
            if self.stop.is_asked() {
                break Fault::Failed;
            }
            let at = now();
            let frame = match &bytes {
                Ok(bytes) => self.frame(bytes, mode, at),
                Err(fault) => break *fault,
            };
            if let Some(frame) = frame {
                good += 1;
                if good == 1 {
                    self.known = Some(Identity::of(device));
                }
                self.shared.put(frame, &device.name, &words);
            } else {
                damaged += 1;
                if self.shared.is_starved(at) {
                    self.shared.tell(|condition| condition.tick(at));
                    break Fault::Failed;
                }
            }
        };
        drop(capture);
        tracing::info!(device = device.name, good, damaged, ?fault, "let go");
        fault
    }

    fn frame(&self, bytes: &[u8], mode: Mode, at: Instant) -> Option<Frame> {
        let (width, height) = (
            usize::try_from(mode.width).ok()?,
            usize::try_from(mode.height).ok()?,
        );
        let decoded;
        let (layout, bytes) = if let Some(layout) = Layout::of(mode.format) {
            (layout, bytes)
        } else {
            decoded = jpeg::decode(bytes, width, height)?;
            (decoded.0, decoded.1.as_slice())
        };
        let raw = Raw {
            layout,
            width,
            height,
            bytes,
        };
        let (luma, preview) = raw.frame(self.wanted.rotate, self.wanted.mirror)?;
        Some(Frame { luma, preview, at })
    }
}
