//! One opened camera, until something goes wrong with it.
//!
//! nokhwa opens what it can. It cannot be told of rates that are fractions, nor of GREY, which it spells GRAY; for
//! those the library below it is used as it is. A camera that was left at such a rate or format cannot be opened by
//! nokhwa at all, whatever is asked for: the mode is set by ioctl first, through a handle that is closed again.

use std::borrow::Cow;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use nokhwa::NokhwaError;
use nokhwa::utils::{
    CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution,
};
use v4l::buffer::Type;
use v4l::fraction::Fraction;
use v4l::io::mmap::Stream;
use v4l::io::traits::CaptureStream;
use v4l::video::Capture as _;
use v4l::video::capture::Parameters;
use v4l::{Device as Node, Format, FourCC};

use super::condition::Fault;
use super::devices::{BUSY, Device, GONE, NOT_ALLOWED, NOT_PERMITTED, ranked};
use super::mode::{Mode, PixelFormat};

/// More modes than these are not tried one after the other: each costs up to 10 ms.
const TRIED: usize = 8;

/// An open camera. It belongs to the thread that opened it.
pub(super) struct Capture {
    reader: Option<Reader>,
    pub(super) mode: Mode,
}

enum Reader {
    Nokhwa(nokhwa::Camera),
    Plain(Stream<'static>),
}

impl Capture {
    /// Opens a device in the best mode that it really takes.
    pub(super) fn open(device: &Device, size: Option<(u32, u32)>) -> Result<Self, Fault> {
        let mut last = Fault::Unusable;
        for mode in ranked(&device.modes, size).into_iter().take(TRIED) {
            match survive(|| Self::open_in(device.number, mode)) {
                Ok(reader) => {
                    return Ok(Self {
                        reader: Some(reader),
                        mode,
                    });
                }
                Err(fault @ (Fault::Absent | Fault::Busy | Fault::Refused)) => return Err(fault),
                Err(fault @ (Fault::Failed | Fault::Unusable)) => last = fault,
            }
        }
        survive(|| Self::open_anyhow(device.number)).map_err(|fault| match fault {
            Fault::Absent | Fault::Busy | Fault::Refused => fault,
            Fault::Failed | Fault::Unusable => last,
        })
    }

    /// The next frame's bytes; blocks until it comes, for ever in a stall.
    pub(super) fn next(&mut self) -> Result<Cow<'_, [u8]>, Fault> {
        match &mut self.reader {
            Some(Reader::Nokhwa(camera)) => camera.frame_raw().map_err(|error| fault_of(&error)),
            Some(Reader::Plain(stream)) => match stream.next() {
                Ok((bytes, told)) => {
                    let used = usize::try_from(told.bytesused).unwrap_or(0);
                    Ok(Cow::Borrowed(&bytes[..used.min(bytes.len())]))
                }
                Err(error) => Err(fault_of_system(&error)),
            },
            None => Err(Fault::Failed),
        }
    }

    fn open_in(number: u32, mode: Mode) -> Result<Reader, Fault> {
        let node = prepared(number, mode)?;
        let Some(wanted) = nokhwa_format(mode) else {
            let stream = Stream::new(&node, Type::VideoCapture);
            return stream
                .map(Reader::Plain)
                .map_err(|error| fault_of_system(&error));
        };
        drop(node);
        let formats = [wanted.format()];
        let requested = RequestedFormat::with_formats(RequestedFormatType::Exact(wanted), &formats);
        started(number, requested).map(Reader::Nokhwa)
    }

    /// Whatever nokhwa comes to terms with.
    fn open_anyhow(number: u32) -> Result<Self, Fault> {
        let formats = [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12];
        let requested = RequestedFormat::with_formats(RequestedFormatType::None, &formats);
        let camera = started(number, requested)?;
        let told = camera.camera_format();
        let format = match told.format() {
            FrameFormat::MJPEG => PixelFormat::Mjpg,
            FrameFormat::YUYV => PixelFormat::Yuyv,
            FrameFormat::NV12 => PixelFormat::Nv12,
            FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => {
                return Err(Fault::Unusable);
            }
        };
        Ok(Self {
            mode: Mode {
                format,
                width: told.width(),
                height: told.height(),
                rate: (told.frame_rate(), 1),
            },
            reader: Some(Reader::Nokhwa(camera)),
        })
    }
}

impl Drop for Capture {
    /// The libraries below panic when a device cannot be stopped.
    fn drop(&mut self) {
        let reader = self.reader.take();
        if catch_unwind(AssertUnwindSafe(|| drop(reader))).is_err() {
            tracing::warn!("a camera could not be stopped");
        }
    }
}

/// Sets mode and rate, and makes sure that they were taken.
fn prepared(number: u32, mode: Mode) -> Result<Node, Fault> {
    let system = |error: io::Error| fault_of_system(&error);
    let node = Node::new(usize::try_from(number).unwrap_or(usize::MAX)).map_err(system)?;
    let letters = FourCC::new(mode.format.letters());
    let taken = node
        .set_format(&Format::new(mode.width, mode.height, letters))
        .map_err(system)?;
    if (taken.width, taken.height, taken.fourcc) != (mode.width, mode.height, letters) {
        return Err(Fault::Unusable);
    }
    let interval = Fraction::new(mode.rate.1, mode.rate.0);
    if let Err(error) = node.set_params(&Parameters::new(interval)) {
        if error.raw_os_error() == Some(BUSY) {
            return Err(Fault::Busy);
        }
        tracing::debug!(%error, "the camera keeps its own rate");
    }
    Ok(node)
}

fn nokhwa_format(mode: Mode) -> Option<CameraFormat> {
    let format = match mode.format {
        PixelFormat::Mjpg => FrameFormat::MJPEG,
        PixelFormat::Yuyv => FrameFormat::YUYV,
        PixelFormat::Nv12 => FrameFormat::NV12,
        PixelFormat::Grey => return None,
    };
    let (frames, seconds) = mode.rate;
    let resolution = Resolution::new(mode.width, mode.height);
    (seconds == 1).then(|| CameraFormat::new(resolution, format, frames))
}

fn started(number: u32, requested: RequestedFormat<'_>) -> Result<nokhwa::Camera, Fault> {
    let opened = nokhwa::Camera::new(CameraIndex::Index(number), requested);
    let mut camera = opened.map_err(|error| fault_of(&error))?;
    camera.open_stream().map_err(|error| fault_of(&error))?;
    Ok(camera)
}

fn survive<T>(open: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(open)).unwrap_or(Err(Fault::Failed))
}

/// nokhwa hands the system's error on as text only.
fn fault_of(error: &NokhwaError) -> Fault {
    let text = error.to_string();
    let number = text
        .rsplit_once("(os error ")
        .and_then(|(_before, rest)| rest.split(')').next()?.parse().ok());
    tracing::debug!(%error, "camera");
    fault_of_number(number)
}

fn fault_of_system(error: &io::Error) -> Fault {
    tracing::debug!(%error, "camera");
    fault_of_number(error.raw_os_error())
}

fn fault_of_number(number: Option<i32>) -> Fault {
    match number {
        Some(BUSY) => Fault::Busy,
        Some(NOT_ALLOWED | NOT_PERMITTED) => Fault::Refused,
        // ENOENT, ENXIO, ENODEV
        Some(2 | 6 | GONE) => Fault::Absent,
        _ => Fault::Failed,
    }
}
