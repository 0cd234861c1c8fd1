//! Pictures for print heads of nine pins.
//!
//! Their dots are coarser than a column of their text: [`Graphics::Pins`](crate::Graphics::Pins) has a dot for two of the
//! profile's across (in double density no two dots may stand beside each other), and 72 in an inch down. So a picture is made
//! smaller first, in shades of grey, and these become dots anew.

use super::{has_real_time, scrub, word};
use crate::bitmap::Bitmap;
use crate::images::{Grey, Halftone};
use crate::scan::ESC;

/// Pins in an inch.
const PINS: usize = 72;
/// Pins of a strip.
const STRIP: usize = 8;
/// Its height in the unit of `ESC 3`, 1/144 inch on these models.
const FEED: u8 = 16;
/// Dots of the profile for a dot of the picture across.
const ACROSS: usize = 2;
/// Single density: dots may stand beside each other.
const MODE: u8 = 0;

/// `ESC * 0` strips of 8 rows, each a line of its own, fed by exactly its height. The line spacing is the default one after it.
pub(super) fn write(bitmap: &Bitmap, dpi: usize, out: &mut Vec<u8>) {
    let picture = reduced(bitmap, dpi);
    out.extend([ESC, b'3', FEED]);
    for top in (0..picture.height()).step_by(STRIP) {
        strip(&picture, top, out);
        out.push(b'\n');
    }
    out.extend([ESC, b'2']);
}

/// `ESC * 0 nL nH` and a byte for each column of 8 rows from `top`.
fn strip(picture: &Bitmap, top: usize, out: &mut Vec<u8>) {
    let mut width = picture.width();
    if has_real_time(&word(width)) {
        width += 1;
    }
    let [low, high] = word(width);
    out.extend([ESC, b'*', MODE, low, high]);
    let from = out.len();
    out.resize(from + width, 0);
    for row in 0..STRIP.min(picture.height().saturating_sub(top)) {
        for x in (0..picture.width()).filter(|x| picture.is_black(*x, top + row)) {
            out[from + x] |= 0x80 >> row;
        }
    }
    scrub(&mut out[from..]);
}

/// The picture in the head's own dots.
fn reduced(bitmap: &Bitmap, dpi: usize) -> Bitmap {
    let shade = |black| if black { 0 } else { u8::MAX };
    let rows = (0..bitmap.height()).map(|y| (0..bitmap.width()).map(move |x| (x, y)));
    let shades = rows.flatten().map(|(x, y)| shade(bitmap.is_black(x, y))).collect();
    let grey = Grey::new(bitmap.width(), bitmap.height(), shades);
    let width = bitmap.width().div_ceil(ACROSS);
    let height = (bitmap.height() * PINS + dpi / 2) / dpi.max(1);
    Halftone::Auto.apply(&grey.sized(width, height.max(1)))
}

/// Dots of the profile, down, for so many rows of pins: how the paper of such a printer is drawn.
pub(crate) fn rows_of_dots(rows: usize, dpi: usize) -> usize {
    (rows * dpi).div_ceil(PINS)
}
