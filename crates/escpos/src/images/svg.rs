//! SVG pictures. Nothing is fetched: no files, no network, no fonts of the system.

mod expansion;
mod letters;
mod style;
mod work;

use super::grey::{Channels, Grey};
use super::{Fit, ImageError, formats, limits};
use crate::typeset::MONO;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of an SVG file.
const BYTES: usize = 4 << 20;
/// Elements and runs of text in the file.
const NODES: u32 = 100_000;
/// Dots of the picture that is drawn: its colours take four bytes each, and its layers as much again.
const PIXELS: usize = 4_000_000;
/// Dots of a picture within it.
const EMBEDDED_PIXELS: u64 = 4_000_000;

const DAMAGED: ImageError = ImageError::Damaged { format: "SVG" };

/// Whether the bytes look like SVG: text whose first element is `svg`, behind whatever XML has before it.
pub(super) fn is_svg(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64 << 10)];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    text.starts_with(b"<") && head.windows(4).any(|four| four.eq_ignore_ascii_case(b"<svg"))
}

/// Draws the picture at its width in dots, and tells how many pictures within it are left out. Called on a thread with a large
/// stack: both libraries recurse.
pub(super) fn render(bytes: &[u8], fit: Fit, dots: usize) -> Result<(Grey, usize), ImageError> {
    if bytes.len() > BYTES {
        return Err(ImageError::TooManyBytes { limit: BYTES });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DAMAGED)?;
    expansion::check_entities(text)?;
    let parsing = ParsingOptions { allow_dtd: true, nodes_limit: NODES, entity_resolver: None };
    let document = Document::parse_with_options(text, parsing).map_err(|_| DAMAGED)?;
    expansion::check_elements(&document)?;
    let left_out = AtomicUsize::new(0);
    let options = options(&document, &left_out);
    let tree = Tree::from_xmltree(&document, &options).map_err(|_| DAMAGED)?;
    Ok((draw(&tree, fit, dots)?, left_out.load(Ordering::Relaxed)))
}

/// Pictures that are not drawn are counted.
fn options<'a>(document: &Document<'_>, left_out: &'a AtomicUsize) -> Options<'a> {
    let or_count = move |picture: Option<ImageKind>| {
        if picture.is_none() {
            left_out.fetch_add(1, Ordering::Relaxed);
        }
        picture
    };
    let has_text = document.descendants().any(|node| node.tag_name().name() == "text");
    Options {
        font_family: MONO.into(),
        fontdb: if has_text { letters::database() } else { Arc::default() },
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(move |_, data, _| or_count(embedded(data))),
            resolve_string: Box::new(move |_, _| or_count(None)),
        },
        ..Options::default()
    }
}

/// A picture in a data URI, if its header is modest. SVG within SVG is left out.
fn embedded(data: Arc<Vec<u8>>) -> Option<ImageKind> {
    let (width, height) = formats::size(&data)?;
    if u64::from(width) * u64::from(height) > EMBEDDED_PIXELS {
        return None;
    }
    Some(match data.get(..4)? {
        [0x89, b'P', ..] => ImageKind::PNG(data),
        [0xFF, 0xD8, ..] => ImageKind::JPEG(data),
        b"GIF8" => ImageKind::GIF(data),
        b"RIFF" => ImageKind::WEBP(data),
        _ => return None,
    })
}

fn draw(tree: &Tree, fit: Fit, dots: usize) -> Result<Grey, ImageError> {
    let size = tree.size();
    let natural = (size.width().round() as usize).max(1);
    let width = fit.width(natural, dots);
    let scale = width as f32 / size.width();
    let height = (size.height() * scale).round().max(1.0) as usize;
    if height > limits::ROWS {
        return Err(ImageError::TooLong { rows: height, limit: limits::ROWS });
    }
    if width * height > PIXELS {
        let [width, height] = [width, height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        return Err(ImageError::TooLarge { width, height, limit: PIXELS as u64 });
    }
    work::check(tree, scale, width, height)?;
    // Both are far below 2^32.
    let mut pixmap = Pixmap::new(width as u32, height as u32).ok_or(DAMAGED)?;
    pixmap.fill(Color::WHITE);
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    // On white everything is opaque, so that premultiplied colours are the colours.
    Ok(Grey::from_channels(width, height, pixmap.take(), Channels::Rgba))
}
