//! A camera's JPEG frames. Damaged ones give an error, never a panic and never half a picture.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::pixels::Layout;

/// A picture of that size, or `None`: damaged, cut off, empty, of another size.
pub(super) fn decode(bytes: &[u8], width: usize, height: usize) -> Option<(Layout, Vec<u8>)> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(width)
        .set_max_height(height);
    let mut headers = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    headers.decode_headers().ok()?;
    if headers.dimensions()? != (width, height) {
        return None;
    }
    let (colours, layout) = if headers.input_colorspace()? == ColorSpace::Luma {
        (ColorSpace::Luma, Layout::Grey)
    } else {
        (ColorSpace::YCbCr, Layout::YCbCr)
    };
    let mut decoder = JpegDecoder::new_with_options(
        ZCursor::new(bytes),
        options.jpeg_set_out_colorspace(colours),
    );
    let pixels = decoder.decode().ok()?;
    Some((layout, pixels))
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

    #[test]
    fn a_whole_picture_is_decoded_in_its_size() {
        let (layout, pixels) = decode(&picture(64, 48), 64, 48).unwrap();
        assert_eq!((layout, pixels.len()), (Layout::YCbCr, 64 * 48 * 3));
    }

    #[test]
    fn what_lies_behind_a_picture_in_the_buffer_does_no_harm() {
        let mut bytes = picture(64, 48);
        bytes.extend([0x5a; 5000]);
        assert!(decode(&bytes, 64, 48).is_some());
    }

    #[test]
    fn a_picture_that_is_cut_off_or_empty_or_of_another_size_is_none() {
        let bytes = picture(64, 48);
        for keep in [0, 1, 2, 100, bytes.len() / 3, bytes.len() / 2] {
            assert!(decode(&bytes[..keep], 64, 48).is_none(), "{keep}");
        }
        assert!(decode(&bytes, 64, 40).is_none());
        assert!(decode(&bytes, 128, 96).is_none());
        assert!(decode(&[0; 4096], 64, 48).is_none());
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let bytes = picture(64, 48);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x5a;
            drop(decode(&damaged, 64, 48));
        }
    }
}
