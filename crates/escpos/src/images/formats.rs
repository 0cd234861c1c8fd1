//! Pictures in dots: PNG, JPEG, GIF, BMP and WebP.

use super::grey::{Channels, Grey};
use super::guard::caught;
use super::{ImageError, limits};
use image::codecs::bmp::BmpDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageFormat, Limits};
use std::io::Cursor;

/// A picture of any of these formats, told by its first bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<Grey, ImageError> {
    let format = image::guess_format(bytes).map_err(|_| ImageError::UnknownFormat)?;
    let name = name(format).ok_or(ImageError::UnknownFormat)?;
    caught(|| decode_as(bytes, format)).unwrap_or(Err(ImageError::Damaged { format: name }))
}

/// Width and height by the header.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let format = image::guess_format(bytes).ok()?;
    let size =
        || image::ImageReader::with_format(Cursor::new(bytes), format).into_dimensions().ok();
    caught(size)?
}

fn name(format: ImageFormat) -> Option<&'static str> {
    Some(match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Gif => "GIF",
        ImageFormat::Bmp => "BMP",
        ImageFormat::WebP => "WebP",
        _ => return None,
    })
}

fn decode_as(bytes: &[u8], format: ImageFormat) -> Result<Grey, ImageError> {
    let damaged = ImageError::Damaged { format: name(format).unwrap_or_default() };
    let bytes = Cursor::new(bytes);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(limits::DECODED);
    match format {
        ImageFormat::Png => read(PngDecoder::with_limits(bytes, limits), limits::PIXELS, damaged),
        ImageFormat::Jpeg if !is_whole_jpeg(bytes.get_ref()) => Err(damaged),
        ImageFormat::Jpeg => read(JpegDecoder::new(bytes), limits::PIXELS_OF_HUNGRY, damaged),
        ImageFormat::Gif => read(GifDecoder::new(bytes), limits::PIXELS, damaged),
        ImageFormat::Bmp => read(BmpDecoder::new(bytes), limits::PIXELS, damaged),
        ImageFormat::WebP => read(WebPDecoder::new(bytes), limits::PIXELS_OF_HUNGRY, damaged),
        _ => Err(ImageError::UnknownFormat),
    }
}

/// Whether a JPEG has its end behind the last scan; the decoder fills what is missing with grey. Within a scan these two bytes
/// cannot stand beside each other (ITU T.81, B.1.1.5).
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|pair| pair == marker);
    last([0xFF, 0xD9]) > last([0xFF, 0xDA])
}

fn read<D: ImageDecoder>(
    decoder: image::ImageResult<D>,
    most_pixels: u64,
    damaged: ImageError,
) -> Result<Grey, ImageError> {
    let mut decoder = decoder.map_err(|_| damaged)?;
    let (width, height) = decoder.dimensions();
    let bytes_each = u64::from(decoder.color_type().bytes_per_pixel().max(1));
    let limit = most_pixels.min(limits::DECODED / bytes_each);
    if u64::from(width) * u64::from(height) > limit {
        return Err(ImageError::TooLarge { width, height, limit });
    }
    if width == 0 || height == 0 {
        return Err(ImageError::Empty);
    }
    if width.max(height) > limits::SIDE {
        return Err(ImageError::TooWide { dots: width.max(height), limit: limits::SIDE });
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(limits::DECODED);
    decoder.set_limits(limits).map_err(|_| damaged)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let color = decoder.color_type();
    let mut decoded = vec![0; usize::try_from(decoder.total_bytes()).map_err(|_| damaged)?];
    decoder.read_image(&mut decoded).map_err(|_| damaged)?;
    let channels = eight_bit(color, &mut decoded).ok_or(damaged)?;
    let grey = Grey::from_channels(width as usize, height as usize, decoded, channels);
    Ok(upright(grey, orientation))
}

/// Makes 16-bit channels 8-bit ones, and tells which they are.
fn eight_bit(color: ColorType, bytes: &mut Vec<u8>) -> Option<Channels> {
    let (channels, wide) = match color {
        ColorType::L8 => (Channels::Grey, false),
        ColorType::La8 => (Channels::GreyAlpha, false),
        ColorType::Rgb8 => (Channels::Rgb, false),
        ColorType::Rgba8 => (Channels::Rgba, false),
        ColorType::L16 => (Channels::Grey, true),
        ColorType::La16 => (Channels::GreyAlpha, true),
        ColorType::Rgb16 => (Channels::Rgb, true),
        ColorType::Rgba16 => (Channels::Rgba, true),
        _ => return None,
    };
    if wide {
        let samples = bytes.len() / 2;
        for at in 0..samples {
            let sample = u16::from_ne_bytes([bytes[at * 2], bytes[at * 2 + 1]]);
            bytes[at] = (sample >> 8) as u8;
        }
        bytes.truncate(samples);
    }
    Some(channels)
}

fn upright(grey: Grey, orientation: Orientation) -> Grey {
    match orientation {
        Orientation::NoTransforms => grey,
        Orientation::FlipHorizontal => grey.mirrored(),
        Orientation::FlipVertical => grey.mirrored().turned(),
        Orientation::Rotate180 => grey.turned(),
        Orientation::Rotate90 => grey.transposed().mirrored(),
        Orientation::Rotate270 => grey.transposed().mirrored().turned(),
        Orientation::Rotate90FlipH => grey.transposed(),
        Orientation::Rotate270FlipH => grey.transposed().turned(),
    }
}
