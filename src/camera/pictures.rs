//! Pictures instead of a lens, for the demo and for tests: phones are held up before a counter.
//!
//! Everything behind the frames is the real thing: the scanner has to find and read the code in them.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use super::clock::now;
use super::phone::Phone;
use super::scene::{HEIGHT, Scene, WIDTH};
use crate::event::CameraState;
use crate::frame::{Frame, Luma, Slot};
use crate::worker::Stop;

/// Thirty frames a second while something moves.
const BUSY: Duration = Duration::from_micros(33_333);
/// A counter without a phone is drawn every sixth time: a live picture, and hardly any work for anybody.
const CALM_EVERY: u64 = 6;
/// More than anybody can ask for between two frames.
const WAITING: usize = 16;
/// White around a code, in parts of its side: 4 of about 25 modules.
const QUIET: f64 = 0.16;
/// The side of an upright code's picture.
const SIDE: usize = 320;

/// Holds phones up before the pictures of [`pair`]. Whoever asks is never kept waiting.
#[derive(Clone, Debug)]
pub struct Phones {
    asked: SyncSender<Asked>,
}

/// The frames' side of [`pair`], for [`super::Source::Pictures`].
#[derive(Debug)]
pub struct Pictures {
    asked: Receiver<Asked>,
}

#[derive(Debug)]
enum Asked {
    HoldUp(Vec<Luma>),
    TakeAway,
}

/// Who holds phones up, and where they are seen.
pub fn pair() -> (Phones, Pictures) {
    let (sender, asked) = sync_channel(WAITING);
    (Phones { asked: sender }, Pictures { asked })
}

impl Phones {
    /// A phone for each of these pictures comes into view, side by side, and is held until others come or they are taken
    /// away. Those that are there leave first.
    pub fn hold_up(&self, pictures: Vec<Luma>) {
        self.ask(Asked::HoldUp(pictures));
    }

    /// The phones go.
    pub fn take_away(&self) {
        self.ask(Asked::TakeAway);
    }

    fn ask(&self, asked: Asked) {
        if self.asked.try_send(asked).is_err() {
            tracing::debug!("nobody sees the phones");
        }
    }
}

/// A code's picture alone, upright and with white around it, out of a picture in which it may be tilted.
///
/// `corners` are in pixels of `picture`: top left, top right, bottom right, bottom left of the code itself, as the
/// scanner gives them.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few thousand pixels; what is negative becomes 0"
)]
pub fn upright(picture: &Luma, corners: [[i32; 2]; 4]) -> Luma {
    let corner = |at: usize| corners[at].map(f64::from);
    let [top_left, top_right, bottom_right, bottom_left] = [0, 1, 2, 3].map(corner);
    let at = |along: f64, down: f64, axis: usize| {
        let top = top_left[axis] + (top_right[axis] - top_left[axis]) * along;
        let bottom = bottom_left[axis] + (bottom_right[axis] - bottom_left[axis]) * along;
        top + (bottom - top) * down
    };
    let part = |pixel: usize| (pixel as f64 + 0.5) / SIDE as f64 * (1.0 + 2.0 * QUIET) - QUIET;
    let mut pixels = Vec::with_capacity(SIDE * SIDE);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (along, down) = (part(x), part(y));
            if !(0.0..1.0).contains(&along) || !(0.0..1.0).contains(&down) {
                pixels.push(u8::MAX);
                continue;
            }
            let from_x = at(along, down, 0).round() as usize;
            let from_y = at(along, down, 1).round() as usize;
            let from = from_y * picture.width() + from_x.min(picture.width().saturating_sub(1));
            let value = picture.pixels().get(from).copied().unwrap_or(u8::MAX);
            pixels.push(if value < 128 { 20 } else { u8::MAX });
        }
    }
    Luma::new(SIDE, SIDE, pixels).unwrap_or_else(|| picture.clone())
}

/// The thread's body: frames until it is told to stop.
pub(super) fn play(
    pictures: &Pictures,
    ended: &Receiver<()>,
    stop: &Stop,
    frames: &Arc<Slot<Frame>>,
    report: &mut dyn FnMut(CameraState),
) {
    let begun = now();
    let mut scene = Scene::default();
    let mut due = begun;
    report(CameraState::Live {
        device: "pictures".to_owned(),
        mode: format!("drawn {WIDTH}x{HEIGHT} 30/1"),
    });
    for round in 0_u64.. {
        if stop.is_asked() {
            break;
        }
        let at = now();
        while let Ok(asked) = pictures.asked.try_recv() {
            match asked {
                Asked::HoldUp(pictures) => {
                    let phones = pictures.iter().map(Phone::showing).collect();
                    scene.hold_up(phones, at - begun);
                }
                Asked::TakeAway => scene.take_away(at - begun),
            }
        }
        let is_drawn = scene.is_busy() || round.is_multiple_of(CALM_EVERY);
        if is_drawn && let Some((luma, preview)) = scene.frame(at - begun) {
            let preview = Arc::new(preview);
            frames.put(Frame { luma, preview, at });
        }
        due = next_due(due, at, BUSY);
        if !wait(ended, due) {
            break;
        }
    }
    frames.clear();
}

/// Keeps the rhythm, without making up for what was missed.
fn next_due(due: Instant, at: Instant, period: Duration) -> Instant {
    (due + period).max(at + period / 4)
}

/// Whether there is another round.
fn wait(ended: &Receiver<()>, until: Instant) -> bool {
    let patience = until.saturating_duration_since(now());
    matches!(ended.recv_timeout(patience), Err(RecvTimeoutError::Timeout))
}
