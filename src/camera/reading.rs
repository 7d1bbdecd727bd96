//! What is made of each frame's bytes: checked, counted, decoded, looked at for motion.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Wanted;
use super::capture::Told;
use super::clock::{now, taken};
use super::jpeg;
use super::mode::Mode;
use super::motion::Motion;
use super::pace::{Change, Pace};
use super::pixels::{Layout, Preview, Raw};
use crate::frame::{Frame, Latency, Rgb};

/// Every second one of thirty a second, and a little less, so that it is the second and not the third.
const PREVIEW_GAP: Duration = Duration::from_millis(55);

/// Why a frame is not shown to anybody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flaw {
    /// The driver itself says so.
    Marked,
    /// There is nothing in it.
    Empty,
    /// Something is missing at its end.
    Short,
    /// It is a picture of another size.
    WrongSize,
    /// It is no picture that can be decoded.
    Broken,
}

/// What became of a frame's bytes.
pub(super) enum Made {
    /// A picture.
    Frame(Frame),
    /// It was fine as far as anybody looked, and not needed.
    Passed,
    /// It was dropped.
    Dropped,
    /// A picture, and the machine is too slow for pictures of this size.
    TooLarge(Frame),
}

/// One opened camera's frames.
pub(super) struct Reading<'a> {
    wanted: &'a Wanted,
    mode: Mode,
    pace: Pace,
    motion: Motion,
    /// What people were given last, and when.
    previewed: Option<(Instant, Arc<Rgb>)>,
    pub(super) tally: Tally,
}

/// How many frames came, and what became of them.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) good: u64,
    /// Not needed: older than another one, or more than the machine has time for.
    passed: u64,
    flaws: [u64; 5],
    /// From the moment it was taken to the moment it was there for everybody.
    latency: Latency,
}

const FLAWS: [(Flaw, &str); 5] = [
    (Flaw::Marked, "marked by the driver"),
    (Flaw::Empty, "empty"),
    (Flaw::Short, "short"),
    (Flaw::WrongSize, "of another size"),
    (Flaw::Broken, "broken"),
];

impl Tally {
    /// Whether it is the first of its kind.
    fn drop_for(&mut self, flaw: Flaw) -> bool {
        let place = FLAWS.iter().position(|(known, _words)| *known == flaw);
        place.is_some_and(|place| {
            self.flaws[place] += 1;
            self.flaws[place] == 1
        })
    }
}

/// `1200 good, 30 passed over, 5 broken; latency 12 ms, 99 of 100 within 20 ms`
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} good, {} passed over", self.good, self.passed)?;
        for ((_flaw, words), count) in FLAWS.iter().zip(self.flaws) {
            if count > 0 {
                write!(f, ", {count} {words}")?;
            }
        }
        write!(f, "; from lens to slot: {}", self.latency)
    }
}

impl<'a> Reading<'a> {
    pub(super) fn new(wanted: &'a Wanted, mode: Mode) -> Self {
        Self {
            wanted,
            mode,
            pace: Pace::new(mode.frames_a_second(), wanted.sleeps_after),
            motion: Motion::default(),
            previewed: None,
            tally: Tally::default(),
        }
    }

    /// Looks at one frame's bytes.
    pub(super) fn make(&mut self, bytes: &[u8], told: Told) -> Made {
        let arrived = now();
        self.tally.passed += u64::from(told.skipped);
        if !self.pace.takes(arrived) {
            self.tally.passed += 1;
            return Made::Passed;
        }
        match self.frame(bytes, told, arrived) {
            Ok(frame) => {
                self.tally.good += 1;
                let done = now();
                self.tally
                    .latency
                    .record(done.saturating_duration_since(frame.at));
                let change = self.pace.worked(done.saturating_duration_since(arrived));
                let has_moved = self.motion.sees(&frame.luma);
                let turned = self.pace.moved(arrived, has_moved);
                let is_too_large = [change, turned].into_iter().flatten().any(say);
                if is_too_large {
                    Made::TooLarge(frame)
                } else {
                    Made::Frame(frame)
                }
            }
            Err(flaw) => {
                if self.tally.drop_for(flaw) {
                    tracing::warn!(mode = %self.mode, ?flaw, bytes = bytes.len(), "a frame was dropped; more are only counted");
                }
                Made::Dropped
            }
        }
    }

    /// What IT is told when nothing good came for too long.
    pub(super) fn silence(&self) -> String {
        format!("no good frame for two seconds, after {}", self.tally)
    }

    /// What was shown last, where it may be shown again: colours cost as much as reading does.
    fn shown_again(&self, at: Instant) -> Option<Arc<Rgb>> {
        let (shown, preview) = self.previewed.as_ref()?;
        let age = at.saturating_duration_since(*shown);
        (age < PREVIEW_GAP).then(|| Arc::clone(preview))
    }

    fn frame(&mut self, bytes: &[u8], told: Told, arrived: Instant) -> Result<Frame, Flaw> {
        if bytes.is_empty() {
            return Err(Flaw::Empty);
        }
        if told.is_damaged {
            return Err(Flaw::Marked);
        }
        let side = |pixels: u32| usize::try_from(pixels).unwrap_or(0);
        let (width, height) = (side(self.mode.width), side(self.mode.height));
        let again = self.shown_again(arrived);
        let preview = match &again {
            Some(_shown) => Preview::None,
            None => self.wanted.preview,
        };
        let decoded;
        let (layout, bytes) = if let Some(layout) = Layout::of(self.mode.format) {
            (layout, bytes)
        } else {
            decoded = jpeg::decode(bytes, width, height, preview)?;
            (decoded.0, decoded.1.as_slice())
        };
        let raw = Raw {
            layout,
            width,
            height,
            bytes,
        };
        raw.check()?;
        let made = raw.frame(&self.wanted.view, preview);
        let (luma, made) = made.ok_or(Flaw::Short)?;
        let preview = again.unwrap_or_else(|| {
            let made = Arc::new(made);
            self.previewed = Some((arrived, Arc::clone(&made)));
            made
        });
        Ok(Frame {
            luma,
            preview,
            at: taken(told.taken, arrived),
        })
    }
}

/// Tells the log; whether smaller pictures are needed.
fn say(change: Change) -> bool {
    match change {
        Change::Every(every, share) => {
            tracing::warn!(
                every,
                share,
                "one of so many frames is read from now on: frames took this share of the time, in hundredths"
            );
        }
        Change::Smaller(share) => {
            tracing::warn!(share, "the machine is too slow for pictures of this size");
        }
        Change::Slept => tracing::info!("nothing moves: fewer frames are read"),
        Change::Woke => tracing::info!("something moves: every frame is read"),
    }
    matches!(change, Change::Smaller(_))
}
