//! One picture from the camera, and the place where the newest one lies.

mod latency;

use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

pub use latency::{Came, Delays, Latency, bars};

/// Brightness alone, row by row without gaps, 0 black to 255 white.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Luma {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Luma {
    /// Takes `width * height` pixels; `None` where the numbers do not fit together.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        (width.checked_mul(height)? == pixels.len()).then_some(Self {
            width,
            height,
            pixels,
        })
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All pixels, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

impl std::fmt::Debug for Luma {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Luma({}x{})", self.width, self.height)
    }
}

/// Colours for people, three bytes a pixel (red, green, blue), row by row without gaps.
#[derive(Clone, PartialEq, Eq)]
pub struct Rgb {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Rgb {
    /// Takes `width * height * 3` bytes; `None` where the numbers do not fit together.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(3)?;
        (bytes == pixels.len()).then_some(Self {
            width,
            height,
            pixels,
        })
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All bytes, row by row.
    pub fn bytes(&self) -> &[u8] {
        &self.pixels
    }
}

impl std::fmt::Debug for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rgb({}x{})", self.width, self.height)
    }
}

/// The most pixels of a preview, across and down.
pub const PREVIEW_MOST: [usize; 2] = [960, 1280];

/// One picture of a camera: brightness in full size for the scanner, colours in a handy size for the viewfinder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// What the scanner reads.
    pub luma: Luma,
    /// The same view, no larger than [`PREVIEW_MOST`]: what people see. It may be that of the frame before, so that it has not to
    /// be made for every frame.
    pub preview: Arc<Rgb>,
    /// When it came from the camera.
    pub at: Instant,
}

/// A code in view: the same over frames, until it was away for a while.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SightId(pub u64);

/// Where in the picture a code was seen last: the viewfinder's outline.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sight {
    /// Which code.
    pub id: SightId,
    /// Top left, top right, bottom right, bottom left of the code, x and y as fractions of the picture's width and height.
    pub corners: [[f32; 2]; 4],
    /// Whether its text was taken, so that it may go away.
    pub is_taken: bool,
    /// Whether it is taken when it is touched: there are others, and which one is meant is for the clerk to say.
    pub is_offered: bool,
}

/// What the scanner and the viewfinder tell each other.
#[derive(Debug, Default)]
pub struct Outlines {
    /// Every code of the newest frame; cleared by one without.
    pub sights: Slot<Vec<Sight>>,
    /// The outline that was touched last.
    pub touched: Slot<SightId>,
}

/// What the lens has of the code that was taken last.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum View {
    /// It is not there: the next code is taken, the same one too.
    #[default]
    Clear,
    /// It is still held up, and not taken again before it was away for 2 s.
    Held,
    /// Several different codes are in view: none is taken before it is touched.
    Several,
    /// Something like a code has been in view for a while and cannot be read, most likely for this reason.
    Unread(Hint),
}

/// Why a code in view cannot be read, as far as the picture shows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Hint {
    /// The code's white is dark.
    TooDark,
    /// Glare lies on it, or its black is bright.
    TooBright,
    /// Its modules are too small for the camera.
    TooFar,
    /// Parts of it are outside of the picture.
    TooClose,
    /// It is smeared in one direction, or is somewhere else in each picture.
    Moving,
    /// It is soft all over.
    OutOfFocus,
    /// It is seen from the side.
    Tilted,
}

/// The place of one newest thing between threads: what nobody took in time is replaced, never queued.
///
/// Each taker remembers the number of what it saw last, so that a slow taker never slows another.
#[derive(Debug)]
pub struct Slot<T> {
    inner: Mutex<Inner<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct Inner<T> {
    number: u64,
    newest: Option<Arc<T>>,
    waker: Option<Waker>,
    /// Who waits in [`Slot::newer`]; each is woken once.
    waiting: Vec<Waker>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            inner: Mutex::new(Inner {
                number: 0,
                newest: None,
                waker: None,
                waiting: Vec::new(),
            }),
            changed: Condvar::new(),
        }
    }
}

impl<T> Slot<T> {
    /// Replaces what lies here.
    pub fn put(&self, value: T) {
        self.replace(Some(Arc::new(value)));
    }

    /// Takes away what lies here: an old picture must not pass for a live one.
    pub fn clear(&self) {
        self.replace(None);
    }

    /// Number and value of the newest; the number grows with every change, `None` after [`Slot::clear`].
    pub fn newest(&self) -> (u64, Option<Arc<T>>) {
        let inner = self.lock();
        (inner.number, inner.newest.clone())
    }

    /// Waits for something newer than number `after`, at most `patience`; then as [`Slot::newest`].
    pub fn wait_newer(&self, after: u64, patience: Duration) -> (u64, Option<Arc<T>>) {
        let inner = self.lock();
        let waited = self
            .changed
            .wait_timeout_while(inner, patience, |inner| inner.number <= after);
        let (inner, _timed_out) = waited.unwrap_or_else(PoisonError::into_inner);
        (inner.number, inner.newest.clone())
    }

    /// The same without an end to the patience, for whoever is told otherwise that it is not waited for any longer.
    pub async fn newer(&self, after: u64) -> (u64, Option<Arc<T>>) {
        poll_fn(|context| self.poll_newer(after, context)).await
    }

    fn poll_newer(&self, after: u64, context: &Context<'_>) -> Poll<(u64, Option<Arc<T>>)> {
        let mut inner = self.lock();
        if inner.number > after {
            return Poll::Ready((inner.number, inner.newest.clone()));
        }
        let is_known = |waker: &Waker| waker.will_wake(context.waker());
        if !inner.waiting.iter().any(is_known) {
            inner.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }

    /// Whom to wake on every change, besides those who wait.
    pub fn wake_on_change(&self, waker: Waker) {
        self.lock().waker = Some(waker);
    }

    fn replace(&self, newest: Option<Arc<T>>) {
        let mut inner = self.lock();
        inner.number += 1;
        inner.newest = newest;
        if let Some(waker) = &inner.waker {
            waker.wake_by_ref();
        }
        inner.waiting.drain(..).for_each(Waker::wake);
        drop(inner);
        self.changed.notify_all();
    }

    /// A panic of another thread cannot leave the fields at odds.
    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
