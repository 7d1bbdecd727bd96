//! A camera's JPEG frames. Damaged ones give an error, never a panic and never half a picture.

use std::borrow::Cow;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::pixels::{Layout, Preview};
use super::reading::Flaw;

/// What says that the tables are those that every camera uses: many leave them out.
const AVI1: [u8; 12] = *b"\xff\xe0\x00\x0aAVI1\0\0\0\0";

/// The mark of a picture's end.
const END: [u8; 2] = [0xff, 0xd9];

/// A picture of that size, or what is wrong: damaged, cut off, empty, of another size. Colours are left away where
/// nobody sees them.
pub(super) fn decode(
    bytes: &[u8],
    width: usize,
    height: usize,
    preview: Preview,
) -> Result<(Layout, Vec<u8>), Flaw> {
    let bytes = prepared(bytes);
    let options = DecoderOptions::default().set_strict_mode(true);
    let mut headers = JpegDecoder::new_with_options(ZCursor::new(&*bytes), options);
    let known = headers.decode_headers();
    known.map_err(|_broken| Flaw::Broken)?;
    if headers.dimensions().ok_or(Flaw::Broken)? != (width, height) {
        return Err(Flaw::WrongSize);
    }
    let is_grey = headers.input_colorspace() == Some(ColorSpace::Luma);
    let (colours, layout) = if is_grey || preview == Preview::None {
        (ColorSpace::Luma, Layout::Grey)
    } else {
        (ColorSpace::YCbCr, Layout::YCbCr)
    };
    let options = options
        .set_max_width(width)
        .set_max_height(height)
        .jpeg_set_out_colorspace(colours);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&*bytes), options);
    let pixels = decoder.decode().map_err(|_broken| Flaw::Broken)?;
    Ok((layout, pixels))
}

/// As the decoder has to be given it: with the tables that the picture is packed by, and without the mark of its end.
/// A picture that is cut off and ends with that mark all the same would be filled up with grey, and be no error.
fn prepared(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (mut at, mut has_tables) = (2, false);
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        match marker {
            0xda => break,
            0xc4 => has_tables = true,
            _ => {}
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    let packed = bytes.get(at..).unwrap_or_default();
    let end = packed.windows(2).position(|two| two == END);
    let whole = &bytes[..end.map_or(bytes.len(), |end| at + end)];
    match whole.split_at_checked(2) {
        Some((start, rest)) if !has_tables => Cow::Owned([start, &AVI1, rest].concat()),
        Some(_) | None => Cow::Borrowed(whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Vec<u8> {
        let picture = image::RgbImage::from_fn(width, height, |x, y| {
            let value = u8::try_from((x * 37 + y * 101) % 256).unwrap();
            image::Rgb([value, 255 - value, value / 2])
        });
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90)
            .encode_image(&picture)
            .unwrap();
        bytes
    }

    fn shown(bytes: &[u8]) -> Result<(Layout, Vec<u8>), Flaw> {
        decode(bytes, 64, 48, Preview::Shown)
    }

    #[test]
    fn where_nobody_sees_it_brightness_alone_is_decoded() {
        let bytes = picture(64, 48);
        let (layout, grey) = decode(&bytes, 64, 48, Preview::None).unwrap();
        let (_, colours) = shown(&bytes).unwrap();
        let brightness: Vec<u8> = colours.iter().step_by(3).copied().collect();
        assert_eq!((layout, grey), (Layout::Grey, brightness));
    }

    #[test]
    fn a_camera_may_leave_out_the_tables_that_all_have() {
        let whole = picture(64, 48);
        let mut bare = whole[..2].to_vec();
        let mut at = 2;
        while whole[at + 1] != 0xda {
            let long = 2 + usize::from(u16::from_be_bytes([whole[at + 2], whole[at + 3]]));
            if whole[at + 1] != 0xc4 {
                bare.extend(&whole[at..at + long]);
            }
            at += long;
        }
        bare.extend(&whole[at..]);
        assert!(bare.len() < whole.len());
        assert_eq!(shown(&bare), shown(&whole));
    }

    #[test]
    fn a_whole_picture_is_decoded_in_its_size() {
        let (layout, pixels) = shown(&picture(64, 48)).unwrap();
        assert_eq!((layout, pixels.len()), (Layout::YCbCr, 64 * 48 * 3));
    }

    #[test]
    fn what_lies_behind_a_picture_in_the_buffer_does_no_harm() {
        let mut bytes = picture(64, 48);
        bytes.extend([0x5a; 5000]);
        assert!(shown(&bytes).is_ok());
    }

    #[test]
    fn a_picture_that_is_cut_off_or_empty_or_of_another_size_is_not_shown() {
        let bytes = picture(64, 48);
        for keep in [0, 1, 2, 100, bytes.len() / 3, bytes.len() / 2] {
            assert_eq!(shown(&bytes[..keep]).err(), Some(Flaw::Broken), "{keep}");
            // Cut off, and ended as if nothing were missing.
            let ended = [&bytes[..keep], &[0xff, 0xd9]].concat();
            assert_eq!(shown(&ended).err(), Some(Flaw::Broken), "{keep}");
        }
        for (width, height) in [(64, 40), (128, 96)] {
            let told = decode(&bytes, width, height, Preview::Shown);
            assert_eq!(told, Err(Flaw::WrongSize));
        }
        assert_eq!(shown(&[0; 4096]), Err(Flaw::Broken));
    }

    #[test]
    fn a_short_picture_before_the_rest_of_an_older_one_is_not_shown() {
        let bytes = picture(64, 48);
        let (half, _) = bytes.split_at(bytes.len() / 2);
        let stale = [half, &END, &bytes[half.len() + 2..]].concat();
        assert_eq!(shown(&stale).err(), Some(Flaw::Broken));
    }

    #[test]
    fn a_picture_of_one_colour_is_whole() {
        let flat = image::RgbImage::from_pixel(1280, 720, image::Rgb([0, 0, 0]));
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 50)
            .encode_image(&flat)
            .unwrap();
        assert!(decode(&bytes, 1280, 720, Preview::Shown).is_ok());
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let bytes = picture(64, 48);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x5a;
            drop(shown(&damaged));
        }
    }
}
