//! Pictures to printer commands.

mod pins;

pub(crate) use pins::rows_of_dots;

use crate::bitmap::Bitmap;
use crate::profile::{Graphics, Profile};
use crate::scan::{DLE, ESC, GS};

/// Why a picture cannot be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RasterError {
    /// The profile has no command for images.
    #[error("this printer prints no images")]
    NoImages,
    /// Its dots are larger than what a scanner can read.
    #[error("this printer's pictures are too coarse for a code")]
    TooCoarse,
    /// More dots in a row than the printer has.
    #[error("the picture is wider than the paper")]
    TooWide,
}

/// Bytes of one band at most. A printer starts to print when it has a band, and its buffer (4 KB on the smallest) need not hold a whole
/// picture; so bands are small, but not so small that their heads count.
const BAND: usize = 4096;
/// Rows of a band at most; below 256, so that no height looks like a real-time command. (`GS v 0` takes 2,303.)
const MOST_ROWS: usize = 255;
/// Rows of a band of `ESC *` with 24 dots.
const COLUMN_ROWS: usize = 24;

/// Writes a picture at the alignment that is active, with the command of the profile. The printer is at the beginning of a line
/// before and after; the line spacing is the default one after `ESC *`.
///
/// White rows at the edges are sent as they are: a feed of so many dots (`ESC J`) is a different length on models whose motion unit is
/// not a dot.
///
/// # Errors
/// [`RasterError`]; nothing is written then.
pub(crate) fn write(
    bitmap: &Bitmap,
    profile: &Profile,
    out: &mut Vec<u8>,
) -> Result<(), RasterError> {
    if bitmap.width() > profile.dots {
        return Err(RasterError::TooWide);
    }
    if bitmap.width() == 0 || bitmap.height() == 0 {
        return Ok(());
    }
    out.reserve(bitmap.packed().len() + bitmap.packed().len() / 64 + 64);
    match profile.graphics {
        Graphics::None => return Err(RasterError::NoImages),
        Graphics::Raster => bands(bitmap, profile, |band| raster_band(band, out)),
        Graphics::Stored => bands(bitmap, profile, |band| stored_band(band, out)),
        Graphics::Columns => columns(bitmap, out),
        Graphics::Pins => pins::write(bitmap, profile.dpi, out),
    }
    Ok(())
}

/// Writes a picture whose single dots count: a code.
///
/// # Errors
/// [`RasterError`]; nothing is written then.
pub(crate) fn write_exactly(
    bitmap: &Bitmap,
    profile: &Profile,
    out: &mut Vec<u8>,
) -> Result<(), RasterError> {
    match profile.graphics {
        Graphics::Pins => Err(RasterError::TooCoarse),
        _ => write(bitmap, profile, out),
    }
}

/// Rows of dots that are printed at once.
struct Band<'a> {
    width: usize,
    rows: usize,
    dots: &'a [u8],
}

fn bands(bitmap: &Bitmap, profile: &Profile, mut each: impl FnMut(&Band<'_>)) {
    let row_bytes = bitmap.row_bytes();
    let rows = (BAND / row_bytes).clamp(1, profile.graphics_rows.clamp(1, MOST_ROWS));
    for dots in bitmap.packed().chunks(rows * row_bytes) {
        each(&Band { width: bitmap.width(), rows: dots.len() / row_bytes, dots });
    }
}

/// `GS v 0 0 xL xH yL yH`, x in bytes.
fn raster_band(band: &Band<'_>, out: &mut Vec<u8>) {
    let [xl, xh] = word(band.width.div_ceil(8));
    let [yl, yh] = word(band.rows);
    command(&[GS, b'v', b'0', 0, xl, xh, yl, yh], band, out);
}

/// `GS ( L` function 112 (48 112 48 1 1 49, x in dots), then function 50. A band is always below 65,535 bytes.
fn stored_band(band: &Band<'_>, out: &mut Vec<u8>) {
    let [pl, ph] = word(band.dots.len() + 10);
    let [xl, xh] = word(band.width);
    let [yl, yh] = word(band.rows);
    let head = [GS, b'(', b'L', pl, ph, 48, 112, 48, 1, 1, 49, xl, xh, yl, yh];
    if has_real_time(&head) {
        // Of 1,040 dots or 1,030 bytes, for one; printers that store images take the other command as well.
        return raster_band(band, out);
    }
    command(&head, band, out);
    out.extend([GS, b'(', b'L', 2, 0, 48, 50]);
}

fn command(head: &[u8], band: &Band<'_>, out: &mut Vec<u8>) {
    out.extend(head);
    let from = out.len();
    out.extend(band.dots);
    scrub(&mut out[from..]);
}

/// `ESC * 33` strips of 24 rows, each a line of its own, 24 dots of paper each.
fn columns(bitmap: &Bitmap, out: &mut Vec<u8>) {
    out.extend([ESC, b'3', 24]);
    for top in (0..bitmap.height()).step_by(COLUMN_ROWS) {
        column_strip(bitmap, top, out);
        out.push(b'\n');
    }
    out.extend([ESC, b'2']);
}

/// `ESC * 33 nL nH` and the columns of 24 rows from `top`, three bytes each.
pub(crate) fn column_strip(bitmap: &Bitmap, top: usize, out: &mut Vec<u8>) {
    let mut width = bitmap.width();
    if has_real_time(&word(width)) {
        width += 1;
    }
    let [nl, nh] = word(width);
    out.extend([ESC, b'*', 33, nl, nh]);
    let from = out.len();
    out.resize(from + width * 3, 0);
    for row in 0..COLUMN_ROWS.min(bitmap.height().saturating_sub(top)) {
        for x in (0..bitmap.width()).filter(|x| bitmap.is_black(*x, top + row)) {
            out[from + x * 3 + row / 8] |= 0x80 >> (row % 8);
        }
    }
    scrub(&mut out[from..]);
}

/// Low and high byte; both are within range for every bitmap that fits a printer.
fn word(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes()
}

/// Changes dots in an image's data so that no real-time command stands in it: real printers carry these out wherever they find
/// them (drawer kick, power off). The lone dot of the `10` that begins one gets a second dot at its left, which is the least that
/// can be seen, and cannot begin another one or lie beyond the picture. To be called on the whole data of a command: rows follow each
/// other without anything between.
pub(crate) fn scrub(data: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = find(&data[at..]) {
        at += found;
        data[at] |= 0x20;
        at += 1;
    }
}

/// Whether a real-time command stands in the bytes, whatever its number.
pub(crate) fn has_real_time(bytes: &[u8]) -> bool {
    find(bytes).is_some()
}

/// Where the first `DLE EOT`, `DLE ENQ` or `DLE DC4` begins. What follows is not looked at: which numbers mean something differs by
/// model.
fn find(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|byte| *byte == DLE) {
        at += next;
        if let Some(0x04 | 0x05 | 0x14) = bytes.get(at + 1) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests;
