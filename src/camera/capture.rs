//! One opened camera, until something goes wrong with it.
//!
//! Frames are taken through `v4l`, the library that nokhwa stands on: nokhwa hands out a frame's whole buffer and tells
//! neither how much of it was filled, nor whether the driver marked it as damaged, nor when it was taken. A short frame
//! would then be shown with the rest of an older one behind it. Nor does nokhwa's wait for a frame ever end by itself.
//!
//! A camera that was left at a rate that is a fraction, or in a format that nokhwa does not know, cannot be opened by
//! nokhwa at all, whatever is asked for. So the mode is set first, by ioctl. Where a driver takes none of the modes it
//! offered, nokhwa is asked what it comes to terms with, and that mode is taken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use nokhwa::utils::{CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType};
use v4l::buffer::{Flags, Metadata, Type};
use v4l::device::Handle;
use v4l::fraction::Fraction;
use v4l::io::mmap::Stream;
use v4l::io::traits::{CaptureStream, Stream as _};
use v4l::video::Capture as _;
use v4l::video::capture::Parameters;
use v4l::{Device as Node, Format, FourCC};

use super::condition::{Fault, Trouble};
use super::devices::{Device, fault_of};
use super::mode::{Mode, PixelFormat, ranked};

/// More modes than these are not tried one after the other: each costs up to 10 ms.
const TRIED: usize = 8;
/// Enough that one may be worked on while the next ones come.
const BUFFERS: u32 = 4;
/// A frame that was announced is there at once.
const AT_HAND: Duration = Duration::from_secs(1);
/// `poll`'s word for "there is something to read".
const READABLE: i16 = 1;

/// An open camera. It belongs to the thread that opened it.
pub(super) struct Capture {
    stream: Option<Stream<'static>>,
    handle: Arc<Handle>,
    pub(super) mode: Mode,
}

/// What the driver tells of a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    /// When it was taken, on the clock that runs since the machine's start; zero where the driver does not say.
    pub(super) taken: Duration,
    /// The driver itself says that it is damaged.
    pub(super) is_damaged: bool,
    /// Older ones that lay there too and were let go of.
    pub(super) skipped: u32,
}

impl Capture {
    /// Opens a device in the best mode that it really takes.
    pub(super) fn open(device: &Device, size: Option<(u32, u32)>) -> Result<Self, Trouble> {
        let mut last = Trouble::new(Fault::Unusable, "it offers no mode that is understood");
        for mode in ranked(&device.modes, size).into_iter().take(TRIED) {
            match survive(|| Self::open_in(device.number, mode)) {
                Ok(capture) => return Ok(capture),
                Err(trouble) => match trouble.fault {
                    Fault::Absent | Fault::Busy | Fault::Refused => return Err(trouble),
                    Fault::Failed | Fault::Unusable => last = trouble,
                },
            }
        }
        let agreed = survive(|| agreed(device.number));
        agreed
            .and_then(|mode| survive(|| Self::open_in(device.number, mode)))
            .map_err(|trouble| match trouble.fault {
                Fault::Absent | Fault::Busy | Fault::Refused => trouble,
                Fault::Failed | Fault::Unusable => last,
            })
    }

    /// Waits for a frame and hands the newest one on; `None` where none came within `patience`.
    ///
    /// Frames that lie there already, because the last one took long, are let go of: what is looked at is never old.
    pub(super) fn newest<T>(
        &mut self,
        patience: Duration,
        look: impl FnOnce(&[u8], Told) -> T,
    ) -> Result<Option<T>, Trouble> {
        if !is_ready(&self.handle, patience)? {
            return Ok(None);
        }
        let Some(stream) = &mut self.stream else {
            return Err(Trouble::new(Fault::Failed, "it was closed"));
        };
        let mut skipped = 0;
        loop {
            let (bytes, told) = stream.next().map_err(|error| trouble("frame", &error))?;
            if skipped < BUFFERS && is_ready(&self.handle, Duration::ZERO)? {
                skipped += 1;
                continue;
            }
            return Ok(Some(look(filled(bytes, told), facts(told, skipped))));
        }
    }

    fn open_in(number: u32, mode: Mode) -> Result<Self, Trouble> {
        let node = prepared(number, mode)?;
        let opened = Stream::with_buffers(&node, Type::VideoCapture, BUFFERS);
        let mut stream = opened.map_err(|error| trouble("buffers", &error))?;
        stream.set_timeout(AT_HAND);
        let handle = stream.handle();
        // From here on it is stopped by `drop`, whatever comes.
        let mut capture = Self {
            stream: None,
            handle,
            mode,
        };
        // The library queues the first one itself. A driver may have given fewer than were asked for.
        let others = 1..usize::try_from(BUFFERS).unwrap_or(1);
        let queued = others
            .map_while(|at| CaptureStream::queue(&mut stream, at).ok())
            .count();
        let started = if queued == 0 {
            Err(Trouble::new(Fault::Failed, "the driver gave no buffers"))
        } else {
            stream.start().map_err(|error| trouble("start", &error))
        };
        capture.stream = Some(stream);
        started.map(|()| capture)
    }
}

impl Drop for Capture {
    /// The libraries below panic when a device cannot be stopped.
    fn drop(&mut self) {
        let stream = self.stream.take();
        if catch_unwind(AssertUnwindSafe(|| drop(stream))).is_err() {
            tracing::warn!("a camera could not be stopped");
        }
    }
}

/// What lies behind the part that the driver filled is left over from an older frame.
fn filled<'a>(bytes: &'a [u8], told: &Metadata) -> &'a [u8] {
    let used = usize::try_from(told.bytesused).unwrap_or(usize::MAX);
    bytes.get(..used).unwrap_or(bytes)
}

fn facts(told: &Metadata, skipped: u32) -> Told {
    let seconds = u64::try_from(told.timestamp.sec).unwrap_or_default();
    let micros = u64::try_from(told.timestamp.usec).unwrap_or_default();
    Told {
        taken: Duration::from_secs(seconds) + Duration::from_micros(micros),
        is_damaged: told.flags.contains(Flags::ERROR),
        skipped,
    }
}

fn is_ready(handle: &Handle, patience: Duration) -> Result<bool, Trouble> {
    let millis = i32::try_from(patience.as_millis()).unwrap_or(i32::MAX);
    match handle.poll(READABLE, millis) {
        Ok(count) => Ok(count > 0),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
        Err(error) => Err(trouble("wait", &error)),
    }
}

/// Sets mode and rate, and makes sure that they were taken.
fn prepared(number: u32, mode: Mode) -> Result<Node, Trouble> {
    let index = usize::try_from(number).unwrap_or(usize::MAX);
    let node = Node::new(index).map_err(|error| trouble("open", &error))?;
    let letters = FourCC::new(mode.format.letters());
    let taken = node
        .set_format(&Format::new(mode.width, mode.height, letters))
        .map_err(|error| trouble("format", &error))?;
    if (taken.width, taken.height, taken.fourcc) != (mode.width, mode.height, letters) {
        let words = format!(
            "{mode} was asked for, and {} {}x{} given",
            taken.fourcc, taken.width, taken.height
        );
        return Err(Trouble::new(Fault::Unusable, words));
    }
    let interval = Fraction::new(mode.rate.1, mode.rate.0);
    if let Err(error) = node.set_params(&Parameters::new(interval)) {
        let trouble = trouble("rate", &error);
        if matches!(trouble.fault, Fault::Busy | Fault::Absent) {
            return Err(trouble);
        }
        tracing::debug!(%error, "the camera keeps its own rate");
    }
    Ok(node)
}

/// The mode that nokhwa comes to terms with. Its handle is closed again: only one may have the buffers.
fn agreed(number: u32) -> Result<Mode, Trouble> {
    let failed = |error: &dyn fmt::Display| Trouble::new(Fault::Failed, error.to_string());
    let formats = [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12];
    let requested = RequestedFormat::with_formats(RequestedFormatType::None, &formats);
    let camera = nokhwa::Camera::new(CameraIndex::Index(number), requested)
        .map_err(|error| failed(&error))?;
    let told = camera.camera_format();
    let format = match told.format() {
        FrameFormat::MJPEG => PixelFormat::Mjpg,
        FrameFormat::YUYV => PixelFormat::Yuyv,
        FrameFormat::NV12 => PixelFormat::Nv12,
        FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => {
            return Err(Trouble::new(Fault::Unusable, told.to_string()));
        }
    };
    Ok(Mode {
        format,
        width: told.width(),
        height: told.height(),
        rate: (told.frame_rate(), 1),
    })
}

fn survive<T>(open: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|_panic| {
        let words = "the library below gave up on it";
        Err(Trouble::new(Fault::Failed, words))
    })
}

fn trouble(doing: &str, error: &io::Error) -> Trouble {
    Trouble::new(fault_of(error), format!("{doing}: {error}"))
}
