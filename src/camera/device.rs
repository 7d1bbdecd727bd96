//! The camera's thread, and the watchdog beside it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Wanted;
use super::capture::Capture;
use super::clock::now;
use super::condition::{Condition, Fault, PATIENCE, Trouble};
use super::demand::Demand;
use super::devices::{self, Access, Device, Identity, Wish, candidates};
use super::mode::Mode;
use super::reading::{Made, Reading};
use super::sizing::{Offer, Sizing};
use crate::event::CameraState;
use crate::frame::{Frame, Slot};
use crate::worker::Stop;

/// After an error a driver needs a moment before the device can be had again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long the camera's thread waits for a frame at once.
const TICK: Duration = Duration::from_millis(100);
/// A camera that sends damaged frames only is opened anew after so long: the next one may be whole.
const DAMAGED: Duration = Duration::from_secs(10);
/// A picture longer than this is halved before it is read: more pixels would be of no use.
const READ_WHOLE: usize = 2048;
/// How often the log is told how many frames came.
const REPORT: Duration = Duration::from_mins(1);

/// What the two threads share, and whoever holds the [`super::Camera`].
pub(super) struct Shared {
    desk: Mutex<Desk>,
    wanted: Mutex<Wanted>,
    /// Grows with every change of what is wanted.
    wishes: AtomicU64,
    demand: Demand,
    /// Tells the watchdog that frames are awaited from now on.
    awaited: Notify,
}

/// Told and put under one lock, so that no frame comes into the slot after it was emptied for a stall.
struct Desk {
    condition: Condition,
    frames: Arc<Slot<Frame>>,
    report: Box<dyn FnMut(CameraState) + Send>,
    /// The device that is meant, for IT: its name, path, bus and mode.
    about: String,
    /// The driver's words for what was wrong last.
    words: String,
    broken_since: Option<Instant>,
}

impl Shared {
    pub(super) fn new(
        (wanted, demand): (Wanted, Demand),
        frames: Arc<Slot<Frame>>,
        report: Box<dyn FnMut(CameraState) + Send>,
    ) -> Self {
        Self {
            desk: Mutex::new(Desk {
                condition: Condition::default(),
                frames,
                report,
                about: String::new(),
                words: String::new(),
                broken_since: None,
            }),
            wanted: Mutex::new(wanted),
            wishes: AtomicU64::new(0),
            demand,
            awaited: Notify::new(),
        }
    }

    /// Something else is wanted from now on.
    pub(super) fn want(&self, wanted: Wanted) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = wanted;
        self.wishes.fetch_add(1, Ordering::AcqRel);
    }

    fn wishes(&self) -> u64 {
        self.wishes.load(Ordering::Acquire)
    }

    fn wanted(&self) -> Wanted {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.clone()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self, at: Instant) {
        let mut desk = self.desk();
        if let Some(state) = desk.condition.tick(at) {
            "no good frame for two seconds".clone_into(&mut desk.words);
            desk.say(state, at);
        }
    }

    fn opening(&self, device: &Device) {
        let mut desk = self.desk();
        let at = now();
        desk.about = format!("{} at {} ({})", device.name, device.path(), device.bus);
        if let Some(state) = desk.condition.opening(at) {
            desk.say(state, at);
        }
        self.awaited.notify_one();
    }

    fn opened(&self, device: &Device, capture: &Capture) {
        let about = format!(
            "{} at {} ({}) {}",
            device.name,
            device.path(),
            device.bus,
            capture.mode
        );
        tracing::info!(device = about, "opened");
        self.desk().about = about;
    }

    fn fail(&self, trouble: Trouble) {
        let mut desk = self.desk();
        let at = now();
        if let Some(state) = desk.condition.fault(trouble.fault) {
            desk.words = trouble.words;
            desk.say(state, at);
        } else if desk.words != trouble.words {
            tracing::debug!(device = desk.about, driver = trouble.words, "camera");
            desk.words = trouble.words;
        }
    }

    fn put(&self, frame: Frame, device: &str, mode: &str) {
        let mut desk = self.desk();
        let at = now();
        if let Some(state) = desk.condition.frame(at, device, mode) {
            desk.say(state, at);
            self.awaited.notify_one();
        }
        desk.frames.put(frame);
    }
}

impl Desk {
    /// One line for IT, and the news for everybody else.
    fn say(&mut self, state: CameraState, at: Instant) {
        let (device, driver, name) = (&self.about, &self.words, state.name());
        if state.is_trouble() {
            self.broken_since.get_or_insert(at);
            tracing::warn!(state = name, device, driver, "camera");
        } else if let CameraState::Live { .. } = state {
            let healed_after = self
                .broken_since
                .take()
                .map_or(Duration::ZERO, |since| at.saturating_duration_since(since));
            tracing::info!(state = name, device, ?healed_after, "camera");
            self.words.clear();
        } else {
            tracing::info!(state = name, device, driver, "camera");
        }
        if !self.condition.is_live() {
            self.frames.clear();
        }
        (self.report)(state);
    }
}

/// The watchdog's body: tells a stall, also while the camera's thread waits in the kernel. It looks when a stall would
/// have lasted long enough, and not at all while no frames are awaited.
pub(super) async fn guard(shared: &Shared) {
    loop {
        let stalls_at = shared.desk().condition.stalls_at();
        match stalls_at {
            Some(at) => {
                tokio::time::sleep_until(at.into()).await;
                shared.tick(now());
            }
            None => shared.awaited.notified().await,
        }
    }
}

/// The camera's body: opens, reads, lets go, waits, and begins again.
pub(super) fn run(shared: &Shared, ended: &Receiver<()>, stop: &Stop) {
    let mut lens = Lens {
        shared,
        stop,
        wanted: shared.wanted(),
        wishes: shared.wishes(),
        sizing: Sizing::default(),
        known: None,
        seen: now(),
    };
    while !stop.is_asked() {
        match lens.round() {
            End::Stopped => break,
            End::Again(why) => shared.fail(Trouble::new(Fault::Failed, why)),
            End::Trouble(trouble) => {
                shared.fail(trouble);
                if !matches!(ended.recv_timeout(PAUSE), Err(RecvTimeoutError::Timeout)) {
                    break;
                }
            }
        }
    }
    shared.desk().frames.clear();
}

/// Why a camera was let go of.
enum End {
    /// The thread ends.
    Stopped,
    /// To be opened at once, in another way.
    Again(&'static str),
    /// Something went wrong.
    Trouble(Trouble),
}

struct Lens<'a> {
    shared: &'a Shared,
    stop: &'a Stop,
    wanted: Wanted,
    /// Which wishes `wanted` holds.
    wishes: u64,
    sizing: Sizing,
    known: Option<Identity>,
    /// When the known one was there last.
    seen: Instant,
}

impl Lens<'_> {
    /// From finding a camera to losing it.
    fn round(&mut self) -> End {
        if self.wishes != self.shared.wishes() {
            self.wishes = self.shared.wishes();
            let before = std::mem::replace(&mut self.wanted, self.shared.wanted());
            self.sizing = Sizing::default();
            if before.device != self.wanted.device {
                self.known = None;
            }
        }
        let devices = devices::list();
        let absent = now().saturating_duration_since(self.seen);
        let wish = self.wanted.device.as_deref().map(Wish::parse);
        let mut first = None;
        for device in candidates(&devices, wish.as_ref(), self.known.as_ref(), absent) {
            match self.open(device) {
                Ok(capture) => {
                    let end = self.read(capture, device);
                    self.seen = now();
                    return end;
                }
                Err(trouble) => {
                    first.get_or_insert(trouble);
                }
            }
        }
        End::Trouble(first.unwrap_or_else(|| nobody(&devices, self.wanted.device.as_deref())))
    }

    fn open(&self, device: &Device) -> Result<Capture, Trouble> {
        self.shared.opening(device);
        let refused = |fault, words: &str| Err(Trouble::new(fault, words));
        match device.access {
            Access::Free if device.modes.is_empty() => {
                let others = device.other_formats.join(", ");
                let words = format!("it offers none of MJPG, YUYV, NV12, GREY, but: {others}");
                Err(Trouble::new(Fault::Unusable, words))
            }
            Access::Free => Capture::open(device, self.sizing.asked().or(self.wanted.size)),
            Access::Busy => refused(Fault::Busy, "open: EBUSY"),
            Access::Refused => refused(Fault::Refused, "open: permission denied"),
            Access::Failed => refused(Fault::Failed, "it does not answer"),
        }
    }

    fn read(&mut self, mut capture: Capture, device: &Device) -> End {
        self.shared.opened(device, &capture);
        let mode = capture.mode;
        let words = mode.to_string();
        let wanted = self.wanted.clone();
        let mut reading = Reading::new(&wanted, mode);
        let mut good = now();
        let (mut came, mut told) = (good, good);
        let end = loop {
            if self.stop.is_asked() {
                break End::Stopped;
            }
            if self.wishes != self.shared.wishes() {
                break End::Again("something else is wanted");
            }
            let made = match capture.newest(TICK, |bytes, told| reading.make(bytes, told)) {
                Ok(made) => made,
                Err(trouble) => break End::Trouble(trouble),
            };
            let at = now();
            if let Some(why) = self.resized(&device.modes, mode, at) {
                break End::Again(why);
            }
            if at.saturating_duration_since(told) >= REPORT {
                told = at;
                tracing::info!(device = device.name, "frames: {}", reading.tally);
            }
            match made {
                Some(Made::Frame(frame)) => {
                    (good, came) = (at, at);
                    self.known.get_or_insert_with(|| Identity::of(device));
                    self.shared.put(frame, &device.name, &words);
                }
                Some(Made::TooLarge(frame)) => {
                    (good, came) = (at, at);
                    self.shared.put(frame, &device.name, &words);
                    if let Some(why) = self.sizing.too_slow(&device.modes, mode, at) {
                        break End::Again(why);
                    }
                }
                Some(Made::Passed | Made::Dropped) => {
                    came = at;
                    if at.saturating_duration_since(good) >= DAMAGED {
                        break End::Trouble(Trouble::new(Fault::Failed, reading.silence()));
                    }
                }
                None => {
                    if at.saturating_duration_since(came) >= PATIENCE {
                        break End::Trouble(Trouble::new(Fault::Failed, reading.silence()));
                    }
                }
            }
        };
        drop(capture);
        tracing::info!(
            device = device.name,
            "let go after frames: {}",
            reading.tally
        );
        end
    }
}

impl Lens<'_> {
    /// Why pictures of another size are to be asked for, where they are.
    fn resized(&mut self, modes: &[Mode], mode: Mode, at: Instant) -> Option<&'static str> {
        let view = &self.wanted.view;
        let side = |pixels: u32| usize::try_from(pixels).unwrap_or(usize::MAX);
        let fits = |(width, height): (u32, u32)| {
            let crop = view.crop(side(width), side(height));
            crop.width.max(crop.height) <= READ_WHOLE
        };
        let heard = (self.shared.demand.need(at), self.shared.demand.last_taken());
        let offer = Offer { modes, mode, fits };
        let why = self.sizing.follow(heard, &offer, at)?;
        tracing::info!(%mode, "{why}");
        Some(why)
    }
}

/// None is there that may be taken.
fn nobody(devices: &[Device], wished: Option<&str>) -> Trouble {
    let there: Vec<String> = devices
        .iter()
        .map(|device| Identity::of(device).to_string())
        .collect();
    let words = match wished {
        Some(wished) if !there.is_empty() => {
            format!("{wished} is not there, but: {}", there.join(", "))
        }
        Some(wished) => format!("{wished} is not there, and no other camera"),
        None => "there is no camera".to_owned(),
    };
    Trouble::new(Fault::Absent, words)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;
    use crate::worker::Worker;

    #[test]
    fn a_camera_that_answers_nothing_is_stalled_whenever_it_came() {
        let (teller, told) = sync_channel(10);
        let report = move |state| teller.send(state).unwrap();
        let wanted = (Wanted::default(), Demand::default());
        let shared = Arc::new(Shared::new(wanted, Arc::default(), Box::new(report)));
        let guarded = Arc::clone(&shared);
        let _watchdog =
            Worker::start_waiting("camera-watch", move || async move { guard(&guarded).await });
        let device = Device {
            number: 0,
            name: "Cam".to_owned(),
            bus: "usb-1".to_owned(),
            access: Access::Free,
            modes: Vec::new(),
            other_formats: Vec::new(),
        };
        // The second one is there when nothing was awaited for a while.
        for _ in 0..2 {
            shared.opening(&device);
            assert_eq!(next(&told), CameraState::Opening);
            assert_eq!(next(&told), CameraState::Stalled);
            shared.fail(Trouble::new(Fault::Absent, "gone"));
            assert_eq!(next(&told), CameraState::None);
        }
    }

    fn next(told: &Receiver<CameraState>) -> CameraState {
        told.recv_timeout(Duration::from_mins(1)).unwrap()
    }
}
