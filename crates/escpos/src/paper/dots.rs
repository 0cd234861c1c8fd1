//! Image data to dots.

use crate::Bitmap;

/// Rows of `width_bytes` each, as far as the data has them, and no wider than `most` dots.
pub(super) fn raster(width_bytes: usize, rows: usize, data: &[u8], most: usize) -> Bitmap {
    let rows = data.chunks(width_bytes.max(1)).take(rows);
    let width = (width_bytes * 8).min(most);
    let mut bitmap = Bitmap::new(width, rows.len());
    let bytes = bitmap.row_bytes();
    let spare = bytes * 8 - width;
    for (y, row) in rows.enumerate() {
        let target = bitmap.row_mut(y);
        let taken = row.len().min(bytes);
        target[..taken].copy_from_slice(&row[..taken]);
        if let Some(last) = target.last_mut() {
            *last &= 0xFF << spare;
        }
    }
    bitmap
}

/// Columns of `rows` dots each, top dot in the highest bit of the first byte; no more than `most` columns.
pub(super) fn columns(columns: usize, rows: usize, data: &[u8], most: usize) -> Bitmap {
    let bytes = (rows / 8).max(1);
    let came = data.len().div_ceil(bytes);
    let mut bitmap = Bitmap::new(columns.min(most).min(came), rows);
    for (x, column) in data.chunks(bytes).take(bitmap.width()).enumerate() {
        for (at, byte) in column.iter().enumerate() {
            for bit in (0..8).filter(|bit| byte & (0x80 >> bit) != 0) {
                bitmap.blacken(x, at * 8 + bit);
            }
        }
    }
    bitmap
}

/// Dots of paper across and down for a dot of `ESC *` in this mode. From Epson's reference, for heads of 203 dots in an inch.
pub(super) fn density(mode: u8) -> (usize, usize) {
    match mode {
        0 => (2, 3),
        1..=7 => (1, 3),
        32 => (2, 1),
        _ => (1, 1),
    }
}

/// The same across for the pins of an impact printer, whose rows are [`stretched`] to the dots of its profile.
pub(super) fn pin_density(mode: u8) -> (usize, usize) {
    if mode == 0 { (2, 1) } else { (1, 1) }
}

/// The picture with so many rows, each the one that stands there.
pub(super) fn stretched(bitmap: &Bitmap, rows: usize) -> Bitmap {
    let mut out = Bitmap::new(bitmap.width(), rows);
    for y in 0..rows {
        out.row_mut(y).copy_from_slice(bitmap.row(y * bitmap.height() / rows.max(1)));
    }
    out
}

/// The same for the modes of `GS v 0` and `GS /`.
pub(super) fn scale(mode: u8) -> Option<(usize, usize)> {
    match mode {
        0 | 48 => Some((1, 1)),
        1 | 49 => Some((2, 1)),
        2 | 50 => Some((1, 2)),
        3 | 51 => Some((2, 2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rasters_end_at_the_paper_and_at_their_data() {
        let bitmap = raster(2, 9, &[0xFF, 0xFF, 0x0F, 0xFF, 0x80], 12);
        assert_eq!((bitmap.width(), bitmap.height()), (12, 3));
        assert_eq!(bitmap.packed(), [0xFF, 0xF0, 0x0F, 0xF0, 0x80, 0]);
    }

    #[test]
    fn columns_stand_upright() {
        let bitmap = columns(2, 24, &[0x80, 0, 0x01, 0, 0x80, 0], 99);
        assert!(bitmap.is_black(0, 0) && bitmap.is_black(0, 23) && bitmap.is_black(1, 8));
        assert_eq!(columns(60_000, 24, &[0xFF; 7], 99).width(), 3);
    }
}
