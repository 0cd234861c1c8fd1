//! Senders' pictures to dots.
//!
//! ```text
//! bytes ─▶ decode (formats, svg) ─▶ Grey ─▶ scaled ─▶ halftone ─▶ Bitmap
//! ```
//!
//! Everything here is bounded before it is allocated: see [`limits`]. Decoders are other people's code; a panic in one is caught
//! and told as a damaged picture.

mod dither;
mod formats;
mod grey;
mod guard;
pub(crate) mod limits;
mod scale;
mod svg;

pub use dither::Halftone;
pub(crate) use formats::size as size_of_picture;
pub(crate) use grey::Channels;
pub use grey::Grey;
pub(crate) use guard::{GuardError, guarded};

use crate::bitmap::Bitmap;

/// Why a picture cannot be printed. It never quotes the picture's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// No bytes, or no dots.
    #[error("the picture is empty")]
    Empty,
    /// More bytes than a picture may have.
    #[error("the picture has more than {limit} bytes")]
    TooManyBytes {
        /// Bytes allowed.
        limit: usize,
    },
    /// Larger than a picture may be; told by its header, nothing was decoded.
    #[error("the picture is too large: {width} × {height} dots, {limit} in all are allowed")]
    TooLarge {
        /// Dots from left to right that the header claims.
        width: u32,
        /// Dots from top to bottom.
        height: u32,
        /// Dots allowed, across times down.
        limit: u64,
    },
    /// One of its sides is longer than a picture's may be; told by its header.
    #[error("the picture is too long on one side: {dots} dots, {limit} are allowed")]
    TooWide {
        /// Dots of that side.
        dots: u32,
        /// Dots allowed.
        limit: u32,
    },
    /// None of the formats that are read.
    #[error("the picture is not PNG, JPEG, GIF, BMP, WebP or SVG")]
    UnknownFormat,
    /// It breaks off or is no picture inside.
    #[error("the {format} picture is damaged")]
    Damaged {
        /// Its format.
        format: &'static str,
    },
    /// Drawing it would take too much time or memory.
    #[error("the SVG picture asks for too much work: {what}")]
    TooComplex {
        /// What there is too much of.
        what: &'static str,
    },
    /// It would be longer on paper than a document may be.
    #[error("the picture is too long for the paper: {rows} rows of dots, {limit} are allowed")]
    TooLong {
        /// Rows at the width of the paper.
        rows: usize,
        /// Rows allowed.
        limit: usize,
    },
}

/// How wide a picture becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// As wide as it is, a dot of paper for a dot of the picture; narrower where the paper is.
    #[default]
    Natural,
    /// So many dots, also where it is smaller; at most the paper's width.
    Width(usize),
}

/// A picture as dots, and what of it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The dots.
    pub bitmap: Bitmap,
    /// Pictures within an SVG that are left out: those that it only names, wherever they are, since nothing is fetched; and
    /// those that are not PNG, JPEG, GIF or WebP, or too large.
    pub left_out: usize,
}

/// A picture as dots for paper of that width.
///
/// PNG, JPEG, GIF (its first frame), BMP, WebP (first frame) and SVG, told by their content. What is transparent is white; the
/// orientation that a camera noted is applied.
///
/// # Errors
/// [`ImageError`], with the reason.
pub fn bitmap(
    bytes: &[u8],
    fit: Fit,
    halftone: Halftone,
    dots: usize,
) -> Result<Bitmap, ImageError> {
    drawn(bytes, fit, halftone, dots).map(|drawn| drawn.bitmap)
}

/// The same, with what was left out.
///
/// # Errors
/// [`ImageError`], with the reason.
pub fn drawn(bytes: &[u8], fit: Fit, halftone: Halftone, dots: usize) -> Result<Drawn, ImageError> {
    let (grey, left_out) = decoded(bytes, fit, dots)?;
    Ok(Drawn { bitmap: halftone.apply(&grey), left_out })
}

/// A picture in shades of grey, scaled for paper of that width.
///
/// # Errors
/// [`ImageError`].
pub fn decode(bytes: &[u8], fit: Fit, dots: usize) -> Result<Grey, ImageError> {
    decoded(bytes, fit, dots).map(|(grey, _)| grey)
}

/// Its shades, and how many pictures within it are left out.
fn decoded(bytes: &[u8], fit: Fit, dots: usize) -> Result<(Grey, usize), ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    if bytes.len() > limits::BYTES {
        return Err(ImageError::TooManyBytes { limit: limits::BYTES });
    }
    if svg::is_svg(bytes) {
        return guarded(|| svg::render(bytes, fit, dots)).map_err(|error| error.of("SVG"))?;
    }
    let grey = formats::decode(bytes)?;
    let width = fit.width(grey.width(), dots);
    let rows = limits::scaled_rows(grey.width(), grey.height(), width);
    if rows > limits::ROWS {
        return Err(ImageError::TooLong { rows, limit: limits::ROWS });
    }
    Ok((scale::to_width(grey, width, rows), 0))
}

impl Fit {
    /// The width in dots on paper of that width.
    fn width(self, natural: usize, dots: usize) -> usize {
        match self {
            Fit::Natural => natural.min(dots),
            Fit::Width(width) => width.clamp(1, dots.max(1)),
        }
    }
}

impl GuardError {
    fn of(self, format: &'static str) -> ImageError {
        match self {
            GuardError::Panicked | GuardError::NoThread => ImageError::Damaged { format },
        }
    }
}
