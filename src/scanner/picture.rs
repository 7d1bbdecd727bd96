//! Any picture to luma.

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

use crate::frame::Luma;

/// Why a file gives no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureFault {
    /// The file.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// Not a picture at all, by its first bytes.
    #[error("it is not a picture of a known kind")]
    NotAPicture,
    /// A picture that is damaged, or larger than a camera's.
    #[error("the picture is damaged or too large")]
    Damaged,
}

/// A side no camera reaches.
const MOST_PIXELS_A_SIDE: u32 = 16_384;
/// What decoding may take.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// Reads a file: turned as its EXIF says, transparent parts white.
pub fn open(path: &Path) -> Result<Luma, PictureFault> {
    parse(&std::fs::read(path).map_err(PictureFault::Unreadable)?)
}

/// Reads a file's bytes.
pub fn parse(bytes: &[u8]) -> Result<Luma, PictureFault> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(PictureFault::Unreadable)?;
    if reader.format().is_none() {
        return Err(PictureFault::NotAPicture);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS_A_SIDE);
    limits.max_image_height = Some(MOST_PIXELS_A_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader
        .into_decoder()
        .map_err(|_told| PictureFault::Damaged)?;
    let orientation = decoder
        .orientation()
        .map_err(|_told| PictureFault::Damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_told| PictureFault::Damaged)?;
    picture.apply_orientation(orientation);
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = if picture.color().has_alpha() {
        on_white(&picture)
    } else {
        picture.into_luma8().into_raw()
    };
    Luma::new(width, height, pixels).ok_or(PictureFault::Damaged)
}

fn on_white(picture: &DynamicImage) -> Vec<u8> {
    let picture = picture.to_luma_alpha8();
    picture
        .pixels()
        .map(|pixel| {
            let [luma, alpha] = pixel.0;
            let mixed = (u16::from(luma) * u16::from(alpha) + 255 * u16::from(255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        })
        .collect()
}
